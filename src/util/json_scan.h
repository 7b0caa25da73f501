/* SPDX-License-Identifier: Apache-2.0
 *
 * json_scan.h - is this text JSON, to the letter of RFC 8259?
 */
#ifndef UTIL_JSON_SCAN_H
#define UTIL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

/* False and *err (ERR_BAD_JSON, with line and column) when it is not; or ERR_TOO_LARGE, when it costs more than
 * JSON_COST_MAX (json.h). *ret_has_wholes: a number in it is whole, and is not written so (5.0, 1e2). */
MUSTCHECK bool json_scan(const char *text, size_t len, bool *ret_has_wholes, struct err *err);

#endif
