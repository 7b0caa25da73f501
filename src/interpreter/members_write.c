/* SPDX-License-Identifier: Apache-2.0
 * members_write.c - our values as inputs, led by the schema on our side and the shape on theirs. */
#include "interpreter/members.h"

#include "util/base64.h"
#include "util/json.h"
#include "util/str.h"

#define JOINED_BYTES_MAX (256 * 1024)

struct writer {
	struct json_object *root; /* the schema that a $ref starts from */
	struct err         *err;
};

static struct json_object *write_value(const struct writer *writer, struct json_object *schema,
    struct json_object *value, const struct shape *shape, int depth);

static struct json_object *
write_plain(struct json_object *value, const struct shape *shape)
{
	bool text = shape->type == SHAPE_STRING;

	/* A document, or a number where there is text, as in attribute maps. */
	if (text && value != NULL && !json_object_is_type(value, json_type_string))
		return json_object_new_string(json_text(value));
	return json_object_get(value);
}

/* One member of a structure; false and an error when it can't be. */
static bool
write_member(const struct writer *writer, struct json_object *schema, const char *name,
    struct json_object *value, const struct shape *shape, int depth, struct json_object *out)
{
	const char         *member = member_name(shape, name, schema);
	struct json_object *written;
	struct shape        inner;

	if (member == NULL || !shape_member(shape, member, &inner)) {
		(void)err_set(writer->err, ERR_INVALID_CONFIG,
		    "the service model has no member for \"%s\"", name);
		return false;
	}
	written = write_value(writer, schema, value, &inner, depth + 1);
	if (written != NULL)
		json_set(out, member, written);
	return written != NULL;
}

/* A structure that counts its items, as CloudFront's do: how many there are is ours to say. */
static bool
is_counted(const struct shape *shape, struct shape *ret_items)
{
	return json_has(shape_members(shape), COUNTED_QUANTITY) &&
	       shape_member(shape, COUNTED_ITEMS, ret_items);
}

/* None are no member. */
static void
count_items(struct json_object *out)
{
	struct json_object *items = json_get_array(out, COUNTED_ITEMS);
	size_t              n = items != NULL ? json_object_array_length(items) : 0;

	if (n == 0)
		json_object_object_del(out, COUNTED_ITEMS);
	json_set_i64(out, COUNTED_QUANTITY, (int64_t)n);
}

/* What the value leaves out has its default, where it is required or structures are taken as a whole. */
static bool
write_defaults(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *shape, int depth, struct json_object *out)
{
	struct json_object *properties = json_get_object(schema, "properties");
	bool                whole = json_get_bool(writer->root, "x-whole", false);
	bool                good = true;

	if (properties == NULL)
		return true;
	json_object_object_foreach (properties, name, inner) {
		struct json_object *sub = schema_follow(writer->root, inner);
		struct json_object *standard = json_get(sub, "default");

		if (good && standard != NULL && !json_has(value, name) &&
		    (whole || shape_requires(shape, member_name(shape, name, sub))))
			good = write_member(writer, sub, name, standard, shape, depth, out);
	}
	return good;
}

static struct json_object *
write_structure(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *shape, int depth)
{
	struct json_object *out = json_object_new_object();
	bool                good = true;
	struct shape        items;

	json_object_object_foreach (value, name, part) {
		struct json_object *sub = schema_sub(writer->root, schema, "properties", name);

		good = good &&
		       (part == NULL || write_member(writer, sub, name, part, shape, depth, out));
	}
	if (!good || !write_defaults(writer, schema, value, shape, depth, out)) {
		json_object_put(out);
		return NULL;
	}
	if (is_counted(shape, &items))
		count_items(out);
	return out;
}

static struct json_object *
write_list(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *item, int depth)
{
	struct json_object *out = json_object_new_array();
	struct json_object *sub = schema_sub(writer->root, schema, "items", NULL);
	const char         *member = json_get_str(schema, "x-item");
	struct shape        inner = *item;
	bool                wrapped =
	    member != NULL && item->type == SHAPE_STRUCTURE && shape_member(item, member, &inner);

	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *written = write_value(
		    writer, sub, json_object_array_get_idx(value, i), &inner, depth + 1);
		struct json_object *whole = wrapped ? json_object_new_object() : NULL;

		if (written == NULL) {
			json_object_put(whole);
			json_object_put(out);
			return NULL;
		}
		if (wrapped)
			json_set(whole, member, written);
		json_object_array_add(out, wrapped ? whole : written);
	}
	return out;
}

