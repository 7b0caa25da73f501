/* SPDX-License-Identifier: Apache-2.0
 *
 * page.h - one page of numbered events: of a graph, as its stream has it; or of a tenant, put together from the streams of
 * all its graphs in the order in which they told it.
 */
#ifndef FEED_PAGE_H
#define FEED_PAGE_H

#include "store/store.h"

struct page_part;

/* The caller's memory. */
struct page {
	void (*done)(struct page *page); /* STORE_OK, or the store can't be read now; from a task */

	/* what came, until page_clear() */
	uint64_t           after; /* that was asked for */
	enum store_result  result;
	struct store_item *items; /* number, text; some may be missing, since they are forgotten */
	size_t             items_n;
	uint64_t           until;   /* nothing else is there up to this number */
	bool               is_full; /* behind that there is more */

	/* its own */
	struct store     *store;
	struct store_key  key;
	struct store_op   op;
	struct page_part *parts;
	size_t            parts_n, parts_due;
	bool              is_reading;
};

/* Without a graph it is of the tenant. */
void page_init(struct page *page, struct store *store, const struct store_key *key,
    void (*done)(struct page *));
void page_read(struct page *page, uint64_t after); /* done() is called once */
void page_clear(struct page *page);
void page_fini(struct page *page); /* done() is not called any more */

#endif
