/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_told.h - what all graphs of a tenant have told, in one order, in memory.
 */
#ifndef STORE_MEM_TOLD_H
#define STORE_MEM_TOLD_H

#include "store/mem_verbs.h"

/* An op of the graph was done: what is new of it is told; or less is there than was, since a store has lost some. */
void mem_tell(const struct mem_ask *ask, const struct store_op *op);
void mem_told_forget(const struct mem_ask *ask, const struct store_key *key);

uint64_t mem_told_last(const struct mem_tenant *tenant); /* the last number; 0: none yet */

enum store_result mem_told(const struct mem_ask *ask, struct store_op *op);

#endif
