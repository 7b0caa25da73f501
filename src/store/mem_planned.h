/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_planned.h - graphs that were put and not run since, on tables in memory.
 */
#ifndef STORE_MEM_PLANNED_H
#define STORE_MEM_PLANNED_H

#include "store/mem_verbs.h"

/* After an op that went well. */
void mem_planned_mark(const struct mem_ask *ask, const struct store_op *op);

enum store_result mem_planned(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_planned_forget(const struct mem_ask *ask, struct store_op *op);

#endif
