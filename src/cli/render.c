/* SPDX-License-Identifier: Apache-2.0
 * render.c - the words and colours that all renderings share, and problems. */
#include "cli/render.h"

#include <inttypes.h>
#include <string.h>

#include "util/check.h"
#include "util/clock_text.h"
#include "util/json.h"
#include "util/utf8.h"

void
render_pad(struct str *out, size_t from, size_t columns)
{
	do
		str_add_char(out, ' ');
	while (out->len - from < columns && !out->overflow);
}

void
render_paint(struct str *out, enum paint paint, bool color)
{
	static const char *const codes[] = {
		[PAINT_PLAIN] = "\033[0m",
		[PAINT_BOLD] = "\033[1m",
		[PAINT_DIM] = "\033[2m",
		[PAINT_GREEN] = "\033[32m",
		[PAINT_YELLOW] = "\033[33m",
		[PAINT_RED] = "\033[31m",
		[PAINT_CYAN] = "\033[36m",
	};

	_Static_assert(array_len(codes) == PAINT_N, "a code for each");
	if (color)
		str_add(out, codes[paint]);
}

void
render_text(struct str *out, const char *text)
{
	for (const char *at = text; at != NULL && *at != '\0';) {
		unsigned code;
		size_t   len = utf8_unseen(at, &code);

		if (len == 0)
			str_add_char(out, *at++);
		else
			str_addf(out, "\\x%02x", code);
		at += len;
	}
}

void
render_resource(struct str *out, const char *resource_id, const char *region)
{
	render_text(out, resource_id != NULL ? resource_id : "?");
	if (region == NULL || *region == '\0' || str_eq(region, "global"))
		return;
	str_add(out, " [");
	render_text(out, region);
	str_add_char(out, ']');
}

void
render_kind(struct str *out, struct json_object *operation)
{
	const char *composite = json_get_str(operation, "composite");
	const char *of = composite != NULL ? composite : json_get_str(operation, "check_of");

	str_add(out, " (");
	render_text(out, json_get_str(operation, "type"));
	str_add(out, of != NULL ? ", of " : "");
	render_text(out, of);
	str_add_char(out, ')');
}

void
render_duration(struct str *out, int64_t ms)
{
	clock_text_duration(out, ms);
}

const struct verb *
render_verb(const char *operation)
{
	static const struct verb verbs[] = {
		{ "create", "+", "creating", "created", PAINT_GREEN },
		{ "move", ">", "moving", "moved", PAINT_GREEN },
		{ "update", "~", "updating", "updated", PAINT_YELLOW },
		{ "replace", "-/+", "replacing", "replaced", PAINT_YELLOW },
		{ "delete", "-", "destroying", "destroyed", PAINT_RED },
		{ "destroy", "-", "destroying", "destroyed", PAINT_RED },
		{ "adopt", "=", "adopting", "adopted", PAINT_CYAN },
		{ "verify", "?", "verifying", "verified", PAINT_CYAN },
		{ "ensure", "?", "checking", "checked", PAINT_CYAN },
		{ "no_op", " ", "checking", "unchanged", PAINT_DIM },
		{ "leave", " ", "leaving", "left", PAINT_DIM },
	};
	static const struct verb unknown = { "", "?", "working", "done", PAINT_PLAIN };

	for (size_t i = 0; i < array_len(verbs); i++) {
		if (str_eq(operation, verbs[i].operation))
			return &verbs[i];
	}
	return &unknown;
}

/* ---- counts ---- */

void
render_counts(struct str *out, struct json_object *summary, bool destroys, bool to_do)
{
	static const struct {
		const char *counted, *to_do, *done;
		bool        told; /* even if there are none */
	} rows[] = {
		{ "add", "to add", "added", true },
		{ "move", "to move", "moved", false },
		{ "change", "to change", "changed", true },
		{ "replace", "to replace", "replaced", false },
		{ "destroy", "to destroy", "destroyed", true },
		{ "adopt", "to adopt", "adopted", false },
		{ "undecided", "undecided", "undecided", false },
	};
	const char *comma = "";

	for (size_t i = 0; i < array_len(rows); i++) {
		int64_t n = json_get_i64(summary, rows[i].counted, 0);
		bool    told = rows[i].told && (!destroys || str_eq(rows[i].counted, "destroy"));

		if (n == 0 && !told)
			continue;
		str_addf(out, "%s%" PRId64 " %s", comma, n, to_do ? rows[i].to_do : rows[i].done);
		comma = ", ";
	}
}

/* ---- problems ---- */

static void
render_place(struct str *out, struct json_object *problem)
{
	const char *pointer = json_get_str(problem, "pointer");

	if (pointer == NULL || *pointer == '\0') /* it is all of it */
		return;
	render_text(out, pointer);
	str_add(out, ": ");
}

void
render_problems(struct str *out, struct json_object *problems, const char *bullet)
{
	size_t n = problems != NULL ? json_object_array_length(problems) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *problem = json_object_array_get_idx(problems, i);
		const char         *code = json_get_str(problem, "code");
		const char         *detail = json_get_str(problem, "detail");

		str_add(out, bullet);
		if (json_object_is_type(problem, json_type_string)) {
			render_text(out, json_object_get_string(problem));
			str_add_char(out, '\n');
			continue;
		}
		render_place(out, problem);
		render_text(out, detail != NULL ? detail : code);
		if (detail != NULL && code != NULL) {
			str_add(out, " (");
			render_text(out, code);
			str_add_char(out, ')');
		}
		str_add_char(out, '\n');
	}
}

void
render_problem(struct str *out, struct json_object *problem, int status, bool color)
{
	const char *title = json_get_str(problem, "title");
	const char *detail = json_get_str(problem, "detail");

	render_paint(out, PAINT_RED, color);
	str_add(out, "Error: ");
	render_paint(out, PAINT_PLAIN, color);
	if (title != NULL)
		render_text(out, title);
	else
		str_addf(out, "the server answered %d", status);
	str_add_char(out, '\n');
	if (detail != NULL && !str_eq(detail, title)) {
		str_add(out, "  ");
		render_text(out, detail);
		str_add_char(out, '\n');
	}
	render_problems(out, json_get_array(problem, "problems"), "  - ");
}