/* A list of ours as a structure that counts its items. */
static struct json_object *
write_counted(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *list, int depth)
{
	struct json_object *items = write_value(writer, schema, value, list, depth + 1);
	struct json_object *out;

	if (items == NULL)
		return NULL;
	out = json_object_new_object();
	json_set(out, COUNTED_ITEMS, items);
	count_items(out);
	return out;
}

static struct json_object *
write_map(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *item, int depth)
{
	struct json_object *out = json_object_new_object();
	struct json_object *sub = schema_sub(writer->root, schema, "additionalProperties", NULL);

	json_object_object_foreach (value, key, part) {
		struct json_object *written = write_value(writer, sub, part, item, depth + 1);

		if (written == NULL) {
			json_object_put(out);
			return NULL;
		}
		json_set(out, key, written);
	}
	return out;
}

static struct json_object *
write_joined(struct json_object *list, const char *by)
{
	struct json_object *out;
	struct str          text;

	str_init(&text, JOINED_BYTES_MAX);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		str_add(&text, i > 0 ? by : "");
		str_add(&text, json_object_get_string(json_object_array_get_idx(list, i)));
	}
	out = json_object_new_string(text.data);
	str_fini(&text);
	return out;
}

/* An object where the service has a list of pairs, as AWS's have for tags and attributes: keys are the members' names. */
static struct json_object *
write_pairs(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *shape)
{
	struct json_object *texts = json_object_new_object();
	struct json_object *out;

	json_object_object_foreach (value, name, part) {
		struct json_object *sub = schema_sub(writer->root, schema, "properties", name);
		const char         *key = json_get_str(sub, "x-member");

		json_set(texts, key != NULL ? key : name,
		    json_object_is_type(part, json_type_string)
			? json_object_get(part)
			: json_object_new_string(json_text(part)));
	}
	out = tags_write(texts, shape);
	json_object_put(texts);
	if (out == NULL)
		(void)err_set(
		    writer->err, ERR_INVALID_CONFIG, "the service model has no pairs here");
	return out;
}

/* Without a model it is our schema alone that tells a structure from a map. */
static bool
is_structure(struct json_object *schema, const struct shape *shape)
{
	return shape->type == SHAPE_STRUCTURE ||
	       (shape->type == SHAPE_ANY && json_has(schema, "properties"));
}

/* A text as it is, anything else as JSON. */
static struct json_object *
write_base64(struct json_object *value)
{
	size_t      len;
	const char *text = json_text_len(value, &len);

	if (!json_object_is_type(value, json_type_string))
		return base64_json(text, len);
	return base64_json(
	    json_object_get_string(value), (size_t)json_object_get_string_len(value));
}

static struct json_object *
write_value(const struct writer *writer, struct json_object *schema, struct json_object *value,
    const struct shape *shape, int depth)
{
	bool         object = json_object_is_type(value, json_type_object);
	bool         array = json_object_is_type(value, json_type_array);
	struct shape item;

	if (depth > MEMBERS_DEPTH_MAX || value == NULL) {
		(void)err_set(
		    writer->err, ERR_INVALID_CONFIG, "a value is null, or nested too deeply");
		return NULL;
	}
	if (json_get_bool(schema, "x-base64", false))
		return write_base64(value);
	if (object && is_structure(schema, shape))
		return write_structure(writer, schema, value, shape, depth);
	if (shape->type == SHAPE_STRUCTURE && array && is_counted(shape, &item))
		return write_counted(writer, schema, value, &item, depth);
	if ((shape->type == SHAPE_MAP || shape->type == SHAPE_ANY) && object &&
	    shape_part(shape, "value", &item))
		return write_map(writer, schema, value, &item, depth);
	if ((shape->type == SHAPE_LIST || shape->type == SHAPE_ANY) && array &&
	    shape_part(shape, "member", &item))
		return write_list(writer, schema, value, &item, depth);
	if (shape->type == SHAPE_STRING && json_get_str(schema, "x-join") != NULL)
		return write_joined(value, json_get_str(schema, "x-join"));
	if (shape->type == SHAPE_LIST && object)
		return write_pairs(writer, schema, value, shape);
	return write_plain(value, shape);
}

struct json_object *
member_write(struct json_object *root, struct json_object *schema, struct json_object *value,
    const struct shape *shape, struct err *err)
{
	const struct writer writer = { root, err };

	return write_value(&writer, schema, value, shape, 0);
}
