/* SPDX-License-Identifier: Apache-2.0
 * diff.c - tells where the wanted and the found properties differ, place by place. */
#include "plan/diff.h"

#include <stdlib.h>
#include <string.h>

#include "plan/equal.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define DIFF_POINTER_MAX 8192

struct differ {
	struct equal equal;
	struct diff *diff;
	struct str   pointer;
	const char  *property; /* the top-level one that is looked at */
	bool         replace;  /* a change here needs a new resource */
	bool         hid;      /* something was left out that is not to be shown */
};

/* ---- telling ---- */

/* A copy for people: without what is only ever written, secrets above all. As deep as JSON is. */
static struct json_object *
shown(struct differ *d, struct json_object *schema, struct json_object *value)
{
	struct json_object *copy;

	if (json_object_is_type(value, json_type_array)) {
		struct json_object *items = json_get(equal_schema(&d->equal, schema), "items");

		copy = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(value); i++)
			json_object_array_add(
			    copy, shown(d, items, json_object_array_get_idx(value, i)));
		return copy;
	}
	if (!json_object_is_type(value, json_type_object))
		return json_copy(value);
	copy = json_object_new_object();
	json_object_object_foreach (value, key, member) {
		struct json_object *inner = equal_member(&d->equal, schema, key);

		if (equal_says(&d->equal, inner, "writeOnly"))
			d->hid = true;
		else
			json_set(copy, key, shown(d, inner, member));
	}
	return copy;
}

static void
note_property(struct differ *d)
{
	struct json_object *changes = d->diff->changes;
	size_t              n = json_object_array_length(changes);
	const char         *last =
            n == 0 ? NULL : json_object_get_string(json_object_array_get_idx(changes, n - 1));

	if (!str_eq(last, d->property))
		json_object_array_add(changes, json_object_new_string(d->property));
}

/* `after` NULL: it is to go. */
static void
tell(struct differ *d, struct json_object *schema, struct json_object *before,
    struct json_object *after)
{
	struct json_object *entry = json_object_new_object();

	d->hid = holds_sealed(after) || (before == NULL && after == NULL);
	json_set_str(entry, "path", d->pointer.data);
	if (before != NULL)
		json_set(entry, "before", shown(d, schema, before));
	if (after != NULL && is_sealed(after))
		json_set(entry, "after", json_object_get(after));
	else if (after != NULL && equal_holds_unknown(&d->equal, after))
		json_set_bool(entry, "after_unknown", true);
	else if (after != NULL)
		json_set(entry, "after", shown(d, schema, after));
	if (d->hid)
		json_set_bool(entry, "sensitive", true);
	if (d->replace)
		json_set_bool(entry, "requires_replacement", true);
	json_object_array_add(d->diff->list, entry);
	d->diff->replace |= d->replace;
	note_property(d);
}

static void compare(struct differ *d, struct json_object *schema, struct json_object *want,
    struct json_object *have);

static void
compare_member(struct differ *d, struct json_object *schema, const char *key,
    struct json_object *want, struct json_object *have)
{
	size_t len = d->pointer.len;
	bool   replace = d->replace;

	json_pointer_add(&d->pointer, key);
	d->replace |= equal_says(&d->equal, schema, "x-replace");
	compare(d, schema, want, have);
	d->replace = replace;
	str_cut(&d->pointer, len);
}

static void
compare_members(struct differ *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *named = json_get_object(equal_schema(&d->equal, schema), "properties");

	json_object_object_foreach (want, key, value)
		compare_member(
		    d, equal_member(&d->equal, schema, key), key, value, json_get(have, key));
	if (named != NULL) {
		json_object_object_foreach (named, name, inner) {
			struct json_object *found = json_get(have, name);

			if (!json_has(want, name) && !equal_to_default(&d->equal, inner, found))
				compare_member(
				    d, inner, name, equal_default(&d->equal, inner), found);
		}
		return;
	}
	if (equal_says(&d->equal, schema, "x-more"))
		return;
	json_object_object_foreach (have, extra, found) {
		if (!json_has(want, extra))
			compare_member(
			    d, equal_member(&d->equal, schema, extra), extra, NULL, found);
	}
}

/* Goes down only where the two can be told member by member; else the whole value is told. */
static void
compare(struct differ *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	if (equal_value(&d->equal, schema, want, have))
		return;
	if (json_object_is_type(want, json_type_object) &&
	    json_object_is_type(have, json_type_object) &&
	    !equal_says(&d->equal, schema, "x-document"))
		compare_members(d, schema, want, have);
	else
		tell(d, schema, have, want);
}

/* ---- the whole ---- */

/* Nothing is there: all that is wanted is new. Secrets are named, and not shown. */
static void
tell_new(struct differ *d, struct json_object *desired)
{
	json_object_object_foreach (desired, key, value) {
		struct json_object *schema = equal_member(&d->equal, d->equal.root, key);

		d->property = key;
		str_clear(&d->pointer);
		json_pointer_add(&d->pointer, key);
		tell(d, schema, NULL, equal_says(&d->equal, schema, "writeOnly") ? NULL : value);
	}
}

