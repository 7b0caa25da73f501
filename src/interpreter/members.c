/* SPDX-License-Identifier: Apache-2.0
 * members.c - reads values of a service's, led by our schema; and what both ways share. */
#include "interpreter/members.h"

#include <ctype.h>
#include <string.h>

#include "util/base64.h"
#include "util/json.h"
#include "util/str.h"
#include "util/utf8.h"

#define DOCUMENT_BYTES_MAX (256 * 1024)

/* ---- schemas ---- */

struct json_object *
schema_follow(struct json_object *root, struct json_object *schema)
{
	const char *ref = json_get_str(schema, "$ref");

	if (ref == NULL || !str_starts(ref, "#/$defs/"))
		return schema;
	return json_get_object(json_get_object(root, "$defs"), ref + strlen("#/$defs/"));
}

struct json_object *
schema_sub(
    struct json_object *root, struct json_object *schema, const char *keyword, const char *name)
{
	struct json_object *sub = json_get_object(schema, keyword);

	return schema_follow(root, name != NULL ? json_get_object(sub, name) : sub);
}

/* ---- names ---- */

/* Equal but for case and underscores. */
static bool
names_fold(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, "_");
		b += strspn(b, "_");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static const char *
key_of(struct json_object *obj, const char *property, struct json_object *schema)
{
	const char *given = json_get_str(schema, "x-member");

	if (given != NULL)
		return json_has(obj, given) ? given : NULL;
	if (!json_object_is_type(obj, json_type_object))
		return NULL;
	json_object_object_foreach (obj, key, value) {
		(void)value;
		if (names_fold(key, property))
			return key;
	}
	return NULL;
}

const char *
member_name(const struct shape *structure, const char *property, struct json_object *schema)
{
	const char *given = json_get_str(schema, "x-member");

	if (structure->type == SHAPE_ANY)
		return given != NULL ? given : property;
	return key_of(shape_members(structure), property, schema);
}

/* ---- theirs to ours ---- */

static struct json_object *read_value(
    struct json_object *root, struct json_object *schema, struct json_object *value, int depth);

static void
decode_percent(const char *text, struct str *out)
{
	for (; *text != '\0'; text++) {
		int high = *text == '%' ? str_hex_value(text[1]) : -1;
		int low = high >= 0 ? str_hex_value(text[2]) : -1;

		if (low < 0) {
			str_add_char(out, *text);
			continue;
		}
		str_add_char(out, (char)(high * 16 + low));
		text += 2;
	}
}

/* What stands between the quotes of a JSON string. */
static void
decode_escapes(const char *text, struct str *out)
{
	struct json_object *json;
	struct str          quoted;

	str_init(&quoted, DOCUMENT_BYTES_MAX);
	str_addf(&quoted, "\"%s\"", text);
	json = quoted.overflow ? NULL : json_read(quoted.data, quoted.len, NULL);
	str_add(out, json != NULL ? json_object_get_string(json) : text);
	json_object_put(json);
	str_fini(&quoted);
}

/* IAM encodes a document for a URL, API Gateway for a string of JSON. Text that is no JSON stays text: then it
 * differs from what is wanted, which is true. */
static struct json_object *
read_document(struct json_object *value)
{
	const char         *text = json_object_get_string(value);
	struct json_object *json = NULL;
	struct str          plain;

	str_init(&plain, DOCUMENT_BYTES_MAX);
	if (text[0] == '%')
		decode_percent(text, &plain);
	else if (str_starts(text, "{\\"))
		decode_escapes(text, &plain);
	else
		str_add(&plain, text);
	if (!plain.overflow)
		json = json_read(plain.data, plain.len, NULL);
	str_fini(&plain);
	return json != NULL ? json : json_object_get(value);
}

/* Attribute maps (SQS, SNS) hold numbers and booleans as text: the other way of write_plain. */
static struct json_object *
read_plain(struct json_object *schema, struct json_object *value)
{
	static const char *const types[] = { "integer", "number", "boolean" };
	const char              *type = json_get_str(schema, "type");
	struct json_object      *json = NULL;

	for (size_t i = 0; i < array_len(types); i++) {
		if (json_object_is_type(value, json_type_string) && str_eq(type, types[i]))
			json = json_read(json_object_get_string(value),
			    (size_t)json_object_get_string_len(value), NULL);
	}
	return json != NULL ? json : json_object_get(value);
}

static bool
is_plain(struct json_object *value)
{
	return value != NULL && !json_object_is_type(value, json_type_object) &&
	       !json_object_is_type(value, json_type_array);
}

/* Of several places the first that has a text, a number or a boolean. */
static struct json_object *
read_from(struct json_object *structure, struct json_object *paths)
{
	if (json_object_is_type(paths, json_type_string))
		return json_path(structure, json_object_get_string(paths));
	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		const char *path = json_object_get_string(json_object_array_get_idx(paths, i));
		struct json_object *raw = json_path(structure, path);

		if (is_plain(raw))
			return raw;
	}
	return NULL;
}

/* In lines, as mail has it, or in one. Bytes that are no text stay base64: then they differ from what is wanted, which is true. */
static struct json_object *
read_base64(struct json_object *value)
{
	size_t              len = (size_t)json_object_get_string_len(value);
	struct json_object *read = NULL;
	struct str          plain;

	str_init(&plain, len + 1);
	if (base64_decode(&plain, json_object_get_string(value), len, "\n") &&
	    utf8_len(plain.data, plain.len) == plain.len)
		read = json_object_new_string_len(plain.data, (int)plain.len);
	str_fini(&plain);
	return read != NULL ? read : json_object_get(value);
}

