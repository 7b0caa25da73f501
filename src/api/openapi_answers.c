/* SPDX-License-Identifier: Apache-2.0
 * openapi_answers.c - what a route may answer: the good, and the problems, by status, each with its codes. */
#include <stdio.h>
#include <string.h>

#include "api/openapi_inside.h"
#include "api/refusals.h"
#include "api/routes.h"
#include "http/problem.h"
#include "http/sse.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define STATUS_SIZE  4
#define NAME_MAX_LEN 512
#define EVENT        "x-event" /* of a stream: the schema of each */

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

static bool
answers_schedule(const struct route *route)
{
	return str_eq(route->answer, "schedule");
}

/* ---- the good ---- */

/* What an answer's head says beside the usual. */
static void
add_headers(struct json_object *response, const struct route *route)
{
	const struct {
		const char *name;
		bool        is_there;
	} headers[] = {
		{ "X-Request-Id", true },
		{ "ETag", route->has_etag || answers_schedule(route) },
		{ "Link", has_pages(route) },
		{ "Location", answers_execution(route) },
		{ "Idempotency-Replayed", route->once != ONCE_NOT },
		{ "RateLimit-Policy", !route->is_public },
		{ "RateLimit", !route->is_public },
	};
	struct json_object *json = json_object_new_object();

	for (size_t i = 0; i < array_len(headers); i++) {
		if (headers[i].is_there)
			json_set(json, headers[i].name, openapi_ref("headers", headers[i].name));
	}
	json_set(response, "headers", json);
}

static struct json_object *
add_response(
    struct json_object *responses, const struct route *route, int status, const char *description)
{
	struct json_object *response = json_object_new_object();
	char                text[STATUS_SIZE];

	snprintf(text, sizeof(text), "%d", status);
	json_set_str(response, "description", description);
	add_headers(response, route);
	json_set(responses, text, response);
	return response;
}

static struct json_object *
either(const char *one, const char *other)
{
	struct json_object *schema, *list;

	if (other == NULL)
		return openapi_ref("schemas", one);
	schema = json_object_new_object();
	list = json_object_new_array();
	json_object_array_add(list, openapi_ref("schemas", one));
	json_object_array_add(list, openapi_ref("schemas", other));
	json_set(schema, "anyOf", list);
	return schema;
}

/* What is no JSON is text; what is, without a schema of ours, is an object. */
static struct json_object *
schema_of_type(const char *type)
{
	struct json_object *schema = json_object_new_object();

	json_set_str(schema, "type", str_ends(type, "json") ? "object" : "string");
	return schema;
}

static void
add_good(struct openapi *o, struct json_object *responses, const struct route *route)
{
	struct json_object *good = add_response(responses, route, 200, "As asked"), *media;

	if (route->answer != NULL) {
		media =
		    openapi_content(good, JSON_CONTENT_TYPE, either(route->answer, route->other));
		openapi_examples(o, route, 200, "answer", media);
	}
	for (size_t i = 0; route->texts != NULL && route->texts[i] != NULL; i++) {
		media = openapi_content(good, route->texts[i], schema_of_type(route->texts[i]));
		if (route->event != NULL && str_eq(route->texts[i], SSE_CONTENT_TYPE))
			json_set(media, EVENT, openapi_ref("schemas", route->event));
	}
}

static void
add_websocket(struct json_object *responses, const struct route *route)
{
	struct json_object *response;

	if (!route->has_websocket)
		return;
	response = add_response(responses, route, 101,
	    "A WebSocket, where the request is its handshake: each message is an event with its "
	    "id");
	json_set(response, EVENT, openapi_ref("schemas", route->event));
}

static void
add_going(struct openapi *o, struct json_object *responses, const struct route *route)
{
	struct json_object *going, *media;

	if (!answers_execution(route))
		return;
	going = add_response(responses, route, 202, "It goes on: follow Location, or the events");
	media = openapi_content(going, JSON_CONTENT_TYPE, openapi_ref("schemas", route->answer));
	openapi_examples(o, route, 202, "answer", media);
}

