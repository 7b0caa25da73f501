/* SPDX-License-Identifier: Apache-2.0
 * window.c - slots wait in heaps of tenants, tenants in heaps of windows, windows in one heap. The first of each
 * is next: among windows and tenants who holds the fewest slots, so that nobody can starve another. And in a window that was lately
 * wanted by several nobody has all: what is held for minutes would else have to be waited for.
 *
 *   windows ─ ready ─► window ─ turns ─► tenant_queue ─ slots ─► slot */
#include "engine/window.h"

#include <json-c/linkhash.h>
#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define WINDOWS_TABLE_SIZE 64
#define TENANTS_TABLE_SIZE 4
#define MEMORY_US          (60LL * 1000 * 1000) /* how long a window that was cut is remembered */
#define US_PER_MS          1000
#define US_PER_SECOND      1e6
#define OTHERS_PART        4    /* of a window is left to others */
#define PRIORITY_MAX       1e12 /* seconds: the key of a heap has room for it */

struct windows {
	struct loop     *loop;
	struct lh_table *table; /* name -> struct window, which owns the name */
	struct heap      ready; /* windows that could grant a slot now, by how many they have */
	struct heap      idle;  /* windows that nobody uses, by when they may be forgotten */
	unsigned         most, held;
	/* Grants, and forgets: in the lane of who wants or drops, so after all that it wants now; */
	struct task tasks[LOOP_LANES];
	/* and a turn later in nobody's, where others wait: that lane may be busy for long. */
	struct timer others;
	unsigned     waiting[LOOP_LANES], waiting_n; /* queues in which somebody waits, by lane */
};

struct window {
	struct windows  *windows;
	char            *name;
	unsigned         size, held;
	double           limit; /* 1 .. size; its whole part counts */
	uint64_t         cuts;  /* how often the limit was halved */
	int64_t          hold_until_us;
	int64_t          shared_until_us; /* until then several tenants are reckoned with */
	struct timer     timer;           /* the hold is over */
	struct lh_table *queues;          /* tenant -> struct tenant_queue, which owns the name */
	struct heap      turns; /* queues in which somebody waits, by how many slots they have */
	struct heap_item ready, idle;
};

/* A tenant's in a window: there while it waits for a slot there, or holds one. */
struct tenant_queue {
	struct window   *window;
	char            *tenant;
	unsigned         lane;
	struct heap      slots; /* that wait, the longest way first */
	struct heap_item turn;
	unsigned         held;
};

/* ---- windows and queues ---- */

static void
queue_free(struct lh_entry *entry)
{
	struct tenant_queue *queue = (struct tenant_queue *)(uintptr_t)lh_entry_v(entry);

	must(heap_first(&queue->slots) == NULL && queue->held == 0);
	heap_fini(&queue->slots);
	free(queue->tenant);
	free(queue);
}

static struct tenant_queue *
queue_get(struct window *window, const char *tenant)
{
	struct tenant_queue *queue;
	void                *found;

	if (lh_table_lookup_ex(window->queues, tenant, &found))
		return found;
	queue = xcalloc(1, sizeof(*queue));
	queue->window = window;
	queue->tenant = xstrdup(tenant);
	queue->lane = lane_of(tenant);
	must(lh_table_insert(window->queues, queue->tenant, queue) == 0);
	if (lh_table_length(window->queues) > 1)
		window->shared_until_us = loop_now_us(window->windows->loop) + MEMORY_US;
	return queue;
}

