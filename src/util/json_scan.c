/* SPDX-License-Identifier: Apache-2.0
 * json_scan.c - walks a text by RFC 8259, and only says yes, or "no, at line and column".
 *
 * json-c's strict mode still accepts single quotes, NaN, Infinity, control characters, lone surrogates
 * and overlong UTF-8, clamps big integers and keeps the last of two equal keys: so it is asked to build
 * only what has passed here. */
#include "util/breath.h"
#include "util/json_scan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"
#include "util/utf8.h"

#define NUMBER_TEXT_SIZE 512 /* longer ones are refused */

/* Bytes that json-c makes of each, text aside (0.16, measured): an object has room for ten members at once, and then
 * grows by doubling. */
#define OBJECT_COST 800
#define LIST_COST   160
#define MEMBER_COST 120 /* its key, and its place in a table */
#define VALUE_COST  96  /* a number, a string, a word */

struct scan {
	const char   *at, *end, *start;
	const char   *why; /* set once, at the first problem */
	enum err_code code;
	size_t        cost, cost_max; /* of what was walked so far */
	struct key {
		const char         *text; /* between the quotes, or of `built` */
		size_t              len;
		const char         *at;    /* its opening quote */
		struct json_object *built; /* of a key that is written with escapes; else NULL */
	} * keys; /* of all objects that are open; each object owns a tail of it */
	size_t keys_n, keys_cap;
	bool   has_wholes;
};

static void scan_value(struct scan *s, int depth);

static bool
scan_fail(struct scan *s, const char *why)
{
	if (s->why == NULL)
		s->why = why;
	return false;
}

static bool
scan_cost(struct scan *s, size_t cost)
{
	s->cost += cost;
	if (s->cost <= s->cost_max)
		return true;
	s->code = ERR_TOO_LARGE;
	return scan_fail(s, "more values than are held at once");
}

