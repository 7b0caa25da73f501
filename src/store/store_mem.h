/* SPDX-License-Identifier: Apache-2.0
 *
 * store_mem.h - the store in this process's memory, answering on the next turn of the loop: for
 * tests and for the benchmark's upper limit. Same results as Redis for every verb; nothing
 * survives the process.
 */
#ifndef STORE_STORE_MEM_H
#define STORE_STORE_MEM_H

#include "store/store.h"

struct loop;

#define STORE_MEM_LEASE_MS 30000

struct store *store_mem_create(struct loop *loop, const char *owner);

/* Another owner's store over the same memory, which lives until the last of them is destroyed. */
struct store *store_mem_peer(struct store *store, const char *owner);

/* There is an archive: what is to be written there is remembered. */
void store_mem_archive(struct store *store);

/* For tests: while it is not up, every op is answered with STORE_DOWN. */
void store_mem_set_up(struct store *store, bool up);

/* For tests: forgets the graph's last n events, as a Redis that failed over may have. */
void store_mem_lose_events(struct store *store, const struct store_key *key, size_t n);

#endif
