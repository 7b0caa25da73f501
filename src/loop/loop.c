/* SPDX-License-Identifier: Apache-2.0
 * loop.c - a heap of timers, lanes of tasks, a list of the dying.
 *
 * Tasks run on workers: fibers that run one task after the other. A worker that is left in the midst of a task waits in the task's lane until
 * it is that lane's turn again; another one goes on with other lanes. So there is mostly one, and as many more as tasks breathe. */
#include "loop/loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "loop/fiber.h"
#include "util/breath.h"
#include "util/check.h"
#include "util/mem.h"

/* A turn that never drains is cut here, so that sockets are served; the rest waits one turn. */
#define TURN_TASKS_MAX 4096

/* What a lane that has rested may have more than the others, before it is their turn. */
#define REST_US 1000

/* Nobody's lane is behind what tenants wait for, so its time counts less. */
#define NOBODYS 1
#define TENANTS 4

#define UNMETERED_US 200 /* a task's, where nobody tells the time */

#define SPARE_WORKERS_MAX 4

struct dying {
	void (*end)(void *);
	void *ptr;
};

struct worker {
	LIST_ENTRY(worker) entry; /* of the spare, or of those that breathe */
	struct fiber *fiber;
	struct loop  *loop;
	struct lane  *lane;  /* whose task it is in; NULL: in none */
	uint64_t      began; /* how many had been buried before */
};

LIST_HEAD(workers, worker);

struct lane {
	struct heap_item item; /* in the line, while it has something to do and is not at it */
	int64_t          used; /* time, by its weight */
	struct task     *head, **tail;
	struct worker   *breathing; /* in the midst of one of its tasks; NULL: none is */
};

struct loop {
	int64_t         now_us, wall_ms;
	struct heap     timers; /* by when they are due */
	struct lane     lanes[LOOP_LANES];
	struct heap     line;  /* of lanes, by what they have used */
	int64_t         floor; /* what the last one of them had used */
	struct workers  spare, breathing;
	size_t          spare_n;
	struct worker  *running; /* NULL: no task runs */
	struct breather breather;
	bool            is_settling;
	int64_t         settle_until_us; /* on the clock that measures tasks */
	struct dying   *dying;
	size_t          dying_n, dying_cap;
	uint64_t        buried_n; /* ever */
	int64_t (*clock_us)(void *arg);
	void   *clock_arg;
	int64_t metered_us, turn_began_us; /* on that clock */
	int     turn_tasks_n;
};

static void give_way(struct breather *breather);

/* ---- life ---- */

struct loop *
loop_create(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	loop->breather.give_way = give_way;
	for (size_t i = 0; i < LOOP_LANES; i++)
		loop->lanes[i].tail = &loop->lanes[i].head;
	return loop;
}

void
loop_meter(struct loop *loop, int64_t (*clock_us)(void *arg), void *arg)
{
	loop->clock_us = clock_us;
	loop->clock_arg = arg;
}

/* Those may still be looked at that were buried while a task was in its midst. */
static void
bury_all(struct loop *loop)
{
	uint64_t       first = loop->buried_n - loop->dying_n, keep = UINT64_MAX;
	struct worker *worker;
	size_t         n = 0;

	LIST_FOREACH(worker, &loop->breathing, entry)
	{
		if (worker->began < keep)
			keep = worker->began;
	}
	for (; n < loop->dying_n && first + n < keep; n++) /* an end may bury more */
		loop->dying[n].end(loop->dying[n].ptr);
	loop->dying_n -= n;
	if (n > 0 && loop->dying_n > 0)
		memmove(loop->dying, loop->dying + n, loop->dying_n * sizeof(*loop->dying));
}

static void
worker_destroy(struct worker *worker)
{
	fiber_destroy(worker->fiber);
	free(worker);
}

void
loop_destroy(struct loop *loop)
{
	struct worker *worker;

	if (loop == NULL)
		return;
	must(LIST_EMPTY(&loop->breathing));
	bury_all(loop);
	free(loop->dying);
	while ((worker = LIST_FIRST(&loop->spare)) != NULL) {
		LIST_REMOVE(worker, entry);
		worker_destroy(worker);
	}
	heap_fini(&loop->timers);
	heap_fini(&loop->line);
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
	loop->buried_n++;
}

