/* SPDX-License-Identifier: Apache-2.0
 * render_history.c - the deployments there were, or the graphs of one: a line each. */
#include "cli/render.h"
#include "util/json.h"

static const struct column {
	const char *member;
	size_t      width;
} deployment_columns[] = { { "deployment_id", 32 }, { "last_begun_at", 0 } },
  graph_columns[] = { { "graph_id", 10 }, { "version", 12 }, { "kind", 9 }, { "status", 11 },
	  { "created_at", 26 }, { "actor", 0 } };

static void
render_row(struct str *out, struct json_object *row, const struct column *columns, size_t n)
{
	size_t from = out->len, width = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			render_pad(out, from, width);
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

	for (size_t i = 0; i < rows; i++)
		render_row(out, json_object_array_get_idx(list, i), columns, n);
}

void
render_history(struct str *out, struct json_object *answer)
{
	render_rows(out, json_get_array(answer, "deployments"), deployment_columns,
	    array_len(deployment_columns));
	render_rows(out, json_get_array(answer, "graphs"), graph_columns, array_len(graph_columns));
}
