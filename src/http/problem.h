/* SPDX-License-Identifier: Apache-2.0
 *
 * problem.h - application/problem+json (RFC 9457), as all that we serve says what is wrong with a request.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include <json-c/json.h>

#include "util/err.h"

#define PROBLEM_CONTENT_TYPE "application/problem+json"

/* The body of such an answer; the caller puts it. */
struct json_object *
problem_json(int status, const char *code, const char *title, const char *detail);
struct json_object *
problems_json(enum err_code code, const struct problems *problems); /* there are some */

/* For http_create(). */
char *problem_refuse(int status, const char *detail, const char **ret_content_type);

#endif
