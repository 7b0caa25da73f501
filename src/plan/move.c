/* SPDX-License-Identifier: Apache-2.0
 * move.c - what moves, and the config that says where it is then. */
#include "plan/move.h"

#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "plan/graph.h"
#include "plan/move_inside.h"
#include "util/json.h"
#include "util/mem.h"

#define PROVIDER "aws" /* nobody else has regions or accounts */

static const char *const phases[MOVE_PHASES_N] = {
#define X(name, text) [MOVE_##name] = text,
	MOVE_PHASES(X)
#undef X
};

const char *
move_phase_name(enum move_phase phase)
{
	must(phase < MOVE_PHASES_N);
	return phases[phase];
}

bool
move_phase_from(const char *name, enum move_phase *ret_phase)
{
	for (unsigned i = 0; i < MOVE_PHASES_N; i++) {
		if (str_eq(name, phases[i])) {
			*ret_phase = (enum move_phase)i;
			return true;
		}
	}
	return false;
}

/* ---- what moves ---- */

bool
move_names(struct json_object *names, const struct spec_node *node)
{
	if (json_object_is_type(names, json_type_boolean))
		return json_object_get_boolean(names);
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (str_eq(name, node->resource_id) || str_eq(name, node->node_id) ||
		    str_eq(name, spec_node_composite(node)))
			return true;
	}
	return false;
}

bool
move_is_in(const struct spec_node *node, const char *region)
{
	for (size_t i = 0; i < node->regions_n; i++) {
		if (strcmp(node->regions[i], region) == 0)
			return true;
	}
	return false;
}

/* Is it where things are moved from? */
static bool
is_there(const struct move *move, const struct spec_node *node)
{
	if (strcmp(node->type->provider, PROVIDER) != 0 || spec_node_is_leaving(node) ||
	    node->transient)
		return false;
	if (move->from_region != NULL && !move_is_in(node, move->from_region))
		return false;
	return move->from_account == NULL || strcmp(node->account, move->from_account) == 0;
}

/* A child is where its parent is. */
static bool
is_child_of_moving(const struct move *move, const bool *moves, const struct spec_node *node)
{
	struct json_object *names = resource_type_identity_properties(node->type);

	if (node->type->identity != IDENTITY_CHILD)
		return false;
	for (size_t i = 0; names != NULL && i < json_object_array_length(names); i++) {
		struct json_object *value = json_get(
		    node->properties, json_object_get_string(json_object_array_get_idx(names, i)));

		for (size_t t = 0; value != NULL && t < node->targets_n; t++) {
			if (moves[node->targets[t]] &&
			    change_refers(move->spec, node->targets[t], value))
				return true;
		}
	}
	return false;
}

bool
move_is_check_of(const struct spec_node *check, const struct spec_node *node)
{
	return check->check_of != NULL && node->check_of == NULL &&
	       (str_eq(check->check_of, node->resource_id) ||
		   str_eq(check->check_of, spec_node_composite(node)));
}

/* A check is asked where the resource is, whatever its properties refer to. It waits for it. */
static void
select_checks(const struct move *move, bool *moves)
{
	for (size_t i = 0; i < move->spec->edges_n; i++) {
		const struct spec_edge *edge = &move->spec->edges[i];
		const struct spec_node *check = &move->spec->nodes[edge->to];

		if (moves[edge->from] && is_there(move, check) &&
		    move_is_check_of(check, &move->spec->nodes[edge->from]))
			moves[edge->to] = true;
	}
}

bool *
move_select(const struct move *move)
{
	const struct spec *spec = move->spec;
	bool              *moves = xcalloc(spec->nodes_n, sizeof(*moves));
	bool               any = true;

	for (size_t i = 0; i < spec->nodes_n; i++)
		moves[i] =
		    is_there(move, &spec->nodes[i]) &&
		    (move->resources == NULL || move_names(move->resources, &spec->nodes[i]));
	while (any) {
		any = false;
		for (size_t i = 0; i < spec->nodes_n; i++) {
			if (moves[i] || !is_there(move, &spec->nodes[i]) ||
			    !is_child_of_moving(move, moves, &spec->nodes[i]))
				continue;
			moves[i] = any = true;
		}
	}
	select_checks(move, moves);
	return moves;
}

/* ---- the new place ---- */

/* In the place of the old one, so that the first one stays the first. */
static struct json_object *
regions_then(const struct move *move, const char *const *regions, size_t n)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		const char *region = regions[i];

		if (move->from_region != NULL && strcmp(region, move->from_region) == 0)
			region = move->to_region;
		json_object_array_add(list, json_object_new_string(region));
	}
	return list;
}

