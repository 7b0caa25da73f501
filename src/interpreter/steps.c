/* SPDX-License-Identifier: Apache-2.0
 * steps.c - the machine that runs a list of steps, answer by answer.
 *
 *   READ    read under each name ─► whose is it? ─► the one that is ours
 *   CREATE  choose a name ─► create ─┬────────────► made
 *                                    └ it exists ─► read ─► ours: go on; else conflict
 *   UPDATE  update ─► untag ─► tag ─► made
 *   DELETE  delete ─► gone
 *   LIST    list ─► all that was picked
 *   CHECK   check ─► as expected, or not
 *   SETTLE  one look by the waiter ─► ready: finish; after a delete without one: a look whether it is gone
 *
 * The tags come last in an update, so that they say "this version" only once it is true. */
#include "interpreter/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/hook.h"
#include "interpreter/run.h"
#include "provider/mask.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define CALLS_MAX 1000 /* of one op: pages and items included */

/* ---- the end ---- */

static void
run_free(struct run *run)
{
	call_fini(&run->call);
	found_fini(&run->found);
	json_object_put(run->items);
	json_object_put(run->hits);
	json_object_put(run->params);
	json_object_put(run->tags);
	json_object_put(run->tag_keys);
	json_object_put(run->ours);
	json_object_put(run->unmarked);
	free(run->stranger);
	json_object_put(run->listed);
	free(run);
}

/* The answer is in op already. */
void
run_end(struct run *run)
{
	struct op *op = run->op;

	must(op->result != OP_PENDING);
	op->impl = NULL;
	run_free(run);
	op->done(op);
}

/* What could not be read again when it has been kept fails here, not in a recovery. */
void
run_end_ok(struct run *run, struct json_object *found)
{
	if (!json_fits_at(found, OP_FOUND_DEPTH)) {
		json_object_put(found);
		op_answer(run->op, OP_FAILED, "%s is nested too deeply to be kept", run->name);
		run_end(run);
		return;
	}
	op_answer(run->op, OP_OK, "%s", "");
	run->op->found = found;
	run_end(run);
}

void
run_end_invalid(struct run *run, const struct err *err)
{
	op_answer(run->op, OP_INVALID, "%s", err->detail);
	run_end(run);
}

/* What the last call came to, which is not the end yet. */
void
run_tell_call(struct run *run, enum op_result result)
{
	const struct call *call = &run->call;

	op_answer(run->op, result, "%s: %s", call->place[0] != '\0' ? call->place : call->operation,
	    call->message);
	mask_message(run->type->driver->key, run->op->desired, run->op->message);
	_Static_assert(sizeof(run->op->code) == sizeof(call->code), "copied whole");
	_Static_assert(sizeof(run->op->request_id) == sizeof(call->request_id), "copied whole");
	memcpy(run->op->code, call->code, sizeof(run->op->code));
	memcpy(run->op->request_id, call->request_id, sizeof(run->op->request_id));
	run->op->retry_after_ms = call->retry_after_ms;
}

void
run_end_call(struct run *run, enum op_result result)
{
	run_tell_call(run, result);
	run_end(run);
}

void
run_end_conflict(struct run *run, const char *why)
{
	op_answer(run->op, OP_CONFLICT, "%s %s", run->name, why);
	run_end(run);
}

/* ---- one call ---- */

static void
on_call_done(struct call *call)
{
	struct run *run = container_of(call, struct run, call);

	task_wake(run->loop, &run->task);
}

/* Where the call goes: to the region of the resource, unless the step says another. */
static const char *
region_of(struct run *run)
{
	const char *at = run->mode != MODE_WAIT ? run_step(run)->at : NULL;
	struct str  text;

	if (at == NULL)
		return run->scope.region;
	str_init(&text, sizeof(run->region) - 1);
	(void)fill_text(&run->scope, at, &text);
	snprintf(run->region, sizeof(run->region), "%s", text.data);
	str_fini(&text);
	return *run->region != '\0' ? run->region : run->scope.region;
}

