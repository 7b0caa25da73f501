/* SPDX-License-Identifier: Apache-2.0
 *
 * busy_lane.h - a tenant whose lane is busy for long: a task that breathes, and gives way each time.
 */
#ifndef UNIT_BUSY_LANE_H
#define UNIT_BUSY_LANE_H

#include "loop/loop.h"

/* From the next turn on; the loop is metered from now on. One at a time. */
void busy_lane_begin(struct loop *loop, const char *tenant);

/* Turns the loop at this time until the lane is free. */
void busy_lane_end(void);

/* Turns the loop a few times, as with a lane that is busy nothing is ever all that there is to do. */
void busy_lane_turn(struct loop *loop, int64_t now_us);

#endif
