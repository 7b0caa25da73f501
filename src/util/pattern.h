/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.h - the regular expressions of JSON Schema (ECMA 262), by PCRE2, with limits.
 *
 * Compiled patterns are kept in a bounded table of the process. A match that would take too long is
 * given up and said to be so: neither a schema nor a value can hold up the loop.
 */
#ifndef UTIL_PATTERN_H
#define UTIL_PATTERN_H

#include <stddef.h>

#include "util/check.h"

#define PATTERN_LEN_MAX 4096

enum pattern_result {
	PATTERN_MATCH,
	PATTERN_NO_MATCH,
	PATTERN_GIVEN_UP, /* a limit was reached */
	PATTERN_INVALID   /* the pattern itself is none */
};

/* Does `text` hold a match? (`^` and `$` are the pattern's business.) Both are UTF-8. */
MUSTCHECK enum pattern_result pattern_match(const char *pattern, const char *text, size_t len);

/* NULL when the pattern is one; else why not, in buf. */
const char *pattern_problem(const char *pattern, char *buf, size_t size);

/* Lets go of every compiled pattern; for the end of the process. */
void pattern_forget_all(void);

#endif
