/* SPDX-License-Identifier: Apache-2.0
 * redis_errors.c - how errors of Redis begin. */
#include "store/redis_errors.h"

#include <string.h>

#include "util/str.h"

static const struct error_row {
	const char      *prefix;
	enum redis_error means;
} rows[] = {
	{ "NOSCRIPT ", REDIS_ERROR_SCRIPT },
	{ "LOADING ", REDIS_ERROR_SICK },
	{ "READONLY ", REDIS_ERROR_SICK },
	{ "MASTERDOWN ", REDIS_ERROR_SICK },
	{ "NOAUTH ", REDIS_ERROR_SICK },
	{ "MOVED ", REDIS_ERROR_MOVED },
	{ "ASK ", REDIS_ERROR_ASK },
	{ "TRYAGAIN ", REDIS_ERROR_LATER },    /* of its keys some have moved, some not yet */
	{ "CLUSTERDOWN ", REDIS_ERROR_LATER }, /* a fail-over goes on */
	{ "NOREPLICAS ", REDIS_ERROR_LATER },  /* min-replicas-to-write */
	{ "", REDIS_ERROR_OTHER },
};

/* What a transaction is refused for in the end, though each of its commands was taken. */
#define DISCARDED "EXECABORT Transaction discarded because of: "

enum redis_error
redis_error_of(const char *text)
{
	const struct error_row *row = rows;

	if (str_starts(text, DISCARDED))
		text += strlen(DISCARDED);
	while (!str_starts(text, row->prefix))
		row++;
	return row->means;
}