static struct json_object *
find_property(struct json_object *root, struct json_object *schema, const char *name,
    struct json_object *structure, int depth)
{
	struct json_object *paths = json_get(schema, "x-read");
	struct json_object *raw = NULL;
	const char         *key = paths == NULL ? key_of(structure, name, schema) : NULL;

	if (paths != NULL)
		raw = read_from(structure, paths);
	else if (key != NULL)
		raw = json_get(structure, key);
	return raw != NULL ? read_value(root, schema, raw, depth + 1) : NULL;
}

struct json_object *
member_absent(struct json_object *schema)
{
	struct json_object *absent = json_get(schema, "x-absent");

	return json_copy(absent != NULL ? absent : json_get(schema, "default"));
}

static struct json_object *
read_structure(
    struct json_object *root, struct json_object *schema, struct json_object *value, int depth)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (json_get_object(schema, "properties"), name, sub) {
		struct json_object *inner = schema_follow(root, sub);
		struct json_object *part = find_property(root, inner, name, value, depth);

		if (part == NULL)
			part = member_absent(inner);
		if (part != NULL)
			json_set(out, name, part);
	}
	return out;
}

/* A list of ours may be a structure that counts its items. */
static bool
is_list(struct json_object *schema, struct json_object *value)
{
	return json_object_is_type(value, json_type_array) ||
	       (json_object_is_type(value, json_type_object) &&
		   str_eq(json_get_str(schema, "type"), "array"));
}

static struct json_object *
read_list(
    struct json_object *root, struct json_object *schema, struct json_object *value, int depth)
{
	struct json_object *out = json_object_new_array();
	struct json_object *sub = schema_sub(root, schema, "items", NULL);
	const char         *member = json_get_str(schema, "x-item");
	struct json_object *list = json_object_is_type(value, json_type_array)
				       ? value
				       : json_get_array(value, COUNTED_ITEMS);
	size_t              n = list != NULL ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct json_object *read;

		if (member != NULL && json_object_is_type(item, json_type_object))
			item = json_get(item, member);
		read = read_value(root, sub, item, depth + 1);
		if (read != NULL)
			json_object_array_add(out, read);
	}
	return out;
}

static struct json_object *
read_map(struct json_object *root, struct json_object *schema, struct json_object *value, int depth)
{
	struct json_object *out = json_object_new_object();
	struct json_object *sub = schema_sub(root, schema, "additionalProperties", NULL);

	json_object_object_foreach (value, key, part) {
		struct json_object *read = read_value(root, sub, part, depth + 1);

		if (read != NULL)
			json_set(out, key, read);
	}
	return out;
}

/* What a text means, or the JSON of a structure. */
static struct json_object *
meaning_of(struct json_object *values, struct json_object *value)
{
	return json_get(values, json_object_is_type(value, json_type_string)
				    ? json_object_get_string(value)
				    : json_text(value));
}

static struct json_object *
read_joined(const char *text, const char *by)
{
	struct json_object *out = json_object_new_array();

	while (*text != '\0') {
		const char *end = strstr(text, by);
		size_t      len = end != NULL ? (size_t)(end - text) : strlen(text);

		json_object_array_add(out, json_object_new_string_len(text, (int)len));
		text += len + (end != NULL ? strlen(by) : 0);
	}
	return out;
}

static struct json_object *
read_pairs(
    struct json_object *root, struct json_object *schema, struct json_object *value, int depth)
{
	struct json_object *pairs = tags_read(value);
	struct json_object *read = read_value(root, schema, pairs, depth + 1);

	json_object_put(pairs);
	return read;
}

/* Of a list where we have a plain value: a path through a list has led to it. */
static struct json_object *
first_of(struct json_object *schema, struct json_object *value)
{
	static const char *const plain[] = { "string", "integer", "number", "boolean" };
	const char              *type = json_get_str(schema, "type");

	for (size_t i = 0; i < array_len(plain); i++) {
		if (json_object_is_type(value, json_type_array) && str_eq(type, plain[i]))
			return json_object_array_get_idx(value, 0);
	}
	return value;
}

static struct json_object *
read_value(
    struct json_object *root, struct json_object *schema, struct json_object *value, int depth)
{
	struct json_object *unset = json_get(schema, "x-unset");
	struct json_object *values = json_get_object(schema, "x-values");
	struct json_object *read;

	value = first_of(schema, value);
	if (values != NULL && value != NULL)
		value = meaning_of(values, value);
	if (value == NULL || depth > MEMBERS_DEPTH_MAX)
		return NULL;
	if (json_get_bool(schema, "x-document", false) &&
	    json_object_is_type(value, json_type_string))
		read = read_document(value);
	else if (json_get_str(schema, "x-join") != NULL &&
		 json_object_is_type(value, json_type_string))
		read = read_joined(json_object_get_string(value), json_get_str(schema, "x-join"));
	else if (json_get_bool(schema, "x-base64", false) &&
		 json_object_is_type(value, json_type_string))
		read = read_base64(value);
	else if (json_object_is_type(value, json_type_array) &&
		 str_eq(json_get_str(schema, "type"), "object"))
		read = read_pairs(root, schema, value, depth);
	else if (is_list(schema, value))
		read = read_list(root, schema, value, depth);
	else if (!json_object_is_type(value, json_type_object))
		read = read_plain(schema, value);
	else if (json_get_object(schema, "properties") != NULL)
		read = read_structure(root, schema, value, depth);
	else
		read = read_map(root, schema, value, depth);
	if (unset != NULL && json_same(unset, read)) {
		json_object_put(read);
		return NULL;
	}
	return read;
}

struct json_object *
member_read(struct json_object *root, struct json_object *schema, struct json_object *value)
{
	return read_value(root, schema, value, 0);
}

struct json_object *
member_find(struct json_object *root, struct json_object *schema, const char *name,
    struct json_object *structure)
{
	return find_property(root, schema, name, structure, 0);
}
