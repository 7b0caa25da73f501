/* SPDX-License-Identifier: Apache-2.0
 *
 * reply.h - the text of a reply's head. It formats; it sends nothing.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"
#include "util/str.h"

#define REPLY_HEAD_MAX  (32 * 1024) /* bytes; must() holds it */
#define REPLY_DATE_SIZE 32

enum reply_framing {
	REPLY_NO_BODY, /* the status has none: 204, 304 */
	REPLY_LENGTH,  /* Content-Length */
	REPLY_CHUNKED,
	REPLY_UNTIL_CLOSE, /* HTTP/1.0 */
	REPLY_FRAMING_N
};

struct reply {
	int                       status;
	const struct http_header *headers; /* CR, LF and NUL, and headers that are ours: must() */
	size_t                    headers_n;
	enum reply_framing        framing;
	size_t                    length; /* of the body, for REPLY_LENGTH */
	bool                      keep_alive, to_http10;
	const char               *date; /* reply_date() */
	const char               *request_id;
};

void reply_head(struct str *out, const struct reply *reply);

bool reply_has_body(int status);

/* "Tue, 24 Nov 2026 02:17:16 GMT" (RFC 9110, 5.6.7), whatever the locale. Returns buf. */
char *reply_date(char buf[REPLY_DATE_SIZE], int64_t wall_ms);

#endif
