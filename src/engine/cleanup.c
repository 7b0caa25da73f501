/* SPDX-License-Identifier: Apache-2.0
 * cleanup.c - each of them waits for one more than its predecessors. */
#include "engine/cleanup.h"

#include "engine/execution.h"

static bool
is_wanted(const struct execution *e)
{
	return e->kind == EXECUTION_APPLY && e->mode != MODE_DRY_RUN &&
	       e->on_failure == ON_FAILURE_ROLLBACK && !e->undoing;
}

/* Those that wait for it have been asked before. */
static bool
can_wait(const struct execution *e, uint32_t v)
{
	const struct graph *graph = e->graph;

	if (graph_node(graph, v)->operation != SPEC_DELETE)
		return false;
	for (uint32_t i = graph->out_at[v]; i < graph->out_at[v + 1]; i++) {
		if (!e->nodes[graph->out[i]].goes_last)
			return false;
	}
	return true;
}

void
cleanup_defer(struct execution *e)
{
	if (!is_wanted(e))
		return;
	for (size_t i = e->graph->n; i-- > 0;) {
		struct node *node = &e->nodes[e->graph->order[i]];

		node->goes_last = can_wait(e, e->graph->order[i]);
		node->waiting += node->goes_last;
	}
}

bool
cleanup_begin(struct execution *e)
{
	bool any = false;

	for (size_t v = 0; !e->cleaning && v < e->graph->n; v++) {
		if (!e->nodes[v].goes_last)
			continue;
		node_let_go(&e->nodes[v]);
		any = true;
	}
	e->cleaning = true;
	if (any)
		execution_wake(e);
	return any;
}
