/* SPDX-License-Identifier: Apache-2.0
 * plan_undo.c - what a rollback can't undo by itself, but does with something else that it takes away. */
#include "plan/change_inside.h"
#include "plan/plan_inside.h"
#include "plan/undo.h"
#include "util/json.h"

/* What the type says it goes along with is made by this plan. */
static bool
goes_along(const struct planning *p, size_t vertex)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	const char             *name =
	    json_get_str(json_get_object(node->type->irreversible, "create"), "unless_new");
	struct json_object *value = name != NULL ? json_get(node->properties, name) : NULL;

	for (size_t i = 0; value != NULL && i < node->targets_n; i++) {
		size_t target = graph_target(p->graph, vertex, node->targets[i]);

		if (plan_act_creates(plan_action_of(p, target).act) &&
		    change_refers(p->graph->spec, node->targets[i], value))
			return true;
	}
	return false;
}

bool
plan_is_final(const struct planning *p, size_t vertex, struct str *why)
{
	struct plan_action action = plan_action_of(p, vertex);

	if (plan_act_creates(action.act) && goes_along(p, vertex))
		return false;
	return undo_is_impossible(graph_node(p->graph, vertex), action.act, action.diff, why);
}
