/* SPDX-License-Identifier: Apache-2.0
 * run_answer.c - for each mode of a run, what an answer leads to, and what the end of the list does. */
#include "interpreter/run.h"

#include <stdio.h>

#include "interpreter/paths.h"
#include "interpreter/untold.h"
#include "interpreter/waiter.h"
#include "util/json.h"
#include "util/str.h"

#define PAGES_MAX     100
#define GONE_EVERY_MS 2000
#define MS_PER_S      1000

void
run_end_made(struct run *run)
{
	struct json_object *tags = run->found.tags != NULL ? untold_tags(run->type, run->op) : NULL;
	struct json_object *found = found_made(&run->found, &run->scope, tags);

	json_object_put(tags);
	run_end_ok(run, found);
}

/* ---- the ends of lists ---- */

static void
end_of_read(struct run *run)
{
	run_name_is_read(run, true);
}

static void
end_of_work(struct run *run)
{
	if (run->op->kind == OP_UPDATE)
		run_list(run, MODE_UNTAG, LIST_UNTAG);
	else if (run->op->kind == OP_CREATE)
		run_end_made(run);
	else if (run->last_gone)
		run_end_call(run, OP_ABSENT);
	else if (json_object_object_length(run->found.noted) > 0)
		run_end_made(run);
	else
		run_end_ok(run, NULL);
}

static void
end_of_untag(struct run *run)
{
	run_list(run, MODE_TAG, LIST_TAG);
}

void
run_finish(struct run *run)
{
	run_list(run, MODE_FINISH, run->op->after == OP_DELETE ? LIST_REMOVE : LIST_FINISH);
}

/* What was made may only now have all of its outputs. */
static void
end_of_finish(struct run *run)
{
	bool complete = run->type->settle[run->op->after].in != NULL;

	run_end_ok(run, complete ? found_settled(&run->found, &run->scope) : NULL);
}

/* The reason, by the settle's path in the last answer, stands in the message. */
static void
say_reason(struct run *run, const char *what)
{
	const struct settle *settle = &run->type->settle[run->op->after];
	struct json_object  *reason =
            settle->reason != NULL ? path_find(run->call.out, settle->reason) : NULL;

	snprintf(run->call.message, sizeof(run->call.message), "%s: %s", what,
	    reason != NULL ? json_object_get_string(reason) : "no reason is given");
	json_object_put(reason);
}

static void
end_of_why(struct run *run)
{
	say_reason(run, "it came to a bad end");
	run_end_call(run, OP_FAILED);
}

/* No step of the list applies, by its own conditions: a slip in the type file. */
static void
end_unasked(struct run *run)
{
	op_answer(run->op, OP_INVALID, "no step applies that tells whether %s is there", run->name);
	run_end(run);
}

static void
end_never(struct run *run)
{
	(void)run;
	must(!"a single look ends with its answer");
}

/* ---- answers ---- */

void
run_take_failure(struct run *run, const struct step *step)
{
	struct call        *call = &run->call;
	struct json_object *code, *message;

	if (step->fails == NULL || call->result != OP_OK)
		return;
	code = path_find(call->out, json_get_str(step->fails, "code"));
	message = path_find(call->out, json_get_str(step->fails, "message"));
	if (json_object_is_type(code, json_type_string)) {
		snprintf(call->code, sizeof(call->code), "%s", json_object_get_string(code));
		snprintf(call->message, sizeof(call->message), "%s",
		    json_object_is_type(message, json_type_string) ? json_object_get_string(message)
								   : "no reason is given");
		call->result = run->type->driver->fault(call->operation, call->status, call->code);
		run->op->over = run->mode == MODE_WAIT;
	}
	json_object_put(code);
	json_object_put(message);
}

