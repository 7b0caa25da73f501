/* SPDX-License-Identifier: Apache-2.0
 * steer.c - continue, pause and cancel: what a client tells an execution that is there already.
 *
 *   graph id ─► loaded ─┬─► it is in this process ─────────────────── credentials ─────────────► told ─► answer
 *                       ├─► it is in another one on this host: passed on ────────────────────────────────► its answer
 *                       └─► it was left: what is stored ─► credentials ─► taken up, held ─► told ─┘
 *
 * What was left is taken up as a process does that finds it, but stays paused until it was told how to go on. */
#include <string.h>

#include "api/admit.h"
#include "api/boxes.h"
#include "api/credentials.h"
#include "api/load.h"
#include "api/names.h"
#include "api/pass_on.h"
#include "api/routes.h"
#include "api/start.h"
#include "api/wait.h"
#include "util/check.h"
#include "util/json.h"

#define SKIPS_MAX 1000 /* as the schema has it */

/* ---- names of nodes ---- */

/* Where in the body the n-th name of `skip` is. */
static void
skip_pointer(struct str *pointer, size_t n)
{
	str_clear(pointer);
	str_addf(pointer, "/skip/%zu", n);
}

static const char *
skip_at(const struct exchange *x, size_t n)
{
	return json_object_get_string(
	    json_object_array_get_idx(json_get_array(x->body, "skip"), n));
}

static size_t
skips_n(const struct exchange *x)
{
	struct json_object *skip = json_get_array(x->body, "skip");

	return skip != NULL ? json_object_array_length(skip) : 0;
}

/* False: the graph lacks some, and that was answered. */
static bool
names_are_known(struct exchange *x)
{
	struct problems problems;
	bool            known;

	x->graph = graph_create(x->spec, false);
	problems_init(&problems);
	names_check(x->graph, json_get_str(x->body, "expected_next"), "/expected_next", &problems);
	names_check(x->graph, json_get_str(x->body, "from_node"), "/from_node", &problems);
	names_check_list(x->graph, x->body, "skip", &problems);
	known = problems.n == 0;
	if (!known)
		reply_problems(x, ERR_NOT_FOUND, &problems);
	problems_fini(&problems);
	return known;
}

/* The engine refused one of the names: its place is told as well. */
static void
reply_refusal(struct exchange *x, const struct continue_request *request, const struct err *err)
{
	struct problems problems;
	struct str      pointer;

	problems_init(&problems);
	str_init(&pointer, 64);
	str_add(&pointer, request->refused == request->next ? "/expected_next" : "/from_node");
	for (size_t i = 0; i < request->skip_n; i++) {
		if (request->refused == request->skip[i])
			skip_pointer(&pointer, i);
	}
	problems_add(&problems, pointer.data, err_name(err->code), "%s", err->detail);
	reply_problems(x, err->code, &problems);
	problems_fini(&problems);
	str_fini(&pointer);
}

/* ---- credentials ---- */

static void
open_credentials(struct exchange *x, bool only_given, exchange_step *then)
{
	credentials_open(
	    x, json_get_object(x->body, "credentials"), "/credentials", only_given, then);
}

/* ---- continue ---- */

/* STEP mode goes on step by step, unless it is told otherwise. */
static enum until
until_of(const struct exchange *x, const struct execution *execution)
{
	const char *name = json_get_str(x->body, "until");
	enum until  until = execution_mode(execution) == MODE_STEP ? UNTIL_STEP : UNTIL_PAUSE;

	must(name == NULL || until_from(name, &until));
	return until;
}

/* False: it can't go on so, and that was answered. */
static bool
go_on(struct exchange *x, struct execution *execution)
{
	const char             *skip[SKIPS_MAX];
	struct continue_request request = {
		.until = until_of(x, execution),
		.next = json_get_str(x->body, "expected_next"),
		.from = json_get_str(x->body, "from_node"),
		.skip = skip,
		.skip_n = skips_n(x),
	};
	struct err err;

	if (admit_execution(x, false, &err) != ERR_OK) {
		reply_err(x, &err);
		return false;
	}
	must(request.skip_n <= SKIPS_MAX);
	for (size_t i = 0; i < request.skip_n; i++)
		skip[i] = skip_at(x, i);
	keyring_take(&request.keyring, &x->start.keyring);
	if (execution_continue(execution, &request, &err) == ERR_OK)
		return true;
	if (request.refused != NULL)
		reply_refusal(x, &request, &err);
	else
		reply_err(x, &err);
	return false;
}

static struct execution *
find(const struct exchange *x)
{
	return engine_find(api_options_of(x->api)->engine, x->tenant, x->key.graph);
}

static void
reply_gone(struct exchange *x)
{
	struct err err;

	err_set(&err, ERR_CONFLICT, "the execution has ended, or was left, a moment ago");
	reply_err(x, &err);
}

static void
continue_here(struct exchange *x)
{
	struct execution *execution = find(x);

	if (execution == NULL) {
		reply_gone(x);
	} else if (go_on(x, execution)) {
		execution_watch(execution, &x->watch);
		wait_begin(x);
	}
}

