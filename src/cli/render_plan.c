/* SPDX-License-Identifier: Apache-2.0
 * render_plan.c - a plan: what would be created, changed and destroyed, and why. */
#include <inttypes.h>
#include <string.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"

#define VALUE_COLUMNS 120 /* a longer value is cut */
#define VALUE_BEFORE  40  /* so much is shown of what is before a difference */

/* ---- one property's difference ---- */

/* In bytes, but never in the middle of a character. */
static size_t
cut_len(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (len <= max)
		return len;
	for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return len;
}

/* Of its text what begins at `from`. */
static void
render_value(struct str *out, struct json_object *value, size_t from)
{
	const char *text = json_text(value) + from;
	size_t      len = cut_len(text, VALUE_COLUMNS);
	struct str  cut;

	if (json_has(value, "$sealed")) {
		str_add(out, "(sealed)");
		return;
	}
	str_init(&cut, VALUE_COLUMNS + 1);
	str_add_mem(&cut, text, len);
	str_add(out, from > 0 ? "…" : "");
	render_text(out, cut.data);
	if (text[len] != '\0')
		str_add(out, "…");
	str_fini(&cut);
}

/* Where two values are to begin, so that what differs is seen: a little before it, if one of them is longer than what is shown. */
static size_t
value_from(struct json_object *before, struct json_object *after)
{
	const char *a = json_text(before), *b = json_text(after);
	size_t      same = 0, at;

	if (strlen(a) <= VALUE_COLUMNS && strlen(b) <= VALUE_COLUMNS)
		return 0;
	while (a[same] != '\0' && a[same] == b[same])
		same++;
	at = same > VALUE_BEFORE ? cut_len(a, same - VALUE_BEFORE) : 0;
	return at > VALUE_BEFORE ? at : 0;
}

void
render_difference(struct str *out, struct json_object *diff, bool color)
{
	bool               unknown = json_get_bool(diff, "after_unknown", false);
	bool               before = json_get(diff, "before") != NULL;
	bool               after = unknown || json_get(diff, "after") != NULL;
	const struct verb *verb = render_verb(!before ? "create" : !after ? "delete" : "update");
	const char        *path = json_get_str(diff, "path");
	size_t             from = before && after && !unknown
				      ? value_from(json_get(diff, "before"), json_get(diff, "after"))
				      : 0;

	str_add(out, "      ");
	render_paint(out, verb->paint, color);
	str_add(out, verb->symbol);
	render_paint(out, PAINT_PLAIN, color);
	str_add_char(out, ' ');
	render_text(out, path != NULL && *path == '/' ? path + 1 : path);
	str_add(out, ": ");
	if (before)
		render_value(out, json_get(diff, "before"), from);
	if (before && after)
		str_add(out, " -> ");
	if (unknown)
		str_add(out, "(known after apply)");
	else if (after)
		render_value(out, json_get(diff, "after"), from);
	if (json_get_bool(diff, "requires_replacement", false)) {
		render_paint(out, PAINT_RED, color);
		str_add(out, "  # forces replacement");
		render_paint(out, PAINT_PLAIN, color);
	}
	str_add_char(out, '\n');
}

void
render_differences(struct str *out, struct json_object *of, bool color)
{
	struct json_object *diff = json_get_array(of, "diff");
	const char         *reason = json_get_str(of, "reason");
	size_t              n = diff != NULL ? json_object_array_length(diff) : 0;

	render_paint(out, PAINT_BOLD, color);
	render_resource(out, json_get_str(of, "resource_id"), json_get_str(of, "region"));
	render_paint(out, PAINT_PLAIN, color);
	render_kind(out, of);
	if (reason != NULL) {
		render_paint(out, PAINT_DIM, color);
		str_add(out, "  # ");
		render_text(out, reason);
		render_paint(out, PAINT_PLAIN, color);
	}
	str_add_char(out, '\n');
	for (size_t i = 0; i < n; i++)
		render_difference(out, json_object_array_get_idx(diff, i), color);
}

