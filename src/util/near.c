/* SPDX-License-Identifier: Apache-2.0
 * near.c - the distance between two words, in slips: a letter too many, too few, wrong or
 * swapped. */
#include "util/near.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/check.h"

void
near_init(struct near *near, const char *wanted)
{
	size_t len = strlen(wanted);

	/* A third of the word may be wrong, and never more than four letters of it. */
	*near = (struct near){ .wanted = wanted, .distance = len / 3 + 1 };
	if (near->distance > 4)
		near->distance = 4;
	near->distance++;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char
folded(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

/* Optimal string alignment. Three rows of the table are enough. */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	uint8_t  rows[3][NEAR_WORD_MAX + 1];
	uint8_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = before[j] = (uint8_t)j;
	for (size_t i = 1; i <= a_len; i++) {
		uint8_t *spare = before;

		row[0] = (uint8_t)i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t cost = folded(a[i - 1]) != folded(b[j - 1]);
			size_t best = least(least(last[j], row[j - 1]) + 1u, last[j - 1] + cost);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = least(best, before[j - 2] + 1u);
			row[j] = (uint8_t)best;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

void
near_offer(struct near *near, const char *word)
{
	size_t a = strlen(near->wanted), b = strlen(word), slips;

	if (a > NEAR_WORD_MAX || b > NEAR_WORD_MAX || b == 0)
		return;
	if ((a > b ? a - b : b - a) >= near->distance)
		return;
	slips = distance(near->wanted, a, word, b);
	if (slips < near->distance) {
		near->distance = slips;
		near->best = word;
	}
}

const char *
near_text(const struct near *near, char buf[NEAR_TEXT_SIZE])
{
	buf[0] = '\0';
	if (near->best != NULL)
		snprintf(buf, NEAR_TEXT_SIZE, "; did you mean '%s'?", near->best);
	return buf;
}
