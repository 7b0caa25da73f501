/* SPDX-License-Identifier: Apache-2.0
 * ids.c - node, edge and graph ids, and the hash of a resource's spec. */
#include "plan/ids.h"

#include <stdlib.h>
#include <string.h>

#include "plan/id_set.h"
#include "plan/mgraph_document.h"
#include "provider/provider.h"
#include "util/breath.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define SEED_MAX      4096
#define MEETINGS_MAX  4
#define CANONICAL_MAX (1024 * 1024 * 1024)

void
ids_root(const char *tenant, const char *deployment_id, char out[OBJ_ID_SIZE])
{
	struct str seed;

	str_init(&seed, SEED_MAX);
	id_seed(&seed, (const char *const[]){ tenant, deployment_id }, 2);
	must(!seed.overflow);
	obj_id_from(seed.data, seed.len, out);
	str_fini(&seed);
}

static void
node_id(struct id_set *taken, struct str *seed, const struct spec *spec, const char *resource_id,
    char out[OBJ_ID_SIZE])
{
	id_seed(seed, (const char *const[]){ spec->tenant, spec->deployment_id, resource_id }, 3);
	id_set_take(taken, seed, out);
}

/* Whose it was before it was called so: that node id is in its tags, and in its name. */
static void
owner_id(struct str *seed, const struct spec *spec, struct spec_node *node)
{
	const char *formerly = node->formerly;

	if (formerly == NULL) {
		memcpy(node->owner_id, node->node_id, OBJ_ID_SIZE);
	} else if (formerly[0] == '#') {
		memcpy(node->owner_id, formerly + 1, OBJ_ID_SIZE);
	} else {
		id_seed(
		    seed, (const char *const[]){ spec->tenant, spec->deployment_id, formerly }, 3);
		obj_id_from(seed->data, seed->len, node->owner_id);
	}
}

/* One of them has the resource's id; where another has it already (what is to go of what is replaced), a node of its own. */
static void
take_owner_id(
    struct id_set *taken, struct str *seed, const struct spec *spec, struct spec_node *node)
{
	owner_id(seed, spec, node);
	if (id_set_add(taken, node->owner_id))
		memcpy(node->node_id, node->owner_id, OBJ_ID_SIZE);
	else
		node_id(taken, seed, spec, node->resource_id, node->node_id);
}

static void
edge_id(struct id_set *taken, struct str *seed, const char *from, const char *to, const char *type,
    char out[OBJ_ID_SIZE])
{
	id_seed(seed, (const char *const[]){ "edge", from, to, type }, 4);
	id_set_take(taken, seed, out);
}

/* What a running resource is compared with at a glance: is it of this spec? */
static void
hash_node(struct spec_node *node, struct str *text)
{
	struct json_object *json = json_object_new_object();
	const char         *same;
	char                hex[DIGEST_SHA256_HEX];

	json_set_str(json, "type", node->type->name);
	json_set(json, "properties", json_object_get(node->properties));
	json_set(json, "tags", json_object_get(node->tags));
	str_clear(text);
	json_canonical(json, text);
	digest_sha256_hex(text->data, text->len, hex);
	memcpy(node->hash, hex, SPEC_HASH_SIZE - 1);
	node->hash[SPEC_HASH_SIZE - 1] = '\0';
	json_object_put(json);
	same = json_get_str(node->hashes, node->hash);
	if (same != NULL)
		memcpy(node->hash, same, SPEC_HASH_SIZE);
}

static int
by_resource_id(const void *a, const void *b)
{
	const struct spec_composite *const *x = a, *const *y = b;

	return strcmp((*x)->resource_id, (*y)->resource_id);
}

/* After those of all nodes and their edges, which do not hang on them. */
static void
assign_composites(struct spec *spec, const char *root, struct id_set *nodes, struct id_set *edges,
    struct str *seed)
{
	struct spec_composite **order = xcalloc(spec->composites_n, sizeof(*order));

	for (size_t i = 0; i < spec->composites_n; i++)
		order[i] = &spec->composites[i];
	if (spec->composites_n > 0)
		qsort(order, spec->composites_n, sizeof(*order), by_resource_id);
	for (size_t i = 0; i < spec->composites_n; i++) {
		struct spec_composite *composite = order[i];

		node_id(nodes, seed, spec, composite->resource_id, composite->node_id);
		edge_id(edges, seed, root, composite->node_id, MGRAPH_CONTAINS, composite->edge_id);
		for (size_t p = 0; p < composite->parts_n; p++)
			edge_id(edges, seed, composite->node_id,
			    spec->nodes[composite->parts[p].node].node_id, IDS_EXPANDS_TO,
			    composite->parts[p].edge_id);
	}
	free(order);
}

