/* SPDX-License-Identifier: Apache-2.0
 * wire_json.c - the json protocols: one JSON document goes out, one comes back. */
#include <stdio.h>
#include <string.h>

#include "providers/aws/value.h"
#include "providers/aws/wire.h"
#include "providers/aws/wire_values.h"
#include "util/json.h"

#define STAMP_TEXT_MAX 64
#define HEADER_MAX     256

/* ---- out ---- */

/* A number for seconds, else text. */
static struct json_object *
stamp_out(const struct shape *shape, struct json_object *value)
{
	enum stamp_format   format;
	struct json_object *json;
	struct str          text;
	int64_t             ms;

	must(stamp_from_json(value, &ms));
	format = stamp_format_of(shape_trait(shape, "timestampFormat"), STAMP_UNIX);
	str_init(&text, STAMP_TEXT_MAX);
	stamp_add(&text, format, ms);
	if (format != STAMP_UNIX)
		json = json_object_new_string(text.data);
	else if (ms % 1000 == 0)
		json = json_object_new_int64(ms / 1000);
	else
		json = json_object_new_double_s((double)ms / 1000, text.data);
	str_fini(&text);
	return json;
}

static struct json_object *
structure_out(const struct shape *shape, struct json_object *value)
{
	struct json_object *out;

	if (shape_is(shape, "document"))
		return json_object_get(value);
	out = json_object_new_object();
	json_object_object_foreach (value, name, at) {
		struct shape member;

		if (at != NULL && shape_member(shape, name, &member) &&
		    shape_location(&member) == NULL)
			json_set(out, shape_name(&member, name), wire_values_out(&member, at));
	}
	return out;
}

static struct json_object *
list_of(const struct shape *shape, struct json_object *value,
    struct json_object *(*each)(const struct shape *, struct json_object *))
{
	struct json_object *out = json_object_new_array();
	struct shape        item;

	if (!shape_part(shape, "member", &item))
		return out;
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *at = json_object_array_get_idx(value, i);

		json_object_array_add(out, at != NULL ? each(&item, at) : NULL);
	}
	return out;
}

static struct json_object *
map_of(const struct shape *shape, struct json_object *value,
    struct json_object *(*each)(const struct shape *, struct json_object *))
{
	struct json_object *out = json_object_new_object();
	struct shape        item;

	if (!shape_part(shape, "value", &item))
		return out;
	json_object_object_foreach (value, key, at) {
		json_set(out, key, at != NULL ? each(&item, at) : NULL);
	}
	return out;
}

/* As deep as what params_check let pass. */
struct json_object *
wire_values_out(const struct shape *shape, struct json_object *value)
{
	switch (shape->type) {
	case SHAPE_STRUCTURE: return structure_out(shape, value);
	case SHAPE_LIST: return list_of(shape, value, wire_values_out);
	case SHAPE_MAP: return map_of(shape, value, wire_values_out);
	case SHAPE_TIMESTAMP: return stamp_out(shape, value);
	case SHAPE_INTEGER: return json_object_new_int64(json_object_get_int64(value));
	case SHAPE_STRING:
	case SHAPE_FLOAT:
	case SHAPE_BOOLEAN:
	case SHAPE_BLOB: return json_object_get(value);
	case SHAPE_ANY: /* AWS's services have models */
	case SHAPE_TYPES_N: break;
	}
	must(!"unreachable");
	return NULL;
}

bool
wire_json_build(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err)
{
	struct json_object *body, *metadata = json_get_object(op->service->file, "metadata");
	char                target[HEADER_MAX], type[HEADER_MAX];
	const char         *text;
	size_t              len;

	if (op->service->target_prefix == NULL || op->service->json_version == NULL) {
		err_set(
		    err, ERR_PROVIDER, "%s: the service model is broken", op->service->base.name);
		return false;
	}
	body = op->has_input ? wire_values_out(&op->input, params) : json_object_new_object();
	text = json_text_len(body, &len);
	str_add(&r->path, "/");
	str_add_mem(&r->body, text, len);
	json_object_put(body);
	snprintf(target, sizeof(target), "%s.%s", op->service->target_prefix, op->name);
	snprintf(type, sizeof(type), "application/x-amz-json-%s", op->service->json_version);
	return wire_header_add(r, "Content-Type", type, err) &&
	       wire_header_add(r, "X-Amz-Target", target, err) &&
	       (!json_has(metadata, "awsQueryCompatible") ||
		   wire_header_add(r, "x-amzn-query-mode", "true", err));
}

