/* SPDX-License-Identifier: Apache-2.0
 * mem_archive.c - what is to be archived, and what was, on tables in memory. */
#include "store/mem_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mem_lists.h"
#include "util/mem.h"

#define NAME_SIZE (STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE)
#define US_PER_MS 1000

static void
name_of(const struct store_key *key, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s:%s:%s", key->tenant, key->deployment, key->graph);
}

static bool
has_header(const struct store_op *op)
{
	for (size_t i = 0; i < op->fields_n; i++) {
		if (op->fields[i].name[0] == '\0')
			return true;
	}
	return false;
}

void
mem_archive_mark(const struct mem_ask *ask, const struct store_op *op)
{
	bool is_change = op->verb == STORE_PUT_SPEC || op->verb == STORE_BEGIN ||
			 op->verb == STORE_FINISH ||
			 (op->verb == STORE_VERIFIED_PUT && op->events_n > 0) ||
			 (op->verb == STORE_APPEND && has_header(op));
	char name[NAME_SIZE];

	if (!is_change)
		return;
	name_of(&op->key, name);
	mem_score_put(ask->data->unarchived, name, (uint64_t)op->now_ms);
}

void
mem_archive_unmark(const struct mem_ask *ask, const struct store_key *key)
{
	char name[NAME_SIZE];

	name_of(key, name);
	lh_table_delete(ask->data->unarchived, name);
}

enum store_result
mem_archive_due(const struct mem_ask *ask, struct store_op *op)
{
	struct lh_table   *all = ask->data->unarchived;
	struct store_item *items = xcalloc((size_t)lh_table_length(all), sizeof(*items));
	struct lh_entry   *entry;
	size_t             n = 0;

	lh_foreach(all, entry)
	{
		uint64_t due = *(uint64_t *)lh_entry_v(entry);

		if (due <= (uint64_t)op->now_ms)
			items[n++] =
			    (struct store_item){ .name = lh_entry_k(entry), .number = due };
	}
	mem_answer_oldest(op, items, n);
	free(items);
	op->seq_out = (uint64_t)lh_table_length(all);
	return STORE_OK;
}

enum store_result
mem_archive_get(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_graph *graph = mem_graph_of(ask->data, &op->key);

	store_op_set_text(op, graph->archived != NULL ? graph->archived : "");
	op->seq_out = graph->events_n;
	return STORE_OK;
}

static bool
is_anothers(const struct mem_ask *ask, const struct mem_graph *graph)
{
	return graph->archiver != NULL && ask->now_us < graph->archiver_until_us &&
	       strcmp(graph->archiver, ask->owner) != 0;
}

enum store_result
mem_archive_take(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph *graph = mem_graph_of(ask->data, &op->key);

	if (is_anothers(ask, graph)) {
		store_op_set_text(op, graph->archiver);
		return STORE_EXISTS;
	}
	free(graph->archiver);
	graph->archiver = xstrdup(ask->owner);
	graph->archiver_until_us = ask->now_us + (int64_t)STORE_ARCHIVER_MS * US_PER_MS;
	return mem_archive_get(ask, op);
}

static void
settle(const struct mem_ask *ask, const struct store_op *op)
{
	struct lh_table *all = ask->data->unarchived;
	const uint64_t  *due;
	char             name[NAME_SIZE];

	name_of(&op->key, name);
	due = mem_table_get(all, name);
	if (due == NULL || *due != op->seq)
		return;
	if (op->now_ms == 0)
		lh_table_delete(all, name);
	else
		mem_score_put(all, name, (uint64_t)op->now_ms);
}

enum store_result
mem_archive_put(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph *graph = mem_graph_of(ask->data, &op->key);

	if (graph->archiver == NULL || ask->now_us >= graph->archiver_until_us ||
	    is_anothers(ask, graph))
		return STORE_FENCED;
	free(graph->archived);
	graph->archived = xstrdup(op->text);
	free(graph->archiver);
	graph->archiver = NULL;
	settle(ask, op);
	return STORE_OK;
}
