/* SPDX-License-Identifier: Apache-2.0
 * selection.c - two walks over the graph: against its order for what is wanted, along it for what is not. */
#include "engine/selection.h"

#include <stdlib.h>

#include "engine/admission.h"
#include "engine/execution.h"
#include "util/mem.h"

static bool
is_named(const struct graph *graph, size_t vertex, struct json_object *names)
{
	for (size_t i = 0; i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (graph_is_named(graph, vertex, name))
			return true;
	}
	return false;
}

static void
skip_others(struct execution *e)
{
	const struct graph *graph = e->graph;
	bool               *wanted = xcalloc(graph->n, sizeof(*wanted));

	for (size_t i = graph->n; i > 0; i--) {
		uint32_t v = graph->order[i - 1];

		wanted[v] = is_named(graph, v, e->only);
		for (uint32_t out = graph->out_at[v]; out < graph->out_at[v + 1] && !wanted[v];
		     out++)
			wanted[v] = wanted[graph->out[out]];
		e->nodes[v].skip = !wanted[v];
	}
	free(wanted);
}

static void
skip_named(struct execution *e)
{
	const struct graph *graph = e->graph;

	for (size_t i = 0; i < graph->n; i++) {
		uint32_t v = graph->order[i];

		if (!e->nodes[v].skip && is_named(graph, v, e->except))
			e->nodes[v].skip = true;
		for (uint32_t out = graph->out_at[v];
		     out < graph->out_at[v + 1] && e->nodes[v].skip; out++)
			e->nodes[graph->out[out]].skip = true;
	}
}

/* Of what is not run, a rollback has nothing to undo. */
void
selection_apply(struct execution *e)
{
	if (e->undoing)
		return;
	if (e->only != NULL)
		skip_others(e);
	if (e->except != NULL)
		skip_named(e);
	admission_pass(e);
}
