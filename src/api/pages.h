/* SPDX-License-Identifier: Apache-2.0
 *
 * pages.h - lists by pages: what the query asks for, and where the next page is.
 */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "api/exchange.h"

#define PAGE_USUAL 100

/* `limit`: how many there are on a page. False: it is none, and that was answered. */
MUSTCHECK bool page_limit(struct exchange *x, size_t *ret_n);

/* A whole number of the query, if it is there. False: it is none, or not one of these, and that was answered. */
MUSTCHECK bool page_number(struct exchange *x, const char *name, uint64_t most, uint64_t *ret);

/* There is more behind a page of n: `next_cursor` in the body, and a Link (RFC 8288) in the head. */
void page_next(struct exchange *x, struct json_object *body, size_t n, const char *cursor);

#endif
