/* SPDX-License-Identifier: Apache-2.0
 *
 * gzip.h - a large answer made smaller.
 */
#ifndef HTTP_GZIP_H
#define HTTP_GZIP_H

#include <stddef.h>

#define GZIP_LEAST 1400 /* bytes: what is shorter goes in one packet anyhow */

/* The caller frees it. */
char *gzip_text(const void *text, size_t len, size_t *ret_len);

#endif
