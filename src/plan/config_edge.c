/* SPDX-License-Identifier: Apache-2.0
 * config_edge.c - who waits for whom: depends_on, references and the config's own edges. */
#include "plan/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/cycle.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/mem.h"

static const char *const edge_type_names[] = {
	[EDGE_DEPENDENCY] = "dependency",
	[EDGE_PAUSE] = "pause",
	[EDGE_END] = "end",
};
_Static_assert(array_len(edge_type_names) == EDGE_TYPES_N, "each edge type has a name");

const char *
spec_edge_type_name(enum spec_edge_type type)
{
	must(type < EDGE_TYPES_N);
	return edge_type_names[type];
}

static void
say_too_many(struct config *config)
{
	problems_add(config->problems, "", "too_many", "more than %d edges", SPEC_EDGES_MAX);
}

/* Those of a config, while they are read. */
struct edges {
	struct config    *config;
	struct spec_edge *kept; /* between places, of which one is a composite's */
	size_t            kept_n, kept_cap;
};

/* Of two that go, what waits for the other goes first. */
void
config_add_edge(struct config *config, size_t from, size_t to, enum spec_edge_type type)
{
	bool turned =
	    spec_node_is_leaving(&config->nodes[from]) && spec_node_is_leaving(&config->nodes[to]);

	if (config->edges_n == SPEC_EDGES_MAX) {
		say_too_many(config);
		return;
	}
	if (config->edges_n == config->edges_cap) {
		config->edges_cap = config->edges_cap * 2 + 64;
		config->edges = xrealloc(config->edges, config->edges_cap, sizeof(*config->edges));
	}
	config->edges[config->edges_n++] = (struct spec_edge){
		.from = turned ? to : from, .to = turned ? from : to, .type = type
	};
}

/* ---- composites ---- */

static bool
is_part_of(const struct config *config, size_t place, size_t whole)
{
	return place < config->nodes_n && config->nodes[place].composite != NULL &&
	       config->nodes[place].composite == config_composite(config, whole);
}

/* The same, or one a part of the other: it can't wait for itself. */
static bool
is_within(const struct config *config, size_t a, size_t b)
{
	return a == b || is_part_of(config, a, b) || is_part_of(config, b, a);
}

/* An edge between places. Which parts of a composite it means is told by the edges between them, so it is kept until
 * all those are there. */
static void
add_places(struct edges *edges, size_t from, size_t to, enum spec_edge_type type)
{
	struct config *config = edges->config;

	if (from < config->nodes_n && to < config->nodes_n) {
		config_add_edge(config, from, to, type);
		return;
	}
	if (edges->kept_n == edges->kept_cap) {
		edges->kept_cap = edges->kept_cap * 2 + 64;
		edges->kept = xrealloc(edges->kept, edges->kept_cap, sizeof(*edges->kept));
	}
	edges->kept[edges->kept_n++] = (struct spec_edge){ .from = from, .to = to, .type = type };
}

static struct spec_part *
part_of(struct config *config, size_t node)
{
	const struct spec_composite *composite = config->nodes[node].composite;

	for (size_t i = 0; i < composite->parts_n; i++) {
		if (composite->parts[i].node == node)
			return &composite->parts[i];
	}
	must(!"a part of a composite that does not have it");
}

/* By the edges between parts of one composite. */
static void
find_first_and_last(struct config *config)
{
	for (size_t i = 0; i < config->edges_n; i++) {
		const struct spec_edge      *edge = &config->edges[i];
		const struct spec_composite *composite = config->nodes[edge->from].composite;

		if (composite == NULL || composite != config->nodes[edge->to].composite)
			continue;
		part_of(config, edge->from)->is_last = false;
		part_of(config, edge->to)->is_first = false;
	}
}

/* What waits for a composite waits for the last of its parts. */
static void
join_to(struct config *config, size_t from, size_t node, enum spec_edge_type type)
{
	const struct spec_composite *composite = config_composite(config, from);

	if (composite == NULL)
		config_add_edge(config, from, node, type);
	for (size_t i = 0; composite != NULL && i < composite->parts_n; i++) {
		if (composite->parts[i].is_last)
			config_add_edge(config, composite->parts[i].node, node, type);
	}
}

