/* SPDX-License-Identifier: Apache-2.0
 * settle.c - what becomes of an execution when nothing is under way and nothing may start: a pause, a way back, an
 * end; or it is left to others. */
#include "engine/cleanup.h"
#include "engine/execution.h"
#include "engine/held.h"
#include "engine/proof.h"
#include "engine/work.h"
#include "util/check.h"
#include "util/mem.h"

struct plan_action
execution_action(const struct execution *e, uint32_t vertex)
{
	const struct node *node = &e->nodes[vertex];

	struct plan_action action = {
		.act = (enum plan_act)node->act,
		.diff = node->diff,
		.error = node->state == NODE_FAILED ? node->error->message : NULL,
		.by_tags = node->by_tags,
		.foreign = node->foreign,
		.skipped = node->state == NODE_SKIPPED,
		.result = node->state == NODE_FAILED ? node->error->type : OP_OK,
	};

	held_tell(node, &action);
	return action;
}

/* What a dry run found out, for whoever asked for it. */
static void
make_actions(struct execution *e)
{
	e->actions = xcalloc(e->graph->n, sizeof(*e->actions));
	for (size_t i = 0; i < e->graph->n; i++)
		e->actions[i] = execution_action(e, (uint32_t)i);
}

static void
close_as(struct execution *e, enum execution_status status, enum execution_reason reason)
{
	if (e->mode == MODE_DRY_RUN)
		make_actions(e);
	e->step = STEP_CLOSING;
	e->last_verb = STORE_FINISH;
	e->completed_ms = loop_wall_ms(execution_loop(e));
	execution_set_status(e, status, reason);
}

/* What could be done is done. A destroy is not over before it is known what else there is of its deployment. */
static void
close_done(struct execution *e, enum execution_reason reason)
{
	if (e->failed > 0)
		close_as(e, STATUS_FAILED, REASON_NONE);
	else if (!proof_is_wanted(e))
		close_as(e, STATUS_COMPLETED, reason);
	else if (proof_is_there(e))
		close_as(
		    e, STATUS_COMPLETED, proof_found_something(e) ? REASON_SOMETHING_LEFT : reason);
}

/* Also what was taken away for good, which a rollback has nothing to do about. */
static bool
is_undone_in_part(const struct node *node)
{
	return node->final != NULL && (node->undo == UNDO_RESTORE || node->state == NODE_UNDONE ||
					  node->state == NODE_KEPT);
}

static void
close_undone(struct execution *e)
{
	bool all = e->failed == e->failed_before;

	for (size_t v = 0; v < e->graph->n; v++)
		all = all && !is_undone_in_part(&e->nodes[v]);

	close_as(e, e->aborted ? STATUS_CANCELLED : STATUS_FAILED,
	    all ? REASON_ROLLED_BACK : REASON_ROLLBACK_INCOMPLETE);
}

void
execution_drop_work(struct execution *e)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		work_destroy(&e->nodes[v]);
		slot_drop(&e->nodes[v].slot);
		task_cancel(execution_loop(e), &e->nodes[v].task);
	}
}

/* To other processes, or until somebody brings credentials, or looks. What is under way is found by its identity. */
void
execution_leave(struct execution *e)
{
	bool                  is_poisonous = execution_is_poisonous(e);
	bool                  parks = is_poisonous || execution_needs_credentials(e, false);
	enum execution_reason reason = is_poisonous ? REASON_QUARANTINED : REASON_CREDENTIALS;

	execution_drop_work(e);
	e->step = STEP_CLOSING;
	e->last_verb = parks ? STORE_PARK : STORE_RELEASE;
	if (parks && (e->status != STATUS_PAUSED || e->reason != reason))
		execution_set_status(e, STATUS_PAUSED, reason);
	execution_wake(e);
}

static void
pause_at(struct execution *e, enum execution_reason reason)
{
	execution_set_status(e, STATUS_PAUSED, reason);
	e->news_seq = e->journal.seq;
}

void
execution_on_lingered(struct timer *timer)
{
	execution_wake(container_of(timer, struct execution, linger));
}

void
execution_linger(struct execution *e, int64_t for_us)
{
	int64_t until_us = loop_now_us(execution_loop(e)) + for_us;

	if (timer_is_armed(&e->linger) && e->linger_until_us >= until_us)
		return;
	e->linger_until_us = until_us;
	timer_arm(execution_loop(e), &e->linger, for_us);
}

/* What a process has left may have calls in it whose effect nobody knows: it does not end before they are looked at.
 * False: there are none, or none that can be looked at. */
static bool
reconcile(struct execution *e)
{
	bool any = false;

	if (execution_needs_credentials(e, true))
		return false;
	for (size_t v = 0; v < e->graph->n; v++) {
		struct node *node = &e->nodes[v];

		if (node->state != NODE_PENDING || !node->doubtful)
			continue;
		node_reconcile(node);
		any = true;
	}
	return any;
}

/* Nothing is under way, and nothing may start. */
void
execution_settle(struct execution *e)
{
	enum execution_reason reason = REASON_NONE;
	bool                  stops = held_has_failed(e) && e->on_failure != ON_FAILURE_CONTINUE;
	bool undoes = (e->stop == STOP_NONE ? stops : e->aborted) && rollback_is_needed(e);

	if ((e->stop != STOP_NONE || stops) && !undoes && !e->undoing && reconcile(e))
		return;
	if (timer_is_armed(&e->linger) && !undoes)
		return;
	if (e->stop != STOP_NONE && !undoes) {
		close_as(e, STATUS_CANCELLED, e->aborted ? REASON_ROLLED_BACK : REASON_NONE);
	} else if (e->starved > 0) {
		pause_at(e, REASON_CREDENTIALS);
	} else if (e->undoing) {
		close_undone(e);
	} else if (undoes) {
		if (!journal_is_durable(&e->journal))
			return;
		rollback_begin(e);
		execution_set_running(e);
	} else if (stops) {
		close_as(e, STATUS_FAILED, REASON_NONE);
	} else if (!admission_advance(e, &reason)) {
		if (reason == REASON_STEP || reason == REASON_ASKED || reason == REASON_PAUSE_EDGE)
			pause_at(e, reason);
		else if (!cleanup_begin(e))
			close_done(e, reason);
	}
}
