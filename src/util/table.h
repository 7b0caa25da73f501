/* SPDX-License-Identifier: Apache-2.0
 *
 * table.h - a hash table of the caller's own objects: the link is embedded in them, and so are their keys.
 *
 * It knows hashes only. Who looks something up goes through the links of that hash and compares keys:
 *
 *   for (struct table_link *l = table_first(t, hash); l != NULL; l = table_next(l))
 */
#ifndef UTIL_TABLE_H
#define UTIL_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_link {
	struct table_link *next; /* in its bucket */
	uint32_t           hash;
};

/* Zeroed is empty. */
struct table {
	struct table_link **buckets; /* a power of two, no fewer than there are links */
	size_t              size, n;
};

void table_fini(struct table *table); /* forgets the links, which are the caller's */
void table_put(struct table *table, struct table_link *link, uint32_t hash);
void table_remove(struct table *table, struct table_link *link); /* it is in there */

struct table_link *table_first(const struct table *table, uint32_t hash);
struct table_link *table_next(const struct table_link *link);

/* FNV-1a. Begins with any number; for several texts, with what came before. */
uint32_t table_hash(uint32_t before, const char *text);

#endif
