/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_planned.h - the steps by which it is known which graphs were only planned, and from when on they may go.
 */
#ifndef STORE_REDIS_PLANNED_H
#define STORE_REDIS_PLANNED_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_planned_mark;   /* it is about to be put */
extern const struct redis_step redis_planned_strike; /* it is run */

/* STORE_PLANNED_FORGET, behind what takes it out of the indexes: if it was put again meanwhile, it is there again. */
extern const struct redis_step redis_planned_look, redis_planned_claim, redis_planned_settle;

#endif
