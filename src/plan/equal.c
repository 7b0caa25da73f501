/* SPDX-License-Identifier: Apache-2.0
 * equal.c - compares a wanted and a found value, side by side along the schema. */
#include "plan/equal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plan/spec.h"
#include "provider/unseal.h"
#include "util/domain.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define EQUAL_SET_MAX  1000 /* items of a set that are matched one by one */
#define EQUAL_ITEM_MAX (1024 * 1024)

/* ---- schemas ---- */

/* A schema behind its $ref; what stands beside the $ref is looked at first (annotations). */
struct json_object *
equal_schema(const struct equal *d, struct json_object *schema)
{
	const char         *ref = json_get_str(schema, "$ref");
	struct json_object *target = NULL;

	if (ref == NULL || json_pointer_get(d->root, ref + 1, &target) != 0)
		return schema;
	return target;
}

bool
equal_says(const struct equal *d, struct json_object *schema, const char *annotation)
{
	return json_get_bool(schema, annotation, false) ||
	       json_get_bool(equal_schema(d, schema), annotation, false);
}

struct json_object *
equal_default(const struct equal *d, struct json_object *schema)
{
	struct json_object *value = json_get(schema, "default");

	return value != NULL ? value : json_get(equal_schema(d, schema), "default");
}

/* The schema of a member; NULL where any value will do. */
struct json_object *
equal_member(const struct equal *d, struct json_object *schema, const char *key)
{
	struct json_object *plain = equal_schema(d, schema);
	struct json_object *named = json_get(json_get_object(plain, "properties"), key);

	return named != NULL ? named : json_get_object(plain, "additionalProperties");
}

static bool
is_structure(const struct equal *d, struct json_object *schema)
{
	return json_get_object(equal_schema(d, schema), "properties") != NULL;
}

static bool
is_ignored(const struct equal *d, struct json_object *schema)
{
	return equal_says(d, schema, "writeOnly") || equal_says(d, schema, "readOnly");
}

/* ---- values ---- */

/* A driver puts what is sealed into what it has found, if that was made of it; else nothing. */
static bool
is_unknown(const struct equal *d, struct json_object *value)
{
	return is_sealed(value) || (!d->known && spec_is_reference(value));
}

bool
equal_holds_unknown(const struct equal *d, struct json_object *value)
{
	if (is_unknown(d, value))
		return true;
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			if (equal_holds_unknown(d, json_object_array_get_idx(value, i)))
				return true;
		}
	}
	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach (value, key, member) {
			(void)key;
			if (equal_holds_unknown(d, member))
				return true;
		}
	}
	return false;
}

/* A document that was given as text, as JSON; anything else as it is. The caller puts it. */
static struct json_object *
as_document(struct json_object *value)
{
	struct json_object *json = NULL;

	if (json_object_is_type(value, json_type_string))
		json = json_read(
		    json_object_get_string(value), (size_t)json_object_get_string_len(value), NULL);
	return json != NULL ? json : json_object_get(value);
}

static bool
same_document(const struct equal *d, struct json_object *want, struct json_object *have)
{
	struct json_object *a = as_document(want), *b = as_document(have);
	bool                equal = equal_value(d, NULL, a, b);

	json_object_put(a);
	json_object_put(b);
	return equal;
}

static bool
same_text(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	const char *a = json_object_get_string(want), *b = json_object_get_string(have);

	if (equal_says(d, schema, "x-domain"))
		return domain_same(a, b);
	return equal_says(d, schema, "x-caseless") ? strcasecmp(a, b) == 0 : json_same(want, have);
}

static bool
same_list(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *items = json_get(equal_schema(d, schema), "items");
	size_t              n = json_object_array_length(want);

	if (n != json_object_array_length(have))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!equal_value(d, items, json_object_array_get_idx(want, i),
			json_object_array_get_idx(have, i)))
			return false;
	}
	return true;
}

/* The first item of `have` that is not taken yet and is like `item` is taken for it. */
static bool
take_item(const struct equal *d, struct json_object *items, struct json_object *item,
    struct json_object *have, bool *taken)
{
	for (size_t i = 0; i < json_object_array_length(have); i++) {
		if (taken[i] || !equal_value(d, items, item, json_object_array_get_idx(have, i)))
			continue;
		taken[i] = true;
		return true;
	}
	return false;
}

