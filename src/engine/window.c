/* SPDX-License-Identifier: Apache-2.0
 * window.c - a heap of waiting slots per window, windows by name. */
#include "engine/window.h"

#include <json-c/linkhash.h>
#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define TABLE_SIZE 64

struct window {
	struct windows *windows;
	char           *name;
	unsigned        size, held;
	struct slot   **heap; /* heap[0] is next */
	size_t          n, cap;
	uint64_t        order;
	struct task     task;
};

struct windows {
	struct loop     *loop;
	struct lh_table *table; /* name -> struct window, which owns the name */
};

static void
window_free(struct lh_entry *entry)
{
	struct window *window = (struct window *)(uintptr_t)lh_entry_v(entry);

	must(window->n == 0);
	must(window->held == 0);
	task_cancel(window->windows->loop, &window->task);
	free(window->heap);
	free(window->name);
	free(window);
}

struct windows *
windows_create(struct loop *loop)
{
	struct windows *windows = xcalloc(1, sizeof(*windows));

	windows->loop = loop;
	windows->table = lh_kchar_table_new(TABLE_SIZE, window_free);
	must(windows->table != NULL);
	return windows;
}

void
windows_destroy(struct windows *windows)
{
	if (windows == NULL)
		return;
	lh_table_free(windows->table);
	free(windows);
}

/* ---- the heap ---- */

static int
goes_before(const struct slot *a, const struct slot *b)
{
	return a->priority > b->priority || (!(a->priority < b->priority) && a->order < b->order);
}

static void
heap_put(struct window *window, size_t at, struct slot *slot)
{
	window->heap[at] = slot;
	slot->at = at;
}

static void
heap_up(struct window *window, size_t at, struct slot *slot)
{
	while (at > 0 && goes_before(slot, window->heap[(at - 1) / 2])) {
		heap_put(window, at, window->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_put(window, at, slot);
}

static void
heap_down(struct window *window, size_t at, struct slot *slot)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= window->n)
			break;
		if (child + 1 < window->n &&
		    goes_before(window->heap[child + 1], window->heap[child]))
			child++;
		if (!goes_before(window->heap[child], slot))
			break;
		heap_put(window, at, window->heap[child]);
		at = child;
	}
	heap_put(window, at, slot);
}

static void
heap_remove(struct window *window, size_t at)
{
	struct slot *last = window->heap[--window->n];

	if (at == window->n)
		return;
	if (at > 0 && goes_before(last, window->heap[(at - 1) / 2]))
		heap_up(window, at, last);
	else
		heap_down(window, at, last);
}

/* ---- wanting and granting ---- */

static void
on_task(struct task *task)
{
	struct window *window = container_of(task, struct window, task);

	while (window->n > 0 && window->held < window->size) {
		struct slot *slot = window->heap[0];

		heap_remove(window, 0);
		window->held++;
		slot->state = SLOT_HELD;
		slot->granted(slot);
	}
	if (window->n == 0 && window->held == 0)
		must(lh_table_delete(window->windows->table, window->name) == 0);
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
	task_init(&window->task, on_task);
	must(lh_table_insert(windows->table, window->name, window) == 0);
	return window;
}

void
slot_want(struct windows *windows, struct slot *slot, const char *name, unsigned size)
{
	struct window *window = window_get(windows, name, size);

	must(slot->state == SLOT_NONE);
	must(slot->granted != NULL);
	if (window->n == window->cap) {
		window->cap = window->cap * 2 + 16;
		window->heap = xrealloc(window->heap, window->cap, sizeof(struct slot *));
	}
	slot->window = window;
	slot->state = SLOT_WAITING;
	slot->order = window->order++;
	heap_up(window, window->n++, slot);
	task_wake(windows->loop, &window->task);
}

void
slot_drop(struct windows *windows, struct slot *slot)
{
	struct window *window = slot->window;

	if (slot->state == SLOT_NONE)
		return;
	if (slot->state == SLOT_WAITING)
		heap_remove(window, slot->at);
	else
		window->held--;
	slot->state = SLOT_NONE;
	slot->window = NULL;
	task_wake(windows->loop, &window->task);
}
