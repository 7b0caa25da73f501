/* SPDX-License-Identifier: Apache-2.0
 * rollback.c - undoing what a failed apply has created or changed: its nodes once more, dependants first. What was
 * created is deleted, what was changed goes back to the properties and tags recorded before the change. A delete can't be
 * undone; the plan says so. */
#include <json-c/linkhash.h>
#include <stdlib.h>

#include "engine/execution.h"
#include "engine/node_states.h"
#include "engine/work.h"
#include "util/mem.h"
#include "util/str.h"

#define PLACE_MAX 256

static void
free_entry(struct lh_entry *entry)
{
	free(lh_entry_k(entry));
}

enum undo
rollback_undo(const struct node *node)
{
	if (!node->acted || node->lasts)
		return UNDO_NOTHING;
	if (plan_act_creates(node->act))
		return UNDO_DELETE;
	return (node->act == PLAN_UPDATE || node->act == PLAN_ADOPT) && node->before != NULL
		   ? UNDO_RESTORE
		   : UNDO_NOTHING;
}

bool
rollback_is_gone(const struct node *node)
{
	return node->acted && node->undo == UNDO_NOTHING &&
	       (node->act == PLAN_DELETE || node->act == PLAN_REPLACE);
}

/* ---- what lasts ---- */

/* A place of a resource, whatever is in it. */
static char *
place_of(const struct node *node)
{
	const struct spec_node *spec = node_spec(node);
	struct str              out;

	str_init(&out, PLACE_MAX);
	str_addf(&out, "%s@%s@%s", spec->owner_id,
	    graph_region(node->execution->graph, node_vertex(node)), spec->account);
	return str_take(&out);
}

/* Those that were made in the place of what is gone: without them there would be neither. */
static void
mark_heirs(struct execution *e)
{
	struct lh_table *gone = lh_kchar_table_new(16, free_entry);

	must(gone != NULL);
	for (size_t v = 0; v < e->graph->n; v++) {
		char *place = rollback_is_gone(&e->nodes[v]) ? place_of(&e->nodes[v]) : NULL;

		if (place == NULL || lh_table_lookup_ex(gone, place, NULL))
			free(place);
		else
			lh_table_insert(gone, place, e);
	}
	for (size_t v = 0; lh_table_length(gone) > 0 && v < e->graph->n; v++) {
		struct node *node = &e->nodes[v];
		char        *place = plan_act_creates(node->act) ? place_of(node) : NULL;

		node->lasts = place != NULL && lh_table_lookup_ex(gone, place, NULL);
		free(place);
	}
	lh_table_free(gone);
}

/* What lasts keeps what it refers to, and what was turned to it can't be turned back to what is gone. */
static bool
mark_beside(struct execution *e, uint32_t v)
{
	const struct spec_node *spec = node_spec(&e->nodes[v]);
	struct node            *node = &e->nodes[v];
	bool                    any = false;

	for (size_t t = 0; t < spec->targets_n; t++) {
		struct node *target = &e->nodes[graph_target(e->graph, v, spec->targets[t])];

		if (node->lasts && !target->lasts && rollback_undo(target) == UNDO_DELETE)
			target->lasts = any = true;
		if (!node->lasts && target->lasts && rollback_undo(node) == UNDO_RESTORE)
			node->lasts = any = true;
	}
	return any;
}

void
rollback_mark(struct execution *e)
{
	bool any;

	mark_heirs(e);
	do {
		any = false;
		for (size_t v = 0; v < e->graph->n; v++)
			any = mark_beside(e, (uint32_t)v) || any;
	} while (any);
}

/* ---- whether, and how ---- */

/* What was there before a change is recorded for that, and only then. */
static bool
is_provided_for(const struct execution *e)
{
	return e->on_failure == ON_FAILURE_ROLLBACK || e->kind == EXECUTION_MOVE;
}

/* What is taken away from where it was can't be put back: a move goes on from there, and so does what cleans up
 * (cleanup.h): what is new is all there. */
static bool
is_past_return(const struct execution *e)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		const struct node *node = &e->nodes[v];

		if ((e->kind == EXECUTION_MOVE || node->goes_last) && node->acted &&
		    (node->act == PLAN_DELETE || node->act == PLAN_REPLACE))
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
	struct json_object *before, *before_tags;
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
	struct lasting lasting = { rollback_undo(node), node->before, node->before_tags,
		node->outputs, node->final, failed ? node->error : NULL, node->started_ms,
		node->doubt_until_us, node->doubtful, failed && node->acted };

	if (lasting.undo != UNDO_RESTORE && !rollback_is_gone(node)) { /* it was not changed */
		free(lasting.final);
		lasting.final = NULL;
	}
	node->before = node->before_tags = NULL;
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
	node->before_tags = lasting->before_tags;
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

	rollback_mark(e);
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
