/* SPDX-License-Identifier: Apache-2.0
 * render_table.c - cells in columns. */
#include "cli/render_table.h"

#include "cli/render.h"
#include "util/check.h"
#include "util/json.h"

#define CELL_MAX 4096

/* row NULL: the title. */
static void
render_cell(struct str *out, struct json_object *row, const struct column *column)
{
	if (row == NULL)
		str_add(out, column->title);
	else if (column->show != NULL)
		column->show(out, row);
	else
		render_text(out, json_get_str(row, column->member));
}

static void
render_row(struct str *out, struct json_object *row, const struct column *columns, size_t n,
    const size_t *widths)
{
	size_t from = out->len, width = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			render_pad(out, from, width);
		render_cell(out, row, &columns[i]);
		width += widths[i];
	}
	while (out->len > from && out->data[out->len - 1] == ' ')
		str_cut(out, out->len - 1);
	str_add_char(out, '\n');
}

/* Its widest cell, and a blank behind it. */
static size_t
column_width(struct json_object *list, size_t rows, const struct column *column)
{
	struct str cell;
	size_t     width = column->width;

	str_init(&cell, CELL_MAX);
	for (size_t i = 0; i < rows; i++) {
		str_clear(&cell);
		render_cell(&cell, json_object_array_get_idx(list, i), column);
		if (cell.len + 1 > width)
			width = cell.len + 1;
	}
	str_fini(&cell);
	return width;
}

void
render_table(struct str *out, struct json_object *list, const struct column *columns, size_t n)
{
	size_t rows = list != NULL ? json_object_array_length(list) : 0;
	size_t widths[RENDER_COLUMNS_MAX];

	must(n <= array_len(widths));
	for (size_t i = 0; i < n; i++)
		widths[i] = column_width(list, rows, &columns[i]);
	if (rows > 0 && columns[0].title != NULL)
		render_row(out, NULL, columns, n, widths);
	for (size_t i = 0; i < rows; i++)
		render_row(out, json_object_array_get_idx(list, i), columns, n, widths);
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
