/* SPDX-License-Identifier: Apache-2.0
 * render_type_example.c - a resource of some type, as a config has it, made from the schema of its properties. */
#include <stdio.h>
#include <string.h>

#include "cli/render.h"
#include "cli/type_schema.h"
#include "util/json.h"

#define PLACEHOLDER_SIZE 100

static struct json_object *
example_of(struct json_object *root, struct json_object *schema, int depth);

/* Required, or the first of several ways. */
static bool
is_needed(struct json_object *schema, const char *name)
{
	static const char *const ways[] = { "oneOf", "anyOf" };
	bool                     is_needed = type_schema_requires(schema, name);

	for (size_t i = 0; i < array_len(ways) && !is_needed; i++) {
		struct json_object *list = json_get_array(schema, ways[i]);

		if (list != NULL)
			is_needed = type_schema_requires(json_object_array_get_idx(list, 0), name);
	}
	return is_needed;
}

static struct json_object *
example_object(struct json_object *root, struct json_object *schema, int depth)
{
	struct json_object *out = json_object_new_object();
	struct json_object *properties = json_get_object(schema, "properties");

	if (properties == NULL || depth > TYPE_DEPTH_MAX)
		return out;
	json_object_object_foreach (properties, name, property) {
		if (is_needed(schema, name))
			json_set(out, name, example_of(root, property, depth + 1));
	}
	return out;
}

/* "<Name of the queue>": what is said of it, up to the first stop. */
static struct json_object *
placeholder(struct json_object *description)
{
	const char *text = json_object_get_string(description);
	int         n = text != NULL ? (int)strcspn(text, ".,;:(") : 0;
	char        buf[PLACEHOLDER_SIZE];

	while (n > 0 && text[n - 1] == ' ')
		n--;
	if (n == 0 || snprintf(buf, sizeof(buf), "<%.*s>", n, text) >= (int)sizeof(buf))
		return json_object_new_string("...");
	return json_object_new_string(buf);
}

/* A value that the schema itself names. Its default is none: what must be written out differs from it. */
static struct json_object *
example_told(struct json_object *root, struct json_object *schema)
{
	static const char *const lists[] = { "examples", "enum" };
	struct json_object      *value = type_schema_says(root, schema, "const");

	for (size_t i = 0; i < array_len(lists) && value == NULL; i++) {
		struct json_object *list = type_schema_says(root, schema, lists[i]);

		value = list != NULL ? json_object_array_get_idx(list, 0) : NULL;
	}
	return value;
}

/* Something of the right kind: what is required, and no more. */
static struct json_object *
example_of(struct json_object *root, struct json_object *schema, int depth)
{
	struct json_object *told = example_told(root, schema);
	struct json_object *type = type_schema_says(root, schema, "type");
	const char         *kind = json_object_is_type(type, json_type_array)
				       ? json_object_get_string(json_object_array_get_idx(type, 0))
				       : json_object_get_string(type);
	struct json_object *items = type_schema_says(root, schema, "items");
	struct json_object *list;

	if (told != NULL)
		return json_object_get(told);
	if (str_eq(kind, "integer") || str_eq(kind, "number"))
		return json_object_new_int64(
		    json_get_i64(type_schema_follow(root, schema), "minimum", 1));
	if (str_eq(kind, "boolean"))
		return json_object_new_boolean(true);
	if (str_eq(kind, "object"))
		return example_object(root, type_schema_follow(root, schema), depth);
	if (!str_eq(kind, "array"))
		return placeholder(type_schema_says(root, schema, "description"));
	list = json_object_new_array();
	if (items != NULL && depth < TYPE_DEPTH_MAX)
		json_object_array_add(list, example_of(root, items, depth + 1));
	return list;
}

void
render_type_example(struct str *out, struct json_object *type)
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
