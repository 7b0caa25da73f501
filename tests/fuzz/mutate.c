/* SPDX-License-Identifier: Apache-2.0
 * mutate.c - some small changes to one input of the corpus: of bits, of stretches, and of what looks like a word,
 * a number or a value in brackets, which is most of what our inputs are made of. */
#include "tests/fuzz/mutate.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/mem.h"
#include "util/rng.h"

#define MADE_MAX    (128 * 1024) /* what is longer has been cut */
#define CHANGES_MAX 5
#define GENTLE_N    6
#define TRIES_MAX   4
#define TIMES_MAX   8
#define CHUNK_MAX   256

struct making {
	struct rng          rng;
	struct input        made;
	const struct input *corpus;
	size_t              n;
};

/* A stretch of an input. */
struct piece {
	const uint8_t *data;
	size_t         at, len;
};

static size_t
below(struct making *making, size_t bound)
{
	return (size_t)rng_below(&making->rng, bound);
}

static const struct input *
any_input(struct making *making)
{
	return &making->corpus[below(making, making->n)];
}

/* Instead of `len` bytes at `at` stands the text, which may be part of the corpus but not of what is being made. */
static void
put(struct making *making, size_t at, size_t len, const void *text, size_t text_len)
{
	struct input *made = &making->made;
	size_t        size = made->size - len + text_len;
	uint8_t      *data;

	if (size > MADE_MAX)
		return;
	data = xmalloc(size + 1);
	memcpy(data, made->data, at);
	if (text_len > 0)
		memcpy(data + at, text, text_len);
	memcpy(data + at + text_len, made->data + at + len, made->size - at - len);
	free(made->data);
	*made = (struct input){ data, size };
}

/* ---- stretches ---- */

static bool
is_word(uint8_t c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '$' || c == ':' || c == '.';
}

static bool
is_digit(uint8_t c)
{
	return isdigit(c) != 0;
}

static struct piece
piece_any(struct making *making, const struct input *input)
{
	size_t at = below(making, input->size + 1);
	size_t most = input->size - at < CHUNK_MAX ? input->size - at : CHUNK_MAX;

	return (struct piece){ input->data + at, at, below(making, most + 1) };
}

/* All of such bytes around the first one behind some place. */
static struct piece
piece_of(struct making *making, const struct input *input, bool (*is)(uint8_t))
{
	size_t at = below(making, input->size + 1), end;

	while (at < input->size && !is(input->data[at]))
		at++;
	for (end = at; end < input->size && is(input->data[end]); end++)
		;
	while (at > 0 && at < end && is(input->data[at - 1]))
		at--;
	return (struct piece){ input->data + at, at, end - at };
}

static struct piece
piece_word(struct making *making, const struct input *input)
{
	return piece_of(making, input, is_word);
}

/* A quote behind text ends it. */
static bool
is_opening(const struct input *input, size_t at)
{
	static const char before[] = "{[,:=( \n\t";

	if (input->data[at] == '"')
		return at > 0 && input->data[at - 1] != '\0' &&
		       strchr(before, input->data[at - 1]) != NULL;
	return input->data[at] == '{' || input->data[at] == '[' || input->data[at] == '<';
}

/* From the first opening bracket or quote behind some place to the one that closes it. */
static struct piece
piece_value(struct making *making, const struct input *input)
{
	size_t  at = below(making, input->size + 1), end, depth = 1;
	uint8_t opens, closes;

	while (at < input->size && !is_opening(input, at))
		at++;
	if (at == input->size)
		return (struct piece){ input->data + at, at, 0 };
	opens = input->data[at];
	closes = opens == '"' ? '"' : opens == '<' ? '>' : (uint8_t)(opens + 2);
	for (end = at + 1; end < input->size && depth > 0; end++) {
		if (input->data[end] == closes)
			depth--;
		else if (input->data[end] == opens)
			depth++;
	}
	return (struct piece){ input->data + at, at, end - at };
}

/* ---- changes ---- */

static void
flip_bit(struct making *making)
{
	if (making->made.size > 0)
		making->made.data[below(making, making->made.size)] ^=
		    (uint8_t)(1U << below(making, 8));
}

