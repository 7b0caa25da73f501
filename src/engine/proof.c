/* SPDX-License-Identifier: Apache-2.0
 * proof.c - the answers of the sweeps, without what was just seen gone: an index of tags lags. */
#include "engine/proof.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/execution.h"
#include "engine/node_states.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define LEFT_MAX   1000 /* in the record; left_n counts all */
#define PLACE_SIZE 256  /* what is longer is nobody's of ours */

bool
proof_is_wanted(const struct execution *e)
{
	if (e->kind != EXECUTION_DESTROY || e->mode == MODE_DRY_RUN)
		return false;
	for (size_t v = 0; v < e->graph->n; v++) {
		if (e->nodes[v].state != NODE_COMPLETED)
			return false;
	}
	return true;
}

struct proving {
	struct execution   *execution;
	struct lh_table    *vertices; /* "node id@region" -> vertex + 1 */
	struct json_object *swept, *left, *looked_at;
	struct json_object *ids; /* of what is left: questions may overlap */
	int64_t             left_n;
	int64_t             lagging_n; /* hits of what was seen gone */
};

/* ---- what was seen gone ---- */

static void
name_free(struct lh_entry *entry)
{
	free(lh_entry_k(entry));
}

/* As tags say whose it is: two nodes may be the same one's, the one that goes and the one that comes. */
static void
name_place(char name[PLACE_SIZE], const char *node_id, const char *region)
{
	snprintf(name, PLACE_SIZE, "%s@%s", node_id, region);
}

static void
list_vertices(struct proving *proving)
{
	const struct graph *graph = proving->execution->graph;
	char                name[PLACE_SIZE];

	proving->vertices = lh_kchar_table_new((int)graph->n * 2 + 16, name_free);
	must(proving->vertices != NULL);
	for (size_t v = 0; v < graph->n; v++) {
		struct identity identity = graph_identity(graph, v);

		name_place(name, identity.node_id, identity.region);
		must(lh_table_insert(proving->vertices, xstrdup(name), (void *)(v + 1)) == 0);
	}
}

static const struct node *
find(const struct proving *proving, const char *node_id, const char *region)
{
	char  name[PLACE_SIZE];
	void *found;

	name_place(name, node_id, region);
	if (!lh_table_lookup_ex(proving->vertices, name, &found))
		return NULL;
	return &proving->execution->nodes[(uintptr_t)found - 1];
}

/* The node that a hit says it is was looked at by this execution, in this account and region, and is gone. */
static bool
was_seen_gone(const struct proving *proving, const struct swept *swept, const char *node_id,
    const char *region)
{
	const struct execution *e = proving->execution;
	const struct node      *node = find(proving, node_id, region);

	if (node == NULL)
		node = find(proving, node_id, ""); /* of a global one there is no other */
	return node != NULL && execution_provider(e, node_spec(node)->type) == swept->provider &&
	       str_eq(keyring_account(&e->keyring, execution_credentials(e, node_spec(node))),
		   swept->account);
}

/* ---- what is left ---- */

static void
add_left(
    struct proving *proving, const struct swept *swept, struct json_object *hit, const char *region)
{
	struct json_object *tags = json_get_object(hit, "tags"), *left;
	const char         *id = json_get_str(hit, "id");
	const char         *resource_id = json_get_str(tags, IDENTITY_RESOURCE_TAG);

	if (id == NULL || json_has(proving->ids, id))
		return;
	json_set_bool(proving->ids, id, true);
	if (proving->left_n++ >= LEFT_MAX)
		return;
	left = json_object_new_object();
	json_set_str(left, "id", id);
	json_set_str(left, "provider", swept->provider->name);
	json_set_str(left, "region", region);
	if (resource_id != NULL)
		json_set_str(left, "resource_id", resource_id);
	json_set(left, "tags", json_object_get(tags));
	json_object_array_add(proving->left, left);
}

static void
take_hits(struct proving *proving, const struct swept *swept, const char *node_id,
    struct json_object *hits)
{
	for (size_t i = 0; i < json_object_array_length(hits); i++) {
		struct json_object *hit = json_object_array_get_idx(hits, i);
		const char         *region = json_get_str(hit, "region");

		if (region == NULL)
			region = swept->region;
		if (was_seen_gone(proving, swept, node_id, region))
			proving->lagging_n++;
		else
			add_left(proving, swept, hit, region);
	}
}

static void
take_swept(void *arg, const struct swept *swept)
{
	struct proving     *proving = arg;
	struct json_object *place;

	if (swept->by_node == NULL)
		return;
	place = json_object_new_object();
	json_set_str(place, "provider", swept->provider->name);
	json_set_str(place, "account", swept->account);
	json_set_str(place, "region", swept->region);
	json_object_array_add(proving->swept, place);
	json_object_object_foreach (swept->by_node, node_id, hits)
		take_hits(proving, swept, node_id, hits);
}

/* Providers that can't be asked for a deployment as a whole: of these there is no more than was looked at. */
static void
count_looked_at(struct proving *proving)
{
	struct execution *e = proving->execution;

	for (size_t v = 0; v < e->graph->n; v++) {
		struct provider *provider = execution_provider(e, node_spec(&e->nodes[v])->type);

		if (provider->start_sweep == NULL)
			json_set_i64(proving->looked_at, provider->name,
			    json_get_i64(proving->looked_at, provider->name, 0) + 1);
	}
}

/* ---- the whole ---- */

static struct json_object *
prove(struct execution *e)
{
	struct json_object *proof = json_object_new_object();
	struct proving      proving = {
		     .execution = e,
		     .swept = json_object_new_array(),
		     .left = json_object_new_array(),
		     .looked_at = json_object_new_object(),
		     .ids = json_object_new_object(),
	};

	list_vertices(&proving);
	sweeps_each(e->sweeps, take_swept, &proving);
	count_looked_at(&proving);
	json_set(proof, "swept", proving.swept);
	json_set(proof, "looked_at", proving.looked_at);
	json_set_i64(proof, "left_n", proving.left_n);
	json_set(proof, "left", proving.left);
	json_set_i64(proof, "lagging_n", proving.lagging_n);
	json_set(proof, "warnings", json_object_get(sweeps_warnings(e->sweeps)));
	json_object_put(proving.ids);
	lh_table_free(proving.vertices);
	return proof;
}

bool
proof_is_there(struct execution *e)
{
	if (e->proof != NULL)
		return true;
	if (e->sweeps == NULL)
		e->sweeps = sweeps_create(e, "what else is left there is not known");
	if (!sweeps_are_all_answered(e->sweeps))
		return false;
	e->proof = prove(e);
	return true;
}

bool
proof_found_something(const struct execution *e)
{
	return json_get_i64(e->proof, "left_n", 0) > 0;
}
