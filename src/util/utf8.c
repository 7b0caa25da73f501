/* SPDX-License-Identifier: Apache-2.0
 * utf8.c - one table; each byte is looked at only after the one before it was found good. */
#include "util/utf8.h"

#include <stdbool.h>

#include "util/check.h"

static const struct row {
	unsigned char first, last; /* of the leading byte */
	unsigned char low, high;   /* of the byte behind it */
	unsigned char more;        /* bytes behind the leading one */
} rows[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 1 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 2 },
	{ 0xe1, 0xec, 0x80, 0xbf, 2 },
	{ 0xed, 0xed, 0x80, 0x9f, 2 },
	{ 0xee, 0xef, 0x80, 0xbf, 2 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 3 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 3 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
};

static bool
is_more(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t
utf8_char(const char *text, size_t len)
{
	const unsigned char *in = (const unsigned char *)text;
	size_t               row = 0;

	if (len == 0 || in[0] == '\0')
		return 0;
	if (in[0] < 0x80)
		return 1;
	while (row < array_len(rows) && (in[0] < rows[row].first || in[0] > rows[row].last))
		row++;
	if (row == array_len(rows) || len <= rows[row].more || in[1] < rows[row].low ||
	    in[1] > rows[row].high)
		return 0;
	for (size_t i = 2; i <= rows[row].more; i++) {
		if (!is_more(text[i]))
			return 0;
	}
	return 1 + (size_t)rows[row].more;
}

size_t
utf8_len(const char *text, size_t len)
{
	size_t at = 0, n;

	while ((n = utf8_char(text + at, len - at)) > 0)
		at += n;
	return at;
}

/* C1 is C2 80 to C2 9F; U+FFFE and U+FFFF are EF BF BE and EF BF BF. */
size_t
utf8_unseen(const char *text, unsigned *ret_code)
{
	const unsigned char *in = (const unsigned char *)text;

	*ret_code = in[0];
	if (in[0] != '\0' && (in[0] < 0x20 || in[0] == 0x7f))
		return 1;
	if (in[0] == 0xc2 && in[1] >= 0x80 && in[1] <= 0x9f) {
		*ret_code = in[1];
		return 2;
	}
	if (in[0] == 0xef && in[1] == 0xbf && in[2] >= 0xbe) {
		*ret_code = 0xff00U | (in[2] + 0x40U);
		return 3;
	}
	if (in[0] == 0xe2 && ((in[1] == 0x80 && in[2] >= 0xaa && in[2] <= 0xae) ||
				 (in[1] == 0x81 && in[2] >= 0xa6 && in[2] <= 0xa9))) {
		*ret_code = 0x2000U | ((in[1] & 0x3fU) << 6) | (in[2] & 0x3fU);
		return 3;
	}
	return 0;
}

size_t
utf8_cut(const char *text, size_t len)
{
	size_t back = 1;

	while (back < UTF8_CHAR_MAX && back < len && is_more(text[len - back]))
		back++;
	if (len == 0 || (unsigned char)text[len - back] < 0xc0)
		return len;
	return utf8_char(text + len - back, back) > 0 ? len : len - back;
}

size_t
utf8_skip(const char *text, size_t len, size_t from)
{
	size_t at = from;

	while (at < len && at < from + UTF8_CHAR_MAX - 1 && is_more(text[at]))
		at++;
	return at;
}
