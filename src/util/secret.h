/* SPDX-License-Identifier: Apache-2.0
 *
 * secret.h - text that may not leave memory: locked, kept out of core dumps, wiped at the end.
 *
 * A secret is not a string, so that it can't be formatted into a log or an error by accident:
 * secret_open() is the one way to its text, and is to be called at the moment of use.
 * Memory comes from libsodium's guarded heap (sodium_malloc).
 */
#ifndef UTIL_SECRET_H
#define UTIL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret;

/* Once, at start: libsodium, no core dumps, not ptraceable by others. False: can't be had. */
bool secret_setup(void);

struct secret *secret_create(const char *text, size_t len);
void           secret_destroy(struct secret *secret);    /* wipes; NULL is fine */
const char    *secret_open(const struct secret *secret); /* NUL-terminated; borrowed */
size_t         secret_len(const struct secret *secret);

/* Wipes memory that held a secret on its way in (a request body, a parsed string). */
void secret_wipe(void *mem, size_t len);

/* free() and realloc() for memory that secrets pass through: nothing stays readable where it was. */
void  secret_free(void *ptr);
void *secret_realloc(void *ptr, size_t size);

/* Equal, in a time that does not depend on where they differ. */
bool secret_equal(const void *a, const void *b, size_t len);

/* n bytes nobody can guess, as lower-case hex with a NUL: out holds 2 * n + 1. */
void secret_random_hex(char *out, size_t n);

#endif
