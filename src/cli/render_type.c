/* SPDX-License-Identifier: Apache-2.0
 * render_type.c - all about one resource type: what it is, its properties as a tree, its outputs, and an example. */
#include <string.h>

#include "cli/render.h"
#include "util/json.h"

#define NAME_COLUMNS 32
#define DEPTH_MAX    6
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

static bool
is_required(struct json_object *schema, const char *name)
{
	struct json_object *names = json_get_array(schema, "required");
	size_t              n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(json_object_get_string(json_object_array_get_idx(names, i)), name))
			return true;
	}
	return false;
}

/* What a schema says, or the definition of the type that it points to. */
static struct json_object *
follow(struct json_object *root, struct json_object *schema)
{
	const char *ref = json_get_str(schema, "$ref");

	if (ref == NULL || !str_starts(ref, "#/$defs/"))
		return schema;
	return json_get(json_get_object(root, "$defs"), ref + strlen("#/$defs/"));
}

/* ---- properties ---- */

static void
render_texts(struct str *out, struct json_object *texts, const char *between)
{
	for (size_t i = 0; i < json_object_array_length(texts); i++) {
		str_add(out, i > 0 ? between : "");
		render_text(out, json_object_get_string(json_object_array_get_idx(texts, i)));
	}
}

static void
render_facts(struct str *out, struct json_object *schema, bool required)
{
	struct json_object *type = json_get(schema, "type");
	struct json_object *value = json_get(schema, "default");
	struct json_object *values = json_get_array(schema, "enum");

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
	str_add(out, json_get_bool(schema, "x-replace", false) ? ", a change replaces" : "");
	str_add(out, json_get_bool(schema, "writeOnly", false) ? ", never read back" : "");
}

static void render_properties(
    struct str *out, struct json_object *root, struct json_object *schema, int depth, bool color);

static void
render_property(struct str *out, struct json_object *root, const char *name,
    struct json_object *schema, bool required, int depth, bool color)
{
	const char *description = json_get_str(schema, "description");
	size_t      from = out->len;

	for (int i = 0; i < depth * INDENT; i++)
		str_add_char(out, ' ');
	render_paint(out, PAINT_BOLD, color);
	render_text(out, name);
	render_paint(out, PAINT_PLAIN, color);
	render_pad(out, color ? from + strlen("\033[1m\033[0m") : from, NAME_COLUMNS);
	schema = follow(root, schema);
	render_facts(out, schema, required);
	if (description != NULL) {
		str_add(out, "  ");
		render_text(out, description);
	}
	str_add_char(out, '\n');
	render_properties(out, root, schema, depth + 1, color);
}

/* Those of an object; or of the objects in a list, or in a map. */
static void
render_properties(
    struct str *out, struct json_object *root, struct json_object *schema, int depth, bool color)
{
	static const char *const within[] = { "items", "additionalProperties" };
	struct json_object      *properties = json_get_object(schema, "properties");

	if (depth > DEPTH_MAX)
		return;
	for (size_t i = 0; i < array_len(within) && properties == NULL; i++) {
		struct json_object *item = follow(root, json_get_object(schema, within[i]));

		if (json_get_object(item, "properties") != NULL) {
			schema = item;
			properties = json_get_object(item, "properties");
		}
	}
	if (properties == NULL)
		return;
	json_object_object_foreach (properties, name, property)
		render_property(out, root, name, property, is_required(schema, name), depth, color);
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
	struct json_object *create =
	    json_get_object(json_get_object(type, "irreversible"), "create");

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
	if (create != NULL) {
		str_add(out, "A delete does not undo a create: ");
		render_text(out, json_get_str(create, "why"));
		str_add(out, "\n");
	}
}

/* ---- an example ---- */

static struct json_object *
example_of(struct json_object *root, struct json_object *schema, int depth);

static struct json_object *
example_object(struct json_object *root, struct json_object *schema, int depth)
{
	struct json_object *out = json_object_new_object();
	struct json_object *properties = json_get_object(schema, "properties");

	if (properties == NULL || depth > DEPTH_MAX)
		return out;
	json_object_object_foreach (properties, name, property) {
		if (is_required(schema, name))
			json_set(out, name, example_of(root, follow(root, property), depth + 1));
	}
	return out;
}

/* Something of the right kind: what is required, and no more. */
static struct json_object *
example_of(struct json_object *root, struct json_object *schema, int depth)
{
	struct json_object *type = json_get(schema, "type");
	const char         *kind = json_object_is_type(type, json_type_array)
				       ? json_object_get_string(json_object_array_get_idx(type, 0))
				       : json_object_get_string(type);
	struct json_object *values = json_get_array(schema, "enum");
	struct json_object *list;

	if (json_has(schema, "default"))
		return json_object_get(json_get(schema, "default"));
	if (values != NULL)
		return json_object_get(json_object_array_get_idx(values, 0));
	if (str_eq(kind, "integer") || str_eq(kind, "number"))
		return json_object_new_int64(json_get_i64(schema, "minimum", 1));
	if (str_eq(kind, "boolean"))
		return json_object_new_boolean(true);
	if (str_eq(kind, "object"))
		return example_object(root, schema, depth);
	if (!str_eq(kind, "array"))
		return json_object_new_string("...");
	list = json_object_new_array();
	if (json_has(schema, "items") && depth < DEPTH_MAX)
		json_object_array_add(
		    list, example_of(root, follow(root, json_get(schema, "items")), depth + 1));
	return list;
}

static void
render_example(struct str *out, struct json_object *type)
{
	struct json_object *root = json_get_object(type, "properties");
	struct json_object *resource = json_object_new_object(),
			   *resources = json_object_new_object();
	const char *kind = json_get_str(json_get_object(type, "kinds"), "example");
	struct str  name;

	str_init(&name, RENDER_MAX);
	str_addf(&name, "%s%s%s", json_get_str(type, "type"), kind != NULL ? ":" : "",
	    kind != NULL ? kind : "");
	json_set_str(resource, "type", name.data);
	json_set(resource, "properties", example_object(root, root, 0));
	json_set(resources, "my-resource", resource);
	str_add(out, "\nExample, with what is required:\n");
	str_add(out, json_object_to_json_string_ext(resources, JSON_C_TO_STRING_PRETTY |
								   JSON_C_TO_STRING_SPACED |
								   JSON_C_TO_STRING_NOSLASHESCAPE));
	str_add_char(out, '\n');
	str_fini(&name);
	json_object_put(resources);
}

void
render_type(struct str *out, struct json_object *type, bool color)
{
	struct json_object *root = json_get_object(type, "properties");
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
	if (root != NULL)
		str_add(out, "\nProperties:\n");
	render_properties(out, root, root, 1, color);
	render_type_outputs(out, type);
	render_parts(out, type);
	if (root != NULL)
		render_example(out, type);
}