static void
compare_all(struct differ *d, struct json_object *desired, struct json_object *found)
{
	struct json_object *named = json_get_object(d->equal.root, "properties");

	json_object_object_foreach (desired, key, value) {
		d->property = key;
		compare_member(d, equal_member(&d->equal, d->equal.root, key), key, value,
		    json_get(found, key));
	}
	json_object_object_foreach (named, name, schema) {
		struct json_object *have = json_get(found, name);

		d->property = name;
		if (!json_has(desired, name) && !equal_to_default(&d->equal, schema, have))
			compare_member(d, schema, name, equal_default(&d->equal, schema), have);
	}
}

void
diff_init(struct diff *diff)
{
	*diff =
	    (struct diff){ .list = json_object_new_array(), .changes = json_object_new_array() };
}

static void
make(struct diff *diff, const struct resource_type *type, struct json_object *desired,
    struct json_object *found, struct equal how)
{
	struct differ d = { .diff = diff, .equal = how };

	d.equal.root = type->properties;
	diff_init(diff);
	str_init(&d.pointer, DIFF_POINTER_MAX);
	if (found == NULL)
		tell_new(&d, desired);
	else
		compare_all(&d, desired, found);
	str_fini(&d.pointer);
}

void
diff_make(struct diff *diff, const struct resource_type *type, struct json_object *desired,
    struct json_object *found)
{
	make(diff, type, desired, found, (struct equal){ .known = false });
}

void
diff_make_known(struct diff *diff, const struct resource_type *type, struct json_object *desired,
    struct json_object *found)
{
	make(diff, type, desired, found, (struct equal){ .known = true });
}

void
diff_make_moving(struct diff *diff, const struct resource_type *type, struct json_object *desired,
    struct json_object *found)
{
	make(diff, type, desired, found, (struct equal){ .moving = true });
}

/* A pointer that leads nowhere in what was found leaves out what is wanted there. A member is set by its name: json-c would set
 * it by its last step, as that is written. */
static void
ignore_at(struct json_object **desired, struct json_object *found, const char *pointer)
{
	const char         *last = strrchr(pointer, '/');
	char               *above = xstrndup(pointer, (size_t)(last - pointer));
	char               *name = json_pointer_name(last + 1);
	struct json_object *have = NULL, *parent = NULL;
	bool                is_there = json_pointer_get(found, pointer, &have) == 0 && have != NULL;
	bool                is_member = json_pointer_get(*desired, above, &parent) == 0 &&
			 json_object_is_type(parent, json_type_object);

	if (is_member && is_there)
		json_set(parent, name, json_copy(have));
	else if (is_member)
		json_object_object_del(parent, name);
	else if (is_there)
		json_pointer_set(desired, pointer, json_copy(have));
	free(above);
	free(name);
}

struct json_object *
diff_ignore(struct json_object *desired, struct json_object *found, struct json_object *pointers)
{
	struct json_object *copy = json_copy(desired);

	json_object_put(desired);
	for (size_t i = 0; i < json_object_array_length(pointers); i++)
		ignore_at(
		    &copy, found, json_object_get_string(json_object_array_get_idx(pointers, i)));
	return copy;
}

/* Is one of them the other, or above it? */
static bool
is_in_line(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), less = n < m ? n : m;

	return strncmp(a, b, less) == 0 && (n == m || (n < m ? b : a)[less] == '/');
}

void
diff_fix(struct diff *diff, struct json_object *pointers)
{
	size_t n = pointers != NULL ? json_object_array_length(pointers) : 0;

	for (size_t i = 0; i < json_object_array_length(diff->list); i++) {
		struct json_object *entry = json_object_array_get_idx(diff->list, i);
		const char         *path = json_get_str(entry, "path");

		for (size_t k = 0; k < n; k++) {
			if (!is_in_line(path,
				json_object_get_string(json_object_array_get_idx(pointers, k))))
				continue;
			json_set_bool(entry, "requires_replacement", true);
			diff->replace = true;
		}
	}
}

void
diff_tag(struct diff *diff, const char *key, struct json_object *want, struct json_object *have)
{
	struct json_object *entry;
	struct str          pointer;

	if (json_same(want, have))
		return;
	entry = json_object_new_object();
	str_init(&pointer, DIFF_POINTER_MAX);
	str_add(&pointer, "/tags");
	json_pointer_add(&pointer, key);
	json_set_str(entry, "path", pointer.data);
	str_fini(&pointer);
	if (have != NULL)
		json_set(entry, "before", json_object_get(have));
	if (want != NULL)
		json_set(entry, "after", json_object_get(want));
	json_object_array_add(diff->list, entry);
}

void
diff_fini(struct diff *diff)
{
	json_object_put(diff->list);
	json_object_put(diff->changes);
	*diff = (struct diff){ 0 };
}

bool
diff_is_empty(const struct diff *diff)
{
	return json_object_array_length(diff->list) == 0;
}
