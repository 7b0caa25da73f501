/* SPDX-License-Identifier: Apache-2.0
 * node_start.c - from waiting for others to an intent that is durable. */
#include "engine/node_states.h"

#include "engine/resolve.h"
#include "engine/tags.h"
#include "engine/work.h"
#include "plan/undo.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define WHY_MAX 512

/* ---- pending ---- */

static bool
is_kept(const struct node *node)
{
	return node->execution->undoing && node->undo == UNDO_NOTHING;
}

/* All that it waits for, but for the slot. */
static bool
may_start(const struct node *node)
{
	if (node->reconcile)
		return true;
	return node->waiting == 0 && node->gates == 0 && !node->blocked &&
	       execution_admits(node->execution) && admission_of(node);
}

enum node_state
decide_pending(const struct node *node)
{
	if (node->blocked)
		return NODE_BLOCKED;
	if (node->waiting == 0 && is_kept(node))
		return NODE_KEPT;
	if (node->waiting == 0 && node->skip)
		return NODE_SKIPPED;
	return may_start(node) && node->slot.state == SLOT_HELD ? NODE_RESOLVING : NODE_PENDING;
}

void
step_pending(struct node *node)
{
	if (node->blocked || node->skip || is_kept(node))
		return;
	if (!may_start(node))
		node_drop_slot(node);
	else if (node->slot.state == SLOT_NONE)
		node_want_slot(node);
}

void
leave_pending(struct node *node)
{
	struct execution *e = node->execution;

	if (node->blocked || node->skip || node->reconcile)
		e->leaving--;
	else
		admission_taken(node);
	if (node->blocked || node->skip || is_kept(node)) {
		node_drop_slot(node);
		return;
	}
	node->started_ms = loop_wall_ms(execution_loop(e));
	work_create(node);
}

/* ---- resolving ---- */

/* The look at what a call that was given up may have done. */
static enum node_state
decide_reconciled(const struct node *node)
{
	enum node_state next;

	if (!node->doubtful)
		return node_stopped(node);
	if (node->work->looked == OP_PENDING)
		return NODE_RESOLVING;
	if (node->work->looked == OP_OK)
		return NODE_RECORDING;
	next = after_failure(node, node->work->looked);
	return next == NODE_FAILED ? node_stopped(node) : next;
}

enum node_state
decide_resolving(const struct node *node)
{
	if (node_stop(node) != STOP_NONE)
		return decide_reconciled(node);
	if (node->work->looked == OP_PENDING)
		return NODE_RESOLVING;
	if (node->work->looked != OP_OK)
		return after_failed_look(node, node->work->looked);
	if (node_is_dry(node))
		return NODE_RECORDING;
	switch (node->work->act) {
	case PLAN_VERIFY: return NODE_RECORDING;
	case PLAN_NO_OP: return node->work->found != NULL ? NODE_SETTLING : NODE_RECORDING;
	case PLAN_LEAVE: return NODE_RECORDING;
	case PLAN_CREATE:
	case PLAN_MOVE:
	case PLAN_UPDATE:
	case PLAN_ADOPT:
	case PLAN_REPLACE:
	case PLAN_DELETE: return NODE_INTENDING;
	case PLAN_UNDECIDED:
	case PLAN_ACTS_N: break;
	}
	must(!"resolving ends with a decision");
	return NODE_FAILED;
}

void
leave_resolving(struct node *node)
{
	enum node_state next = decide_resolving(node);

	timer_disarm(execution_loop(node->execution), &node->work->timer);
	if (work_is_asking(node->work))
		work_cancel(node->work);
	if ((next == NODE_INTENDING || next == NODE_SETTLING) && node->work->found != NULL &&
	    !work_takes_away(node->work))
		node_take_outputs(node, node->work->found);
	if (next == NODE_INTENDING && node->attempt < UINT16_MAX)
		node->attempt++;
	if (next == NODE_RECORDING && node_stop(node) != STOP_NONE)
		node->work->cut_short = true;
}

/* ---- intending: what was journalled on the way in must be durable ---- */

static bool
overwrites(const struct work *work)
{
	return work->act == PLAN_UPDATE || work->act == PLAN_ADOPT;
}

/* What an update is about to overwrite, or an undo of a create has to know. */
static struct json_object *
there_was(const struct work *work)
{
	if (plan_act_creates(work->act))
		return work->kept;
	return overwrites(work) ? json_get_object(work->found, "properties") : NULL;
}

/* Of what was there before, not all may be known: what could be read back. What goes is gone. */
static void
learn_final(struct node *node)
{
	struct str why;

	if (node->final != NULL || !(overwrites(node->work) || work_takes_away(node->work)))
		return;
	str_init(&why, WHY_MAX);
	if (undo_is_impossible(node_spec(node), node->work->act, node->diff, &why))
		node->final = str_take(&why);
	str_fini(&why);
}

/* How it was before is durable with the intent to change that. */
void
enter_intending(struct node *node)
{
	if (rollback_records(node->execution)) {
		learn_final(node);
		if (node->before == NULL)
			node->before = json_object_get(there_was(node->work));
		if (node->before_tags == NULL && overwrites(node->work))
			node->before_tags = tags_before(node->work);
	}
	execution_await_durable(node->execution, node);
}

enum node_state
decide_intending(const struct node *node)
{
	if (node_stop(node) != STOP_NONE)
		return node->work->found != NULL ? NODE_RECORDING : node_stopped(node);
	return node_is_durable(node) && execution_may_call(node->execution) ? NODE_CALLING
									    : NODE_INTENDING;
}

void
leave_intending(struct node *node)
{
	execution_forget_durable(node->execution, node);
	node->work->cut_short = node_stop(node) != STOP_NONE;
}
