/* SPDX-License-Identifier: Apache-2.0
 * bytes.c - a buffer in memory that is wiped when it is let go, or outgrown. */
#include "http/bytes.h"

#include <string.h>

#include "util/secret.h"

#define CAP_MIN 1024

static void
bytes_grow(struct bytes *bytes, size_t need)
{
	size_t cap = bytes->cap * 2;

	if (cap < CAP_MIN)
		cap = CAP_MIN;
	if (cap < need)
		cap = need;
	bytes->data = secret_realloc(bytes->data, cap);
	bytes->cap = cap;
}

void
bytes_add(struct bytes *bytes, const void *mem, size_t len)
{
	if (bytes->len + len + 1 > bytes->cap)
		bytes_grow(bytes, bytes->len + len + 1);
	memcpy(bytes->data + bytes->len, mem, len);
	bytes->len += len;
	bytes->data[bytes->len] = '\0';
}

void
bytes_fini(struct bytes *bytes)
{
	secret_free(bytes->data);
	*bytes = (struct bytes){ 0 };
}
