/* SPDX-License-Identifier: Apache-2.0
 * plan.c - the answer of /plan: what would be done, in which order, side by side with what, and
 * how long it would take. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan/diff_patch.h"
#include "plan/plan_inside.h"
#include "util/json.h"
#include "util/mem.h"

#define NAME_SIZE 512

const struct plan_act_row plan_acts[PLAN_ACTS_N] = {
	[PLAN_UNDECIDED] = { NULL, 1 },
	[PLAN_CREATE] = { "add", 1 },
	[PLAN_MOVE] = { "move", 1 },
	[PLAN_UPDATE] = { "change", 1 },
	[PLAN_REPLACE] = { "replace", 2 },
	[PLAN_DELETE] = { "destroy", 1 },
	[PLAN_ADOPT] = { "adopt", 1 },
	[PLAN_NO_OP] = { "no_op", 0 },
	[PLAN_LEAVE] = { NULL, 0 },
	[PLAN_VERIFY] = { NULL, 1 },
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

bool
plan_act_creates(enum plan_act act)
{
	return act == PLAN_CREATE || act == PLAN_MOVE;
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

struct plan_action
plan_action_of(const struct planning *p, size_t vertex)
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
		if (!plan_action_of(p, i).skipped)
			p->order[p->n++] = (uint32_t)i;
	}
	qsort_r(p->order, p->n, sizeof(*p->order), by_level, p->graph->vertices);
}

/* ---- the base ---- */

/* Of what is there and what is to go, both of one resource, the first says what was wanted. */
static void
index_base(struct planning *p)
{
	const struct spec *base = p->options->base;

	if (base == NULL)
		return;
	p->base = lh_kchar_table_new((int)base->nodes_n * 2 + 16, NULL);
	must(p->base != NULL);
	for (int leaving = 0; leaving < 2; leaving++) {
		for (size_t i = 0; i < base->nodes_n; i++) {
			struct spec_node *node = &base->nodes[i];
			void             *other;

			if (spec_node_is_leaving(node) == (leaving == 1) &&
			    !lh_table_lookup_ex(p->base, node->owner_id, &other))
				lh_table_insert(p->base, node->owner_id, node);
		}
	}
}

bool
plan_has_region(const struct spec_node *node, const char *region)
{
	for (size_t i = 0; i < node->regions_n; i++) {
		if (strcmp(node->regions[i], region) == 0)
			return true;
	}
	return region[0] == '\0' && node->regions_n == 0;
}

const struct spec_node *
plan_base_anywhere(const struct planning *p, size_t vertex)
{
	const struct spec_node *node = graph_node(p->graph, vertex), *base;
	void                   *found = NULL;

	if (p->base == NULL || !lh_table_lookup_ex(p->base, node->owner_id, &found))
		return NULL;
	base = found;
	return strcmp(base->type->name, node->type->name) == 0 &&
		       strcmp(base->account, node->account) == 0
		   ? base
		   : NULL;
}

const struct spec_node *
plan_base_of(const struct planning *p, size_t vertex)
{
	const struct spec_node *base = plan_base_anywhere(p, vertex);

	return base != NULL && plan_has_region(base, graph_region(p->graph, vertex)) ? base : NULL;
}

/* ---- parts of the answer ---- */

static void
add_irreversible(const struct planning *p, size_t vertex, struct json_object *json)
{
	struct str why;

	str_init(&why, PLAN_LINE_MAX);
	if (plan_is_final(p, vertex, &why))
		json_set_str(json, "irreversible", why.data);
	str_fini(&why);
}

static void
add_reason(const struct planning *p, size_t vertex, struct json_object *json)
{
	struct str reason;

	str_init(&reason, PLAN_LINE_MAX);
	plan_reason(p, vertex, &reason);
	if (reason.len > 0)
		json_set(json, "reason", json_string(reason.data, reason.len));
	str_fini(&reason);
}

static void
add_difference(const struct planning *p, size_t vertex, struct json_object *json)
{
	struct diff_patch patch;

	if (plan_action_of(p, vertex).diff == NULL)
		return;
	diff_patch_make(&patch, plan_action_of(p, vertex).diff);
	json_set(json, "diff", plan_origins(p, vertex));
	json_set(json, "patch", patch.list);
	if (json_object_array_length(patch.unknown) > 0)
		json_set(json, "unknown", json_object_get(patch.unknown));
	if (json_object_array_length(patch.sensitive) > 0)
		json_set(json, "sensitive", json_object_get(patch.sensitive));
	json_object_put(patch.unknown);
	json_object_put(patch.sensitive);
}