/* What a composite waits for, the first of its parts wait for. */
static void
join(struct config *config, const struct spec_edge *edge)
{
	const struct spec_composite *composite = config_composite(config, edge->to);

	if (composite == NULL)
		join_to(config, edge->from, edge->to, edge->type);
	for (size_t i = 0; composite != NULL && i < composite->parts_n; i++) {
		if (composite->parts[i].is_first)
			join_to(config, edge->from, composite->parts[i].node, edge->type);
	}
}

static void
join_kept(struct edges *edges)
{
	struct config *config = edges->config;

	find_first_and_last(config);
	for (size_t i = 0; i < edges->kept_n && config->edges_n < SPEC_EDGES_MAX; i++)
		join(config, &edges->kept[i]);
	if (edges->kept_n > 0 && config->edges_n == SPEC_EDGES_MAX)
		say_too_many(config);
	free(edges->kept);
}

/* ---- depends_on ---- */

/* Of `resources` or `composites`, the one of this id. */
static void
read_dependency(
    struct edges *edges, const char *kind, const char *self, size_t place, const char *id, size_t i)
{
	struct config *config = edges->config;
	char           index[24];
	const char    *pointer;
	size_t         on;

	snprintf(index, sizeof(index), "%zu", i);
	pointer = config_at(config, kind, self, "depends_on", index, NULL);
	if (!config_find(config, id, pointer, &on))
		return;
	if (is_within(config, on, place))
		problems_add(config->problems, pointer, "self_reference",
		    "'%.64s' cannot wait for itself", id);
	else
		add_places(edges, on, place, EDGE_DEPENDENCY);
}

static void
read_dependencies(struct edges *edges, const char *kind, size_t first)
{
	struct json_object *all = json_get_object(edges->config->json, kind);
	size_t              place = first;

	if (all == NULL)
		return;
	json_object_object_foreach (all, self, json) {
		struct json_object *list = json_get_array(json, "depends_on");

		breathe();
		for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
			struct json_object *id = json_object_array_get_idx(list, i);

			if (json_object_is_type(id, json_type_string))
				read_dependency(
				    edges, kind, self, place, json_object_get_string(id), i);
		}
		place++;
	}
}

/* What goes does not have to wait for what it refers to, if that stays; what refers to it does so while it is still there. */
static void
add_target(struct config *config, size_t node, size_t target)
{
	bool leaves = spec_node_is_leaving(&config->nodes[node]);
	bool target_leaves = spec_node_is_leaving(&config->nodes[target]);

	if (leaves == target_leaves)
		config_add_edge(config, target, node, EDGE_DEPENDENCY);
	else if (target_leaves)
		config_add_edge(config, node, target, EDGE_DEPENDENCY);
}

static void
add_targets(struct config *config)
{
	for (size_t i = 0; i < config->nodes_n; i++) {
		for (size_t t = 0; t < config->nodes[i].targets_n; t++)
			add_target(config, i, config->nodes[i].targets[t]);
	}
}

/* Where something goes, not every reference is an edge. */
static void
check_references(struct config *config)
{
	struct spec_edge *references;
	size_t            n = 0, leaving = 0;

	for (size_t i = 0; i < config->nodes_n; i++) {
		n += config->nodes[i].targets_n;
		leaving += spec_node_is_leaving(&config->nodes[i]);
	}
	if (leaving == 0 || n > SPEC_EDGES_MAX)
		return;
	references = xcalloc(n, sizeof(*references));
	n = 0;
	for (size_t i = 0; i < config->nodes_n; i++) {
		for (size_t t = 0; t < config->nodes[i].targets_n; t++)
			references[n++] =
			    (struct spec_edge){ .from = config->nodes[i].targets[t], .to = i };
	}
	cycle_check(config->nodes, config->nodes_n, references, n, config->problems);
	free(references);
}

/* ---- the config's own edges ---- */

/* One of them, with its place in the list. */
struct listed {
	size_t              from, to, index;
	enum spec_edge_type type;
};

static bool
read_end(struct config *config, struct json_object *edge, const char *key, const char *index,
    size_t *ret_node)
{
	const char *id = json_get_str(edge, key);

	return id != NULL &&
	       config_find(config, id, config_at(config, "edges", index, key, NULL), ret_node);
}

