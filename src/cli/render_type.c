/* SPDX-License-Identifier: Apache-2.0
 * render_type.c - all about one resource type: what it is, its properties as a tree, its outputs. */
#include <string.h>

#include "cli/render.h"
#include "cli/type_schema.h"
#include "util/json.h"

#define NAME_COLUMNS 32
#define INDENT       2

/* How one of a kind is found again without a state file. */
static const struct {
	const char *identity, *how;
} identities[] = {
	{ "tagged", "by its tags" },
	{ "named", "by a name that is made for it" },
	{ "child", "by its parent, and what it is called there" },
	{ "listed", "by what never changes of it" },
};

/* ---- properties ---- */

/* Words that are true of a property, and what they mean to people. */
static const struct {
	const char *word, *text;
} flags[] = {
	{ "x-replace", ", a change replaces" },
	{ "writeOnly", ", never read back" },
	{ "x-irreversible", ", a rollback can't restore it" },
};

static void
render_texts(struct str *out, struct json_object *texts, const char *between)
{
	for (size_t i = 0; i < json_object_array_length(texts); i++) {
		str_add(out, i > 0 ? between : "");
		render_text(out, json_object_get_string(json_object_array_get_idx(texts, i)));
	}
}

static void
render_facts(struct str *out, struct json_object *root, struct json_object *schema, bool required)
{
	struct json_object *type = type_schema_says(root, schema, "type");
	struct json_object *value = type_schema_says(root, schema, "default");
	struct json_object *values = type_schema_says(root, schema, "enum");

	if (json_object_is_type(type, json_type_array))
		render_texts(out, type, " or ");
	else
		render_text(out, json_object_get_string(type));
	if (values != NULL) {
		str_add(out, ": ");
		render_texts(out, values, " | ");
	}
	str_add(out, required ? ", required" : "");
	if (value != NULL) {
		str_add(out, ", default ");
		render_text(out, json_text(value));
	}
	for (size_t i = 0; i < array_len(flags); i++)
		str_add(out, json_object_get_boolean(type_schema_says(root, schema, flags[i].word))
				 ? flags[i].text
				 : "");
}

static void render_properties(
    struct str *out, struct json_object *root, struct json_object *schema, int depth, bool color);

static void
render_property(struct str *out, struct json_object *root, const char *name,
    struct json_object *schema, bool required, int depth, bool color)
{
	struct json_object *description = type_schema_says(root, schema, "description");
	size_t              from = out->len;

	for (int i = 0; i < depth * INDENT; i++)
		str_add_char(out, ' ');
	render_paint(out, PAINT_BOLD, color);
	render_text(out, name);
	render_paint(out, PAINT_PLAIN, color);
	render_pad(out, color ? from + strlen("\033[1m\033[0m") : from, NAME_COLUMNS);
	render_facts(out, root, schema, required);
	if (description != NULL) {
		str_add(out, "  ");
		render_text(out, json_object_get_string(description));
	}
	str_add_char(out, '\n');
	render_properties(out, root, type_schema_follow(root, schema), depth + 1, color);
}

/* Those of an object; or of the objects in a list, or in a map. */
static void
render_properties(
    struct str *out, struct json_object *root, struct json_object *schema, int depth, bool color)
{
	static const char *const within[] = { "items", "additionalProperties" };
	struct json_object      *properties = json_get_object(schema, "properties");

	if (depth > TYPE_DEPTH_MAX)
		return;
	for (size_t i = 0; i < array_len(within) && properties == NULL; i++) {
		struct json_object *item =
		    type_schema_follow(root, json_get_object(schema, within[i]));

		if (json_get_object(item, "properties") != NULL) {
			schema = item;
			properties = json_get_object(item, "properties");
		}
	}
	if (properties == NULL)
		return;
	json_object_object_foreach (properties, name, property)
		render_property(
		    out, root, name, property, type_schema_requires(schema, name), depth, color);
}

/* ---- outputs ---- */

static void
render_type_outputs(struct str *out, struct json_object *type)
{
	struct json_object *outputs = json_get_object(type, "outputs");
	const char         *reference = json_get_str(type, "reference");

	if (outputs == NULL)
		return;
	str_add(out, "\nOutputs:\n");
	json_object_object_foreach (outputs, name, output) {
		const char *description = json_get_str(output, "description");
		bool        is_meant = str_eq(name, reference);
		size_t      from = out->len;

		str_add(out, "  ");
		render_text(out, name);
		if (description != NULL || is_meant)
			render_pad(out, from, NAME_COLUMNS);
		render_text(out, description);
		if (is_meant)
			str_add(out, description != NULL ? " This is what a bare reference means."
							 : "This is what a bare reference means.");
		str_add_char(out, '\n');
	}
}

/* ---- what it is ---- */

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

/* Which properties decide whether it is there. */
static void
render_conditions(struct str *out, struct json_object *part)
{
	struct json_object *when = json_get_array(part, "when");
	struct json_object *condition = json_get_object(part, "if");
	struct json_object *is = json_get_array(condition, "is");
	struct json_object *isnt = json_get_array(condition, "isnt");

	if (when != NULL) {
		str_add(out, ", when there is ");
		render_texts(out, when, " or ");
	}
	if (is == NULL && isnt == NULL)
		return;
	str_add(out, ", if ");
	render_text(out, json_get_str(condition, "text"));
	str_add(out, is != NULL ? " is " : " isn't ");
	render_texts(out, is != NULL ? is : isnt, " or ");
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
		render_pad(out, from, NAME_COLUMNS - 2);
		render_text(out, json_get_str(part, "type"));
		render_conditions(out, part);
		str_add_char(out, '\n');
	}
}

static void
render_nature(struct str *out, struct json_object *type)
{
	const char         *scope = json_get_str(type, "scope");
	const char         *identity = json_get_str(type, "identity");
	struct json_object *seconds = json_get(type, "seconds");

	if (scope != NULL)
		str_add(out, str_eq(scope, "global") ? "Global: there is one in all regions."
						     : "Regional: there is one in each region.");
	for (size_t i = 0; i < array_len(identities); i++) {
		if (str_eq(identity, identities[i].identity))
			str_addf(out, " It is found again %s.", identities[i].how);
	}
	if (seconds != NULL) {
		str_add(out, " A create takes about ");
		render_duration(out, (int64_t)(json_object_get_double(seconds) * 1000.0));
		str_add_char(out, '.');
	}
	str_add(out, scope != NULL ? "\n" : "");
}

static void
render_irreversible(struct str *out, struct json_object *type)
{
	struct json_object *create =
	    json_get_object(json_get_object(type, "irreversible"), "create");
	struct json_object *unless = json_get_array(create, "unless");

	if (create == NULL)
		return;
	str_add(out, "A delete does not undo a create");
	if (unless != NULL) {
		str_add(out, ", unless there is ");
		render_texts(out, unless, " or ");
	}
	str_add(out, ": ");
	render_text(out, json_get_str(create, "why"));
	str_add(out, ".\n");
}

void
render_type(struct str *out, struct json_object *type, bool color)
{
	struct json_object *root = json_get_object(type, "properties");
	struct json_object *properties = json_get_object(root, "properties");
	const char         *title = json_get_str(type, "title");
	const char         *description = json_get_str(type, "description");

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
	render_nature(out, type);
	render_irreversible(out, type);
	if (properties != NULL && json_object_object_length(properties) > 0)
		str_add(out, "\nProperties:\n");
	render_properties(out, root, root, 1, color);
	render_type_outputs(out, type);
	render_parts(out, type);
	if (root != NULL)
		render_type_example(out, type);
}
