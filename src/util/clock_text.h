/* SPDX-License-Identifier: Apache-2.0
 *
 * clock_text.h - times as text: RFC 3339 in UTC with milliseconds; and how long something took. It formats; it never asks for
 * the time.
 */
#ifndef UTIL_CLOCK_TEXT_H
#define UTIL_CLOCK_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/check.h"
#include "util/str.h"

#define CLOCK_TEXT_SIZE 32

/* "2026-11-24T02:17:16.042Z" from milliseconds since 1970 UTC. Returns buf. */
char *clock_text(char buf[CLOCK_TEXT_SIZE], int64_t wall_ms);

/* The other way; false when the text is not of that form. */
MUSTCHECK bool clock_text_parse(const char *text, int64_t *ret_wall_ms);

/* "0.4s", "12s", "3m05s", "1h02m". */
void clock_text_duration(struct str *out, int64_t ms);

#endif
