/* SPDX-License-Identifier: Apache-2.0
 * held.c - looks at a node before it acts: is that what the plan was made for? */
#include "engine/held.h"

#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "engine/work.h"
#include "plan/saved.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define WHY_MAX 480

struct node_seen {
	struct json_object *found, *desired;
	bool                open;
};

/* ---- the plan ---- */

static bool
is_planned(const struct execution *e)
{
	return e->mode == MODE_DRY_RUN && execution_waits(e);
}

bool
held_is_to_be_new(const struct execution *e, size_t vertex)
{
	return is_planned(e) && e->nodes[vertex].act == PLAN_REPLACE;
}

/* Whose outputs may be others when the node's turn comes. */
static bool
may_change(const struct execution *e, size_t vertex)
{
	enum plan_act act = (enum plan_act)e->nodes[vertex].act;

	return act != PLAN_NO_OP && act != PLAN_LEAVE;
}

static bool
is_open(const struct node *node)
{
	const struct execution *e = node->execution;
	const struct spec_node *spec = node_spec(node);

	for (size_t i = 0; i < spec->targets_n; i++) {
		if (may_change(e, graph_target(e->graph, node_vertex(node), spec->targets[i])))
			return true;
	}
	return node->work->unresolved;
}

void
held_keep(struct node *node)
{
	struct node_seen *seen;

	if (!is_planned(node->execution) || node->work->looked != OP_OK)
		return;
	held_forget(node);
	seen = node->seen = xcalloc(1, sizeof(*seen));
	seen->found = json_object_get(node->work->found);
	seen->desired = json_object_get(node->work->desired);
	seen->open = is_open(node);
}

void
held_tell(const struct node *node, struct plan_action *action)
{
	const struct node_seen *seen = node->seen;

	if (seen == NULL)
		return;
	action->found = seen->found;
	action->desired = seen->desired;
	action->open = seen->open;
}

void
held_forget(struct node *node)
{
	struct node_seen *seen = node->seen;

	if (seen == NULL)
		return;
	json_object_put(seen->found);
	json_object_put(seen->desired);
	free(seen);
	node->seen = NULL;
}

/* ---- the apply ---- */

/* What this execution has done itself is no drift. */
static bool
is_held(const struct node *node)
{
	const struct execution *e = node->execution;

	return e->plan_id[0] != '\0' && !e->undoing && node->attempt == 0 && !node->acted &&
	       !node->reconcile;
}

static bool
refuse(struct node *node, bool holds, struct str *why)
{
	if (!holds) {
		node_set_error(node, OP_STALE, "%s", why->data);
		node_fail_look(node);
	}
	str_fini(why);
	return !holds;
}

bool
held_refuses_found(struct node *node)
{
	struct execution *e = node->execution;
	struct str        why;

	if (!is_held(node))
		return false;
	str_init(&why, WHY_MAX);
	return refuse(node,
	    saved_is_found(e->plan, e->graph, node_vertex(node), node->work->found, &why), &why);
}

bool
held_refuses_act(struct node *node)
{
	struct execution *e = node->execution;
	struct work      *work = node->work;
	struct str        why;

	if (!is_held(node) || work->looked != OP_OK)
		return false;
	str_init(&why, WHY_MAX);
	return refuse(node,
	    saved_is_act(e->plan, e->graph, node_vertex(node), work->act, work->desired, &why),
	    &why);
}

bool
held_has_failed(const struct execution *e)
{
	return e->failed > e->stale;
}

void
held_take_plan(struct execution *e, const char *text)
{
	struct err err;

	must(e->plan == NULL);
	e->plan = text != NULL ? json_read(text, strlen(text), &err) : NULL;
	if (e->plan == NULL)
		e->plan = json_object_new_object();
}
