/* SPDX-License-Identifier: Apache-2.0
 * mem_planned.c - each put is noted with its time, and struck off when the graph is run. */
#include "store/mem_planned.h"

#include "store/mem_history.h"
#include "store/mem_index.h"

#define MS_PER_S 1000

static uint64_t
time_of(const struct store_op *op)
{
	int64_t age_ms = op->age_ms > 0 ? op->age_ms : (int64_t)STORE_PLAN_S * MS_PER_S;

	return (uint64_t)(op->now_ms + age_ms);
}

void
mem_planned_mark(const struct mem_ask *ask, const struct store_op *op)
{
	struct lh_table *planned = ask->data->planned;

	if (op->verb == STORE_BEGIN)
		mem_index_strike(planned, &op->key);
	else if (op->verb == STORE_PUT_SPEC && mem_index_time(planned, &op->key) < time_of(op))
		mem_index_put(planned, &op->key, time_of(op));
}

enum store_result
mem_planned(const struct mem_ask *ask, struct store_op *op)
{
	return mem_index_due(ask->data->planned, op);
}

/* One that is kept for that time goes at its end, and not a moment later. */
enum store_result
mem_planned_forget(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_graph *graph = mem_graph_of(ask->data, &op->key);
	struct store_item       item = { .name = op->key.graph };
	bool                    goes = graph->exec == NULL && graph->put_ms > 0 &&
		    graph->put_ms + STORE_PUT_MS <= (uint64_t)op->now_ms;

	store_op_set_items(op, &item, goes);
	if (goes)
		mem_history_drop_graph(ask, &op->key);
	mem_index_settle(ask->data->planned, &op->key, op->seq, 0);
	return STORE_OK;
}
