/* SPDX-License-Identifier: Apache-2.0
 *
 * check.h - what must be true, and the few macros every file needs.
 *
 * must() is for broken programs only: it aborts, in production too. An expected failure is an
 * `enum err_code` (err.h); an outcome of the outside world is an `enum op_result` (provider.h).
 */
#ifndef UTIL_CHECK_H
#define UTIL_CHECK_H

#include <stddef.h>

#define must(cond) ((cond) ? (void)0 : check_failed(#cond, __FILE__, __LINE__, __func__))

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define array_len(a) (sizeof(a) / sizeof((a)[0]))

/* The caller may not ignore the result. */
#define MUSTCHECK              __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

__attribute__((noreturn)) void
check_failed(const char *cond, const char *file, int line, const char *func);

#endif
