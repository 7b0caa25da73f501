/* SPDX-License-Identifier: Apache-2.0
 * request_id.c - a new one is the process's random half and a count: nobody has it twice, and none costs a system call. */
#include "http/request_id.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/secret.h"

#define PROCESS_BYTES 8

static bool
is_good(const char *id)
{
	size_t len = 0;

	for (; id[len] != '\0'; len++) {
		if (len == REQUEST_ID_SIZE - 1 ||
		    (!isalnum((unsigned char)id[len]) && strchr("-._~:/+=@", id[len]) == NULL))
			return false;
	}
	return len > 0;
}

void
request_id_set(char out[REQUEST_ID_SIZE], const char *given)
{
	static char     process[2 * PROCESS_BYTES + 1];
	static uint64_t last;

	if (process[0] == '\0')
		secret_random_hex(process, PROCESS_BYTES);
	if (given != NULL && is_good(given))
		memcpy(out, given, strlen(given) + 1);
	else
		snprintf(out, REQUEST_ID_SIZE, "%s%016" PRIx64, process, ++last);
}
