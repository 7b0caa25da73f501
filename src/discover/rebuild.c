/* SPDX-License-Identifier: Apache-2.0
 * rebuild.c - resource by resource: what is the same in several regions is one. */
#include "discover/rebuild.h"

#include <stdlib.h>
#include <string.h>

#include "discover/entry.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define WARNING_MAX 1024
#define ROUNDS_MAX  50 /* rounds of leaving out what does not fit */

static void warn(const struct rebuilding *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void
warn(const struct rebuilding *r, const char *fmt, ...)
{
	char    text[WARNING_MAX];
	va_list args;

	va_start(args, fmt);
	str_vformat(text, sizeof(text), fmt, args);
	va_end(args);
	json_object_array_add(r->warnings, json_string(text, strlen(text)));
}

/* ---- one resource ---- */

static bool
is_ours(const char *key)
{
	return str_starts(key, IDENTITY_TAGS) || str_starts(key, "aws:");
}

static struct json_object *
user_tags(struct json_object *tags)
{
	struct json_object *out = NULL;

	if (tags == NULL)
		return NULL;
	json_object_object_foreach (tags, key, value) {
		if (is_ours(key))
			continue;
		if (out == NULL)
			out = json_object_new_object();
		json_set(out, key, json_object_get(value));
	}
	return out;
}

/* It is known by another node id than its name has: by that of what it was called before, or of what is in its place now. */
static void
set_formerly(struct json_object *resource, const struct entry *entry, const struct rebuilding *r)
{
	const char *node_id = json_get_str(entry->item->tags, IDENTITY_NODE_TAG);
	char        own[OBJ_ID_SIZE], formerly[OBJ_ID_SIZE + 1] = "#";

	spec_node_id(r->tenant, r->deployment_id, entry->key, own);
	if (node_id == NULL || r->adopts || strlen(node_id) != OBJ_ID_SIZE - 1 ||
	    str_eq(node_id, own))
		return;
	memcpy(formerly + 1, node_id, OBJ_ID_SIZE);
	json_set_str(resource, "formerly", formerly);
}

static const char *
operation_of(const struct entry *entry, const struct rebuilding *r)
{
	if (entry->is_old)
		return "delete";
	if (entry->is_partial)
		return "verify";
	return r->adopts ? "adopt" : NULL;
}

static struct json_object *
resource_of(const struct entry *entry, const struct rebuilding *r)
{
	struct json_object *resource = json_object_new_object();
	struct json_object *tags = user_tags(entry->item->tags);

	json_set_str(resource, "type", entry->item->type->name);
	json_set_str(resource, "operation", operation_of(entry, r));
	set_formerly(resource, entry, r);
	if (str_eq(json_get_str(entry->item->tags, IDENTITY_PROTECT_TAG), "true"))
		json_set_bool(resource, "protect", true);
	if (!entry->item->type->global) {
		json_set(resource, "regions", json_object_new_array());
		json_object_array_add(
		    json_get(resource, "regions"), json_object_new_string(entry->item->region));
	}
	if (entry->item->account[0] != '\0')
		json_set_str(resource, "account", entry->item->account);
	json_set(resource, "properties", json_object_get(entry->properties));
	if (tags != NULL)
		json_set(resource, "tags", tags);
	return resource;
}

/* ---- in several regions ---- */

/* A name that has its region in it is that of another region than the first. */
static bool
is_first_region(const struct entry *entry)
{
	const char *id = json_get_str(entry->item->found, "id");

	return id == NULL || entry->item->region[0] == '\0' || !str_ends(id, entry->item->region);
}

static void
add_region(struct json_object *resource, const struct entry *entry, const struct rebuilding *r)
{
	struct json_object *regions = json_get_array(resource, "regions"), *all;
	struct json_object *region = json_object_new_string(entry->item->region);

	if (regions == NULL || json_array_has(regions, region)) {
		json_object_put(region);
		return;
	}
	if (!json_same(json_get(resource, "properties"), entry->properties))
		warn(r, "%s is not the same in %s as in %s: the config has it as it is there",
		    entry->key, entry->item->region,
		    json_object_get_string(json_object_array_get_idx(regions, 0)));
	if (!is_first_region(entry)) {
		json_object_array_add(regions, region);
		return;
	}
	all = json_object_new_array();
	json_object_array_add(all, region);
	for (size_t i = 0; i < json_object_array_length(regions); i++)
		json_object_array_add(all, json_object_get(json_object_array_get_idx(regions, i)));
	json_set(resource, "regions", all);
}

static void
add_resource(struct json_object *resources, const struct entry *entry, const struct rebuilding *r)
{
	struct json_object *there = json_get(resources, entry->key);

	if (entry->key[0] == '\0' || entry->is_unsure)
		return;
	if (there != NULL)
		add_region(there, entry, r);
	else
		json_set(resources, entry->key, resource_of(entry, r));
}

/* What is to go comes last. */
static struct json_object *
resources_of(const struct entry *entries, const struct rebuilding *r)
{
	struct json_object *resources = json_object_new_object();

	for (int old = 0; old <= 1; old++) {
		for (size_t i = 0; i < r->n; i++) {
			if (entries[i].is_old == (old == 1))
				add_resource(resources, &entries[i], r);
		}
	}
	return resources;
}

/* ---- what does not fit ---- */

/* The part of a pointer that comes after so many slashes, up to the next one; NULL: it has none. Ids and names of properties
 * need no escapes. */
static char *
part_of(const char *pointer, unsigned slashes)
{
	for (; slashes > 0 && pointer != NULL; slashes--) {
		pointer = strchr(pointer, '/');
		pointer = pointer != NULL ? pointer + 1 : NULL;
	}
	return pointer != NULL ? xstrndup(pointer, strcspn(pointer, "/")) : NULL;
}

/* "/resources/web/properties/size": `web`, `size`. */
static bool
read_place(const char *pointer, char **ret_key, char **ret_property)
{
	*ret_key = part_of(pointer, 2);
	*ret_property = part_of(pointer, 4);
	return *ret_key != NULL;
}

static struct json_object *
resource_at(const struct rebuilding *r, const char *key)
{
	return key != NULL ? json_get(json_get_object(r->config, "resources"), key) : NULL;
}

static bool
is_empty(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ? json_object_get_string_len(value) == 0
	       : json_object_is_type(value, json_type_array) ? json_object_array_length(value) == 0
	       : json_object_is_type(value, json_type_object)
		   ? json_object_object_length(value) == 0
		   : false;
}

/* A value that is there and that the type would not take is none to ask for. False: the problem is of no property. */
static bool
leave_out(const struct rebuilding *r, const struct problem *problem)
{
	char               *key = NULL, *property = NULL;
	bool                good = read_place(problem->pointer, &key, &property);
	struct json_object *properties = json_get_object(resource_at(r, key), "properties");

	good = good && property != NULL && json_has(properties, property);
	if (good) {
		if (!is_empty(json_get(properties, property)))
			warn(r, "%s of %s is left out: %s", property, key, problem->detail);
		json_object_object_del(properties, property);
	}
	free(key);
	free(property);
	return good;
}

/* What does not fit as a whole is not to be made so, but it is there. */
static bool
only_look(const struct rebuilding *r, const struct problem *problem)
{
	char               *key = NULL, *property = NULL;
	struct json_object *resource;
	bool                good;

	(void)read_place(problem->pointer, &key, &property);
	resource = resource_at(r, key);
	good = resource != NULL && !json_has(resource, "operation");
	if (good)
		json_set_str(resource, "operation", "verify");
	warn(r, "%s%s: %s", good ? key : problem->pointer, good ? " is only looked at" : "",
	    problem->detail);
	free(key);
	free(property);
	return good;
}

/* False: nothing can be done about them. */
static bool
mend(const struct rebuilding *r, const struct problems *problems)
{
	bool mended = false;

	for (size_t i = 0; i < problems->n; i++)
		mended = leave_out(r, &problems->items[i]) || mended;
	for (size_t i = 0; i < problems->n && !mended; i++) {
		if (!only_look(r, &problems->items[i]))
			return false;
	}
	return true;
}

static bool
build(struct rebuilding *r)
{
	bool goes_on = true;

	r->spec = NULL;
	for (unsigned i = 0; i < ROUNDS_MAX && goes_on && r->spec == NULL; i++) {
		struct problems problems;

		problems_init(&problems);
		r->spec = spec_build(r->registry, r->tenant, r->config, 0, &problems);
		goes_on = mend(r, &problems);
		problems_fini(&problems);
	}
	return r->spec != NULL;
}

/* ---- hashes ---- */

static const struct entry *
find_entry(const struct entry *entries, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(entries[i].key, key) == 0)
			return &entries[i];
	}
	return NULL;
}

