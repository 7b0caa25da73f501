/* SPDX-License-Identifier: Apache-2.0
 * wire_xml.c - values as XML by their shapes, both ways. */
#include "providers/aws/wire_xml.h"

#include <string.h>

#include "providers/aws/value.h"
#include "util/json.h"

#define NAME_ITEM  "member" /* of a list's items, where the model is silent */
#define NAME_ENTRY "entry"
#define NAME_KEY   "key"
#define NAME_VALUE "value"

/* ---- out ---- */

struct builder {
	struct str *out;
	bool        bad; /* something XML can't hold */
	int         depth;
};

static void build_value(
    struct builder *b, const struct shape *shape, struct json_object *value, const char *name);

static void
add_text(struct builder *b, const char *text, size_t len)
{
	if (!xml_add_text(b->out, text, len))
		b->bad = true;
}

/* " xmlns:prefix="uri"": the model has the namespace as text, or as {uri, prefix}. */
static void
add_namespace(struct builder *b, const struct shape *shape)
{
	struct json_object *own = json_get(shape->ref, "xmlNamespace"), *ns;
	const char         *uri, *prefix;

	ns = own != NULL ? own : json_get(shape->def, "xmlNamespace");
	if (ns == NULL)
		return;
	uri = json_object_is_type(ns, json_type_string) ? json_object_get_string(ns)
							: json_get_str(ns, "uri");
	prefix = json_get_str(ns, "prefix");
	if (uri == NULL)
		return;
	str_addf(b->out, " xmlns%s%s=\"", prefix != NULL ? ":" : "", prefix != NULL ? prefix : "");
	add_text(b, uri, strlen(uri));
	str_add_char(b->out, '"');
}

static void
build_text(
    struct builder *b, const struct shape *shape, const char *text, size_t len, const char *name)
{
	str_addf(b->out, "<%s", name);
	add_namespace(b, shape);
	str_add_char(b->out, '>');
	add_text(b, text, len);
	str_addf(b->out, "</%s>", name);
}

static bool
is_attribute(const struct shape *member)
{
	return json_get_bool(member->ref, "xmlAttribute", false);
}

static void
add_attributes(struct builder *b, const struct shape *shape, struct json_object *value)
{
	json_object_object_foreach (value, name, member_value) {
		struct shape member;

		if (member_value == NULL || !shape_member(shape, name, &member) ||
		    !is_attribute(&member))
			continue;
		str_addf(b->out, " %s=\"", shape_name(&member, name));
		add_text(b, json_object_get_string(member_value),
		    (size_t)json_object_get_string_len(member_value));
		str_add_char(b->out, '"');
	}
}

static void
build_structure(
    struct builder *b, const struct shape *shape, struct json_object *value, const char *name)
{
	str_addf(b->out, "<%s", name);
	add_namespace(b, shape);
	add_attributes(b, shape, value);
	str_add_char(b->out, '>');
	json_object_object_foreach (value, member_name, member_value) {
		struct shape member;

		if (member_value != NULL && shape_member(shape, member_name, &member) &&
		    !is_attribute(&member))
			build_value(b, &member, member_value, shape_name(&member, member_name));
	}
	str_addf(b->out, "</%s>", name);
}

static void
build_list(
    struct builder *b, const struct shape *shape, struct json_object *value, const char *name)
{
	bool         flat = shape_is(shape, "flattened");
	const char  *item_name;
	struct shape item;

	if (!shape_part(shape, "member", &item))
		return;
	item_name = flat ? name : shape_name(&item, NAME_ITEM);
	if (!flat) {
		str_addf(b->out, "<%s", name);
		add_namespace(b, shape);
		str_add_char(b->out, '>');
	}
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		struct json_object *at = json_object_array_get_idx(value, i);

		if (at != NULL)
			build_value(b, &item, at, item_name);
	}
	if (!flat)
		str_addf(b->out, "</%s>", name);
}

static void
build_map(struct builder *b, const struct shape *shape, struct json_object *value, const char *name)
{
	bool         flat = shape_is(shape, "flattened");
	const char  *entry = flat ? name : NAME_ENTRY;
	struct shape key_shape, item;

	if (!shape_part(shape, "key", &key_shape) || !shape_part(shape, "value", &item))
		return;
	if (!flat) {
		str_addf(b->out, "<%s", name);
		add_namespace(b, shape);
		str_add_char(b->out, '>');
	}
	json_object_object_foreach (value, key, at) {
		if (at == NULL)
			continue;
		str_addf(b->out, "<%s>", entry);
		build_text(b, &key_shape, key, strlen(key), shape_name(&key_shape, NAME_KEY));
		build_value(b, &item, at, shape_name(&item, NAME_VALUE));
		str_addf(b->out, "</%s>", entry);
	}
	if (!flat)
		str_addf(b->out, "</%s>", name);
}

static void
build_scalar(
    struct builder *b, const struct shape *shape, struct json_object *value, const char *name)
{
	struct str text;

	str_init(&text, b->out->max);
	value_add(&text, shape, value, STAMP_ISO8601);
	build_text(b, shape, text.data, text.len, name);
	str_fini(&text);
}

