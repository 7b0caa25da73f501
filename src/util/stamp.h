/* SPDX-License-Identifier: Apache-2.0
 *
 * stamp.h - times as the protocols of clouds write them: ISO 8601, seconds since 1970, or an HTTP date.
 *
 * Years 1 to 9999 in UTC, in milliseconds since 1970 (which may be negative). Whatever a service
 * answers, nothing here aborts.
 */
#ifndef UTIL_STAMP_H
#define UTIL_STAMP_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "util/str.h"

enum stamp_format {
	STAMP_ISO8601, /* 2026-11-24T02:17:16Z; with milliseconds only if there are some */
	STAMP_UNIX,    /* 1795486636, likewise */
	STAMP_RFC822,  /* Tue, 24 Nov 2026 02:17:16 GMT */
	STAMP_RFC3339  /* 2026-11-24T02:17:16.042Z, always with milliseconds: our own form */
};

/* "iso8601", "unixTimestamp" or "rfc822", as models name them; NULL or another: `otherwise`. */
enum stamp_format stamp_format_of(const char *name, enum stamp_format otherwise);

/* Any of the four forms, with any fraction and any UTC offset. A time that does not exist is none. */
MUSTCHECK bool stamp_from_text(const char *text, int64_t *ret_ms);
MUSTCHECK bool stamp_from_json(struct json_object *json, int64_t *ret_ms); /* text or number */

/* "2027-01-01T00:00:00Z", with a zone, as people give us times. */
MUSTCHECK bool stamp_from_rfc3339(const char *text, int64_t *ret_ms);

void stamp_add(struct str *out, enum stamp_format format, int64_t ms);

#endif
