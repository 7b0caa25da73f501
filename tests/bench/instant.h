/* SPDX-License-Identifier: Apache-2.0
 *
 * instant.h - a provider that answers at once, from the loop, as local:null does: what is left is our own work.
 *
 * Its resources are called n0, n1, ...; of each it remembers one bit, whether it was made.
 */
#ifndef BENCH_INSTANT_H
#define BENCH_INSTANT_H

#include <stddef.h>

#include "loop/loop.h"
#include "provider/provider.h"

#define INSTANT_TYPE   "fake:box:root" /* of tests/data/types */
#define INSTANT_WINDOW 64              /* as many at once as local:null */

struct instant {
	struct provider provider;
	struct loop    *loop; /* where it answers; whoever only builds Spec Graphs needs none */
	unsigned char  *made; /* one bit each */
	size_t          n;
};

void instant_init(struct instant *instant, size_t n);
void instant_fini(struct instant *instant);
void instant_forget(struct instant *instant); /* nothing is made */

/* With this provider alone, and the types of tests/data/types. plan_setup() is done, too. */
struct registry *instant_registry(struct instant *instant);

#endif
