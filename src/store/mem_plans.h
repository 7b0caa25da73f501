/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_plans.h - plans that are kept for a while, in memory.
 */
#ifndef STORE_MEM_PLANS_H
#define STORE_MEM_PLANS_H

#include "store/mem_verbs.h"

enum store_result mem_plan_put(const struct mem_ask *ask, struct store_op *op);
enum store_result mem_plan_get(const struct mem_ask *ask, struct store_op *op);

#endif
