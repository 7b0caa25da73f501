/* SPDX-License-Identifier: Apache-2.0
 * unseal.c - goes through a value, and opens what is sealed in it. */
#include "provider/unseal.h"

#include "util/json.h"

#define MEMBER "$sealed"

bool
is_sealed(struct json_object *value)
{
	return json_object_is_type(value, json_type_object) &&
	       json_object_object_length(value) == 1 && json_get_str(value, MEMBER) != NULL;
}

static struct json_object *
open_box(const struct sealed_key *key, const char *box, struct err *err)
{
	struct secret      *secret = NULL;
	struct json_object *text = NULL;

	if (key == NULL)
		(void)err_set(err, ERR_INVALID_CONFIG,
		    "it is sealed, and this process has no key to open it");
	else if (sealed_open(key, box, &secret, err) == ERR_OK)
		text = json_string(secret_open(secret), secret_len(secret));
	secret_destroy(secret);
	return text;
}

/* As deep as JSON is. */
static struct json_object *
unseal_list(const struct sealed_key *key, struct json_object *list, struct err *err)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct json_object *opened = item != NULL ? unseal(key, item, err) : NULL;

		if (item != NULL && opened == NULL) {
			json_object_put(out);
			return NULL;
		}
		json_object_array_add(out, opened);
	}
	return out;
}

static struct json_object *
unseal_members(const struct sealed_key *key, struct json_object *object, struct err *err)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (object, name, value) {
		struct json_object *opened = value != NULL ? unseal(key, value, err) : NULL;

		if (value != NULL && opened == NULL) {
			json_object_put(out);
			return NULL;
		}
		json_set(out, name, opened);
	}
	return out;
}

struct json_object *
unseal(const struct sealed_key *key, struct json_object *value, struct err *err)
{
	if (is_sealed(value))
		return open_box(key, json_get_str(value, MEMBER), err);
	if (json_object_is_type(value, json_type_object))
		return unseal_members(key, value, err);
	if (json_object_is_type(value, json_type_array))
		return unseal_list(key, value, err);
	return json_object_get(value);
}
