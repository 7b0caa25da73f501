/* SPDX-License-Identifier: Apache-2.0
 * verify.c - a verdict per resource, and how many there are of each. */
#include "plan/verify.h"

#include "util/json.h"

static const char *const names[VERDICTS_N] = {
#define X(name, text) [VERDICT_##name] = text,
	VERDICTS(X)
#undef X
};

/* By what an apply would do. */
static const struct verdict_row {
	enum verdict verdict;
	const char  *reason;
} by_act[PLAN_ACTS_N] = {
	[PLAN_UNDECIDED] = { VERDICT_UNREADABLE, "it was not looked at" },
	[PLAN_CREATE] = { VERDICT_MISSING, NULL },
	[PLAN_MOVE] = { VERDICT_MISSING, NULL },
	[PLAN_UPDATE] = { VERDICT_DRIFTED, NULL },
	[PLAN_ADOPT] = { VERDICT_NOT_OURS, "it is to be adopted" },
	[PLAN_REPLACE] = { VERDICT_DRIFTED, NULL },
	[PLAN_DELETE] = { VERDICT_DRIFTED, "it is there, and the config says that it is to go" },
	[PLAN_NO_OP] = { VERDICT_IN_SYNC, NULL },
	[PLAN_LEAVE] = { VERDICT_IN_SYNC, NULL },
	[PLAN_VERIFY] = { VERDICT_IN_SYNC, NULL },
};

/* By why that could not be decided; of a check, by why it does not hold. */
static const enum verdict by_result[OP_RESULTS_N][2] = {
	[OP_CONFLICT] = { VERDICT_NOT_OURS, VERDICT_UNREADABLE },
	[OP_AMBIGUOUS] = { VERDICT_AMBIGUOUS, VERDICT_UNREADABLE },
	[OP_FAILED] = { VERDICT_UNREADABLE, VERDICT_FAILING },
};

static struct verdict_row
row_of(const struct spec_node *node, const struct plan_action *action)
{
	enum verdict verdict;

	if (action->error == NULL)
		return by_act[action->act];
	verdict = by_result[action->result][node->check_of != NULL];
	return (struct verdict_row){
		.verdict = verdict != VERDICT_IN_SYNC ? verdict : VERDICT_UNREADABLE,
		.reason = action->error,
	};
}

/* What is missing has no difference in its properties: all of them are. */
static struct json_object *
diff_of(const struct verdict_row *row, const struct plan_action *action)
{
	return row->verdict == VERDICT_DRIFTED && action->diff != NULL
		   ? json_object_get(action->diff)
		   : json_object_new_array();
}

struct json_object *
verify_resource(const struct graph *graph, size_t vertex, const struct plan_action *action)
{
	const struct spec_node *node = graph_node(graph, vertex);
	struct verdict_row      row = row_of(node, action);
	struct json_object     *json;

	if (node->operation == SPEC_LEAVE)
		return NULL;
	json = json_object_new_object();
	json_set_str(json, "resource_id", node->resource_id);
	json_set_str(json, "composite", spec_node_composite(node));
	json_set_str(json, "check_of", node->check_of);
	json_set_str(json, "node_id", node->node_id);
	json_set_str(json, "region", graph_region(graph, vertex));
	if (node->account[0] != '\0')
		json_set_str(json, "account", node->account);
	json_set_str(json, "type", node->type->name);
	json_set_str(json, "verdict", names[row.verdict]);
	json_set_str(json, "reason", row.reason);
	json_set_str(json, "depth", action->by_tags ? "tags" : "full");
	json_set(json, "diff", diff_of(&row, action));
	return json;
}

struct json_object *
verify_to_json(
    const struct graph *graph, const struct plan_action *actions, struct json_object *warnings)
{
	struct json_object *json = json_object_new_object();
	struct json_object *resources = json_object_new_array();
	struct json_object *summary = json_object_new_object();
	int64_t             counts[VERDICTS_N] = { 0 };

	for (size_t v = 0; v < graph->n; v++) {
		struct json_object *resource = verify_resource(graph, v, &actions[v]);

		if (resource == NULL)
			continue;
		counts[row_of(graph_node(graph, v), &actions[v]).verdict]++;
		json_object_array_add(resources, resource);
	}
	for (unsigned verdict = 0; verdict < VERDICTS_N; verdict++)
		json_set_i64(summary, names[verdict], counts[verdict]);
	json_set_bool(json, "success",
	    counts[VERDICT_IN_SYNC] == (int64_t)json_object_array_length(resources));
	json_set_str(json, "graph_id", graph->spec->graph_id);
	json_set_str(json, "deployment_id", graph->spec->deployment_id);
	json_set_str(json, "version", graph->spec->version);
	json_set(json, "resources", resources);
	json_set(json, "summary", summary);
	json_set(json, "warnings",
	    warnings != NULL ? json_object_get(warnings) : json_object_new_array());
	return json;
}
