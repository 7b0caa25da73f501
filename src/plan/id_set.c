/* SPDX-License-Identifier: Apache-2.0
 * id_set.c - the ids that are taken, as an open hash. */
#include "plan/id_set.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define TRIES_MAX   1000
#define SLOTS_LEAST 64

void
id_set_init(struct id_set *set, size_t n)
{
	size_t slots = SLOTS_LEAST;

	while (slots < 2 * n)
		slots *= 2;
	set->slots = xcalloc(slots, sizeof(*set->slots));
	set->mask = slots - 1;
}

void
id_set_fini(struct id_set *set)
{
	free(set->slots);
}

bool
id_set_add(struct id_set *set, const char *id)
{
	uint64_t entry = strtoull(id, NULL, 16) + 1;

	for (size_t i = entry;; i++) {
		uint64_t *slot = &set->slots[i & set->mask];

		if (*slot == entry)
			return false;
		if (*slot == 0) {
			*slot = entry;
			return true;
		}
	}
}

void
id_seed(struct str *seed, const char *const *names, size_t n)
{
	str_clear(seed);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			str_add_char(seed, '\0');
		str_add(seed, names[i]);
	}
}

void
id_set_take(struct id_set *taken, struct str *seed, char out[OBJ_ID_SIZE])
{
	size_t len = seed->len;

	obj_id_from(seed->data, seed->len, out);
	for (unsigned i = 1; !id_set_add(taken, out); i++) {
		must(i < TRIES_MAX);
		seed->len = len;
		str_add_char(seed, '\0');
		str_addf(seed, "%u", i);
		obj_id_from(seed->data, seed->len, out);
	}
}
