/* SPDX-License-Identifier: Apache-2.0
 * table.c - buckets of links; twice as many when each has one on average. */
#include "util/table.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define SIZE_FIRST 16
#define FNV_PRIME  16777619u
#define TEXT_END   0xffu /* no byte of UTF-8 */

void
table_fini(struct table *table)
{
	free(table->buckets);
	*table = (struct table){ 0 };
}

static struct table_link **
bucket_of(const struct table *table, uint32_t hash)
{
	return &table->buckets[hash & (table->size - 1)];
}

static void
push(struct table *table, struct table_link *link)
{
	struct table_link **bucket = bucket_of(table, link->hash);

	link->next = *bucket;
	*bucket = link;
}

static void
grow(struct table *table)
{
	struct table before = *table;

	table->size = before.size > 0 ? before.size * 2 : SIZE_FIRST;
	table->buckets = xcalloc(table->size, sizeof(struct table_link *));
	for (size_t i = 0; i < before.size; i++) {
		while (before.buckets[i] != NULL) {
			struct table_link *link = before.buckets[i];

			before.buckets[i] = link->next;
			push(table, link);
		}
	}
	free(before.buckets);
}

void
table_put(struct table *table, struct table_link *link, uint32_t hash)
{
	if (table->n == table->size)
		grow(table);
	table->n++;
	link->hash = hash;
	push(table, link);
}

void
table_remove(struct table *table, struct table_link *link)
{
	struct table_link **at;

	must(table->n > 0);
	for (at = bucket_of(table, link->hash); *at != link; at = &(*at)->next)
		must(*at != NULL);
	*at = link->next;
	table->n--;
}

static struct table_link *
find_hash(struct table_link *link, uint32_t hash)
{
	while (link != NULL && link->hash != hash)
		link = link->next;
	return link;
}

struct table_link *
table_first(const struct table *table, uint32_t hash)
{
	return table->n > 0 ? find_hash(*bucket_of(table, hash), hash) : NULL;
}

struct table_link *
table_next(const struct table_link *link)
{
	return find_hash(link->next, link->hash);
}

uint32_t
table_hash(uint32_t before, const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		before = (before ^ (unsigned char)*c) * FNV_PRIME;
	return (before ^ TEXT_END) * FNV_PRIME;
}
