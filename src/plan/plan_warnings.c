/* SPDX-License-Identifier: Apache-2.0
 * plan_warnings.c - what people should have read before they say yes. */
#include <stdlib.h>
#include <string.h>

#include "plan/change_inside.h"
#include "plan/move.h"
#include "plan/plan_inside.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/near.h"
#include "util/pattern.h"

#define WARNINGS_MAX 1000
#define NAME_SIZE    512

static void
tell(struct planning *p, const char *line, size_t len)
{
	if (p->told++ < WARNINGS_MAX)
		json_object_array_add(p->warnings, json_string(line, len));
}

static void
warn(struct planning *p, struct json_object *label, const char *text)
{
	struct str line;

	str_init(&line, PLAN_LINE_MAX);
	str_addf(&line, "%s: %s", json_object_get_string(label), text);
	tell(p, line.data, line.len);
	str_fini(&line);
	json_object_put(label);
}

/* ---- of one resource ---- */

static void
warn_of_error(struct planning *p, size_t vertex, const struct plan_action *action)
{
	if (action->error != NULL)
		warn(p, plan_label_of(p, vertex), action->error);
}

static void
warn_of_leaving(struct planning *p, size_t vertex, const struct plan_action *action)
{
	if (action->act == PLAN_LEAVE &&
	    change_twin(p->graph->spec, graph_node(p->graph, vertex)) == NULL)
		warn(p, plan_label_of(p, vertex),
		    "the config no longer names it; it stays, unless it is told to prune");
}

static void
warn_of_rollback(struct planning *p, size_t vertex, const struct plan_action *action)
{
	struct str line;

	(void)action;
	if (!p->options->rolls_back)
		return;
	str_init(&line, PLAN_LINE_MAX);
	str_add(&line, "a rollback can't undo it: ");
	if (plan_is_final(p, vertex, &line))
		warn(p, plan_label_of(p, vertex), line.data);
	str_fini(&line);
}

/* What is gone with it can't be made again. */
static void
warn_of_loss(struct planning *p, size_t vertex, const struct plan_action *action)
{
	const char *holds = json_get_str(graph_node(p->graph, vertex)->type->file, "holds");
	struct str  line;

	if (holds == NULL || p->copied[vertex] != 0 ||
	    (action->act != PLAN_DELETE && action->act != PLAN_REPLACE))
		return;
	str_init(&line, PLAN_LINE_MAX);
	str_addf(&line, "it is %s, and with it %s",
	    action->act == PLAN_DELETE ? "deleted" : "replaced", holds);
	warn(p, plan_label_of(p, vertex), line.data);
	str_fini(&line);
}

/* The new one does not have what the old one holds. */
static void
warn_of_move(struct planning *p, size_t vertex, const struct plan_action *action)
{
	const char *loss = move_loss(graph_node(p->graph, vertex));

	if (action->act == PLAN_MOVE && loss != NULL && p->copied[vertex] == 0)
		warn(p, plan_label_of(p, vertex), loss);
}

/* What it takes to copy from another account, and what is not copied. */
static void
warn_of_copy(struct planning *p, size_t vertex, const struct plan_action *action)
{
	const struct spec_node *node;
	struct json_object     *copy;
	size_t                  from, to;

	if (!plan_act_creates(action->act) || !graph_copies(p->graph, vertex, &from, &to) ||
	    p->copied[from] != 1 + vertex)
		return;
	node = graph_node(p->graph, to);
	copy = json_get_object(json_get_object(node->type->file, "move"), "copy");
	if (strcmp(graph_node(p->graph, from)->account, node->account) != 0)
		warn(p, plan_label_of(p, vertex), json_get_str(copy, "across"));
	if (move_has(node, json_get_object(copy, "leaves")))
		warn(p, plan_label_of(p, vertex),
		    json_get_str(json_get_object(copy, "leaves"), "why"));
}

static bool
is_value_of(struct json_object *properties, const char *text)
{
	json_object_object_foreach (properties, key, value) {
		(void)key;
		if (json_object_is_type(value, json_type_string) &&
		    str_eq(json_object_get_string(value), text))
			return true;
	}
	return false;
}

/* It will be called otherwise than the config says. */
static void
warn_of_name(struct planning *p, size_t vertex, const struct plan_action *action)
{
	struct str line;
	char       name[NAME_SIZE];

	(void)action;
	if (!plan_name(p, vertex, name, sizeof(name)) ||
	    is_value_of(graph_node(p->graph, vertex)->properties, name))
		return;
	str_init(&line, PLAN_LINE_MAX);
	str_addf(&line, "it will be called %s", name);
	warn(p, plan_label_of(p, vertex), line.data);
	str_fini(&line);
}

/* What the type has to say to some values: that they are not taken as they are. */
static void
warn_of_values(struct planning *p, size_t vertex, const struct plan_action *action)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct json_object     *advice = json_get_array(node->type->file, "advice");
	size_t                  n = advice != NULL ? json_object_array_length(advice) : 0;

	for (size_t i = 0; i < n && plan_act_creates(action->act); i++) {
		struct json_object *one = json_object_array_get_idx(advice, i);
		const char *value = json_get_str(node->properties, json_get_str(one, "property"));

		if (value != NULL && pattern_match(json_get_str(one, "pattern"), value,
					 strlen(value)) == PATTERN_MATCH)
			warn(p, plan_label_of(p, vertex), json_get_str(one, "says"));
	}
}

