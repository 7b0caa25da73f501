/* SPDX-License-Identifier: Apache-2.0
 * render_types.c - a list of resource types. */
#include <string.h>

#include "cli/render.h"
#include "util/json.h"

#define NAME_COLUMNS 32

static size_t
types_n(struct json_object *answer)
{
	struct json_object *types = json_get_array(answer, "types");

	return types != NULL ? json_object_array_length(types) : 0;
}

static struct json_object *
type_at(struct json_object *answer, size_t i)
{
	return json_object_array_get_idx(json_get_array(answer, "types"), i);
}

void
render_types(struct str *out, struct json_object *types, bool color)
{
	(void)color;
	for (size_t i = 0; i < types_n(types); i++) {
		struct json_object *type = type_at(types, i);
		const char         *title = json_get_str(type, "title");
		size_t              from = out->len;

		render_text(out, json_get_str(type, "type"));
		if (title != NULL) {
			render_pad(out, from, NAME_COLUMNS);
			render_text(out, title);
		}
		str_add_char(out, '\n');
	}
}
