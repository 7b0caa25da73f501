/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_history.h - the executions there were, on tables in memory, and how the oldest are forgotten.
 */
#ifndef STORE_MEM_HISTORY_H
#define STORE_MEM_HISTORY_H

#include "store/mem_verbs.h"

/* Another one begins: the graph's last execution, if there is one, becomes a past one. */
void mem_history_keep(struct mem_graph *graph);
void mem_history_add(struct mem_deployment *deployment, const char *member, uint64_t now_ms);

/* Is it the last one that began? "": there is none. */
bool mem_history_ends_with(const struct mem_deployment *deployment, const char *member);

/* All that there is of it. */
void mem_history_drop_graph(const struct mem_ask *ask, const struct store_key *key);

enum store_result mem_get_exec(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_get_header(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_history(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_forget(const struct mem_ask *ask, struct store_op *op);

#endif