static void
scan_space(struct scan *s)
{
	while (s->why == NULL && s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

static bool
scan_is(struct scan *s, char c)
{
	if (s->why != NULL || s->at >= s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static int
hex_value(const char *at)
{
	int value = 0;

	for (int i = 0; i < 4; i++) {
		char c = at[i];

		value <<= 4;
		if (c >= '0' && c <= '9')
			value |= c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value |= (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

/* Behind "\u". */
static bool
scan_unicode_escape(struct scan *s, bool is_key)
{
	int unit = s->end - s->at >= 4 ? hex_value(s->at) : -1;

	if (unit < 0)
		return scan_fail(s, "bad \\u escape");
	if (unit == 0 && is_key)
		return scan_fail(s, "NUL in a key");
	if (unit >= 0xdc00 && unit <= 0xdfff)
		return scan_fail(s, "lone low surrogate");
	if (unit < 0xd800 || unit > 0xdbff) {
		s->at += 4;
		return true;
	}
	if (s->end - s->at < 10 || s->at[4] != '\\' || s->at[5] != 'u')
		return scan_fail(s, "lone high surrogate");
	unit = hex_value(s->at + 6);
	if (unit < 0xdc00 || unit > 0xdfff)
		return scan_fail(s, "lone high surrogate");
	s->at += 10;
	return true;
}

/* At a byte that is not ASCII. */
static bool
scan_utf8(struct scan *s)
{
	size_t n = utf8_char(s->at, (size_t)(s->end - s->at));

	if (n == 0)
		return scan_fail(s, "invalid UTF-8");
	s->at += n;
	return true;
}

/* At a backslash. */
static bool
scan_escape(struct scan *s, bool is_key)
{
	s->at++;
	if (s->at >= s->end)
		return scan_fail(s, "unterminated string");
	if (*s->at == 'u') {
		s->at++;
		return scan_unicode_escape(s, is_key);
	}
	if (*s->at == '\0' || strchr("\"\\/bfnrt", *s->at) == NULL)
		return scan_fail(s, "bad escape");
	s->at++;
	return true;
}

static bool
scan_string(struct scan *s, bool is_key)
{
	if (!scan_is(s, '"'))
		return scan_fail(s, "expected a string");
	while (s->at < s->end) {
		unsigned char c = (unsigned char)*s->at;

		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20)
			return scan_fail(s, "control character in a string");
		if (c == '\\') {
			if (!scan_escape(s, is_key))
				return false;
		} else if (c >= 0x80) {
			if (!scan_utf8(s))
				return false;
		} else {
			s->at++;
		}
	}
	return scan_fail(s, "unterminated string");
}

static size_t
scan_digits(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

/* The number from `from` is one that we can hold: nothing is clamped, nothing becomes infinite. */
static bool
scan_range(struct scan *s, const char *from, bool whole)
{
	char   text[NUMBER_TEXT_SIZE];
	size_t len = (size_t)(s->at - from);
	bool   fits = len < sizeof(text);
	double value;

	if (fits) {
		memcpy(text, from, len);
		text[len] = '\0';
		errno = 0;
		if (whole)
			(void)strtoll(text, NULL, 10);
		fits = errno == 0;
		value = strtod(text, NULL);
		fits = fits && isfinite(value);
		s->has_wholes = s->has_wholes || (!whole && json_is_whole(value));
	}
	if (fits)
		return true;
	s->at = from;
	return scan_fail(s, whole ? "integer out of range" : "number out of range");
}

static bool
scan_number(struct scan *s)
{
	const char *from = s->at;
	bool        whole = true;

	scan_is(s, '-');
	if (!scan_is(s, '0') && scan_digits(s) == 0)
		return scan_fail(s, "expected a value");
	if (scan_is(s, '.')) {
		whole = false;
		if (scan_digits(s) == 0)
			return scan_fail(s, "bad number");
	}
	if (scan_is(s, 'e') || scan_is(s, 'E')) {
		whole = false;
		if (!scan_is(s, '+'))
			scan_is(s, '-');
		if (scan_digits(s) == 0)
			return scan_fail(s, "bad number");
	}
	return scan_range(s, from, whole);
}

static bool
scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return scan_fail(s, "expected a value");
	s->at += len;
	return true;
}

static int
key_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int               c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

/* Equal keys in the order of the text, so that it is the later one which is complained about. */
static int
key_sort_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int               c = key_order(a, b);

	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

static void
scan_keys_unique(struct scan *s, size_t first)
{
	const char *twin = NULL;

	qsort(s->keys + first, s->keys_n - first, sizeof(*s->keys), key_sort_order);
	for (size_t i = first + 1; i < s->keys_n; i++) {
		if (key_order(&s->keys[i - 1], &s->keys[i]) == 0 &&
		    (twin == NULL || s->keys[i].at < twin))
			twin = s->keys[i].at;
	}
	if (twin != NULL) {
		s->at = twin;
		scan_fail(s, "duplicate key");
	}
}

static void
scan_keys_drop(struct scan *s, size_t first)
{
	while (s->keys_n > first)
		json_object_put(s->keys[--s->keys_n].built);
}

/* "\u0061" is "a": what is compared is what json-c will build from it. */
static bool
key_unescape(struct key *key)
{
	struct json_tokener *tokener = json_tokener_new_ex(1);

	must(tokener != NULL);
	key->built = json_tokener_parse_ex(tokener, key->at, (int)key->len + 2);
	json_tokener_free(tokener);
	if (!json_object_is_type(key->built, json_type_string))
		return false;
	key->text = json_object_get_string(key->built);
	key->len = (size_t)json_object_get_string_len(key->built);
	return true;
}

static bool
scan_key(struct scan *s)
{
	const char *from = s->at;
	struct key *key;

	if (!scan_cost(s, MEMBER_COST) || !scan_string(s, true))
		return false;
	if (s->keys_n == s->keys_cap) {
		s->keys_cap = s->keys_cap * 2 + 16;
		s->keys = xrealloc(s->keys, s->keys_cap, sizeof(*s->keys));
	}
	key = &s->keys[s->keys_n++];
	*key = (struct key){ from + 1, (size_t)(s->at - from) - 2, from, NULL };
	if (memchr(key->text, '\\', key->len) != NULL && !key_unescape(key))
		return scan_fail(s, "bad key");
	return true;
}

static void
scan_member(struct scan *s, int depth)
{
	scan_space(s);
	if (!scan_key(s))
		return;
	scan_space(s);
	if (!scan_is(s, ':')) {
		scan_fail(s, "expected ':'");
		return;
	}
	scan_value(s, depth);
}

static void
scan_object(struct scan *s, int depth)
{
	size_t first = s->keys_n;

	breathe();
	scan_space(s);
	if (scan_is(s, '}'))
		return;
	do {
		scan_member(s, depth + 1);
		scan_space(s);
	} while (scan_is(s, ','));
	if (!scan_is(s, '}'))
		scan_fail(s, "expected ',' or '}'");
	if (s->why == NULL)
		scan_keys_unique(s, first);
	scan_keys_drop(s, first);
}

static void
scan_array(struct scan *s, int depth)
{
	scan_space(s);
	if (scan_is(s, ']'))
		return;
	do {
		scan_value(s, depth + 1);
		scan_space(s);
	} while (scan_is(s, ','));
	if (!scan_is(s, ']'))
		scan_fail(s, "expected ',' or ']'");
}

static size_t
value_cost(char first)
{
	if (first == '{')
		return OBJECT_COST;
	return first == '[' ? LIST_COST : VALUE_COST;
}

static void
scan_value(struct scan *s, int depth)
{
	scan_space(s);
	if (s->why != NULL)
		return;
	if (depth > JSON_DEPTH_MAX) {
		scan_fail(s, "nested too deep");
		return;
	}
	if (s->at >= s->end) {
		scan_fail(s, "unexpected end");
		return;
	}
	if (!scan_cost(s, value_cost(*s->at)))
		return;
	switch (*s->at) {
	case '{':
		s->at++;
		scan_object(s, depth);
		return;
	case '[':
		s->at++;
		scan_array(s, depth);
		return;
	case '"': (void)scan_string(s, false); return;
	case 't': (void)scan_word(s, "true"); return;
	case 'f': (void)scan_word(s, "false"); return;
	case 'n': (void)scan_word(s, "null"); return;
	default: (void)scan_number(s); return;
	}
}

static void
scan_place(const struct scan *s, unsigned *ret_line, unsigned *ret_column)
{
	unsigned line = 1, column = 1;

	for (const char *p = s->start; p < s->at && p < s->end; p++) {
		if (((unsigned char)*p & 0xc0) != 0x80) /* columns are characters */
			column++;
		if (*p == '\n') {
			line++;
			column = 1;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

bool
json_scan(const char *text, size_t len, bool *ret_has_wholes, struct err *err)
{
	struct scan s = { .at = text, .start = text, .end = text + len, .code = ERR_BAD_JSON };

	s.cost_max = len * JSON_COST_RATIO > JSON_COST_MAX ? len * JSON_COST_RATIO : JSON_COST_MAX;
	scan_value(&s, 1);
	scan_space(&s);
	if (s.why == NULL && s.at < s.end)
		scan_fail(&s, "text behind the value");
	*ret_has_wholes = s.has_wholes;
	free(s.keys);
	if (s.why != NULL) {
		unsigned line, column;

		scan_place(&s, &line, &column);
		err_set(err, s.code, "line %u, column %u: %s", line, column, s.why);
	}
	return s.why == NULL;
}
