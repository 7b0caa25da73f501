/* SPDX-License-Identifier: Apache-2.0
 *
 * store_ask.h - ops of a store in one line, run to their end, for what must hold for every kind of
 * store.
 */
#ifndef UNIT_STORE_ASK_H
#define UNIT_STORE_ASK_H

#include "tests/unit/store_world.h"

#define NOW_MS 1795000000000

extern struct store_op         asked; /* the last one that was run */
extern const struct store_item ask_events[3];

enum store_result ask_run(struct world *world, struct store *store, const struct store_op *ask);
#define ASK(world, store, ...) ask_run((world), (store), &(struct store_op){ __VA_ARGS__ })

struct store_key ask_key(const char *deployment, const char *graph); /* of the tenant "acme" */

/* Begins execution "e1"; its fence. */
uint64_t ask_begin(struct world *world, struct store *store, struct store_key key);

/* Events seq+1 .. of ask_events, as many as are asked for. */
enum store_result ask_append(struct world *world, struct store *store, struct store_key key,
    uint64_t fence, uint64_t seq, size_t n);

size_t ask_events_after(struct world *world, struct store_key key, uint64_t seq);

/* STORE_RENEW and the like. */
enum store_result ask_lease(struct world *world, struct store *store, enum store_verb verb,
    struct store_key key, uint64_t fence);

/* Of the items that came, the text of this name; NULL: none. */
const char *ask_field(const char *name);

/* Sets the world up, runs the scenario, and takes it down. */
void store_play(enum world_kind kind, void (*scenario)(struct world *));

/* What every kind of store must do: of test_store.c, test_store_lease.c, test_store_archive.c,
 * test_store_history.c and test_store_planned.c. */
extern void (*const store_scenarios[])(struct world *);
extern void (*const store_lease_scenarios[])(struct world *);
extern void (*const store_archive_scenarios[])(struct world *);
extern void (*const store_history_scenarios[])(struct world *);
extern void (*const store_planned_scenarios[])(struct world *);
extern const size_t store_scenarios_n, store_lease_scenarios_n, store_archive_scenarios_n,
    store_history_scenarios_n, store_planned_scenarios_n;

#endif