/* The next page of a list, by the model's paginators: true when it has been asked for. */
bool
run_ask_next_page(struct run *run)
{
	const struct step  *step = run_step(run);
	struct json_object *paginator = json_get_object(run->scope.service->paginators, step->call);
	const char         *from = json_get_str(paginator, "output_token");
	const char         *to = json_get_str(paginator, "input_token");
	const char         *more = json_get_str(paginator, "more_results");
	const char         *token = from != NULL ? json_get_str(run->call.out, from) : NULL;

	if (token == NULL || *token == '\0' || to == NULL || ++run->pages == PAGES_MAX ||
	    (step->tags == NULL && step->take == NULL && step->pick == NULL && step->note == NULL &&
		step->hook == NULL) ||
	    (more != NULL && !json_get_bool(run->call.out, more, false)))
		return false;
	json_set_str(run->params, to, token);
	run_call(run, step->call, run->params);
	return true;
}

/* In which region the answer says it is; true where the step does not ask. */
static bool
is_here(const struct run *run, const struct step *step)
{
	struct json_object *value;
	const char         *region, *alias;
	bool                here;

	if (step->region == NULL)
		return true;
	value = path_find(run->call.out, json_get_str(step->region, "path"));
	region = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
	alias = json_get_str(json_get_object(step->region, "aliases"), region);
	here = str_eq(alias != NULL ? alias : region, run->scope.region);
	json_object_put(value);
	return here;
}

void
run_step_done(struct run *run)
{
	if (run->items != NULL)
		run->item_at++;
	else
		run_leave_step(run);
	run_next(run);
}

static void
take_and_go_on(struct run *run)
{
	found_take(&run->found, run->type, run_step(run), run->call.out, run->pages > 0);
	found_keep(&run->found, run_step(run), &run->scope);
	run->made = true;
	if (!run_ask_next_page(run))
		run_step_done(run);
}

static void
answer_read(struct run *run, enum meaning means, enum op_result result)
{
	switch (means) {
	case MEANS_OK:
		if (!is_here(run, run_step(run)))
			run_name_is_read(run, false);
		else
			take_and_go_on(run);
		return;
	case MEANS_EXISTS:
	case MEANS_FINE: run_step_done(run); return;
	case MEANS_GONE:
	case MEANS_ELSEWHERE: run_name_is_read(run, false); return;
	case MEANS_ERROR: run_end_call(run, result); return;
	}
	must(!"unreachable");
}

static void
answer_choose(struct run *run, enum meaning means, enum op_result result)
{
	switch (means) {
	case MEANS_OK:
		if (!is_here(run, run_step(run))) {
			run_choose_next(run);
			return;
		}
		run_work(run);
		return;
	case MEANS_GONE:
	case MEANS_EXISTS:
	case MEANS_FINE: run_work(run); return;
	case MEANS_ELSEWHERE: run_choose_next(run); return;
	case MEANS_ERROR: run_end_call(run, result); return;
	}
	must(!"unreachable");
}

/* Something of that name is there: look whose, then go on behind this step. */
static void
look_whose(struct run *run)
{
	size_t resume_at = run->step_at + 1;

	if (run->op->kind != OP_CREATE) {
		run_end_call(run, OP_CONFLICT);
		return;
	}
	run_leave_step(run);
	run->resume_at = resume_at;
	run_read_name(run, MODE_READ);
}

/* Somebody else has it, whom no look shows: a create takes its next name. */
static void
take_next_name(struct run *run)
{
	if (run->op->kind == OP_CREATE && run->name_at + 1 < run->names.n)
		run_choose_next(run);
	else
		run_end_call(run, OP_CONFLICT);
}

static void
answer_work(struct run *run, enum meaning means, enum op_result result)
{
	run->last_gone = means == MEANS_GONE;
	switch (means) {
	case MEANS_OK: take_and_go_on(run); return;
	case MEANS_FINE: run_step_done(run); return;
	case MEANS_GONE:
		if (run->op->kind == OP_DELETE)
			run_step_done(run);
		else
			run_end_call(run, OP_NOT_FOUND);
		return;
	case MEANS_EXISTS: look_whose(run); return;
	case MEANS_ELSEWHERE: take_next_name(run); return;
	case MEANS_ERROR: run_refuse(run, result); return;
	}
	must(!"unreachable");
}

