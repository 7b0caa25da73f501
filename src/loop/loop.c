/* SPDX-License-Identifier: Apache-2.0
 * loop.c - a heap of timers, lanes of tasks, a list of the dying. */
#include "loop/loop.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "util/check.h"
#include "util/mem.h"

/* A turn that never drains is cut here, so that sockets are served; the rest waits one turn. */
#define TURN_TASKS_MAX 4096

/* How often one may be passed over by lanes that have less to do. */
#define PASSED_MAX 4

struct dying {
	void (*end)(void *);
	void *ptr;
};

struct lane {
	TAILQ_ENTRY(lane) entry; /* while it has tasks */
	unsigned     passed;     /* how often others went before it */
	struct task *head, **tail;
	size_t       tasks_n;
};

struct loop {
	int64_t     now_us, wall_ms;
	struct heap timers; /* by when they are due */
	struct lane lanes[LOOP_LANES];
	TAILQ_HEAD(lane_line, lane) line; /* of those that have tasks, as they came */
	struct dying *dying;
	size_t        dying_n, dying_cap;
	bool (*is_over)(void *arg); /* NULL: a turn has no limit but TURN_TASKS_MAX */
	void *is_over_arg;
};

struct loop *
loop_create(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	TAILQ_INIT(&loop->line);
	for (size_t i = 0; i < LOOP_LANES; i++)
		loop->lanes[i].tail = &loop->lanes[i].head;
	return loop;
}

void
loop_limit(struct loop *loop, bool (*is_over)(void *arg), void *arg)
{
	loop->is_over = is_over;
	loop->is_over_arg = arg;
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

unsigned
lane_of(const char *tenant)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *tenant != '\0'; tenant++)
		hash = (hash ^ (unsigned char)*tenant) * 16777619u;
	return 1 + hash % (LOOP_LANES - 1);
}

void
task_set_lane(struct loop *loop, struct task *task, unsigned lane)
{
	bool queued = task->queued;

	must(lane < LOOP_LANES);
	if (task->lane == lane)
		return;
	task_cancel(loop, task);
	task->lane = lane;
	if (queued)
		task_wake(loop, task);
}

static void
lane_wait(struct loop *loop, struct lane *lane)
{
	lane->passed = 0;
	TAILQ_INSERT_TAIL(&loop->line, lane, entry);
}

void
task_wake(struct loop *loop, struct task *task)
{
	struct lane *lane = &loop->lanes[task->lane];

	must(task->run != NULL);
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*lane->tail = task;
	lane->tail = &task->next;
	if (lane->tasks_n++ == 0)
		lane_wait(loop, lane);
}

void
task_cancel(struct loop *loop, struct task *task)
{
	struct lane *lane = &loop->lanes[task->lane];

	if (!task->queued)
		return;
	for (struct task **at = &lane->head; *at != NULL; at = &(*at)->next) {
		if (*at == task) {
			*at = task->next;
			if (lane->tail == &task->next)
				lane->tail = at;
			break;
		}
	}
	task->queued = false;
	if (--lane->tasks_n == 0)
		TAILQ_REMOVE(&loop->line, lane, entry);
}

static struct task *
lane_pop(struct lane *lane)
{
	struct task *task = lane->head;

	lane->head = task->next;
	if (lane->head == NULL)
		lane->tail = &lane->head;
	lane->tasks_n--;
	task->queued = false;
	return task;
}

/* NULL: none has tasks. */
static struct lane *
lane_next(const struct loop *loop)
{
	struct lane *best = TAILQ_FIRST(&loop->line), *lane;

	TAILQ_FOREACH(lane, &loop->line, entry)
	{
		if (lane->passed == PASSED_MAX)
			return lane;
		if (lane->tasks_n < best->tasks_n)
			best = lane;
	}
	return best;
}

static struct task *
task_pop(struct loop *loop)
{
	struct lane *lane = lane_next(loop), *before = lane;
	struct task *task;

	if (lane == NULL)
		return NULL;
	while ((before = TAILQ_PREV(before, lane_line, entry)) != NULL)
		before->passed++;
	TAILQ_REMOVE(&loop->line, lane, entry);
	task = lane_pop(lane);
	if (lane->tasks_n > 0)
		lane_wait(loop, lane);
	return task;
}

static bool
turn_is_over(const struct loop *loop)
{
	return loop->is_over != NULL && loop->is_over(loop->is_over_arg);
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
	for (int i = 0; i < TURN_TASKS_MAX && (task = task_pop(loop)) != NULL; i++) {
		task->run(task);
		if (turn_is_over(loop))
			break;
	}
	loop_bury_all(loop);
}

int64_t
loop_next_due_us(const struct loop *loop)
{
	_Static_assert(LOOP_NEVER == INT64_MAX, "what an empty heap's first key is");
	return TAILQ_EMPTY(&loop->line) ? heap_first_key(&loop->timers) : 0;
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
