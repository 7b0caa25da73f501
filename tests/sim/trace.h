/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.h - what happened in a world, as a hash: two runs of one seed must have the same.
 *
 * A difference says that something hangs on an address, on a table's order, on what an earlier run left behind or
 * on the real time. When shown, each line is also written to stdout.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct trace {
	uint64_t hash;
	bool     shown;
};

/* At this time, `who` did `what`; the rest depends on it. */
void trace(struct trace *trace, int64_t now_us, const char *who, const char *what, const char *text,
    int64_t number);

#endif
