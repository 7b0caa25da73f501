/* SPDX-License-Identifier: Apache-2.0
 * config_edge.c - who waits for whom: depends_on, references and the config's own edges. */
#include "plan/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"

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

void
config_add_edge(struct config *config, size_t from, size_t to, enum spec_edge_type type)
{
	if (config->edges_n == SPEC_EDGES_MAX) {
		problems_add(
		    config->problems, "", "too_many", "more than %d edges", SPEC_EDGES_MAX);
		return;
	}
	if (config->edges_n == config->edges_cap) {
		config->edges_cap = config->edges_cap * 2 + 64;
		config->edges = xrealloc(config->edges, config->edges_cap, sizeof(*config->edges));
	}
	config->edges[config->edges_n++] =
	    (struct spec_edge){ .from = from, .to = to, .type = type };
}

/* ---- depends_on ---- */

static void
read_dependency(struct config *config, size_t node, const char *id, size_t i)
{
	const char *self = config->nodes[node].resource_id;
	char        index[24];
	const char *pointer;
	size_t      on;

	snprintf(index, sizeof(index), "%zu", i);
	pointer = config_at(config, "resources", self, "depends_on", index, NULL);
	if (!config_find(config, id, pointer, &on))
		return;
	if (on == node)
		problems_add(config->problems, pointer, "self_reference",
		    "'%.64s' cannot wait for itself", id);
	else
		config_add_edge(config, on, node, EDGE_DEPENDENCY);
}

static void
read_dependencies(struct config *config, size_t node, struct json_object *resource)
{
	struct json_object *list = json_get_array(resource, "depends_on");

	for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
		struct json_object *id = json_object_array_get_idx(list, i);

		if (json_object_is_type(id, json_type_string))
			read_dependency(config, node, json_object_get_string(id), i);
	}
	for (size_t i = 0; i < config->nodes[node].targets_n; i++)
		config_add_edge(config, config->nodes[node].targets[i], node, EDGE_DEPENDENCY);
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
	if (listed->from == listed->to)
		problems_add(config->problems, config_at(config, "edges", index, NULL),
		    "self_reference", "'%.64s' cannot wait for itself",
		    config->nodes[listed->to].resource_id);
	return listed->from != listed->to;
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

void
config_read_edges(struct config *config)
{
	struct json_object *resources = json_get_object(config->json, "resources");
	struct json_object *edges = json_get_array(config->json, "edges");
	size_t              n = edges != NULL ? json_object_array_length(edges) : 0;
	struct listed      *listed = xcalloc(n, sizeof(*listed));
	size_t              good = 0, node = 0;

	json_object_object_foreach (resources, id, resource) {
		(void)id;
		read_dependencies(config, node++, resource);
	}
	for (size_t i = 0; i < n; i++)
		good += read_edge(config, json_object_array_get_idx(edges, i), i, &listed[good]);
	qsort(listed, good, sizeof(*listed), listed_order);
	for (size_t i = 0; i < good; i++) {
		if (i > 0)
			say_listed_twice(config, &listed[i], &listed[i - 1]);
		config_add_edge(config, listed[i].from, listed[i].to, listed[i].type);
	}
	free(listed);
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
