/* SPDX-License-Identifier: Apache-2.0
 *
 * near.h - "did you mean": the nearest known word to one that is not known.
 *
 * Offer it every word that would have been right; it keeps the nearest, if that is near enough to
 * be a slip of the fingers. Its work is bounded: words longer than NEAR_WORD_MAX are never near.
 */
#ifndef UTIL_NEAR_H
#define UTIL_NEAR_H

#include <stddef.h>

#define NEAR_WORD_MAX 64

struct near {
	const char *wanted;
	const char *best; /* borrowed from who offered it; NULL while nothing is near */
	size_t      distance;
};

void near_init(struct near *near, const char *wanted);
void near_offer(struct near *near, const char *word);

#define NEAR_TEXT_SIZE (NEAR_WORD_MAX + 32)

/* "; did you mean 'runtime'?", or "" when nothing is near. Returns buf. */
const char *near_text(const struct near *near, char buf[NEAR_TEXT_SIZE]);

#endif
