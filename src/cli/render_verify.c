/* SPDX-License-Identifier: Apache-2.0
 * render_verify.c - how each resource stands to what its config says. */
#include <inttypes.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"

static const struct verdict_row {
	const char *verdict, *words;
	bool        is_told; /* in the totals, where there is none */
	enum paint  paint;
} rows[] = {
	{ "in_sync", "in sync", true, PAINT_GREEN },
	{ "drifted", "drifted", false, PAINT_YELLOW },
	{ "missing", "missing", false, PAINT_RED },
	{ "not_ours", "not ours", false, PAINT_RED },
	{ "ambiguous", "ambiguous", false, PAINT_RED },
	{ "unreadable", "unreadable", false, PAINT_CYAN },
	{ "failing", "failing", false, PAINT_RED },
};

void
render_verdict_of(struct str *out, const char *verdict, bool color)
{
	for (size_t i = 0; i < array_len(rows); i++) {
		if (!str_eq(verdict, rows[i].verdict))
			continue;
		render_paint(out, rows[i].paint, color);
		str_addf(out, "%-10s  ", rows[i].words);
		render_paint(out, PAINT_PLAIN, color);
	}
}

void
render_verdict(struct str *out, struct json_object *resource, bool color)
{
	render_verdict_of(out, json_get_str(resource, "verdict"), color);
	render_differences(out, resource, color);
}

int64_t
verify_total(struct json_object *verify, const char *verdict)
{
	return json_get_i64(json_get_object(verify, "summary"), verdict, 0);
}

void
render_verdicts(struct str *out, struct json_object *verify, bool color)
{
	const char *separator = " ";

	render_paint(out, PAINT_BOLD, color);
	str_add(out, "Verify:");
	render_paint(out, PAINT_PLAIN, color);
	for (size_t i = 0; i < array_len(rows); i++) {
		int64_t n = verify_total(verify, rows[i].verdict);

		if (!rows[i].is_told && n == 0)
			continue;
		str_addf(out, "%s%" PRId64 " %s", separator, n, rows[i].words);
		separator = ", ";
	}
	str_add(out, ".\n");
}

void
render_verify(struct str *out, struct json_object *verify, bool color)
{
	render_problems(out, json_get_array(verify, "warnings"), "Warning: ");
	str_add_char(out, '\n');
	if (json_get_bool(verify, "success", false))
		str_add(out, "In sync: what is deployed matches the config.\n");
	render_verdicts(out, verify, color);
}
