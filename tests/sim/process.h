/* SPDX-License-Identifier: Apache-2.0
 *
 * process.h - a server process of the simulated world: a loop, a link to the store, a feed, an engine.
 *
 * What it runs takes a time that is drawn, so its turns are cut, and tasks left in their midst, now here and now there.
 * A crash drops all of it between two turns; its calls and writes that are under way arrive, or do not. A stopped
 * process (SIGSTOP) is not turned: what it is told waits, then comes at once, with a jump of its clock. One that
 * drains (SIGTERM) leaves its executions to others and is gone, at the latest when somebody kills it. Started again,
 * it has the same data folder, so the same owner's name.
 */
#ifndef SIM_PROCESS_H
#define SIM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/loop.h"
#include "provider/provider.h"
#include "util/rng.h"

#define PROCESSES_MAX 3
#define OWNER_SIZE    17

struct engine;
struct feed;
struct site;
struct store;
struct world;

/* Something that is told to a process from outside. */
struct delivery {
	struct delivery *next;
	void (*deliver)(struct delivery *delivery);
};

enum process_state { PROCESS_DOWN, PROCESS_UP, PROCESS_STOPPED };

struct process {
	struct world      *world;
	struct site       *site;
	enum process_state state;
	char               owner[OWNER_SIZE]; /* also its name in the trace */
	int64_t            skew_ms;           /* of its wall clock */
	struct loop       *loop;
	struct rng         pace; /* how long what it runs takes */
	int64_t            ran_us;
	struct store      *store;
	struct feed       *feed;
	struct engine     *engine;
	struct delivery   *inbox, **inbox_tail; /* while it is stopped */
	struct timer       back;                /* when it starts, or goes on, again */
	int                turns_left;          /* until it crashes or stops; -1: it won't */
	bool               crashes;
	bool               drains;
	bool               dying; /* its calls are being dropped */
};

/* Once for all worlds: registries with all types. */
void                   sites_setup(const char *srcdir);
void                   sites_teardown(void);
const struct registry *sites_registry(void); /* of the types */
struct process        *process_of(const struct provider *provider);
struct provider       *process_vault(const struct process *process); /* needs credentials */

void process_init(struct process *process, struct world *world, size_t at);
void process_fini(struct process *process);

void process_start(struct process *process);
void process_crash(struct process *process);
void process_stop(struct process *process);
void process_continue(struct process *process);
void process_drain(struct process *process);

/* After so many more turns it crashes, or stops. */
void process_doom(struct process *process, int turns, bool crashes);

bool    process_is_up(const struct process *process);
bool    process_serves(const struct process *process); /* up, and not about to go */
int64_t process_due_us(const struct process *process); /* LOOP_NEVER: it has nothing to do */
void    process_turn(struct process *process);

/* Tells it now, or when it goes on. It must not be down. */
void process_deliver(struct process *process, struct delivery *delivery);

#endif
