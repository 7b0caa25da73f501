/* SPDX-License-Identifier: Apache-2.0
 * mem_index.c - a table of times, as a sorted set of Redis. */
#include "store/mem_index.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/mem_lists.h"
#include "util/mem.h"

void
mem_index_name(const struct store_key *key, char name[MEM_NAME_SIZE])
{
	snprintf(name, MEM_NAME_SIZE, "%s:%s:%s", key->tenant, key->deployment, key->graph);
}

void
mem_index_put(struct lh_table *index, const struct store_key *key, uint64_t due_ms)
{
	char name[MEM_NAME_SIZE];

	mem_index_name(key, name);
	mem_score_put(index, name, due_ms);
}

void
mem_index_strike(struct lh_table *index, const struct store_key *key)
{
	char name[MEM_NAME_SIZE];

	mem_index_name(key, name);
	lh_table_delete(index, name);
}

uint64_t
mem_index_time(struct lh_table *index, const struct store_key *key)
{
	char            name[MEM_NAME_SIZE];
	const uint64_t *due;

	mem_index_name(key, name);
	due = mem_table_get(index, name);
	return due != NULL ? *due : 0;
}

enum store_result
mem_index_due(struct lh_table *index, struct store_op *op)
{
	struct store_item *items = xcalloc((size_t)lh_table_length(index), sizeof(*items));
	struct lh_entry   *entry;
	size_t             n = 0;

	lh_foreach(index, entry)
	{
		uint64_t due = *(uint64_t *)lh_entry_v(entry);

		if (due <= (uint64_t)op->now_ms)
			items[n++] =
			    (struct store_item){ .name = lh_entry_k(entry), .number = due };
	}
	mem_answer_oldest(op, items, n);
	free(items);
	return STORE_OK;
}

void
mem_index_settle(struct lh_table *index, const struct store_key *key, uint64_t seen, uint64_t next)
{
	if (mem_index_time(index, key) != seen)
		return;
	if (next == 0)
		mem_index_strike(index, key);
	else
		mem_index_put(index, key, next);
}
