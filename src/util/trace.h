/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.h - a traceparent, as W3C Trace Context has it: what others have called the work that a request belongs to.
 */
#ifndef UTIL_TRACE_H
#define UTIL_TRACE_H

#define TRACE_SIZE 56 /* "00-TRACE-SPAN-FLAGS" and a NUL */

/* For one call of ours to somebody else: of the same work, with a span of its own. "" for one that is none, or NULL. */
void trace_child(const char *parent, char out[TRACE_SIZE]);

#endif
