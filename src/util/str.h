/* SPDX-License-Identifier: Apache-2.0
 *
 * str.h - a growing string with a maximum, and a few looks at plain ones.
 *
 * A builder is born with its maximum size in bytes. Past it, it keeps what it has and remembers
 * that it overflowed: build first, ask once at the end. It is always NUL-terminated.
 */
#ifndef UTIL_STR_H
#define UTIL_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/check.h"

struct str {
	char  *data; /* owned; "" until something is added */
	size_t len;  /* without the NUL */
	size_t cap;
	size_t max;      /* never longer than this */
	bool   overflow; /* something did not fit */
	bool   is_plain; /* it is no secret: where it grows, copies of it may be left behind */
};

void  str_init(struct str *s, size_t max);
void  str_fini(struct str *s);
void  str_clear(struct str *s);
char *str_take(struct str *s); /* the caller frees it; s is empty again */

/* Back to its first len bytes, if there are more; it has not overflowed any longer. */
void str_cut(struct str *s, size_t len);

/* Without its first len bytes, of which there are so many. */
void str_drop(struct str *s, size_t len);

void str_add(struct str *s, const char *text);
void str_add_mem(struct str *s, const void *mem, size_t len);
void str_add_char(struct str *s, char c);
void str_add_u64(struct str *s, uint64_t value); /* decimal */
void str_addf(struct str *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void str_vaddf(struct str *s, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/* vsnprintf() into a buffer of that size; what does not fit is cut off between two characters of UTF-8. */
void str_vformat(char *buf, size_t size, const char *fmt, va_list args) PRINTF_LIKE(3, 0);

/* Percent-encodes all but RFC 3986 unreserved characters and those in `keep` (may be NULL). */
void str_add_percent(struct str *s, const void *mem, size_t len, const char *keep);

/* Looks at plain strings. */
bool str_eq(const char *a, const char *b); /* two NULLs are equal */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
int  str_hex_value(char c); /* of a hex digit: 0 to 15; else -1 */

/* A whole decimal number and nothing else: true, and *ret_value is set. */
MUSTCHECK bool str_to_u64(const char *s, uint64_t *ret_value);

#endif
