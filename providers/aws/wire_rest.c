/* SPDX-License-Identifier: Apache-2.0
 * wire_rest.c - rest-json and rest-xml, outwards: members go where the model binds them, into the
 * path, the query, headers or the body. */
#include <stdio.h>
#include <string.h>

#include "providers/aws/value.h"
#include "providers/aws/wire.h"
#include "providers/aws/wire_values.h"
#include "providers/aws/wire_xml.h"
#include "util/json.h"

#define NAME_SIZE       256
#define HEADER_TEXT_MAX (16 * 1024)

struct rest {
	const struct wire_op *op;
	struct json_object   *params;
	struct wire_request  *r;
	struct err           *err;
};

static bool
refuse(const struct rest *rest, const char *name, const char *why)
{
	err_set(rest->err, ERR_INVALID_REQUEST, "/%.64s: %s", name, why);
	return false;
}

static bool
is_at(const struct shape *member, const char *location)
{
	return str_eq(shape_location(member), location);
}

/* ---- the path ---- */

/* The parameter bound to a label of the path; NULL when there is none. */
static struct json_object *
label_value(const struct rest *rest, const char *label, struct shape *ret_member)
{
	json_object_object_foreach (rest->params, name, value) {
		if (value != NULL && shape_member(&rest->op->input, name, ret_member) &&
		    is_at(ret_member, "uri") && str_eq(shape_name(ret_member, name), label))
			return value;
	}
	return NULL;
}

/* Route 53 gives ids as "/hostedzone/Z123", and wants them back as "Z123". */
static size_t
id_start(const struct rest *rest, const struct str *text)
{
	const char *slash = strrchr(text->data, '/');

	if (!str_eq(rest->op->service->name, "route53") || slash == NULL || slash[1] == '\0')
		return 0;
	return (size_t)(slash + 1 - text->data);
}

/* An empty label would make it another request: the list of all buckets, say. */
static bool
add_label(const struct rest *rest, const char *label, bool greedy)
{
	struct shape        member;
	struct json_object *value = rest->op->has_input ? label_value(rest, label, &member) : NULL;
	struct str          text;
	size_t              from;

	if (value == NULL)
		return refuse(rest, label, "required, as a part of the path");
	str_init(&text, WIRE_URL_MAX);
	value_add(&text, &member, value, STAMP_ISO8601);
	if (text.len == 0) {
		str_fini(&text);
		return refuse(rest, label, "must not be empty");
	}
	from = id_start(rest, &text);
	str_add_percent(&rest->r->path, text.data + from, text.len - from, greedy ? "/" : NULL);
	str_fini(&text);
	return true;
}

/* "/{Bucket}/{Key+}?tagging": what stands behind the '?' begins the query. */
static bool
build_path(const struct rest *rest, const char *uri)
{
	size_t path_len = strcspn(uri, "?");

	if (uri[path_len] == '?')
		str_add(&rest->r->query, uri + path_len + 1);
	for (size_t i = 0; i < path_len;) {
		size_t len = strcspn(uri + i, "{?");
		char   label[NAME_SIZE];
		bool   greedy;

		str_add_mem(&rest->r->path, uri + i, len);
		i += len;
		if (i >= path_len || uri[i] != '{')
			continue;
		len = strcspn(++i + uri, "}?");
		greedy = len > 0 && uri[i + len - 1] == '+';
		snprintf(label, sizeof(label), "%.*s", (int)(len - greedy), uri + i);
		i += len + 1;
		if (!add_label(rest, label, greedy))
			return false;
	}
	return true;
}

/* ---- the query ---- */

static void
add_query(
    const struct rest *rest, const char *key, const struct shape *shape, struct json_object *value)
{
	struct str *query = &rest->r->query, text;

	if (value == NULL)
		return;
	str_init(&text, WIRE_URL_MAX);
	value_add(&text, shape, value, STAMP_ISO8601);
	if (query->len > 0)
		str_add_char(query, '&');
	str_add_percent(query, key, strlen(key), NULL);
	str_add_char(query, '=');
	str_add_percent(query, text.data, text.len, NULL);
	if (text.overflow)
		query->overflow = true;
	str_fini(&text);
}

static void
add_query_list(
    const struct rest *rest, const char *key, const struct shape *shape, struct json_object *value)
{
	struct shape item;

	if (!shape_part(shape, "member", &item))
		return;
	for (size_t i = 0; i < json_object_array_length(value); i++)
		add_query(rest, key, &item, json_object_array_get_idx(value, i));
}

/* A member with a name of its own goes before an entry of a map. */
static bool
is_named(const struct rest *rest, const char *key)
{
	json_object_object_foreach (rest->params, name, value) {
		struct shape member;

		if (value != NULL && shape_member(&rest->op->input, name, &member) &&
		    is_at(&member, "querystring") && member.type != SHAPE_MAP &&
		    str_eq(shape_name(&member, name), key))
			return true;
	}
	return false;
}

static void
add_query_map(const struct rest *rest, const struct shape *shape, struct json_object *value)
{
	struct shape item;

	if (!shape_part(shape, "value", &item))
		return;
	json_object_object_foreach (value, key, at) {
		if (at == NULL || is_named(rest, key))
			continue;
		if (item.type == SHAPE_LIST)
			add_query_list(rest, key, &item, at);
		else
			add_query(rest, key, &item, at);
	}
}

static void
add_query_member(const struct rest *rest, const struct shape *member, const char *name,
    struct json_object *value)
{
	if (member->type == SHAPE_LIST)
		add_query_list(rest, shape_name(member, name), member, value);
	else if (member->type == SHAPE_MAP)
		add_query_map(rest, member, value);
	else
		add_query(rest, shape_name(member, name), member, value);
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
		value_blob_encode(text.data, text.len, out);
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
		added = refuse(rest, name, "can't be sent as a header");
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
		char name[NAME_SIZE];
		int  len = snprintf(name, sizeof(name), "%s%s", prefix, key);

		if (len < 0 || (size_t)len >= sizeof(name))
			return refuse(rest, key, "too long for a header's name");
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
		if (shape_of(rest->op->service, ref, &member) && shape_location(&member) == NULL)
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
		return value_blob_decode(text, len, &rest->r->body) ||
		       refuse(rest, shape_name(shape, "body"), "too long");
	str_add_mem(&rest->r->body, text, len);
	return true;
}

static bool
payload_body(const struct rest *rest, const char *name)
{
	struct json_object *value = json_get(rest->params, name);
	struct shape        shape;

	if (!shape_member(&rest->op->input, name, &shape))
		return refuse(rest, name, "the service model is broken here");
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
		if (is_at(&member, "querystring"))
			add_query_member(rest, &member, name, value);
		else if (is_at(&member, "header") &&
			 !add_header(rest, shape_name(&member, name), &member, value))
			return false;
		else if (is_at(&member, "headers") &&
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

	if (!build_path(&rest, uri != NULL ? uri : "/"))
		return false;
	/* API Gateway answers in another dialect, unless asked for this one. */
	if (str_eq(op->service->name, "apigateway") &&
	    !wire_header_add(r, "Accept", "application/json", err))
		return false;
	if (!op->has_input)
		return true;
	return build_members(&rest) &&
	       (payload != NULL ? payload_body(&rest, payload) : unbound_body(&rest)) &&
	       build_content_type(&rest, payload);
}
