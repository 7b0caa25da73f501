/* SPDX-License-Identifier: Apache-2.0
 * mem.c - checked allocation, and arenas. */
#include "util/mem.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"

#define ARENA_BLOCK_FIRST 256  /* many arenas stay small */
#define ARENA_BLOCK_MOST  8192 /* each block is twice as large as the last, up to this */

struct arena_block {
	struct arena_block *next;
	size_t              used;
	size_t              size;
	alignas(max_align_t) char data[];
};

struct arena {
	struct arena_block *blocks; /* the newest first; only it has room */
};

void *
xmalloc(size_t size)
{
	void *ptr = malloc(size ? size : 1);

	must(ptr != NULL);
	return ptr;
}

void *
xcalloc(size_t count, size_t size)
{
	void *ptr = calloc(count ? count : 1, size ? size : 1);

	must(ptr != NULL);
	return ptr;
}

void *
xrealloc(void *ptr, size_t count, size_t size)
{
	must(size == 0 || count <= SIZE_MAX / size);
	ptr = realloc(ptr, count > 0 && size > 0 ? count * size : 1);
	must(ptr != NULL);
	return ptr;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

struct arena *
arena_create(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void
arena_destroy(struct arena *arena)
{
	if (arena == NULL)
		return;
	while (arena->blocks != NULL) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
	free(arena);
}

/* Under a sanitizer every allocation is its own block: an overrun would hide inside a shared one. */
#if defined(__has_feature) /* clang tells it so, gcc by a macro */
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define ARENA_SHARES_BLOCKS false
#else
#define ARENA_SHARES_BLOCKS true
#endif

static size_t
block_size(const struct arena_block *last, size_t least)
{
	size_t size = last != NULL ? last->size * 2 : ARENA_BLOCK_FIRST;

	if (size > ARENA_BLOCK_MOST)
		size = ARENA_BLOCK_MOST;
	return size > least && ARENA_SHARES_BLOCKS ? size : least;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void               *ptr;

	must(size <= SIZE_MAX / 2);
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (block == NULL || block->size - block->used < size) {
		size_t wanted = block_size(block, size);

		block = xcalloc(1, sizeof(*block) + wanted);
		block->size = wanted;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	ptr = block->data + block->used;
	block->used += size;
	return ptr;
}

char *
arena_strdup(struct arena *arena, const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(arena_alloc(arena, size), s, size);
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	char   *out;
	int     len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	must(len >= 0);
	out = arena_alloc(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(out, (size_t)len + 1, fmt, args);
	va_end(args);
	return out;
}
