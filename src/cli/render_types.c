/* SPDX-License-Identifier: Apache-2.0
 * render_types.c - resource types: a list of them, or one with its properties. */
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

static void
pad(struct str *out, size_t from, size_t columns)
{
	do
		str_add_char(out, ' ');
	while (out->len - from < columns && !out->overflow);
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
			pad(out, from, NAME_COLUMNS);
			render_text(out, title);
		}
		str_add_char(out, '\n');
	}
}

/* ---- one type ---- */

static bool
array_has(struct json_object *array, const char *text)
{
	size_t n = array != NULL ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string) &&
		    str_eq(json_object_get_string(item), text))
			return true;
	}
	return false;
}

static void
render_property(
    struct str *out, const char *name, struct json_object *schema, bool required, bool color)
{
	struct json_object *type = json_get(schema, "type");
	const char         *description = json_get_str(schema, "description");
	size_t              from;

	str_add(out, "  ");
	render_paint(out, PAINT_BOLD, color);
	from = out->len;
	render_text(out, name);
	pad(out, from, NAME_COLUMNS - 2);
	render_paint(out, PAINT_PLAIN, color);
	if (type != NULL)
		render_text(out, json_object_is_type(type, json_type_string)
				     ? json_object_get_string(type)
				     : json_text(type));
	str_add(out, required ? ", required" : "");
	str_add(out, json_get_bool(schema, "x-replace", false) ? ", a change replaces" : "");
	if (description != NULL) {
		str_add(out, "  ");
		render_text(out, description);
	}
	str_add_char(out, '\n');
}

static void
render_properties(struct str *out, struct json_object *type, bool color)
{
	struct json_object *schema = json_get_object(type, "properties");
	struct json_object *properties = json_get_object(schema, "properties");

	if (properties == NULL)
		return;
	str_add(out, "\nProperties:\n");
	json_object_object_foreach (properties, name, property)
		render_property(out, name, property,
		    array_has(json_get_array(schema, "required"), name), color);
}

static void
render_type_outputs(struct str *out, struct json_object *type)
{
	struct json_object *outputs = json_get_object(type, "outputs");

	if (outputs == NULL)
		return;
	str_add(out, "\nOutputs:\n");
	json_object_object_foreach (outputs, name, output) {
		const char *description = json_get_str(output, "description");
		size_t      from;

		str_add(out, "  ");
		from = out->len;
		render_text(out, name);
		if (description != NULL) {
			pad(out, from, NAME_COLUMNS - 2);
			render_text(out, description);
		}
		str_add_char(out, '\n');
	}
}

static void
render_kinds(struct str *out, struct json_object *type)
{
	const char *example = json_get_str(json_get_object(type, "kinds"), "example");

	if (example == NULL)
		return;
	str_add(out, "such as ");
	render_text(out, json_get_str(type, "type"));
	str_add_char(out, ':');
	render_text(out, example);
	str_add_char(out, '\n');
}

static void
render_choice(struct str *out, struct json_object *texts)
{
	for (size_t i = 0; i < json_object_array_length(texts); i++) {
		str_add(out, i > 0 ? " or " : " ");
		render_text(out, json_object_get_string(json_object_array_get_idx(texts, i)));
	}
}

/* Which properties decide whether it is there. */
static void
render_conditions(struct str *out, struct json_object *part)
{
	struct json_object *when = json_get_array(part, "when");
	struct json_object *condition = json_get_object(part, "if");
	struct json_object *is = json_get_array(condition, "is");
	struct json_object *isnt = json_get_array(condition, "isnt");

	if (when != NULL) {
		str_add(out, ", when there is");
		render_choice(out, when);
	}
	if (is == NULL && isnt == NULL)
		return;
	str_add(out, ", if ");
	render_text(out, json_get_str(condition, "text"));
	str_add(out, is != NULL ? " is" : " isn't");
	render_choice(out, is != NULL ? is : isnt);
}

/* Of a composite: what it expands into. */
static void
render_parts(struct str *out, struct json_object *type)
{
	struct json_object *parts = json_get_object(type, "resources");

	if (parts == NULL)
		return;
	str_add(out, "\nResources:\n");
	json_object_object_foreach (parts, name, part) {
		size_t from = out->len + 2;

		str_add(out, "  ");
		render_text(out, name);
		pad(out, from, NAME_COLUMNS - 2);
		render_text(out, json_get_str(part, "type"));
		render_conditions(out, part);
		str_add_char(out, '\n');
	}
}

void
render_type(struct str *out, struct json_object *type, bool color)
{
	const char *title = json_get_str(type, "title");
	const char *description = json_get_str(type, "description");

	render_paint(out, PAINT_BOLD, color);
	render_text(out, json_get_str(type, "type"));
	render_paint(out, PAINT_PLAIN, color);
	str_add(out, title != NULL ? "  " : "");
	render_text(out, title);
	str_add_char(out, '\n');
	if (description != NULL) {
		render_text(out, description);
		str_add_char(out, '\n');
	}
	render_kinds(out, type);
	render_properties(out, type, color);
	render_type_outputs(out, type);
	render_parts(out, type);
}