static void
build_value(
    struct builder *b, const struct shape *shape, struct json_object *value, const char *name)
{
	must(b->depth++ < SHAPE_DEPTH_MAX);
	if (shape->type == SHAPE_STRUCTURE)
		build_structure(b, shape, value, name);
	else if (shape->type == SHAPE_LIST)
		build_list(b, shape, value, name);
	else if (shape->type == SHAPE_MAP)
		build_map(b, shape, value, name);
	else
		build_scalar(b, shape, value, name);
	b->depth--;
}

bool
wire_xml_build(const struct shape *shape, struct json_object *value, const char *root,
    struct str *out, struct err *err)
{
	struct builder b = { .out = out };

	build_value(&b, shape, value, root);
	if (b.bad)
		err_set(err, ERR_INVALID_REQUEST, "/: XML can't hold one of the characters");
	return !b.bad;
}

/* ---- in ---- */

static bool
is_elsewhere(const struct shape *member)
{
	const char *location = shape_location(member);

	return location != NULL &&
	       (strcmp(location, "header") == 0 || strcmp(location, "headers") == 0 ||
		   strcmp(location, "statusCode") == 0);
}

/* The items are siblings, among others. */
static struct json_object *
flat_list(const struct shape *shape, const struct xml_node *node, const char *name)
{
	struct json_object *out = NULL;
	struct shape        item;

	if (!shape_part(shape, "member", &item))
		return NULL;
	for (node = xml_from(node, name); node != NULL; node = xml_from(node->next, name)) {
		if (out == NULL)
			out = json_object_new_array();
		json_object_array_add(out, wire_xml_value(&item, node));
	}
	return out;
}

/* Most models name the items of a flat list in the list, some where it is a member. */
static struct json_object *
flat_list_of(const struct shape *shape, const struct xml_node *first, const char *name)
{
	struct json_object *out = NULL;
	struct shape        item;
	const char         *inner;

	if (!shape_part(shape, "member", &item))
		return NULL;
	inner = shape_name(&item, NULL);
	if (inner != NULL)
		out = flat_list(shape, first, inner);
	return out != NULL ? out : flat_list(shape, first, name);
}

static struct json_object *
list_value(const struct shape *shape, const struct xml_node *node)
{
	struct json_object *out = json_object_new_array();
	struct shape        item;

	if (!shape_part(shape, "member", &item))
		return out;
	for (const struct xml_node *at = node->first; at != NULL; at = at->next)
		json_object_array_add(out, wire_xml_value(&item, at));
	return out;
}

static void
add_entry(const struct shape *shape, const struct xml_node *entry, struct json_object *out)
{
	struct shape           key_shape, item;
	const struct xml_node *key, *value;

	if (!shape_part(shape, "key", &key_shape) || !shape_part(shape, "value", &item))
		return;
	key = xml_child(entry, shape_name(&key_shape, NAME_KEY));
	value = xml_child(entry, shape_name(&item, NAME_VALUE));
	if (key != NULL && value != NULL)
		json_set(out, key->text, wire_xml_value(&item, value));
}

static struct json_object *
map_value(const struct shape *shape, const struct xml_node *node)
{
	struct json_object *out = json_object_new_object();

	for (const struct xml_node *at = node->first; at != NULL; at = at->next)
		add_entry(shape, at, out);
	return out;
}

static struct json_object *
flat_map(const struct shape *shape, const struct xml_node *node, const char *name)
{
	struct json_object *out = NULL;

	for (node = xml_from(node, name); node != NULL; node = xml_from(node->next, name)) {
		if (out == NULL)
			out = json_object_new_object();
		add_entry(shape, node, out);
	}
	return out;
}

static struct json_object *
attribute_value(const struct shape *member, const struct xml_node *node, const char *name)
{
	const char *text = xml_attribute(node, name);

	return text != NULL ? value_from_text(member, text, strlen(text)) : NULL;
}

static struct json_object *
member_value(const struct shape *member, const struct xml_node *node, const char *name)
{
	const struct xml_node *at;

	if (is_attribute(member))
		return attribute_value(member, node, name);
	if (shape_is(member, "flattened") && member->type == SHAPE_LIST)
		return flat_list_of(member, node->first, name);
	if (shape_is(member, "flattened") && member->type == SHAPE_MAP)
		return flat_map(member, node->first, name);
	at = xml_child(node, name);
	return at != NULL ? wire_xml_value(member, at) : NULL;
}

static struct json_object *
structure_value(const struct shape *shape, const struct xml_node *node)
{
	struct json_object *out = json_object_new_object();
	struct json_object *members = shape_members(shape);

	if (members == NULL)
		return out;
	json_object_object_foreach (members, name, ref) {
		struct shape        member;
		struct json_object *value;

		if (!shape_of(shape->service, ref, &member) || is_elsewhere(&member))
			continue;
		value = member_value(&member, node, shape_name(&member, name));
		if (value != NULL)
			json_set(out, name, value);
	}
	return out;
}

/* Its depth is the document's, which is bounded. */
struct json_object *
wire_xml_value(const struct shape *shape, const struct xml_node *node)
{
	if (shape->type == SHAPE_STRUCTURE)
		return structure_value(shape, node);
	if (shape->type == SHAPE_LIST)
		return list_value(shape, node);
	if (shape->type == SHAPE_MAP)
		return map_value(shape, node);
	return value_from_text(shape, node->text, node->text_len);
}
