/* SPDX-License-Identifier: Apache-2.0
 *
 * store_world.h - a store with a second owner beside it, in memory, on a private redis-server or on a
 * cluster, for tests that must hold for each.
 */
#ifndef UNIT_STORE_WORLD_H
#define UNIT_STORE_WORLD_H

#include <sys/types.h>

#include "loop/loop_ev.h"
#include "store/store.h"
#include "tests/unit/redis_fleet.h"

struct redis_child;

enum world_kind { WORLD_MEM, WORLD_REDIS, WORLD_CLUSTER };

/* What WORLD_CLUSTER is on: started by whoever uses it, once for many worlds. */
extern struct redis_fleet world_fleet;

struct world {
	enum world_kind     kind;
	struct loop        *loop;
	struct store       *store; /* of the owner "alice" */
	struct store       *other; /* of the owner "bob" */
	int64_t             now_us;
	struct loop_ev     *ev; /* not in memory, from here on */
	char               *url;
	struct redis_child *child; /* the private one, from here on */
	char               *dir;
};

void store_world_init(struct world *world, enum world_kind kind);
void
store_world_init_at(struct world *world, char *dir); /* Redis on a folder of temp_dir_create() */
void store_world_fini(struct world *world);

/* Turns the loop until it is over, and fails the test when that takes too long. */
void world_wait_until(struct world *world, bool (*is_over)(const void *arg), const void *arg);
void world_wait(struct world *world, const bool *flag);
void world_wait_up(struct world *world, struct store *store);
void world_turn(struct world *world); /* once */

/* Lets the lease of the key's deployment run out. */
void world_expire_lease(struct world *world, const struct store_key *key);

/* Runs an op to its end. */
void world_op(struct world *world, struct store *store, struct store_op *op);

/*
 * Says one command to the private Redis on a connection of its own; the first line of the
 * answer.
 */
const char *world_say(const struct world *world, const char *command);

char *temp_dir_create(void);
void  temp_dir_remove(char *dir); /* frees it, too */

#endif