/* ---- in ---- */

static struct json_object *
structure_in(const struct shape *shape, struct json_object *value)
{
	struct json_object *out, *members = shape_members(shape);

	if (shape_is(shape, "document"))
		return json_object_get(value);
	out = json_object_new_object();
	if (members == NULL)
		return out;
	json_object_object_foreach (members, name, ref) {
		struct shape        member;
		struct json_object *at;

		if (!shape_of(shape->service, ref, &member) || shape_location(&member) != NULL)
			continue;
		at = json_get(value, shape_name(&member, name));
		if (at != NULL)
			json_set(out, name, wire_values_in(&member, at));
	}
	return out;
}

/* A value of another type than the model says is passed on as it came. */
struct json_object *
wire_values_in(const struct shape *shape, struct json_object *value)
{
	if (value == NULL)
		return NULL;
	if (shape->type == SHAPE_STRUCTURE &&
	    (shape_is(shape, "document") || json_object_is_type(value, json_type_object)))
		return structure_in(shape, value);
	if (shape->type == SHAPE_LIST && json_object_is_type(value, json_type_array))
		return list_of(shape, value, wire_values_in);
	if (shape->type == SHAPE_MAP && json_object_is_type(value, json_type_object))
		return map_of(shape, value, wire_values_in);
	return value_from_json(shape, value);
}

struct json_object *
wire_json_parse(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result)
{
	struct json_object *body, *out;
	struct err          err;

	if (answer->body_len == 0 || !op->has_output)
		return json_object_new_object();
	body = json_read(answer->body, answer->body_len, &err);
	if (!json_object_is_type(body, json_type_object)) {
		snprintf(result->message, sizeof(result->message), "%s",
		    body != NULL ? "the answer is no JSON object" : err.detail);
		json_object_put(body);
		return NULL;
	}
	out = wire_values_in(&op->output, body);
	json_object_put(body);
	return out;
}

/* ---- errors ---- */

/* "com.amazon.coral#ThrottlingException:http://..." is a ThrottlingException. */
static void
copy_code(char *buf, size_t size, const char *text)
{
	size_t      len = strcspn(text, ":");
	const char *hash = memchr(text, '#', len);

	if (hash != NULL) {
		len -= (size_t)(hash + 1 - text);
		text = hash + 1;
	}
	snprintf(buf, size, "%.*s", (int)len, text);
}

static const char *
first_str(struct json_object *json, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = json_get_str(json, names[i]);

		if (text != NULL)
			return text;
	}
	return NULL;
}

/* Services that once spoke query still tell the code of that time: "AWS.SimpleQueueService.NonExistentQueue;Sender". */
static bool
query_code(const struct wire_answer *answer, struct wire_result *result)
{
	char text[sizeof(result->code)];

	if (!wire_header_copy(answer, "x-amzn-query-error", text, sizeof(text)))
		return false;
	snprintf(result->code, sizeof(result->code), "%.*s", (int)strcspn(text, ";"), text);
	return result->code[0] != '\0';
}

void
wire_json_error(const struct wire_answer *answer, struct wire_result *result)
{
	static const char *const codes[] = { "__type", "code", "Code" };
	static const char *const messages[] = { "message", "Message", "errorMessage" };
	struct json_object      *body = json_read(answer->body, answer->body_len, NULL);
	const char              *code = first_str(body, codes, array_len(codes));
	const char              *message = first_str(body, messages, array_len(messages));
	char                     type[512];

	if (wire_header_copy(answer, "x-amzn-errortype", type, sizeof(type)))
		code = type;
	if (!query_code(answer, result) && code != NULL)
		copy_code(result->code, sizeof(result->code), code);
	if (message != NULL)
		snprintf(result->message, sizeof(result->message), "%s", message);
	json_object_put(body);
}
