/* SPDX-License-Identifier: Apache-2.0
 * header_lines.c - reads header lines, and finds one among them. */
#include "net/header_lines.h"

#include <string.h>

#include "util/str.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
value_add(struct str *out, const char *value, size_t len)
{
	while (len > 0 && is_blank(*value)) {
		value++;
		len--;
	}
	while (len > 0 && is_blank(value[len - 1]))
		len--;
	str_add_mem(out, value, len);
	str_add_char(out, '\n');
}

static void
field_add(struct str *out, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);

	if (colon == NULL)
		return;
	for (const char *at = line; at < colon; at++)
		str_add_char(out, *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at);
	str_add(out, ": ");
	value_add(out, colon + 1, len - (size_t)(colon - line) - 1);
}

/* A line that begins with a blank continues the value before it: obsolete, but still met. */
static void
field_fold(struct str *out, const char *line, size_t len)
{
	if (out->len == 0)
		return;
	out->data[out->len - 1] = ' ';
	value_add(out, line, len);
}

void
header_lines_add(struct str *out, bool *in_headers, const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (!*in_headers) {
		*in_headers = len >= 5 && memcmp(line, "HTTP/", 5) == 0;
		if (*in_headers)
			str_clear(out);
	} else if (len == 0) {
		*in_headers = false;
	} else if (is_blank(*line)) {
		field_fold(out, line, len);
	} else {
		field_add(out, line, len);
	}
}

const char *
header_lines_find(const char *lines, const char *name, char *buf, size_t size)
{
	size_t name_len = strlen(name);

	for (const char *at = lines; *at != '\0'; at += strcspn(at, "\n") + 1) {
		const char *value = at + name_len + 2;
		size_t      len;

		if (strncmp(at, name, name_len) != 0 || strncmp(at + name_len, ": ", 2) != 0)
			continue;
		len = strcspn(value, "\n");
		if (len >= size)
			return NULL;
		memcpy(buf, value, len);
		buf[len] = '\0';
		return buf;
	}
	return NULL;
}
