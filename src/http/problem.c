/* SPDX-License-Identifier: Apache-2.0
 * problem.c - problems as JSON, and those of requests that reach no handler. */
#include "http/problem.h"

#include "http/http.h"
#include "util/json.h"
#include "util/mem.h"

void
problem_set_type(struct json_object *json, enum err_code code)
{
	struct str type;

	str_init(&type, 256);
	str_addf(&type, PROBLEM_TYPES "%s", err_name(code));
	json_set_str(json, "type", type.data);
	str_fini(&type);
}

struct json_object *
problem_json(enum err_code code, const char *detail, const char *request_id)
{
	struct json_object *problem = json_object_new_object();

	problem_set_type(problem, code);
	json_set_str(problem, "title", err_title(code));
	json_set_i64(problem, "status", err_status(code));
	json_set_str(problem, "detail", detail);
	json_set_str(problem, "code", err_name(code));
	json_set_str(problem, "request_id", request_id);
	json_set_bool(problem, "success", false);
	return problem;
}

struct json_object *
problems_json(enum err_code code, const struct problems *problems, const char *request_id)
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
	problem = problem_json(code, detail.data, request_id);
	str_fini(&detail);
	json_set(problem, "problems", list);
	return problem;
}

/* ---- refusals ---- */

const enum err_code problem_refusals[] = { ERR_BAD_REQUEST, ERR_REQUEST_TIMEOUT,
	ERR_LENGTH_REQUIRED, ERR_TOO_LARGE, ERR_URI_TOO_LONG, ERR_EXPECTATION,
	ERR_HEADERS_TOO_LARGE, ERR_NOT_IMPLEMENTED, ERR_DRAINING, ERR_HTTP_VERSION };
const size_t        problem_refusals_n = array_len(problem_refusals);

char *
problem_refuse(void *arg, struct http_refusal *refusal)
{
	enum err_code       code = problem_refusals[0];
	struct json_object *problem;
	char               *text;

	(void)arg;
	for (size_t i = 0; i < problem_refusals_n; i++) {
		if (err_status(problem_refusals[i]) == refusal->status)
			code = problem_refusals[i];
	}
	problem = problem_json(code, refusal->detail, refusal->request_id);
	text = xstrdup(json_text(problem));
	json_object_put(problem);
	http_refusal_add(refusal, "Content-Type", PROBLEM_CONTENT_TYPE);
	return text;
}
