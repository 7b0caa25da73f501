/* SPDX-License-Identifier: Apache-2.0
 *
 * local_output.h - what a program writes to one of its streams: masked as it comes, and the end of it kept.
 */
#ifndef LOCAL_LOCAL_OUTPUT_H
#define LOCAL_LOCAL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/str.h"

#define LOCAL_OUTPUT_MAX 65536

struct mask;

struct local_output {
	const struct mask *mask; /* borrowed; NULL: there is nothing to mask */
	struct str coming; /* what was told last, then what may be the beginning of a secret */
	size_t     told;
	struct str kept; /* masked; its last LOCAL_OUTPUT_MAX bytes count */
};

void local_output_init(struct local_output *output, const struct mask *mask);
void local_output_fini(struct local_output *output);

/* Takes what has come, and hands out what can be told of it, until the next call. `more`: there may be more. */
const char *local_output_take(
    struct local_output *output, const char *data, size_t len, bool more, size_t *ret_len);

/* The last `most` bytes, at most LOCAL_OUTPUT_MAX, from the beginning of a character; borrowed. */
const char *local_output_end(const struct local_output *output, size_t most, size_t *ret_len);

#endif
