/* SPDX-License-Identifier: Apache-2.0
 * wire_query.c - the query protocol and its sibling ec2: a form goes out, XML comes back.
 *
 * They differ in the names of members and in how lists are numbered, and a little in the answer. */
#include <stdio.h>
#include <string.h>

#include "providers/aws/value.h"
#include "providers/aws/wire.h"
#include "providers/aws/wire_xml.h"
#include "util/json.h"

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define NAME_MAX_LEN 4096 /* of one form field: "Filter.1.Value.1" */

struct form {
	struct str *out;
	struct str  name; /* of the field being built */
	bool        ec2;
	int         depth;
};

static void form_value(struct form *form, const struct shape *shape, struct json_object *value);

static size_t
name_push(struct form *form, const char *part, bool capital)
{
	size_t len = form->name.len;

	if (len > 0)
		str_add_char(&form->name, '.');
	if (capital && *part >= 'a' && *part <= 'z')
		str_add_char(&form->name, (char)(*part++ - 'a' + 'A'));
	str_add(&form->name, part);
	return len;
}

static void
name_pop(struct form *form, size_t len)
{
	form->name.len = len;
	if (form->name.cap > 0)
		form->name.data[len] = '\0';
}

static void
name_push_index(struct form *form, size_t index)
{
	str_addf(&form->name, ".%zu", index);
}

/* The open field's "&name=". */
static void
form_field(struct form *form)
{
	if (form->out->len > 0)
		str_add_char(form->out, '&');
	str_add_percent(form->out, form->name.data, form->name.len, NULL);
	str_add_char(form->out, '=');
}

static void
form_text(struct form *form, const char *text, size_t len)
{
	form_field(form);
	str_add_percent(form->out, text, len, NULL);
}

/* ec2: the queryName, else the locationName with a capital, else the member's own name. */
static size_t
push_member(struct form *form, const struct shape *member, const char *name)
{
	const char *own = form->ec2 ? json_get_str(member->ref, "queryName") : NULL;

	if (own != NULL)
		return name_push(form, own, false);
	return name_push(form, shape_name(member, name), form->ec2);
}

static void
form_structure(struct form *form, const struct shape *shape, struct json_object *value)
{
	json_object_object_foreach (value, name, at) {
		struct shape member;
		size_t       len;

		if (at == NULL || !shape_member(shape, name, &member))
			continue;
		len = push_member(form, &member, name);
		form_value(form, &member, at);
		name_pop(form, len);
	}
}

/* "Tags" is "Tags.member", or what the items are called; a flat list that names its items goes by
 * that name in place of its own. */
static void
push_list_name(struct form *form, const struct shape *shape, const struct shape *item)
{
	const char *item_name = shape_name(item, NULL);

	if (form->ec2)
		return;
	if (!shape_is(shape, "flattened")) {
		name_push(form, item_name != NULL ? item_name : "member", false);
	} else if (item_name != NULL && json_get_str(shape->ref, "locationName") == NULL) {
		const char *dot = strrchr(form->name.data, '.');

		name_pop(form, dot != NULL ? (size_t)(dot - form->name.data) : 0);
		name_push(form, item_name, false);
	}
}

static void
form_list(struct form *form, const struct shape *shape, struct json_object *value)
{
	size_t       outer = form->name.len, n = json_object_array_length(value), inner;
	struct str   saved;
	struct shape item;

	if (!shape_part(shape, "member", &item))
		return;
	if (n == 0 && !form->ec2) {
		form_text(form, "", 0);
		return;
	}
	str_init(&saved, NAME_MAX_LEN);
	str_add_mem(&saved, form->name.data, outer);
	push_list_name(form, shape, &item);
	inner = form->name.len;
	for (size_t i = 0; i < n; i++) {
		struct json_object *at = json_object_array_get_idx(value, i);

		if (at == NULL)
			continue;
		name_push_index(form, i + 1);
		form_value(form, &item, at);
		name_pop(form, inner);
	}
	name_pop(form, 0);
	str_add_mem(&form->name, saved.data, saved.len);
	str_fini(&saved);
}