static void
window_free(struct lh_entry *entry)
{
	struct window *window = (struct window *)(uintptr_t)lh_entry_v(entry);

	must(lh_table_length(window->queues) == 0);
	lh_table_free(window->queues);
	heap_fini(&window->turns);
	heap_remove(&window->windows->idle, &window->idle);
	free(window->name);
	free(window);
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* May another slot be granted, to the tenant that holds the fewest of those that want one? */
static bool
has_room(const struct window *window)
{
	struct heap_item *first = heap_first(&window->turns);
	unsigned          limit = (unsigned)window->limit, most = limit;

	if (first == NULL || window->held >= limit)
		return false;
	if (window->shared_until_us > loop_now_us(window->windows->loop))
		most -= limit / OTHERS_PART;
	return container_of(first, struct tenant_queue, turn)->held < most;
}

/* What follows from what a window holds, and from who waits in it: where it stands itself. */
static void
window_update(struct window *window, unsigned lane)
{
	struct windows *windows = window->windows;
	int64_t         now_us = loop_now_us(windows->loop);
	int64_t         hold_us = window->hold_until_us - now_us;
	int64_t         memory_us = window->limit < window->size ? MEMORY_US : 0;
	int64_t         shared_us = window->shared_until_us - now_us;
	bool            wanted = heap_first(&window->turns) != NULL;

	if (hold_us <= 0 && has_room(window))
		heap_put(&windows->ready, &window->ready, window->held);
	else
		heap_remove(&windows->ready, &window->ready);
	if (wanted && hold_us > 0)
		timer_arm(windows->loop, &window->timer, hold_us);
	else
		timer_disarm(windows->loop, &window->timer);
	if (lh_table_length(window->queues) == 0)
		heap_put(&windows->idle, &window->idle,
		    now_us + larger(larger(hold_us, shared_us), memory_us));
	else
		heap_remove(&windows->idle, &window->idle);
	task_wake(windows->loop, &windows->tasks[lane]);
	if (windows->waiting_n > windows->waiting[lane] && !timer_is_armed(&windows->others))
		timer_arm(windows->loop, &windows->others, 0);
}

static void
on_hold_over(struct timer *timer)
{
	window_update(container_of(timer, struct window, timer), 0);
}

static struct window *
window_get(struct windows *windows, const char *name, unsigned size)
{
	struct window *window;
	void          *found;

	must(size > 0);
	if (lh_table_lookup_ex(windows->table, name, &found))
		return found;
	window = xcalloc(1, sizeof(*window));
	window->windows = windows;
	window->name = xstrdup(name);
	window->size = size;
	window->limit = size;
	window->queues = lh_kchar_table_new(TENANTS_TABLE_SIZE, queue_free);
	must(window->queues != NULL);
	timer_init(&window->timer, on_hold_over);
	must(lh_table_insert(windows->table, window->name, window) == 0);
	return window;
}

static void
queue_wait(struct tenant_queue *queue, bool waits)
{
	struct windows *windows = queue->window->windows;
	bool            waited = heap_holds(&queue->turn);

	if (waits)
		heap_put(&queue->window->turns, &queue->turn, queue->held);
	else
		heap_remove(&queue->window->turns, &queue->turn);
	windows->waiting[queue->lane] += (unsigned)waits - waited;
	windows->waiting_n += (unsigned)waits - waited;
}

/* The same, one level down: has the tenant a turn, and is it there at all? */
static void
queue_update(struct tenant_queue *queue)
{
	struct window *window = queue->window;
	unsigned       lane = queue->lane;

	queue_wait(queue, heap_first(&queue->slots) != NULL);
	if (heap_first(&queue->slots) == NULL && queue->held == 0)
		must(lh_table_delete(window->queues, queue->tenant) == 0);
	window_update(window, lane);
}

/* ---- granting ---- */

/* Whoever is granted a slot may drop it, and want another, at once. */
static void
grant_next(struct window *window)
{
	struct tenant_queue *queue =
	    container_of(heap_first(&window->turns), struct tenant_queue, turn);
	struct slot *slot = container_of(heap_first(&queue->slots), struct slot, item);

	heap_remove(&queue->slots, &slot->item);
	slot->state = SLOT_HELD;
	slot->cuts = window->cuts;
	queue->held++;
	window->held++;
	window->windows->held++;
	queue_update(queue);
	slot->granted(slot);
}

static void
grant(struct windows *windows)
{
	while (windows->held < windows->most && heap_first(&windows->ready) != NULL)
		grant_next(container_of(heap_first(&windows->ready), struct window, ready));
	while (heap_first_key(&windows->idle) <= loop_now_us(windows->loop)) {
		struct window *window =
		    container_of(heap_first(&windows->idle), struct window, idle);

		must(lh_table_delete(windows->table, window->name) == 0);
	}
}

static void
on_task(struct task *task)
{
	grant(container_of(task - task->lane, struct windows, tasks[0]));
}

static void
on_others(struct timer *timer)
{
	grant(container_of(timer, struct windows, others));
}

struct windows *
windows_create(struct loop *loop, unsigned most)
{
	struct windows *windows = xcalloc(1, sizeof(*windows));

	must(most > 0);
	windows->loop = loop;
	windows->most = most;
	windows->table = lh_kchar_table_new(WINDOWS_TABLE_SIZE, window_free);
	must(windows->table != NULL);
	for (unsigned lane = 0; lane < LOOP_LANES; lane++) {
		task_init(&windows->tasks[lane], on_task);
		task_set_lane(loop, &windows->tasks[lane], lane);
	}
	timer_init(&windows->others, on_others);
	return windows;
}

void
windows_destroy(struct windows *windows)
{
	if (windows == NULL)
		return;
	lh_table_free(windows->table);
	for (unsigned lane = 0; lane < LOOP_LANES; lane++)
		task_cancel(windows->loop, &windows->tasks[lane]);
	timer_disarm(windows->loop, &windows->others);
	heap_fini(&windows->ready);
	heap_fini(&windows->idle);
	free(windows);
}

/* ---- slots ---- */

static int64_t
key_of(double priority)
{
	must(priority >= 0);
	return -(int64_t)((priority < PRIORITY_MAX ? priority : PRIORITY_MAX) * US_PER_SECOND);
}

void
slot_want(
    struct windows *windows, struct slot *slot, const char *name, unsigned size, const char *tenant)
{
	must(slot->state == SLOT_NONE);
	must(slot->granted != NULL);
	slot->queue = queue_get(window_get(windows, name, size), tenant);
	slot->state = SLOT_WAITING;
	heap_put(&slot->queue->slots, &slot->item, key_of(slot->priority));
	queue_update(slot->queue);
}

/* Does the answer say that the provider keeps up with us? These say nothing about that. */
static bool
is_good(enum op_result result)
{
	return result != OP_THROTTLED && result != OP_TRANSIENT && result != OP_UNKNOWN;
}

/* One cut per round trip: calls that were under way when the limit was cut belong to what it was before. */
static void
adapt(struct window *window, enum op_result result)
{
	if (result == OP_THROTTLED) {
		window->limit = window->limit / 2 > 1 ? window->limit / 2 : 1;
		window->cuts++;
	} else if (is_good(result)) {
		window->limit += 1 / window->limit;
		if (window->limit > window->size)
			window->limit = window->size;
	}
}

void
slot_answered(struct slot *slot, enum op_result result, int64_t retry_after_ms)
{
	struct window *window;
	int64_t        until_us;

	if (slot->state != SLOT_HELD)
		return;
	window = slot->queue->window;
	until_us = loop_now_us(window->windows->loop) + retry_after_ms * US_PER_MS;
	if (result == OP_THROTTLED && window->hold_until_us < until_us)
		window->hold_until_us = until_us;
	if (slot->cuts == window->cuts)
		adapt(window, result);
	slot->cuts = window->cuts;
	window_update(window, slot->queue->lane);
}

void
slot_drop(struct slot *slot)
{
	struct tenant_queue *queue = slot->queue;

	if (slot->state == SLOT_NONE)
		return;
	if (slot->state == SLOT_WAITING) {
		heap_remove(&queue->slots, &slot->item);
	} else {
		queue->held--;
		queue->window->held--;
		queue->window->windows->held--;
	}
	slot->state = SLOT_NONE;
	slot->queue = NULL;
	queue_update(queue);
}
