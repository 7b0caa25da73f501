/* SPDX-License-Identifier: Apache-2.0
 * value.c - one value between our JSON and the text of a protocol. */
#include "providers/aws/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

#define STAMP_TEXT_MAX  64
#define NUMBER_TEXT_MAX 64

static void
add_stamp(
    struct str *out, const struct shape *shape, struct json_object *value, enum stamp_format time)
{
	int64_t ms;

	must(stamp_from_json(value, &ms));
	stamp_add(out, stamp_format_of(shape_trait(shape, "timestampFormat"), time), ms);
}

void
value_add(
    struct str *out, const struct shape *shape, struct json_object *value, enum stamp_format time)
{
	switch (shape->type) {
	case SHAPE_TIMESTAMP: add_stamp(out, shape, value, time); return;
	case SHAPE_STRING:
	case SHAPE_BLOB:
		if (json_object_is_type(value, json_type_string)) {
			str_add_mem(out, json_object_get_string(value),
			    (size_t)json_object_get_string_len(value));
			return;
		}
		str_add(out, json_text(value)); /* a jsonvalue */
		return;
	case SHAPE_FLOAT: /* "NaN" and its like are strings */
		if (json_object_is_type(value, json_type_string)) {
			str_add(out, json_object_get_string(value));
			return;
		}
		str_add(out, json_text(value));
		return;
	case SHAPE_INTEGER: str_addf(out, "%lld", (long long)json_object_get_int64(value)); return;
	case SHAPE_BOOLEAN: str_add(out, json_object_get_boolean(value) ? "true" : "false"); return;
	case SHAPE_STRUCTURE: /* callers walk into these; a jsonvalue or document is its text */
	case SHAPE_LIST:
	case SHAPE_MAP: str_add(out, json_text(value)); return;
	case SHAPE_ANY: /* AWS's services have models */
	case SHAPE_TYPES_N: break;
	}
	must(!"unreachable");
}

static struct json_object *
new_text(const char *text, size_t len)
{
	return json_string(text, len);
}

static struct json_object *
new_stamp(int64_t ms)
{
	struct json_object *json;
	struct str          text;

	str_init(&text, STAMP_TEXT_MAX);
	stamp_add(&text, STAMP_RFC3339, ms);
	json = new_text(text.data, text.len);
	str_fini(&text);
	return json;
}

static struct json_object *
new_integer(const char *text)
{
	char     *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' ? json_object_new_int64(value) : NULL;
}

static struct json_object *
new_float(const char *text)
{
	char  *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(value))
		return NULL;
	return json_object_new_double(value);
}

struct json_object *
value_from_text(const struct shape *shape, const char *text, size_t len)
{
	struct json_object *json = NULL;
	int64_t             ms;

	switch (shape->type) {
	case SHAPE_INTEGER: json = len < NUMBER_TEXT_MAX ? new_integer(text) : NULL; break;
	case SHAPE_FLOAT: json = len < NUMBER_TEXT_MAX ? new_float(text) : NULL; break;
	case SHAPE_BOOLEAN: json = json_object_new_boolean(strcmp(text, "true") == 0); break;
	case SHAPE_TIMESTAMP: json = stamp_from_text(text, &ms) ? new_stamp(ms) : NULL; break;
	case SHAPE_STRING:
	case SHAPE_BLOB:
	case SHAPE_STRUCTURE:
	case SHAPE_LIST:
	case SHAPE_MAP:
	case SHAPE_ANY: /* AWS's services have models */
	case SHAPE_TYPES_N: break;
	}
	return json != NULL ? json : new_text(text, len);
}

struct json_object *
value_from_json(const struct shape *shape, struct json_object *json)
{
	int64_t ms;

	if (shape->type == SHAPE_TIMESTAMP && stamp_from_json(json, &ms))
		return new_stamp(ms);
	if (shape->type == SHAPE_BOOLEAN && json_object_is_type(json, json_type_string))
		return json_object_new_boolean(strcmp(json_object_get_string(json), "true") == 0);
	return json_object_get(json);
}
