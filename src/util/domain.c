/* SPDX-License-Identifier: Apache-2.0
 * domain.c - compares domain names character by character, escapes decoded. */
#include "util/domain.h"

#include <ctype.h>

#define OCTAL_DIGITS 3

/* The next character of a name, in lower case, and how long it is written: \\ and three octal digits are one. */
static int
next(const char *text, int *ret_len)
{
	int value = 0, n = 0;

	while (text[0] == '\\' && n < OCTAL_DIGITS && text[1 + n] >= '0' && text[1 + n] <= '7')
		value = value * 8 + (text[1 + n++] - '0');
	*ret_len = n == OCTAL_DIGITS ? 1 + n : 1;
	return tolower(n == OCTAL_DIGITS ? value : (unsigned char)*text);
}

static bool
is_end(const char *text)
{
	return text[0] == '\0' || (text[0] == '.' && text[1] == '\0');
}

bool
domain_same(const char *a, const char *b)
{
	while (!is_end(a) && !is_end(b)) {
		int a_len, b_len;

		if (next(a, &a_len) != next(b, &b_len))
			return false;
		a += a_len;
		b += b_len;
	}
	return is_end(a) && is_end(b);
}
