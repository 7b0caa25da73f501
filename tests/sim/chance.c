/* SPDX-License-Identifier: Apache-2.0
 * chance.c - rates, drawn once for each world. */
#include "chance.h"

#include <string.h>

#include "util/check.h"

#define CALM_WORLDS 8 /* one in so many */

static const struct chance_row {
	const char *name;
	unsigned    most;
} rows[CHANCES_N] = {
#define X(name, most) [CHANCE_##name] = { #name, most },
	CHANCES(X)
#undef X
};

void
chances_draw(struct chances *chances, struct rng *rng)
{
	bool calm = rng_below(rng, CALM_WORLDS) == 0;

	*chances = (struct chances){ 0 };
	for (size_t i = 0; i < CHANCES_N; i++) {
		unsigned rate = 1 + (unsigned)rng_below(rng, rows[i].most);

		if (rng_below(rng, 2) == 0 && !calm)
			chances->per_mille[i] = rate;
	}
}

void
chances_stop(struct chances *chances)
{
	memset(chances->per_mille, 0, sizeof(chances->per_mille));
}

bool
chance_hits(struct chances *chances, enum chance chance, struct rng *rng)
{
	must(chance < CHANCES_N);
	if (chances->per_mille[chance] == 0 || rng_below(rng, 1000) >= chances->per_mille[chance])
		return false;
	chances->hits[chance]++;
	return true;
}

const char *
chance_name(enum chance chance)
{
	must(chance < CHANCES_N);
	return rows[chance].name;
}
