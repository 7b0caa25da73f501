/* SPDX-License-Identifier: Apache-2.0
 * chunked.c - one function per state, each of which looks at one byte. */
#include "http/chunked.h"

#include "util/check.h"

/* 16 hex digits fill 64 bits; a longer size could wrap. */
#define DIGITS_MAX 16

static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum chunked_state
on_size(struct chunked *chunked, unsigned char c)
{
	int value = hex_value(c);

	if (value >= 0 && chunked->digits < DIGITS_MAX) {
		chunked->left = chunked->left << 4 | (unsigned)value;
		chunked->digits++;
		return CHUNKED_SIZE;
	}
	if (chunked->digits == 0)
		return CHUNKED_BAD;
	if (c == ';')
		return CHUNKED_EXTENSION;
	return c == '\r' ? CHUNKED_SIZE_LF : CHUNKED_BAD;
}

/* Text of an extension or a trailer up to its CR; neither means anything to us. */
static enum chunked_state
on_text(struct chunked *chunked, unsigned char c, enum chunked_state same, enum chunked_state end)
{
	if (c == '\r')
		return end;
	chunked->overhead++;
	return (c < 0x20 && c != '\t') || c == 0x7f ? CHUNKED_BAD : same;
}

static enum chunked_state
on_extension(struct chunked *chunked, unsigned char c)
{
	return on_text(chunked, c, CHUNKED_EXTENSION, CHUNKED_SIZE_LF);
}

static enum chunked_state
on_size_lf(struct chunked *chunked, unsigned char c)
{
	chunked->digits = 0;
	if (c != '\n')
		return CHUNKED_BAD;
	return chunked->left > 0 ? CHUNKED_DATA : CHUNKED_LINE;
}

static enum chunked_state
on_data_cr(struct chunked *chunked, unsigned char c)
{
	(void)chunked;
	return c == '\r' ? CHUNKED_DATA_LF : CHUNKED_BAD;
}

static enum chunked_state
on_data_lf(struct chunked *chunked, unsigned char c)
{
	(void)chunked;
	return c == '\n' ? CHUNKED_SIZE : CHUNKED_BAD;
}

static enum chunked_state
on_line(struct chunked *chunked, unsigned char c)
{
	if (c == ' ' || c == '\t')
		return CHUNKED_BAD; /* a folded line */
	return on_text(chunked, c, CHUNKED_TRAILER, CHUNKED_END_LF);
}

static enum chunked_state
on_trailer(struct chunked *chunked, unsigned char c)
{
	return on_text(chunked, c, CHUNKED_TRAILER, CHUNKED_TRAILER_LF);
}

static enum chunked_state
on_trailer_lf(struct chunked *chunked, unsigned char c)
{
	(void)chunked;
	return c == '\n' ? CHUNKED_LINE : CHUNKED_BAD;
}

static enum chunked_state
on_end_lf(struct chunked *chunked, unsigned char c)
{
	(void)chunked;
	return c == '\n' ? CHUNKED_DONE : CHUNKED_BAD;
}

/* No function: data is taken in pieces; done and bad are final. */
static enum chunked_state (*const rows[CHUNKED_N])(struct chunked *, unsigned char) = {
	[CHUNKED_SIZE] = on_size,
	[CHUNKED_EXTENSION] = on_extension,
	[CHUNKED_SIZE_LF] = on_size_lf,
	[CHUNKED_DATA_CR] = on_data_cr,
	[CHUNKED_DATA_LF] = on_data_lf,
	[CHUNKED_LINE] = on_line,
	[CHUNKED_TRAILER] = on_trailer,
	[CHUNKED_TRAILER_LF] = on_trailer_lf,
	[CHUNKED_END_LF] = on_end_lf,
};

size_t
chunked_feed(struct chunked *chunked, const char *data, size_t len, const char **ret_piece,
    size_t *ret_piece_len)
{
	size_t used = 0;

	*ret_piece = data;
	*ret_piece_len = 0;
	if (chunked->state == CHUNKED_DATA) {
		used = chunked->left < len ? (size_t)chunked->left : len;
		chunked->left -= used;
		*ret_piece_len = used;
		if (chunked->left == 0)
			chunked->state = CHUNKED_DATA_CR;
		return used;
	}
	while (used < len && rows[chunked->state] != NULL) {
		chunked->state = rows[chunked->state](chunked, (unsigned char)data[used]);
		used++;
	}
	return used;
}