static int
canonical_order(const void *a, const void *b)
{
	struct str x, y;
	int        order;

	str_init(&x, EQUAL_ITEM_MAX);
	str_init(&y, EQUAL_ITEM_MAX);
	json_canonical(*(struct json_object *const *)a, &x);
	json_canonical(*(struct json_object *const *)b, &y);
	order = strcmp(x.data, y.data);
	str_fini(&x);
	str_fini(&y);
	return order;
}

static struct json_object *
sorted(struct json_object *list)
{
	struct json_object *copy = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(list); i++)
		json_object_array_add(copy, json_object_get(json_object_array_get_idx(list, i)));
	json_object_array_sort(copy, canonical_order);
	return copy;
}

/* A set that is too large to match each item with each: by the items' texts. */
static bool
same_large_set(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *a = sorted(want), *b = sorted(have);
	bool                equal = same_list(d, schema, a, b);

	json_object_put(a);
	json_object_put(b);
	return equal;
}

/* Items that hold something unknown are like many; they choose when the others have chosen. */
static bool
same_set(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *items = json_get(equal_schema(d, schema), "items");
	size_t              n = json_object_array_length(want);
	bool               *taken, all = true;

	if (n != json_object_array_length(have))
		return false;
	if (n > EQUAL_SET_MAX)
		return same_large_set(d, schema, want, have);
	taken = xcalloc(n, sizeof(*taken));
	for (int unknown = 0; unknown <= 1; unknown++) {
		for (size_t i = 0; i < n && all; i++) {
			struct json_object *item = json_object_array_get_idx(want, i);

			if (equal_holds_unknown(d, item) == (unknown == 1))
				all = take_item(d, items, item, have, taken);
		}
	}
	free(taken);
	return all;
}

/* What a structure leaves out is compared with its default, where the found side has a value. */
bool
equal_to_default(const struct equal *d, struct json_object *schema, struct json_object *have)
{
	struct json_object *value = equal_default(d, schema);

	return value == NULL || have == NULL || is_ignored(d, schema) ||
	       equal_value(d, schema, value, have);
}

static bool
same_structure(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	struct json_object *named = json_get_object(equal_schema(d, schema), "properties");

	json_object_object_foreach (want, key, value) {
		if (!equal_value(d, equal_member(d, schema, key), value, json_get(have, key)))
			return false;
	}
	json_object_object_foreach (named, name, inner) {
		if (!json_has(want, name) && !equal_to_default(d, inner, json_get(have, name)))
			return false;
	}
	return true;
}

static bool
same_map(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	if (json_object_object_length(want) != json_object_object_length(have) &&
	    !equal_says(d, schema, "x-more"))
		return false;
	json_object_object_foreach (want, key, value) {
		struct json_object *other;

		if (!json_object_object_get_ex(have, key, &other) ||
		    !equal_value(d, equal_member(d, schema, key), value, other))
			return false;
	}
	return true;
}

bool
equal_value(const struct equal *d, struct json_object *schema, struct json_object *want,
    struct json_object *have)
{
	if (is_ignored(d, schema) && !holds_sealed(want))
		return true;
	if (is_unknown(d, want))
		return have != NULL && (!d->moving || is_sealed(want));
	if (equal_says(d, schema, "x-document"))
		return same_document(d, want, have);
	if (json_object_is_type(want, json_type_string) &&
	    json_object_is_type(have, json_type_string))
		return same_text(d, schema, want, have);
	if (json_object_is_type(want, json_type_array) &&
	    json_object_is_type(have, json_type_array))
		return equal_says(d, schema, "x-set") ? same_set(d, schema, want, have)
						      : same_list(d, schema, want, have);
	if (json_object_is_type(want, json_type_object) &&
	    json_object_is_type(have, json_type_object))
		return is_structure(d, schema) ? same_structure(d, schema, want, have)
					       : same_map(d, schema, want, have);
	return json_same(want, have);
}
