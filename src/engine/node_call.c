/* SPDX-License-Identifier: Apache-2.0
 * node_call.c - from the call to a result that is durable. */
#include "engine/node_states.h"

#include "engine/emptying.h"
#include "engine/output.h"
#include "util/check.h"
#include "util/json.h"

#define US_PER_MS      1000
#define US_PER_S       1e6
#define SETTLE_LOOK_MS 1000

static enum op_kind
op_of_act(enum plan_act act)
{
	switch (act) {
	case PLAN_CREATE:
	case PLAN_MOVE: return OP_CREATE;
	case PLAN_UPDATE:
	case PLAN_ADOPT: return OP_UPDATE;
	case PLAN_REPLACE: /* the old one goes, then it is looked again, and nothing is there */
	case PLAN_DELETE: return OP_DELETE;
	case PLAN_NO_OP: return OP_READ;
	case PLAN_UNDECIDED:
	case PLAN_VERIFY:
	case PLAN_LEAVE:
	case PLAN_ACTS_N: break;
	}
	must(!"this act is no single op");
	return OP_KINDS_N;
}

/* What is settled is what all its tries have come to; of a replacement the half that it is at. */
static enum op_kind
settled_after(const struct node *node)
{
	if (node->act != PLAN_REPLACE)
		return op_of_act((enum plan_act)node->act);
	return work_takes_away(node->work) ? OP_DELETE : OP_CREATE;
}

static void
ask(struct node *node, enum op_kind kind)
{
	struct work *work = node->work;

	work_ask(work, node_spec(node),
	    &(struct op){
		.kind = kind,
		.after = settled_after(node),
		.identity = &work->identity,
		.desired = work->desired,
		.changes = work->changes,
		.known = work->found,
		.tags = work->tags,
		.restores = work->restores,
		.undo = node->undo == UNDO_DELETE,
		.kept = node->undo == UNDO_DELETE ? node->before : NULL,
	    });
}

/* ---- calling ---- */

void
enter_calling(struct node *node)
{
	node->execution->calling++;
	if (work_takes_away(node->work))
		emptying_take(node->work);
	ask(node, op_of_act(node->work->act));
}

/* What was to go has gone; what is to take its place comes by looking again. */
static enum node_state
after_gone(const struct node *node)
{
	return node->work->act == PLAN_REPLACE ? NODE_RESOLVING : NODE_RECORDING;
}

enum node_state
decide_calling(const struct node *node)
{
	enum op_result result = node->work->op.result;

	if (result == OP_PENDING)
		return node_stop(node) == STOP_FORCED ? NODE_RESOLVING : NODE_CALLING;
	if (result == OP_OK)
		return NODE_SETTLING;
	if (result == OP_ABSENT && work_takes_away(node->work))
		return after_gone(node);
	return after_failure(node, result);
}

/* What a create keeps for its undo, now that it is done. */
static void
take_kept(struct node *node)
{
	struct json_object *kept = json_get_object(node->work->found, "kept"), *all;

	if (kept == NULL || !plan_act_creates(node->work->act) ||
	    !rollback_records(node->execution))
		return;
	all = node->before != NULL ? json_copy(node->before) : json_object_new_object();
	json_object_object_foreach (kept, key, value)
		json_set(all, key, json_object_get(value));
	json_object_put(node->before);
	node->before = all;
}

/* What a create or an update tells is recorded with the next event: whatever becomes of the rest of its way, no id
 * gets lost. */
static void
take_done(struct node *node)
{
	struct work *work = node->work;

	work_take_found(work);
	take_kept(node);
	work->made = work->made || plan_act_creates(work->act);
	work->unseen = true;
	if (!work_takes_away(work))
		node_take_outputs(node, node->work->found);
}

/* A conflict may be with what an earlier try has made, or this one: some requests arrive twice. What is in the way of a delete
 * has kept it from being done. */
static bool
leaves_doubt(const struct node *node, enum op_result result)
{
	return result == OP_UNKNOWN || result == OP_PENDING ||
	       (result == OP_CONFLICT && !work_takes_away(node->work));
}

/* What has a way of its own to be undone has been made in part where its create failed. */
static bool
has_made_some(const struct node *node)
{
	return plan_act_creates(node->work->act) && node_spec(node)->type->undoes;
}

