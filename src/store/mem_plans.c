/* SPDX-License-Identifier: Apache-2.0
 * mem_plans.c - a table of plans for each graph; one whose time is over is not told of. */
#include "store/mem_plans.h"

#include <stdlib.h>

#include "util/mem.h"

#define US_PER_S 1000000

enum store_result
mem_plan_put(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph *graph = mem_graph_of(ask->data, &op->key);
	struct mem_plan  *plan;

	if (graph->plans == NULL)
		graph->plans = mem_plans_create();
	plan = mem_table_get(graph->plans, op->plan);
	if (plan == NULL) {
		plan = xcalloc(1, sizeof(*plan));
		mem_table_put(graph->plans, op->plan, plan);
	}
	free(plan->text);
	plan->text = xstrdup(op->text);
	plan->until_us = ask->now_us + (int64_t)STORE_PLAN_S * US_PER_S;
	return STORE_OK;
}

enum store_result
mem_plan_get(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph      *graph = mem_graph_of(ask->data, &op->key);
	const struct mem_plan *plan =
	    graph->plans != NULL ? mem_table_get(graph->plans, op->plan) : NULL;

	if (plan == NULL || plan->until_us <= ask->now_us)
		return STORE_ABSENT;
	store_op_set_text(op, plan->text);
	return STORE_OK;
}
