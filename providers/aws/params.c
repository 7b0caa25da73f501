/* SPDX-License-Identifier: Apache-2.0
 * params.c - do these parameters fit the operation's input shape? */
#include "providers/aws/params.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/value.h"
#include "util/base64.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/str.h"

#define PLACE_MAX    300
#define BLOB_MAX     (96 * 1024 * 1024)
#define UUID_LEN     36
#define UUID_PATTERN "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"
#define UUID_VERSION 14 /* where the version digit stands, and */
#define UUID_VARIANT 19 /* the variant digit */

struct check {
	struct str  place; /* JSON Pointer */
	struct err *err;
	int         depth;
};

static bool check_value(struct check *check, const struct shape *shape, struct json_object *value);

static PRINTF_LIKE(2, 3) bool refuse(struct check *check, const char *fmt, ...)
{
	char    text[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	err_set(check->err, ERR_INVALID_REQUEST, "%s: %s",
	    check->place.len > 0 ? check->place.data : "/", text);
	return false;
}

static bool
check_at(struct check *check, const char *key, const struct shape *shape, struct json_object *value)
{
	size_t len = check->place.len;
	bool   good;

	json_pointer_add(&check->place, key);
	good = check_value(check, shape, value);
	str_cut(&check->place, len);
	return good;
}

static bool
check_required(struct check *check, const struct shape *shape, struct json_object *value)
{
	struct json_object *required = json_get_array(shape->def, "required");

	for (size_t i = 0; required != NULL && i < json_object_array_length(required); i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(required, i));

		if (json_get(value, name) == NULL)
			return refuse(check, "required member '%.64s' is missing", name);
	}
	return true;
}

/* A document is any JSON, where the protocol is JSON as well. */
static bool
takes_documents(const struct shape *shape)
{
	const struct aws_service *service = aws_service_of(shape->service);

	return service->protocol == AWS_JSON || service->protocol == AWS_REST_JSON;
}

static bool
check_structure(struct check *check, const struct shape *shape, struct json_object *value)
{
	if (shape_is(shape, "document") && takes_documents(shape))
		return true;
	if (!json_object_is_type(value, json_type_object))
		return refuse(check, "expected an object");
	if (!check_required(check, shape, value))
		return false;
	json_object_object_foreach (value, name, member) {
		struct shape member_shape;

		if (!shape_member(shape, name, &member_shape))
			return refuse(check, "no member is named '%.64s'", name);
		if (member != NULL && !check_at(check, name, &member_shape, member))
			return false;
	}
	return true;
}

static bool
check_list(struct check *check, const struct shape *shape, struct json_object *value)
{
	struct shape item;
	char         index[32];

	if (!json_object_is_type(value, json_type_array))
		return refuse(check, "expected an array");
	if (!shape_part(shape, "member", &item))
		return refuse(check, "the service model is broken here");
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *at = json_object_array_get_idx(value, i);

		snprintf(index, sizeof(index), "%zu", i);
		if (at != NULL && !check_at(check, index, &item, at))
			return false;
	}
	return true;
}

static bool
check_map(struct check *check, const struct shape *shape, struct json_object *value)
{
	struct shape key_shape, item;

	if (!json_object_is_type(value, json_type_object))
		return refuse(check, "expected an object");
	if (!shape_part(shape, "key", &key_shape) || !shape_part(shape, "value", &item))
		return refuse(check, "the service model is broken here");
	json_object_object_foreach (value, key, at) {
		if (at != NULL && !check_at(check, key, &item, at))
			return false;
	}
	return true;
}

static bool
check_integer(struct check *check, struct json_object *value)
{
	double number = json_object_get_double(value);

	if (json_object_is_type(value, json_type_int))
		return true;
	if (json_object_is_type(value, json_type_double) && number == floor(number) &&
	    fabs(number) < 9e15)
		return true;
	return refuse(check, "expected a whole number");
}

static bool
check_float(struct check *check, struct json_object *value)
{
	static const char *const words[] = { "NaN", "Infinity", "-Infinity" };

	if (json_object_is_type(value, json_type_int) ||
	    json_object_is_type(value, json_type_double))
		return true;
	for (size_t i = 0; json_object_is_type(value, json_type_string) && i < array_len(words);
	     i++) {
		if (strcmp(json_object_get_string(value), words[i]) == 0)
			return true;
	}
	return refuse(check, "expected a number");
}

