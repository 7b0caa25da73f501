/* SPDX-License-Identifier: Apache-2.0
 *
 * problem.h - application/problem+json (RFC 9457), as all that we serve says what is wrong with a request.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include <json-c/json.h>

#include "http/http.h"
#include "util/err.h"

#define PROBLEM_CONTENT_TYPE "application/problem+json"
#define PROBLEM_TYPES        "/problems/" /* a type is this and its code: a path of the service itself */

/* Member `type`: where it is told what the code means. */
void problem_set_type(struct json_object *json, enum err_code code);

/* The body of such an answer; the caller puts it. request_id NULL: nobody has asked. */
struct json_object *problem_json(enum err_code code, const char *detail, const char *request_id);
struct json_object *problems_json(enum err_code code, const struct problems *problems,
    const char *request_id); /* there are some */

/* With what any request may be refused before it reaches a route. */
extern const enum err_code problem_refusals[];
extern const size_t        problem_refusals_n;

/* For http_create(); arg is nothing. */
char *problem_refuse(void *arg, struct http_refusal *refusal);

#endif
