/* SPDX-License-Identifier: Apache-2.0
 *
 * sse.h - the text of Server-Sent Events (WHATWG HTML, 9.2.6). It formats; it sends nothing.
 */
#ifndef HTTP_SSE_H
#define HTTP_SSE_H

#include <stddef.h>
#include <stdint.h>

#include "util/str.h"

#define SSE_CONTENT_TYPE "text/event-stream"

/*
 * One event. `id` and `event` may be NULL, and must be free of CR, LF and NUL (must() holds it).
 * `data` may have any line ends: each line becomes a data line of its own.
 */
void
sse_event(struct str *out, const char *id, const char *event, const char *data, size_t data_len);

/* A comment: no event, but it keeps the connection from looking idle. */
void sse_comment(struct str *out, const char *text);

/* After how long the client is to come back when the connection is lost. */
void sse_retry(struct str *out, int64_t delay_ms);

#endif
