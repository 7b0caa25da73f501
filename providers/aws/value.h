/* SPDX-License-Identifier: Apache-2.0
 *
 * value.h - one value between our JSON and the text of a protocol.
 *
 * In our JSON blobs are base64 text and times are RFC 3339 text; NaN and the infinities are strings.
 */
#ifndef AWS_VALUE_H
#define AWS_VALUE_H

#include "interpreter/shape.h"
#include "util/stamp.h"
#include "util/str.h"

/* A scalar as text: true, 1.5, text, base64, a time. The value must fit its shape (params.h). */
void value_add(
    struct str *out, const struct shape *shape, struct json_object *value, enum stamp_format time);

/* The other way. What can't be understood stays text: the call has been made, its answer must not
 * be lost for one odd value. */
struct json_object *value_from_text(const struct shape *shape, const char *text, size_t len);

/* A JSON answer's scalar, in our form; NULL for null. The caller owns it. */
struct json_object *value_from_json(const struct shape *shape, struct json_object *json);

#endif
