/* SPDX-License-Identifier: Apache-2.0
 * engine_seen.c - what can be seen of an engine's world: in the store, in the cloud, and in what it answered. */
#include <string.h>

#include "engine/view.h"
#include "tests/unit/engine_world.h"
#include "util/json.h"
#include "util/str.h"

/* The key of the deployment's newest execution. */
static struct store_key
last_key(struct engine_world *world)
{
	struct store_op history = { .verb = STORE_HISTORY };
	char            graph[STORE_ID_SIZE] = { 0 };

	must(store_key_set(&history.key, "tenant", "test", NULL));
	engine_world_ask(world, &history);
	ck_assert_uint_gt(history.items_n, 0);
	memcpy(graph, history.items_out[0].name, sizeof(graph) - 1);
	must(store_key_set(&history.key, "tenant", "test", graph));
	store_op_fini(&history);
	return history.key;
}

struct json_object *
engine_world_view(struct engine_world *world)
{
	struct store_op     spec_op = { .verb = STORE_GET_SPEC, .key = last_key(world) };
	struct store_op     exec_op = { .verb = STORE_GET_EXEC, .key = spec_op.key };
	struct json_object *mgraph, *view;
	struct spec        *spec;
	struct graph       *graph;
	struct err          err;

	engine_world_ask(world, &spec_op);
	engine_world_ask(world, &exec_op);
	mgraph = json_read(spec_op.text_out, strlen(spec_op.text_out), &err);
	spec = spec_from_mgraph(world->registry, "tenant", mgraph, &err);
	ck_assert_msg(spec != NULL, "%s", err.detail);
	graph = graph_create(spec, false);
	view = view_execution(graph, exec_op.items_out, exec_op.items_n, &err);
	ck_assert_msg(view != NULL, "%s", err.detail);
	graph_destroy(graph);
	spec_unref(spec);
	json_object_put(mgraph);
	store_op_fini(&spec_op);
	store_op_fini(&exec_op);
	return view;
}

void
engine_world_expect(struct engine_world *world, const char *path, const char *text)
{
	struct json_object *view = engine_world_view(world);
	const char         *is = json_object_get_string(json_path(view, path));

	ck_assert_msg(is != NULL && strcmp(is, text) == 0, "%s is %s", path, is);
	json_object_put(view);
}

struct json_object *
engine_world_events(struct engine_world *world)
{
	struct store_op     op = { .verb = STORE_EVENTS, .key = last_key(world) };
	struct json_object *events = json_object_new_array();
	struct err          err;

	engine_world_ask(world, &op);
	for (size_t i = 0; i < op.items_n; i++)
		json_object_array_add(
		    events, json_read(op.items_out[i].text, strlen(op.items_out[i].text), &err));
	store_op_fini(&op);
	return events;
}

size_t
engine_world_items_n(const struct engine_world *world)
{
	return (size_t)json_object_object_length(world->items);
}

struct json_object *
engine_world_verdict(const struct engine_world *world, const char *resource_id)
{
	struct json_object *list = json_get_array(world->plan, "resources");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (str_eq(json_get_str(item, "resource_id"), resource_id))
			return item;
	}
	ck_abort_msg("no verdict on %s", resource_id);
	return NULL;
}
