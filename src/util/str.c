/* SPDX-License-Identifier: Apache-2.0
 * str.c - string building and looking. */
#include "util/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/secret.h"
#include "util/utf8.h"

static char empty[1];

void
str_init(struct str *s, size_t max)
{
	must(max > 0);
	*s = (struct str){ .data = empty, .max = max };
}

void
str_fini(struct str *s)
{
	if (s->data != empty)
		free(s->data);
	*s = (struct str){ .data = empty, .max = s->max };
}

void
str_clear(struct str *s)
{
	s->len = 0;
	s->overflow = false;
	if (s->data != empty)
		s->data[0] = '\0';
}

void
str_cut(struct str *s, size_t len)
{
	if (s->len > len) {
		s->len = len;
		s->data[len] = '\0';
	}
	s->overflow = false;
}

void
str_drop(struct str *s, size_t len)
{
	must(len <= s->len);
	if (len == 0)
		return;
	s->len -= len;
	memmove(s->data, s->data + len, s->len + 1);
}

char *
str_take(struct str *s)
{
	char *taken = s->data == empty ? xstrdup("") : s->data;

	*s = (struct str){ .data = empty, .max = s->max };
	return taken;
}

void
str_add_mem(struct str *s, const void *mem, size_t len)
{
	if (s->overflow || len > s->max - s->len) {
		s->overflow = true;
		return;
	}
	if (s->len + len + 1 > s->cap) {
		size_t cap = s->cap < 64 ? 64 : s->cap * 2;

		if (cap < s->len + len + 1)
			cap = s->len + len + 1;
		/* Who wipes a string at its end can't wipe what it was before it grew. */
		s->data = s->data == empty ? xmalloc(cap)
			  : s->is_plain    ? xrealloc(s->data, cap, 1)
					   : secret_realloc(s->data, cap);
		s->cap = cap;
	}
	if (len > 0)
		memcpy(s->data + s->len, mem, len);
	s->len += len;
	s->data[s->len] = '\0';
}

void
str_add(struct str *s, const char *text)
{
	str_add_mem(s, text, strlen(text));
}

void
str_add_char(struct str *s, char c)
{
	str_add_mem(s, &c, 1);
}

void
str_add_u64(struct str *s, uint64_t value)
{
	char   digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	str_add_mem(s, digits + at, sizeof(digits) - at);
}

void
str_vaddf(struct str *s, const char *fmt, va_list args)
{
	char    small[256];
	va_list again;
	int     len;

	va_copy(again, args);
	len = vsnprintf(small, sizeof(small), fmt, args);
	must(len >= 0);
	if ((size_t)len < sizeof(small)) {
		str_add_mem(s, small, (size_t)len);
	} else {
		char *big = xmalloc((size_t)len + 1);

		vsnprintf(big, (size_t)len + 1, fmt, again);
		str_add_mem(s, big, (size_t)len);
		free(big);
	}
	va_end(again);
}

void
str_addf(struct str *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	str_vaddf(s, fmt, args);
	va_end(args);
}

void
str_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	must(len >= 0);
	must(size > 0);
	if ((size_t)len >= size)
		buf[utf8_cut(buf, size - 1)] = '\0';
}

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

void
str_add_percent(struct str *s, const void *mem, size_t len, const char *keep)
{
	const unsigned char *in = mem;

	for (size_t i = 0; i < len; i++) {
		if (is_unreserved(in[i]) || (keep != NULL && in[i] != 0 && strchr(keep, in[i])))
			str_add_char(s, (char)in[i]);
		else
			str_addf(s, "%%%02X", in[i]);
	}
}

bool
str_eq(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s), tail = strlen(suffix);

	return len >= tail && strcmp(s + len - tail, suffix) == 0;
}

int
str_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
str_to_u64(const char *s, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (value > (UINT64_MAX - (uint64_t)(*s - '0')) / 10)
			return false;
		value = value * 10 + (uint64_t)(*s - '0');
	}
	*ret_value = value;
	return true;
}
