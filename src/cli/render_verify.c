/* SPDX-License-Identifier: Apache-2.0
 * render_verify.c - how each resource stands to what its config says. */
#include <inttypes.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"

/* What is in sync is counted and not shown. */
static const struct verdict_row {
	const char *verdict, *words;
	bool        shown;
	enum paint  paint;
} rows[] = {
	{ "in_sync", "in sync", false, PAINT_PLAIN },
	{ "drifted", "drifted", true, PAINT_YELLOW },
	{ "missing", "missing", true, PAINT_RED },
	{ "not_ours", "not ours", true, PAINT_RED },
	{ "ambiguous", "ambiguous", true, PAINT_RED },
	{ "unreadable", "unreadable", true, PAINT_CYAN },
	{ "failing", "failing", true, PAINT_RED },
};

static void
render_group(
    struct str *out, struct json_object *resources, const struct verdict_row *row, bool color)
{
	size_t n = resources != NULL ? json_object_array_length(resources) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *resource = json_object_array_get_idx(resources, i);

		if (!str_eq(json_get_str(resource, "verdict"), row->verdict))
			continue;
		render_paint(out, row->paint, color);
		str_addf(out, "%-10s  ", row->words);
		render_differences(out, resource, color);
	}
}

int64_t
verify_total(struct json_object *verify, const char *verdict)
{
	return json_get_i64(json_get_object(verify, "summary"), verdict, 0);
}

void
render_verify(struct str *out, struct json_object *verify, bool color)
{
	const char *separator = " ";

	for (size_t i = 0; i < array_len(rows); i++) {
		if (rows[i].shown)
			render_group(out, json_get_array(verify, "resources"), &rows[i], color);
	}
	render_problems(out, json_get_array(verify, "warnings"), "Warning: ");
	if (json_get_bool(verify, "success", false))
		str_add(out, "In sync: what is deployed matches the config.\n");
	else
		str_add_char(out, '\n');
	render_paint(out, PAINT_BOLD, color);
	str_add(out, "Verify:");
	render_paint(out, PAINT_PLAIN, color);
	for (size_t i = 0; i < array_len(rows); i++) {
		int64_t n = verify_total(verify, rows[i].verdict);

		if (rows[i].shown && n == 0)
			continue;
		str_addf(out, "%s%" PRId64 " %s", separator, n, rows[i].words);
		separator = ", ";
	}
	str_add(out, ".\n");
}
