/* SPDX-License-Identifier: Apache-2.0
 * user_tags.c - tags are ignored as properties are, beside which a document has them as `tags`. */
#include "plan/user_tags.h"

#include "plan/diff.h"
#include "provider/provider.h"
#include "util/json.h"
#include "util/str.h"

struct json_object *
user_tags_found(struct json_object *found)
{
	struct json_object *tags = json_get_object(found, "tags");
	struct json_object *reserved = json_get_array(found, "reserved");
	struct json_object *users = json_object_new_object();

	if (tags == NULL)
		return users;
	json_object_object_foreach (tags, key, value) {
		if (!str_starts(key, IDENTITY_TAGS) && !json_array_has_text(reserved, key))
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

/* Takes the tags over. What `have` has at the pointers is put in there, or nothing. */
static struct json_object *
ignoring(struct json_object *tags, struct json_object *ignore, struct json_object *have)
{
	struct json_object *document = beside(tags), *left;

	document = diff_ignore(document, have, ignore);
	left = json_object_get(json_get_object(document, "tags"));
	json_object_put(document);
	return left != NULL ? left : json_object_new_object();
}

struct json_object *
user_tags_compared(struct json_object *found, struct json_object *ignore)
{
	struct json_object *users = user_tags_found(found);

	return ignore != NULL ? ignoring(users, ignore, NULL) : users;
}

struct json_object *
user_tags_wanted(struct json_object *tags, struct json_object *ignore, struct json_object *found)
{
	struct json_object *wanted = tags != NULL ? json_copy(tags) : json_object_new_object();
	struct json_object *have;

	if (ignore == NULL || !json_has(found, "tags"))
		return wanted;
	have = beside(user_tags_found(found));
	wanted = ignoring(wanted, ignore, have);
	json_object_put(have);
	return wanted;
}
