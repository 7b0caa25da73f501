/* SPDX-License-Identifier: Apache-2.0
 *
 * fault.h - puts a refusal of GitHub's into one of the classes of provider.h.
 *
 * GitHub answers 403 both to who may not and to who is too fast; its headers tell which it was (REST API documentation, "Rate limits").
 */
#ifndef GITHUB_FAULT_H
#define GITHUB_FAULT_H

#include <json-c/json.h>

#include "interpreter/calls.h"
#include "net/fetch.h"

/* GET changes nothing. */
bool github_fault_is_read(const char *operation);

/* No answer came, or none that can be understood: unknown, but for reads. */
enum op_result github_fault_unanswered(const char *operation);

/* By status and code ("already_exists"; "": none). */
enum op_result github_fault_class(const char *operation, int status, const char *code);

/* Where the caller stands, as every answer tells; NULL: this one does not. Owned by the caller. */
struct json_object *github_rate(const struct fetch *fetch);

/* An answer that is no success, told in the call. `body` may be NULL. */
void github_fault_take(
    struct call *call, const struct fetch *fetch, struct json_object *body, int64_t wall_ms);

#endif
