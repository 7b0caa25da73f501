/* SPDX-License-Identifier: Apache-2.0
 *
 * sse.h - reads a stream of server-sent events, in whatever pieces it comes.
 *
 * on_event() gets each event whole: its id (the last one seen, when it has none of its own) and its
 * data. It is called from within sse_feed(), and may not end the reader.
 */
#ifndef CLI_SSE_H
#define CLI_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/str.h"

#define SSE_EVENT_MAX (4 * 1024 * 1024)
#define SSE_ID_MAX    256

struct sse {
	struct str line, data, id;
	bool       after_cr, has_data;
	void (*on_event)(void *arg, const char *id, const char *data);
	void *arg;
};

void
sse_init(struct sse *sse, void (*on_event)(void *arg, const char *id, const char *data), void *arg);
void sse_fini(struct sse *sse);

/* False: a line or an event is past its maximum, and the stream can't be read any further. */
MUSTCHECK bool sse_feed(struct sse *sse, const char *bytes, size_t len);

/* A new connection begins in the middle of nothing; the last id is kept. */
void sse_restart(struct sse *sse);

#endif
