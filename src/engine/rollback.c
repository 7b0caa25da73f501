/* SPDX-License-Identifier: Apache-2.0
 * rollback.c - undoing what a failed apply has created or changed: its nodes once more, dependants first. What was
 * created is deleted, what was changed goes back to the properties recorded before the change. A delete can't be
 * undone; the plan says so. */
#include <stdlib.h>

#include "engine/execution.h"
#include "engine/node_states.h"
#include "engine/work.h"
#include "util/mem.h"

enum undo
rollback_undo(const struct node *node)
{
	if (!node->acted)
		return UNDO_NOTHING;
	if (plan_act_creates(node->act))
		return UNDO_DELETE;
	return (node->act == PLAN_UPDATE || node->act == PLAN_ADOPT) && node->before != NULL
		   ? UNDO_RESTORE
		   : UNDO_NOTHING;
}

/* What was there before a change is recorded for that, and only then. */
static bool
is_provided_for(const struct execution *e)
{
	return e->on_failure == ON_FAILURE_ROLLBACK || e->kind == EXECUTION_MOVE;
}

/* What is taken away from where it was can't be put back: a move goes on from there. */
static bool
is_past_return(const struct execution *e)
{
	for (size_t v = 0; e->kind == EXECUTION_MOVE && v < e->graph->n; v++) {
		const struct node *node = &e->nodes[v];

		if (node->acted && (node->act == PLAN_DELETE || node->act == PLAN_REPLACE))
			return true;
	}
	return false;
}

bool
rollback_is_needed(const struct execution *e)
{
	bool asked = e->aborted || e->on_failure == ON_FAILURE_ROLLBACK;

	if (!asked || e->kind == EXECUTION_DESTROY || e->undoing || is_past_return(e))
		return false;
	for (size_t v = 0; v < e->graph->n; v++) {
		if (rollback_undo(&e->nodes[v]) != UNDO_NOTHING)
			return true;
	}
	return false;
}

enum err_code
rollback_check(const struct execution *e, struct err *err)
{
	if (!is_provided_for(e))
		return err_set(err, ERR_CONFLICT,
		    "what was there before was not recorded: only a move, and what was begun with "
		    "on_failure "
		    "rollback, can be undone");
	if (is_past_return(e))
		return err_set(err, ERR_CONFLICT,
		    "it has begun to delete what was there before, and can't be undone any more: "
		    "let it come to its end");
	return ERR_OK;
}

bool
rollback_records(const struct execution *e)
{
	return is_provided_for(e) && !e->undoing;
}

/* What of a node lasts from the way there to the way back. */
struct lasting {
	enum undo           undo;
	struct json_object *before;
	char               *outputs, *final;
	struct node_error  *error;
	int64_t             started_ms, doubt_until_us;
	bool                doubtful;
	bool                failed; /* so what it did may not be seen yet */
};

static struct lasting
take_lasting(struct node *node)
{
	bool           failed = node->state == NODE_FAILED;
	struct lasting lasting = { rollback_undo(node), node->before, node->outputs, node->final,
		failed ? node->error : NULL, node->started_ms, node->doubt_until_us, node->doubtful,
		failed && node->acted };

	if (lasting.undo != UNDO_RESTORE) { /* it was not changed */
		free(lasting.final);
		lasting.final = NULL;
	}
	node->before = NULL;
	node->outputs = node->final = NULL;
	if (failed) /* one that came right in the end has nothing to tell */
		node->error = NULL;
	return lasting;
}

static void
give_lasting(struct node *node, struct lasting *lasting)
{
	node->undo = (uint8_t)lasting->undo;
	node->before = lasting->before;
	node->outputs = lasting->outputs;
	node->final = lasting->final;
	node->error = lasting->error;
	node->started_ms = lasting->started_ms;
	node->doubt_until_us = lasting->doubt_until_us;
	node->doubtful = lasting->doubtful;
	if (lasting->failed)
		node_doubt(node);
}

void
rollback_begin(struct execution *e)
{
	struct lasting *lasting = xcalloc(e->graph->n, sizeof(*lasting));
	size_t          n = e->graph->n;

	for (size_t v = 0; v < n; v++)
		lasting[v] = take_lasting(&e->nodes[v]);
	e->undoing = true;
	e->stop = STOP_NONE;
	timer_disarm(execution_loop(e), &e->cool_off);
	e->failed_before = e->failed;
	execution_reverse(e, true);
	for (size_t v = 0; v < n; v++) /* a vertex has the same number in either order */
		give_lasting(&e->nodes[v], &lasting[v]);
	free(lasting);
	for (size_t v = 0; v < n; v++) {
		if (e->nodes[v].waiting == 0)
			admission_freed(&e->nodes[v]);
	}
}
