/* SPDX-License-Identifier: Apache-2.0
 *
 * mem.h - memory that is there, or the program ends.
 *
 * For our own small objects. Anything whose size a client chooses has a maximum, checked before
 * it comes here. free() releases what the x functions return. An arena dies whole.
 */
#ifndef UTIL_MEM_H
#define UTIL_MEM_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *ptr, size_t count, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);

/* One lifetime for many small things: a config with its Spec Graph, a request. */
struct arena;

struct arena *arena_create(void);
void          arena_destroy(struct arena *arena);            /* NULL is fine */
void         *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for anything */
char         *arena_strdup(struct arena *arena, const char *s);
char *arena_printf(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
