/* SPDX-License-Identifier: Apache-2.0
 * trace.c - FNV-1a over all that happens. */
#include "trace.h"

#include <stdio.h>

#define FNV_PRIME 1099511628211u

static void
mix_text(struct trace *trace, const char *text)
{
	do
		trace->hash = (trace->hash ^ (unsigned char)*text) * FNV_PRIME;
	while (*text++ != '\0');
}

static void
mix_number(struct trace *trace, uint64_t number)
{
	trace->hash = (trace->hash ^ number) * FNV_PRIME;
	trace->hash ^= trace->hash >> 32;
}

void
trace(struct trace *trace, int64_t now_us, const char *who, const char *what, const char *text,
    int64_t number)
{
	mix_number(trace, (uint64_t)now_us);
	mix_text(trace, who);
	mix_text(trace, what);
	mix_text(trace, text);
	mix_number(trace, (uint64_t)number);
	if (trace->shown)
		printf("%12.6f %-6s %-10s %lld %s\n", (double)now_us / 1e6, who, what,
		    (long long)number, text);
}
