/* SPDX-License-Identifier: Apache-2.0
 * render_history.c - the deployments there were, or the executions of one: a line each. */
#include <inttypes.h>

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"

#define MS_PER_S 1000

typedef void cell(struct str *out, struct json_object *row);

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

/* "drifted at 2026-11-24T03:34:27.248Z" */
static void
cell_verified(struct str *out, struct json_object *row)
{
	struct json_object *verified = json_get_object(row, "verified");

	if (verified == NULL)
		return;
	render_text(out, json_get_str(verified, "state"));
	str_add(out, " at ");
	render_text(out, json_get_str(verified, "at"));
}

static const struct column {
	const char *title; /* NULL: all are without */
	size_t      width;
	const char *member; /* shown as it is; NULL: */
	cell       *show;
} deployment_columns[] = { { NULL, 32, "deployment_id", NULL }, { NULL, 26, "last_begun_at", NULL },
	{ NULL, 0, NULL, cell_verified } },
  execution_columns[] = { { "BEGUN", 26, "created_at", NULL }, { "KIND", 9, "kind", NULL },
	  { "STATUS", 12, NULL, cell_status }, { "VERSION", 12, "version", NULL },
	  { "GRAPH", 10, "graph_id", NULL }, { "EXECUTION", 11, "execution_id", NULL },
	  { "DONE", 15, NULL, cell_summary }, { "TOOK", 8, NULL, cell_duration },
	  { "WHO", 0, NULL, cell_actor } };

/* row NULL: the titles. */
static void
render_row(struct str *out, struct json_object *row, const struct column *columns, size_t n)
{
	size_t from = out->len, width = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			render_pad(out, from, width);
		if (row == NULL)
			str_add(out, columns[i].title);
		else if (columns[i].show != NULL)
			columns[i].show(out, row);
		else
			render_text(out, json_get_str(row, columns[i].member));
		width += columns[i].width;
	}
	while (out->len > from && out->data[out->len - 1] == ' ')
		str_cut(out, out->len - 1);
	str_add_char(out, '\n');
}

static void
render_rows(struct str *out, struct json_object *list, const struct column *columns, size_t n)
{
	size_t rows = list != NULL ? json_object_array_length(list) : 0;

	if (rows > 0 && columns[0].title != NULL)
		render_row(out, NULL, columns, n);
	for (size_t i = 0; i < rows; i++)
		render_row(out, json_object_array_get_idx(list, i), columns, n);
}

void
render_history(struct str *out, struct json_object *answer)
{
	const char *cursor = json_get_str(answer, "next_cursor");

	render_rows(out, json_get_array(answer, "deployments"), deployment_columns,
	    array_len(deployment_columns));
	render_rows(out, json_get_array(answer, "executions"), execution_columns,
	    array_len(execution_columns));
	if (cursor == NULL)
		return;
	str_add(out, "There are older ones: --cursor ");
	render_text(out, cursor);
	str_add_char(out, '\n');
}
