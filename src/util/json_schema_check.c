/* SPDX-License-Identifier: Apache-2.0
 * json_schema_check.c - is a schema one that json_schema.c can hold? Unknown keywords, keywords
 * of a wrong shape, patterns that are none and references to nowhere are refused, not ignored. */
#include "util/json_schema.h"

#include <string.h>

#include "util/json.h"
#include "util/near.h"
#include "util/pattern.h"
#include "util/str.h"

#define SCHEMA_NESTING_MAX 64
#define SCHEMA_POINTER_MAX 4096

struct check {
	struct json_object *root;
	struct problems    *problems;
	struct str          pointer;
	size_t              depth;
};

enum shape {
	SHAPE_ANY,
	SHAPE_BOOL,
	SHAPE_TEXT,
	SHAPE_PATTERN,
	SHAPE_REF,
	SHAPE_COUNT, /* a whole number, not negative */
	SHAPE_NUMBER,
	SHAPE_STEP, /* a number above zero */
	SHAPE_LIST,
	SHAPE_NAMES, /* an array of strings */
	SHAPE_TYPES,
	SHAPE_SCHEMA,
	SHAPE_SCHEMA_LIST,
	SHAPE_SCHEMA_MAP,
	SHAPE_PATTERN_MAP, /* schemas by pattern */
	SHAPE_NAMES_MAP,
	SHAPES_N
};

static const struct keyword {
	const char *name;
	enum shape  shape;
} keywords[] = {
	{ "$comment", SHAPE_TEXT },
	{ "$defs", SHAPE_SCHEMA_MAP },
	{ "$id", SHAPE_TEXT },
	{ "$ref", SHAPE_REF },
	{ "$schema", SHAPE_TEXT },
	{ "additionalProperties", SHAPE_SCHEMA },
	{ "allOf", SHAPE_SCHEMA_LIST },
	{ "anyOf", SHAPE_SCHEMA_LIST },
	{ "const", SHAPE_ANY },
	{ "contains", SHAPE_SCHEMA },
	{ "contentEncoding", SHAPE_TEXT },
	{ "contentMediaType", SHAPE_TEXT },
	{ "default", SHAPE_ANY },
	{ "dependentRequired", SHAPE_NAMES_MAP },
	{ "deprecated", SHAPE_BOOL },
	{ "description", SHAPE_TEXT },
	{ "else", SHAPE_SCHEMA },
	{ "enum", SHAPE_LIST },
	{ "examples", SHAPE_LIST },
	{ "exclusiveMaximum", SHAPE_NUMBER },
	{ "exclusiveMinimum", SHAPE_NUMBER },
	{ "format", SHAPE_TEXT },
	{ "if", SHAPE_SCHEMA },
	{ "items", SHAPE_SCHEMA },
	{ "maxItems", SHAPE_COUNT },
	{ "maxLength", SHAPE_COUNT },
	{ "maxProperties", SHAPE_COUNT },
	{ "maximum", SHAPE_NUMBER },
	{ "minItems", SHAPE_COUNT },
	{ "minLength", SHAPE_COUNT },
	{ "minProperties", SHAPE_COUNT },
	{ "minimum", SHAPE_NUMBER },
	{ "multipleOf", SHAPE_STEP },
	{ "not", SHAPE_SCHEMA },
	{ "oneOf", SHAPE_SCHEMA_LIST },
	{ "pattern", SHAPE_PATTERN },
	{ "patternProperties", SHAPE_PATTERN_MAP },
	{ "prefixItems", SHAPE_SCHEMA_LIST },
	{ "properties", SHAPE_SCHEMA_MAP },
	{ "propertyNames", SHAPE_SCHEMA },
	{ "readOnly", SHAPE_BOOL },
	{ "required", SHAPE_NAMES },
	{ "then", SHAPE_SCHEMA },
	{ "title", SHAPE_TEXT },
	{ "type", SHAPE_TYPES },
	{ "uniqueItems", SHAPE_BOOL },
	{ "writeOnly", SHAPE_BOOL },
};