/* Takes the params over. */
void
run_call(struct run *run, const char *operation, struct json_object *params)
{
	const char *region = region_of(run);

	must(!run->calling);
	if (run->calls_n++ == CALLS_MAX) {
		if (params != run->params)
			json_object_put(params);
		op_answer(run->op, OP_FAILED, "%s: more than %d calls for one operation", operation,
		    CALLS_MAX);
		run_end(run);
		return;
	}
	call_fini(&run->call);
	run->scope.answer = NULL;
	if (params != run->params)
		json_object_put(run->params);
	run->params = params;
	run->call = (struct call){
		.service = run->scope.service->name,
		.operation = operation,
		.region = region,
		.params = params,
		.keys = run->type->driver->keys(run->op->credentials),
		/* One token for many calls of one operation would make them one. */
		.token = run->op->kind == OP_CREATE && run->items == NULL ? run->op->token : NULL,
		.done = on_call_done,
	};
	run->calling = true;
	run->calls->start(run->calls->arg, &run->call);
}

const struct step *
run_step(const struct run *run)
{
	must(run->step_at < run->steps->n);
	return &run->steps->items[run->step_at];
}

static void
start_step(struct run *run)
{
	const struct step  *step = run_step(run);
	struct json_object *params;
	struct err          err = { 0 };

	run->scope.service = run->calls->service(run->calls->arg, step->service, &err);
	if (run->scope.service == NULL) {
		run_end_invalid(run, &err);
		return;
	}
	run->pages = 0;
	params = fill_step(&run->scope, step, &err);
	if (params == NULL)
		run_end_invalid(run, &err);
	else
		run_call(run, step->call, params);
}

/* ---- lists ---- */

void
run_list(struct run *run, enum mode mode, enum step_list list)
{
	run->mode = mode;
	run->steps = &run->type->lists[list];
	run->step_at = 0;
	json_object_put(run->hits);
	run->hits = NULL;
	run_next(run);
}

/* Nothing is found yet, but for what is known. */
static void
find_anew(struct run *run, struct json_object *known)
{
	found_init(&run->found);
	found_know(&run->found, known);
	run->scope.outputs = run->found.outputs;
	run->scope.noted = run->found.noted;
}

void
run_read_name(struct run *run, enum mode mode)
{
	snprintf(run->name, sizeof(run->name), "%s", run->names.names[run->name_at]);
	found_fini(&run->found);
	find_anew(run, NULL);
	run_list(run, mode, LIST_READ);
}

void
run_work(struct run *run)
{
	static const enum step_list lists[OP_KINDS_N] = {
		[OP_CREATE] = LIST_CREATE,
		[OP_UPDATE] = LIST_UPDATE,
		[OP_DELETE] = LIST_DELETE,
	};

	bool undoes = run->op->undo && run->type->lists[LIST_UNDO].n > 0;

	run_list(run, MODE_WORK,
	    run->op->kind == OP_DELETE && undoes ? LIST_UNDO : lists[run->op->kind]);
}

/* ---- the machine ---- */

/* Some lists have nothing to do as a whole. */
static bool
list_is_idle(const struct run *run)
{
	switch (run->mode) {
	case MODE_UNTAG: return json_object_array_length(run->tag_keys) == 0;
	case MODE_TAG: return json_object_object_length(run->tags) == 0;
	case MODE_FINISH: return run->op->after != OP_CREATE && run->op->after != OP_DELETE;
	case MODE_READ:
	case MODE_CHOOSE:
	case MODE_WORK:
	case MODE_WAIT:
	case MODE_WHY:
	case MODE_GONE:
	case MODE_LIST:
	case MODE_IN_THE_WAY:
	case MODE_CHECK:
	case MODES_N: break;
	}
	return false;
}

/* A step that picks from the answers of items of which there are none. */
static bool
has_nothing_to_pick_from(const struct run *run)
{
	const struct step *step = run_step(run);

	return run->items != NULL && json_object_array_length(run->items) == 0 &&
	       step->pick != NULL && step->condition.text == NULL;
}

/* Every item of a step has had its say. */
static void
pick_of_items(struct run *run)
{
	enum meaning   means = MEANS_OK;
	enum op_result result = OP_OK;

	json_object_put(run->items);
	run->items = NULL;
	run_pick_judge(run, &means, &result);
	run_modes[run->mode].answer(run, means, result);
}

