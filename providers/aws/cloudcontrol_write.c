/* SPDX-License-Identifier: Apache-2.0
 * cloudcontrol_write.c - what a resource is to be, and by which patch (RFC 6902) it comes to be that. */
#include "providers/aws/cloudcontrol.h"

#include <string.h>

#include "providers/aws/aws.h"
#include "util/json.h"
#include "util/str.h"

#define POINTER_MAX 4096

/* ---- tags ---- */

/* In the shape that the type has for them; those of AWS's own are not ours to send. */
static struct json_object *
write_tags(struct json_object *shape, struct json_object *tags)
{
	bool                map = json_get_bool(shape, "map", false);
	struct json_object *out = map ? json_object_new_object() : json_object_new_array();

	json_object_object_foreach (tags, key, value) {
		struct json_object *pair;

		if (str_starts(key, AWS_OWN_TAGS))
			continue;
		if (map) {
			json_set(out, key, json_object_get(value));
			continue;
		}
		pair = json_copy(json_get_object(shape, "rest"));
		json_set_str(pair, json_get_str(shape, "key"), key);
		json_set(pair, json_get_str(shape, "value"), json_object_get(value));
		json_object_array_add(out, pair);
	}
	return out;
}

struct json_object *
cloudcontrol_desired(const struct scope *scope)
{
	struct json_object *shape = json_get_object(json_get_object(scope->noted, "type"), "tags");
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (scope->op->desired, key, value)
		json_set(out, key, json_object_get(value));
	if (shape != NULL)
		json_set(out, json_get_str(shape, "property"), write_tags(shape, scope->tags));
	return out;
}

/* ---- the patch ---- */

static void
add_operation(
    struct json_object *patch, const char *op, const char *path, struct json_object *value)
{
	struct json_object *operation = json_object_new_object();

	json_set_str(operation, "op", op);
	json_set_str(operation, "path", path);
	if (value != NULL)
		json_set(operation, "value", json_object_get(value));
	json_object_array_add(patch, operation);
}

/* Goes down as long as there are objects on both sides, so that what the config does not speak of stays; "add" also
 * replaces what is there. */
static void
patch_value(
    struct json_object *patch, struct str *path, struct json_object *want, struct json_object *have)
{
	size_t len = path->len;

	if (json_same(want, have))
		return;
	if (!json_object_is_type(want, json_type_object) ||
	    !json_object_is_type(have, json_type_object)) {
		add_operation(patch, want != NULL ? "add" : "remove", path->data, want);
		return;
	}
	json_object_object_foreach (want, key, value) {
		json_pointer_add(path, key);
		patch_value(patch, path, value, json_get(have, key));
		str_cut(path, len);
	}
	json_object_object_foreach (have, old, unused) {
		(void)unused;
		if (json_has(want, old))
			continue;
		json_pointer_add(path, old);
		patch_value(patch, path, NULL, json_get(have, old));
		str_cut(path, len);
	}
}

/* What is never read back is not in what AWS applies the patch to: it would be lost unless it is sent again. */
static bool
is_silent(struct json_object *facts, const char *name)
{
	struct json_object *silent = json_get_array(facts, "silent");
	size_t              n = silent != NULL ? json_object_array_length(silent) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *pointer = json_object_get_string(json_object_array_get_idx(silent, i));
		size_t      len = strcspn(pointer + 1, "/");

		if (strlen(name) == len && strncmp(pointer + 1, name, len) == 0)
			return true;
	}
	return false;
}

static void
patch_property(struct json_object *patch, const struct scope *scope, const char *name,
    struct json_object *want)
{
	struct json_object *have = json_get(json_get_object(scope->op->known, "properties"), name);
	bool                silent = is_silent(json_get_object(scope->noted, "type"), name);
	struct str          path;

	if (!silent && !json_array_has_text(scope->op->changes, name))
		return;
	str_init(&path, POINTER_MAX);
	json_pointer_add(&path, name);
	patch_value(patch, &path, want, silent ? NULL : have);
	str_fini(&path);
}

struct json_object *
cloudcontrol_patch(const struct scope *scope)
{
	struct json_object *shape = json_get_object(json_get_object(scope->noted, "type"), "tags");
	struct json_object *patch = json_object_new_array(), *tags;
	struct str          path;

	json_object_object_foreach (scope->op->desired, name, want)
		patch_property(patch, scope, name, want);
	if (shape != NULL && !json_get_bool(shape, "lasting", false) &&
	    !json_same(scope->tags, json_get(scope->op->known, "tags"))) {
		str_init(&path, POINTER_MAX);
		json_pointer_add(&path, json_get_str(shape, "property"));
		tags = write_tags(shape, scope->tags);
		add_operation(patch, "add", path.data, tags);
		json_object_put(tags);
		str_fini(&path);
	}
	if (json_object_array_length(patch) > 0)
		return patch;
	json_object_put(patch);
	return NULL;
}
