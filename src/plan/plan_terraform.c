/* SPDX-License-Identifier: Apache-2.0
 * plan_terraform.c - each act as Terraform's actions, and around them what it shows of a plan. */
#include "plan/plan_terraform.h"

#include <stdio.h>
#include <string.h>

#include "plan/terraform_inside.h"
#include "util/json.h"

/* Of the document that is written here, not of a program. */
#define FORMAT_VERSION       "1.2"
#define STATE_FORMAT_VERSION "1.0"
#define TERRAFORM_VERSION    "1.9.0"

static const struct act_row {
	const char *actions[2];     /* none: it is not told of */
	const char *reason;         /* may be NULL */
	bool        changes, keeps; /* it is there afterwards */
} rows[PLAN_ACTS_N] = {
	[PLAN_UNDECIDED] = { { "create" }, NULL, true, true },
	[PLAN_CREATE] = { { "create" }, NULL, true, true },
	[PLAN_MOVE] = { { "create" }, NULL, true, true },
	[PLAN_UPDATE] = { { "update" }, NULL, true, true },
	[PLAN_ADOPT] = { { "update" }, NULL, true, true },
	[PLAN_REPLACE] = { { "delete", "create" }, "replace_because_cannot_update", true, true },
	[PLAN_DELETE] = { { "delete" }, "delete_because_no_resource_config", true, false },
	[PLAN_NO_OP] = { { "no-op" }, NULL, false, true },
	[PLAN_LEAVE] = { { NULL }, NULL, false, true },
	[PLAN_VERIFY] = { { NULL }, NULL, false, false },
};

struct writing {
	const struct graph *graph;
	struct json_object *changes, *planned, *prior; /* arrays of resources */
	bool                changed, errored;
};

/* ---- one resource ---- */

/* What a change, a planned value and a value of the state begin with. */
static struct json_object *
resource_of(const struct writing *w, size_t vertex)
{
	const struct spec_node *node = graph_node(w->graph, vertex);
	const char             *region = graph_region(w->graph, vertex);
	struct json_object     *json = json_object_new_object();
	char                    text[TERRAFORM_NAME_MAX], indexed[2 * TERRAFORM_NAME_MAX];

	terraform_address(node->type, node->resource_id, text);
	snprintf(indexed, sizeof(indexed), "%s[\"%s\"]", text, region);
	json_set_str(json, "address", node->regions_n > 1 ? indexed : text);
	json_set_str(json, "mode", "managed");
	terraform_type(node->type, text);
	json_set_str(json, "type", text);
	terraform_name(node->resource_id, text);
	json_set_str(json, "name", text);
	if (node->regions_n > 1)
		json_set_str(json, "index", region);
	terraform_provider(node->type, text);
	json_set_str(json, "provider_name", text);
	return json;
}

static struct json_object *
marks(struct json_object *marked)
{
	return marked != NULL ? json_object_get(marked) : json_object_new_object();
}

static struct json_object *
actions_of(const struct act_row *row)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < 2 && row->actions[i] != NULL; i++)
		json_object_array_add(list, json_object_new_string(row->actions[i]));
	return list;
}

/* "/network/vpc" is ["network", "vpc"]. */
static struct json_object *
path_of(const char *pointer)
{
	struct json_object *path = json_object_new_array();
	struct str          name;

	str_init(&name, TERRAFORM_NAME_MAX);
	for (const char *c = pointer; *c == '/';) {
		str_clear(&name);
		for (c++; *c != '\0' && *c != '/'; c++) {
			if (*c == '~' && (c[1] == '0' || c[1] == '1'))
				str_add_char(&name, *++c == '0' ? '~' : '/');
			else
				str_add_char(&name, *c);
		}
		json_object_array_add(path, json_string(name.data, name.len));
	}
	str_fini(&name);
	return path;
}

static struct json_object *
replace_paths(struct json_object *diff)
{
	struct json_object *paths = json_object_new_array();
	size_t              n = diff != NULL ? json_object_array_length(diff) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *entry = json_object_array_get_idx(diff, i);

		if (json_get_bool(entry, "requires_replacement", false))
			json_object_array_add(paths, path_of(json_get_str(entry, "path")));
	}
	return paths;
}

static void
add_import(struct json_object *change, const struct plan_action *action)
{
	struct json_object *importing = json_object_new_object();

	json_set(importing, "id", json_copy(json_get(action->found, "id")));
	json_set(change, "importing", importing);
}

