/* SPDX-License-Identifier: Apache-2.0
 * loop.c - a heap of timers, a queue of tasks, a list of the dying. */
#include "loop/loop.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

/* A turn that never drains is cut here, so that sockets are served; the rest waits one turn. */
#define TURN_TASKS_MAX 4096

struct dying {
	void (*end)(void *);
	void *ptr;
};

struct loop {
	int64_t       now_us, wall_ms;
	struct heap   timers; /* by when they are due */
	struct task  *head, **tail;
	struct dying *dying;
	size_t        dying_n, dying_cap;
};

struct loop *
loop_create(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	loop->tail = &loop->head;
	return loop;
}

static void
loop_bury_all(struct loop *loop)
{
	for (size_t i = 0; i < loop->dying_n; i++) /* an end may bury more */
		loop->dying[i].end(loop->dying[i].ptr);
	loop->dying_n = 0;
}

void
loop_destroy(struct loop *loop)
{
	if (loop == NULL)
		return;
	loop_bury_all(loop);
	free(loop->dying);
	heap_fini(&loop->timers);
	free(loop);
}

void
loop_bury(struct loop *loop, void (*end)(void *), void *ptr)
{
	if (loop->dying_n == loop->dying_cap) {
		loop->dying_cap = loop->dying_cap * 2 + 16;
		loop->dying = xrealloc(loop->dying, loop->dying_cap, sizeof(*loop->dying));
	}
	loop->dying[loop->dying_n++] = (struct dying){ end, ptr };
}

/* ---- timers ---- */

void
timer_init(struct timer *timer, void (*fire)(struct timer *))
{
	*timer = (struct timer){ .fire = fire };
}

void
timer_arm(struct loop *loop, struct timer *timer, int64_t delay_us)
{
	must(timer->fire != NULL);
	must(delay_us >= 0);
	heap_put(&loop->timers, &timer->item, loop->now_us + delay_us);
}

void
timer_disarm(struct loop *loop, struct timer *timer)
{
	heap_remove(&loop->timers, &timer->item);
}

bool
timer_is_armed(const struct timer *timer)
{
	return heap_holds(&timer->item);
}

/* ---- tasks ---- */

void
task_init(struct task *task, void (*run)(struct task *))
{
	*task = (struct task){ .run = run };
}

void
task_wake(struct loop *loop, struct task *task)
{
	must(task->run != NULL);
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*loop->tail = task;
	loop->tail = &task->next;
}

void
task_cancel(struct loop *loop, struct task *task)
{
	if (!task->queued)
		return;
	for (struct task **at = &loop->head; *at != NULL; at = &(*at)->next) {
		if (*at == task) {
			*at = task->next;
			if (loop->tail == &task->next)
				loop->tail = at;
			break;
		}
	}
	task->queued = false;
}

static struct task *
task_pop(struct loop *loop)
{
	struct task *task = loop->head;

	if (task != NULL) {
		loop->head = task->next;
		if (loop->head == NULL)
			loop->tail = &loop->head;
		task->queued = false;
	}
	return task;
}

/* ---- the wheel ---- */

void
loop_clock(struct loop *loop, int64_t now_us, int64_t wall_ms)
{
	must(now_us >= loop->now_us && now_us < LOOP_NEVER);
	loop->now_us = now_us;
	loop->wall_ms = wall_ms;
}

void
loop_turn(struct loop *loop, int64_t now_us, int64_t wall_ms)
{
	struct task *task;

	loop_clock(loop, now_us, wall_ms);
	while (heap_first_key(&loop->timers) <= now_us) {
		struct timer *timer = container_of(heap_first(&loop->timers), struct timer, item);

		timer_disarm(loop, timer);
		timer->fire(timer);
	}
	for (int i = 0; i < TURN_TASKS_MAX && (task = task_pop(loop)) != NULL; i++)
		task->run(task);
	loop_bury_all(loop);
}

int64_t
loop_next_due_us(const struct loop *loop)
{
	_Static_assert(LOOP_NEVER == INT64_MAX, "what an empty heap's first key is");
	return loop->head != NULL ? 0 : heap_first_key(&loop->timers);
}

int64_t
loop_now_us(const struct loop *loop)
{
	return loop->now_us;
}

int64_t
loop_wall_ms(const struct loop *loop)
{
	return loop->wall_ms;
}
