/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_plans.h - the steps that keep a plan for a while.
 */
#ifndef STORE_REDIS_PLANS_H
#define STORE_REDIS_PLANS_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_plan_put, redis_plan_get;

#endif
