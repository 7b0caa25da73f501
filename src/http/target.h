/* SPDX-License-Identifier: Apache-2.0
 *
 * target.h - percent-decoding of a request target, and its query parameters.
 *
 * A malformed escape and an encoded control character are errors: nothing that names a thing has one.
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "util/check.h"

/* Decodes a path in place; false when it is malformed. */
MUSTCHECK bool target_decode(char *path);

/* Are all escapes of a query well formed? */
MUSTCHECK bool target_check(const char *query);

/* The name of the parameter at *at, decoded into buf, and buf; *at is behind it then. NULL: there are no more. */
const char *target_next_name(const char **at, char *buf, size_t size);

/* The value of the first parameter of that name, decoded into buf ("+" is a space, as forms have
 * it), and buf; NULL when there is none. What does not fit is cut. A parameter without "=" is "". */
const char *target_query(const char *query, const char *name, char *buf, size_t size);

#endif
