/* SPDX-License-Identifier: Apache-2.0
 *
 * pages.h - items that come page by page, until all are there: a thousand at a time keep nobody else waiting.
 *
 * One that comes again, as it may while what is read changes, takes the place of what it was.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "store/store.h"

#define PAGES_CURSOR_SIZE 24

struct pages {
	char             execution[STORE_EXECUTION_SIZE]; /* whose they are; "": of the last one */
	char             cursor[PAGES_CURSOR_SIZE];       /* where the next page begins */
	bool             is_past;                         /* another one has begun since */
	struct lh_table *places;                          /* of items, by name; from one */
	struct store_item *items;                         /* owned, with names and texts */
	size_t             n, cap;
};

struct pages *pages_create(void);
void          pages_destroy(struct pages *pages); /* NULL is fine */
void          pages_add(struct pages *pages, const char *name, const char *text);

#endif
