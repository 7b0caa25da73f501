/* SPDX-License-Identifier: Apache-2.0
 * render_execution.c - an execution: its end in one line, its outputs, its state. */
#include <stdio.h>
#include <stdlib.h>
#include <inttypes.h>
#include <string.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

/* ---- counting ---- */

static size_t
operations_n(struct json_object *execution)
{
	struct json_object *operations = json_get_array(execution, "operations");

	return operations != NULL ? json_object_array_length(operations) : 0;
}

static struct json_object *
operation_at(struct json_object *execution, size_t i)
{
	return json_object_array_get_idx(json_get_array(execution, "operations"), i);
}

static int64_t
count_status(struct json_object *execution, const char *status)
{
	int64_t n = 0;

	for (size_t i = 0; i < operations_n(execution); i++)
		n += str_eq(json_get_str(operation_at(execution, i), "status"), status);
	return n;
}

/* ---- counts ---- */

static const char *
kind_name(struct json_object *execution)
{
	static const char *const names[][2] = { { "apply", "Apply" }, { "destroy", "Destroy" },
		{ "update", "Update" }, { "verify", "Verify" }, { "move", "Move" } };

	if (str_eq(json_get_str(execution, "mode"), "DRY_RUN"))
		return "Dry run";
	for (size_t i = 0; i < array_len(names); i++) {
		if (str_eq(json_get_str(execution, "kind"), names[i][0]))
			return names[i][1];
	}
	return "Execution";
}

/* "AccessDenied: not allowed", of an error object; its type where it has no code. */
static void
render_error(struct str *out, struct json_object *error)
{
	const char *code = json_get_str(error, "code"), *message = json_get_str(error, "message");

	if (error != NULL && json_object_is_type(error, json_type_string)) {
		render_text(out, json_object_get_string(error));
		return;
	}
	if (code == NULL)
		code = json_get_str(error, "type");
	render_text(out, code != NULL || message != NULL ? code : "no reason was given");
	if (code != NULL && message != NULL)
		str_add(out, ": ");
	render_text(out, message);
}

static void
render_failures(struct str *out, struct json_object *execution, bool color)
{
	for (size_t i = 0; i < operations_n(execution); i++) {
		struct json_object *operation = operation_at(execution, i);

		if (!str_eq(json_get_str(operation, "status"), "failed"))
			continue;
		render_paint(out, PAINT_RED, color);
		str_add(out, "Failed: ");
		render_paint(out, PAINT_PLAIN, color);
		render_resource(
		    out, json_get_str(operation, "resource_id"), json_get_str(operation, "region"));
		str_add(out, ": ");
		render_error(out, json_get(operation, "error"));
		str_add_char(out, '\n');
	}
}

static void
render_troubles(struct str *out, struct json_object *execution)
{
	static const char *const statuses[][2] = { { "failed", "failed" }, { "blocked", "blocked" },
		{ "cancelled", "cancelled" }, { "rolled_back", "rolled back" },
		{ "skipped", "skipped" } };

	for (size_t i = 0; i < array_len(statuses); i++) {
		int64_t n = count_status(execution, statuses[i][0]);

		if (n > 0)
			str_addf(out, "%" PRId64 " %s, ", n, statuses[i][1]);
	}
}

/* ---- turns: what a status means together with its reason ---- */

static const struct turn {
	const char *status, *reason;
	const char *now;  /* what is said as it comes; NULL: nothing */
	const char *kind; /* of a pause before something */
	const char *last; /* what is said of it in the end; NULL: nothing */
} turns[] = {
	{ "paused", "step", "Paused", "step", NULL },
	{ "paused", "pause_edge", "Paused", "pause edge", NULL },
	{ "paused", "asked", "Paused", "as asked", NULL },
	{ "paused", "awaiting_credentials", "Paused: it waits for credentials", NULL, NULL },
	{ "paused", "quarantined", "Paused: too many processes have died while they ran it", NULL,
	    NULL },
	{ "running", "pausing", "Pausing: what is under way comes to its end", NULL, NULL },
	{ "running", "cancelling", "Cancelling: what is under way comes to its end", NULL, NULL },
	{ "running", "rolling_back", "Rolling back what was done", NULL, NULL },
	{ "completed", "end_edge", NULL, NULL,
	    "It ended at an end edge; what is behind that was not run." },
	{ "completed", "something_left", NULL, NULL,
	    "All that its graph names is gone; what else has the deployment's tags is not." },
	{ "failed", "rolled_back", NULL, NULL, "All that it had done was rolled back." },
	{ "failed", "rollback_incomplete", NULL, NULL,
	    "It was rolled back, but not everything could be undone." },
	{ "cancelled", "rolled_back", NULL, NULL, "All that it had done was rolled back." },
	{ "cancelled", "rollback_incomplete", NULL, NULL,
	    "It was rolled back, but not everything could be undone." },
};

