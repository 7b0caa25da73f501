/* SPDX-License-Identifier: Apache-2.0
 * wire_rest.c - rest-json and rest-xml, outwards: members go where the model binds them, into the
 * path and the query (wire_rest_url.c), headers or the body. */
#include "providers/aws/wire_rest.h"

#include <stdio.h>
#include <string.h>

#include "providers/aws/value.h"
#include "providers/aws/wire_values.h"
#include "providers/aws/wire_xml.h"
#include "util/base64.h"
#include "util/json.h"

#define HEADER_TEXT_MAX (16 * 1024)

bool
rest_refuse(const struct rest *rest, const char *name, const char *why)
{
	err_set(rest->err, ERR_INVALID_REQUEST, "/%.64s: %s", name, why);
	return false;
}

bool
rest_is_at(const struct shape *member, const char *location)
{
	return str_eq(shape_location(member), location);
}

/* ---- headers ---- */

/* An item with a comma or a quote is quoted, so that the list can be taken apart again. */
static void
add_quoted(struct str *out, const struct str *text)
{
	if (strpbrk(text->data, ",\"") == NULL) {
		str_add(out, text->data);
		return;
	}
	str_add_char(out, '"');
	for (const char *at = text->data; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			str_add_char(out, '\\');
		str_add_char(out, *at);
	}
	str_add_char(out, '"');
}

static void
header_list(struct str *out, const struct shape *shape, struct json_object *value)
{
	struct shape item;
	struct str   text;

	if (!shape_part(shape, "member", &item))
		return;
	str_init(&text, HEADER_TEXT_MAX);
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *at = json_object_array_get_idx(value, i);

		if (at == NULL)
			continue;
		if (out->len > 0)
			str_add(out, ", ");
		str_clear(&text);
		value_add(&text, &item, at, STAMP_RFC822);
		if (item.type == SHAPE_STRING)
			add_quoted(out, &text);
		else
			str_add(out, text.data);
	}
	str_fini(&text);
}

static void
header_value(struct str *out, const struct shape *shape, struct json_object *value)
{
	struct str text;

	if (shape->type == SHAPE_LIST) {
		header_list(out, shape, value);
	} else if (shape_is(shape, "jsonvalue")) {
		str_init(&text, HEADER_TEXT_MAX);
		value_add(&text, shape, value, STAMP_RFC822);
		base64_add(out, text.data, text.len);
		str_fini(&text);
	} else {
		value_add(out, shape, value, STAMP_RFC822);
	}
}

static bool
add_header(
    const struct rest *rest, const char *name, const struct shape *shape, struct json_object *value)
{
	struct str text;
	bool       added = true;

	if (shape->type == SHAPE_LIST && json_object_array_length(value) == 0)
		return true;
	str_init(&text, HEADER_TEXT_MAX);
	header_value(&text, shape, value);
	if (text.overflow || strlen(text.data) != text.len)
		added = rest_refuse(rest, name, "can't be sent as a header");
	else
		added = wire_header_add(rest->r, name, text.data, rest->err);
	str_fini(&text);
	return added;
}

/* "x-amz-meta-" and each key. */
static bool
add_header_map(const struct rest *rest, const char *prefix, const struct shape *shape,
    struct json_object *value)
{
	struct shape item;

	if (!shape_part(shape, "value", &item))
		return true;
	json_object_object_foreach (value, key, at) {
		char name[REST_NAME_SIZE];
		int  len = snprintf(name, sizeof(name), "%s%s", prefix, key);

		if (len < 0 || (size_t)len >= sizeof(name))
			return rest_refuse(rest, key, "too long for a header's name");
		if (at != NULL && !add_header(rest, name, &item, at))
			return false;
	}
	return true;
}

/* ---- the body ---- */

static bool
json_body(const struct rest *rest, const struct shape *shape, struct json_object *value)
{
	struct json_object *body = wire_values_out(shape, value);
	size_t              len;
	const char         *text = json_text_len(body, &len);

	str_add_mem(&rest->r->body, text, len);
	json_object_put(body);
	return true;
}

/* What is left when path, query and headers have had theirs. */
static struct json_object *
unbound(const struct rest *rest)
{
	struct json_object *left = json_object_new_object();

	json_object_object_foreach (rest->params, name, value) {
		struct shape member;

		if (value != NULL && shape_member(&rest->op->input, name, &member) &&
		    shape_location(&member) == NULL)
			json_set(left, name, json_object_get(value));
	}
	return left;
}

