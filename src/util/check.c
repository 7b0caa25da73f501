/* SPDX-License-Identifier: Apache-2.0
 * check.c - the end of a broken program. */
#include "util/check.h"

#include <stdio.h>
#include <stdlib.h>

void
check_failed(const char *cond, const char *file, int line, const char *func)
{
	fprintf(stderr, "%s:%d: %s: must(%s) failed\n", file, line, func, cond);
	abort();
}
