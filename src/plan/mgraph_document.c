/* SPDX-License-Identifier: Apache-2.0
 * mgraph_document.c - puts the members together as MGraph-DB names them, and looks at them. */
#include "plan/mgraph_document.h"

#include "util/json.h"

#define NODE_TYPE  "mgraph_db.mgraph.schemas.Schema__MGraph__Node__Value.Schema__MGraph__Node__Value"
#define EDGE_TYPE  "mgraph_db.mgraph.schemas.Schema__MGraph__Edge.Schema__MGraph__Edge"
#define VALUE_TYPE "builtins.str"

void
mgraph_init(struct mgraph *mgraph, const char *graph_id)
{
	struct json_object *data = json_object_new_object();
	struct json_object *model = json_object_new_object();
	struct json_object *graph = json_object_new_object();

	*mgraph = (struct mgraph){ json_object_new_object(), json_object_new_object(),
		json_object_new_object() };
	json_set_str(data, "graph_id", graph_id);
	json_set(data, "nodes", mgraph->nodes);
	json_set(data, "edges", mgraph->edges);
	json_set(model, "data", data);
	json_set(graph, "model", model);
	json_set(mgraph->whole, "graph", graph);
}

void
mgraph_add_node(struct mgraph *mgraph, const char *id, const char *key, struct json_object *content)
{
	struct json_object *node = json_object_new_object();
	struct json_object *data = json_object_new_object();

	json_set_str(data, "value_type", VALUE_TYPE);
	json_set_str(data, "key", key);
	json_set_str(data, "value", json_text(content));
	json_set_str(node, "node_id", id);
	json_set(node, "node_data", data);
	json_set_str(node, "node_type", NODE_TYPE);
	json_set(mgraph->nodes, id, node);
}

void
mgraph_add_edge(
    struct mgraph *mgraph, const char *id, const char *from, const char *to, const char *predicate)
{
	struct json_object *edge = json_object_new_object();
	struct json_object *label = json_object_new_object();

	json_set_str(label, "predicate", predicate);
	json_set_str(edge, "edge_id", id);
	json_set_str(edge, "from_node_id", from);
	json_set_str(edge, "to_node_id", to);
	json_set_str(edge, "edge_type", EDGE_TYPE);
	json_set(edge, "edge_label", label);
	json_set(mgraph->edges, id, edge);
}

struct json_object *
mgraph_data(struct json_object *whole)
{
	return json_get_object(json_get_object(json_get_object(whole, "graph"), "model"), "data");
}

const char *
mgraph_root(struct json_object *edges)
{
	if (edges == NULL)
		return NULL;
	json_object_object_foreach (edges, id, edge) {
		struct json_object *label = json_get_object(edge, "edge_label");

		(void)id;
		if (str_eq(json_get_str(label, "predicate"), MGRAPH_CONTAINS))
			return json_get_str(edge, "from_node_id");
	}
	return NULL;
}

const char *
mgraph_key(struct json_object *node)
{
	return json_get_str(json_get_object(node, "node_data"), "key");
}

struct json_object *
mgraph_content(struct json_object *node, struct err *err)
{
	struct json_object *value = json_get(json_get_object(node, "node_data"), "value");
	struct json_object *content;

	if (mgraph_key(node) == NULL || !json_object_is_type(value, json_type_string)) {
		err_set(err, ERR_CONFLICT, "a node is not a value node with a key");
		return NULL;
	}
	content = json_read(
	    json_object_get_string(value), (size_t)json_object_get_string_len(value), err);
	if (content != NULL && !json_object_is_type(content, json_type_object)) {
		err_set(err, ERR_CONFLICT, "the value of a node is not an object");
		json_object_put(content);
		return NULL;
	}
	return content;
}
