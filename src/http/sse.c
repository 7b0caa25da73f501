/* SPDX-License-Identifier: Apache-2.0
 * sse.c - fields are lines; an empty line ends the event. */
#include "http/sse.h"

#include <inttypes.h>
#include <string.h>

static void
field_add(struct str *out, const char *name, const char *value)
{
	must(strpbrk(value, "\r\n") == NULL);
	str_add(out, name);
	str_add(out, ": ");
	str_add(out, value);
	str_add_char(out, '\n');
}

/* CR, LF and CR LF each end a line, and the reader puts one LF back for each. */
static void
lines_add(struct str *out, const char *prefix, const char *data, size_t len)
{
	size_t at = 0;

	for (;;) {
		size_t end = at;

		while (end < len && data[end] != '\n' && data[end] != '\r')
			end++;
		str_add(out, prefix);
		str_add_mem(out, data + at, end - at);
		str_add_char(out, '\n');
		if (end == len)
			return;
		at = end + 1;
		if (data[end] == '\r' && at < len && data[at] == '\n')
			at++;
	}
}

void
sse_event(struct str *out, const char *id, const char *event, const char *data, size_t data_len)
{
	if (id != NULL)
		field_add(out, "id", id);
	if (event != NULL)
		field_add(out, "event", event);
	lines_add(out, "data: ", data, data_len);
	str_add_char(out, '\n');
}

void
sse_comment(struct str *out, const char *text)
{
	lines_add(out, ": ", text, strlen(text));
	str_add_char(out, '\n');
}

void
sse_retry(struct str *out, int64_t delay_ms)
{
	must(delay_ms >= 0);
	str_addf(out, "retry: %" PRId64 "\n\n", delay_ms);
}
