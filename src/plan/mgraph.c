/* SPDX-License-Identifier: Apache-2.0
 * mgraph.c - a Spec Graph as the JSON that MGraph-DB loads, and back.
 *
 * MGraph-DB keeps content in value nodes only, so the deployment, each resource and each composite is one: its
 * key is the id, its value the JSON text of what the config says. Edges carry their type as the
 * predicate. Reading puts the config together again and builds it anew: there is one way to a
 * Spec Graph, and the graph id proves that nothing was lost or changed on the way. */
#include "plan/spec.h"

#include <string.h>

#include "plan/ids.h"
#include "util/json.h"
#include "util/str.h"

#define NODE_TYPE  "mgraph_db.mgraph.schemas.Schema__MGraph__Node__Value.Schema__MGraph__Node__Value"
#define EDGE_TYPE  "mgraph_db.mgraph.schemas.Schema__MGraph__Edge.Schema__MGraph__Edge"
#define VALUE_TYPE "builtins.str"
#define SALT       "x-salt" /* beside the members of a config, when it is not 0 */
#define SALT_MAX   1000000

/* ---- out ---- */

static void
put_node(struct json_object *nodes, const char *id, const char *key, struct json_object *content)
{
	struct json_object *node = json_object_new_object();
	struct json_object *data = json_object_new_object();

	json_set_str(data, "value_type", VALUE_TYPE);
	json_set_str(data, "key", key);
	json_set_str(data, "value", json_text(content));
	json_set_str(node, "node_id", id);
	json_set(node, "node_data", data);
	json_set_str(node, "node_type", NODE_TYPE);
	json_set(nodes, id, node);
}

static void
put_edge(struct json_object *edges, const char *id, const char *from, const char *to,
    const char *predicate)
{
	struct json_object *edge = json_object_new_object();
	struct json_object *label = json_object_new_object();

	json_set_str(label, "predicate", predicate);
	json_set_str(edge, "edge_id", id);
	json_set_str(edge, "from_node_id", from);
	json_set_str(edge, "to_node_id", to);
	json_set_str(edge, "edge_type", EDGE_TYPE);
	json_set(edge, "edge_label", label);
	json_set(edges, id, edge);
}

/* The config but for what has nodes of its own. */
static struct json_object *
header_of(const struct spec *spec)
{
	struct json_object *header = json_object_new_object();

	json_object_object_foreach (spec->config, key, value) {
		if (strcmp(key, "resources") != 0 && strcmp(key, "composites") != 0)
			json_set(header, key, json_object_get(value));
	}
	if (spec->salt != 0)
		json_set_i64(header, SALT, spec->salt);
	return header;
}

static void
put_composites(
    const struct spec *spec, const char *root, struct json_object *nodes, struct json_object *edges)
{
	struct json_object *composites = json_get_object(spec->config, "composites");

	for (size_t i = 0; i < spec->composites_n; i++) {
		const struct spec_composite *composite = &spec->composites[i];

		put_node(nodes, composite->node_id, composite->resource_id,
		    json_get(composites, composite->resource_id));
		put_edge(edges, composite->edge_id, root, composite->node_id, IDS_CONTAINS);
		for (size_t p = 0; p < composite->parts_n; p++)
			put_edge(edges, composite->parts[p].edge_id, composite->node_id,
			    spec->nodes[composite->parts[p].node].node_id, IDS_EXPANDS_TO);
	}
}

static void
put_all(const struct spec *spec, struct json_object *nodes, struct json_object *edges)
{
	struct json_object *resources = json_get_object(spec->config, "resources");
	struct json_object *header = header_of(spec);
	char                root[OBJ_ID_SIZE];

	ids_root(spec->tenant, spec->deployment_id, root);
	put_node(nodes, root, spec->deployment_id, header);
	json_object_put(header);
	for (size_t i = 0; i < spec->nodes_n; i++) {
		const struct spec_node *node = &spec->nodes[i];

		put_node(nodes, node->node_id, node->resource_id,
		    json_get(resources, node->resource_id));
		put_edge(edges, node->edge_id, root, node->node_id, IDS_CONTAINS);
	}
	put_composites(spec, root, nodes, edges);
	for (size_t i = 0; i < spec->edges_n; i++) {
		const struct spec_edge *edge = &spec->edges[i];

		put_edge(edges, edge->edge_id, spec->nodes[edge->from].node_id,
		    spec->nodes[edge->to].node_id, spec_edge_type_name(edge->type));
	}
}