static void
pause_here(struct exchange *x)
{
	struct execution *execution = find(x);
	struct err        err;

	if (execution_pause(execution, &err) != ERR_OK) {
		reply_err(x, &err);
		return;
	}
	if (execution_status(execution) == STATUS_PAUSED) {
		load_execution(x, wait_reply);
		return;
	}
	execution_watch(execution, &x->watch);
	wait_begin(x);
}

static void
cancel_here(struct exchange *x)
{
	struct execution     *execution = find(x);
	struct cancel_request request = {
		.force = json_get_bool(x->body, "force", false),
		.undo = json_get_bool(x->body, "rollback", false),
	};
	struct err err;

	if (execution == NULL) {
		reply_gone(x);
	} else if (execution_cancel(execution, &request, &err) != ERR_OK) {
		reply_err(x, &err);
	} else {
		execution_watch(execution, &x->watch);
		wait_begin(x);
	}
}

/* What was left need not be taken up by us: this process was about to, and it stays. True: so it is told here. */
static bool
is_told_here(struct exchange *x, const struct err *err, exchange_step *tell)
{
	if (err == NULL || err->code != ERR_BUSY || find(x) == NULL)
		return false;
	execution_unwatch(&x->watch);
	tell(x);
	return true;
}

static void
on_held(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	if (err == NULL)
		go_on(x, execution);
	else if (!is_told_here(x, err, continue_here))
		reply_err(x, err);
}

static void
on_cancelling(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	if (!is_told_here(container_of(watch, struct exchange, watch), err, cancel_here))
		wait_begun(watch, execution, err);
}

/* ---- what no execution of this process is ---- */

static void
reply_not_left(struct exchange *x, const char *status)
{
	struct err err;

	err_set(&err, ERR_CONFLICT, "the last execution of graph %s is %s", x->key.graph, status);
	reply_err(x, &err);
}

static bool
has_ended(const char *status)
{
	return str_eq(status, "completed") || str_eq(status, "failed") ||
	       str_eq(status, "cancelled");
}

static void
take_up(struct exchange *x)
{
	struct err err;

	if (!x->start.cancel && admit_execution(x, false, &err) != ERR_OK) {
		reply_err(x, &err);
		return;
	}
	x->start.resume = true;
	if (start_in_engine(x))
		wait_begin(x);
}

static void
continue_left(struct exchange *x, struct json_object *execution)
{
	const char *status = json_get_str(execution, "status");

	x->watch.on_begun = on_held;
	x->start.hold = true;
	if (has_ended(status))
		reply_not_left(x, status);
	else if (str_eq(json_get_str(execution, "kind"), "destroy") || boxes_can_be_opened(x))
		open_credentials(x, false, take_up);
	json_put(execution);
}

static void
cancel_left(struct exchange *x, struct json_object *execution)
{
	const char *status = json_get_str(execution, "status");

	if (str_eq(status, "cancelled")) {
		wait_reply(x, execution);
		return;
	}
	x->watch.on_begun = on_cancelling;
	x->start.cancel = true;
	x->start.undo = json_get_bool(x->body, "rollback", false);
	if (has_ended(status))
		reply_not_left(x, status);
	else
		open_credentials(x, true, take_up);
	json_put(execution);
}

/* One that is paused and left stays so; one that runs is another process's. */
static void
pause_left(struct exchange *x, struct json_object *execution)
{
	const char *status = json_get_str(execution, "status");
	struct err  err;

	if (str_eq(status, "paused")) {
		wait_reply(x, execution);
		return;
	}
	if (has_ended(status)) {
		reply_not_left(x, status);
	} else {
		err_set(&err, ERR_BUSY, "the execution is not run by this process");
		reply_err(x, &err);
	}
	json_put(execution);
}

/* ---- the requests ---- */

static void
continue_elsewhere(struct exchange *x)
{
	load_execution(x, continue_left);
}

static void
on_spec_to_continue(struct exchange *x)
{
	if (!names_are_known(x))
		return;
	if (find(x) != NULL)
		open_credentials(x, true, continue_here);
	else
		pass_on(x, continue_elsewhere);
}

void
handle_continue(struct exchange *x)
{
	wait_init(x);
	load_spec(x, json_get_str(x->body, "graph_id"), on_spec_to_continue);
}

static void
cancel_elsewhere(struct exchange *x)
{
	load_execution(x, cancel_left);
}

static void
on_spec_to_cancel(struct exchange *x)
{
	if (find(x) != NULL)
		cancel_here(x);
	else
		pass_on(x, cancel_elsewhere);
}

void
handle_cancel(struct exchange *x)
{
	wait_init(x);
	load_spec(x, json_get_str(x->body, "graph_id"), on_spec_to_cancel);
}

static void
pause_elsewhere(struct exchange *x)
{
	load_execution(x, pause_left);
}

static void
on_spec_to_pause(struct exchange *x)
{
	if (find(x) != NULL)
		pause_here(x);
	else
		pass_on(x, pause_elsewhere);
}

void
handle_pause(struct exchange *x)
{
	wait_init(x);
	load_spec(x, json_get_str(x->body, "graph_id"), on_spec_to_pause);
}