static const char *const type_names[] = { "array", "boolean", "integer", "null", "number", "object",
	"string" };

static void check_schema(struct check *c, struct json_object *schema);

static bool
is_number(struct json_object *json)
{
	return json_object_is_type(json, json_type_int) ||
	       json_object_is_type(json, json_type_double);
}

static bool
is_type_name(struct json_object *json)
{
	const char *name = json_object_get_string(json);

	for (size_t i = 0; i < array_len(type_names); i++) {
		if (json_object_is_type(json, json_type_string) && str_eq(name, type_names[i]))
			return true;
	}
	return false;
}

static bool
is_any(struct json_object *json)
{
	(void)json;
	return true;
}

static bool
is_bool(struct json_object *json)
{
	return json_object_is_type(json, json_type_boolean);
}

static bool
is_text(struct json_object *json)
{
	return json_object_is_type(json, json_type_string);
}

static bool
is_count(struct json_object *json)
{
	return json_object_is_type(json, json_type_int) && json_object_get_int64(json) >= 0;
}

static bool
is_step(struct json_object *json)
{
	return is_number(json) && json_object_get_double(json) > 0;
}

static bool
is_list(struct json_object *json)
{
	return json_object_is_type(json, json_type_array);
}

static bool
is_map(struct json_object *json)
{
	return json_object_is_type(json, json_type_object);
}

static bool
is_schema(struct json_object *json)
{
	return is_map(json) || is_bool(json);
}

static bool
is_full_list(struct json_object *json)
{
	return is_list(json) && json_object_array_length(json) > 0;
}

static bool
is_names(struct json_object *json)
{
	for (size_t i = 0; is_list(json) && i < json_object_array_length(json); i++) {
		if (!is_text(json_object_array_get_idx(json, i)))
			return false;
	}
	return is_list(json);
}

static bool
is_names_map(struct json_object *json)
{
	if (!is_map(json))
		return false;
	json_object_object_foreach (json, key, names) {
		(void)key;
		if (!is_names(names))
			return false;
	}
	return true;
}

static bool
is_types(struct json_object *json)
{
	if (!is_list(json))
		return is_type_name(json);
	for (size_t i = 0; i < json_object_array_length(json); i++) {
		if (!is_type_name(json_object_array_get_idx(json, i)))
			return false;
	}
	return json_object_array_length(json) > 0;
}

/* ---- what is inside a keyword ---- */

static void
check_map(struct check *c, struct json_object *map)
{
	size_t len = c->pointer.len;

	json_object_object_foreach (map, key, schema) {
		json_pointer_add(&c->pointer, key);
		check_schema(c, schema);
		str_cut(&c->pointer, len);
	}
}

static void
check_list(struct check *c, struct json_object *list)
{
	size_t len = c->pointer.len;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		json_pointer_add_index(&c->pointer, i);
		check_schema(c, json_object_array_get_idx(list, i));
		str_cut(&c->pointer, len);
	}
}

static void
check_pattern_text(struct check *c, const char *pattern)
{
	char        buf[200];
	const char *why = pattern_problem(pattern, buf, sizeof(buf));

	if (why != NULL)
		problems_add(c->problems, c->pointer.data, "bad_pattern",
		    "'%.200s' is not a pattern: %s", pattern, why);
}

static void
check_pattern(struct check *c, struct json_object *pattern)
{
	check_pattern_text(c, json_object_get_string(pattern));
}

static void
check_pattern_map(struct check *c, struct json_object *map)
{
	json_object_object_foreach (map, pattern, schema) {
		(void)schema;
		check_pattern_text(c, pattern);
	}
	check_map(c, map);
}

