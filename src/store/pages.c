/* SPDX-License-Identifier: Apache-2.0
 * pages.c - a list of items, and where each name is in it. */
#include "store/pages.h"

#include <json-c/linkhash.h>
#include <stdlib.h>

#include "util/mem.h"

#define PLACES_FIRST 64

struct pages *
pages_create(void)
{
	struct pages *pages = xcalloc(1, sizeof(*pages));

	pages->cursor[0] = '0';
	pages->places = lh_kchar_table_new(PLACES_FIRST, NULL);
	must(pages->places != NULL);
	return pages;
}

void
pages_destroy(struct pages *pages)
{
	if (pages == NULL)
		return;
	lh_table_free(pages->places);
	for (size_t i = 0; i < pages->n; i++) {
		free((char *)(uintptr_t)pages->items[i].name);
		free((char *)(uintptr_t)pages->items[i].text);
	}
	free(pages->items);
	free(pages);
}

void
pages_add(struct pages *pages, const char *name, const char *text)
{
	void              *place;
	struct store_item *item;

	if (lh_table_lookup_ex(pages->places, name, &place)) {
		item = &pages->items[(uintptr_t)place - 1];
		free((char *)(uintptr_t)item->text);
		item->text = xstrdup(text);
		return;
	}
	if (pages->n == pages->cap) {
		pages->cap = pages->cap * 2 + PLACES_FIRST;
		pages->items = xrealloc(pages->items, pages->cap, sizeof(*pages->items));
	}
	item = &pages->items[pages->n++];
	*item = (struct store_item){ .name = xstrdup(name), .text = xstrdup(text) };
	must(lh_table_insert(pages->places, item->name, (void *)(uintptr_t)pages->n) == 0);
}
