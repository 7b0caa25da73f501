/* SPDX-License-Identifier: Apache-2.0
 * busy_lane.c - at each reading of the clock another turn is over. */
#include "tests/unit/busy_lane.h"

#include "util/breath.h"
#include "util/check.h"

#define TURNS 100

static struct loop *busy; /* NULL: none is */
static struct task  task;
static bool         is_done;

static int64_t
next_turn_us(void *arg)
{
	static int64_t us;

	(void)arg;
	return us += LOOP_TURN_US;
}

static void
on_task(struct task *self)
{
	(void)self;
	while (busy != NULL)
		breathe();
	is_done = true;
}

void
busy_lane_begin(struct loop *loop, const char *tenant)
{
	must(busy == NULL);
	busy = loop;
	is_done = false;
	loop_meter(loop, next_turn_us, NULL);
	task_init(&task, on_task);
	task_may_breathe(&task);
	task_set_lane(loop, &task, lane_of(tenant));
	task_wake(loop, &task);
}

void
busy_lane_end(void)
{
	struct loop *loop = busy;

	busy = NULL;
	while (!is_done)
		loop_turn(loop, loop_now_us(loop), loop_wall_ms(loop));
}

void
busy_lane_turn(struct loop *loop, int64_t now_us)
{
	for (int i = 0; i < TURNS; i++)
		loop_turn(loop, now_us, loop_wall_ms(loop));
}
