/* SPDX-License-Identifier: Apache-2.0
 *
 * render_table.h - a list of the server's as a table: a line for each of its objects.
 */
#ifndef CLI_RENDER_TABLE_H
#define CLI_RENDER_TABLE_H

#include <json-c/json.h>
#include <stddef.h>

#include "util/str.h"

struct column {
	const char *title;  /* NULL: all are without */
	size_t      width;  /* at least; 0: the last one */
	const char *member; /* shown as it is; NULL: */
	void (*show)(struct str *out, struct json_object *row);
};

#define RENDER_COLUMNS_MAX 12

/* Of an empty list, or none, there is nothing: no titles either. */
void
render_table(struct str *out, struct json_object *list, const struct column *columns, size_t n);

/* How a schedule last found something, as the member `verified` says it: "drifted at 2026-11-24T03:34:27.248Z", or nothing. */
void render_found(struct str *out, struct json_object *row);

#endif