/* Null stands for what is not there. */
static struct json_object *
change_of(const struct plan_action *action, const struct terraform_value *before,
    const struct terraform_value *after)
{
	const struct act_row *row = &rows[action->act];
	struct json_object   *json = json_object_new_object();

	json_set(json, "actions", actions_of(row));
	json_object_object_add(json, "before", json_object_get(before->shown));
	json_object_object_add(json, "after", json_object_get(after->shown));
	json_set(json, "after_unknown", marks(after->unknown));
	json_set(json, "before_sensitive", marks(before->sensitive));
	json_set(json, "after_sensitive", marks(after->sensitive));
	if (action->act == PLAN_REPLACE)
		json_set(json, "replace_paths", replace_paths(action->diff));
	if (action->act == PLAN_ADOPT)
		add_import(json, action);
	return json;
}

static void
add_values(
    struct json_object *list, struct json_object *resource, const struct terraform_value *value)
{
	json_set_i64(resource, "schema_version", 0);
	json_set(resource, "values", json_object_get(value->shown));
	json_set(resource, "sensitive_values", marks(value->sensitive));
	json_object_array_add(list, resource);
}

static void
add_change(struct writing *w, size_t vertex, const struct plan_action *action,
    const struct terraform_value *before, const struct terraform_value *after)
{
	const struct spec_node *node = graph_node(w->graph, vertex);
	struct json_object     *json = resource_of(w, vertex);
	char                    address[TERRAFORM_NAME_MAX];

	if (node->formerly != NULL && node->formerly[0] != '#') {
		terraform_address(node->type, node->formerly, address);
		json_set_str(json, "previous_address", address);
	}
	json_set(json, "change", change_of(action, before, after));
	json_set_str(json, "action_reason", rows[action->act].reason);
	json_object_array_add(w->changes, json);
}

static void
write_vertex(struct writing *w, size_t vertex, const struct plan_action *action)
{
	const struct act_row   *row = &rows[action->act];
	const struct spec_node *node = graph_node(w->graph, vertex);
	const char             *region = graph_region(w->graph, vertex);
	struct terraform_value  before = { 0 }, after = { 0 };

	w->errored = w->errored || action->error != NULL;
	if (row->actions[0] == NULL || action->error != NULL || node->check_of != NULL)
		return;
	w->changed = w->changed || row->changes;
	if (action->found != NULL)
		before = terraform_before(node, region, action);
	if (row->keeps && !spec_node_is_leaving(node))
		after = terraform_after(node, region, action);
	add_change(w, vertex, action, &before, &after);
	if (before.shown != NULL)
		add_values(w->prior, resource_of(w, vertex), &before);
	if (after.shown != NULL)
		add_values(w->planned, resource_of(w, vertex), &after);
	terraform_value_fini(&before);
	terraform_value_fini(&after);
}

/* ---- the document ---- */

static struct json_object *
root_of(struct json_object *resources)
{
	struct json_object *json = json_object_new_object();
	struct json_object *root = json_object_new_object();

	json_set(root, "resources", resources);
	json_set(json, "root_module", root);
	return json;
}

static struct json_object *
state_of(struct json_object *resources)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "format_version", STATE_FORMAT_VERSION);
	json_set_str(json, "terraform_version", TERRAFORM_VERSION);
	json_set(json, "values", root_of(resources));
	return json;
}

struct json_object *
plan_to_terraform(const struct graph *graph, const struct plan_action *actions)
{
	static const struct plan_action undecided = { .act = PLAN_UNDECIDED };
	struct json_object             *json = json_object_new_object();
	struct writing                  w = {
				 .graph = graph,
				 .changes = json_object_new_array(),
				 .planned = json_object_new_array(),
				 .prior = json_object_new_array(),
	};

	for (size_t i = 0; i < graph->n; i++) {
		size_t vertex = graph->order[i];

		if (actions == NULL || !actions[vertex].skipped)
			write_vertex(&w, vertex, actions != NULL ? &actions[vertex] : &undecided);
	}
	json_set_str(json, "format_version", FORMAT_VERSION);
	json_set_str(json, "terraform_version", TERRAFORM_VERSION);
	json_set(json, "planned_values", root_of(w.planned));
	json_set(json, "resource_changes", w.changes);
	json_set(json, "prior_state", state_of(w.prior));
	json_set(json, "configuration", terraform_configuration(graph->spec));
	json_set_bool(json, "applyable", w.changed && !w.errored);
	json_set_bool(json, "complete", actions != NULL && !w.errored);
	json_set_bool(json, "errored", w.errored);
	return json;
}
