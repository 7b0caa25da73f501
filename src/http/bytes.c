/* SPDX-License-Identifier: Apache-2.0
 * bytes.c - grows by moving and wiping, since realloc would leave the old copy readable. */
#include "http/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/secret.h"

#define CAP_MIN 1024

static void
bytes_grow(struct bytes *bytes, size_t need)
{
	size_t cap = bytes->cap * 2;
	char  *data;

	if (cap < CAP_MIN)
		cap = CAP_MIN;
	if (cap < need)
		cap = need;
	data = xmalloc(cap);
	if (bytes->data != NULL) {
		memcpy(data, bytes->data, bytes->len);
		secret_wipe(bytes->data, bytes->len);
		free(bytes->data);
	}
	bytes->data = data;
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
	if (bytes->data != NULL)
		secret_wipe(bytes->data, bytes->len);
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}
