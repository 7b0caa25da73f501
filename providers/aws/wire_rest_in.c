/* SPDX-License-Identifier: Apache-2.0
 * wire_rest_in.c - rest-json and rest-xml, inwards: members come from the status, from headers and
 * from the body; and what is peculiar about S3's answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "providers/aws/value.h"
#include "providers/aws/wire.h"
#include "providers/aws/wire_values.h"
#include "providers/aws/wire_xml.h"
#include "util/base64.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/utf8.h"

#define HEADER_TEXT_MAX (64 * 1024)
#define NAME_SIZE       256

/* ---- headers ---- */

/* One item of "a, "b,c", d" from *at on, unquoted into `out`. Dates hold a comma of their own. */
static void
take_item(const char **at, bool dates, struct str *out)
{
	bool quoted = false, comma_seen = !dates;

	while (**at == ' ')
		(*at)++;
	for (; **at != '\0'; (*at)++) {
		if (**at == ',' && !quoted && comma_seen)
			break;
		if (**at == ',')
			comma_seen = true;
		if (**at == '"')
			quoted = !quoted;
		else if (**at == '\\' && quoted && (*at)[1] != '\0')
			str_add_char(out, *++*at);
		else
			str_add_char(out, **at);
	}
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	if (**at == ',')
		(*at)++;
}

static struct json_object *
header_list(const struct shape *shape, const char *text)
{
	struct json_object *out = json_object_new_array();
	struct shape        item;
	struct str          part;
	bool                dates;

	if (!shape_part(shape, "member", &item))
		return out;
	dates =
	    item.type == SHAPE_TIMESTAMP &&
	    stamp_format_of(shape_trait(&item, "timestampFormat"), STAMP_RFC822) == STAMP_RFC822;
	str_init(&part, HEADER_TEXT_MAX);
	while (*text != '\0') {
		str_clear(&part);
		take_item(&text, dates, &part);
		json_object_array_add(out, value_from_text(&item, part.data, part.len));
	}
	str_fini(&part);
	return out;
}

/* JSON as base64: an object or a list as itself, anything else as its text. */
static struct json_object *
json_value(const char *text, size_t len)
{
	struct json_object *out = NULL;
	struct str          raw;

	str_init(&raw, HEADER_TEXT_MAX);
	if (base64_decode(&raw, text, len, NULL)) {
		if (raw.data[0] == '{' || raw.data[0] == '[')
			out = json_read(raw.data, raw.len, NULL);
		if (out == NULL)
			out = json_string(raw.data, raw.len);
	}
	str_fini(&raw);
	return out;
}

static struct json_object *
header_value(const struct shape *shape, const char *text, size_t len)
{
	if (shape_is(shape, "jsonvalue"))
		return json_value(text, len);
	if (shape->type == SHAPE_LIST)
		return header_list(shape, text);
	return value_from_text(shape, text, len);
}

/* Each header whose name starts with the prefix, without it. */
static struct json_object *
header_map(const struct wire_answer *answer, const char *prefix)
{
	struct json_object *out = json_object_new_object();
	size_t              prefix_len = strlen(prefix);

	for (const char *line = answer->headers; line != NULL && *line != '\0';) {
		size_t len = strcspn(line, "\n"), name_len = strcspn(line, ":\n");
		char   name[NAME_SIZE];

		if (name_len < len && name_len >= prefix_len && name_len < sizeof(name) &&
		    utf8_len(line, name_len) == name_len &&
		    strncasecmp(line, prefix, prefix_len) == 0) {
			size_t      value_len;
			const char *value;

			snprintf(name, sizeof(name), "%.*s", (int)name_len, line);
			value = wire_header_in(answer, name, &value_len);
			json_set(out, name + prefix_len, json_string(value, value_len));
		}
		line += len + (line[len] == '\n');
	}
	return out;
}

static struct json_object *
bound_value(const struct wire_answer *answer, const struct shape *member, const char *name)
{
	const char         *location = shape_location(member), *value;
	struct json_object *out;
	size_t              len;
	char               *text;

	if (str_eq(location, "statusCode"))
		return json_object_new_int(answer->status);
	if (str_eq(location, "headers"))
		return header_map(answer, shape_name(member, ""));
	if (!str_eq(location, "header"))
		return NULL;
	value = wire_header_in(answer, shape_name(member, name), &len);
	if (value == NULL)
		return NULL;
	text = xstrndup(value, len);
	out = header_value(member, text, len);
	free(text);
	return out;
}

static void
add_bound(const struct wire_op *op, const struct wire_answer *answer, struct json_object *out)
{
	struct json_object *members = shape_members(&op->output);

	if (members == NULL)
		return;
	json_object_object_foreach (members, name, ref) {
		struct shape        member;
		struct json_object *value = NULL;

		if (shape_of(&op->service->base, ref, &member))
			value = bound_value(answer, &member, name);
		if (value != NULL)
			json_set(out, name, value);
	}
}

