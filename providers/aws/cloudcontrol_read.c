/* SPDX-License-Identifier: Apache-2.0
 * cloudcontrol_read.c - of what a resource is, the part that the config speaks of; and its attributes.
 *
 * The schema leads: a structure may have more members than were asked for, in a map every member counts, an array may
 * have no order, and what can't be read back is taken to be as the config says. */
#include "providers/aws/cloudcontrol.h"

#include <stdlib.h>
#include <string.h>

#include "interpreter/members.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define POINTER_MAX 1024

struct reading {
	struct json_object *schema; /* of the whole type */
	struct json_object *silent;
	struct str          pointer;
};

static struct json_object *project(struct reading *reading, struct json_object *schema,
    struct json_object *want, struct json_object *have);

/* At "/key" below the place where it is; "*" for an item. */
static struct json_object *
project_at(struct reading *reading, const char *key, struct json_object *schema,
    struct json_object *want, struct json_object *have)
{
	size_t              len = reading->pointer.len;
	struct json_object *value;

	json_pointer_add(&reading->pointer, key);
	value = project(reading, cloudcontrol_follow(reading->schema, schema), want, have);
	str_cut(&reading->pointer, len);
	return value;
}

/* Its members have no names of their own: a map, or a document. */
static bool
is_map(struct json_object *schema)
{
	static const char *const others[] = { "properties", "oneOf", "anyOf", "allOf" };

	for (size_t i = 0; i < array_len(others); i++) {
		if (json_has(schema, others[i]))
			return false;
	}
	return schema != NULL;
}

static struct json_object *
project_object(struct reading *reading, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *members = json_get_object(schema, "properties");
	struct json_object *out;

	if (is_map(schema))
		return json_object_get(have);
	out = json_object_new_object();
	json_object_object_foreach (want, key, value) {
		struct json_object *part = project_at(
		    reading, key, json_get_object(members, key), value, json_get(have, key));

		if (part != NULL)
			json_set(out, key, part);
	}
	return out;
}

/* The first item that is not taken yet and, as far as the wanted one speaks of it, is like it. */
static struct json_object *
take_item(struct reading *reading, struct json_object *items, struct json_object *want,
    struct json_object *have, bool *taken)
{
	for (size_t i = 0; i < json_object_array_length(have); i++) {
		struct json_object *item;

		if (taken[i])
			continue;
		item = project_at(reading, "*", items, want, json_object_array_get_idx(have, i));
		if (json_same(item, want)) {
			taken[i] = true;
			return item;
		}
		json_object_put(item);
	}
	return NULL;
}

/* In the order of what is wanted; then what else there is. */
static struct json_object *
project_set(struct reading *reading, struct json_object *items, struct json_object *want,
    struct json_object *have)
{
	size_t              n = json_object_array_length(have);
	struct json_object *out = json_object_new_array();
	bool               *taken = xcalloc(n, sizeof(*taken));

	for (size_t i = 0; i < json_object_array_length(want); i++) {
		struct json_object *item =
		    take_item(reading, items, json_object_array_get_idx(want, i), have, taken);

		if (item != NULL)
			json_object_array_add(out, item);
	}
	for (size_t i = 0; i < n; i++) {
		if (!taken[i])
			json_object_array_add(
			    out, json_object_get(json_object_array_get_idx(have, i)));
	}
	free(taken);
	return out;
}

static struct json_object *
project_array(struct reading *reading, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *items = json_get_object(schema, "items");
	struct json_object *out;

	if (!json_get_bool(schema, "insertionOrder", true))
		return project_set(reading, items, want, have);
	out = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(have); i++) {
		struct json_object *item = json_object_array_get_idx(have, i);

		json_object_array_add(out,
		    i < json_object_array_length(want)
			? project_at(reading, "*", items, json_object_array_get_idx(want, i), item)
			: json_object_get(item));
	}
	return out;
}

/* A document may be given as JSON and come back as its text. */
static struct json_object *
parsed(struct json_object *want, struct json_object *have)
{
	struct json_object *json = NULL;

	if (json_object_is_type(have, json_type_string) &&
	    !json_object_is_type(want, json_type_string))
		json = json_read(
		    json_object_get_string(have), (size_t)json_object_get_string_len(have), NULL);
	return json != NULL ? json : json_object_get(have);
}