static void
warn_of_vertex(struct planning *p, size_t vertex)
{
	static void (*const warnings[])(
	    struct planning * p, size_t vertex, const struct plan_action *action) = {
		warn_of_error,
		warn_of_leaving,
		warn_of_loss,
		warn_of_move,
		warn_of_copy,
		warn_of_name,
		warn_of_values,
		warn_of_rollback,
	};
	struct plan_action action = plan_action_of(p, vertex);

	for (size_t i = 0; i < array_len(warnings); i++)
		warnings[i](p, vertex, &action);
}

/* ---- of all of them ---- */

/* Where a limit counts them together: those of one type, account and, if it is per region, region. */
struct quota {
	const struct resource_type *type;
	const char                 *account, *region;
	struct json_object         *says; /* {"per", "count", "name"} */
	int64_t                     n;
};

static struct quota
quota_of(const struct planning *p, size_t vertex)
{
	const struct spec_node *node = graph_node(p->graph, vertex);
	struct json_object     *says = json_get_object(node->type->file, "quota");
	bool                    by_region = str_eq(json_get_str(says, "per"), "region");

	return (struct quota){
		.type = node->type,
		.account = node->account,
		.region = by_region ? graph_region(p->graph, vertex) : "",
		.says = says,
		.n = 1,
	};
}

static int
by_quota(const void *a, const void *b)
{
	const struct quota *x = a, *y = b;
	int                 type = strcmp(x->type->name, y->type->name);
	int                 account = strcmp(x->account, y->account);

	if (type != 0 || account != 0)
		return type != 0 ? type : account;
	return strcmp(x->region, y->region);
}

static void
warn_of_quota(struct planning *p, const struct quota *quota)
{
	int64_t    limit = json_get_i64(quota->says, "count", INT64_MAX);
	struct str line;

	if (quota->n <= limit)
		return;
	str_init(&line, PLAN_LINE_MAX);
	str_addf(&line,
	    "this plan creates %lld of %s%s%s, and an account has room for %lld (%s), unless that "
	    "was "
	    "raised",
	    (long long)quota->n, quota->type->name, quota->region[0] != '\0' ? " in " : "",
	    quota->region, (long long)limit, json_get_str(quota->says, "name"));
	tell(p, line.data, line.len);
	str_fini(&line);
}

static void
warn_of_quotas(struct planning *p)
{
	struct quota *quotas = xcalloc(p->n, sizeof(*quotas));
	size_t        n = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct quota quota = quota_of(p, p->order[i]);

		if (quota.says != NULL && plan_act_creates(plan_action_of(p, p->order[i]).act))
			quotas[n++] = quota;
	}
	qsort(quotas, n, sizeof(*quotas), by_quota);
	for (size_t i = 0, first = 0; i < n; i++) {
		if (by_quota(&quotas[first], &quotas[i]) != 0)
			first = i;
		else if (i != first)
			quotas[first].n++;
		if (i == n - 1 || by_quota(&quotas[first], &quotas[i + 1]) != 0)
			warn_of_quota(p, &quotas[first]);
	}
	free(quotas);
}

/* New ones appear every year; but so do slips of the fingers. */
static void
warn_of_region(struct planning *p, struct provider *provider, const char *region)
{
	char        buf[NEAR_TEXT_SIZE];
	struct near near;
	struct str  line;

	near_init(&near, region);
	if (provider->region(provider, region, &near) != REGION_UNHEARD_OF)
		return;
	str_init(&line, PLAN_LINE_MAX);
	str_addf(&line, "%s is no region of %s that is known here%s", region, provider->name,
	    near_text(&near, buf));
	tell(p, line.data, line.len);
	str_fini(&line);
}

static void
warn_of_regions(struct planning *p)
{
	struct lh_table *seen = lh_kchar_table_new(SPEC_REGIONS_MAX, NULL);

	must(seen != NULL);
	for (size_t i = 0; p->options->registry != NULL && i < p->n; i++) {
		const struct spec_node *node = graph_node(p->graph, p->order[i]);
		const char             *region = graph_region(p->graph, p->order[i]);
		struct provider        *provider =
		    registry_provider(p->options->registry, node->type->provider);

		if (node->type->global || spec_node_is_leaving(node) || provider == NULL ||
		    provider->region == NULL || lh_table_lookup_ex(seen, region, NULL))
			continue;
		lh_table_insert(seen, region, node);
		warn_of_region(p, provider, region);
	}
	lh_table_free(seen);
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

void
plan_find_copied(struct planning *p)
{
	size_t from, to;

	p->copied = xcalloc(p->graph->n, sizeof(*p->copied));
	for (size_t i = 0; i < p->n; i++) {
		if (graph_copies(p->graph, p->order[i], &from, &to) && p->copied[from] == 0)
			p->copied[from] = p->copied[to] = 1 + p->order[i];
	}
}

void
plan_warn(struct planning *p)
{
	for (size_t i = 0; i < p->n; i++)
		warn_of_vertex(p, p->order[i]);
	warn_of_regions(p);
	warn_of_quotas(p);
	warn_of_stops(p);
}
