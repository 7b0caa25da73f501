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

static struct json_object *
responses_of(const struct route *route)
{
	struct json_object *responses = json_object_new_object();
	struct json_object *good = json_object_new_object();
	struct json_object *bad = json_object_new_object();

	json_set_str(good, "description", "As asked");
	if (route->answer != NULL)
		add_content(good, "application/json", schema_ref(route->answer));
	else
		add_content(good, route->content_type, string_schema());
	for (size_t i = 0; route->other_types != NULL && route->other_types[i] != NULL; i++)
		add_content(good, route->other_types[i], string_schema());
	json_set(responses, "200", good);
	if (route->has_websocket) {
		struct json_object *other = json_object_new_object();

		json_set_str(other, "description",
		    "A WebSocket, where the request is its handshake: each message is an event "
		    "with its id");
		json_set(responses, "101", other);
	}
	if (str_eq(route->answer, "execution") && route->body != NULL) {
		struct json_object *going = json_object_new_object();

		json_set_str(going, "description", "It goes on: follow Location, or the events");
		add_content(going, "application/json", schema_ref(route->answer));
		json_set(responses, "202", going);
	}
	json_set_str(bad, "description", "A problem (RFC 9457)");
	add_content(bad, PROBLEM_CONTENT_TYPE, schema_ref("problem"));
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

	if (open != NULL)
		json_object_array_add(list, path_parameter(open + 1));
	for (size_t i = 0; route->queries != NULL && route->queries[i].name != NULL; i++)
		json_object_array_add(list, query_parameter(&route->queries[i]));
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
		add_content(body, "application/json", schema_ref(route->body));
		json_set(operation, "requestBody", body);
	}
	json_set(operation, "responses", responses_of(route));
	if (route->is_public)
		json_set(operation, "security", json_object_new_array());
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
static const char security[] = "[{\"key\":[]},{\"bearer\":[]}]";

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
	json_set(components, "securitySchemes", fixed(security_schemes));
	json_set(document, "components", components);
	json_set(document, "security", fixed(security));
	return document;
}