/* ---- timers ---- */

static void
timer_run(struct task *task)
{
	struct timer *timer = container_of(task, struct timer, task);

	timer->fire(timer);
}

void
timer_init(struct timer *timer, void (*fire)(struct timer *))
{
	*timer = (struct timer){ .fire = fire };
	task_init(&timer->task, timer_run);
}

void
timer_arm(struct loop *loop, struct timer *timer, int64_t delay_us)
{
	must(timer->fire != NULL);
	must(delay_us >= 0);
	task_cancel(loop, &timer->task);
	heap_put(&loop->timers, &timer->item, loop->now_us + delay_us);
}

void
timer_disarm(struct loop *loop, struct timer *timer)
{
	heap_remove(&loop->timers, &timer->item);
	task_cancel(loop, &timer->task);
}

bool
timer_is_armed(const struct timer *timer)
{
	return heap_holds(&timer->item) || timer->task.queued;
}

void
timer_set_lane(struct loop *loop, struct timer *timer, unsigned lane)
{
	task_set_lane(loop, &timer->task, lane);
}

/* ---- tasks ---- */

void
task_init(struct task *task, void (*run)(struct task *))
{
	*task = (struct task){ .run = run };
}

void
task_may_breathe(struct task *task)
{
	task->breathes = true;
}

unsigned
lane_of(const char *tenant)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *tenant != '\0'; tenant++)
		hash = (hash ^ (unsigned char)*tenant) * 16777619u;
	return 1 + hash % (LOOP_LANES - 1);
}

