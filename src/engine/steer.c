/* SPDX-License-Identifier: Apache-2.0
 * steer.c - what people tell an execution that runs: cancel it, pause, go on, leave it to others. */
#include <stdlib.h>

#include "engine/execution.h"
#include "engine/work.h"
#include "util/check.h"

#define COOL_OFF_US 60000000

static void
wake_active(struct execution *e)
{
	for (size_t v = 0; v < e->graph->n; v++) {
		if (e->nodes[v].work != NULL)
			node_wake(&e->nodes[v]);
	}
	execution_wake(e);
}

/* Its time is over: a cancel is forced, a drain waits no longer. */
static void
on_cool_off(struct timer *timer)
{
	struct execution *e = container_of(timer, struct execution, cool_off);

	if (e->draining)
		e->drain_over = true;
	else
		e->stop = STOP_FORCED;
	wake_active(e);
}

enum err_code
execution_cancel(struct execution *e, const struct cancel_request *request, struct err *err)
{
	if (e->status == STATUS_CANCELLED)
		return ERR_OK;
	if (e->step != STEP_RUNNING || e->draining)
		return err_set(
		    err, ERR_CONFLICT, "the execution is %s", execution_status_name(e->status));
	if (e->undoing && !(e->aborted && request->undo))
		return err_set(err, ERR_CONFLICT, "the execution is rolling back");
	if (e->undoing)
		return ERR_OK;
	if (request->undo && rollback_check(e, err) != ERR_OK)
		return err->code;
	e->aborted |= request->undo;
	if (e->stop == STOP_NONE) {
		e->stop = STOP_GENTLE;
		execution_set_running(e);
		timer_arm(execution_loop(e), &e->cool_off, COOL_OFF_US);
	}
	if (request->force)
		e->stop = STOP_FORCED;
	e->news_seq = e->journal.seq;
	wake_active(e);
	return ERR_OK;
}

enum err_code
execution_pause(struct execution *e, struct err *err)
{
	if (e->status == STATUS_PAUSED)
		return ERR_OK;
	if (e->step != STEP_RUNNING || e->draining)
		return err_set(
		    err, ERR_CONFLICT, "the execution is %s", execution_status_name(e->status));
	if (e->stop != STOP_NONE || e->undoing)
		return err_set(err, ERR_CONFLICT, "the execution is %s",
		    e->undoing ? "rolling back" : "being cancelled");
	admission_pause(e);
	execution_set_running(e);
	e->news_seq = e->journal.seq;
	execution_wake(e);
	return ERR_OK;
}

static enum err_code
start_again(struct execution *e, struct continue_request *request, struct err *err)
{
	if (e->step != STEP_RUNNING || e->status != STATUS_PAUSED || e->draining)
		return err_set(err, ERR_CONFLICT, "the execution is %s, not paused",
		    execution_status_name(e->status));
	if (e->reason == REASON_CREDENTIALS && e->starved > 0 && request->keyring.n == 0)
		return err_set(err, ERR_CONFLICT, "the execution waits for credentials");
	if (e->starved > 0)
		return ERR_OK;      /* it goes on where it was */
	e->status = STATUS_RUNNING; /* what is freed may start */
	if (admission_continue(e, request, err) != ERR_OK) {
		e->status = STATUS_PAUSED;
		return err->code;
	}
	return ERR_OK;
}

enum err_code
execution_continue(struct execution *e, struct continue_request *request, struct err *err)
{
	if (accounts_check(e, &request->keyring, err) != ERR_OK ||
	    start_again(e, request, err) != ERR_OK) {
		keyring_fini(&request->keyring);
		return err->code;
	}
	accounts_take(e, &request->keyring);
	keyring_take(&e->keyring, &request->keyring);
	for (size_t v = 0; v < e->graph->n; v++) {
		node_feed(&e->nodes[v]);
		node_wake(&e->nodes[v]); /* it may have been held up for the sake of another */
	}
	execution_set_running(e);
	e->news_seq = e->journal.seq;
	return ERR_OK;
}

void
execution_drain(struct execution *e, int64_t grace_us)
{
	if (e->draining || e->mode == MODE_DRY_RUN)
		return;
	e->draining = true;
	timer_arm(execution_loop(e), &e->cool_off, grace_us);
	execution_wake(e);
}

void
steer_init(struct execution *e)
{
	timer_init(&e->cool_off, on_cool_off);
	timer_set_lane(execution_loop(e), &e->cool_off, e->task.lane);
}
