/* SPDX-License-Identifier: Apache-2.0
 * graph_edges.c - what waits for what, one edge after another, for whoever shows a graph. */
#include "plan/graph.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static int
compare_stops(const void *a, const void *b)
{
	const struct graph_stop *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to == y->to ? 0 : x->to < y->to ? -1 : 1;
}

/* In order, and of those between the same two only the strictest. */
static struct graph_stop *
stops_of(const struct graph *graph, size_t *ret_n)
{
	struct graph_stop *stops = xcalloc(graph->stops_n, sizeof(*stops));
	size_t             n = 0;

	if (graph->stops_n > 0)
		memcpy(stops, graph->stops, graph->stops_n * sizeof(*stops));
	qsort(stops, graph->stops_n, sizeof(*stops), compare_stops);
	for (size_t i = 0; i < graph->stops_n; i++) {
		if (n == 0 || compare_stops(&stops[n - 1], &stops[i]) != 0)
			stops[n++] = stops[i];
		else if (stops[n - 1].type < stops[i].type)
			stops[n - 1].type = stops[i].type;
	}
	*ret_n = n;
	return stops;
}

static enum spec_edge_type
type_of(const struct graph_stop *stops, size_t n, uint32_t from, uint32_t to)
{
	struct graph_stop        wanted = { .from = from, .to = to };
	const struct graph_stop *stop =
	    n > 0 ? bsearch(&wanted, stops, n, sizeof(*stops), compare_stops) : NULL;

	return stop != NULL ? stop->type : EDGE_DEPENDENCY;
}

void
graph_each_edge(const struct graph *graph, graph_edge_fn *edge, void *arg)
{
	size_t             stops_n;
	struct graph_stop *stops = stops_of(graph, &stops_n);

	for (uint32_t v = 0; v < graph->n; v++) {
		for (uint32_t i = graph->out_at[v]; i < graph->out_at[v + 1]; i++)
			edge(arg, v, graph->out[i], type_of(stops, stops_n, v, graph->out[i]));
	}
	free(stops);
}