void
leave_calling(struct node *node)
{
	enum op_result result = node->work->op.result;
	bool           in_doubt = leaves_doubt(node, result);

	node->execution->calling--;
	execution_wake(node->execution);
	node->doubtful = in_doubt || (node->doubtful && result != OP_OK);
	node->acted = node->acted || node->doubtful || result == OP_OK || has_made_some(node);
	if (in_doubt)
		node_doubt(node);
	output_tell(node->work->output); /* before what is journalled next */
	if (result == OP_PENDING)
		work_cancel(node->work);
	else if (result == OP_OK)
		take_done(node);
	else if (result != OP_ABSENT || !work_takes_away(node->work))
		node_take_error(node);
}

/* ---- settling ---- */

void
enter_settling(struct node *node)
{
	const struct spec_node *spec = graph_node(node->execution->graph, node_vertex(node));

	node->work->settle_until_us = loop_now_us(execution_loop(node->execution)) +
				      (int64_t)(spec->type->settle_seconds * US_PER_S);
	ask(node, OP_SETTLE);
}

/* An answer that does not settle it, but may the next time. */
static bool
settles_later(const struct node *node)
{
	enum op_result result = node->work->op.result;

	if (node->work->op.over)
		return false;
	if (result == OP_NOT_YET || result == OP_THROTTLED || result == OP_TRANSIENT ||
	    result == OP_UNKNOWN)
		return true;
	return result == OP_ABSENT &&
	       !work_takes_away(node->work); /* not to be seen everywhere yet */
}

void
step_settling(struct node *node)
{
	struct work *work = node->work;
	int64_t      wait_ms = work->op.retry_after_ms;

	if (work->op.kind != OP_SETTLE || work_is_asking(work) || !settles_later(node) ||
	    timer_is_armed(&work->timer))
		return;
	if (work->asked_to_wait) {
		work->asked_to_wait = false;
		ask(node, OP_SETTLE);
		return;
	}
	work->asked_to_wait = true;
	timer_arm(execution_loop(node->execution), &work->timer,
	    (wait_ms > 0 ? wait_ms : SETTLE_LOOK_MS) * US_PER_MS);
}

enum node_state
decide_settling(const struct node *node)
{
	const struct work *work = node->work;

	if (node_stop(node) == STOP_FORCED)
		return NODE_RECORDING;
	if (work->op.result == OP_PENDING)
		return NODE_SETTLING;
	if (settles_later(node))
		return loop_now_us(execution_loop(node->execution)) < work->settle_until_us
			   ? NODE_SETTLING
			   : NODE_FAILED;
	if (work->op.result == OP_OK || work->op.result == OP_ABSENT)
		return work_takes_away(work) ? after_gone(node) : NODE_RECORDING;
	return after_failure(node, work->op.result);
}

void
leave_settling(struct node *node)
{
	struct work *work = node->work;

	timer_disarm(execution_loop(node->execution), &work->timer);
	if (work->op.over)
		work_begin_anew(work);
	if (work->op.result == OP_OK || (work->op.result == OP_ABSENT && work_takes_away(work)))
		work->unseen = false;
	if (work->op.result == OP_OK)
		work_take_found(work);
	else if (node_stop(node) == STOP_FORCED)
		work->cut_short = true;
	else if (settles_later(node))
		node_set_error(node, OP_FAILED, "it was not usable in time: %s", work->op.message);
	else if (work->op.result != OP_ABSENT)
		node_take_error(node);
	work->asked_to_wait = false;
	if (work_is_asking(work))
		work_cancel(work);
}

/* ---- recording ---- */

void
enter_recording(struct node *node)
{
	struct work *work = node->work;

	node->doubtful = false; /* it was looked at: this is how it is */
	if (!node_is_dry(node) && (!work_takes_away(work) || work->cut_short))
		node_take_outputs(node, work->found);
	execution_await_durable(node->execution, node);
}

enum node_state
decide_recording(const struct node *node)
{
	if (!node_is_durable(node))
		return NODE_RECORDING;
	if (node->work->cut_short)
		return node_stopped(node);
	return node->execution->undoing ? NODE_UNDONE : NODE_COMPLETED;
}
