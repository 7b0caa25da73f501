/* SPDX-License-Identifier: Apache-2.0
 * rng.c - splitmix64 (Steele, Lea, Flood 2014): one word of state, and good enough for jitter. */
#include "util/rng.h"

#include "util/check.h"

void
rng_init(struct rng *rng, uint64_t seed)
{
	rng->state = seed;
}

uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
rng_below(struct rng *rng, uint64_t bound)
{
	must(bound > 0);
	return rng_next(rng) % bound;
}
