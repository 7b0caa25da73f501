/* SPDX-License-Identifier: Apache-2.0
 * graph.c - expands a Spec Graph by region, and weighs it. Edges are joined twice by the same
 * code: once to count the successors of each vertex, once to put them in their places. */
#include "plan/graph.h"

#include <stdlib.h>
#include <string.h>

#include "util/breath.h"
#include "util/mem.h"
#include "util/str.h"

static size_t
copies_of(const struct spec_node *node)
{
	return node->regions_n > 0 ? node->regions_n : 1;
}

static void
add_vertices(struct graph *graph)
{
	const struct spec *spec = graph->spec;
	size_t             n = 0;

	graph->first = xcalloc(spec->nodes_n + 1, sizeof(*graph->first));
	for (size_t i = 0; i < spec->nodes_n; i++) {
		graph->first[i] = (uint32_t)n;
		n += copies_of(&spec->nodes[i]);
	}
	must(n <= SPEC_VERTICES_MAX);
	graph->first[spec->nodes_n] = (uint32_t)n;
	graph->n = n;
	graph->vertices = xcalloc(n, sizeof(*graph->vertices));
	for (size_t i = 0; i < spec->nodes_n; i++) {
		for (uint32_t v = graph->first[i]; v < graph->first[i + 1]; v++) {
			graph->vertices[v].node = (uint32_t)i;
			graph->vertices[v].region = v - graph->first[i];
		}
	}
}

const struct spec_node *
graph_node(const struct graph *graph, size_t vertex)
{
	must(vertex < graph->n);
	return &graph->spec->nodes[graph->vertices[vertex].node];
}

const char *
graph_region(const struct graph *graph, size_t vertex)
{
	const struct spec_node *node = graph_node(graph, vertex);

	return node->regions_n > 0 ? node->regions[graph->vertices[vertex].region] : "";
}

struct identity
graph_identity(const struct graph *graph, size_t vertex)
{
	const struct spec_node *node = graph_node(graph, vertex);

	return (struct identity){
		.tenant = graph->spec->tenant,
		.deployment_id = graph->spec->deployment_id,
		.graph_id = graph->spec->graph_id,
		.node_id = node->owner_id,
		.renamed = node->formerly != NULL,
		.protect = node->protect,
		.edge_id = node->edge_id,
		.resource_id = node->resource_id,
		.spec_hash = node->hash,
		.region = graph_region(graph, vertex),
		.primary = graph->vertices[vertex].region == 0,
	};
}

static bool
is_text(const char *text, const char *name, size_t len)
{
	return strlen(text) == len && memcmp(text, name, len) == 0;
}

bool
graph_is_named(const struct graph *graph, size_t vertex, const char *name)
{
	const struct spec_node *node = graph_node(graph, vertex);
	size_t                  len = strcspn(name, "@");

	if (name[len] == '@' && !str_eq(graph_region(graph, vertex), name + len + 1))
		return false;
	return is_text(node->resource_id, name, len) || is_text(node->node_id, name, len) ||
	       (node->check_of != NULL && is_text(node->check_of, name, len)) ||
	       (node->composite != NULL && is_text(node->composite->resource_id, name, len));
}

/* Nodes of one provider that narrow nothing share their regions, so mostly the first look will
 * do. */
size_t
graph_target(const struct graph *graph, size_t vertex, size_t node)
{
	const struct spec_node *from = graph_node(graph, vertex), *to = &graph->spec->nodes[node];
	uint32_t                at = graph->vertices[vertex].region;

	must(node < graph->spec->nodes_n);
	if (from->regions_n == 0 || to->regions_n == 0)
		return graph->first[node];
	if (from->regions == to->regions)
		return graph->first[node] + at;
	for (size_t i = 0; i < to->regions_n; i++) {
		if (strcmp(to->regions[i], from->regions[at]) == 0)
			return graph->first[node] + i;
	}
	return graph->first[node];
}

bool
graph_moves_from(const struct graph *graph, size_t vertex, size_t *ret_from)
{
	const struct spec_node *to = graph_node(graph, vertex);

	for (size_t i = 0; i < graph->spec->nodes_n; i++) {
		const struct spec_node *from = &graph->spec->nodes[i];

		if (from->operation != SPEC_DELETE || strcmp(from->owner_id, to->owner_id) != 0 ||
		    strcmp(from->type->name, to->type->name) != 0)
			continue;
		for (size_t v = graph->first[i]; v < graph->first[i + 1]; v++) {
			*ret_from = v;
			if (strcmp(from->account, to->account) != 0 ||
			    strcmp(graph_region(graph, v), graph_region(graph, vertex)) != 0)
				return true;
		}
	}
	return false;
}

bool
graph_copies(const struct graph *graph, size_t vertex, size_t *ret_from, size_t *ret_to)
{
	const struct spec_node *node = graph_node(graph, vertex), *nodes = graph->spec->nodes;

	for (size_t i = 0; node->transient && i < node->targets_n; i++) {
		const struct spec_node *from = &nodes[node->targets[i]];

		for (size_t j = 0; from->operation == SPEC_DELETE && j < node->targets_n; j++) {
			const struct spec_node *to = &nodes[node->targets[j]];

			if (to->operation == SPEC_DELETE ||
			    strcmp(to->owner_id, from->owner_id) != 0)
				continue;
			*ret_from = graph_target(graph, vertex, node->targets[i]);
			*ret_to = graph_target(graph, vertex, node->targets[j]);
			return true;
		}
	}
	return false;
}

/* ---- edges ---- */

struct joining {
	struct graph *graph;
	void (*pair)(struct joining *j, size_t from, size_t to);
	uint32_t           *fill; /* of a vertex: where its next successor goes */
	enum spec_edge_type type; /* of the edge at hand */
};

