/* SPDX-License-Identifier: Apache-2.0
 * patch.c - what differs between a known and a wanted value, as operations on the paths of a type file. */
#include "interpreter/patch.h"

#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/str.h"

#define PATH_BYTES_MAX 2048
#define NAME_BYTES_MAX 128
#define ITEM           "{$item}"
#define REPLACES       "replace " /* before a path: what is new in a map replaces nothing */

/* The path in the file, with an item in its place: a JSON Pointer. */
static struct json_object *
path_of(const char *path, const char *item)
{
	const char         *at = item != NULL ? strstr(path, ITEM) : NULL;
	struct json_object *out;
	struct str          text, escaped;

	str_init(&text, PATH_BYTES_MAX);
	str_init(&escaped, PATH_BYTES_MAX);
	if (at != NULL) {
		json_pointer_add(&escaped, item);
		str_add_mem(&text, path, (size_t)(at - path));
		str_add(&text, escaped.data + 1); /* without the slash before it */
		str_add(&text, at + strlen(ITEM));
	} else {
		str_add(&text, path);
	}
	out = json_object_new_string(text.data);
	str_fini(&escaped);
	str_fini(&text);
	return out;
}

static void
add(struct json_object *out, const char *op, struct json_object *path, struct json_object *value)
{
	struct json_object *operation = json_object_new_object();

	json_set_str(operation, "op", op);
	json_set(operation, "path", path);
	if (value != NULL)
		json_set_str(operation, "value",
		    json_object_is_type(value, json_type_string) ? json_object_get_string(value)
								 : json_text(value));
	json_object_array_add(out, operation);
}

/* The items of one list that the other lacks. An item is in the path, or else it is the value. */
static void
patch_list(struct json_object *out, const char *op, const char *path, struct json_object *list,
    struct json_object *other)
{
	bool   in_path = strstr(path, ITEM) != NULL;
	size_t n = list != NULL ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (!json_array_has(other, item))
			add(out, op, path_of(path, json_object_get_string(item)),
			    in_path ? NULL : item);
	}
}

static void
patch_map(
    struct json_object *out, const char *path, struct json_object *want, struct json_object *have)
{
	bool        replaces = str_starts(path, REPLACES);
	const char *plain = replaces ? path + strlen(REPLACES) : path;

	if (have != NULL) {
		json_object_object_foreach (have, old, old_value) {
			(void)old_value;
			if (!json_has(want, old))
				add(out, "remove", path_of(plain, old), NULL);
		}
	}
	json_object_object_foreach (want, key, value) {
		bool there = json_has(have, key);

		if (!there || !json_same(json_get(have, key), value))
			add(out, there || replaces ? "replace" : "add", path_of(plain, key), value);
	}
}

static void
patch_value(
    struct json_object *out, const char *path, struct json_object *want, struct json_object *have)
{
	bool                alike = json_object_is_type(have, json_object_get_type(want));
	struct json_object *before = alike ? have : NULL; /* of another type has nothing to keep */

	if (json_object_is_type(want, json_type_array)) {
		patch_list(out, "remove", path, before, want);
		patch_list(out, "add", path, want, before);
	} else if (json_object_is_type(want, json_type_object) && strstr(path, ITEM) != NULL) {
		patch_map(out, path, want, before);
	} else if (want != NULL && !json_same(want, have)) {
		add(out, "replace", path_of(path, NULL), want);
	}
}

static bool
is_empty(struct json_object *value)
{
	return json_object_is_type(value, json_type_object) &&
	       json_object_object_length(value) == 0;
}

/* Each part by its own path; a structure with nothing in it any more goes by the path of the part "". */
static void
patch_parts(const struct scope *scope, struct json_object *out, const char *property,
    struct json_object *paths, struct json_object *want, struct json_object *have)
{
	const char *whole = json_get_str(paths, "");

	if (whole != NULL && is_empty(want)) {
		if (have != NULL && !is_empty(have))
			add(out, "remove", path_of(whole, NULL), NULL);
		return;
	}
	json_object_object_foreach (paths, part, path) {
		char       name[NAME_BYTES_MAX];
		struct ref ref = { 0 };

		if (*part == '\0')
			continue;
		snprintf(name, sizeof(name), "%s.%s", property, part);
		ref_property(scope, name, &ref);
		patch_value(out, json_object_get_string(path), ref.value, json_get(have, part));
		json_object_put(ref.value);
	}
}

struct json_object *
patch_make(const struct scope *scope, const struct step *step)
{
	struct json_object *out = json_object_new_array();
	struct json_object *known = json_get_object(scope->op->known, "properties");
	bool                update = scope->op->kind == OP_UPDATE;

	json_object_object_foreach (step->patch, name, path) {
		struct json_object *have = json_get(known, name);
		struct ref          ref = { 0 };

		if (update && !json_array_has_text(scope->op->changes, name))
			continue;
		ref_property(scope, name, &ref);
		if (json_object_is_type(path, json_type_object))
			patch_parts(scope, out, name, path, ref.value, have);
		else
			patch_value(out, json_object_get_string(path), ref.value, have);
		json_object_put(ref.value);
	}
	return out;
}
