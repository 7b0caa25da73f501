/* SPDX-License-Identifier: Apache-2.0
 * openapi.c - one operation per row of the route table, around what schemas/openapi.json has. */
#include "api/openapi.h"

#include <ctype.h>
#include <string.h>

#include "api/openapi_inside.h"
#include "api/routes.h"
#include "api/schemas.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

/* Of the query: it says what it can be, or has one of some values. */
static struct json_object *
query_schema(const struct route_query *query)
{
	struct json_object *schema, *values;

	if (query->schema != NULL)
		return openapi_ref("schemas", query->schema);
	schema = openapi_text();
	values = json_object_new_array();
	for (size_t i = 0; query->values != NULL && query->values[i] != NULL; i++)
		json_object_array_add(
		    values, json_string(query->values[i], strlen(query->values[i])));
	if (query->values != NULL) {
		json_set(schema, "enum", json_object_get(values));
		json_set_str(schema, "default", query->values[0]);
	}
	json_object_put(values);
	return schema;
}

static struct json_object *
query_parameter(const struct route_query *query)
{
	struct json_object *parameter = json_object_new_object();

	json_set_str(parameter, "name", query->name);
	json_set_str(parameter, "in", "query");
	json_set_bool(parameter, "required", query->is_needed);
	json_set_str(parameter, "description", query->description);
	json_set(parameter, "schema", query_schema(query));
	return parameter;
}

/* "/deploy/status/{graph_id}": the parameter graph_id. */
static void
add_path_parameter(struct json_object *list, const struct route *route)
{
	const char         *open = strchr(route->path, '{');
	struct json_object *name;

	if (open == NULL)
		return;
	name = json_string(open + 1, strcspn(open + 1, "}"));
	json_object_array_add(list, openapi_ref("parameters", json_object_get_string(name)));
	json_object_put(name);
}

static void
add_parameters(struct json_object *operation, const struct route *route)
{
	struct json_object *list = json_object_new_array();
	const struct {
		const char *name;
		bool        is_there;
	} headers[] = {
		{ "X-Request-Id", true },
		{ "traceparent", true },
		{ "X-Actor", route->audit != NULL },
		{ "Idempotency-Key", route->once != ONCE_NOT },
		{ "Prefer", route->body != NULL && str_eq(route->answer, "execution") },
		{ "If-Match", route->has_match },
		{ "If-None-Match", route->has_match || route->has_etag },
		{ "Last-Event-ID", route->has_websocket },
	};

	add_path_parameter(list, route);
	for (size_t i = 0; route->queries != NULL && route->queries[i].name != NULL; i++)
		json_object_array_add(list, query_parameter(&route->queries[i]));
	for (size_t i = 0; i < array_len(headers); i++) {
		if (headers[i].is_there)
			json_object_array_add(list, openapi_ref("parameters", headers[i].name));
	}
	json_set(operation, "parameters", list);
}

/* The tag that a path has: the first row that it begins with. */
static const struct {
	const char *path, *tag;
} tags[] = {
	{ "/deploy/", "deployments" },
	{ "/operations/", "secrets" },
	{ "/public-keys", "secrets" },
	{ "/admin/", "admin" },
	{ "/", "service" },
};

static struct json_object *
tags_of(const struct route *route)
{
	struct json_object *list = json_object_new_array();
	size_t              i = 0;

	while (!str_starts(route->path, tags[i].path))
		i++;
	json_object_array_add(list, json_string(tags[i].tag, strlen(tags[i].tag)));
	return list;
}

/* Either way to send a key, which must have the route's scope. */
static struct json_object *
security_of(const struct route *route)
{
	static const char *const ways[] = { "key", "bearer" };
	struct json_object      *list = json_object_new_array();

	for (size_t i = 0; i < array_len(ways) && !route->is_public; i++) {
		struct json_object *way = json_object_new_object();

		json_set(way, ways[i], scopes_json(route->scope));
		json_object_array_add(list, way);
	}
	return list;
}

/* What OpenAPI has no word for: a request that says so needs another one as well. */
static struct json_object *
scopes_of_members(const struct route *route)
{
	struct json_object *members = json_object_new_object();

	json_set(members, route->more.member, scopes_json(route->more.scope));
	return members;
}

static struct json_object *
operation_of(struct openapi *o, const struct route *route)
{
	struct json_object *operation = json_object_new_object();

	json_set(operation, "operationId", openapi_id(route));
	json_set(operation, "tags", tags_of(route));
	json_set_str(operation, "summary", route->summary);
	add_parameters(operation, route);
	if (route->body != NULL) {
		struct json_object *body = json_object_new_object();

		json_set_bool(body, "required", true);
		openapi_examples(o, route, 0, "body",
		    openapi_content(body, JSON_CONTENT_TYPE, openapi_ref("schemas", route->body)));
		json_set(operation, "requestBody", body);
	}
	json_set(operation, "responses", openapi_answers(o, route));
	json_set(operation, "security", security_of(route));
	if (route->more.member != NULL)
		json_set(operation, "x-scopes-of-members", scopes_of_members(route));
	if (route->is_operators)
		json_set_bool(operation, "x-operators-only", true);
	return operation;
}

static struct json_object *
paths_of_all(struct openapi *o)
{
	struct json_object *paths = json_object_new_object();

	for (size_t i = 0; i < routes_n; i++) {
		struct json_object *path = json_get(paths, routes[i].path);
		char                method[8] = { 0 };

		if (path == NULL) {
			path = json_object_new_object();
			json_set(paths, routes[i].path, path);
		}
		for (size_t c = 0; routes[i].method[c] != '\0' && c < sizeof(method) - 1; c++)
			method[c] = (char)tolower((unsigned char)routes[i].method[c]);
		json_set(path, method, operation_of(o, &routes[i]));
	}
	return paths;
}

struct json_object *
openapi_document(const struct schemas *schemas, const char *version)
{
	struct json_object *document = json_copy(schemas_openapi(schemas));
	struct openapi      o = { schemas, json_get(document, "components") };

	json_set_str(json_get(document, "info"), "version", version);
	json_set(o.components, "responses", json_object_new_object());
	json_set(document, "paths", paths_of_all(&o));
	openapi_lift(&o, document);
	return document;
}