/* What goes anyway goes in its order, in either direction. */
static bool
is_turned(const struct joining *j, size_t to)
{
	return j->graph->is_reversed && !spec_node_is_leaving(graph_node(j->graph, to));
}

static void
count_pair(struct joining *j, size_t from, size_t to)
{
	j->graph->out_at[(is_turned(j, to) ? to : from) + 1]++;
}

static void
put_pair(struct joining *j, size_t from, size_t to)
{
	size_t before = is_turned(j, to) ? to : from;
	size_t after = is_turned(j, to) ? from : to;

	j->graph->out[j->fill[before]++] = (uint32_t)after;
	j->graph->in_n[after]++;
}

static void
stop_pair(struct joining *j, size_t from, size_t to)
{
	struct graph *graph = j->graph;

	graph->stops = xrealloc(graph->stops, graph->stops_n + 1, sizeof(*graph->stops));
	graph->stops[graph->stops_n++] =
	    (struct graph_stop){ (uint32_t)from, (uint32_t)to, j->type };
}

static void
join_edge(struct joining *j, const struct spec_edge *edge)
{
	const struct graph *graph = j->graph;
	bool                all = graph->spec->nodes[edge->to].regions_n == 0;

	for (size_t to = graph->first[edge->to]; to < graph->first[edge->to + 1]; to++) {
		if (!all) {
			j->pair(j, graph_target(graph, to, edge->from), to);
			continue;
		}
		for (size_t v = graph->first[edge->from]; v < graph->first[edge->from + 1]; v++)
			j->pair(j, v, to);
	}
}

/* Edges are sorted, so those that differ in type alone are neighbours: they are joined once. */
static void
join_all(struct joining *j)
{
	const struct spec *spec = j->graph->spec;

	for (size_t i = 0; i < spec->edges_n; i++) {
		const struct spec_edge *edge = &spec->edges[i];

		if (i == 0 || edge->from != edge[-1].from || edge->to != edge[-1].to)
			join_edge(j, edge);
	}
}

static void
add_stops(struct graph *graph)
{
	struct joining j = { .graph = graph, .pair = stop_pair };

	for (size_t i = 0; i < graph->spec->edges_n; i++) {
		j.type = graph->spec->edges[i].type;
		if (j.type != EDGE_DEPENDENCY)
			join_edge(&j, &graph->spec->edges[i]);
	}
}

static void
add_edges(struct graph *graph)
{
	struct joining j = { .graph = graph, .pair = count_pair };

	graph->out_at = xcalloc(graph->n + 1, sizeof(*graph->out_at));
	graph->in_n = xcalloc(graph->n, sizeof(*graph->in_n));
	join_all(&j);
	for (size_t v = 0; v < graph->n; v++)
		graph->out_at[v + 1] += graph->out_at[v];
	graph->out = xcalloc(graph->out_at[graph->n], sizeof(*graph->out));
	j.pair = put_pair;
	j.fill = xcalloc(graph->n, sizeof(*j.fill));
	memcpy(j.fill, graph->out_at, graph->n * sizeof(*j.fill));
	join_all(&j);
	free(j.fill);
}

/* ---- order and weights ---- */

/* None comes before what it waits for; sets levels on the way. */
static void
put_in_order(struct graph *graph)
{
	uint32_t *waits = xcalloc(graph->n, sizeof(*waits));
	size_t    n = 0;

	graph->order = xcalloc(graph->n, sizeof(*graph->order));
	memcpy(waits, graph->in_n, graph->n * sizeof(*waits));
	for (size_t v = 0; v < graph->n; v++) {
		if (waits[v] == 0)
			graph->order[n++] = (uint32_t)v;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t v = graph->order[i], next_level = graph->vertices[v].level + 1;

		if (graph->levels < next_level)
			graph->levels = next_level;
		for (uint32_t e = graph->out_at[v]; e < graph->out_at[v + 1]; e++) {
			struct vertex *next = &graph->vertices[graph->out[e]];

			if (next->level < next_level)
				next->level = next_level;
			if (--waits[graph->out[e]] == 0)
				graph->order[n++] = graph->out[e];
		}
	}
	must(n == graph->n); /* a Spec Graph has no cycle */
	free(waits);
}

void
graph_weigh(struct graph *graph, graph_seconds_fn *seconds, void *arg)
{
	for (size_t i = graph->n; i > 0; i--) {
		uint32_t v = graph->order[i - 1];
		double   behind = 0;

		for (uint32_t e = graph->out_at[v]; e < graph->out_at[v + 1]; e++) {
			if (graph->vertices[graph->out[e]].behind > behind)
				behind = graph->vertices[graph->out[e]].behind;
		}
		graph->vertices[v].behind = behind + seconds(arg, graph, v);
	}
}

static double
seconds_of_type(void *arg, const struct graph *graph, size_t vertex)
{
	(void)arg;
	return graph_node(graph, vertex)->type->seconds;
}

struct graph *
graph_create(struct spec *spec, bool reverse)
{
	struct graph *graph = xcalloc(1, sizeof(*graph));

	graph->spec = spec_ref(spec);
	add_vertices(graph);
	breathe();
	graph->is_reversed = reverse;
	add_edges(graph);
	if (!reverse)
		add_stops(graph);
	breathe();
	put_in_order(graph);
	breathe();
	graph_weigh(graph, seconds_of_type, NULL);
	return graph;
}

void
graph_destroy(struct graph *graph)
{
	if (graph == NULL)
		return;
	spec_unref(graph->spec);
	free(graph->vertices);
	free(graph->first);
	free(graph->out_at);
	free(graph->out);
	free(graph->in_n);
	free(graph->stops);
	free(graph->order);
	free(graph);
}
