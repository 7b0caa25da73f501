/* SPDX-License-Identifier: Apache-2.0
 * execution_graph.c - an execution to MGraph JSON and back. */
#include "archive/execution_graph.h"

#include <stdlib.h>
#include <string.h>

#include "engine/record.h"
#include "plan/id_set.h"
#include "plan/mgraph_document.h"
#include "util/json.h"
#include "util/mem.h"

#define SEED_MAX 4096
#define SPEC_KEY "spec_graph"

struct writing {
	struct mgraph       mgraph;
	const struct graph *graph;
	const char         *execution_id;
	struct id_set       nodes, edges;
	struct str          seed;
	char                root[OBJ_ID_SIZE];
	char (*ids)[OBJ_ID_SIZE]; /* of the vertices */
};

void
execution_graph_id(const char *graph_id, const char *execution_id, char out[OBJ_ID_SIZE])
{
	struct str seed;

	str_init(&seed, SEED_MAX);
	id_seed(&seed, (const char *const[]){ "execution", graph_id, execution_id }, 3);
	obj_id_from(seed.data, seed.len, out);
	str_fini(&seed);
}

/* ---- out ---- */

static void
node_id(struct writing *w, const char *key, char out[OBJ_ID_SIZE])
{
	id_seed(&w->seed, (const char *const[]){ w->execution_id, key }, 2);
	id_set_take(&w->nodes, &w->seed, out);
}

static void
put_edge(struct writing *w, const char *from, const char *to, const char *predicate)
{
	char id[OBJ_ID_SIZE];

	id_seed(&w->seed, (const char *const[]){ "edge", from, to, predicate }, 4);
	id_set_take(&w->edges, &w->seed, id);
	mgraph_add_edge(&w->mgraph, id, from, to, predicate);
}

/* The header, but for what has nodes of its own, or comes from those. */
static void
put_root(struct writing *w, struct json_object *view)
{
	struct json_object *header = json_object_new_object();

	json_object_object_foreach (view, key, value) {
		if (strcmp(key, "operations") != 0 && strcmp(key, "outputs") != 0 &&
		    strcmp(key, "failed_operation") != 0)
			json_set(header, key, json_object_get(value));
	}
	node_id(w, "", w->root);
	mgraph_add_node(&w->mgraph, w->root, w->execution_id, header);
	json_object_put(header);
}

static void
put_spec(struct writing *w)
{
	struct json_object *content = json_object_new_object();
	char                id[OBJ_ID_SIZE];

	json_set_str(content, "graph_id", w->graph->spec->graph_id);
	node_id(w, SPEC_KEY, id);
	mgraph_add_node(&w->mgraph, id, SPEC_KEY, content);
	put_edge(w, w->root, id, EXECUTION_GRAPH_RUNS);
	json_object_put(content);
}

static void
put_operations(struct writing *w, struct json_object *operations)
{
	must(json_object_array_length(operations) == w->graph->n);
	for (size_t v = 0; v < w->graph->n; v++) {
		char key[RECORD_FIELD_SIZE];

		record_field_name(w->graph, v, key);
		node_id(w, key, w->ids[v]);
		mgraph_add_node(
		    &w->mgraph, w->ids[v], key, json_object_array_get_idx(operations, v));
		put_edge(w, w->root, w->ids[v], MGRAPH_CONTAINS);
	}
}

static void
put_wait(void *arg, uint32_t from, uint32_t to, enum spec_edge_type type)
{
	struct writing *w = arg;

	put_edge(w, w->ids[from], w->ids[to], spec_edge_type_name(type));
}

struct json_object *
execution_to_mgraph(const struct graph *graph, struct json_object *view)
{
	struct writing w = { .graph = graph, .execution_id = json_get_str(view, "execution_id") };
	char           id[OBJ_ID_SIZE];

	execution_graph_id(graph->spec->graph_id, w.execution_id, id);
	mgraph_init(&w.mgraph, id);
	str_init(&w.seed, SEED_MAX);
	id_set_init(&w.nodes, graph->n + 2);
	id_set_init(&w.edges, graph->n + 1 + graph->out_at[graph->n]);
	w.ids = xcalloc(graph->n, sizeof(*w.ids));
	put_root(&w, view);
	put_operations(&w, json_get_array(view, "operations"));
	graph_each_edge(graph, put_wait, &w);
	put_spec(&w);
	must(!w.seed.overflow);
	free(w.ids);
	id_set_fini(&w.nodes);
	id_set_fini(&w.edges);
	str_fini(&w.seed);
	return w.mgraph.whole;
}

/* ---- back ---- */

static bool
take_field(
    struct execution_fields *fields, const char *name, struct json_object *node, struct err *err)
{
	struct json_object *content = mgraph_content(node, err);

	if (content == NULL)
		return false;
	fields->items[fields->n++] =
	    (struct store_item){ .name = xstrdup(name), .text = xstrdup(json_text(content)) };
	json_object_put(content);
	return true;
}

bool
execution_graph_read(struct execution_fields *fields, struct json_object *mgraph, struct err *err)
{
	struct json_object *data = mgraph_data(mgraph);
	struct json_object *nodes = json_get_object(data, "nodes");
	const char         *root = mgraph_root(json_get_object(data, "edges"));
	bool                ok = true;

	*fields = (struct execution_fields){ 0 };
	if (nodes == NULL || root == NULL || !json_has(nodes, root)) {
		err_set(err, ERR_CONFLICT, "it has no node that contains the others");
		return false;
	}
	fields->items = xcalloc((size_t)json_object_object_length(nodes), sizeof(*fields->items));
	json_object_object_foreach (nodes, id, node) {
		const char *key = mgraph_key(node);
		bool        is_root = strcmp(id, root) == 0;

		if (key != NULL && (is_root || strchr(key, '@') != NULL))
			ok = ok && take_field(fields, is_root ? "" : key, node, err);
	}
	if (!ok)
		execution_fields_fini(fields);
	return ok;
}

void
execution_fields_fini(struct execution_fields *fields)
{
	for (size_t i = 0; i < fields->n; i++) {
		free((char *)(uintptr_t)fields->items[i].name);
		free((char *)(uintptr_t)fields->items[i].text);
	}
	free(fields->items);
	*fields = (struct execution_fields){ 0 };
}
