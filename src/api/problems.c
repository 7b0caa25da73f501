/* SPDX-License-Identifier: Apache-2.0
 * problems.c - what `type` of a problem leads to: what it means, and what to do. */
#include "api/routes.h"
#include "http/problem.h"
#include "util/json.h"
#include "util/str.h"

static struct json_object *
show(enum err_code code)
{
	struct json_object *json = json_object_new_object();
	struct str          type;

	str_init(&type, 256);
	str_addf(&type, PROBLEM_TYPES "%s", err_name(code));
	json_set_str(json, "type", type.data);
	str_fini(&type);
	json_set_str(json, "code", err_name(code));
	json_set_i64(json, "status", err_status(code));
	json_set_str(json, "title", err_title(code));
	json_set_str(json, "when", err_when(code));
	return json;
}

void
handle_problems(struct exchange *x)
{
	struct json_object *body = json_object_new_object(), *list = json_object_new_array();

	for (int code = ERR_OK + 1; code < ERR_N; code++)
		json_object_array_add(list, show((enum err_code)code));
	json_set(body, "problems", list);
	reply_json(x, 200, body);
}

void
handle_problem(struct exchange *x)
{
	enum err_code code = err_from(x->parameter);
	struct err    err;

	if (code != ERR_OK && code != ERR_N) {
		reply_json(x, 200, show(code));
		return;
	}
	err_set(&err, ERR_NOT_FOUND, "there is no type of problem \"%s\"", x->parameter);
	reply_err(x, &err);
}
