/* SPDX-License-Identifier: Apache-2.0
 *
 * utf8.h - what is a character of UTF-8, and where a text may be cut.
 *
 * Well-formed as in Unicode, table 3-7: no overlong form, no surrogate, nothing past U+10FFFF. And no
 * NUL: a text ends there.
 */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stddef.h>

#define UTF8_CHAR_MAX 4

/* How many bytes the character that begins here has, 1 to 4; 0: none that is well-formed and whole.
 * Nothing is read behind the first byte that is wrong, so of a string with a NUL len may be too much. */
size_t utf8_char(const char *text, size_t len);

/* How many bytes from the start are characters: len when all of it is UTF-8. */
size_t utf8_len(const char *text, size_t len);

/* How many bytes the character that begins here has, if it is none to be shown: a control character, of C1 as well,
 * or one of the last two of the basic plane, which XML and YAML refuse, or one that turns the text behind it around. 0: it can be shown. */
size_t utf8_unseen(const char *text, unsigned *ret_code);

/* Where a text that is cut to `len` bytes is to end: there, or before the character that this breaks. */
size_t utf8_cut(const char *text, size_t len);

/* Where a text that begins `from` bytes later is to begin: there, or behind the character that this breaks. */
size_t utf8_skip(const char *text, size_t len, size_t from);

#endif