/* ---- the operations ---- */

static void
render_operation(struct str *out, struct json_object *operation, bool color)
{
	const struct verb *verb = render_verb(json_get_str(operation, "operation"));

	str_add_char(out, ' ');
	render_paint(out, verb->paint, color);
	str_addf(out, "%3s ", verb->symbol);
	render_differences(out, operation, color);
}

/* Those with one symbol; an operation that changes nothing is not shown. */
static void
render_group(struct str *out, struct json_object *operations, const char *symbol, bool color)
{
	size_t n = operations != NULL ? json_object_array_length(operations) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *operation = json_object_array_get_idx(operations, i);
		const char         *name = json_get_str(operation, "operation");

		if (str_eq(render_verb(name)->symbol, symbol))
			render_operation(out, operation, color);
	}
}

void
render_warnings(struct str *out, struct json_object *plan, bool color)
{
	struct json_object *warnings = json_get_array(plan, "warnings");

	if (warnings == NULL || json_object_array_length(warnings) == 0)
		return;
	render_paint(out, PAINT_YELLOW, color);
	str_add(out, "Warnings:\n");
	render_paint(out, PAINT_PLAIN, color);
	render_problems(out, warnings, "  - ");
	str_add_char(out, '\n');
}

/* ---- the totals ---- */

bool
plan_has_changes(struct json_object *plan)
{
	struct json_object *summary = json_get_object(plan, "summary");

	if (summary == NULL) /* told in the words of others */
		return false;
	json_object_object_foreach (summary, name, count) {
		if (strcmp(name, "no_op") != 0 && strcmp(name, "undecided") != 0 &&
		    json_object_get_int64(count) > 0)
			return true;
	}
	return false;
}

bool
plan_is_undecided(struct json_object *plan)
{
	return json_get_i64(json_get_object(plan, "summary"), "undecided", 0) > 0;
}

static void
render_totals(struct str *out, struct json_object *plan, bool color)
{
	render_paint(out, PAINT_BOLD, color);
	str_add(out, "Plan:");
	render_paint(out, PAINT_PLAIN, color);
	str_add_char(out, ' ');
	render_counts(out, json_get_object(plan, "summary"), false, true);
	str_add(out, ".\n");
}

static void
render_estimate(struct str *out, struct json_object *plan)
{
	struct json_object *seconds = json_get(plan, "estimated_time");

	if (seconds == NULL || json_object_get_double(seconds) < 1)
		return;
	str_add(out, "It is estimated to take ");
	render_duration(out, (int64_t)(json_object_get_double(seconds) * 1000));
	str_add(out, ".\n");
}

/* How to do this and nothing else. */
static void
render_how(struct str *out, struct json_object *plan)
{
	const char *plan_id = json_get_str(plan, "plan_id");

	if (plan_id == NULL)
		return;
	str_add(out, "To do exactly this: mgraph-deploy apply --plan ");
	render_text(out, json_get_str(plan, "spec_graph_id"));
	str_add_char(out, ':');
	render_text(out, plan_id);
	str_add_char(out, '\n');
}

void
render_plan(struct str *out, struct json_object *plan, bool color)
{
	static const char *const symbols[] = { "+", "=", "~", "-/+", "-", "?" };
	bool                     undecided = plan_is_undecided(plan);
	bool                     changes = plan_has_changes(plan);

	for (size_t i = 0; i < array_len(symbols); i++)
		render_group(out, json_get_array(plan, "operations"), symbols[i], color);
	if (changes)
		str_add_char(out, '\n');
	render_warnings(out, plan, color);
	if (undecided)
		str_add(out, "Not all could be decided: see what is marked with a ? above.\n");
	else if (!changes)
		str_add(out, "No changes: what is deployed matches the config.\n");
	render_totals(out, plan, color);
	if (changes)
		render_estimate(out, plan);
	if (changes)
		render_how(out, plan);
}
