/* SPDX-License-Identifier: Apache-2.0
 *
 * json_scan.h - is this text JSON, to the letter of RFC 8259?
 */
#ifndef UTIL_JSON_SCAN_H
#define UTIL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

/* False and *err (ERR_BAD_JSON, with line and column) when it is not. */
MUSTCHECK bool json_scan(const char *text, size_t len, struct err *err);

#endif
