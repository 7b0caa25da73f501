/* SPDX-License-Identifier: Apache-2.0
 * execution.c - the life of an execution, from its lease taken to its lease given back.
 *
 *   beginning ─► running ─► closing ─► releasing ─► ended
 *       └─► loading ─┘          (what a process has left, and the plan that it is held to)
 *
 * Each step but running is one store op (closing: the journal's last). A store that is down is asked
 * again for as long as the execution has begun; one that has not is given up after a few tries. */
#include "engine/execution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cleanup.h"
#include "engine/durations.h"
#include "engine/held.h"
#include "engine/record.h"
#include "engine/retention.h"
#include "engine/selection.h"
#include "engine/work.h"
#include "engine/telemetry.h"
#include "util/breath.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define BEGIN_TRIES_MAX 3
#define RETRY_US        200000
#define TEXT_MAX        (1024u * 1024 * 1024)

static void on_step_answered(struct store_op *op);
static void take_answer(struct execution *e);

void
execution_got_on(struct execution *e)
{
	if (e->takeovers == 0)
		return;
	e->takeovers = 0;
	e->journal.header_dirty = true;
}

/* ---- steps ---- */

static void
log_status(const struct execution *e)
{
	log_info("execution",
	    "tenant=%s deployment=%s graph=%s execution=%s kind=%s mode=%s status=%s reason=%s",
	    e->key.tenant, e->key.deployment, e->key.graph, e->id, execution_kind_name(e->kind),
	    execution_mode_name(e->mode), execution_status_name(e->status),
	    execution_reason_name(e->reason));
}

void
execution_set_status(
    struct execution *e, enum execution_status status, enum execution_reason reason)
{
	e->status = status;
	e->reason = reason;
	journal_execution(&e->journal);
	log_status(e);
	if (status == STATUS_COMPLETED || status == STATUS_FAILED || status == STATUS_CANCELLED)
		telemetry_ended(e->engine->telemetry, e);
}

void
execution_set_running(struct execution *e)
{
	execution_set_status(e, STATUS_RUNNING,
	    e->stop != STOP_NONE ? REASON_CANCELLING
	    : e->undoing         ? REASON_ROLLING_BACK
	    : e->admission.asked ? REASON_PAUSING
				 : REASON_NONE);
}

static void
ask_store(struct execution *e, enum store_verb verb)
{
	store_op_fini(&e->op);
	e->asking = true;
	e->asked_us = loop_now_us(execution_loop(e));
	e->op = (struct store_op){
		.verb = verb,
		.key = e->key,
		.text = e->text,
		.fence = e->fence,
		.seq = e->journal.durable,
		.now_ms = loop_wall_ms(execution_loop(e)),
		.execution =
		    e->step == STEP_LOADING ? NULL : e->id, /* which it is, is to be learned */
		.plan = e->plan_id,
		.newest = verb == STORE_BEGIN ? e->newest : NULL,
		.at_once = true,
		.done = on_step_answered,
	};
	store_start(e->engine->options.store, &e->op);
}

static void
start_beginning(struct execution *e)
{
	struct str text;

	e->step = STEP_BEGINNING;
	e->status = STATUS_PENDING;
	free(e->text);
	e->text = NULL;
	if (!e->resuming) {
		str_init(&text, TEXT_MAX);
		record_header(e, &text);
		e->text = str_take(&text);
	}
	ask_store(e, STORE_BEGIN);
}

static void
start_releasing(struct execution *e, enum store_verb verb)
{
	e->step = STEP_RELEASING;
	lease_end(e);
	ask_store(e, verb);
}

static void
start_nodes(struct execution *e)
{
	e->begun = true;
	for (size_t v = 0; v < e->graph->n; v++) {
		if (e->nodes[v].waiting == 0)
			admission_freed(&e->nodes[v]);
	}
	execution_tell_begun(e, NULL);
}

static void
start_running(struct execution *e)
{
	e->step = STEP_RUNNING;
	if (e->hold) {
		e->status = STATUS_PAUSED;
		admission_hold(e);
		start_nodes(e);
		execution_wake(e);
		return;
	}
	execution_set_running(e);
}

static void
finish(struct execution *e)
{
	e->step = STEP_ENDED;
	lease_end(e);
	if (e->asking)
		store_forget(e->engine->options.store, &e->op);
	e->asking = false;
	timer_disarm(execution_loop(e), &e->retry);
	timer_disarm(execution_loop(e), &e->cool_off);
	timer_disarm(execution_loop(e), &e->linger);
	engine_remove(e);
	if (!e->begun)
		execution_tell_begun(e, &e->why);
	execution_tell_ended(e);
}