static const struct turn *
turn_of(struct json_object *from)
{
	for (size_t i = 0; i < array_len(turns); i++) {
		if (str_eq(json_get_str(from, "status"), turns[i].status) &&
		    str_eq(json_get_str(from, "reason"), turns[i].reason))
			return &turns[i];
	}
	return NULL;
}

/* ` before "greeter" [eu-west-1] (step)` */
static void
render_next(struct str *out, struct json_object *next, const char *kind)
{
	const char *region = json_get_str(next, "region");

	if (next == NULL || kind == NULL)
		return;
	str_add(out, " before \"");
	render_text(out, json_get_str(next, "resource_id"));
	str_add_char(out, '"');
	if (region != NULL && *region != '\0') {
		str_add(out, " [");
		render_text(out, region);
		str_add_char(out, ']');
	}
	str_addf(out, " (%s)", kind);
}

static void
render_line_of(struct str *out, struct json_object *event, const char *line)
{
	str_add(out, "  ");
	render_text(out, json_get_str(event, "resource_id"));
	str_add(out, " | ");
	render_text(out, line);
	str_add_char(out, '\n');
}

void
render_written(struct str *out, struct json_object *event)
{
	const char *text = json_get_str(event, "text");
	int64_t     dropped = json_get_i64(event, "dropped", 0);
	char        note[64];

	snprintf(note, sizeof(note), "(%lld bytes are left out)", (long long)dropped);
	if (dropped > 0)
		render_line_of(out, event, note);
	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, "\n");
		char  *line = xstrndup(text, len);

		render_line_of(out, event, line);
		free(line);
		text += len + (text[len] == '\n');
	}
}

void
render_turn(struct str *out, struct json_object *from, bool color)
{
	const struct turn *turn = turn_of(from);
	const char        *graph_id = json_get_str(from, "graph_id");

	if (turn == NULL || turn->now == NULL)
		return;
	render_paint(out, PAINT_YELLOW, color);
	str_add(out, turn->now);
	render_next(out, json_get_object(from, "next_operation"), turn->kind);
	str_add_char(out, '.');
	render_paint(out, PAINT_PLAIN, color);
	if (str_eq(turn->status, "paused") && graph_id != NULL) {
		str_add(out, " Continue: mgraph-deploy continue ");
		render_text(out, graph_id);
	}
	str_add_char(out, '\n');
}

static void
render_reason(struct str *out, struct json_object *execution)
{
	const struct turn *turn = turn_of(execution);

	if (turn != NULL && turn->last != NULL)
		str_addf(out, "%s\n", turn->last);
}

/* What a rollback has left as it is, and why. */
static void
render_not_undone(struct str *out, struct json_object *execution)
{
	if (!str_eq(json_get_str(execution, "reason"), "rollback_incomplete"))
		return;
	for (size_t i = 0; i < operations_n(execution); i++) {
		struct json_object *operation = operation_at(execution, i);
		const char         *why = json_get_str(operation, "irreversible");

		if (why == NULL)
			continue;
		str_add(out, "  - ");
		render_resource(
		    out, json_get_str(operation, "resource_id"), json_get_str(operation, "region"));
		str_add(out, ": ");
		render_text(out, why);
		str_add_char(out, '\n');
	}
}

/* Which command goes on from here. What was rolled back has nowhere to go on from, and a move is begun anew. */
static void
render_next_step(struct str *out, struct json_object *execution)
{
	const char *graph_id = json_get_str(execution, "graph_id");

	if (graph_id == NULL || !str_eq(json_get_str(execution, "kind"), "apply") ||
	    !str_eq(json_get_str(execution, "status"), "cancelled") || turn_of(execution) != NULL)
		return;
	str_add(out, "  mgraph-deploy apply ");
	render_text(out, graph_id);
	str_add(out, "   goes on from here\n");
}

/* ---- the last lines ---- */