static void
form_map(struct form *form, const struct shape *shape, struct json_object *value)
{
	size_t       outer = form->name.len, n = 0, entry, base;
	struct shape key_shape, item;

	if (!shape_part(shape, "key", &key_shape) || !shape_part(shape, "value", &item))
		return;
	if (!shape_is(shape, "flattened"))
		name_push(form, "entry", false);
	base = form->name.len;
	json_object_object_foreach (value, key, at) {
		if (at == NULL)
			continue;
		name_push_index(form, ++n);
		entry = form->name.len;
		name_push(form, shape_name(&key_shape, "key"), false);
		form_text(form, key, strlen(key));
		name_pop(form, entry);
		name_push(form, shape_name(&item, "value"), false);
		form_value(form, &item, at);
		name_pop(form, base);
	}
	name_pop(form, outer);
}

static void
form_scalar(struct form *form, const struct shape *shape, struct json_object *value)
{
	struct str text;

	str_init(&text, WIRE_BODY_MAX);
	value_add(&text, shape, value, STAMP_ISO8601);
	form_text(form, text.data, text.len);
	str_fini(&text);
}

static void
form_value(struct form *form, const struct shape *shape, struct json_object *value)
{
	must(form->depth++ < SHAPE_DEPTH_MAX);
	if (shape->type == SHAPE_STRUCTURE)
		form_structure(form, shape, value);
	else if (shape->type == SHAPE_LIST)
		form_list(form, shape, value);
	else if (shape->type == SHAPE_MAP)
		form_map(form, shape, value);
	else
		form_scalar(form, shape, value);
	form->depth--;
}

bool
wire_query_build(
    const struct wire_op *op, struct json_object *params, struct wire_request *r, struct err *err)
{
	struct form form = { .out = &r->body, .ec2 = op->service->protocol == AWS_EC2 };
	bool        fits;

	str_add(&r->path, "/");
	str_add(&r->body, "Action=");
	str_add_percent(&r->body, op->name, strlen(op->name), NULL);
	str_add(&r->body, "&Version=");
	if (op->service->api_version != NULL)
		str_add(&r->body, op->service->api_version);
	str_init(&form.name, NAME_MAX_LEN);
	if (op->has_input)
		form_structure(&form, &op->input, params);
	fits = !form.name.overflow;
	str_fini(&form.name);
	if (!fits)
		err_set(err, ERR_INVALID_REQUEST, "/: nested too deep for this service");
	return fits && wire_header_add(r, "Content-Type", CONTENT_TYPE, err);
}

/* ---- the answer ---- */

static void
copy_text(const struct xml_node *node, char *buf, size_t size)
{
	if (node != NULL && *buf == '\0')
		(void)snprintf(buf, size, "%s", node->text);
}

/* query: <ResponseMetadata><RequestId>; ec2: <requestId>. */
static void
find_request_id(const struct xml_node *root, struct wire_result *result)
{
	const struct xml_node *metadata = xml_child(root, "ResponseMetadata");

	copy_text(xml_child(metadata, "RequestId"), result->request_id, sizeof(result->request_id));
	copy_text(xml_child(root, "requestId"), result->request_id, sizeof(result->request_id));
}

/* query wraps the members in <OperationResult>. */
static const struct xml_node *
result_node(const struct wire_op *op, const struct xml_node *root)
{
	const char            *wrapper = shape_trait(&op->output, "resultWrapper");
	const struct xml_node *inner = wrapper != NULL ? xml_child(root, wrapper) : NULL;

	return inner != NULL ? inner : root;
}

struct json_object *
wire_query_parse(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result)
{
	struct json_object *out = NULL;
	struct xml_doc     *doc;
	struct err          err;

	if (answer->body_len == 0 && !op->has_output)
		return json_object_new_object();
	doc = xml_read(answer->body, answer->body_len, &err);
	if (doc == NULL) {
		(void)snprintf(result->message, sizeof(result->message), "%s", err.detail);
		return NULL;
	}
	find_request_id(xml_root(doc), result);
	if (op->has_output)
		out = wire_xml_value(&op->output, result_node(op, xml_root(doc)));
	else
		out = json_object_new_object();
	xml_doc_destroy(doc);
	return out;
}
