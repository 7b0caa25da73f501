/* SPDX-License-Identifier: Apache-2.0
 *
 * depot.h - the make-believe Redis: one memory that outlives processes, and a link to it for each of them.
 *
 * A link is a connection: what is sent arrives after a while, and is answered after a while; in some worlds in order
 * (one Redis), in others each by itself (a cluster). It may break: then
 * what has not been answered is STORE_UNKNOWN, some of it done and some not. While it is down all is STORE_DOWN.
 * The verbs are those of the store in memory (store/mem_verbs.h).
 *
 * A fail-over breaks all links, and what was done in the last moments before it is gone, answered or not.
 */
#ifndef SIM_DEPOT_H
#define SIM_DEPOT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/mem_tables.h"

#define DEPOT_MEMBER_SIZE (2 * OBJ_ID_SIZE)

struct depot;
struct process;
struct world;

struct depot *depot_create(struct world *world);
void          depot_destroy(struct depot *depot);

/* The store of a process. */
struct store *depot_link(struct depot *depot, struct process *process);

/* The process's link breaks and stays down for so long; NULL: everybody's. */
void depot_cut(struct depot *depot, const struct process *process, int64_t for_us);
void depot_mend(struct depot *depot);

/* In a world whose chances have it. */
void depot_fail_over(struct depot *depot);
bool depot_has_lost(const struct depot *depot);
bool depot_has_just_lost(const struct depot *depot); /* leases may still be thought to be held */

/* What is stored, for judges. */
struct mem_graph *depot_graph(struct depot *depot, const struct store_key *key);
uint64_t          depot_fence(struct depot *depot, const struct store_key *key);

/* "G:E" that the deployment has not finished; NULL: none. */
const char *depot_unfinished(struct depot *depot, const struct store_key *key);

/* "G:E" of the deployment's newest execution but so many; false: there is none. */
bool depot_history(
    struct depot *depot, const struct store_key *key, size_t skip, char out[DEPOT_MEMBER_SIZE]);
bool
depot_is_held_by(struct depot *depot, const struct store_key *key, const struct process *process);

#endif
