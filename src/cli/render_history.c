/* SPDX-License-Identifier: Apache-2.0
 * render_history.c - the deployments there were, or the executions of one: a line each. */
#include <inttypes.h>

#include "cli/render.h"
#include "cli/render_table.h"
#include "util/check.h"
#include "util/json.h"

#define MS_PER_S 1000

/* What it has done, in the plan's signs. */
static void
cell_summary(struct str *out, struct json_object *row)
{
	static const char *const counts[][2] = { { "add", "+" }, { "change", "~" },
		{ "replace", "-/+" }, { "destroy", "-" }, { "no_op", "=" } };
	struct json_object      *summary = json_get_object(row, "summary");
	const char              *separator = "";

	for (size_t i = 0; i < array_len(counts); i++) {
		int64_t n = json_get_i64(summary, counts[i][0], 0);

		if (n == 0)
			continue;
		str_addf(out, "%s%s%" PRId64, separator, counts[i][1], n);
		separator = " ";
	}
}

static void
cell_duration(struct str *out, struct json_object *row)
{
	struct json_object *seconds = json_get(row, "duration_seconds");

	if (seconds != NULL)
		render_duration(out, (int64_t)(json_object_get_double(seconds) * MS_PER_S));
}

static void
cell_actor(struct str *out, struct json_object *row)
{
	const char *on_behalf_of = json_get_str(row, "on_behalf_of");

	render_text(out, json_get_str(row, "actor"));
	if (on_behalf_of == NULL)
		return;
	str_add(out, " for ");
	render_text(out, on_behalf_of);
}

static void
cell_status(struct str *out, struct json_object *row)
{
	const char *reason = json_get_str(row, "reason");

	render_text(out, json_get_str(row, "status"));
	if (reason == NULL)
		return;
	str_add(out, " (");
	render_text(out, reason);
	str_add_char(out, ')');
}

static const struct column deployment_columns[] = { { NULL, 32, "deployment_id", NULL },
	{ NULL, 26, "last_begun_at", NULL }, { NULL, 0, NULL, render_found } },
			   execution_columns[] = { { "BEGUN", 26, "created_at", NULL },
				   { "KIND", 9, "kind", NULL }, { "STATUS", 12, NULL, cell_status },
				   { "VERSION", 12, "version", NULL },
				   { "GRAPH", 10, "graph_id", NULL },
				   { "EXECUTION", 11, "execution_id", NULL },
				   { "DONE", 15, NULL, cell_summary },
				   { "TOOK", 8, NULL, cell_duration },
				   { "WHO", 0, NULL, cell_actor } };

void
render_history(struct str *out, struct json_object *answer)
{
	const char *cursor = json_get_str(answer, "next_cursor");

	render_table(out, json_get_array(answer, "deployments"), deployment_columns,
	    array_len(deployment_columns));
	render_table(out, json_get_array(answer, "executions"), execution_columns,
	    array_len(execution_columns));
	if (cursor == NULL)
		return;
	str_add(out, "There are older ones: --cursor ");
	render_text(out, cursor);
	str_add_char(out, '\n');
}
