/* SPDX-License-Identifier: Apache-2.0
 * breath.c - who is asked. There is one thread, so there is one. */
#include "util/breath.h"

#include <stddef.h>

static struct breather *asked;

struct breather *
breathe_by(struct breather *breather)
{
	struct breather *before = asked;

	asked = breather;
	return before;
}

void
breathe(void)
{
	if (asked != NULL)
		asked->give_way(asked);
}
