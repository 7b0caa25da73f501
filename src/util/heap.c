/* SPDX-License-Identifier: Apache-2.0
 * heap.c - keys beside the pointers, so that a step down or up looks at no item unless keys are equal. */
#include "util/heap.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define CAP_FIRST 16

void
heap_fini(struct heap *heap)
{
	free(heap->entries);
	*heap = (struct heap){ 0 };
}

static bool
goes_before(const struct heap_entry *a, const struct heap_entry *b)
{
	return a->key != b->key ? a->key < b->key : a->item->order < b->item->order;
}

static void
place(struct heap *heap, size_t at, struct heap_entry entry)
{
	heap->entries[at] = entry;
	entry.item->place = at + 1;
}

static void
sift_up(struct heap *heap, size_t at, struct heap_entry entry)
{
	for (; at > 0 && goes_before(&entry, &heap->entries[(at - 1) / 2]); at = (at - 1) / 2)
		place(heap, at, heap->entries[(at - 1) / 2]);
	place(heap, at, entry);
}

static void
sift_down(struct heap *heap, size_t at, struct heap_entry entry)
{
	for (size_t child; (child = 2 * at + 1) < heap->n; at = child) {
		if (child + 1 < heap->n &&
		    goes_before(&heap->entries[child + 1], &heap->entries[child]))
			child++;
		if (!goes_before(&heap->entries[child], &entry))
			break;
		place(heap, at, heap->entries[child]);
	}
	place(heap, at, entry);
}

void
heap_put(struct heap *heap, struct heap_item *item, int64_t key)
{
	if (heap_holds(item) && heap->entries[item->place - 1].key == key)
		return;
	heap_remove(heap, item);
	if (heap->n == heap->cap) {
		heap->cap = heap->cap * 2 + CAP_FIRST;
		heap->entries = xrealloc(heap->entries, heap->cap, sizeof(*heap->entries));
	}
	item->order = heap->order++;
	sift_up(heap, heap->n++, (struct heap_entry){ key, item });
}

void
heap_remove(struct heap *heap, struct heap_item *item)
{
	size_t            at = item->place - 1;
	struct heap_entry last;

	if (item->place == 0)
		return;
	must(at < heap->n && heap->entries[at].item == item);
	item->place = 0;
	last = heap->entries[--heap->n];
	if (at == heap->n)
		return;
	if (at > 0 && goes_before(&last, &heap->entries[(at - 1) / 2]))
		sift_up(heap, at, last);
	else
		sift_down(heap, at, last);
}

struct heap_item *
heap_first(const struct heap *heap)
{
	return heap->n > 0 ? heap->entries[0].item : NULL;
}

int64_t
heap_first_key(const struct heap *heap)
{
	return heap->n > 0 ? heap->entries[0].key : INT64_MAX;
}
