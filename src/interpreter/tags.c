/* SPDX-License-Identifier: Apache-2.0
 * tags.c - tags in each of the shapes that services have for them, found from the model; without one, as a text of JSON. */
#include "interpreter/members.h"

#include <string.h>

#include "util/json.h"
#include "util/str.h"

/* "Key", "key", "TagKey" ... : the member whose name ends so. */
const char *
tags_member(struct json_object *members, const char *upper, const char *lower)
{
	if (!json_object_is_type(members, json_type_object))
		return NULL;
	json_object_object_foreach (members, name, value) {
		(void)value;
		if (str_ends(name, upper) || strcmp(name, lower) == 0)
			return name;
	}
	return NULL;
}

struct json_object *
tags_write(struct json_object *tags, const struct shape *shape)
{
	struct shape        item;
	struct json_object *out;
	const char         *key_name, *value_name;

	if (shape->type == SHAPE_ANY)
		return json_object_new_string(json_text(tags));
	if (shape->type != SHAPE_LIST || !shape_part(shape, "member", &item))
		return json_copy(tags);
	key_name = tags_member(shape_members(&item), "Key", "key");
	value_name = tags_member(shape_members(&item), "Value", "value");
	if (key_name == NULL || value_name == NULL)
		return NULL;
	out = json_object_new_array();
	json_object_object_foreach (tags, key, value) {
		struct json_object *pair = json_object_new_object();

		json_set_str(pair, key_name, key);
		json_set(pair, value_name, json_object_get(value));
		json_object_array_add(out, pair);
	}
	return out;
}

struct json_object *
tag_keys_write(struct json_object *keys, const struct shape *shape)
{
	struct shape        item;
	struct json_object *out;
	const char         *key_name;

	if (!shape_part(shape, "member", &item) || item.type != SHAPE_STRUCTURE)
		return json_object_get(keys);
	key_name = tags_member(shape_members(&item), "Key", "key");
	if (key_name == NULL)
		return NULL;
	out = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(keys); i++) {
		struct json_object *pair = json_object_new_object();

		json_set(pair, key_name, json_object_get(json_object_array_get_idx(keys, i)));
		json_object_array_add(out, pair);
	}
	return out;
}

static struct json_object *
read_text(struct json_object *text)
{
	struct json_object *json =
	    json_read(json_object_get_string(text), (size_t)json_object_get_string_len(text), NULL);

	if (json_object_is_type(json, json_type_object))
		return json;
	json_object_put(json);
	return json_object_new_object();
}

struct json_object *
tags_read(struct json_object *value)
{
	struct json_object *out;

	if (json_object_is_type(value, json_type_string))
		return read_text(value);
	out = json_object_new_object();
	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, key, text) {
			json_set(out, key, json_object_get(text));
		}
	}
	if (!json_object_is_type(value, json_type_array))
		return out;
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *pair = json_object_array_get_idx(value, i);
		const char         *key_name = tags_member(pair, "Key", "key");
		const char         *value_name = tags_member(pair, "Value", "value");
		const char         *key = key_name != NULL ? json_get_str(pair, key_name) : NULL;
		struct json_object *text = value_name != NULL ? json_get(pair, value_name) : NULL;

		if (key != NULL)
			json_set(out, key,
			    text != NULL ? json_object_get(text) : json_object_new_string(""));
	}
	return out;
}
