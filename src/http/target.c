/* SPDX-License-Identifier: Apache-2.0
 * target.c - everything here goes through next_char(), which knows what an escape is. */
#include "http/target.h"

#include <string.h>

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char       *found = c == '\0' ? NULL : strchr(digits, c);

	return found == NULL ? -1 : (int)((found - digits) % 16);
}

/* The next decoded character, 1 to 255; 0 at the end; -1 where it is malformed. */
static int
next_char(const char **in)
{
	int high, low, c = (unsigned char)**in;

	if (c != '%') {
		*in += c != '\0';
		return c;
	}
	high = hex_value((*in)[1]);
	low = high < 0 ? -1 : hex_value((*in)[2]);
	if (low < 0)
		return -1;
	c = high * 16 + low;
	*in += 3;
	return c < 0x20 || c == 0x7f ? -1 : c;
}

bool
target_decode(char *path)
{
	const char *in = path;
	int         c;

	while ((c = next_char(&in)) > 0)
		*path++ = (char)c;
	*path = '\0';
	return c == 0;
}

bool
target_check(const char *query)
{
	int c;

	while ((c = next_char(&query)) > 0)
		continue;
	return c == 0;
}

/* The next character of a name or a value, with the plus of a form; 0 at its end. */
static int
next_form_char(const char **in, const char *ends)
{
	if (**in == '\0' || strchr(ends, **in) != NULL)
		return 0;
	if (**in == '+') {
		(*in)++;
		return ' ';
	}
	return next_char(in);
}

static const char *
form_decode(const char *in, const char *ends, char *buf, size_t size)
{
	size_t len = 0;
	int    c;

	must(size > 0);
	while ((c = next_form_char(&in, ends)) > 0) {
		if (len + 1 < size)
			buf[len++] = (char)c;
	}
	if (c != 0)
		return NULL;
	buf[len] = '\0';
	return buf;
}

const char *
target_query(const char *query, const char *name, char *buf, size_t size)
{
	for (const char *in = query; *in != '\0'; in += strcspn(in, "&"), in += *in == '&') {
		const char *at = in, *want = name;
		int         c;

		while ((c = next_form_char(&at, "=&")) > 0 && c == (unsigned char)*want)
			want++;
		if (c == 0 && *want == '\0')
			return form_decode(at + (*at == '='), "&", buf, size);
	}
	return NULL;
}

const char *
target_next_name(const char **at, char *buf, size_t size)
{
	const char *in = *at + strspn(*at, "&");

	*at = in + strcspn(in, "&");
	return *in != '\0' ? form_decode(in, "=&", buf, size) : NULL;
}
