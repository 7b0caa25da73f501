/* SPDX-License-Identifier: Apache-2.0
 *
 * bytes.h - a growing buffer that leaves no copy behind: what a request brings may be a secret.
 *
 * Whoever adds has checked the maximum. There is always a NUL after the last byte.
 */
#ifndef HTTP_BYTES_H
#define HTTP_BYTES_H

#include <stddef.h>

struct bytes {
	char  *data; /* owned; NULL until something is added */
	size_t len;  /* without the NUL */
	size_t cap;
};

void bytes_add(struct bytes *bytes, const void *mem, size_t len);
void bytes_fini(struct bytes *bytes); /* wipes and frees; empty again */

#endif
