/* SPDX-License-Identifier: Apache-2.0
 * fields.c - a list is gone through word by word. */
#include "http/fields.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define BLANKS     " \t"
#define TRACE_LEN  55 /* 00-<32>-<16>-<2> */
#define HEX_DIGITS "0123456789abcdef"
#define WEIGHT_MAX 1000

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

/* "0.25" is 250; what is no weight is as if none had been said. */
static int
read_weight(const char *text, size_t len)
{
	int weight = 0;

	if (len == 0 || len > strlen("0.000") || (len > 1 && text[1] != '.'))
		return WEIGHT_MAX;
	for (size_t i = 0, scale = WEIGHT_MAX; i < len; i++) {
		if (i == 1)
			continue;
		if (text[i] < '0' || text[i] > '9')
			return WEIGHT_MAX;
		weight += (text[i] - '0') * (int)scale;
		scale /= 10;
	}
	return weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
}

/* The next of the parameters that a word has behind its name, "; q=0.5"; NULL: there are no more. */
static const char *
next_parameter(const char **at, const char *end, size_t *ret_len)
{
	const char *parameter = *at + 1;
	size_t      len;

	if (*at >= end)
		return NULL;
	len = span(parameter, (size_t)(end - parameter), ";");
	*at = parameter + len;
	trim(&parameter, &len);
	*ret_len = len;
	return parameter;
}

/* Of the parameter of that name. NULL: there is none. */
static const char *
parameter_of(const char *word, size_t len, const char *name, size_t *ret_len)
{
	const char *end = word + len, *at = word + span(word, len, ";"), *parameter, *value;
	size_t      named;

	while ((parameter = next_parameter(&at, end, &len)) != NULL) {
		named = span(parameter, len, BLANKS "=");
		if (is_word(parameter, named, name) &&
		    read_value(parameter + named, len - named, &value, ret_len))
			return value;
	}
	return NULL;
}

/* Of its name, without its parameters. */
static size_t
name_len(const char *word, size_t len)
{
	return span(word, len, BLANKS ";");
}

int
field_weight(const char *field, const char *const *names)
{
	const char *word, *weight;
	size_t      len, weight_len, best = SIZE_MAX;
	int         found = -1;

	while (field != NULL && (word = next_word(&field, &len)) != NULL) {
		for (size_t i = 0; names[i] != NULL && i < best; i++) {
			if (!is_word(word, name_len(word, len), names[i]))
				continue;
			weight = parameter_of(word, len, "q", &weight_len);
			found = weight != NULL ? read_weight(weight, weight_len) : WEIGHT_MAX;
			best = i;
		}
	}
	return found;
}

/* What is said of gzip itself goes before what is said of all. */
bool
field_accepts_gzip(const char *field)
{
	static const char *const names[] = { "gzip", "x-gzip", "*", NULL };

	return field_weight(field, names) > 0;
}

const char *
field_json_fault(const char *type, const char *encoding)
{
	const char *word, *charset;
	size_t      len;

	while (encoding != NULL && (word = next_word(&encoding, &len)) != NULL) {
		if (!is_word(word, len, "identity"))
			return "a body is taken as it is, without a Content-Encoding";
	}
	if (type == NULL)
		return NULL;
	len = strlen(type);
	if (!is_word(type, name_len(type, len), "application/json"))
		return "this route takes application/json";
	charset = parameter_of(type, len, "charset", &len);
	return charset == NULL || is_word(charset, len, "utf-8") ? NULL : "JSON is in UTF-8";
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

	if (len == bare + 1)
		return strncmp(word, tag, len) == 0;
	return len == bare + tail && strncmp(word, tag, bare) == 0 &&
	       strncmp(word + bare, FIELD_GZIP_TAIL, tail) == 0;
}

static bool
matches(const char *field, const char *tag, bool may_be_weak)
{
	const char *word;
	size_t      len;

	while (field != NULL && tag != NULL && (word = next_word(&field, &len)) != NULL) {
		size_t weak = may_be_weak && len > 2 && strncmp(word, "W/", 2) == 0 ? 2 : 0;

		if (is_word(word, len, "*") || is_tag(word + weak, len - weak, tag))
			return true;
	}
	return false;
}

bool
field_matches(const char *field, const char *tag)
{
	return matches(field, tag, true);
}

bool
field_matches_strongly(const char *field, const char *tag)
{
	return matches(field, tag, false);
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
