/* SPDX-License-Identifier: Apache-2.0
 *
 * params.h - do these parameters fit the operation's input shape?
 *
 * What passed may be serialised without another look. Unknown and missing members, wrong types,
 * blobs that are not base64 and times that are not times are refused, with their place.
 */
#ifndef AWS_PARAMS_H
#define AWS_PARAMS_H

#include <json-c/json.h>

#include "interpreter/shape.h"
#include "providers/aws/model.h"
#include "util/err.h"

/* A NULL member counts as absent. */
MUSTCHECK bool params_check(const struct shape *input, struct json_object *params, struct err *err);

/* The same parameters with idempotency tokens filled in that are absent; the caller puts it.
 * All three may be NULL; params are an object. One that is no UUID is made one, the same for the same token. */
struct json_object *
params_with_token(const struct shape *input, struct json_object *params, const char *token);

#endif
