/* SPDX-License-Identifier: Apache-2.0
 * render_table.c - cells in columns. */
#include "cli/render_table.h"

#include "cli/render.h"
#include "util/json.h"

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

void
render_table(struct str *out, struct json_object *list, const struct column *columns, size_t n)
{
	size_t rows = list != NULL ? json_object_array_length(list) : 0;

	if (rows > 0 && columns[0].title != NULL)
		render_row(out, NULL, columns, n);
	for (size_t i = 0; i < rows; i++)
		render_row(out, json_object_array_get_idx(list, i), columns, n);
}

void
render_found(struct str *out, struct json_object *row)
{
	struct json_object *verified = json_get_object(row, "verified");

	if (verified == NULL)
		return;
	render_text(out, json_get_str(verified, "state"));
	str_add(out, " at ");
	render_text(out, json_get_str(verified, "at"));
}
