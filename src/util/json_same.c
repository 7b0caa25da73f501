/* SPDX-License-Identifier: Apache-2.0
 * json_same.c - when two documents mean the same: canonical text, and comparison. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/breath.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

/* ---- canonical text ---- */

/* A whole number that an int64 can hold. */
static bool
is_int64(double value)
{
	return value == floor(value) && value >= -0x1p63 && value < 0x1p63;
}

static int
member_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
canonical_object(struct json_object *json, struct str *out)
{
	size_t       n = 0, count = (size_t)json_object_object_length(json);
	const char **keys = xcalloc(count, sizeof(*keys));

	json_object_object_foreach (json, key, value) {
		(void)value;
		keys[n++] = key;
	}
	qsort(keys, n, sizeof(*keys), member_order);
	breathe();
	str_add_char(out, '{');
	for (size_t i = 0; i < n; i++) {
		struct json_object *name = json_object_new_string(keys[i]);

		if (i > 0)
			str_add_char(out, ',');
		str_add(out, json_text(name));
		str_add_char(out, ':');
		json_canonical(json_object_object_get(json, keys[i]), out);
		json_object_put(name);
	}
	str_add_char(out, '}');
	free(keys);
}

void
json_canonical(struct json_object *json, struct str *out)
{
	switch (json_object_get_type(json)) {
	case json_type_object: canonical_object(json, out); return;
	case json_type_array:
		str_add_char(out, '[');
		for (size_t i = 0; i < json_object_array_length(json); i++) {
			if (i > 0)
				str_add_char(out, ',');
			json_canonical(json_object_array_get_idx(json, i), out);
		}
		str_add_char(out, ']');
		return;
	case json_type_double: {
		double value = json_object_get_double(json);

		if (is_int64(value))
			str_addf(out, "%" PRId64, (int64_t)value);
		else
			str_addf(out, "%.17g", value);
		return;
	}
	case json_type_null:
	case json_type_boolean:
	case json_type_int:
	case json_type_string: str_add(out, json_text(json)); return;
	}
	must(!"unreachable");
}

/* ---- comparing ---- */

static bool
same_object(struct json_object *a, struct json_object *b)
{
	if (json_object_object_length(a) != json_object_object_length(b))
		return false;
	json_object_object_foreach (a, key, value) {
		struct json_object *other;

		if (!json_object_object_get_ex(b, key, &other) || !json_same(value, other))
			return false;
	}
	return true;
}

static bool
same_array(struct json_object *a, struct json_object *b)
{
	size_t n = json_object_array_length(a);

	if (n != json_object_array_length(b))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!json_same(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
			return false;
	}
	return true;
}

static bool
is_number(struct json_object *json)
{
	return json_object_is_type(json, json_type_int) ||
	       json_object_is_type(json, json_type_double);
}

/* Exact: not every int64 is a double. */
static bool
same_number(struct json_object *whole, struct json_object *real)
{
	double value = json_object_get_double(real);

	return is_int64(value) && (int64_t)value == json_object_get_int64(whole);
}

bool
json_same(struct json_object *a, struct json_object *b)
{
	if (is_number(a) && is_number(b) && json_object_get_type(a) != json_object_get_type(b))
		return json_object_is_type(a, json_type_int) ? same_number(a, b)
							     : same_number(b, a);
	if (json_object_get_type(a) != json_object_get_type(b))
		return false;
	if (json_object_is_type(a, json_type_object))
		return same_object(a, b);
	if (json_object_is_type(a, json_type_array))
		return same_array(a, b);
	return json_object_equal(a, b) == 1;
}

bool
json_array_has(struct json_object *array, struct json_object *value)
{
	size_t n = array != NULL ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < n; i++) {
		if (json_same(json_object_array_get_idx(array, i), value))
			return true;
	}
	return false;
}

bool
json_array_has_text(struct json_object *texts, const char *text)
{
	size_t n = texts != NULL ? json_object_array_length(texts) : 0;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(json_object_get_string(json_object_array_get_idx(texts, i)), text))
			return true;
	}
	return false;
}