/* What is not there, or says that it failed, does not hold; what could not be asked is told as that. */
static void
answer_check(struct run *run, enum meaning means, enum op_result result)
{
	switch (means) {
	case MEANS_OK:
		if (run_is_as_expected(run, run_step(run)))
			take_and_go_on(run);
		else
			run_end_call(run, OP_FAILED);
		return;
	case MEANS_FINE: run_step_done(run); return;
	case MEANS_EXISTS:
	case MEANS_ELSEWHERE:
	case MEANS_GONE: run_end_call(run, OP_FAILED); return;
	case MEANS_ERROR: run_end_call(run, result); return;
	}
	must(!"unreachable");
}

/* How long until the next look. */
static void
not_yet(struct run *run)
{
	int64_t every_ms = run->type->settle[run->op->after].every_ms;

	if (every_ms == 0)
		every_ms =
		    run->waiter != NULL
			? json_get_i64(run->waiter, "delay", GONE_EVERY_MS / MS_PER_S) * MS_PER_S
			: GONE_EVERY_MS;
	run->call.retry_after_ms = every_ms;
	run_end_call(run, OP_NOT_YET);
}

/* After a create, a service may not know it everywhere at once. */
static void
answer_wait(struct run *run, enum meaning means, enum op_result result)
{
	const struct settle *settle = &run->type->settle[run->op->after];
	enum wait_verdict    wait = waiter_judge(run->waiter, &run->call);
	bool                 gone = means == MEANS_GONE;

	if (gone && run->op->after == OP_DELETE) {
		run_end_ok(run, NULL);
	} else if (run->op->over) {
		run_end_call(run, gone ? OP_NOT_FOUND : result);
	} else if (wait == WAIT_READY) {
		if (settle->in != NULL)
			found_take_outputs(
			    &run->found, run->type, json_path(run->call.out, settle->in));
		run_finish(run);
	} else if (wait == WAIT_AGAIN || gone) {
		not_yet(run);
	} else if (wait == WAIT_ERROR) {
		run_end_call(run, result);
	} else {
		run_list(run, MODE_WHY, LIST_WHY);
	}
}

/* Whatever comes of asking for the reason, it has come to a bad end. */
static void
answer_why(struct run *run, enum meaning means, enum op_result result)
{
	(void)result;
	if (means == MEANS_OK)
		run_step_done(run);
	else
		end_of_why(run);
}

static void
answer_gone(struct run *run, enum meaning means, enum op_result result)
{
	if (means == MEANS_GONE || means == MEANS_ELSEWHERE)
		run_end_ok(run, NULL);
	else if (means == MEANS_ERROR)
		run_end_call(run, result);
	else if (means == MEANS_FINE)
		run_step_done(run);
	else
		not_yet(run);
}

/* ---- the table ---- */

const struct run_mode run_modes[MODES_N] = {
	[MODE_READ] = { answer_read, end_of_read },
	[MODE_CHOOSE] = { answer_choose, end_unasked },
	[MODE_WORK] = { answer_work, end_of_work },
	[MODE_UNTAG] = { answer_work, end_of_untag },
	[MODE_TAG] = { answer_work, run_end_made },
	[MODE_WAIT] = { answer_wait, end_never },
	[MODE_FINISH] = { answer_work, end_of_finish },
	[MODE_WHY] = { answer_why, end_of_why },
	[MODE_GONE] = { answer_gone, end_unasked },
	[MODE_LIST] = { run_list_answer, run_list_end },
	[MODE_IN_THE_WAY] = { run_answer_in_the_way, run_end_in_the_way },
	[MODE_CHECK] = { answer_check, run_end_made },
};