static struct json_object *
project(struct reading *reading, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *json, *out;

	if (json_array_has_text(reading->silent, reading->pointer.data))
		return json_object_get(want);
	if (have == NULL && !json_object_is_type(want, json_type_object))
		return NULL;
	json = parsed(want, have);
	if (json_object_is_type(want, json_type_object) &&
	    (json == NULL || json_object_is_type(json, json_type_object)))
		out = project_object(reading, schema, want, json);
	else if (json_object_is_type(want, json_type_array) &&
		 json_object_is_type(json, json_type_array))
		out = project_array(reading, schema, want, json);
	else
		out = json_object_get(json);
	json_object_put(json);
	/* There is nothing, and nothing that would have to be silent about it. */
	if (have == NULL && out != NULL && json_object_object_length(out) == 0) {
		json_object_put(out);
		out = NULL;
	}
	return out;
}

/* ---- the whole ---- */

static void
take_properties(const struct scope *scope, struct json_object *properties, struct found *found)
{
	const char    *text = json_get_str(found->noted, "schema");
	struct reading reading = {
		.schema = text != NULL ? json_read(text, strlen(text), NULL) : NULL,
		.silent = json_get_array(json_get_object(found->noted, "type"), "silent"),
	};
	struct json_object *members = json_get_object(reading.schema, "properties");

	str_init(&reading.pointer, POINTER_MAX);
	json_object_object_foreach (scope->op->desired, key, want) {
		struct json_object *value = project_at(
		    &reading, key, json_get_object(members, key), want, json_get(properties, key));

		if (value != NULL)
			json_set(found->properties, key, value);
	}
	str_fini(&reading.pointer);
	json_object_put(reading.schema);
}

/* "/Endpoint/Address" in the place where it was: outputs.Endpoint.Address */
static void
copy_attribute(struct json_object *from, struct json_object *to, const char *pointer)
{
	struct json_object *value = cloudcontrol_at(from, pointer);
	char                name[POINTER_MAX];

	for (const char *at = pointer + 1; value != NULL; at++) {
		size_t len = strcspn(at, "/");

		if (len >= sizeof(name))
			return;
		memcpy(name, at, len);
		name[len] = '\0';
		at += len;
		if (*at == '\0') {
			json_set(to, name, json_object_get(value));
			return;
		}
		if (json_get_object(to, name) == NULL)
			json_set(to, name, json_object_new_object());
		to = json_get_object(to, name);
	}
}

static void
take_attributes(struct json_object *properties, struct json_object *facts, struct found *found)
{
	struct json_object *pointers = json_get_array(facts, "attributes");

	for (size_t i = 0; pointers != NULL && i < json_object_array_length(pointers); i++)
		copy_attribute(properties, found->outputs,
		    json_object_get_string(json_object_array_get_idx(pointers, i)));
}

/* None of them can be removed. */
static struct json_object *
all_keys(struct json_object *tags)
{
	struct json_object *keys = json_object_new_array();

	json_object_object_foreach (tags, key, unused) {
		(void)unused;
		json_object_array_add(keys, json_object_new_string(key));
	}
	return keys;
}

/* Tags that can't be changed say which node it is, and no version. */
static void
take_tags(const struct scope *scope, struct json_object *properties, struct json_object *facts,
    struct found *found)
{
	struct json_object *tags = json_get_object(facts, "tags");

	if (tags == NULL)
		return;
	json_object_put(found->tags);
	found->tags = tags_read(json_get(properties, json_get_str(tags, "property")));
	if (!json_get_bool(tags, "lasting", false))
		return;
	json_set(found->more, "reserved", all_keys(found->tags));
	json_set_str(found->tags, IDENTITY_HASH_TAG, scope->op->identity->spec_hash);
}

/* What the engine is to know that the type's file can't say. */
static void
take_more(struct json_object *facts, struct found *found)
{
	struct json_object *fixed = json_get_array(facts, "fixed");
	struct json_object *identifier = json_get_array(facts, "identifier");
	struct json_object *keys = json_object_new_array();

	for (size_t i = 0; identifier != NULL && i < json_object_array_length(identifier); i++) {
		const char *name =
		    json_object_get_string(json_object_array_get_idx(identifier, i)) + 1;

		json_object_array_add(
		    keys, json_object_new_string_len(name, (int)strcspn(name, "/")));
	}
	json_set(found->more, "keys", keys);
	json_set(found->more, "fixed", json_object_get(fixed));
}

bool
cloudcontrol_take_resource(
    const struct scope *scope, struct json_object *answer, struct found *found, struct err *err)
{
	struct json_object *facts = json_get_object(found->noted, "type");
	const char         *text =
	    json_get_str(json_get_object(answer, "ResourceDescription"), "Properties");
	struct json_object *properties = text != NULL ? json_read(text, strlen(text), err) : NULL;

	if (properties == NULL)
		return err_set(err, ERR_INVALID_CONFIG, "what it is can't be read") == ERR_OK;
	take_properties(scope, properties, found);
	take_attributes(properties, facts, found);
	take_tags(scope, properties, facts, found);
	take_more(facts, found);
	json_object_put(properties);
	return true;
}