static void
check_ref(struct check *c, struct json_object *json)
{
	const char         *ref = json_object_get_string(json);
	struct json_object *target = NULL;

	if (!str_starts(ref, "#/$defs/") || json_pointer_get(c->root, ref + 1, &target) != 0 ||
	    !is_schema(target))
		problems_add(c->problems, c->pointer.data, "dangling_reference",
		    "'%.200s' is not a schema below #/$defs", ref);
}

/* Of a shape: what its value must be, and what is checked inside it. */
static const struct shape_row {
	bool (*is)(struct json_object *json);
	const char *what;
	void (*inside)(struct check *c, struct json_object *json);
} shapes[SHAPES_N] = {
	[SHAPE_ANY] = { is_any, "anything", NULL },
	[SHAPE_BOOL] = { is_bool, "true or false", NULL },
	[SHAPE_TEXT] = { is_text, "a string", NULL },
	[SHAPE_PATTERN] = { is_text, "a pattern", check_pattern },
	[SHAPE_REF] = { is_text, "a reference", check_ref },
	[SHAPE_COUNT] = { is_count, "a whole number, not negative", NULL },
	[SHAPE_NUMBER] = { is_number, "a number", NULL },
	[SHAPE_STEP] = { is_step, "a number above zero", NULL },
	[SHAPE_LIST] = { is_list, "an array", NULL },
	[SHAPE_NAMES] = { is_names, "an array of strings", NULL },
	[SHAPE_TYPES] = { is_types, "the name of a type, or several", NULL },
	[SHAPE_SCHEMA] = { is_schema, "a schema", check_schema },
	[SHAPE_SCHEMA_LIST] = { is_full_list, "an array of schemas, not empty", check_list },
	[SHAPE_SCHEMA_MAP] = { is_map, "an object of schemas", check_map },
	[SHAPE_PATTERN_MAP] = { is_map, "an object of schemas", check_pattern_map },
	[SHAPE_NAMES_MAP] = { is_names_map, "an object of arrays of strings", NULL },
};

static void
say_unknown(struct check *c, const char *key)
{
	char        buf[NEAR_TEXT_SIZE];
	struct near near;

	near_init(&near, key);
	for (size_t i = 0; i < array_len(keywords); i++)
		near_offer(&near, keywords[i].name);
	problems_add(c->problems, c->pointer.data, "unknown_keyword",
	    "'%.128s' is not a keyword that is supported%s", key, near_text(&near, buf));
}

static void
check_keyword(struct check *c, const char *key, struct json_object *value)
{
	for (size_t i = 0; i < array_len(keywords); i++) {
		const struct shape_row *row = &shapes[keywords[i].shape];

		if (strcmp(keywords[i].name, key) != 0)
			continue;
		if (!row->is(value))
			problems_add(c->problems, c->pointer.data, "wrong_type", "'%s' must be %s",
			    key, row->what);
		else if (row->inside != NULL)
			row->inside(c, value);
		return;
	}
	say_unknown(c, key);
}

static void
check_schema(struct check *c, struct json_object *schema)
{
	size_t len = c->pointer.len;

	if (!is_schema(schema)) {
		problems_add(c->problems, c->pointer.data, "wrong_type",
		    "a schema is an object or a boolean");
		return;
	}
	if (c->depth == SCHEMA_NESTING_MAX) {
		problems_add(c->problems, c->pointer.data, "too_complex", "nested too deep");
		return;
	}
	if (!is_map(schema))
		return;
	c->depth++;
	json_object_object_foreach (schema, key, value) {
		if (str_starts(key, "x-"))
			continue;
		json_pointer_add(&c->pointer, key);
		check_keyword(c, key, value);
		str_cut(&c->pointer, len);
	}
	c->depth--;
}

void
json_schema_check(struct json_object *schema, struct problems *problems)
{
	struct check c = { .root = schema, .problems = problems };

	str_init(&c.pointer, SCHEMA_POINTER_MAX);
	check_schema(&c, schema);
	must(c.depth == 0);
	str_fini(&c.pointer);
}
