/* SPDX-License-Identifier: Apache-2.0
 *
 * loop.h - timers, a run queue and the end of things, on a clock that somebody else turns.
 *
 * loop_turn() is called by libevent in the server (loop_ev.h) and by hand in tests: nothing in here
 * asks for the time. Within a turn: due timers fire, then tasks run until none is queued (bounded),
 * then what was buried is freed. Timers and tasks are the caller's memory, embedded in the object
 * they serve and recovered with container_of.
 *
 * Tasks run in lanes. Those of one lane run in the order in which they were woken. Next is the lane that has the fewest, but none is passed
 * over for long. So a tenant that wakes a thousand tasks hardly holds up another one that has a few.
 *
 * Rule for callbacks from outside (sockets, store replies, finished calls): record the fact and wake
 * a task. The work is done in the task, never inside the callback.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/heap.h"

#define LOOP_NEVER INT64_MAX
#define LOOP_LANES 64 /* the first is nobody's */

struct loop;

struct timer {
	struct heap_item item; /* in the loop's timers */
	void (*fire)(struct timer *);
};

struct task {
	struct task *next;
	bool         queued;
	unsigned     lane;
	void (*run)(struct task *);
};

struct loop *loop_create(void);
void         loop_destroy(struct loop *loop); /* timers and tasks must be gone; buries the rest */

/* A turn is over when this says so, in the midst of its tasks: so that sockets are served. NULL: when much was run. */
void loop_limit(struct loop *loop, bool (*is_over)(void *arg), void *arg);

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

void task_init(struct task *task, void (*run)(struct task *));
void task_wake(struct loop *loop, struct task *task); /* a second wake before it runs is one */
void task_cancel(struct loop *loop, struct task *task);

/* The lane of a tenant. Two may come to the same one: they share it. */
unsigned lane_of(const char *tenant);
void     task_set_lane(struct loop *loop, struct task *task, unsigned lane); /* at any time */

/* Frees `ptr` with `end` when the turn is over: nothing is freed inside a callback chain. */
void loop_bury(struct loop *loop, void (*end)(void *), void *ptr);

#endif
