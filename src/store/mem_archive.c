/* SPDX-License-Identifier: Apache-2.0
 * mem_archive.c - what is to be archived, and what was, on tables in memory. */
#include "store/mem_archive.h"

#include <stdlib.h>
#include <string.h>

#include "store/mem_index.h"
#include "util/mem.h"

#define US_PER_MS 1000

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
	bool is_change = (op->verb == STORE_PUT_SPEC && op->age_ms == 0) ||
			 op->verb == STORE_BEGIN || op->verb == STORE_FINISH ||
			 (op->verb == STORE_VERIFIED_PUT && op->events_n > 0) ||
			 (op->verb == STORE_APPEND && has_header(op));

	if (is_change)
		mem_index_put(ask->data->unarchived, &op->key, (uint64_t)op->now_ms);
}

void
mem_archive_unmark(const struct mem_ask *ask, const struct store_key *key)
{
	mem_index_strike(ask->data->unarchived, key);
}

enum store_result
mem_archive_due(const struct mem_ask *ask, struct store_op *op)
{
	op->seq_out = (uint64_t)lh_table_length(ask->data->unarchived);
	return mem_index_due(ask->data->unarchived, op);
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
	mem_index_settle(ask->data->unarchived, &op->key, op->seq, (uint64_t)op->now_ms);
	return STORE_OK;
}
