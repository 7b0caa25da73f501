/* SPDX-License-Identifier: Apache-2.0
 * mem_history.c - reads one of the executions there were, lists them, forgets the oldest. */
#include "store/mem_history.h"

#include <stdlib.h>
#include <string.h>

#include "store/mem_archive.h"
#include "store/mem_lists.h"
#include "store/mem_told.h"
#include "util/check.h"
#include "util/mem.h"

/* ---- keeping ---- */

void
mem_history_keep(struct mem_graph *graph)
{
	struct mem_execution *old = graph->exec;

	graph->exec = NULL;
	if (old == NULL)
		return;
	old->last = graph->events_n;
	mem_execution_destroy(mem_table_put(graph->past, old->id, old));
}

void
mem_history_add(struct mem_deployment *deployment, const char *member, uint64_t now_ms)
{
	size_t             n;
	struct store_item *items = mem_sorted(deployment->history, &n);
	uint64_t           least = n > 0 ? items[0].number + 1 : 0;

	mem_score_put(deployment->history, member, now_ms > least ? now_ms : least);
	free(items);
}

bool
mem_history_ends_with(const struct mem_deployment *deployment, const char *member)
{
	size_t             n;
	struct store_item *items = mem_sorted(deployment->history, &n);
	bool               it_does = strcmp(member, n > 0 ? items[0].name : "") == 0;

	free(items);
	return it_does;
}

/* ---- reading ---- */

static const struct mem_execution *
find(const struct mem_ask *ask, const struct store_op *op)
{
	const struct mem_graph *graph = mem_graph_of(ask->data, &op->key);

	if (op->execution == NULL ||
	    (graph->exec != NULL && strcmp(graph->exec->id, op->execution) == 0))
		return graph->exec;
	return mem_table_get(graph->past, op->execution);
}

enum store_result
mem_get_exec(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_execution *execution = find(ask, op);
	struct store_item          *items;
	struct lh_entry            *entry;
	size_t                      n = 0;

	if (execution == NULL)
		return STORE_ABSENT;
	items = xcalloc((size_t)lh_table_length(execution->fields), sizeof(*items));
	lh_foreach(execution->fields, entry)
	{
		items[n].name = lh_entry_k(entry);
		items[n++].text = lh_entry_v(entry);
	}
	store_op_set_items(op, items, n);
	free(items);
	op->seq_out = execution->after;
	return STORE_OK;
}

enum store_result
mem_get_header(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_execution *execution = find(ask, op);
	const char *header = execution != NULL ? mem_table_get(execution->fields, "") : NULL;

	if (header == NULL)
		return STORE_ABSENT;
	store_op_set_text(op, header);
	return STORE_OK;
}

enum store_result
mem_history(const struct mem_ask *ask, struct store_op *op)
{
	size_t             n, from = 0;
	struct store_item *items = mem_sorted(mem_deployment_of(ask->data, &op->key)->history, &n);

	while (op->seq > 0 && from < n && items[from].number >= op->seq)
		from++;
	store_op_set_items(
	    op, items + from, n - from < STORE_PAGE_MAX ? n - from : (size_t)STORE_PAGE_MAX);
	free(items);
	return STORE_OK;
}

/* ---- forgetting executions ---- */

static uint64_t
less_by(int64_t now_ms, int64_t age_ms)
{
	return now_ms > age_ms ? (uint64_t)(now_ms - age_ms) : 0;
}

static void
trim(struct mem_graph *graph, uint64_t last)
{
	for (; graph->trimmed < last && graph->trimmed < graph->events_n; graph->trimmed++) {
		free(graph->events[graph->trimmed]);
		graph->events[graph->trimmed] = NULL;
	}
}

static void
drop(const struct mem_ask *ask, struct mem_deployment *deployment, const struct store_op *op,
    const struct store_item *item)
{
	struct store_key            key = op->key;
	const char                 *id = store_execution_read(&key, item->name);
	struct mem_graph           *graph = mem_graph_of(ask->data, &key);
	const struct mem_execution *past = mem_table_get(graph->past, id);

	must(id != NULL);
	if (graph->put_ms == 0)
		graph->put_ms = item->number;
	if (past != NULL) {
		trim(graph, past->last);
		lh_table_delete(graph->past, id);
	} else if (graph->exec != NULL && strcmp(graph->exec->id, id) == 0) {
		trim(graph, graph->events_n);
		mem_execution_destroy(graph->exec);
		graph->exec = NULL;
	}
	lh_table_delete(deployment->history, item->name);
}

/* How many went. */
static size_t
drop_oldest(const struct mem_ask *ask, struct mem_deployment *deployment, const struct store_op *op)
{
	uint64_t           from = op->age_ms > 0 ? less_by(op->now_ms, op->age_ms) : 0;
	size_t             n, dropped = 0;
	struct store_item *items = mem_sorted(deployment->history, &n);

	for (size_t k = 0; k < n && k < STORE_FORGET_MAX; k++) {
		const struct store_item *item = &items[n - 1 - k];
		bool                     is_kept = k == n - 1 || (deployment->unfinished != NULL &&
                                                 strcmp(item->name, deployment->unfinished) == 0);

		if (is_kept || !((op->seq > 0 && n - k > op->seq) || item->number < from))
			continue;
		drop(ask, deployment, op, item);
		dropped++;
	}
	free(items);
	return dropped;
}

/* ---- forgetting graphs ---- */

/* Before when one was put that nobody needs. */
static uint64_t
since(struct mem_deployment *deployment, const struct store_op *op)
{
	uint64_t           before = less_by(op->now_ms, STORE_PUT_MS);
	size_t             n;
	struct store_item *items = mem_sorted(deployment->history, &n);
	uint64_t           oldest = n > 0 ? items[n - 1].number : 0;

	free(items);
	return before < oldest ? before : oldest;
}

void
mem_history_drop_graph(const struct mem_ask *ask, const struct store_key *key)
{
	mem_archive_unmark(ask, key);
	mem_told_forget(ask, key);
	lh_table_delete(mem_tenant_of(ask->data, key)->graphs, key->graph);
	lh_table_delete(mem_deployment_of(ask->data, key)->graphs, key->graph);
}

static void
drop_graphs(const struct mem_ask *ask, struct mem_deployment *deployment, struct store_op *op)
{
	uint64_t          before = since(deployment, op);
	struct store_item found[STORE_FORGET_MAX];
	struct lh_entry  *entry;
	size_t            n = 0;

	lh_foreach(deployment->graphs, entry)
	{
		const struct mem_graph *graph = lh_entry_v(entry);

		if (graph->exec == NULL && graph->put_ms > 0 && graph->put_ms < before &&
		    n < STORE_FORGET_MAX)
			found[n++] = (struct store_item){ .name = lh_entry_k(entry) };
	}
	store_op_set_items(op, found, n);
	for (size_t i = 0; i < n; i++) {
		struct store_key key;

		must(
		    store_key_set(&key, op->key.tenant, op->key.deployment, op->items_out[i].name));
		mem_history_drop_graph(ask, &key);
	}
}

enum store_result
mem_forget(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);

	op->seq_out = drop_oldest(ask, deployment, op);
	drop_graphs(ask, deployment, op);
	return STORE_OK;
}