static bool
is_quiet(const struct execution *e)
{
	return e->active == e->starved && e->leaving == 0 &&
	       (e->ready == 0 || !execution_admits(e) || admission_is_idle(e));
}

static void
step_running(struct execution *e)
{
	if (!e->begun && e->journal.durable == e->journal.seq_before)
		return;
	if (!e->begun)
		start_nodes(e);
	execution_tell_news(e);
	if (e->draining && (e->calling == 0 || e->drain_over))
		execution_leave(e);
	else if (e->status != STATUS_PAUSED && is_quiet(e))
		execution_settle(e);
}

/* Looks whether there is a next step. */
static void
on_task(struct task *task)
{
	struct execution *e = container_of(task, struct execution, task);

	if (e->step == STEP_ENDED)
		return;
	lease_step(e);
	if (e->lost)
		finish(e);
	else if (e->answered)
		take_answer(e);
	else if (e->step == STEP_RUNNING)
		step_running(e);
	else if (e->step == STEP_CLOSING && journal_is_durable(&e->journal) &&
		 e->mode == MODE_DRY_RUN)
		finish(e);
	else if (e->step == STEP_CLOSING && journal_is_durable(&e->journal) && !e->asking)
		start_releasing(e, e->last_verb);
}

void
execution_wake(struct execution *e)
{
	task_wake(execution_loop(e), &e->task);
}

void
execution_lose(struct execution *e, const char *why)
{
	if (e->lost)
		return;
	e->lost = true;
	err_set(&e->why, ERR_BUSY, "%s", why);
	log_error("execution.lost", "graph=%s execution=%s why=\"%s\"", e->key.graph, e->id, why);
	execution_drop_work(e);
	execution_wake(e);
}

/* ---- answers of the store ---- */

static bool
is_passing(enum store_result result)
{
	return result == STORE_DOWN || result == STORE_UNKNOWN || result == STORE_FAILED;
}

/* Another execution of the deployment was left. Of this graph, it is gone on with. */
static void
take_left(struct execution *e)
{
	const char *left = e->op.text_out;
	size_t      len = strlen(e->key.graph);

	if (strncmp(left, e->key.graph, len) == 0 && left[len] == ':') {
		e->resuming = true;
		start_beginning(e);
		return;
	}
	err_set(&e->why, ERR_BUSY,
	    "execution %s of graph %.*s is unfinished, and no process runs it: continue or cancel "
	    "it "
	    "first",
	    strchr(left, ':') + 1, (int)len, left);
	finish(e);
}

static void
take_begin(struct execution *e)
{
	switch (e->op.result) {
	case STORE_EXISTS:
		err_set(&e->why, ERR_BUSY, "another process runs an execution of this deployment");
		finish(e);
		return;
	case STORE_LEFT: take_left(e); return;
	case STORE_STALE:
		err_set(&e->why, ERR_BUSY,
		    "another execution of this deployment has begun since it was looked what there "
		    "is: ask again");
		finish(e);
		return;
	case STORE_ABSENT:
		if (!e->only_resume) { /* it was there a moment ago */
			e->resuming = false;
			start_beginning(e);
			return;
		}
		err_set(&e->why, ERR_CONFLICT, "no execution of this graph is unfinished");
		finish(e);
		return;
	case STORE_OK: break;
	case STORE_PENDING:
	case STORE_FENCED:
	case STORE_DOWN:
	case STORE_UNKNOWN:
	case STORE_LOST:
	case STORE_FAILED:
	case STORE_RESULTS_N: must(!"no answer to a begin");
	}
	journal_begin(&e->journal, e->op.seq_out);
	if (!e->resuming) {
		e->events_after = e->op.seq_out;
		start_running(e);
		return;
	}
	e->step = STEP_LOADING;
	ask_store(e, STORE_GET_EXEC);
}

/* It was paused for somebody who looks: what it has done is confirmed when they go on, and not for all executions at
 * once when a process begins. */
static bool
is_resting(const struct execution *e)
{
	return e->status == STATUS_PAUSED && e->reason != REASON_CREDENTIALS &&
	       e->stop == STOP_NONE;
}

/* It is restored, and goes on, or waits for somebody who brings what it needs. */
static void
go_on(struct execution *e)
{
	if (execution_is_poisonous(e) ||
	    (execution_needs_credentials(e, true) && (e->stop == STOP_NONE || e->aborted))) {
		e->begun = true;
		execution_tell_begun(e, NULL);
		execution_leave(e);
		return;
	}
	if (e->only_resume && !e->hold && is_resting(e)) {
		e->hold = true;
		e->news_seq = e->journal.seq;
	}
	start_running(e);
}

