/* SPDX-License-Identifier: Apache-2.0
 *
 * loop.h - timers, a run queue and the end of things, on a clock that somebody else turns.
 *
 * loop_turn() is called by libevent in the server (loop_ev.h) and by hand in tests: nothing in here
 * asks for the time. Within a turn: due timers and tasks run until none is queued or the turn is over,
 * then what was buried is freed. Timers and tasks are the caller's memory, embedded in the object
 * they serve and recovered with container_of.
 *
 * Tasks and timers run in lanes. Those of one lane run one after the other, in the order in which they were woken. Next is the lane that has
 * had the least time. So a tenant that keeps the loop busy hardly holds up another one that has a little to do.
 *
 * A task that has said so (task_may_breathe) is left in its midst when the turn is over and it comes to a breathe() (util/breath.h). Tasks
 * of other lanes run then, but none of its own: what only the tasks and timers of one lane touch does not change meanwhile.
 *
 * Rule for callbacks from outside (sockets, store replies, finished calls): record the fact and wake
 * a task. The work is done in the task, never inside the callback.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/check.h"
#include "util/heap.h"

#define LOOP_NEVER INT64_MAX
#ifndef LOOP_TURN_US /* 1 is the hardest on what breathes: contrib/test */
#define LOOP_TURN_US 50
#endif
#define LOOP_LANES 256 /* the first is nobody's */

struct loop;

struct task {
	struct task *next;
	bool         queued, breathes;
	unsigned     lane;
	void (*run)(struct task *);
};

struct timer {
	struct heap_item item; /* in the loop's timers */
	struct task      task; /* is woken when it is due */
	void (*fire)(struct timer *);
};

struct loop *loop_create(void);
void         loop_destroy(struct loop *loop); /* timers and tasks must be gone; buries the rest */

/* What measures how long tasks take: then a turn is over after LOOP_TURN_US, so that sockets are served, and lanes are fair by time. NULL: a
 * turn is over when much was run, and each task takes as long as another. */
void loop_meter(struct loop *loop, int64_t (*clock_us)(void *arg), void *arg);

/* Runs those tasks to their end that are in their midst; from outside of all tasks. False: so much time has gone by, and some still are.
 * Then nothing may be destroyed that they use, nor the loop. */
MUSTCHECK bool loop_settle(struct loop *loop, int64_t within_us);

/* Tells the time: `now_us` is monotonic and never goes back, `wall_ms` is since 1970 UTC. */
void loop_clock(struct loop *loop, int64_t now_us, int64_t wall_ms);

/* Tells the time, then turns the wheel once. */
void    loop_turn(struct loop *loop, int64_t now_us, int64_t wall_ms);
int64_t loop_next_due_us(const struct loop *loop); /* 0: tasks wait; LOOP_NEVER: nothing to do */

int64_t loop_now_us(const struct loop *loop);  /* the time of the current turn */
int64_t loop_wall_ms(const struct loop *loop); /* for people, never for decisions */

void timer_init(struct timer *timer, void (*fire)(struct timer *));
void timer_arm(struct loop *loop, struct timer *timer, int64_t delay_us); /* re-arms as well */
void timer_disarm(struct loop *loop, struct timer *timer); /* harmless if not armed */
bool timer_is_armed(const struct timer *timer);
void timer_set_lane(struct loop *loop, struct timer *timer, unsigned lane); /* at any time */

void task_init(struct task *task, void (*run)(struct task *));
void task_wake(struct loop *loop, struct task *task); /* a second wake before it runs is one */
void task_cancel(struct loop *loop, struct task *task);

/* It and all that it touches can bear that tasks of other lanes run in its midst. In nobody's lane it does not breathe: all would wait. */
void task_may_breathe(struct task *task);

/* The lane of a tenant. Two may come to the same one: they share it. */
unsigned lane_of(const char *tenant);
unsigned
     lane_here(const struct loop *loop); /* of the task that runs: what it begins goes on in it */
void task_set_lane(struct loop *loop, struct task *task, unsigned lane); /* at any time */

/* Frees `ptr` with `end` when the turn is over, and no task is in its midst any more that had begun before: nothing is freed inside a
 * callback chain. */
void loop_bury(struct loop *loop, void (*end)(void *), void *ptr);

#endif
