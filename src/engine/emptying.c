/* SPDX-License-Identifier: Apache-2.0
 * emptying.c - which resources a destroy takes along with what is in them. The Spec Graph is as it was applied, so the
 * execution has the word, and its header for whoever takes it over. */
#include "engine/emptying.h"

#include "engine/execution.h"
#include "util/json.h"

static bool
is_named(const struct node *node, struct json_object *names)
{
	size_t n =
	    json_object_is_type(names, json_type_array) ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		if (graph_is_named(node->execution->graph, node_vertex(node),
			json_object_get_string(json_object_array_get_idx(names, i))))
			return true;
	}
	return false;
}

/* True, or a list of names. */
static bool
is_asked(const struct node *node)
{
	struct json_object *empty = node->execution->empty;

	return json_object_is_type(empty, json_type_boolean) ? json_object_get_boolean(empty)
							     : is_named(node, empty);
}

void
emptying_take(struct work *work)
{
	struct json_object *desired;

	if (!resource_type_can_be_emptied(node_spec(work->node)->type) || !is_asked(work->node))
		return;
	desired = json_copy(work->desired);
	if (desired == NULL)
		desired = json_object_new_object();
	json_set_bool(desired, RESOURCE_FORCE, true);
	json_object_put(work->desired);
	work->desired = desired;
}
