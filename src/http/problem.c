/* SPDX-License-Identifier: Apache-2.0
 * problem.c - problems as JSON, and those of requests that reach no handler. */
#include "http/problem.h"

#include "http/http.h"
#include "util/json.h"
#include "util/mem.h"

#define PROBLEM_TYPE "https://mgraph-deploy.dev/problems/"

struct json_object *
problem_json(int status, const char *code, const char *title, const char *detail)
{
	struct json_object *problem = json_object_new_object();
	struct str          type;

	str_init(&type, 256);
	str_addf(&type, PROBLEM_TYPE "%s", code);
	json_set_str(problem, "type", type.data);
	str_fini(&type);
	json_set_str(problem, "title", title);
	json_set_i64(problem, "status", status);
	json_set_str(problem, "detail", detail);
	json_set_str(problem, "code", code);
	json_set_bool(problem, "success", false);
	return problem;
}

struct json_object *
problems_json(enum err_code code, const struct problems *problems)
{
	struct json_object *list = json_object_new_array();
	struct json_object *problem;
	struct str          detail;

	must(problems->n > 0);
	for (size_t i = 0; i < problems->n; i++) {
		struct json_object *item = json_object_new_object();

		json_set_str(item, "pointer", problems->items[i].pointer);
		json_set_str(item, "code", problems->items[i].code);
		json_set_str(item, "detail", problems->items[i].detail);
		json_object_array_add(list, item);
	}
	str_init(&detail, 64);
	str_addf(&detail, "%zu problem%s", problems->n, problems->n == 1 ? "" : "s");
	if (problems->truncated)
		str_add(&detail, ", and more");
	problem = problem_json(err_status(code), err_name(code), err_title(code), detail.data);
	str_fini(&detail);
	json_set(problem, "problems", list);
	return problem;
}

/* ---- refusals ---- */

/* The codes of answers that the server makes before a request reaches a route. */
static const struct refusal {
	int         status;
	const char *code, *title;
} refusals[] = {
	{ 400, "bad_request", "The request is malformed" },
	{ 408, "request_timeout", "The request did not come in time" },
	{ 411, "length_required", "The request needs a Content-Length" },
	{ 413, "too_large", "The body is too large" },
	{ 414, "uri_too_long", "The URI is too long" },
	{ 417, "expectation_failed", "The expectation cannot be met" },
	{ 431, "headers_too_large", "The headers are too large" },
	{ 501, "not_implemented", "The request needs something that this server does not do" },
	{ 503, "draining", "The server is shutting down" },
	{ 505, "http_version_not_supported", "The HTTP version is not supported" },
};

char *
problem_refuse(int status, const char *detail, const char **ret_content_type)
{
	const struct refusal *refusal = &refusals[0];
	struct json_object   *problem;
	char                 *text;

	for (size_t i = 0; i < array_len(refusals); i++) {
		if (refusals[i].status == status)
			refusal = &refusals[i];
	}
	problem = problem_json(status, refusal->code, refusal->title, detail);
	text = xstrdup(json_text(problem));
	json_object_put(problem);
	*ret_content_type = PROBLEM_CONTENT_TYPE;
	return text;
}
