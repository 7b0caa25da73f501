/* SPDX-License-Identifier: Apache-2.0
 *
 * header_lines.h - the header lines of an answer, as they come from the wire, made plain.
 *
 * What is kept is "name: value\n" for each, the name in lower case. An answer begins with its
 * status line, which drops the lines of the one before (100, 103): those of the final one remain.
 * Lines after the blank one are trailers, and are not kept.
 */
#ifndef NET_HEADER_LINES_H
#define NET_HEADER_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct str;

/* One line, with or without its CRLF. *in_headers: false at first, then kept between calls. */
void header_lines_add(struct str *out, bool *in_headers, const char *line, size_t len);

/* The first of that name in such lines, copied into buf; NULL when it is not there, or does not
 * fit: half a value is a wrong value. */
const char *header_lines_find(const char *lines, const char *name, char *buf, size_t size);

#endif
