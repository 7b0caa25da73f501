/* SPDX-License-Identifier: Apache-2.0
 * secret.c - guarded memory by libsodium. */
#include "util/secret.h"

#include <malloc.h>
#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "util/check.h"
#include "util/digest.h"
#include "util/mem.h"

#define RANDOM_MAX_BYTES 64

struct secret {
	size_t len;
	char   text[]; /* with a NUL behind it */
};

bool
secret_setup(void)
{
	const struct rlimit none = { 0, 0 };

	return sodium_init() >= 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0) == 0;
}

struct secret *
secret_create(const char *text, size_t len)
{
	/* Its blocks end at a guard page: only whole multiples of the alignment begin aligned. */
	size_t         size = sizeof(struct secret) + len + 1;
	struct secret *secret =
	    sodium_malloc((size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1));

	must(secret != NULL);
	secret->len = len;
	memcpy(secret->text, text, len);
	secret->text[len] = '\0';
	return secret;
}

void
secret_destroy(struct secret *secret)
{
	sodium_free(secret);
}

const char *
secret_open(const struct secret *secret)
{
	return secret->text;
}

size_t
secret_len(const struct secret *secret)
{
	return secret->len;
}

void
secret_wipe(void *mem, size_t len)
{
	sodium_memzero(mem, len);
}

/* What was asked for is not known here, only that it is no more than this. */
void
secret_free(void *ptr)
{
	if (ptr != NULL)
		sodium_memzero(ptr, malloc_usable_size(ptr));
	free(ptr);
}

/* It always moves: what realloc() leaves behind, when it does, can't be wiped any more. */
void *
secret_realloc(void *ptr, size_t size)
{
	void  *moved = xmalloc(size);
	size_t had = ptr != NULL ? malloc_usable_size(ptr) : 0;

	if (had > 0)
		memcpy(moved, ptr, had < size ? had : size);
	secret_free(ptr);
	return moved;
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void
secret_random_hex(char *out, size_t n)
{
	unsigned char raw[RANDOM_MAX_BYTES];

	must(n <= sizeof(raw));
	randombytes_buf(raw, n);
	digest_hex(raw, n, out);
	sodium_memzero(raw, sizeof(raw));
}
