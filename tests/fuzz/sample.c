/* SPDX-License-Identifier: Apache-2.0
 * sample.c - the first value that each keyword allows. */
#include "tests/fuzz/sample.h"

#include <stdlib.h>
#include <string.h>

#include "util/err.h"
#include "util/json.h"
#include "util/json_schema.h"
#include "util/mem.h"

#define DEPTH_MAX 6
#define REF       "#/$defs/"

static struct json_object *
value_of(struct json_object *root, struct json_object *schema, bool full, int depth);

static struct json_object *
follow(struct json_object *root, struct json_object *schema)
{
	const char *ref = json_get_str(schema, "$ref");

	if (ref == NULL || !str_starts(ref, REF))
		return schema;
	return json_get(json_get_object(root, "$defs"), ref + strlen(REF));
}

static size_t
problems_of(struct json_object *schema, struct json_object *value)
{
	struct problems problems;
	size_t          n;

	problems_init(&problems);
	json_schema_validate(schema, value, "", NULL, &problems);
	n = problems.n;
	problems_fini(&problems);
	return n;
}

/* What most patterns let pass. */
static struct json_object *
text_of(struct json_object *schema)
{
	static const char *const texts[] = { "a", "aaaaaaaaaaaaaaaaaaaa",
		"arn:aws:iam::123456789012:role/a", "10.0.0.0/16", "a.example.com",
		"i-0123456789abcdef0", "/a", "1", "{}", "a.b", "A", "https://a.example.com/",
		"rate(1 day)", "cron(0 1 * * ? *)" };
	struct json_object      *text = NULL;

	for (size_t i = 0; i < array_len(texts); i++) {
		json_object_put(text);
		text = json_string(texts[i], strlen(texts[i]));
		if (!json_has(schema, "pattern") && !json_has(schema, "minLength"))
			break;
		if (problems_of(schema, text) == 0)
			break;
	}
	return text;
}

static bool
is_required(struct json_object *schema, const char *name)
{
	struct json_object *wanted = json_string(name, strlen(name));
	bool                found = json_array_has(json_get_array(schema, "required"), wanted);

	json_object_put(wanted);
	return found;
}

static struct json_object *
object_of(struct json_object *root, struct json_object *schema, bool full, int depth)
{
	struct json_object *out = json_object_new_object();
	struct json_object *members = json_get_object(schema, "properties");

	if (members == NULL || json_object_object_length(members) == 0) {
		json_set(out, "a",
		    value_of(root, json_get(schema, "additionalProperties"), full, depth));
		return out;
	}
	json_object_object_foreach (members, name, member) {
		struct json_object *value = NULL;

		if (full || is_required(schema, name))
			value = value_of(root, member, full, depth);
		if (value != NULL)
			json_set(out, name, value);
	}
	return out;
}

static struct json_object *
array_of(struct json_object *root, struct json_object *schema, bool full, int depth)
{
	struct json_object *out = json_object_new_array();
	struct json_object *item = value_of(root, json_get(schema, "items"), full, depth);

	if (item != NULL)
		json_object_array_add(out, item);
	return out;
}

static struct json_object *
typed(struct json_object *root, struct json_object *schema, const char *type, bool full, int depth)
{
	if (str_eq(type, "object"))
		return object_of(root, schema, full, depth);
	if (str_eq(type, "array"))
		return array_of(root, schema, full, depth);
	if (str_eq(type, "boolean"))
		return json_object_new_boolean(true);
	if (str_eq(type, "integer") || str_eq(type, "number"))
		return json_object_new_int64(json_get_i64(schema, "minimum", 1));
	return text_of(schema);
}

/* NULL: none is known. */
static struct json_object *
value_of(struct json_object *root, struct json_object *schema, bool full, int depth)
{
	static const char *const choices[] = { "allOf", "anyOf", "oneOf" };
	struct json_object      *types;
	const char              *type;

	if (depth == DEPTH_MAX)
		return NULL;
	schema = follow(root, schema);
	if (json_get(schema, "const") != NULL)
		return json_copy(json_get(schema, "const"));
	if (json_get_array(schema, "enum") != NULL)
		return json_copy(json_object_array_get_idx(json_get_array(schema, "enum"), 0));
	types = json_get_array(schema, "type");
	type = types != NULL ? json_object_get_string(json_object_array_get_idx(types, 0))
			     : json_get_str(schema, "type");
	for (size_t i = 0; i < array_len(choices) && type == NULL; i++) {
		struct json_object *choice = json_get_array(schema, choices[i]);

		if (choice != NULL)
			return value_of(
			    root, json_object_array_get_idx(choice, 0), full, depth + 1);
	}
	return typed(root, schema, type, full, depth + 1);
}

/* As large as it may be: whichever of everything, the least, and nothing leaves the fewest problems. */
static void
choose(struct json_object *schema, struct json_object *out, const char *name,
    struct json_object *member)
{
	struct json_object *values[] = { value_of(schema, member, true, 0),
		value_of(schema, member, false, 0) };
	struct json_object *best = NULL;
	size_t              least;

	json_object_object_del(out, name);
	least = problems_of(schema, out) + 1;
	for (size_t i = 0; i < array_len(values); i++) {
		size_t n;

		if (values[i] == NULL)
			continue;
		json_set(out, name, json_object_get(values[i]));
		n = problems_of(schema, out);
		if (n < least) {
			least = n;
			best = values[i];
		}
	}
	json_object_object_del(out, name);
	if (best != NULL)
		json_set(out, name, json_object_get(best));
	for (size_t i = 0; i < array_len(values); i++)
		json_object_put(values[i]);
}

struct json_object *
sample_make(struct json_object *schema)
{
	struct json_object *members = json_get_object(schema, "properties");
	struct json_object *out = json_object_object_length(members) == 0
				      ? object_of(schema, schema, true, 0)
				      : json_object_new_object();

	json_object_object_foreach (members, name, member)
		choose(schema, out, name, member);
	if (problems_of(schema, out) == 0)
		return out;
	json_object_put(out);
	return json_object_new_object();
}