unsigned
lane_here(const struct loop *loop)
{
	return loop->running != NULL ? (unsigned)(loop->running->lane - loop->lanes) : 0;
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

static bool
lane_is_busy(const struct lane *lane)
{
	return lane->head != NULL || lane->breathing != NULL;
}

static bool
lane_runs(const struct loop *loop, const struct lane *lane)
{
	return loop->running != NULL && loop->running->lane == lane;
}

/* One that has rested has a little in hand, but not all that it could have had. */
static void
lane_wait(struct loop *loop, struct lane *lane)
{
	if (heap_holds(&lane->item) || lane_runs(loop, lane))
		return;
	if (lane->used < loop->floor - REST_US * TENANTS)
		lane->used = loop->floor - REST_US * TENANTS;
	heap_put(&loop->line, &lane->item, lane->used);
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
	if (!lane_is_busy(lane))
		heap_remove(&loop->line, &lane->item);
}

static struct task *
lane_pop(struct lane *lane)
{
	struct task *task = lane->head;

	lane->head = task->next;
	if (lane->head == NULL)
		lane->tail = &lane->head;
	task->queued = false;
	return task;
}

/* NULL: none has anything to do. */
static struct lane *
lane_next(const struct loop *loop)
{
	struct heap_item *first = heap_first(&loop->line);

	return first != NULL ? container_of(first, struct lane, item) : NULL;
}

/* ---- time ---- */

static int64_t
meter_us(const struct loop *loop)
{
	return loop->clock_us != NULL ? loop->clock_us(loop->clock_arg) : 0;
}

/* What was done since the last reading was this lane's. */
static void
lane_charge(struct loop *loop, struct lane *lane)
{
	int64_t now_us = meter_us(loop), took_us = now_us - loop->metered_us;

	if (took_us <= 0)
		took_us = loop->clock_us != NULL ? 1 : UNMETERED_US;
	loop->metered_us = now_us;
	lane->used += took_us * (lane == &loop->lanes[0] ? NOBODYS : TENANTS);
}

static bool
turn_is_over(const struct loop *loop)
{
	return loop->turn_tasks_n >= TURN_TASKS_MAX ||
	       loop->metered_us - loop->turn_began_us >= LOOP_TURN_US;
}

/* ---- workers ---- */

static void
worker_leaves_lane(struct worker *worker, bool breathing)
{
	struct loop *loop = worker->loop;
	struct lane *lane = worker->lane;

	breathe_by(NULL);
	loop->running = NULL;
	lane_charge(loop, lane);
	lane->breathing = breathing ? worker : NULL;
	if (!breathing)
		worker->lane = NULL;
	if (lane_is_busy(lane))
		lane_wait(loop, lane);
}

static void
worker_takes_lane(struct worker *worker, struct lane *lane)
{
	struct loop *loop = worker->loop;

	heap_remove(&loop->line, &lane->item);
	if (lane->used > loop->floor)
		loop->floor = lane->used;
	lane->breathing = NULL;
	worker->lane = lane;
	loop->running = worker;
}

static void
worker_run(struct worker *worker, struct lane *lane)
{
	struct loop *loop = worker->loop;
	struct task *task = lane_pop(lane);

	worker->began = loop->buried_n;
	worker_takes_lane(worker, lane);
	loop->turn_tasks_n++;
	breathe_by(task->breathes && task->lane != 0 ? &loop->breather : NULL);
	task->run(task); /* may be its end */
	worker_leaves_lane(worker, false);
}

/* One task after the other, until the turn is over or it is that of a lane whose task is in its midst. */
static void
work(void *arg)
{
	struct worker *worker = arg;
	struct loop   *loop = worker->loop;
	struct lane   *lane;

	for (;;) {
		while (!loop->is_settling && !turn_is_over(loop) &&
		       (lane = lane_next(loop)) != NULL && lane->breathing == NULL)
			worker_run(worker, lane);
		fiber_leave(worker->fiber);
	}
}

static bool
is_time_to_settle(const struct loop *loop)
{
	return meter_us(loop) < loop->settle_until_us;
}

static void
give_way(struct breather *breather)
{
	struct loop   *loop = container_of(breather, struct loop, breather);
	struct worker *worker = loop->running;
	struct lane   *lane = worker->lane;

	if (loop->is_settling ? is_time_to_settle(loop)
			      : meter_us(loop) - loop->turn_began_us < LOOP_TURN_US)
		return;
	worker_leaves_lane(worker, true);
	fiber_leave(worker->fiber);
	worker_takes_lane(worker, lane);
	breathe_by(breather);
}

static struct worker *
worker_spare(struct loop *loop)
{
	struct worker *worker = LIST_FIRST(&loop->spare);

	if (worker != NULL) {
		loop->spare_n--;
		return worker;
	}
	worker = xcalloc(1, sizeof(*worker));
	worker->loop = loop;
	worker->fiber = fiber_create(work, worker);
	LIST_INSERT_HEAD(&loop->spare, worker, entry);
	return worker;
}

/* Runs it until the turn is over, or it has come to one that breathes. */
static void
worker_enter(struct loop *loop, struct worker *worker)
{
	LIST_REMOVE(worker, entry);
	fiber_enter(worker->fiber);
	if (worker->lane != NULL) {
		LIST_INSERT_HEAD(&loop->breathing, worker, entry);
	} else if (loop->spare_n < SPARE_WORKERS_MAX) {
		LIST_INSERT_HEAD(&loop->spare, worker, entry);
		loop->spare_n++;
	} else {
		worker_destroy(worker);
	}
}

bool
loop_settle(struct loop *loop, int64_t within_us)
{
	must(loop->running == NULL && within_us > 0);
	loop->is_settling = true;
	loop->settle_until_us = meter_us(loop) + within_us;
	while (!LIST_EMPTY(&loop->breathing) && is_time_to_settle(loop))
		worker_enter(loop, LIST_FIRST(&loop->breathing));
	loop->is_settling = false;
	return LIST_EMPTY(&loop->breathing);
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
	struct lane *lane;

	must(loop->running == NULL);
	loop_clock(loop, now_us, wall_ms);
	while (heap_first_key(&loop->timers) <= now_us) {
		struct timer *timer = container_of(heap_first(&loop->timers), struct timer, item);

		timer_disarm(loop, timer);
		task_wake(loop, &timer->task);
	}
	loop->turn_tasks_n = 0;
	loop->metered_us = loop->turn_began_us = meter_us(loop);
	while (!turn_is_over(loop) && (lane = lane_next(loop)) != NULL)
		worker_enter(loop, lane->breathing != NULL ? lane->breathing : worker_spare(loop));
	bury_all(loop);
}

int64_t
loop_next_due_us(const struct loop *loop)
{
	_Static_assert(LOOP_NEVER == INT64_MAX, "what an empty heap's first key is");
	return lane_next(loop) != NULL ? 0 : heap_first_key(&loop->timers);
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
