/* SPDX-License-Identifier: Apache-2.0
 * gzip.c - by zlib, at its fastest: all else of the loop waits for it, and JSON gets to a tenth all the same. */
#include "http/gzip.h"

#include <limits.h>
#include <stdint.h>
#include <zlib.h>

#include "util/check.h"
#include "util/mem.h"

#define GZIP_WINDOW (15 + 16) /* the largest, with a head of gzip */
#define GZIP_MEMORY 8

char *
gzip_text(const void *text, size_t len, size_t *ret_len)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)len };
	size_t   cap;
	char    *out;

	must(len <= UINT_MAX);
	must(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
		 Z_DEFAULT_STRATEGY) == Z_OK);
	cap = deflateBound(&z, (uLong)len);
	out = xcalloc(cap, 1);
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)cap;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	*ret_len = cap - z.avail_out;
	deflateEnd(&z);
	return out;
}
