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

/* {"content": {TYPE: {"schema": …}}}, into `into`. */
static void
add_content(struct json_object *into, const char *type, struct json_object *schema)
{
	struct json_object *content = json_object_new_object();
	struct json_object *media = json_object_new_object();

	json_set(media, "schema", schema);
	json_set(content, type, media);
	json_set(into, "content", content);
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
	json_set(responses, "200", good);
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

static void
add_parameter(struct json_object *operation, const char *path)
{
	const char         *open = strchr(path, '{');
	struct json_object *list, *parameter;

	if (open == NULL)
		return;
	list = json_object_new_array();
	parameter = json_object_new_object();
	json_set(
	    parameter, "name", json_object_new_string_len(open + 1, (int)strcspn(open + 1, "}")));
	json_set_str(parameter, "in", "path");
	json_set_bool(parameter, "required", true);
	json_set(parameter, "schema", string_schema());
	json_object_array_add(list, parameter);
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
	add_parameter(operation, route->path);
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
