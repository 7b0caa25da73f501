/* SPDX-License-Identifier: Apache-2.0
 *
 * sse.h - reads a stream of server-sent events, in whatever pieces it comes.
 *
 * on_event() gets each event whole. It is called from within sse_feed(), and may not end the reader.
 */
#ifndef CLI_SSE_H
#define CLI_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/str.h"

#define SSE_EVENT_MAX (4 * 1024 * 1024)
#define SSE_ID_MAX    256
#define SSE_NAME_MAX  64

struct sse_event {
	const char *id;   /* the last one seen, when it has none of its own */
	const char *name; /* "" when it has none */
	const char *data;
};

typedef void sse_on_event(void *arg, const struct sse_event *event);

struct sse {
	struct str    line, data, id, name;
	bool          after_cr, has_data;
	sse_on_event *on_event;
	void         *arg;
};

void sse_init(struct sse *sse, sse_on_event *on_event, void *arg);
void sse_fini(struct sse *sse);

/* False: a line or an event is past its maximum, and the stream can't be read any further. */
MUSTCHECK bool sse_feed(struct sse *sse, const char *bytes, size_t len);

/* A new connection begins in the middle of nothing; the last id is kept. */
void sse_restart(struct sse *sse);

#endif
