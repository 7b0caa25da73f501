/* SPDX-License-Identifier: Apache-2.0
 * mgraph.c - a Spec Graph as the JSON that MGraph-DB loads, and back.
 *
 * The deployment, each resource and each composite is a node, its key is the id, its value what the config says.
 * Reading puts the config together again and builds it anew: there is one way to a
 * Spec Graph, and the graph id proves that nothing was lost or changed on the way. */
#include "plan/spec.h"

#include <string.h>

#include "plan/ids.h"
#include "plan/mgraph_document.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/str.h"

#define SALT     "x-salt" /* beside the members of a config, when it is not 0 */
#define SALT_MAX 1000000

/* ---- out ---- */

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
put_composites(const struct spec *spec, const char *root, struct mgraph *mgraph)
{
	struct json_object *composites = json_get_object(spec->config, "composites");

	for (size_t i = 0; i < spec->composites_n; i++) {
		const struct spec_composite *composite = &spec->composites[i];

		mgraph_add_node(mgraph, composite->node_id, composite->resource_id,
		    json_get(composites, composite->resource_id));
		mgraph_add_edge(
		    mgraph, composite->edge_id, root, composite->node_id, MGRAPH_CONTAINS);
		for (size_t p = 0; p < composite->parts_n; p++)
			mgraph_add_edge(mgraph, composite->parts[p].edge_id, composite->node_id,
			    spec->nodes[composite->parts[p].node].node_id, IDS_EXPANDS_TO);
	}
}

static void
put_all(const struct spec *spec, struct mgraph *mgraph)
{
	struct json_object *resources = json_get_object(spec->config, "resources");
	struct json_object *header = header_of(spec);
	char                root[OBJ_ID_SIZE];

	ids_root(spec->tenant, spec->deployment_id, root);
	mgraph_add_node(mgraph, root, spec->deployment_id, header);
	json_object_put(header);
	for (size_t i = 0; i < spec->nodes_n; i++) {
		const struct spec_node *node = &spec->nodes[i];

		breathe();
		mgraph_add_node(mgraph, node->node_id, node->resource_id,
		    json_get(resources, node->resource_id));
		mgraph_add_edge(mgraph, node->edge_id, root, node->node_id, MGRAPH_CONTAINS);
	}
	put_composites(spec, root, mgraph);
	for (size_t i = 0; i < spec->edges_n; i++) {
		const struct spec_edge *edge = &spec->edges[i];

		breathe();
		mgraph_add_edge(mgraph, edge->edge_id, spec->nodes[edge->from].node_id,
		    spec->nodes[edge->to].node_id, spec_edge_type_name(edge->type));
	}
}

struct json_object *
spec_to_mgraph(const struct spec *spec)
{
	struct mgraph mgraph;

	mgraph_init(&mgraph, spec->graph_id);
	put_all(spec, &mgraph);
	return mgraph.whole;
}

/* ---- back ---- */

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

		breathe();
		if (strcmp(id, root) == 0)
			continue;
		content = mgraph_content(node, err);
		if (content == NULL)
			return false;
		json_set(
		    json_has(content, "parts") ? composites : resources, mgraph_key(node), content);
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
	const char         *root = mgraph_root(edges);
	int64_t             salt;

	if (nodes == NULL || root == NULL || !json_has(nodes, root)) {
		err_set(err, ERR_CONFLICT, "it has no node that contains the others");
		return NULL;
	}
	config = mgraph_content(json_get(nodes, root), err);
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
	struct json_object *data = mgraph_data(mgraph);
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
	json_put(config);
	if (spec != NULL && strcmp(spec->graph_id, id) != 0) {
		err_set(err, ERR_CONFLICT, "its content does not match its id %.16s", id);
		spec_unref(spec);
		return NULL;
	}
	return spec;
}
