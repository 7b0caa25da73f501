/* SPDX-License-Identifier: Apache-2.0
 * fetch.c - the parts of a fetch that need no network: its memory and its headers. */
#include "net/fetch.h"

#include "net/header_lines.h"
#include "util/stamp.h"

#define HEADERS_IN_MAX   (64 * 1024)
#define BODY_MAX_DEFAULT (8 * 1024 * 1024)
#define RETRY_AFTER_SIZE 64
#define MS_PER_S         1000

void
fetch_init(struct fetch *fetch, const char *method, const char *url, void (*done)(struct fetch *))
{
	*fetch = (struct fetch){ .method = method, .url = url, .done = done };
	fetch->body_max = BODY_MAX_DEFAULT;
	str_init(&fetch->body_in, BODY_MAX_DEFAULT);
	str_init(&fetch->headers_in, HEADERS_IN_MAX);
}

void
fetch_header_add(struct fetch *fetch, const char *name, const char *value)
{
	must(fetch->headers_n < FETCH_HEADERS_MAX);
	fetch->headers[fetch->headers_n++] = (struct fetch_header){ name, value };
}

void
fetch_trace(struct fetch *fetch, const char *trace)
{
	trace_child(trace, fetch->trace);
	if (fetch->trace[0] != '\0')
		fetch_header_add(fetch, "traceparent", fetch->trace);
}

void
fetch_fini(struct fetch *fetch)
{
	must(fetch->impl == NULL);
	str_fini(&fetch->body_in);
	str_fini(&fetch->headers_in);
}

const char *
fetch_header_in(const struct fetch *fetch, const char *name, char *buf, size_t size)
{
	return header_lines_find(fetch->headers_in.data, name, buf, size);
}

bool
fetch_retry_after(const struct fetch *fetch, int64_t wall_ms, int64_t most_ms, int64_t *ret_ms)
{
	char     text[RETRY_AFTER_SIZE];
	uint64_t seconds;
	int64_t  at, ms;

	*ret_ms = 0;
	if (fetch_header_in(fetch, "retry-after", text, sizeof(text)) == NULL)
		return false;
	if (str_to_u64(text, &seconds))
		ms = seconds < (uint64_t)(most_ms / MS_PER_S) ? (int64_t)seconds * MS_PER_S
							      : most_ms;
	else if (stamp_from_text(text, &at))
		ms = at - wall_ms;
	else
		return false;
	*ret_ms = ms < 0 ? 0 : ms > most_ms ? most_ms : ms;
	return true;
}
