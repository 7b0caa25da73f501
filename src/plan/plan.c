/* SPDX-License-Identifier: Apache-2.0
 * plan.c - the answer of /plan: what would be done, in which order, side by side with what, and
 * how long it would take. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan/undo.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/pattern.h"
#include "util/str.h"

#define WARNINGS_MAX    1000
#define WARNING_LEN_MAX 1024

/* Of an act: what it is counted as (NULL: not at all), its time in typical creates, what there is to say of it. */
static const struct act_row {
	const char *counted;
	double      weight;
	const char *reason; /* why nothing more is said of it; may be NULL */
} acts[PLAN_ACTS_N] = {
	[PLAN_UNDECIDED] = { NULL, 1, NULL },
	[PLAN_CREATE] = { "add", 1, NULL },
	[PLAN_UPDATE] = { "change", 1, NULL },
	[PLAN_REPLACE] = { "replace", 2, NULL },
	[PLAN_DELETE] = { "destroy", 1, NULL },
	[PLAN_NO_OP] = { "no_op", 0, NULL },
	[PLAN_LEAVE] = { NULL, 0, NULL },
	[PLAN_VERIFY] = { NULL, 1, "it is checked after the apply" },
};

static const char *const act_names[PLAN_ACTS_N] = {
#define X(act, text) [PLAN_##act] = text,
	PLAN_ACTS(X)
#undef X
};

const char *
plan_act_name(enum plan_act act)
{
	must(act < PLAN_ACTS_N);
	return act_names[act];
}

enum plan_act
plan_act_from(const char *name)
{
	for (unsigned act = 0; act < PLAN_ACTS_N; act++) {
		if (str_eq(name, act_names[act]))
			return (enum plan_act)act;
	}
	return PLAN_UNDECIDED;
}

struct planning {
	const struct graph       *graph;
	const struct plan_action *actions; /* may be NULL */
	uint32_t *order; /* vertices that are asked for, by level; within one, longest way first */
	size_t    n;
	bool      rolls_back;
	size_t    told; /* warnings */
	struct json_object *warnings;
};

static struct plan_action
action_of(const struct planning *p, size_t vertex)
{
	return p->actions != NULL ? p->actions[vertex]
				  : (struct plan_action){ .act = PLAN_UNDECIDED };
}

/* ---- order ---- */

static int
by_level(const void *a, const void *b, void *arg)
{
	const struct vertex *vertices = arg;
	uint32_t             i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct vertex *x = &vertices[i], *y = &vertices[j];

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	if (x->behind != y->behind)
		return x->behind > y->behind ? -1 : 1;
	return (i > j) - (i < j);
}

static void
put_in_order(struct planning *p)
{
	p->order = xcalloc(p->graph->n, sizeof(*p->order));
	for (size_t i = 0; i < p->graph->n; i++) {
		if (!action_of(p, i).skipped)
			p->order[p->n++] = (uint32_t)i;
	}
	qsort_r(p->order, p->n, sizeof(*p->order), by_level, p->graph->vertices);
}

/* ---- parts of the answer ---- */

static void
add_irreversible(
    struct json_object *json, const struct spec_node *node, const struct plan_action *action)
{
	struct str why;

	str_init(&why, WARNING_LEN_MAX);
	if (undo_is_impossible(node, action->act, action->diff, &why))
		json_set_str(json, "irreversible", why.data);
	str_fini(&why);
}

static struct json_object *
operation_of(const struct planning *p, size_t vertex)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct plan_action      action = action_of(p, vertex);
	struct json_object     *json = json_object_new_object();

	json_set_str(json, "node_id", node->node_id);
	json_set_str(json, "resource_id", node->resource_id);
	json_set_str(json, "composite", spec_node_composite(node));
	json_set_str(json, "check_of", node->check_of);
	json_set_str(json, "region", graph_region(p->graph, vertex));
	if (node->account[0] != '\0')
		json_set_str(json, "account", node->account);
	json_set_str(json, "type", node->type->name);
	json_set_str(json, "operation", act_names[action.act]);
	if (action.diff != NULL)
		json_set(json, "diff", json_object_get(action.diff));
	json_set_str(json, "reason", action.error != NULL ? action.error : acts[action.act].reason);
	add_irreversible(json, node, &action);
	return json;
}

static struct json_object *
operations(const struct planning *p)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < p->n; i++)
		json_object_array_add(list, operation_of(p, p->order[i]));
	return list;
}

/* "api-lambda@us-east-1", or "execution-role" for a global one. */
static struct json_object *
label_of(const struct planning *p, size_t vertex)
{
	const char         *region = graph_region(p->graph, vertex);
	struct str          text;
	struct json_object *json;

	str_init(&text, 256);
	str_add(&text, graph_node(p->graph, vertex)->resource_id);
	if (region[0] != '\0')
		str_addf(&text, "@%s", region);
	json = json_object_new_string(text.data);
	str_fini(&text);
	return json;
}

/* What can run side by side. What needs nothing done is left out, and so are groups without the
 * rest. */
