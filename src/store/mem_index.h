/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_index.h - an index of graphs of all tenants, in memory: "T:D:G" by the time from which something is due.
 */
#ifndef STORE_MEM_INDEX_H
#define STORE_MEM_INDEX_H

#include "store/mem_tables.h"

#define MEM_NAME_SIZE (STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE)

void mem_index_name(const struct store_key *key, char name[MEM_NAME_SIZE]);
void mem_index_put(struct lh_table *index, const struct store_key *key, uint64_t due_ms);
void mem_index_strike(struct lh_table *index, const struct store_key *key);

/* 0: it is not in there. */
uint64_t mem_index_time(struct lh_table *index, const struct store_key *key);

/* The page of what is due by op->now_ms. */
enum store_result mem_index_due(struct lh_table *index, struct store_op *op);

/* If it is as it was seen: it is due at that time, or, with 0, no more. */
void
mem_index_settle(struct lh_table *index, const struct store_key *key, uint64_t seen, uint64_t next);

#endif
