/* SPDX-License-Identifier: Apache-2.0
 * openapi.c - one operation per row of the route table. */
#include "api/openapi.h"

#include <ctype.h>
#include <string.h>

#include "api/routes.h"
#include "api/schemas.h"
#include "http/problem.h"
#include "util/json.h"

#define SCHEMA_REF "#/components/schemas/"

static struct json_object *
schema_ref(const char *name)
{
	struct json_object *ref = json_object_new_object();
	struct str          text;

	str_init(&text, 256);
	str_addf(&text, SCHEMA_REF "%s", name);
	json_set_str(ref, "$ref", text.data);
	str_fini(&text);
	return ref;
}

/* {"content": {TYPE: {"schema": …}}}, into `into`, beside what is there already. */
static void
add_content(struct json_object *into, const char *type, struct json_object *schema)
{
	struct json_object *content = json_get(into, "content");
	struct json_object *media = json_object_new_object();

	if (content == NULL) {
		content = json_object_new_object();
		json_set(into, "content", content);
	}
	json_set(media, "schema", schema);
	json_set(content, type, media);
}

static struct json_object *
string_schema(void)
{
	struct json_object *schema = json_object_new_object();

	json_set_str(schema, "type", "string");
	return schema;
}

/* {"$ref": "#/components/PART/NAME"} */
static struct json_object *
component_ref(const char *part, const char *name)
{
	struct json_object *ref = json_object_new_object();
	struct str          text;

	str_init(&text, 256);
	str_addf(&text, "#/components/%s/%s", part, name);
	json_set_str(ref, "$ref", text.data);
	str_fini(&text);
	return ref;
}

static bool
has_pages(const struct route *route)
{
	const struct route_query *query = route->queries;

	while (query != NULL && query->name != NULL && !str_eq(query->name, "cursor"))
		query++;
	return query != NULL && query->name != NULL;
}

static bool
answers_execution(const struct route *route)
{
	return route->body != NULL && str_eq(route->answer, "execution");
}

/* What an answer's head says beside the usual. */
static void
add_headers(struct json_object *response, const struct route *route, bool is_good)
{
	const struct {
		const char *name;
		bool        is_there;
	} headers[] = {
		{ "X-Request-Id", true },
		{ "ETag", is_good && (route->has_etag || str_eq(route->answer, "schedule")) },
		{ "Link", is_good && has_pages(route) },
		{ "Location", is_good && answers_execution(route) },
		{ "Idempotency-Replayed", is_good && route->once != ONCE_NOT },
		{ "RateLimit-Policy", !route->is_public },
		{ "RateLimit", !route->is_public },
		{ "Retry-After", !is_good },
	};
	struct json_object *json = json_object_new_object();

	for (size_t i = 0; i < array_len(headers); i++) {
		if (headers[i].is_there)
			json_set(json, headers[i].name, component_ref("headers", headers[i].name));
	}
	json_set(response, "headers", json);
}

static void
add_empty(struct json_object *responses, const char *status, const char *description,
    const struct route *route)
{
	struct json_object *response = json_object_new_object();

	json_set_str(response, "description", description);
	add_headers(response, route, true);
	json_set(responses, status, response);
}

static struct json_object *
responses_of(const struct route *route)
{
	struct json_object *responses = json_object_new_object();
	struct json_object *good = json_object_new_object();
	struct json_object *bad = json_object_new_object();

	json_set_str(good, "description", "As asked");
	if (route->answer != NULL)
		add_content(good, JSON_CONTENT_TYPE, schema_ref(route->answer));
	for (size_t i = 0; route->texts != NULL && route->texts[i] != NULL; i++)
		add_content(good, route->texts[i], string_schema());
	add_headers(good, route, true);
	json_set(responses, "200", good);
	if (route->has_etag)
		add_empty(responses, "304", "It is as If-None-Match knows it", route);
	if (answers_execution(route)) {
		struct json_object *going = json_object_new_object();

		json_set_str(going, "description", "It goes on: follow Location, or the events");
		add_content(going, JSON_CONTENT_TYPE, schema_ref(route->answer));
		add_headers(going, route, true);
		json_set(responses, "202", going);
	}
	json_set_str(bad, "description", "A problem (RFC 9457)");
	add_content(bad, PROBLEM_CONTENT_TYPE, schema_ref("problem"));
	add_headers(bad, route, false);
	json_set(responses, "default", bad);
	return responses;
}

static struct json_object *
path_parameter(const char *name)
{
	struct json_object *parameter = json_object_new_object();

	json_set(parameter, "name", json_string(name, strcspn(name, "}")));
	json_set_str(parameter, "in", "path");
	json_set_bool(parameter, "required", true);
	json_set(parameter, "schema", string_schema());
	return parameter;
}

static struct json_object *
query_parameter(const struct route_query *query)
{
	struct json_object *parameter = json_object_new_object(), *schema = string_schema();
	struct json_object *values = json_object_new_array();

	for (size_t i = 0; query->values != NULL && query->values[i] != NULL; i++)
		json_object_array_add(
		    values, json_string(query->values[i], strlen(query->values[i])));
	if (query->values != NULL) {
		json_set(schema, "enum", json_object_get(values));
		json_set_str(schema, "default", query->values[0]);
	}
	json_object_put(values);
	json_set_str(parameter, "name", query->name);
	json_set_str(parameter, "in", "query");
	json_set_str(parameter, "description", query->description);
	json_set(parameter, "schema", schema);
	return parameter;
}

