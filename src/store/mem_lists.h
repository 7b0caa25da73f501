/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_lists.h - the verbs that list what is in memory, a page at a time.
 */
#ifndef STORE_MEM_LISTS_H
#define STORE_MEM_LISTS_H

#include "store/mem_verbs.h"

enum store_result mem_deployments(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_unfinished(const struct mem_ask *ask, struct store_op *op);

/* A table of scores, newest first. The caller frees the items, whose names are borrowed. */
struct store_item *mem_sorted(struct lh_table *scores, size_t *ret_n);

/* The page after op->seq of what may be answered, oldest first. */
enum store_result mem_answer_oldest(struct store_op *op, struct store_item *items, size_t all);

#endif
