/* SPDX-License-Identifier: Apache-2.0
 * page.c - reads a page, in one step or in two.
 *
 * Of a tenant, the index is read first: runs of events, each of one graph. Then the runs are read, all at once, for in a
 * cluster they lie on different servers. Events that their graphs have forgotten are left out, as they are from a graph's
 * own page. */
#include "feed/page.h"

#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"

/* Some events of one graph. */
struct page_part {
	struct page    *page;
	struct store_op op;
	uint64_t        first, last; /* of the graph's */
	uint64_t        offset;      /* from its numbers to the tenant's */
	bool            is_due;
};

static void
page_end(struct page *page, enum store_result result)
{
	page->is_reading = false;
	page->result = result;
	page->done(page);
}

/* ---- of a graph ---- */

static void
on_events(struct store_op *op)
{
	struct page *page = container_of(op, struct page, op);

	page->items = op->items_out;
	page->items_n = op->items_n;
	page->is_full = op->items_n == STORE_PAGE_MAX;
	if (op->items_n > 0)
		page->until = op->items_out[op->items_n - 1].number;
	page_end(page, op->result);
}

/* ---- of a tenant: its parts ---- */

/* Those of the part's own, without what it was handed beyond them. */
static size_t
part_items_n(const struct page_part *part)
{
	size_t n = part->op.items_n;

	while (n > 0 && part->op.items_out[n - 1].number > part->last)
		n--;
	return n;
}

/* One that was longer than a page of the store's: what is behind it has to wait. */
static bool
part_is_cut(const struct page_part *part)
{
	return part->op.items_n == STORE_PAGE_MAX &&
	       part->op.items_out[STORE_PAGE_MAX - 1].number < part->last;
}

static size_t
parts_items_n(const struct page *page)
{
	size_t n = 0;

	for (size_t i = 0; i < page->parts_n; i++)
		n += part_items_n(&page->parts[i]);
	return n;
}

/* Texts stay the parts'. */
static void
part_add(struct page *page, const struct page_part *part)
{
	size_t n = part_items_n(part);

	for (size_t i = 0; i < n; i++) {
		struct store_item *item = &page->items[page->items_n++];

		*item = part->op.items_out[i];
		item->number += part->offset;
	}
	if (part_is_cut(part))
		page->until = page->items[page->items_n - 1].number;
}

static enum store_result
join(struct page *page)
{
	for (size_t i = 0; i < page->parts_n; i++) {
		if (page->parts[i].op.result != STORE_OK)
			return page->parts[i].op.result;
	}
	page->items = xcalloc(parts_items_n(page), sizeof(*page->items));
	for (size_t i = 0; i < page->parts_n; i++) {
		part_add(page, &page->parts[i]);
		if (part_is_cut(&page->parts[i])) {
			page->is_full = true;
			break;
		}
	}
	return STORE_OK;
}

static void
on_part(struct store_op *op)
{
	struct page_part *part = container_of(op, struct page_part, op);
	struct page      *page = part->page;

	part->is_due = false;
	if (--page->parts_due == 0)
		page_end(page, join(page));
}

/* ---- of a tenant: the index ---- */

/* "13-17" of a graph, of which the last has this number of the tenant's. False: it can't be read. */
static bool
part_set(struct page_part *part, const struct page *page, const struct store_item *item)
{
	char *rest;

	part->first = strtoull(item->text, &rest, 10);
	if (*rest != '-' || !store_key_read(&part->op.key, item->name))
		return false;
	part->last = strtoull(rest + 1, NULL, 10);
	part->offset = item->number - part->last; /* mod 2^64: a graph may be ahead of its tenant */
	if (part->first + part->offset <= page->after) /* a part of it was read before */
		part->first = page->after - part->offset + 1;
	return part->first > 0 && part->first <= part->last;
}

static void
part_start(struct page *page, struct page_part *part)
{
	part->page = page;
	part->op.verb = STORE_EVENTS;
	part->op.seq = part->first - 1;
	part->op.done = on_part;
	part->is_due = true;
	page->parts_due++;
	store_start(page->store, &part->op);
}

/* As many as make a page; at least one. */
static void
parts_choose(struct page *page)
{
	uint64_t events_n = 0;

	for (size_t i = 0; i < page->op.items_n && events_n < STORE_PAGE_MAX; i++) {
		const struct store_item *item = &page->op.items_out[i];
		struct page_part        *part = &page->parts[page->parts_n];

		page->until = item->number;
		page->is_full = i + 1 < page->op.items_n || page->op.items_n == STORE_TOLD_PAGE_MAX;
		if (!part_set(part, page, item))
			continue;
		events_n += part->last - part->first + 1;
		page->parts_n++;
	}
}

static void
on_told(struct store_op *op)
{
	struct page *page = container_of(op, struct page, op);

	if (op->result != STORE_OK || op->items_n == 0) {
		page_end(page, op->result);
		return;
	}
	page->parts = xcalloc(op->items_n, sizeof(*page->parts));
	parts_choose(page);
	for (size_t i = 0; i < page->parts_n; i++)
		part_start(page, &page->parts[i]);
	if (page->parts_n == 0)
		page_end(page, STORE_OK);
}

/* ---- public ---- */

void
page_init(struct page *page, struct store *store, const struct store_key *key,
    void (*done)(struct page *))
{
	*page = (struct page){ .store = store, .key = *key, .done = done };
}

void
page_read(struct page *page, uint64_t after)
{
	bool is_graph = page->key.graph[0] != '\0';

	must(!page->is_reading);
	page_clear(page);
	page->is_reading = true;
	page->after = page->until = after;
	page->op.verb = is_graph ? STORE_EVENTS : STORE_TOLD;
	page->op.key = page->key;
	page->op.seq = after;
	page->op.done = is_graph ? on_events : on_told;
	store_start(page->store, &page->op);
}

void
page_clear(struct page *page)
{
	if (page->parts != NULL)
		free(page->items);
	page->items = NULL;
	page->items_n = 0;
	page->is_full = false;
	for (size_t i = 0; i < page->parts_n; i++)
		store_op_fini(&page->parts[i].op);
	free(page->parts);
	page->parts = NULL;
	page->parts_n = page->parts_due = 0;
	store_op_fini(&page->op);
}

void
page_fini(struct page *page)
{
	if (page->is_reading && page->parts_due == 0)
		store_forget(page->store, &page->op);
	for (size_t i = 0; i < page->parts_n; i++) {
		if (page->parts[i].is_due)
			store_forget(page->store, &page->parts[i].op);
	}
	page->is_reading = false;
	page_clear(page);
}
