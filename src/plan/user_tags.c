/* SPDX-License-Identifier: Apache-2.0
 * user_tags.c - tags are ignored as properties are, beside which a document has them as `tags`. */
#include "plan/user_tags.h"

#include "plan/diff.h"
#include "provider/provider.h"
#include "util/json.h"
#include "util/str.h"

static bool
is_reserved(struct json_object *reserved, const char *key)
{
	size_t n = reserved != NULL ? json_object_array_length(reserved) : 0;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(json_object_get_string(json_object_array_get_idx(reserved, i)), key))
			return true;
	}
	return false;
}

struct json_object *
user_tags_found(struct json_object *found)
{
	struct json_object *tags = json_get_object(found, "tags");
	struct json_object *reserved = json_get_array(found, "reserved");
	struct json_object *users = json_object_new_object();

	if (tags == NULL)
		return users;
	json_object_object_foreach (tags, key, value) {
		if (!str_starts(key, IDENTITY_TAGS) && !is_reserved(reserved, key))
			json_set(users, key, json_object_get(value));
	}
	return users;
}

/* What has them at the place that the pointers mean. */
static struct json_object *
beside(struct json_object *tags)
{
	struct json_object *document = json_object_new_object();

	json_set(document, "tags", tags);
	return document;
}

struct json_object *
user_tags_wanted(struct json_object *tags, struct json_object *ignore, struct json_object *found)
{
	struct json_object *wanted = tags != NULL ? json_copy(tags) : json_object_new_object();
	struct json_object *document, *have;

	if (ignore == NULL || !json_has(found, "tags"))
		return wanted;
	have = beside(user_tags_found(found));
	document = diff_ignore(beside(wanted), have, ignore);
	wanted = json_object_get(json_get_object(document, "tags"));
	json_object_put(document);
	json_object_put(have);
	return wanted;
}
