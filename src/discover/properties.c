/* SPDX-License-Identifier: Apache-2.0
 * properties.c - of what was read, what a config has to say. */
#include "discover/entry.h"
#include "util/json.h"
#include "util/str.h"

/* Somewhere in it is what was given sealed, and nobody can tell where. */
#define DIGEST_TAG "mgraph:digest"

/* {"type": "SecureString"}: where that property is so. */
static bool
is_secret(struct json_object *schema, struct json_object *properties)
{
	struct json_object *secret = json_get(schema, "x-secret");
	bool                is = true;

	if (!json_object_is_type(secret, json_type_object))
		return secret != NULL;
	json_object_object_foreach (secret, name, value) {
		is = is && json_same(json_get(properties, name), value);
	}
	return is;
}

static bool
has_to_be_there(const struct resource_type *type, const char *name)
{
	return json_array_has_text(json_get_array(type->properties, "required"), name) ||
	       json_array_has_text(resource_type_identity_properties(type), name);
}

/* What the type takes by itself needs not be said, nor can what nobody is told. */
static bool
is_worth_saying(const struct entry *entry, struct json_object *all, const char *name,
    struct json_object *schema, struct json_object *value)
{
	struct json_object *otherwise = json_get(schema, "default");

	if (value == NULL || json_get_bool(schema, "writeOnly", false) || is_secret(schema, all))
		return false;
	if (json_has(entry->item->wanted, name))
		return otherwise == NULL || !json_same(otherwise, value) ||
		       has_to_be_there(entry->item->type, name);
	if (json_has(schema, "x-absent") && json_same(json_get(schema, "x-absent"), value))
		return false;
	return otherwise == NULL || !json_same(otherwise, value) ||
	       json_array_has_text(json_get_array(entry->item->type->properties, "required"), name);
}

static void
warn_partial(const struct entry *entry, struct json_object *missing, const struct rebuilding *r)
{
	struct str text;

	str_init(&text, 1024);
	str_addf(&text, "%s (%s%s%s) is only looked at: ", entry->key, entry->item->type->name,
	    entry->item->region[0] != '\0' ? " in " : "", entry->item->region);
	if (json_has(entry->item->tags, DIGEST_TAG))
		str_add(&text, "something in it was given sealed, and nobody can tell what");
	else if (entry->item->found == NULL)
		str_add(&text, "it could not be read");
	else
		str_addf(&text, "%s can't be read back", json_text(missing));
	json_object_array_add(r->warnings, json_string(text.data, text.len));
	str_fini(&text);
}

static void
check_required(struct entry *entry, const struct rebuilding *r)
{
	struct json_object *required = json_get_array(entry->item->type->properties, "required");
	struct json_object *missing = json_object_new_array();
	size_t              n = required != NULL ? json_object_array_length(required) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *name = json_object_array_get_idx(required, i);

		if (!json_has(entry->properties, json_object_get_string(name)))
			json_object_array_add(missing, json_object_get(name));
	}
	entry->is_partial = json_object_array_length(missing) > 0 || entry->item->found == NULL ||
			    json_has(entry->item->tags, DIGEST_TAG);
	if (entry->is_partial && !entry->is_old)
		warn_partial(entry, missing, r);
	json_object_put(missing);
}

void
entry_take_properties(struct entry *entry, const struct rebuilding *r)
{
	const struct discovered *item = entry->item;
	bool                     sealed = json_has(item->tags, DIGEST_TAG);
	struct json_object      *schemas = json_get_object(item->type->properties, "properties");
	struct json_object      *read = json_get_object(item->found, "properties");
	struct json_object      *all = json_copy(item->wanted);

	if (read != NULL && !sealed) {
		json_object_object_foreach (read, key, part)
			json_set(all, key, json_object_get(part));
	}
	entry->properties = json_object_new_object();
	json_object_object_foreach (all, name, value) {
		if (json_has(schemas, name) &&
		    is_worth_saying(entry, all, name, json_get(schemas, name), value))
			json_set(entry->properties, name, json_object_get(value));
	}
	json_object_put(all);
	check_required(entry, r);
}
