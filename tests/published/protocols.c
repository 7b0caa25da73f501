/* SPDX-License-Identifier: Apache-2.0
 * protocols.c - the published cases for each protocol: parameters to a request, and answers to JSON.
 *
 * The cases write blobs as plain text and times as seconds; we write base64 and RFC 3339. Their
 * parameters and results are first put into our form, by the shapes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compare.h"
#include "providers/aws/value.h"
#include "providers/aws/wire.h"
#include "published.h"
#include "util/base64.h"
#include "util/json.h"

#define FILE_MAX  (8 * 1024 * 1024)
#define TOKEN     "00000000-0000-4000-8000-000000000000"
#define TEXT_MAX  (256 * 1024)
#define PATH_SIZE 1024

static const struct {
	const char *input, *output; /* folders */
	const char *name;
	size_t      least; /* cases in both; fewer, and something is missing */
} files[] = {
	{ "input", "output", "query", 60 },
	{ "input", "output", "ec2", 50 },
	{ "input", "output", "json", 100 },
	{ "input", "output", "json_1_0", 45 },
	{ "input", "output", "json_1_0-query-compatible", 3 },
	{ "input", "output", "rest-json", 180 },
	{ "input", "output", "rest-xml", 150 },
	{ "legacy/input", "legacy/output", "query", 40 },
	{ "legacy/input", "legacy/output", "ec2", 20 },
	{ "legacy/input", "legacy/output", "json", 40 },
	{ "legacy/input", "legacy/output", "rest-json", 80 },
	{ "legacy/input", "legacy/output", "rest-xml", 60 },
};

/* ---- into our form ---- */

static struct json_object *ours(const struct shape *shape, struct json_object *theirs);

static struct json_object *
our_text(const struct shape *shape, struct json_object *theirs)
{
	struct json_object *out;
	struct str          text;
	int64_t             ms;

	str_init(&text, TEXT_MAX);
	if (shape->type == SHAPE_BLOB && json_object_is_type(theirs, json_type_string))
		base64_add(&text, json_object_get_string(theirs),
		    (size_t)json_object_get_string_len(theirs));
	else if (shape->type == SHAPE_TIMESTAMP && stamp_from_json(theirs, &ms))
		stamp_add(&text, STAMP_RFC3339, ms);
	out = text.len > 0 || shape->type == SHAPE_BLOB ? json_object_new_string(text.data)
							: json_object_get(theirs);
	str_fini(&text);
	return out;
}

static struct json_object *
our_members(const struct shape *shape, struct json_object *theirs)
{
	struct json_object *out = json_object_new_object();

	json_object_object_foreach (theirs, name, value) {
		struct shape part;
		bool         known = shape->type == SHAPE_MAP ? shape_part(shape, "value", &part)
							      : shape_member(shape, name, &part);

		json_set(out, name, known ? ours(&part, value) : json_object_get(value));
	}
	return out;
}

static struct json_object *
our_items(const struct shape *shape, struct json_object *theirs)
{
	struct json_object *out = json_object_new_array();
	struct shape        item;

	if (!shape_part(shape, "member", &item))
		return out;
	for (size_t i = 0; i < json_object_array_length(theirs); i++)
		json_object_array_add(out, ours(&item, json_object_array_get_idx(theirs, i)));
	return out;
}

static struct json_object *
ours(const struct shape *shape, struct json_object *theirs)
{
	if (theirs == NULL)
		return NULL;
	if (shape->type == SHAPE_LIST && json_object_is_type(theirs, json_type_array))
		return our_items(shape, theirs);
	if (json_object_is_type(theirs, json_type_object) && !shape_is(shape, "document"))
		return our_members(shape, theirs);
	return our_text(shape, theirs);
}

static struct json_object *
ours_by_ref(const struct aws_service *service, struct json_object *given, const char *side,
    struct json_object *theirs)
{
	struct shape shape;

	if (theirs == NULL)
		return NULL;
	if (!shape_of(&service->base, json_get(given, side), &shape))
		return json_object_get(theirs);
	return ours(&shape, theirs);
}

/* ---- requests ---- */

/* The items of a list may stand with or without a space between. */
static bool
same_header(const char *got, const char *want)
{
	while (*got != '\0' && *got == *want) {
		bool comma = *got == ',';

		got++;
		want++;
		if (comma) {
			got += *got == ' ';
			want += *want == ' ';
		}
	}
	return *got == *want;
}

