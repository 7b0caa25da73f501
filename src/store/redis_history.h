/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_history.h - the steps that read one of the executions there were, and those that forget the oldest.
 */
#ifndef STORE_REDIS_HISTORY_H
#define STORE_REDIS_HISTORY_H

#include "store/redis_verbs.h"

/* Of op->execution; not said when that is NULL. */
extern const struct redis_step redis_read_header_of;

/* STORE_PLANNED_FORGET; it leaves the graph there if it went. */
extern const struct redis_step redis_drop_planned;

/* STORE_FORGET, in this order: each leaves in op->items_out what the next one is about. */
extern const struct redis_step redis_oldest, redis_drop, redis_superseded, redis_drop_graphs,
    redis_unclaim;

#endif