/* All of them say where they are: targets need not agree any more. */
static void
place_node(
    const struct move *move, const struct spec_node *node, bool moves, struct json_object *json)
{
	struct move still = *move;

	if (!moves)
		still.from_region = NULL;
	if (node->regions_n > 0)
		json_set(json, "regions",
		    regions_then(&still, (const char *const *)node->regions, node->regions_n));
	if (moves && move->to_account != NULL)
		json_set_str(json, "account", move->to_account);
	else if (json_has(json, "account") || move->from_account != NULL)
		json_set_str(json, "account", node->account);
}

static void
add_region(struct json_object *regions, const char *region)
{
	struct json_object *text = json_object_new_string(region);

	if (json_array_has(regions, text))
		json_object_put(text);
	else
		json_object_array_add(regions, text);
}

/* Where the whole of it moves, the target says the new place, and the resources need not; else it says both places. */
static void
place_target(const struct move *move, bool whole, struct json_object *target)
{
	struct json_object *regions = json_get_array(target, "regions"), *then;

	if (!str_eq(json_get_str(target, "provider"), PROVIDER))
		return;
	if (move->to_account != NULL && whole)
		json_set_str(target, "account", move->to_account);
	if (move->to_region == NULL || regions == NULL)
		return;
	then = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(regions); i++) {
		const char *region = json_object_get_string(json_object_array_get_idx(regions, i));
		bool        leaves = strcmp(region, move->from_region) == 0;

		if (leaves)
			add_region(then, move->to_region);
		if (!leaves || !whole)
			add_region(then, region);
	}
	json_set(target, "regions", then);
}

static bool
is_whole(const struct move *move, const bool *moves)
{
	for (size_t i = 0; i < move->spec->nodes_n; i++) {
		if (is_there(move, &move->spec->nodes[i]) && !moves[i])
			return false;
	}
	return true;
}

/* A list without what is not to be in it. */
static void
keep_only(struct json_object *parent, const char                                          *key,
    bool (*stays)(struct json_object *past, struct json_object *item), struct json_object *past)
{
	struct json_object *list = json_get_array(parent, key), *kept;

	if (list == NULL)
		return;
	kept = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (stays(past, item))
			json_object_array_add(kept, json_object_get(item));
	}
	if (json_object_array_length(kept) > 0) {
		json_set(parent, key, kept);
		return;
	}
	json_object_put(kept);
	json_object_object_del(parent, key);
}

static bool
is_past(struct json_object *past, const char *id)
{
	return id != NULL && json_has(past, id);
}

static bool
edge_stays(struct json_object *past, struct json_object *edge)
{
	return !json_get_bool(edge, "transient", false) &&
	       !is_past(past, json_get_str(edge, "from")) &&
	       !is_past(past, json_get_str(edge, "to"));
}

static bool
wait_stays(struct json_object *past, struct json_object *id)
{
	return !is_past(past, json_object_get_string(id));
}

/* What was to go, and has gone, is not heard of again; nor is what was only done, and who waited for either. */
static void
drop_past(const struct move *move, struct json_object *config)
{
	struct graph       *graph = graph_create((struct spec *)(uintptr_t)move->spec, false);
	struct json_object *resources = json_get_object(config, "resources");
	struct json_object *past = json_object_new_object();

	for (size_t v = 0; v < graph->n; v++) {
		const struct spec_node *node = graph_node(graph, v);

		if (node->transient || (move->gone != NULL && move->gone[v]))
			json_set_bool(past, node->resource_id, true);
	}
	json_object_object_foreach (past, id, yes) {
		(void)yes;
		json_object_object_del(resources, id);
	}
	json_object_object_foreach (resources, name, resource) {
		(void)name;
		keep_only(resource, "depends_on", wait_stays, past);
	}
	keep_only(config, "edges", edge_stays, past);
	json_object_put(past);
	graph_destroy(graph);
}

struct json_object *
move_target(const struct move *move, struct problems *problems)
{
	bool               *moves = move_select(move), whole = is_whole(move, moves);
	struct json_object *config = NULL, *resources, *targets;

	if (!move_check(move, moves, problems))
		goto out;
	config = json_copy(move->spec->config);
	resources = json_get_object(config, "resources");
	targets = json_get_array(config, "targets");
	for (size_t i = 0; i < move->spec->nodes_n; i++) {
		const struct spec_node *node = &move->spec->nodes[i];
		struct json_object     *json = json_get(resources, node->resource_id);
		bool own = json_has(json, "regions") || json_has(json, "account");

		if (strcmp(node->type->provider, PROVIDER) == 0 && !spec_node_is_leaving(node) &&
		    (own || !whole))
			place_node(move, node, moves[i], json);
	}
	for (size_t i = 0; targets != NULL && i < json_object_array_length(targets); i++)
		place_target(move, whole, json_object_array_get_idx(targets, i));
	drop_past(move, config);
out:
	free(moves);
	return config;
}