static bool
check_blob(struct check *check, struct json_object *value)
{
	struct str raw;
	bool       good;

	if (!json_object_is_type(value, json_type_string))
		return refuse(check, "expected base64 text");
	str_init(&raw, BLOB_MAX);
	good = base64_decode(
	    &raw, json_object_get_string(value), (size_t)json_object_get_string_len(value), NULL);
	str_fini(&raw);
	return good || refuse(check, "this is not base64");
}

static bool
check_scalar(struct check *check, const struct shape *shape, struct json_object *value)
{
	int64_t ms;

	switch (shape->type) {
	case SHAPE_STRING:
		return json_object_is_type(value, json_type_string) ||
		       shape_is(shape, "jsonvalue") || refuse(check, "expected a string");
	case SHAPE_BOOLEAN:
		return json_object_is_type(value, json_type_boolean) ||
		       refuse(check, "expected true or false");
	case SHAPE_TIMESTAMP:
		return stamp_from_json(value, &ms) ||
		       refuse(check, "expected a time, as RFC 3339 text or seconds since 1970");
	case SHAPE_INTEGER: return check_integer(check, value);
	case SHAPE_FLOAT: return check_float(check, value);
	case SHAPE_BLOB: return check_blob(check, value);
	case SHAPE_STRUCTURE:
	case SHAPE_LIST:
	case SHAPE_MAP:
	case SHAPE_ANY: /* AWS's services have models */
	case SHAPE_TYPES_N: break;
	}
	must(!"unreachable");
	return false;
}

static bool
check_value(struct check *check, const struct shape *shape, struct json_object *value)
{
	bool good;

	if (check->depth == SHAPE_DEPTH_MAX)
		return refuse(check, "nested too deep");
	check->depth++;
	if (shape->type == SHAPE_STRUCTURE)
		good = check_structure(check, shape, value);
	else if (shape->type == SHAPE_LIST)
		good = check_list(check, shape, value);
	else if (shape->type == SHAPE_MAP)
		good = check_map(check, shape, value);
	else
		good = check_scalar(check, shape, value);
	check->depth--;
	return good;
}

bool
params_check(const struct shape *input, struct json_object *params, struct err *err)
{
	struct check check = { .err = err };
	bool         good;

	str_init(&check.place, PLACE_MAX);
	good = check_value(&check, input, params);
	str_fini(&check.place);
	return good;
}

/* ---- idempotency tokens ---- */

static bool
is_uuid(const char *text)
{
	if (strlen(text) != UUID_LEN)
		return false;
	for (size_t i = 0; i < UUID_LEN; i++) {
		bool hex = (text[i] >= '0' && text[i] <= '9') ||
			   ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'f');

		if (UUID_PATTERN[i] == '-' ? text[i] != '-' : !hex)
			return false;
	}
	return true;
}

/* Services ask for 32 to 64 characters of hex and dashes: a UUID suits all of them. */
static void
uuid_from(const char *token, char out[UUID_LEN + 1])
{
	char        hex[DIGEST_SHA256_HEX];
	const char *at = hex;

	digest_sha256_hex(token, strlen(token), hex);
	for (size_t i = 0; i < UUID_LEN; i++)
		out[i] = UUID_PATTERN[i] == '-' ? '-' : *at++;
	out[UUID_VERSION] = '4';
	out[UUID_VARIANT] = '8';
	out[UUID_LEN] = '\0';
}

struct json_object *
params_with_token(const struct shape *input, struct json_object *params, const char *token)
{
	struct json_object *filled = json_object_new_object();
	char                uuid[UUID_LEN + 1];

	if (params != NULL) {
		json_object_object_foreach (params, name, value)
			json_set(filled, name, json_object_get(value));
	}
	if (token == NULL || input == NULL || shape_members(input) == NULL)
		return filled;
	if (is_uuid(token))
		memcpy(uuid, token, sizeof(uuid));
	else
		uuid_from(token, uuid);
	json_object_object_foreach (shape_members(input), member, ref) {
		if (json_get_bool(ref, "idempotencyToken", false) &&
		    json_get(filled, member) == NULL)
			json_set_str(filled, member, uuid);
	}
	return filled;
}