/* The tags have the hash of the config that it was made from, which had other words for the same. */
static void
keep_hashes(const struct entry *entries, struct rebuilding *r)
{
	struct json_object *resources = json_get_object(r->config, "resources");

	for (size_t i = 0; i < r->spec->nodes_n; i++) {
		const struct spec_node *node = &r->spec->nodes[i];
		const struct entry     *entry = find_entry(entries, r->n, node->resource_id);
		const char             *hash =
                    entry != NULL ? json_get_str(entry->item->tags, IDENTITY_HASH_TAG) : NULL;
		struct json_object *same;

		if (hash != NULL && str_eq(hash, node->hash))
			continue;
		same = json_object_new_object();
		json_set_str(same, node->hash, hash != NULL ? hash : node->hash);
		json_set(json_get(resources, node->resource_id), "hash", same);
	}
}

/* ---- the whole ---- */

static void
list_resources(const struct entry *entries, struct rebuilding *r)
{
	r->resources = json_object_new_array();
	for (size_t i = 0; i < r->n; i++) {
		const struct entry *entry = &entries[i];
		struct json_object *outputs = json_get_object(entry->item->found, "outputs");
		struct json_object *json = json_object_new_object();

		json_set_str(json, "resource_id", entry->key);
		json_set_str(json, "node_id", json_get_str(entry->item->tags, IDENTITY_NODE_TAG));
		json_set_str(json, "type", entry->item->type->name);
		json_set_str(json, "region", entry->item->region);
		if (entry->item->account[0] != '\0')
			json_set_str(json, "account", entry->item->account);
		json_set_str(json, "id", json_get_str(entry->item->found, "id"));
		if (outputs != NULL)
			json_set(json, "outputs", json_object_get(outputs));
		json_object_array_add(r->resources, json);
	}
}

bool
rebuild(struct rebuilding *r)
{
	struct entry *entries = xcalloc(r->n + 1, sizeof(*entries));
	bool          good;

	entries_name(entries, r);
	for (size_t i = 0; i < r->n; i++)
		entry_take_properties(&entries[i], r);
	entries_refer(entries, r->n);
	r->config = json_object_new_object();
	json_set_str(r->config, "deployment_id", r->deployment_id);
	json_set(r->config, "resources", resources_of(entries, r));
	good = build(r);
	if (good && !r->adopts) {
		keep_hashes(entries, r);
		spec_unref(r->spec);
		good = build(r);
	}
	list_resources(entries, r);
	for (size_t i = 0; i < r->n; i++)
		json_object_put(entries[i].properties);
	free(entries);
	return good;
}
