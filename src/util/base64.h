/* SPDX-License-Identifier: Apache-2.0
 *
 * base64.h - bytes as text and back: RFC 4648's ordinary alphabet, with padding. By libsodium.
 *
 * Decoding is strict: nothing but the alphabet and what is to be passed over, and whole to the end.
 */
#ifndef UTIL_BASE64_H
#define UTIL_BASE64_H

#include "util/str.h"

struct json_object;

void base64_add(struct str *out, const void *data, size_t len);

/* As a JSON string; the caller puts it. */
struct json_object *base64_json(const void *data, size_t len);

/* Adds the bytes. False when it is not base64, or they do not fit in: then out->overflow is set.
 * Characters of `ignore` (may be NULL) are passed over. */
MUSTCHECK bool base64_decode(struct str *out, const char *text, size_t len, const char *ignore);

/* The alphabet of URLs, without padding. */
MUSTCHECK bool base64_decode_url(struct str *out, const char *text, size_t len);

#endif
