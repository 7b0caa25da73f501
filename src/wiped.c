/* SPDX-License-Identifier: Apache-2.0
 * wiped.c - free() and realloc() of the whole program, of every library in it: what is given back is wiped first.
 *
 * A secret that was opened goes through hands that are not ours: json-c's strings and texts, curl's buffers. None of
 * them wipes what it lets go. Here all of it passes. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED_HEAP 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED_HEAP 1
#endif

#if defined(SANITIZED_HEAP)

/* The sanitizer has a heap of its own, which can fill what it takes back. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "max_free_fill_size=67108864";
}

#elif defined(HAVE___LIBC_FREE)

/* The C library's own, behind the names that programs may take over. */
extern void *__libc_malloc(size_t size);
extern void  __libc_free(void *ptr);

void
free(void *ptr)
{
	if (ptr != NULL)
		memset(ptr, 0, malloc_usable_size(ptr));
	__libc_free(ptr);
}

/* It always moves: what the C library leaves behind, when it does, could not be wiped any more. */
void *
realloc(void *ptr, size_t size)
{
	size_t had = ptr != NULL ? malloc_usable_size(ptr) : 0;
	void  *moved = ptr == NULL || size > 0 ? __libc_malloc(size) : NULL;

	if (moved == NULL && size > 0)
		return NULL; /* the old one stays */
	if (had > 0 && moved != NULL)
		memcpy(moved, ptr, had < size ? had : size);
	free(ptr);
	return moved;
}

#endif
