/* SPDX-License-Identifier: Apache-2.0
 * mutate.h - for machines without a fuzzer: an input made out of those of a corpus, by chance. */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#define INPUT_MAX (1024 * 1024)

struct input {
	uint8_t *data;
	size_t   size;
};

/* The same seed makes the same of the same corpus, which is not empty. The caller frees its data. */
struct input mutate(const struct input *corpus, size_t n, uint64_t seed);

#endif
