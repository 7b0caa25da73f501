/* SPDX-License-Identifier: Apache-2.0
 * fields.c - a list is gone through word by word. */
#include "http/fields.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define BLANKS     " \t"
#define TRACE_LEN  55 /* 00-<32>-<16>-<2> */
#define HEX_DIGITS "0123456789abcdef"

/* How long it is up to one of `ends` that stands in no quotes; at most max. */
static size_t
span(const char *text, size_t max, const char *ends)
{
	bool   quoted = false;
	size_t len = 0;

	for (; len < max && text[len] != '\0'; len++) {
		if (!quoted && strchr(ends, text[len]) != NULL)
			break;
		if (text[len] == '"')
			quoted = !quoted;
	}
	return len;
}

/* The next word between commas, without blanks around it; its length in *ret_len. NULL: there are no more. */
static const char *
next_word(const char **at, size_t *ret_len)
{
	const char *word = *at + strspn(*at, BLANKS ",");
	size_t      len = span(word, SIZE_MAX, ",");

	if (*word == '\0')
		return NULL;
	*at = word + len;
	while (len > 0 && strchr(BLANKS, word[len - 1]) != NULL)
		len--;
	*ret_len = len;
	return word;
}

static bool
is_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && strncasecmp(word, text, len) == 0;
}

/* "gzip;q=0.000" is a no. */
static bool
is_refused(const char *word, size_t len)
{
	const char *weight = memchr(word, '=', len);

	return weight != NULL && strspn(weight + 1, "0.") == (size_t)(word + len - (weight + 1));
}

/* What is said of gzip itself goes before what is said of all. */
bool
field_accepts_gzip(const char *field)
{
	const char *word;
	size_t      len;
	int         all = 0, gzip = 0;

	while (field != NULL && (word = next_word(&field, &len)) != NULL) {
		size_t name = strcspn(word, "; \t,");
		int    verdict = is_refused(word, len) ? -1 : 1;

		if (is_word(word, name, "gzip") || is_word(word, name, "x-gzip"))
			gzip = verdict;
		else if (is_word(word, name, "*"))
			all = verdict;
	}
	return gzip > 0 || (gzip == 0 && all > 0);
}

static void
trim(const char **at, size_t *len)
{
	for (; *len > 0 && strchr(BLANKS, **at) != NULL; (*at)++)
		(*len)--;
	while (*len > 0 && strchr(BLANKS, (*at)[*len - 1]) != NULL)
		(*len)--;
}

/* "name" or "name = value", where the value may be in quotes: len bytes at `at` are what stands behind the name. False: neither. */
static bool
read_value(const char *at, size_t len, const char **ret_value, size_t *ret_len)
{
	trim(&at, &len);
	if (len > 0 && *at != '=')
		return false;
	if (len > 0) {
		at++;
		len--;
		trim(&at, &len);
	}
	if (len >= 2 && *at == '"' && at[len - 1] == '"') {
		at++;
		len -= 2;
	}
	*ret_value = at;
	*ret_len = len;
	return true;
}

/* The first of that name counts. */
bool
field_prefers(const char *field, const char *name, const char **ret_value, size_t *ret_len)
{
	const char *word;
	size_t      len;

	while (field != NULL && (word = next_word(&field, &len)) != NULL) {
		size_t own = span(word, len, ";"), named = span(word, own, BLANKS "=");

		if (is_word(word, named, name))
			return read_value(word + named, own - named, ret_value, ret_len);
	}
	return false;
}

static bool
is_tag(const char *word, size_t len, const char *tag)
{
	size_t tail = strlen(FIELD_GZIP_TAIL), bare = strlen(tag) - 1; /* without the last quote */

	if (len > 2 && strncmp(word, "W/", 2) == 0) {
		word += 2;
		len -= 2;
	}
	if (len == bare + 1)
		return strncmp(word, tag, len) == 0;
	return len == bare + tail && strncmp(word, tag, bare) == 0 &&
	       strncmp(word + bare, FIELD_GZIP_TAIL, tail) == 0;
}

bool
field_matches(const char *field, const char *tag)
{
	const char *word;
	size_t      len;

	while (field != NULL && tag != NULL && (word = next_word(&field, &len)) != NULL) {
		if (is_word(word, len, "*") || is_tag(word, len, tag))
			return true;
	}
	return false;
}

bool
field_has_word(const char *field, const char *item)
{
	const char *word;
	size_t      len;

	while (field != NULL && item != NULL && (word = next_word(&field, &len)) != NULL) {
		if (is_word(word, len, "*") || is_word(word, len, item))
			return true;
	}
	return false;
}

static bool
is_hex(const char *text, size_t len)
{
	return strspn(text, HEX_DIGITS) >= len;
}

/* A later version may be longer, and begins the same. */
bool
field_is_traceparent(const char *field)
{
	return field != NULL && is_hex(field, 2) && strncmp(field, "ff", 2) != 0 &&
	       field[2] == '-' && is_hex(field + 3, 32) && field[35] == '-' &&
	       is_hex(field + 36, 16) && field[52] == '-' && is_hex(field + 53, 2) &&
	       strspn(field + 3, "0") < 32 && strspn(field + 36, "0") < 16 &&
	       (field[TRACE_LEN] == '\0' ||
		   (strncmp(field, "00", 2) != 0 && field[TRACE_LEN] == '-'));
}