void
run_next(struct run *run)
{
	run->scope.answer = run->call.out;
	if (list_is_idle(run))
		run->step_at = run->steps->n;
	while (run->step_at < run->steps->n) {
		if (run_has_call(run)) {
			start_step(run);
			return;
		}
		if (run->hits != NULL || has_nothing_to_pick_from(run)) {
			pick_of_items(run);
			return;
		}
		run_leave_step(run);
	}
	run_modes[run->mode].end(run);
}

static void
on_answer(struct run *run)
{
	const struct step  look = { .fails = run->type->settle[run->op->after].fails };
	const struct step *step = run->mode == MODE_WAIT ? &look : run_step(run);
	enum op_result     result;
	enum meaning       means;
	struct err         err = { 0 };

	run->calling = false;
	must(run->call.result != OP_PENDING);
	run->scope.now_ms = run->call.at_ms;
	run->op->throttled = run->op->throttled || run->call.throttled;
	run_take_failure(run, step);
	means = meaning_of(run->type, step, &run->call, &result);
	if (means == MEANS_OK && step->hook != NULL &&
	    !hook_find(run->type, step->hook)
		 ->take(&run->scope, run->call.out, &run->found, &err)) {
		run_end_invalid(run, &err);
		return;
	}
	/* An item of several that is not it leaves the others. */
	if (step->pick != NULL &&
	    (means == MEANS_OK || (means == MEANS_FINE && run->items != NULL)) &&
	    !run_pick(run, &means, &result))
		return;
	run_modes[run->mode].answer(run, means, result);
}

/* ---- from the first call to the last ---- */

/* Templates name it. It is known from the start, but for a bad hour of the one service that tells it. */
static void
on_account_told(struct whose *whose)
{
	struct run *run = container_of(whose, struct run, whose);
	struct op  *op = run->op;

	if (whose->result == OP_OK) {
		run->scope.account = run->type->driver->account(whose->credentials);
		run_begin(run);
		return;
	}
	op->result = whose->result;
	memcpy(op->code, whose->code, sizeof(op->code));
	memcpy(op->message, whose->message, sizeof(op->message));
	run_end(run);
}

/* Where there are accounts, and this one is not known yet. */
static bool
must_ask_whose(const struct run *run)
{
	return run->type->driver->ask_whose != NULL && run->op->credentials != NULL &&
	       run->scope.account == NULL;
}

static void
on_task(struct task *task)
{
	struct run          *run = container_of(task, struct run, task);
	const struct driver *driver = run->type->driver;

	if (run->begun) {
		on_answer(run);
	} else if (must_ask_whose(run)) {
		run->whose = (struct whose){
			.credentials = run->op->credentials,
			.done = on_account_told,
		};
		driver->ask_whose(&driver->calls, &run->whose);
	} else {
		run_begin(run);
	}
}

void
steps_start(struct loop *loop, struct op *op)
{
	struct run             *run = xcalloc(1, sizeof(*run));
	const struct call_type *type = op->type->impl;
	const char             *region = op->identity->region;

	must(op->result == OP_PENDING && op->impl == NULL);
	*run = (struct run){
		.loop = loop,
		.calls = &type->driver->calls,
		.type = type,
		.op = op,
		.scope = {
			.type = type,
			.op = op,
			.closed = op->desired,
			.region = *region != '\0' ? region : type->driver->region(op->credentials),
			.account = type->driver->account(op->credentials),
		},
	};
	find_anew(run, op->known);
	task_init(&run->task, on_task);
	task_set_lane(loop, &run->task, lane_here(loop));
	op->impl = run;
	task_wake(loop, &run->task);
}

void
steps_cancel(struct op *op)
{
	struct run          *run = op->impl;
	const struct driver *driver;

	if (run == NULL)
		return;
	driver = run->type->driver;
	task_cancel(run->loop, &run->task);
	if (driver->cancel_whose != NULL)
		driver->cancel_whose(&run->whose);
	if (run->calling && run->call.result == OP_PENDING)
		run->calls->cancel(run->calls->arg, &run->call);
	op->impl = NULL;
	run_free(run);
}