static const char *
compare_headers(const struct wire_request *r, struct json_object *want)
{
	struct json_object *headers = json_get_object(want, "headers");
	struct json_object *forbidden = json_get_array(want, "forbidHeaders");
	static char         problem[512];

	for (size_t i = 0; forbidden != NULL && i < json_object_array_length(forbidden); i++) {
		if (wire_header_of(
			r, json_object_get_string(json_object_array_get_idx(forbidden, i))) != NULL)
			return "a forbidden header";
	}
	if (headers == NULL)
		return NULL;
	json_object_object_foreach (headers, name, value) {
		const char *text = json_object_get_string(value), *got = wire_header_of(r, name);
		size_t      len = strlen(text);

		if (got != NULL && strcasecmp(name, "Content-Type") == 0 &&
		    strncmp(got, text, len) == 0 && (got[len] == ';' || got[len] == '\0'))
			continue;
		if (got == NULL || !same_header(got, text)) {
			snprintf(problem, sizeof(problem), "header %s is '%s', not '%s'", name,
			    got != NULL ? got : "(none)", text);
			return problem;
		}
	}
	return NULL;
}

/* The endpoint's own path goes before the operation's, as in call.c. */
static void
print_uri(const struct wire_request *r, const char *endpoint, char *buf, size_t size)
{
	const char *base = endpoint != NULL ? strstr(endpoint, "://") : NULL;
	const char *path = base != NULL ? strchr(base + 3, '/') : NULL;

	snprintf(buf, size, "%s%s%s%s", path != NULL ? path : "", r->path.data,
	    r->query.len > 0 ? "?" : "", r->query.data);
}

static const char *
compare_url(const struct wire_request *r, struct json_object *suite, struct json_object *want)
{
	const char *endpoint = json_get_str(suite, "clientEndpoint");
	const char *host = json_get_str(want, "host"), *base;
	static char problem[2048];
	char        got[1024];

	print_uri(r, endpoint, got, sizeof(got));
	if (!str_eq(got, json_get_str(want, "uri"))) {
		snprintf(problem, sizeof(problem), "the URI is %s, not %s", got,
		    json_get_str(want, "uri"));
		return problem;
	}
	if (json_has(want, "method") && !str_eq(r->method, json_get_str(want, "method")))
		return "another method";
	if (host == NULL || endpoint == NULL)
		return NULL;
	base = strstr(endpoint, "://");
	snprintf(got, sizeof(got), "%s%s", r->host_prefix.data, base != NULL ? base + 3 : endpoint);
	return strcmp(got, host) == 0 ? NULL : "another host";
}

static const char *
compare_request(const struct aws_service *service, const struct wire_request *r,
    struct json_object *suite, struct json_object *want)
{
	const char *problem = compare_url(r, suite, want), *body = json_get_str(want, "body");
	static char text[2048];

	if (problem == NULL)
		problem = compare_headers(r, want);
	if (problem == NULL && body != NULL &&
	    !compare_body(service->protocol, r->body.data, r->body.len, body)) {
		snprintf(text, sizeof(text), "the body is %s, not %s", r->body.data, body);
		problem = text;
	}
	return problem;
}

static const char *
run_input(const struct aws_service *service, struct json_object *suite, struct json_object *c,
    const char *operation)
{
	struct json_object *params =
	    ours_by_ref(service, json_get(c, "given"), "input", json_get(c, "params"));
	struct wire_request request;
	const char         *problem;
	static struct err   err;

	if (wire_build(service, operation, params, TOKEN, &request, &err))
		problem = compare_request(service, &request, suite, json_get(c, "serialized"));
	else
		problem = err.detail;
	json_object_put(params);
	wire_request_fini(&request);
	return problem;
}

/* ---- answers ---- */

static const char *
compare_result(
    const struct aws_service *service, struct json_object *c, const struct wire_result *result)
{
	struct json_object *want =
	    ours_by_ref(service, json_get(c, "given"), "output", json_get(c, "result"));
	static char problem[4096];
	const char *code = json_get_str(c, "errorCode"), *message;

	if (code != NULL) {
		message = json_get_str(c, "errorMessage");
		if (result->out != NULL || strcmp(result->code, code) != 0)
			return "another error code";
		return message == NULL || strcmp(message, result->message) == 0 ? NULL
										: "another message";
	}
	if (result->out != NULL && json_same(want, result->out)) {
		json_object_put(want);
		return NULL;
	}
	snprintf(problem, sizeof(problem), "the result is %.1500s, not %.1500s %s",
	    result->out != NULL ? json_text(result->out) : result->message, json_text(want),
	    result->code);
	json_object_put(want);
	return problem;
}

