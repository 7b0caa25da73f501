/* SPDX-License-Identifier: Apache-2.0
 * run_begin.c - for each kind of operation, under which name and with which list a run begins. */
#include "interpreter/run.h"

#include <stdio.h>

#include "interpreter/fill.h"
#include "util/json.h"

/* Every property that changed must be one that some update step hands over. */
static bool
can_update(struct run *run)
{
	struct json_object *changes = run->op->changes;
	size_t              n = changes != NULL ? json_object_array_length(changes) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(changes, i));

		if (call_type_takes(run->type, LIST_UPDATE, name))
			continue;
		op_answer(run->op, OP_INVALID, "%s can't be changed in place", name);
		run_end(run);
		return false;
	}
	return true;
}

static void
begin_wait(struct run *run)
{
	const struct settle *settle = &run->type->settle[run->op->after];
	struct json_object  *params;
	const char          *operation;
	struct err           err = { 0 };

	if (!condition_holds(&run->scope, &settle->condition)) {
		run_finish(run);
		return;
	}
	run->mode = MODE_WAIT;
	run->waiter = settle->waiter != NULL ? service_waiter(run->scope.service, settle->waiter)
					     : settle->spelt;
	if (run->waiter == NULL && settle->waiter == NULL) {
		run_finish(run);
		return;
	}
	operation = json_get_str(run->waiter, "operation");
	if (operation == NULL) {
		op_answer(run->op, OP_INVALID, "the service model has no waiter %s",
		    settle->waiter != NULL ? settle->waiter : "");
		run_end(run);
		return;
	}
	params = fill_params(&run->scope, operation, settle->params, &err);
	if (params == NULL)
		run_end_invalid(run, &err);
	else
		run_call(run, operation, params);
}

static void
begin_settle(struct run *run)
{
	const struct settle *settle = &run->type->settle[OP_DELETE];

	if (run->op->after == OP_DELETE && settle->waiter == NULL && settle->spelt == NULL)
		run_read_name(run, MODE_GONE);
	else
		begin_wait(run);
}

/* A name that the user chose outright may be anybody's, and not every service refuses to create twice:
 * so look first. */
static void
begin_create(struct run *run)
{
	run_plan_tags(run);
	run->looks_first = run->names.plain;
	if (run->looks_first)
		run_read_name(run, MODE_READ);
	else if (run->names.n > 1)
		run_read_name(run, MODE_CHOOSE);
	else
		run_work(run);
}

static void
begin_update(struct run *run)
{
	if (!can_update(run))
		return;
	run_plan_tags(run);
	run_work(run);
}

static void
begin_read(struct run *run)
{
	run_read_name(run, MODE_READ);
}

static void
begin_list(struct run *run)
{
	run->listed = json_object_new_array();
	if (run->type->lists[LIST_LIST].n > 0) {
		run_list(run, MODE_LIST, LIST_LIST);
		return;
	}
	op_answer(run->op, OP_INVALID, "%s can't be listed", run->type->rt->name);
	run_end(run);
}

static void
begin_check(struct run *run)
{
	run_list(run, MODE_CHECK, LIST_CHECK);
}

static void (*const begins[OP_KINDS_N])(struct run *) = {
	[OP_READ] = begin_read,
	[OP_CREATE] = begin_create,
	[OP_UPDATE] = begin_update,
	[OP_DELETE] = run_work,
	[OP_SETTLE] = begin_settle,
	[OP_LIST] = begin_list,
	[OP_CHECK] = begin_check,
};

/* The name is what was found, or is made anew. */
static bool
find_names(struct run *run, struct err *err)
{
	const char *id = json_get_str(run->op->known, "id");

	if (run->op->kind == OP_LIST) /* they are what it is to find */
		return true;
	if (id == NULL || run->op->kind == OP_READ || run->op->kind == OP_CREATE) {
		if (!names_make(&run->names, &run->scope, run->op->kind == OP_CREATE, err))
			return false;
	} else {
		run->names.n = 1;
		snprintf(run->names.names[0], CALL_NAME_MAX, "%s", id);
	}
	snprintf(run->name, sizeof(run->name), "%s", run->names.names[0]);
	run->scope.name = run->name;
	return true;
}

void
run_begin(struct run *run)
{
	struct err err = { 0 };

	run->begun = true;
	run->scope.service = run->calls->service(run->calls->arg, run->type->service, &err);
	if (run->scope.service == NULL || !find_names(run, &err)) {
		run_end_invalid(run, &err);
		return;
	}
	begins[run->op->kind](run);
}
