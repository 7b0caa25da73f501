/* SPDX-License-Identifier: Apache-2.0
 *
 * rng.h - a seeded generator for jitter and ids. Same seed, same numbers: the simulator's whole
 * world hangs on one seed. Not for keys; those come from OpenSSL or libsodium.
 */
#ifndef UTIL_RNG_H
#define UTIL_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

void     rng_init(struct rng *rng, uint64_t seed);
uint64_t rng_next(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t bound); /* 0 .. bound-1; bound > 0 */

#endif