/* ---- problems ---- */

/* Those of one status that a route may answer. */
struct refusal {
	int           status;
	enum err_code codes[ERR_N];
	size_t        n;
};

static struct refusal
refusal_of(const bool may[ERR_N], int status)
{
	struct refusal refusal = { .status = status };

	for (int code = ERR_OK + 1; code < ERR_N; code++) {
		if (may[code] && err_status((enum err_code)code) == status)
			refusal.codes[refusal.n++] = (enum err_code)code;
	}
	return refusal;
}

/* {"allOf": [a problem, {its code is one of these}]} */
static struct json_object *
problem_schema(const struct refusal *refusal)
{
	struct json_object *schema = json_object_new_object(), *all = json_object_new_array();
	struct json_object *own = json_object_new_object(), *members = json_object_new_object();
	struct json_object *code = openapi_text(), *names = json_object_new_array();

	for (size_t i = 0; i < refusal->n; i++) {
		const char *name = err_name(refusal->codes[i]);

		json_object_array_add(names, json_string(name, strlen(name)));
	}
	json_set(code, "enum", names);
	json_set(members, "code", code);
	json_set(own, "properties", members);
	json_object_array_add(all, openapi_ref("schemas", "problem"));
	json_object_array_add(all, own);
	json_set(schema, "allOf", all);
	return schema;
}

static struct json_object *
problem_headers(const struct refusal *refusal)
{
	const struct {
		const char *name;
		bool        is_there;
	} headers[] = {
		{ "X-Request-Id", true },
		{ "RateLimit-Policy", true },
		{ "RateLimit", true },
		{ "Retry-After",
		    refusal->status == 409 || refusal->status == 429 || refusal->status == 503 },
		{ "WWW-Authenticate", refusal->status == 401 },
	};
	struct json_object *json = json_object_new_object();

	for (size_t i = 0; i < array_len(headers); i++) {
		if (headers[i].is_there)
			json_set(json, headers[i].name, openapi_ref("headers", headers[i].name));
	}
	return json;
}

/* What each code means is told once, by GET /problems; here are their titles. */
static struct json_object *
problem_response(const struct refusal *refusal)
{
	struct json_object *response = json_object_new_object();
	struct str          text;

	str_init(&text, ERR_N * NAME_MAX_LEN);
	for (size_t i = 0; i < refusal->n; i++)
		str_addf(&text, "%s%s: %s", i > 0 ? "; " : "", err_name(refusal->codes[i]),
		    err_title(refusal->codes[i]));
	json_set_str(response, "description", text.data);
	str_fini(&text);
	openapi_content(response, PROBLEM_CONTENT_TYPE, problem_schema(refusal));
	json_set(response, "headers", problem_headers(refusal));
	return response;
}

/* Each is a component, called after its codes: most routes have the same. */
static void
add_problem(struct openapi *o, struct json_object *responses, const struct refusal *refusal)
{
	struct json_object *all = json_get(o->components, "responses");
	struct str          name;
	char                status[STATUS_SIZE];

	str_init(&name, NAME_MAX_LEN);
	for (size_t i = 0; i < refusal->n; i++)
		str_addf(&name, "%s%s", i > 0 ? "." : "", err_name(refusal->codes[i]));
	if (!json_has(all, name.data))
		json_set(all, name.data, problem_response(refusal));
	snprintf(status, sizeof(status), "%d", refusal->status);
	json_set(responses, status, openapi_ref("responses", name.data));
	str_fini(&name);
}

struct json_object *
openapi_answers(struct openapi *o, const struct route *route)
{
	struct json_object *responses = json_object_new_object();
	bool                may[ERR_N];

	add_websocket(responses, route);
	add_good(o, responses, route);
	add_going(o, responses, route);
	if (route->has_etag)
		add_response(responses, route, 304, "It is as If-None-Match knows it");
	refusals_of(route, may);
	for (int status = 400; status < 600; status++) {
		struct refusal refusal = refusal_of(may, status);

		if (refusal.n > 0)
			add_problem(o, responses, &refusal);
	}
	return responses;
}
