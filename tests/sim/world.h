/* SPDX-License-Identifier: Apache-2.0
 *
 * world.h - one world of one seed: a clock, a few processes with an engine each, a cloud, a store, a client.
 *
 * Nothing in it asks for the time or for chance but through here. What happens outside of all processes (a call
 * arrives in the cloud, a write in the store, somebody pulls a plug) are timers of the sky, a loop of its own.
 * A step goes to the next moment at which anything is due, turns the sky, then the processes that have something to
 * do, in an order that is drawn.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "chance.h"
#include "loop/loop.h"
#include "process.h"
#include "trace.h"
#include "util/check.h"
#include "util/rng.h"

#define MS           1000LL /* in microseconds */
#define SECOND       (1000 * MS)
#define HOUR         (3600 * SECOND)
#define WALL_MS      1700000000000LL
#define VERDICT_SIZE 400

struct client;
struct cloud;
struct coverage;
struct depot;
struct deployment;

struct world {
	uint64_t         seed;
	struct rng       rng;
	struct chances   chances;
	struct trace     trace;
	struct loop     *sky;
	int64_t          now_us;
	uint64_t         steps;
	struct process   processes[PROCESSES_MAX];
	size_t           processes_n;
	struct cloud    *cloud;
	struct depot    *depot;
	struct client   *client;
	struct coverage *coverage;              /* of all worlds of this batch */
	bool             calm;                  /* from now on nothing goes wrong */
	char             verdict[VERDICT_SIZE]; /* "": no judge has found anything */
};

/* Reads the schemas and the types; once, before the first world. */
void world_setup(const char *srcdir);
void world_teardown(void);

void world_init(struct world *world, uint64_t seed, struct coverage *coverage, bool shown);
void world_fini(struct world *world);

/* Goes on until `until_us`, or until a judge has found something. False: nothing is left to do. */
bool world_step(struct world *world, int64_t until_us);
void world_run(struct world *world, int64_t until_us);

/* The faults end: the store is up, who was stopped goes on, at least one process is there. */
void world_calm(struct world *world);

uint64_t draw(struct world *world, uint64_t below);
int64_t  draw_between(struct world *world, int64_t least, int64_t most);
bool     hits(struct world *world, enum chance chance);
void tell(struct world *world, const char *who, const char *what, const char *text, int64_t number);

/* A judge has found something. The first one counts. */
void world_judge(struct world *world, const char *law, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
