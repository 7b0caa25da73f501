/* SPDX-License-Identifier: Apache-2.0
 * share.c - finds the data files, wherever the program was put. */
#include "share.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/check.h"
#include "util/mem.h"

static bool
is_share(const char *folder)
{
	char path[PATH_MAX];
	int  len = snprintf(path, sizeof(path), "%s/schemas", folder);

	return len > 0 && (size_t)len < sizeof(path) && access(path, R_OK) == 0;
}

char *
share_find(const char *told)
{
	static const char *const tails[] = { "share", "../share/mgraph-deploy" };
	char                     program[PATH_MAX], folder[PATH_MAX * 2];
	ssize_t                  len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char                    *slash;

	if (told != NULL)
		return is_share(told) ? xstrdup(told) : NULL;
	program[len > 0 ? len : 0] = '\0';
	slash = strrchr(program, '/');
	if (slash != NULL)
		*slash = '\0';
	for (size_t i = 0; i < array_len(tails); i++) {
		snprintf(folder, sizeof(folder), "%s/%s", program, tails[i]);
		if (is_share(folder))
			return xstrdup(folder);
	}
	return is_share(PKGDATADIR) ? xstrdup(PKGDATADIR) : NULL;
}
