/* SPDX-License-Identifier: Apache-2.0
 *
 * sign.h - AWS Signature Version 4, in a header. Pure: request, keys and time in, header out.
 *
 * The request must be the one that is sent: path and query as they stand in the URL, and every header
 * that is given here is signed. "host" and "x-amz-date" have to be among them.
 */
#ifndef AWS_SIGN_H
#define AWS_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/digest.h"
#include "util/str.h"

#define SIGN_HEADERS_MAX 64
#define SIGN_DATE_SIZE   17  /* "20150830T123600Z" */
#define SIGN_SECRET_MAX  256 /* bytes; AWS's have 40 */

struct sign_header {
	const char *name, *value;
};

struct sign_request {
	const char               *method;
	const char               *path;  /* "" is "/" */
	const char               *query; /* without the '?' */
	const struct sign_header *headers;
	size_t                    headers_n;
	const char               *payload_hash; /* hex SHA-256 of the body, or UNSIGNED-PAYLOAD */
	bool s3; /* S3 takes the path as it is; others normalise, and encode twice */
};

struct sign_keys {
	const char *access_key_id;
	const char *secret;
	size_t      secret_len;
	const char *region, *service;
};

void sign_date(char out[SIGN_DATE_SIZE], int64_t wall_ms);

/* The steps, each into an empty string; AWS documents them under these names. */
void sign_canonical_request(const struct sign_request *request, struct str *out);
void sign_string_to_sign(const struct sign_keys *keys, const char *date,
    const struct str *canonical_request, struct str *out);

/* The value of the Authorization header. */
void sign_authorization(const struct sign_request *request, const struct sign_keys *keys,
    const char *date, struct str *out);

#endif