static bool
has_unbound_members(const struct rest *rest)
{
	struct json_object *members = shape_members(&rest->op->input);

	if (members == NULL)
		return false;
	json_object_object_foreach (members, name, ref) {
		struct shape member;

		(void)name;
		if (shape_of(&rest->op->service->base, ref, &member) &&
		    shape_location(&member) == NULL)
			return true;
	}
	return false;
}

static bool
document_body(const struct rest *rest, const struct shape *shape, struct json_object *value,
    const char *otherwise)
{
	if (rest->op->service->protocol == AWS_REST_JSON)
		return json_body(rest, shape, value);
	return wire_xml_build(
	    shape, value, shape_name(shape, otherwise), &rest->r->body, rest->err);
}

static bool
unbound_body(const struct rest *rest)
{
	struct json_object *left = unbound(rest);
	bool                built = true;

	if (json_object_object_length(left) > 0)
		built = document_body(
		    rest, &rest->op->input, left, json_get_str(rest->op->input.ref, "shape"));
	else if (rest->op->service->protocol == AWS_REST_JSON && has_unbound_members(rest))
		str_add(&rest->r->body, "{}");
	json_object_put(left);
	return built;
}

static bool
raw_body(const struct rest *rest, const struct shape *shape, struct json_object *value)
{
	const char *text = json_object_get_string(value);
	size_t      len = (size_t)json_object_get_string_len(value);

	if (shape->type == SHAPE_BLOB)
		return base64_decode(&rest->r->body, text, len, NULL) ||
		       rest_refuse(rest, shape_name(shape, "body"), "too long");
	str_add_mem(&rest->r->body, text, len);
	return true;
}

static bool
payload_body(const struct rest *rest, const char *name)
{
	struct json_object *value = json_get(rest->params, name);
	struct shape        shape;

	if (!shape_member(&rest->op->input, name, &shape))
		return rest_refuse(rest, name, "the service model is broken here");
	if (shape.type == SHAPE_BLOB || shape.type == SHAPE_STRING)
		return value == NULL || raw_body(rest, &shape, value);
	if (value != NULL)
		return document_body(rest, &shape, value, name);
	if (rest->op->service->protocol == AWS_REST_JSON && !shape_is(&shape, "union"))
		str_add(&rest->r->body, "{}");
	return true;
}

/* curl would name a type of its own, were there none. */
static bool
build_content_type(const struct rest *rest, const char *payload)
{
	const char *type =
	    rest->op->service->protocol == AWS_REST_JSON ? "application/json" : "application/xml";
	struct shape shape;

	if (rest->r->body.len == 0 || wire_header_of(rest->r, "Content-Type") != NULL)
		return true;
	if (payload != NULL && shape_member(&rest->op->input, payload, &shape)) {
		if (shape.type == SHAPE_BLOB)
			type = "application/octet-stream";
		else if (shape.type == SHAPE_STRING)
			type = "text/plain";
	}
	return wire_header_add(rest->r, "Content-Type", type, rest->err);
}

static bool
build_members(const struct rest *rest)
{
	json_object_object_foreach (rest->params, name, value) {
		struct shape member;

		if (value == NULL || !shape_member(&rest->op->input, name, &member))
			continue;
		if (rest_is_at(&member, "querystring"))
			rest_query(rest, &member, name, value);
		else if (rest_is_at(&member, "header") &&
			 !add_header(rest, shape_name(&member, name), &member, value))
			return false;
		else if (rest_is_at(&member, "headers") &&
			 !add_header_map(rest, shape_name(&member, ""), &member, value))
			return false;
	}
	return true;
}

bool
wire_rest_build(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err)
{
	struct rest rest = { op, params, r, err };
	const char *uri = json_get_str(json_get_object(op->model, "http"), "requestUri");
	const char *payload = op->has_input ? shape_trait(&op->input, "payload") : NULL;

	if (!rest_path(&rest, uri != NULL ? uri : "/"))
		return false;
	/* API Gateway answers in another dialect, unless asked for this one. */
	if (str_eq(op->service->base.name, "apigateway") &&
	    !wire_header_add(r, "Accept", "application/json", err))
		return false;
	if (!op->has_input)
		return true;
	return build_members(&rest) &&
	       (payload != NULL ? payload_body(&rest, payload) : unbound_body(&rest)) &&
	       build_content_type(&rest, payload);
}