static void
take_loaded(struct execution *e)
{
	switch (execution_restore(e, e->op.items_out, e->op.items_n, &e->why)) {
	case RESTORED_BAD: /* what can't be read is not to be taken up again and again */
		start_releasing(e, e->why.code == ERR_INTERNAL ? STORE_PARK : STORE_RELEASE);
		return;
	case RESTORED_ENDED: /* all that was missing is to say so */
		if (e->only_resume)
			err_set(&e->why, ERR_CONFLICT, "the execution has ended");
		start_releasing(e, STORE_FINISH);
		return;
	case RESTORED_GOES_ON: break;
	}
	if (e->plan_id[0] == '\0' || e->plan != NULL) {
		go_on(e);
		return;
	}
	e->step = STEP_PLANNED;
	ask_store(e, STORE_PLAN_GET);
}

static void
take_plan(struct execution *e)
{
	held_take_plan(e, e->op.result == STORE_OK ? e->op.text_out : NULL);
	go_on(e);
}

static void
take_released(struct execution *e)
{
	if (e->op.verb == STORE_FINISH)
		retention_look(e->engine->retention, &e->key);
	if (e->why.code != ERR_OK) {
		finish(e);
	} else if (!e->begun) { /* what was left had ended: now the one that was asked for begins */
		e->resuming = false;
		start_beginning(e);
	} else {
		finish(e);
	}
}

/* The step's op was answered. */
static void
take_answer(struct execution *e)
{
	bool has_begun = e->step != STEP_BEGINNING;

	e->answered = false;
	if (is_passing(e->op.result) && (has_begun || e->tries < BEGIN_TRIES_MAX)) {
		e->tries++;
		timer_arm(execution_loop(e), &e->retry, RETRY_US);
		return;
	}
	e->tries = 0;
	if (is_passing(e->op.result)) {
		err_set(&e->why, ERR_STORE_DOWN, "%s", store_result_name(e->op.result));
		finish(e);
		return;
	}
	switch (e->step) {
	case STEP_BEGINNING: take_begin(e); return;
	case STEP_LOADING: take_loaded(e); return;
	case STEP_PLANNED: take_plan(e); return;
	case STEP_RELEASING: take_released(e); return;
	case STEP_RUNNING:
	case STEP_CLOSING:
	case STEP_ENDED: break;
	}
	must(!"no op belongs to this step");
}

static void
on_step_answered(struct store_op *op)
{
	struct execution *e = container_of(op, struct execution, op);

	e->asking = false;
	e->answered = true;
	if (op->verb == STORE_BEGIN && op->result == STORE_OK)
		lease_begin(e, op->fence_out, e->asked_us);
	execution_wake(e);
}

static void
on_retry(struct timer *timer)
{
	struct execution *e = container_of(timer, struct execution, retry);

	ask_store(e, e->op.verb);
}

/* ---- running ---- */

bool
execution_admits(const struct execution *e)
{
	if (e->lost || e->draining || e->step != STEP_RUNNING || e->status == STATUS_PAUSED ||
	    e->stop != STOP_NONE || e->starved > 0)
		return false;
	return e->undoing || !held_has_failed(e) || e->on_failure == ON_FAILURE_CONTINUE;
}

bool
execution_may_call(const struct execution *e)
{
	return !e->draining && lease_is_ours(e);
}

/* ---- making and ending ---- */

static void
make_graph(struct execution *e, struct spec *spec, bool reverse)
{
	e->graph = graph_create(spec, reverse);
	if (e->mode != MODE_DRY_RUN)
		durations_weigh(e->engine->durations, e->graph);
}

static void
make_nodes(struct execution *e)
{
	e->nodes = xcalloc(e->graph->n, sizeof(*e->nodes));
	for (size_t i = 0; i < e->graph->n; i++)
		node_init(&e->nodes[i], e, execution_waits(e) ? e->graph->in_n[i] : 0);
	admission_init(e);
	selection_apply(e);
	cleanup_defer(e);
}

static void
on_end(struct task *task)
{
	engine_forget(container_of(task, struct execution, end));
}

