/* SPDX-License-Identifier: Apache-2.0
 * op_copy.c - all that is asked, and nothing of what was answered. */
#include "op_copy.h"

#include <stdlib.h>

#include "util/mem.h"

static struct store_item *
items_copy(const struct store_item *items, size_t n)
{
	struct store_item *copy = xcalloc(n, sizeof(*copy));

	for (size_t i = 0; i < n; i++) {
		copy[i].name = items[i].name != NULL ? xstrdup(items[i].name) : NULL;
		copy[i].text = items[i].text != NULL ? xstrdup(items[i].text) : NULL;
	}
	return copy;
}

static void
items_free(const struct store_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((char *)(uintptr_t)items[i].name);
		free((char *)(uintptr_t)items[i].text);
	}
	free((struct store_item *)(uintptr_t)items);
}

void
op_copy(struct store_op *copy, const struct store_op *op)
{
	*copy = (struct store_op){
		.verb = op->verb,
		.key = op->key,
		.text = op->text != NULL ? xstrdup(op->text) : NULL,
		.fence = op->fence,
		.seq = op->seq,
		.now_ms = op->now_ms,
		.age_ms = op->age_ms,
		.execution = op->execution != NULL ? xstrdup(op->execution) : NULL,
		.plan = op->plan != NULL ? xstrdup(op->plan) : NULL,
		.newest = op->newest != NULL ? xstrdup(op->newest) : NULL,
		.fields = items_copy(op->fields, op->fields_n),
		.fields_n = op->fields_n,
		.events = items_copy(op->events, op->events_n),
		.events_n = op->events_n,
	};
}

void
op_copy_free(struct store_op *copy)
{
	store_op_fini(copy);
	free((char *)(uintptr_t)copy->text);
	free((char *)(uintptr_t)copy->execution);
	free((char *)(uintptr_t)copy->plan);
	free((char *)(uintptr_t)copy->newest);
	items_free(copy->fields, copy->fields_n);
	items_free(copy->events, copy->events_n);
}