static void
set_byte(struct making *making)
{
	static const uint8_t bytes[] = "\0{}[]<>\"'&,:;/*!#\\ \n\r\t\x1d\x1e\x7f\x80\xc3\xff";
	uint8_t              c = below(making, 2) == 0 ? (uint8_t)below(making, 256)
						       : bytes[below(making, sizeof(bytes) - 1)];
	size_t               at = below(making, making->made.size + 1);

	put(making, at, at < making->made.size && below(making, 2) == 0, &c, 1);
}

static void
cut(struct making *making)
{
	struct piece piece = piece_any(making, &making->made);

	put(making, piece.at, piece.len, NULL, 0);
}

static void
cut_end(struct making *making)
{
	size_t at = below(making, making->made.size + 1);

	put(making, at, making->made.size - at, NULL, 0);
}

static void
repeat(struct making *making)
{
	struct piece piece = piece_any(making, &making->made);
	uint8_t     *copy = xmalloc(piece.len + 1);

	memcpy(copy, piece.data, piece.len);
	for (size_t n = 1 + below(making, TIMES_MAX); n > 0; n--)
		put(making, piece.at, 0, copy, piece.len);
	free(copy);
}

static void
splice(struct making *making)
{
	struct piece piece = piece_any(making, any_input(making));

	put(making, below(making, making->made.size + 1), 0, piece.data, piece.len);
}

/* The beginning of one, the end of another. */
static void
cross(struct making *making)
{
	const struct input *other = any_input(making);
	size_t              at = below(making, making->made.size + 1);
	size_t              from = below(making, other->size + 1);

	put(making, at, making->made.size - at, other->data + from, other->size - from);
}

static void
change_number(struct making *making)
{
	static const char *const numbers[] = { "0", "-1", "1", "127", "255", "65536", "2147483647",
		"-2147483648", "4294967296", "9223372036854775807", "-9223372036854775808",
		"18446744073709551616", "0.5", "-0.0", "1e308", "1e999", "1e-400", "00", "NaN" };
	struct piece             piece = piece_of(making, &making->made, is_digit);
	const char              *number = numbers[below(making, array_len(numbers))];

	put(making, piece.at, piece.len, number, strlen(number));
}

static void
change_word(struct making *making)
{
	struct piece piece = piece_word(making, &making->made);
	struct piece other = piece_word(making, any_input(making));

	put(making, piece.at, piece.len, other.data, other.len);
}

/* Of the same kind, if there is one near at hand. */
static void
change_value(struct making *making)
{
	struct piece piece = piece_value(making, &making->made);
	struct piece other = piece_value(making, any_input(making));

	for (int i = 0;
	     i < TRIES_MAX && piece.len > 0 && other.len > 0 && *piece.data != *other.data; i++)
		other = piece_value(making, any_input(making));
	put(making, piece.at, piece.len, other.data, other.len);
}

static void
plain_value(struct making *making)
{
	static const char *const values[] = { "null", "true", "0", "\"\"", "{}", "[]", "[[]]",
		"{\"a\":1}", "<a/>", "\"a\"" };
	struct piece             piece = piece_value(making, &making->made);
	const char              *value = values[below(making, array_len(values))];

	if (piece.at + piece.len < making->made.size && piece.data[piece.len] == ':')
		value = "\"a\""; /* a key */
	put(making, piece.at, piece.len, value, strlen(value));
}

/* The first GENTLE_N leave what is around them as it is, so that most of what has a form keeps it. */
static void (*const changes[])(struct making *) = { change_value, change_word, change_number,
	plain_value, change_value, change_word, flip_bit, set_byte, cut, cut_end, repeat, splice,
	cross };

struct input
mutate(const struct input *corpus, size_t n, uint64_t seed)
{
	struct making making = { .made = { .data = xmalloc(1) }, .corpus = corpus, .n = n };
	size_t        kinds;

	rng_init(&making.rng, seed);
	corpus = any_input(&making);
	put(&making, 0, 0, corpus->data, corpus->size < MADE_MAX ? corpus->size : MADE_MAX);
	kinds = below(&making, 3) > 0 ? GENTLE_N : array_len(changes);
	for (size_t i = 1 + below(&making, CHANGES_MAX); i > 0; i--)
		changes[below(&making, kinds)](&making);
	return making.made;
}