static void
add_parameters(struct json_object *operation, const struct route *route)
{
	struct json_object *list = json_object_new_array();
	const char         *open = strchr(route->path, '{');
	const struct {
		const char *name;
		bool        is_there;
	} headers[] = {
		{ "X-Request-Id", true },
		{ "traceparent", true },
		{ "Idempotency-Key", route->once != ONCE_NOT },
		{ "Prefer", answers_execution(route) },
		{ "If-Match", route->has_match },
		{ "If-None-Match", route->has_match || route->has_etag },
	};

	if (open != NULL)
		json_object_array_add(list, path_parameter(open + 1));
	for (size_t i = 0; route->queries != NULL && route->queries[i].name != NULL; i++)
		json_object_array_add(list, query_parameter(&route->queries[i]));
	for (size_t i = 0; i < array_len(headers); i++) {
		if (headers[i].is_there)
			json_object_array_add(list, component_ref("parameters", headers[i].name));
	}
	json_set(operation, "parameters", list);
}

/* "POST /deploy/plan" is post_deploy_plan. */
static void
add_operation_id(struct json_object *operation, const struct route *route)
{
	struct str id;

	str_init(&id, 256);
	for (const char *c = route->method; *c != '\0'; c++)
		str_add_char(&id, (char)tolower((unsigned char)*c));
	for (const char *c = route->path; *c != '\0'; c++) {
		if (isalnum((unsigned char)*c) || *c == '_')
			str_add_char(&id, *c);
		else if (*c == '/' || *c == '.')
			str_add_char(&id, '_');
	}
	json_set_str(operation, "operationId", id.data);
	str_fini(&id);
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

static struct json_object *
operation_of(const struct route *route)
{
	struct json_object *operation = json_object_new_object();

	add_operation_id(operation, route);
	json_set_str(operation, "summary", route->summary);
	add_parameters(operation, route);
	if (route->body != NULL) {
		struct json_object *body = json_object_new_object();

		json_set_bool(body, "required", true);
		add_content(body, JSON_CONTENT_TYPE, schema_ref(route->body));
		json_set(operation, "requestBody", body);
	}
	json_set(operation, "responses", responses_of(route));
	json_set(operation, "security", security_of(route));
	if (route->is_operators)
		json_set_bool(operation, "x-operators-only", true);
	return operation;
}

static struct json_object *
paths_of_all(void)
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
		json_set(path, method, operation_of(&routes[i]));
	}
	return paths;
}

/* Fixed parts, as text: they are easier to read than their building. */
static const char security_schemes[] =
    "{\"key\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"x-api-key\"},"
    "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}";
static const char parameters[] =
    "{\"X-Request-Id\":{\"name\":\"X-Request-Id\",\"in\":\"header\",\"description\":\"What the "
    "request is "
    "called in the answer and in logs; a new id without it\",\"schema\":{\"type\":\"string\"}},"
    "\"traceparent\":{\"name\":\"traceparent\",\"in\":\"header\",\"description\":\"W3C Trace "
    "Context; kept with "
    "the execution that is begun\",\"schema\":{\"type\":\"string\"}},"
    "\"Idempotency-Key\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"description\":\"What "
    "has one is done "
    "once: sent again within 24 hours, it is given the first "
    "answer\",\"schema\":{\"type\":\"string\","
    "\"minLength\":1,\"maxLength\":257}},"
    "\"Prefer\":{\"name\":\"Prefer\",\"in\":\"header\",\"description\":\"respond-async, or "
    "wait=SECONDS\","
    "\"schema\":{\"type\":\"string\"}},"
    "\"If-Match\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":\"Only if it is as this "
    "ETag "
    "says\",\"schema\":{\"type\":\"string\"}},"
    "\"If-None-Match\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":\"Only if it "
    "is not as "
    "this ETag says; *: only if there is none\",\"schema\":{\"type\":\"string\"}}}";
static const char headers[] =
    "{\"X-Request-Id\":{\"description\":\"What the request is "
    "called\",\"schema\":{\"type\":\"string\"}},"
    "\"ETag\":{\"description\":\"Another one when it is "
    "another\",\"schema\":{\"type\":\"string\"}},"
    "\"Link\":{\"description\":\"rel=next: the next page, if there is "
    "one\",\"schema\":{\"type\":\"string\"}},"
    "\"Location\":{\"description\":\"Its status\",\"schema\":{\"type\":\"string\"}},"
    "\"Idempotency-Replayed\":{\"description\":\"true: the answer of an earlier request with this "
    "key\","
    "\"schema\":{\"type\":\"string\"}},"
    "\"RateLimit-Policy\":{\"description\":\"How many requests the tenant may send, where that is "
    "limited: q at once, which are there again after w seconds\",\"schema\":{\"type\":\"string\"}},"
    "\"RateLimit\":{\"description\":\"How that stands: r are left, and all are there in t "
    "seconds\",\"schema\":{\"type\":\"string\"}},"
    "\"Retry-After\":{\"description\":\"Seconds, where it is worth asking "
    "again\",\"schema\":{\"type\":"
    "\"integer\"}}}";

static struct json_object *
fixed(const char *text)
{
	struct json_object *json = json_read(text, strlen(text), NULL);

	must(json != NULL);
	return json;
}

struct json_object *
openapi_document(const struct schemas *schemas, const char *version)
{
	struct json_object *document = json_object_new_object();
	struct json_object *info = json_object_new_object();
	struct json_object *components = json_object_new_object();

	json_set_str(document, "openapi", "3.1.0");
	json_set_str(info, "title", "MGraph-AI Deploy Service");
	json_set_str(info, "version", version);
	json_set(document, "info", info);
	json_set(document, "paths", paths_of_all());
	json_set(components, "schemas", json_copy(schemas_all(schemas)));
	json_set(components, "parameters", fixed(parameters));
	json_set(components, "headers", fixed(headers));
	json_set(components, "securitySchemes", fixed(security_schemes));
	json_set(document, "components", components);
	return document;
}
