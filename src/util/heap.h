/* SPDX-License-Identifier: Apache-2.0
 *
 * heap.h - a binary heap of items that live in the objects they stand for (container_of).
 *
 * The least key is first; among equal keys, who has had it the longest. A heap that is all zero is empty.
 */
#ifndef UTIL_HEAP_H
#define UTIL_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: in no heap. */
struct heap_item {
	size_t   place; /* in the heap, counted from one */
	uint64_t order; /* the heap's count when it got its key */
};

struct heap_entry {
	int64_t           key;
	struct heap_item *item;
};

struct heap {
	struct heap_entry *entries;
	size_t             n, cap;
	uint64_t           order;
};

void heap_fini(struct heap *heap); /* the items are their owners' */

/* With another key when it is in already. */
void heap_put(struct heap *heap, struct heap_item *item, int64_t key);
void heap_remove(struct heap *heap, struct heap_item *item); /* harmless when it is not in */

struct heap_item *heap_first(const struct heap *heap);     /* NULL: the heap is empty */
int64_t           heap_first_key(const struct heap *heap); /* INT64_MAX: the heap is empty */

static inline bool
heap_holds(const struct heap_item *item)
{
	return item->place != 0;
}

#endif
