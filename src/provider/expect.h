/* SPDX-License-Identifier: Apache-2.0
 *
 * expect.h - what must be so in an answer, as a config says it: {"contains": text, "json": {dotted path: value}}.
 */
#ifndef PROVIDER_EXPECT_H
#define PROVIDER_EXPECT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/str.h"

/* Is it so in this text, and in what it is as JSON (NULL: it is none)? NULL expects nothing. `why` says of the first that is
 * not so what is there instead; it may hold whatever the answer holds. */
bool expect_holds(
    struct json_object *expect, const char *text, struct json_object *json, struct str *why);

#endif
