/* SPDX-License-Identifier: Apache-2.0
 * wire_rest_url.c - rest-json and rest-xml, outwards: members that the model binds to the path and the
 * query. */
#include "providers/aws/wire_rest.h"

#include <stdio.h>
#include <string.h>

#include "providers/aws/value.h"
#include "util/json.h"

/* ---- the path ---- */

/* The parameter bound to a label of the path; NULL when there is none. */
static struct json_object *
label_value(const struct rest *rest, const char *label, struct shape *ret_member)
{
	json_object_object_foreach (rest->params, name, value) {
		if (value != NULL && shape_member(&rest->op->input, name, ret_member) &&
		    rest_is_at(ret_member, "uri") && str_eq(shape_name(ret_member, name), label))
			return value;
	}
	return NULL;
}

/* Route 53 gives ids as "/hostedzone/Z123", and wants them back as "Z123". */
static size_t
id_start(const struct rest *rest, const struct str *text)
{
	const char *slash = strrchr(text->data, '/');

	if (!str_eq(rest->op->service->base.name, "route53") || slash == NULL || slash[1] == '\0')
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
		return rest_refuse(rest, label, "required, as a part of the path");
	str_init(&text, WIRE_URL_MAX);
	value_add(&text, &member, value, STAMP_ISO8601);
	if (text.len == 0) {
		str_fini(&text);
		return rest_refuse(rest, label, "must not be empty");
	}
	from = id_start(rest, &text);
	str_add_percent(&rest->r->path, text.data + from, text.len - from, greedy ? "/" : NULL);
	str_fini(&text);
	return true;
}

/* "/{Bucket}/{Key+}?tagging": what stands behind the '?' begins the query. */
bool
rest_path(const struct rest *rest, const char *uri)
{
	size_t path_len = strcspn(uri, "?");

	if (uri[path_len] == '?')
		str_add(&rest->r->query, uri + path_len + 1);
	for (size_t i = 0; i < path_len;) {
		size_t len = strcspn(uri + i, "{?");
		char   label[REST_NAME_SIZE];
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
		    rest_is_at(&member, "querystring") && member.type != SHAPE_MAP &&
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

void
rest_query(const struct rest *rest, const struct shape *member, const char *name,
    struct json_object *value)
{
	if (member->type == SHAPE_LIST)
		add_query_list(rest, shape_name(member, name), member, value);
	else if (member->type == SHAPE_MAP)
		add_query_map(rest, member, value);
	else
		add_query(rest, shape_name(member, name), member, value);
}