static bool
read_edge(struct config *config, struct json_object *edge, size_t i, struct listed *listed)
{
	const char *name = json_get_str(edge, "type");
	char        index[24];
	bool        from, to;

	snprintf(index, sizeof(index), "%zu", i);
	listed->index = i;
	listed->type = EDGE_DEPENDENCY;
	for (unsigned type = 0; name != NULL && type < EDGE_TYPES_N; type++) {
		if (strcmp(edge_type_names[type], name) == 0)
			listed->type = (enum spec_edge_type)type;
	}
	from = read_end(config, edge, "from", index, &listed->from);
	to = read_end(config, edge, "to", index, &listed->to);
	if (!from || !to)
		return false;
	if (!is_within(config, listed->from, listed->to))
		return true;
	problems_add(config->problems, config_at(config, "edges", index, NULL), "self_reference",
	    "'%.64s' cannot wait for itself", json_get_str(edge, "to"));
	return false;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int
listed_order(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->from != y->from)
		return ORDER(x->from, y->from);
	if (x->to != y->to)
		return ORDER(x->to, y->to);
	return x->type != y->type ? ORDER(x->type, y->type) : ORDER(x->index, y->index);
}

static void
say_listed_twice(struct config *config, const struct listed *edge, const struct listed *before)
{
	char index[24];

	if (edge->from != before->from || edge->to != before->to || edge->type != before->type)
		return;
	snprintf(index, sizeof(index), "%zu", edge->index);
	problems_add(config->problems, config_at(config, "edges", index, NULL), "not_unique",
	    "is there already, as item %zu", before->index);
}

static void
read_listed(struct edges *edges)
{
	struct config      *config = edges->config;
	struct json_object *list = json_get_array(config->json, "edges");
	size_t              n = list != NULL ? json_object_array_length(list) : 0, good = 0;
	struct listed      *listed = xcalloc(n, sizeof(*listed));

	for (size_t i = 0; i < n; i++)
		good += read_edge(config, json_object_array_get_idx(list, i), i, &listed[good]);
	qsort(listed, good, sizeof(*listed), listed_order);
	for (size_t i = 0; i < good; i++) {
		if (i > 0)
			say_listed_twice(config, &listed[i], &listed[i - 1]);
		add_places(edges, listed[i].from, listed[i].to, listed[i].type);
	}
	free(listed);
}

void
config_read_edges(struct config *config)
{
	struct edges edges = { .config = config };

	read_dependencies(&edges, "resources", 0);
	read_dependencies(&edges, "composites", config->nodes_n);
	add_targets(config);
	check_references(config);
	read_listed(&edges);
	join_kept(&edges);
}

/* ---- one order, whatever order the config has ---- */

static int
by_resource_id(const void *a, const void *b, void *arg)
{
	const struct spec_node *nodes = arg;

	return strcmp(
	    nodes[*(const uint32_t *)a].resource_id, nodes[*(const uint32_t *)b].resource_id);
}

static int
by_rank(const void *a, const void *b, void *arg)
{
	const struct spec_edge *x = a, *y = b;
	const uint32_t         *rank = arg;

	if (x->from != y->from)
		return ORDER(rank[x->from], rank[y->from]);
	return x->to != y->to ? ORDER(rank[x->to], rank[y->to]) : ORDER(x->type, y->type);
}

static void
rank_nodes(struct config *config)
{
	uint32_t *order = xcalloc(config->nodes_n, sizeof(*order));

	for (size_t i = 0; i < config->nodes_n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, config->nodes_n, sizeof(*order), by_resource_id, config->nodes);
	config->rank = xcalloc(config->nodes_n, sizeof(*config->rank));
	for (size_t i = 0; i < config->nodes_n; i++)
		config->rank[order[i]] = (uint32_t)i;
	free(order);
}

static bool
is_alike(const struct spec_edge *a, const struct spec_edge *b)
{
	return a->from == b->from && a->to == b->to && a->type == b->type;
}

void
config_sort(struct config *config)
{
	size_t kept = 0;

	rank_nodes(config);
	if (config->edges_n == 0)
		return;
	qsort_r(config->edges, config->edges_n, sizeof(*config->edges), by_rank, config->rank);
	for (size_t i = 1; i < config->edges_n; i++) {
		if (!is_alike(&config->edges[kept], &config->edges[i]))
			config->edges[++kept] = config->edges[i];
	}
	config->edges_n = config->edges_cap = kept + 1;
	config->edges = xrealloc(config->edges, config->edges_cap, sizeof(*config->edges));
}