static struct json_object *
place_of(const struct planning *p, size_t vertex)
{
	struct json_object *place = json_object_new_object();

	json_set_str(place, "resource_id", graph_node(p->graph, vertex)->resource_id);
	json_set_str(place, "region", graph_region(p->graph, vertex));
	json_set_str(place, "account", graph_node(p->graph, vertex)->account);
	return place;
}

/* Where it moves from; or between which two it copies. */
static void
add_places(const struct planning *p, size_t vertex, struct json_object *json)
{
	size_t from, to;

	if (graph_copies(p->graph, vertex, &from, &to)) {
		json_set(json, "from", place_of(p, from));
		json_set(json, "to", place_of(p, to));
	} else if (plan_action_of(p, vertex).act == PLAN_MOVE &&
		   graph_moves_from(p->graph, vertex, &from)) {
		json_set(json, "from", place_of(p, from));
	}
}

static struct json_object *
operation_of(const struct planning *p, size_t vertex)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct plan_action      action = plan_action_of(p, vertex);
	struct json_object     *json = json_object_new_object();
	char                    name[NAME_SIZE];

	json_set_str(json, "node_id", node->node_id);
	json_set_str(json, "resource_id", node->resource_id);
	json_set_str(json, "composite", spec_node_composite(node));
	json_set_str(json, "check_of", node->check_of);
	json_set_str(json, "region", graph_region(p->graph, vertex));
	if (node->account[0] != '\0')
		json_set_str(json, "account", node->account);
	json_set_str(json, "type", node->type->name);
	json_set_str(json, "operation", act_names[action.act]);
	add_places(p, vertex, json);
	add_reason(p, vertex, json);
	if (plan_name(p, vertex, name, sizeof(name)))
		json_set_str(json, "name", name);
	add_difference(p, vertex, json);
	add_irreversible(p, vertex, json);
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

struct json_object *
plan_label_of(const struct planning *p, size_t vertex)
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

		if (plan_acts[plan_action_of(p, vertex).act].weight == 0)
			continue;
		if (group == NULL || p->graph->vertices[vertex].level != level) {
			group = json_object_new_array();
			json_object_array_add(groups, group);
			level = p->graph->vertices[vertex].level;
		}
		json_object_array_add(group, plan_label_of(p, vertex));
	}
	return groups;
}

/* As it was measured, else as the file of its type says. */
static double
seconds_of(const struct planning *p, size_t vertex)
{
	const struct resource_type *type = graph_node(p->graph, vertex)->type;
	enum plan_act               act = plan_action_of(p, vertex).act;
	double                      weight = plan_acts[act].weight, measured = -1;

	if (weight > 0 && p->options->seconds != NULL)
		measured = p->options->seconds(p->options->arg, type, act);
	return measured >= 0 ? measured : weight * type->seconds;
}

/* The longest way, in seconds: an order by level has nothing before what it waits for. */
static double
estimated_time(const struct planning *p)
{
	const struct graph *graph = p->graph;
	double             *start = xcalloc(graph->n, sizeof(*start)), longest = 0;

	for (size_t i = 0; i < p->n; i++) {
		uint32_t v = p->order[i];
		double   end = start[v] + seconds_of(p, v);

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
		if (plan_acts[act].counted != NULL)
			json_set_i64(json, plan_acts[act].counted, n[act]);
	}
	return json;
}

static struct json_object *
summary(const struct planning *p)
{
	int64_t             n[PLAN_ACTS_N] = { 0 };
	struct json_object *json;

	for (size_t i = 0; i < p->n; i++)
		n[plan_action_of(p, p->order[i]).act]++;
	json = plan_summary(n);
	if (n[PLAN_UNDECIDED] > 0)
		json_set_i64(json, "undecided", n[PLAN_UNDECIDED]);
	return json;
}

struct json_object *
plan_to_json(const struct graph *graph, const struct plan_action *actions,
    const struct plan_options *options)
{
	static const struct plan_options none;
	struct planning                  p = {
				 .graph = graph,
				 .actions = actions,
				 .options = options != NULL ? options : &none,
	};
	struct json_object *json = json_object_new_object();

	p.warnings = json_object_new_array();
	put_in_order(&p);
	index_base(&p);
	plan_find_copied(&p);
	plan_warn(&p);
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
	if (p.base != NULL)
		lh_table_free(p.base);
	free(p.copied);
	free(p.order);
	return json;
}
