/* SPDX-License-Identifier: Apache-2.0
 * trace.c - the second part of three is another one for each call. */
#include "util/trace.h"

#include <string.h>

#include "util/secret.h"

#define SPAN_AT    36 /* "00-" and 32 digits and "-" */
#define SPAN_BYTES 8

void
trace_child(const char *parent, char out[TRACE_SIZE])
{
	char span[2 * SPAN_BYTES + 1];

	out[0] = '\0';
	if (parent == NULL || strlen(parent) != TRACE_SIZE - 1)
		return;
	memcpy(out, parent, TRACE_SIZE);
	secret_random_hex(span, SPAN_BYTES);
	memcpy(out + SPAN_AT, span, sizeof(span) - 1);
}