static struct json_object *
parallel_groups(const struct planning *p)
{
	struct json_object *groups = json_object_new_array(), *group = NULL;
	uint32_t            level = 0;

	for (size_t i = 0; i < p->n; i++) {
		size_t vertex = p->order[i];

		if (acts[action_of(p, vertex).act].weight == 0)
			continue;
		if (group == NULL || p->graph->vertices[vertex].level != level) {
			group = json_object_new_array();
			json_object_array_add(groups, group);
			level = p->graph->vertices[vertex].level;
		}
		json_object_array_add(group, label_of(p, vertex));
	}
	return groups;
}

/* The longest way, in seconds: an order by level has nothing before what it waits for. */
static double
estimated_time(const struct planning *p)
{
	const struct graph *graph = p->graph;
	double             *start = xcalloc(graph->n, sizeof(*start)), longest = 0;

	for (size_t i = 0; i < p->n; i++) {
		uint32_t v = p->order[i];
		double   end = start[v] +
			     acts[action_of(p, v).act].weight * graph_node(graph, v)->type->seconds;

		if (end > longest)
			longest = end;
		for (uint32_t e = graph->out_at[v]; e < graph->out_at[v + 1]; e++) {
			if (start[graph->out[e]] < end)
				start[graph->out[e]] = end;
		}
	}
	free(start);
	return longest;
}

struct json_object *
plan_summary(const int64_t n[PLAN_ACTS_N])
{
	struct json_object *json = json_object_new_object();

	for (unsigned act = 0; act < PLAN_ACTS_N; act++) {
		if (acts[act].counted != NULL)
			json_set_i64(json, acts[act].counted, n[act]);
	}
	return json;
}

static struct json_object *
summary(const struct planning *p)
{
	int64_t n[PLAN_ACTS_N] = { 0 };

	for (size_t i = 0; i < p->n; i++)
		n[action_of(p, p->order[i]).act]++;
	return plan_summary(n);
}

/* ---- warnings ---- */

static void
warn(struct planning *p, struct json_object *label, const char *text)
{
	struct str line;

	if (p->told++ < WARNINGS_MAX) {
		str_init(&line, WARNING_LEN_MAX);
		str_addf(&line, "%s: %s", json_object_get_string(label), text);
		json_object_array_add(p->warnings, json_string(line.data, line.len));
		str_fini(&line);
	}
	json_object_put(label);
}

static void
warn_of_rollback(struct planning *p, size_t vertex, const struct plan_action *action)
{
	struct str line;

	str_init(&line, WARNING_LEN_MAX);
	str_add(&line, "a rollback can't undo it: ");
	if (undo_is_impossible(graph_node(p->graph, vertex), action->act, action->diff, &line))
		warn(p, label_of(p, vertex), line.data);
	str_fini(&line);
}

/* What the type has to say to some values: that they are not taken as they are. */
static void
warn_of_values(struct planning *p, size_t vertex)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct json_object     *advice = json_get_array(node->type->file, "advice");
	size_t                  n = advice != NULL ? json_object_array_length(advice) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(advice, i);
		const char *value = json_get_str(node->properties, json_get_str(one, "property"));

		if (value != NULL && pattern_match(json_get_str(one, "pattern"), value,
					 strlen(value)) == PATTERN_MATCH)
			warn(p, label_of(p, vertex), json_get_str(one, "says"));
	}
}

static void
warn_of_vertex(struct planning *p, size_t vertex)
{
	struct plan_action action = action_of(p, vertex);

	if (action.error != NULL)
		warn(p, label_of(p, vertex), action.error);
	if (action.act == PLAN_LEAVE)
		warn(p, label_of(p, vertex),
		    "the config no longer names it; it stays, unless it is told to prune");
	if (action.act == PLAN_CREATE)
		warn_of_values(p, vertex);
	if (p->rolls_back)
		warn_of_rollback(p, vertex, &action);
}

static const char *const stops[EDGE_TYPES_N] = {
	[EDGE_DEPENDENCY] = NULL,
	[EDGE_PAUSE] = "waits until told to continue",
	[EDGE_END] = "is behind an end, and is not reached",
};

static void
warn_of_stops(struct planning *p)
{
	const struct spec *spec = p->graph->spec;

	for (size_t i = 0; i < spec->edges_n; i++) {
		const struct spec_edge *edge = &spec->edges[i];

		if (stops[edge->type] != NULL)
			warn(p, json_object_new_string(spec->nodes[edge->to].resource_id),
			    stops[edge->type]);
	}
}

struct json_object *
plan_to_json(const struct graph *graph, const struct plan_action *actions, bool rolls_back)
{
	struct planning     p = { .graph = graph, .actions = actions, .rolls_back = rolls_back };
	struct json_object *json = json_object_new_object();

	p.warnings = json_object_new_array();
	put_in_order(&p);
	for (size_t i = 0; i < p.n; i++)
		warn_of_vertex(&p, p.order[i]);
	warn_of_stops(&p);
	json_set_bool(json, "success", true);
	json_set_str(json, "spec_graph_id", graph->spec->graph_id);
	json_set_str(json, "deployment_id", graph->spec->deployment_id);
	json_set_str(json, "version", graph->spec->version);
	json_set(json, "operations", operations(&p));
	json_set(json, "parallel_groups", parallel_groups(&p));
	json_set(json, "estimated_time", json_object_new_double(estimated_time(&p)));
	json_set(json, "validation_errors", json_object_new_array());
	json_set(json, "warnings", p.warnings);
	json_set(json, "summary", summary(&p));
	free(p.order);
	return json;
}