void
render_summary(struct str *out, struct json_object *execution, bool color)
{
	static const struct {
		const char *status, *word;
		enum paint  paint;
	} ends[] = { { "completed", "complete", PAINT_GREEN }, { "failed", "failed", PAINT_RED },
		{ "cancelled", "cancelled", PAINT_RED }, { "paused", "paused", PAINT_YELLOW } };
	const char *status = json_get_str(execution, "status"), *word = "is not over";
	enum paint  paint = PAINT_PLAIN;

	for (size_t i = 0; i < array_len(ends); i++) {
		if (!str_eq(status, ends[i].status))
			continue;
		word = ends[i].word;
		paint = ends[i].paint;
	}
	render_failures(out, execution, color);
	render_paint(out, paint, color);
	str_addf(out, "%s %s:", kind_name(execution), word);
	render_paint(out, PAINT_PLAIN, color);
	str_add_char(out, ' ');
	render_troubles(out, execution);
	render_counts(out, json_get_object(execution, "summary"),
	    str_eq(json_get_str(execution, "kind"), "destroy"),
	    str_eq(json_get_str(execution, "mode"), "DRY_RUN"));
	str_add(out, ".\n");
	render_reason(out, execution);
	render_not_undone(out, execution);
	render_proof(out, execution, color);
	render_next_step(out, execution);
}

/* ---- outputs ---- */

static void
render_output(struct str *out, const char *resource_id, const char *name, struct json_object *value)
{
	render_text(out, resource_id);
	str_add_char(out, '.');
	render_text(out, name);
	str_add(out, " = ");
	render_text(out, value != NULL && json_object_is_type(value, json_type_string)
			     ? json_object_get_string(value)
			     : json_text(value));
	str_add_char(out, '\n');
}

void
render_outputs(struct str *out, struct json_object *execution)
{
	struct json_object *outputs = json_get_object(execution, "outputs");

	if (outputs == NULL || str_eq(json_get_str(execution, "kind"), "destroy"))
		return;
	json_object_object_foreach (outputs, resource_id, of_resource) {
		if (!json_object_is_type(of_resource, json_type_object))
			continue;
		json_object_object_foreach (of_resource, name, value)
			render_output(out, resource_id, name, value);
	}
}

/* ---- status ---- */

enum paint
render_status_paint(const char *status)
{
	static const struct {
		const char *status;
		enum paint  paint;
	} paints[] = { { "completed", PAINT_GREEN }, { "running", PAINT_CYAN },
		{ "failed", PAINT_RED }, { "blocked", PAINT_RED }, { "cancelled", PAINT_RED },
		{ "paused", PAINT_YELLOW } };

	for (size_t i = 0; i < array_len(paints); i++) {
		if (str_eq(status, paints[i].status))
			return paints[i].paint;
	}
	return PAINT_DIM;
}

static void
render_header(struct str *out, struct json_object *execution, bool color)
{
	static const char *const members[][2] = { { "graph_id", "Graph" },
		{ "execution_id", "Execution" }, { "deployment_id", "Deployment" },
		{ "version", "Version" }, { "kind", "Kind" }, { "mode", "Mode" },
		{ "status", "Status" }, { "reason", "Reason" }, { "created_at", "Created" },
		{ "completed_at", "Completed" } };

	for (size_t i = 0; i < array_len(members); i++) {
		const char *value = json_get_str(execution, members[i][0]);

		if (value == NULL)
			continue;
		str_addf(out, "%-11s ", members[i][1]);
		if (str_eq(members[i][0], "status"))
			render_paint(out, render_status_paint(value), color);
		render_text(out, value);
		if (str_eq(members[i][0], "status"))
			render_paint(out, PAINT_PLAIN, color);
		str_add_char(out, '\n');
	}
}

static void
render_operation(struct str *out, struct json_object *operation, bool color)
{
	const char         *status = json_get_str(operation, "status");
	const char         *phase = json_get_str(operation, "phase");
	struct json_object *seconds = json_get(operation, "duration_seconds");

	str_addf(out, "  %3s ", render_verb(json_get_str(operation, "operation"))->symbol);
	render_paint(out, render_status_paint(status), color);
	str_addf(out, "%-11s ", status != NULL ? status : "");
	render_paint(out, PAINT_PLAIN, color);
	render_resource(
	    out, json_get_str(operation, "resource_id"), json_get_str(operation, "region"));
	render_kind(out, operation);
	if (str_eq(status, "running") && phase != NULL) {
		str_add(out, "  ");
		render_text(out, phase);
	}
	if (seconds != NULL) {
		str_add(out, "  ");
		render_duration(out, (int64_t)(json_object_get_double(seconds) * 1000));
	}
	if (json_get(operation, "error") != NULL) {
		str_add(out, "  ");
		render_error(out, json_get(operation, "error"));
	}
	str_add_char(out, '\n');
}

void
render_status(struct str *out, struct json_object *execution, bool color)
{
	render_header(out, execution, color);
	if (operations_n(execution) > 0)
		str_add(out, "\n");
	for (size_t i = 0; i < operations_n(execution); i++)
		render_operation(out, operation_at(execution, i), color);
	if (json_has(execution, "proof"))
		str_add(out, "\n");
	render_proof(out, execution, color);
}
