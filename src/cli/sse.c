/* SPDX-License-Identifier: Apache-2.0
 * sse.c - server-sent events: lines to fields, fields to events. */
#include "cli/sse.h"

#include <string.h>

void
sse_init(struct sse *sse, sse_on_event *on_event, void *arg)
{
	*sse = (struct sse){ .on_event = on_event, .arg = arg };
	str_init(&sse->line, SSE_EVENT_MAX);
	str_init(&sse->data, SSE_EVENT_MAX);
	str_init(&sse->id, SSE_ID_MAX);
	str_init(&sse->name, SSE_NAME_MAX);
}

void
sse_fini(struct sse *sse)
{
	str_fini(&sse->line);
	str_fini(&sse->data);
	str_fini(&sse->id);
	str_fini(&sse->name);
}

void
sse_restart(struct sse *sse)
{
	str_clear(&sse->line);
	str_clear(&sse->data);
	str_clear(&sse->name);
	sse->after_cr = sse->has_data = false;
}

/* The value of a line's field, when it is that field: what follows the colon and one blank. */
static const char *
field_value(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0)
		return NULL;
	if (line[len] == '\0')
		return line + len;
	if (line[len] != ':')
		return NULL;
	return line + len + (line[len + 1] == ' ' ? 2 : 1);
}

static void
event_end(struct sse *sse)
{
	const struct sse_event event = { sse->id.data, sse->name.data, sse->data.data };

	if (sse->has_data && !sse->data.overflow)
		sse->on_event(sse->arg, &event);
	sse->has_data = false;
	str_clear(&sse->data);
	str_clear(&sse->name);
}

static void
line_end(struct sse *sse)
{
	const char *value;

	if (sse->line.len == 0) {
		event_end(sse);
		return;
	}
	if ((value = field_value(sse->line.data, "data")) != NULL) {
		if (sse->has_data)
			str_add_char(&sse->data, '\n');
		str_add(&sse->data, value);
		sse->has_data = true;
	} else if ((value = field_value(sse->line.data, "id")) != NULL) {
		str_clear(&sse->id);
		str_add(&sse->id, value);
	} else if ((value = field_value(sse->line.data, "event")) != NULL) {
		str_clear(&sse->name);
		str_add(&sse->name, value);
	}
	str_clear(&sse->line);
}

/* A line ends with LF, CR, or both. */
bool
sse_feed(struct sse *sse, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool second = sse->after_cr && bytes[i] == '\n';

		sse->after_cr = bytes[i] == '\r';
		if (second)
			continue;
		if (bytes[i] == '\n' || bytes[i] == '\r')
			line_end(sse);
		else
			str_add_char(&sse->line, bytes[i]);
		if (sse->line.overflow || sse->data.overflow || sse->id.overflow ||
		    sse->name.overflow)
			return false;
	}
	return true;
}