struct json_object *
spec_to_mgraph(const struct spec *spec)
{
	struct json_object *data = json_object_new_object();
	struct json_object *nodes = json_object_new_object();
	struct json_object *edges = json_object_new_object();
	struct json_object *model = json_object_new_object();
	struct json_object *graph = json_object_new_object();
	struct json_object *whole = json_object_new_object();

	put_all(spec, nodes, edges);
	json_set_str(data, "graph_id", spec->graph_id);
	json_set(data, "nodes", nodes);
	json_set(data, "edges", edges);
	json_set(model, "data", data);
	json_set(graph, "model", model);
	json_set(whole, "graph", graph);
	return whole;
}

/* ---- back ---- */

/* The node that contains others is the deployment. */
static const char *
find_root(struct json_object *edges)
{
	json_object_object_foreach (edges, id, edge) {
		struct json_object *label = json_get_object(edge, "edge_label");

		(void)id;
		if (str_eq(json_get_str(label, "predicate"), IDS_CONTAINS))
			return json_get_str(edge, "from_node_id");
	}
	return NULL;
}

/* The content of a value node; NULL when it has none. */
static struct json_object *
read_content(struct json_object *node, struct err *err)
{
	struct json_object *data = json_get_object(node, "node_data");
	struct json_object *value = json_get(data, "value");
	struct json_object *content;

	if (json_get_str(data, "key") == NULL || !json_object_is_type(value, json_type_string)) {
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

/* What has parts is a composite. */
static bool
read_all(struct json_object *nodes, const char *root, struct json_object *config, struct err *err)
{
	struct json_object *resources = json_object_new_object();
	struct json_object *composites = json_object_new_object();

	json_set(config, "resources", resources);
	json_set(config, "composites", composites);
	json_object_object_foreach (nodes, id, node) {
		struct json_object *content;

		if (strcmp(id, root) == 0)
			continue;
		content = read_content(node, err);
		if (content == NULL)
			return false;
		json_set(json_has(content, "parts") ? composites : resources,
		    json_get_str(json_get_object(node, "node_data"), "key"), content);
	}
	if (json_object_object_length(composites) == 0)
		json_object_object_del(config, "composites");
	return true;
}

static struct json_object *
read_config(struct json_object *data, unsigned *ret_salt, struct err *err)
{
	struct json_object *nodes = json_get_object(data, "nodes");
	struct json_object *edges = json_get_object(data, "edges");
	struct json_object *config = NULL;
	const char         *root = edges != NULL ? find_root(edges) : NULL;
	int64_t             salt;

	if (nodes == NULL || root == NULL || !json_has(nodes, root)) {
		err_set(err, ERR_CONFLICT, "it has no node that contains the others");
		return NULL;
	}
	config = read_content(json_get(nodes, root), err);
	if (config == NULL)
		return NULL;
	salt = json_get_i64(config, SALT, 0);
	json_object_object_del(config, SALT);
	*ret_salt = salt >= 0 && salt <= SALT_MAX ? (unsigned)salt : 0;
	if (read_all(nodes, root, config, err))
		return config;
	json_object_put(config);
	return NULL;
}

static struct spec *
build(const struct registry *registry, const char *tenant, struct json_object *config,
    unsigned salt, struct err *err)
{
	struct problems problems;
	struct spec    *spec;

	problems_init(&problems);
	spec = spec_build(registry, tenant, config, salt, &problems);
	if (spec == NULL)
		err_set(err, ERR_INVALID_CONFIG, "%.100s: %.300s (%zu problems)",
		    problems.items[0].pointer, problems.items[0].detail, problems.n);
	problems_fini(&problems);
	return spec;
}

struct spec *
spec_from_mgraph(const struct registry *registry, const char *tenant, struct json_object *mgraph,
    struct err *err)
{
	struct json_object *data =
	    json_get_object(json_get_object(json_get_object(mgraph, "graph"), "model"), "data");
	const char         *id = json_get_str(data, "graph_id");
	struct json_object *config;
	struct spec        *spec;
	unsigned            salt = 0;

	if (id == NULL) {
		err_set(err, ERR_CONFLICT, "it is not a graph of MGraph with an id");
		return NULL;
	}
	config = read_config(data, &salt, err);
	if (config == NULL)
		return NULL;
	spec = build(registry, tenant, config, salt, err);
	json_object_put(config);
	if (spec != NULL && strcmp(spec->graph_id, id) != 0) {
		err_set(err, ERR_CONFLICT, "its content does not match its id %.16s", id);
		spec_unref(spec);
		return NULL;
	}
	return spec;
}
