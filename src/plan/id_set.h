/* SPDX-License-Identifier: Apache-2.0
 *
 * id_set.h - 8-character ids that no two of a graph have: hashed from names, and where two meet in one id, the
 * later one again with a counter.
 */
#ifndef PLAN_ID_SET_H
#define PLAN_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/digest.h"
#include "util/str.h"

struct id_set {
	uint64_t *slots; /* id + 1; 0: free */
	size_t    mask;
};

void id_set_init(struct id_set *set, size_t n); /* so many ids at most */
void id_set_fini(struct id_set *set);
bool id_set_add(struct id_set *set, const char *id); /* false: it is taken */

/* The names with a NUL between them. */
void id_seed(struct str *seed, const char *const *names, size_t n);

/* The first free id of a seed, which is overwritten. */
void id_set_take(struct id_set *taken, struct str *seed, char out[OBJ_ID_SIZE]);

#endif