struct execution *
execution_create(struct engine *engine, struct execution_request *request)
{
	struct execution  *e = xcalloc(1, sizeof(*e));
	const struct spec *spec = request->spec;

	must(request->kind != EXECUTION_VERIFY || request->mode == MODE_DRY_RUN);

	e->engine = engine;
	e->kind = request->kind;
	e->mode = request->mode;
	e->on_failure = request->on_failure;
	e->resuming = e->only_resume = request->resume;
	e->hold = request->hold;
	e->unattended = request->unattended;
	e->stop = request->cancel ? STOP_GENTLE : STOP_NONE;
	e->aborted = request->undo;
	e->to_end = request->to_end;
	/* Of a body, which is wiped as soon as the request is answered. */
	e->empty = json_copy(request->empty);
	e->only = json_copy(request->only);
	e->except = json_copy(request->except);
	e->plan = json_object_get(request->plan);
	if (e->plan != NULL)
		snprintf(e->plan_id, sizeof(e->plan_id), "%s", saved_id(e->plan));
	e->created_ms = loop_wall_ms(engine->options.loop);
	e->newest = request->newest != NULL ? xstrdup(request->newest) : NULL;
	snprintf(e->actor, sizeof(e->actor), "%s", request->actor);
	snprintf(e->on_behalf_of, sizeof(e->on_behalf_of), "%s",
	    request->on_behalf_of != NULL ? request->on_behalf_of : "");
	snprintf(e->trace, sizeof(e->trace), "%s", request->trace != NULL ? request->trace : "");
	must(store_key_set(&e->key, spec->tenant, spec->deployment_id, spec->graph_id));
	keyring_take(&e->keyring, &request->keyring);
	e->accounts = json_object_new_object();
	accounts_take(e, &e->keyring);
	make_graph(e, request->spec, request->kind == EXECUTION_DESTROY);
	spec_unref(request->spec);
	e->durable_tail = &e->durable_head;
	lease_init(e);
	journal_init(&e->journal, e);
	task_init(&e->task, on_task);
	task_set_lane(execution_loop(e), &e->task, lane_of(e->key.tenant));
	task_may_breathe(&e->task);
	task_init(&e->end, on_end);
	task_may_breathe(&e->end);
	task_set_lane(execution_loop(e), &e->end, e->task.lane);
	timer_init(&e->retry, on_retry);
	timer_set_lane(execution_loop(e), &e->retry, e->task.lane);
	timer_init(&e->linger, execution_on_lingered);
	timer_set_lane(execution_loop(e), &e->linger, e->task.lane);
	steer_init(e);
	make_nodes(e);
	if (request->by_tags)
		e->sweeps = sweeps_create(e, "each was read");
	return e;
}

void
execution_drop_nodes(struct execution *e)
{
	for (size_t i = 0; i < e->graph->n; i++) {
		node_fini(&e->nodes[i]);
		breathe();
	}
	free(e->nodes);
	admission_fini(e);
	graph_destroy(e->graph);
	e->nodes = NULL;
	e->graph = NULL;
}

void
execution_reverse(struct execution *e, bool reverse)
{
	struct spec *spec = spec_ref(e->graph->spec);

	execution_drop_nodes(e);
	make_graph(e, spec, reverse);
	spec_unref(spec);
	e->ready = e->active = e->calling = e->starved = e->leaving = 0;
	make_nodes(e);
}

void
execution_begin(struct execution *e)
{
	engine_enter(e);
	if (e->mode == MODE_DRY_RUN)
		start_running(e);
	else
		start_beginning(e);
}

void
execution_refuse(struct execution *e, const struct execution *other)
{
	execution_say_busy(other, &e->why);
	finish(e);
}

void
execution_destroy(struct execution *e)
{
	journal_fini(&e->journal);
	lease_end(e);
	execution_unwatch(&e->behind);
	if (e->asking)
		store_forget(e->engine->options.store, &e->op);
	store_op_fini(&e->op);
	timer_disarm(execution_loop(e), &e->retry);
	timer_disarm(execution_loop(e), &e->cool_off);
	timer_disarm(execution_loop(e), &e->linger);
	sweeps_destroy(e->sweeps); /* an answer wakes the nodes */
	e->sweeps = NULL;
	execution_drop_nodes(e);
	task_cancel(execution_loop(e), &e->task);
	task_cancel(execution_loop(e), &e->end);
	keyring_fini(&e->keyring);
	while (e->watches != NULL)
		execution_unwatch(e->watches);
	json_object_put(e->accounts);
	json_object_put(e->empty);
	json_object_put(e->proof);
	json_object_put(e->plan);
	json_object_put(e->only);
	json_object_put(e->except);
	free(e->newest);
	free(e->text);
	free(e->actions);
	free(e);
}