/* ---- the body ---- */

static void
add_members(struct json_object *out, struct json_object *more)
{
	if (json_object_is_type(more, json_type_object)) {
		json_object_object_foreach (more, name, value)
			json_set(out, name, json_object_get(value));
	}
	json_object_put(more);
}

static bool
unreadable(struct wire_result *result, const char *why)
{
	snprintf(result->message, sizeof(result->message), "%s", why);
	return false;
}

/* ret_value is NULL when the body has none. */
static bool
json_document(const struct shape *shape, const struct wire_answer *answer,
    struct wire_result *result, struct json_object **ret_value)
{
	struct json_object *body;
	struct err          err = { ERR_OK, "" };

	*ret_value = NULL;
	if (answer->body_len == 0 ||
	    (answer->body_len == 4 && memcmp(answer->body, "null", 4) == 0))
		return true;
	body = json_read(answer->body, answer->body_len, &err);
	if (body == NULL)
		return unreadable(result, err.detail);
	*ret_value = wire_values_in(shape, body);
	json_object_put(body);
	return true;
}

/* S3 says 200, starts to answer, and may then find that it can't. */
static bool
is_late_error(const struct wire_op *op, const struct xml_node *root)
{
	return op->service->s3 && strcmp(root->name, "Error") == 0 &&
	       xml_child(root, "Code") != NULL;
}

/* <LocationConstraint>eu-west-1</LocationConstraint> is all there is: no structure around it. */
static struct json_object *
bare_location(const struct xml_node *root)
{
	struct json_object *out = json_object_new_object();

	if (root->text_len > 0)
		json_set_str(out, "LocationConstraint", root->text);
	return out;
}

static bool
xml_document(const struct wire_op *op, const struct shape *shape, const struct wire_answer *answer,
    struct wire_result *result, struct json_object **ret_value)
{
	struct xml_doc *doc;
	struct err      err;
	bool            good = true;

	*ret_value = NULL;
	if (answer->body_len == 0)
		return true;
	doc = xml_read(answer->body, answer->body_len, &err);
	if (doc == NULL)
		return unreadable(result, err.detail);
	if (is_late_error(op, xml_root(doc))) {
		wire_xml_error(answer, result);
		good = false;
	} else if (op->service->s3 && str_eq(op->name, "GetBucketLocation")) {
		*ret_value = bare_location(xml_root(doc));
	} else {
		*ret_value = wire_xml_value(shape, xml_root(doc));
	}
	xml_doc_destroy(doc);
	return good;
}

static bool
document(const struct wire_op *op, const struct shape *shape, const struct wire_answer *answer,
    struct wire_result *result, struct json_object **ret_value)
{
	if (op->service->protocol == AWS_REST_JSON)
		return json_document(shape, answer, result, ret_value);
	return xml_document(op, shape, answer, result, ret_value);
}

static struct json_object *
raw_value(const struct shape *shape, const struct wire_answer *answer)
{
	struct json_object *out;
	struct str          text;

	if (shape->type == SHAPE_STRING)
		return json_string(answer->body, answer->body_len);
	str_init(&text, 2 * (size_t)WIRE_BODY_MAX);
	base64_add(&text, answer->body, answer->body_len);
	out = json_object_new_string_len(text.data, (int)text.len);
	str_fini(&text);
	return out;
}

static bool
add_payload(const struct wire_op *op, const char *name, const struct wire_answer *answer,
    struct wire_result *result, struct json_object *out)
{
	struct json_object *value = NULL;
	struct shape        shape;

	if (!shape_member(&op->output, name, &shape) || shape_is(&shape, "eventstream"))
		return true;
	if (shape.type == SHAPE_BLOB || shape.type == SHAPE_STRING)
		value = answer->body_len > 0 ? raw_value(&shape, answer) : NULL;
	else if (!document(op, &shape, answer, result, &value))
		return false;
	if (value != NULL)
		json_set(out, name, value);
	return true;
}

struct json_object *
wire_rest_parse(
    const struct wire_op *op, const struct wire_answer *answer, struct wire_result *result)
{
	struct json_object *out = json_object_new_object(), *body = NULL;
	const char         *payload;
	bool                good;

	if (!op->has_output)
		return out;
	add_bound(op, answer, out);
	payload = shape_trait(&op->output, "payload");
	if (payload != NULL) {
		good = add_payload(op, payload, answer, result, out);
	} else {
		good = document(op, &op->output, answer, result, &body);
		add_members(out, body);
	}
	if (good)
		return out;
	json_object_put(out);
	return NULL;
}