static const char *
run_output(const struct aws_service *service, struct json_object *c, const char *operation)
{
	struct json_object *response = json_get_object(c, "response");
	struct json_object *lines = json_get_object(response, "headers");
	const char         *body = json_get_str(response, "body"), *problem;
	struct wire_result  result;
	struct wire_answer  answer;
	struct str          headers;

	if (body == NULL)
		body = service->protocol == AWS_QUERY ? "<xml/>" : "";
	str_init(&headers, TEXT_MAX);
	if (lines != NULL) {
		json_object_object_foreach (lines, name, value)
			str_addf(&headers, "%s: %s\n", name, json_object_get_string(value));
	}
	answer = (struct wire_answer){ (int)json_get_i64(response, "status_code", 0), headers.data,
		body, strlen(body) };
	wire_parse(service, operation, &answer, &result);
	problem = compare_result(service, c, &result);
	json_object_put(result.out);
	str_fini(&headers);
	return problem;
}

/* ---- files ---- */

/* The query cases leave it to the reader that results are wrapped. */
static void
add_wrapper(struct json_object *given, const char *operation)
{
	struct json_object *output = json_get_object(given, "output");
	char                name[256];

	snprintf(name, sizeof(name), "%sResult", operation);
	if (output != NULL && !json_has(output, "resultWrapper"))
		json_set_str(output, "resultWrapper", name);
}

static void
run_case(struct json_object *suite, struct json_object *c, const char *name, const char *id)
{
	struct json_object *given = json_get_object(c, "given"), *operations, *file;
	const char         *operation = json_get_str(given, "name"), *problem;
	struct aws_service *service;
	static struct err   err;

	if (operation == NULL)
		operation = "OperationName";
	add_wrapper(given, operation);
	file = json_object_new_object();
	operations = json_object_new_object();
	json_set(operations, operation, json_object_get(given));
	json_set(file, "metadata", json_object_get(json_get(suite, "metadata")));
	json_set(file, "shapes", json_object_get(json_get(suite, "shapes")));
	json_set(file, "operations", operations);
	service = aws_service_from("published", file, &err);
	json_object_put(file);
	if (service == NULL)
		problem = err.detail;
	else if (json_has(c, "response"))
		problem = run_output(service, c, operation);
	else
		problem = run_input(service, suite, c, operation);
	published_case(name, id, problem);
	aws_service_destroy(service);
}

static size_t
run_file(const char *folder, const char *side, const char *protocol)
{
	char                path[PATH_SIZE], name[128];
	struct json_object *file;
	struct err          err;
	size_t              n = 0;

	snprintf(path, sizeof(path), "%.500s/protocols/%s/%s.json", folder, side, protocol);
	snprintf(name, sizeof(name), "%s %s", protocol, side);
	file = json_read_file(path, FILE_MAX, &err);
	if (file == NULL)
		fprintf(stderr, "published: %s\n", err.detail);
	for (size_t i = 0; file != NULL && i < json_object_array_length(file); i++) {
		struct json_object *suite = json_object_array_get_idx(file, i);
		struct json_object *cases = json_get_array(suite, "cases");

		for (size_t j = 0; cases != NULL && j < json_object_array_length(cases); j++, n++) {
			struct json_object *c = json_object_array_get_idx(cases, j);
			const char         *id = json_get_str(c, "id");
			char                place[64]; /* the older cases have no names */

			snprintf(place, sizeof(place), "%zu:%zu", i, j);
			run_case(suite, c, name, id != NULL ? id : place);
		}
	}
	json_object_put(file);
	published_suite_end(name);
	return n;
}

bool
published_protocols(const char *folder)
{
	bool whole = true;

	for (size_t i = 0; i < array_len(files); i++) {
		size_t n = run_file(folder, files[i].input, files[i].name) +
			   run_file(folder, files[i].output, files[i].name);

		whole = whole && n >= files[i].least;
	}
	return whole;
}