void
ids_assign(struct spec *spec, const uint32_t *rank)
{
	uint32_t     *order = xcalloc(spec->nodes_n, sizeof(*order));
	struct id_set nodes, edges;
	struct str    seed, text;
	char          root[OBJ_ID_SIZE];

	str_init(&seed, SEED_MAX);
	str_init(&text, CANONICAL_MAX);
	id_set_init(&nodes, spec->nodes_n + spec->composites_n + 1);
	id_set_init(&edges, 2 * spec->nodes_n + spec->composites_n + spec->edges_n);
	for (size_t i = 0; i < spec->nodes_n; i++)
		order[rank[i]] = (uint32_t)i;
	ids_root(spec->tenant, spec->deployment_id, root);
	must(id_set_add(&nodes, root));
	for (size_t i = 0; i < spec->nodes_n; i++) {
		struct spec_node *node = &spec->nodes[order[i]];

		breathe();
		if (node->formerly != NULL)
			continue;
		node_id(&nodes, &seed, spec, node->resource_id, node->node_id);
		owner_id(&seed, spec, node);
	}
	for (size_t i = 0; i < spec->nodes_n; i++) {
		struct spec_node *node = &spec->nodes[order[i]];

		if (node->formerly != NULL)
			take_owner_id(&nodes, &seed, spec, node);
		edge_id(&edges, &seed, root, node->node_id, MGRAPH_CONTAINS, node->edge_id);
		hash_node(node, &text);
		breathe();
	}
	for (size_t i = 0; i < spec->edges_n; i++) {
		struct spec_edge *edge = &spec->edges[i];

		breathe();
		edge_id(&edges, &seed, spec->nodes[edge->from].node_id,
		    spec->nodes[edge->to].node_id, spec_edge_type_name(edge->type), edge->edge_id);
	}
	assign_composites(spec, root, &nodes, &edges, &seed);
	must(!seed.overflow);
	str_fini(&seed);
	str_fini(&text);
	id_set_fini(&nodes);
	id_set_fini(&edges);
	free(order);
}

void
spec_node_id(
    const char *tenant, const char *deployment_id, const char *resource_id, char out[OBJ_ID_SIZE])
{
	struct str seed;

	str_init(&seed, SEED_MAX);
	id_seed(&seed, (const char *const[]){ tenant, deployment_id, resource_id }, 3);
	obj_id_from(seed.data, seed.len, out);
	str_fini(&seed);
}

/* The edge that leads to it begins at the root, which is of the tenant; it is there under another name, too. Of two ids that
 * met, the later one was hashed again. */
bool
spec_tags_are_of(const char *tenant, struct json_object *tags)
{
	const char *deployment_id = json_get_str(tags, IDENTITY_DEPLOYMENT_TAG);
	const char *node = json_get_str(tags, IDENTITY_NODE_TAG);
	const char *edge = json_get_str(tags, IDENTITY_EDGE_TAG);
	char        root[OBJ_ID_SIZE], id[OBJ_ID_SIZE];
	struct str  seed;
	size_t      len;
	bool        same = false;

	if (deployment_id == NULL || node == NULL || edge == NULL)
		return false;
	ids_root(tenant, deployment_id, root);
	str_init(&seed, SEED_MAX);
	id_seed(&seed, (const char *const[]){ "edge", root, node, MGRAPH_CONTAINS }, 4);
	len = seed.len;
	for (unsigned i = 0; i < MEETINGS_MAX && !same; i++) {
		str_cut(&seed, len);
		if (i > 0) {
			str_add_char(&seed, '\0');
			str_addf(&seed, "%u", i);
		}
		obj_id_from(seed.data, seed.len, id);
		same = str_eq(id, edge);
	}
	str_fini(&seed);
	return same;
}

bool
ids_graph(struct spec *spec)
{
	struct str seed;
	bool       fits;

	str_init(&seed, CANONICAL_MAX);
	seed.is_plain = true; /* credentials are no part of it */
	str_add(&seed, spec->tenant);
	str_add_char(&seed, '\0');
	json_canonical(spec->config, &seed);
	str_add_char(&seed, '\0');
	str_addf(&seed, "%u", spec->salt);
	fits = !seed.overflow;
	if (fits)
		obj_id_from(seed.data, seed.len, spec->graph_id);
	str_fini(&seed);
	return fits;
}

/* What goes of it shares it with what takes its place. */
void
ids_check(const struct spec *spec, struct problems *problems)
{
	struct id_set owners;
	struct str    pointer;

	str_init(&pointer, SEED_MAX);
	id_set_init(&owners, spec->nodes_n);
	for (size_t i = 0; i < spec->nodes_n; i++) {
		if (!spec_node_is_leaving(&spec->nodes[i]) && spec->nodes[i].formerly == NULL)
			(void)id_set_add(&owners, spec->nodes[i].owner_id);
	}
	for (size_t i = 0; i < spec->nodes_n; i++) {
		const struct spec_node *node = &spec->nodes[i];

		if (spec_node_is_leaving(node) || node->formerly == NULL ||
		    id_set_add(&owners, node->owner_id))
			continue;
		str_clear(&pointer);
		str_add(&pointer, "/resources");
		json_pointer_add(&pointer, node->resource_id);
		json_pointer_add(&pointer, "formerly");
		problems_add(problems, pointer.data, "not_unique",
		    "'%.64s' is another resource of this config", node->formerly);
	}
	id_set_fini(&owners);
	str_fini(&pointer);
}
