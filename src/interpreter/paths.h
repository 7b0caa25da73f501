/* SPDX-License-Identifier: Apache-2.0
 *
 * paths.h - dotted paths into an answer, with projections: "Role.Arn", "Rules.0.Id", "Tags[].Key".
 *
 * The part of JMESPath that AWS's waiters and our type files use: members, whole numbers into
 * arrays ("Rules.0", "Rules[0]"), and "[]", which goes on in every element and flattens. And two things of ours, at
 * the end: a "/" is what stands behind the last slash of the text there, as the id in an ARN does, and a "=" is the text of
 * which that there is the base64.
 */
#ifndef INTERPRETER_PATHS_H
#define INTERPRETER_PATHS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/check.h"

/* What is there, which the caller puts; NULL when nothing is. "" is the whole answer. */
struct json_object *path_find(struct json_object *json, const char *path);

/* Is it a path of that form at all? */
MUSTCHECK bool path_is_plain(const char *path);

#endif
