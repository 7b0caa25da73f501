/* SPDX-License-Identifier: Apache-2.0
 * json.c - reading, comparing and looking into JSON.
 *
 * json-c's strict mode still accepts single quotes, NaN, Infinity, control characters, lone surrogates
 * and overlong UTF-8, clamps big integers and keeps the last of two equal keys. So the text is first
 * walked by a small RFC 8259 scanner that only says yes or "no, at line and column"; json-c then
 * builds. */
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/clock_text.h"
#include "util/mem.h"

#define NUMBER_TEXT_SIZE 512 /* longer ones are refused */

/* ---- the scanner ---- */

struct scan {
	const char *at, *end, *start;
	const char *why; /* set once, at the first problem */
	struct key {
		const char         *text; /* between the quotes, or of `built` */
		size_t              len;
		const char         *at;    /* its opening quote */
		struct json_object *built; /* of a key that is written with escapes; else NULL */
	} * keys; /* of all objects that are open; each object owns a tail of it */
	size_t keys_n, keys_cap;
};

static void scan_value(struct scan *s, int depth);

static bool
scan_fail(struct scan *s, const char *why)
{
	if (s->why == NULL)
		s->why = why;
	return false;
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

/* At a byte that is not ASCII: one character of well-formed UTF-8 (Unicode, table 3-7). */
static bool
scan_utf8(struct scan *s)
{
	static const struct {
		unsigned char first, last; /* of the leading byte */
		unsigned char low, high;   /* of the byte behind it */
		unsigned char more;        /* bytes behind the leading one */
	} rows[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 1 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 2 },
		{ 0xe1, 0xec, 0x80, 0xbf, 2 },
		{ 0xed, 0xed, 0x80, 0x9f, 2 },
		{ 0xee, 0xef, 0x80, 0xbf, 2 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 3 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 3 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
	};
	const unsigned char *in = (const unsigned char *)s->at;
	size_t               row = 0, left = (size_t)(s->end - s->at);

	while (row < array_len(rows) && (in[0] < rows[row].first || in[0] > rows[row].last))
		row++;
	if (row == array_len(rows) || left <= rows[row].more || in[1] < rows[row].low ||
	    in[1] > rows[row].high)
		return scan_fail(s, "invalid UTF-8");
	for (size_t i = 2; i <= rows[row].more; i++) {
		if (in[i] < 0x80 || in[i] > 0xbf)
			return scan_fail(s, "invalid UTF-8");
	}
	s->at += 1 + rows[row].more;
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

	if (fits) {
		memcpy(text, from, len);
		text[len] = '\0';
		errno = 0;
		if (whole)
			(void)strtoll(text, NULL, 10);
		fits = errno == 0 && isfinite(strtod(text, NULL));
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

	if (!scan_string(s, true))
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

static bool
scan_text(const char *text, size_t len, struct err *err)
{
	struct scan s = { .at = text, .start = text, .end = text + len };

	scan_value(&s, 1);
	scan_space(&s);
	if (s.why == NULL && s.at < s.end)
		scan_fail(&s, "text behind the value");
	free(s.keys);
	if (s.why != NULL) {
		unsigned line, column;

		scan_place(&s, &line, &column);
		err_set(err, ERR_BAD_JSON, "line %u, column %u: %s", line, column, s.why);
	}
	return s.why == NULL;
}

/* ---- reading ---- */

struct json_object *
json_read(const char *text, size_t len, struct err *err)
{
	struct json_tokener *tokener;
	struct json_object  *json;

	if (len > INT32_MAX / 2) {
		err_set(err, ERR_BAD_JSON, "too long");
		return NULL;
	}
	if (!scan_text(text, len, err))
		return NULL;
	tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
	must(tokener != NULL);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json = json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		json = json_tokener_parse_ex(tokener, "", -1); /* a bare number wants an end */
	if (json == NULL && json_tokener_get_error(tokener) != json_tokener_success)
		err_set(err, ERR_BAD_JSON, "%s",
		    json_tokener_error_desc(json_tokener_get_error(tokener)));
	else if (json == NULL)
		err_set(err, ERR_BAD_JSON, "null is not a document");
	json_tokener_free(tokener);
	return json;
}

struct json_object *
json_read_file(const char *path, size_t max, struct err *err)
{
	struct json_object *json = NULL;
	struct stat         st;
	char               *text = NULL;
	ssize_t             got;
	int                 fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		err_set(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
		goto out;
	}
	if ((size_t)st.st_size > max) {
		err_set(err, ERR_TOO_LARGE, "%s: more than %zu bytes", path, max);
		goto out;
	}
	text = xmalloc((size_t)st.st_size + 1);
	got = read(fd, text, (size_t)st.st_size);
	if (got < 0) {
		err_set(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
		goto out;
	}
	json = json_read(text, (size_t)got, err);
	if (json == NULL && err != NULL) {
		struct err inner = *err;

		err_set(err, inner.code, "%s: %.300s", path, inner.detail);
	}
out:
	free(text);
	if (fd >= 0)
		close(fd);
	return json;
}

/* ---- printing ---- */

#define PRINT_FLAGS (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

const char *
json_text(struct json_object *json)
{
	return json_object_to_json_string_ext(json, PRINT_FLAGS);
}

const char *
json_text_len(struct json_object *json, size_t *ret_len)
{
	return json_object_to_json_string_length(json, PRINT_FLAGS, ret_len);
}

/* A whole number that an int64 can hold. */
static bool
is_int64(double value)
{
	return value == floor(value) && value >= -0x1p63 && value < 0x1p63;
}

static int
member_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
canonical_object(struct json_object *json, struct str *out)
{
	size_t       n = 0, count = (size_t)json_object_object_length(json);
	const char **keys = xcalloc(count, sizeof(*keys));

	json_object_object_foreach (json, key, value) {
		(void)value;
		keys[n++] = key;
	}
	qsort(keys, n, sizeof(*keys), member_order);
	str_add_char(out, '{');
	for (size_t i = 0; i < n; i++) {
		struct json_object *name = json_object_new_string(keys[i]);

		if (i > 0)
			str_add_char(out, ',');
		str_add(out, json_text(name));
		str_add_char(out, ':');
		json_canonical(json_object_object_get(json, keys[i]), out);
		json_object_put(name);
	}
	str_add_char(out, '}');
	free(keys);
}

void
json_canonical(struct json_object *json, struct str *out)
{
	switch (json_object_get_type(json)) {
	case json_type_object: canonical_object(json, out); return;
	case json_type_array:
		str_add_char(out, '[');
		for (size_t i = 0; i < json_object_array_length(json); i++) {
			if (i > 0)
				str_add_char(out, ',');
			json_canonical(json_object_array_get_idx(json, i), out);
		}
		str_add_char(out, ']');
		return;
	case json_type_double: {
		double value = json_object_get_double(json);

		if (is_int64(value))
			str_addf(out, "%" PRId64, (int64_t)value);
		else
			str_addf(out, "%.17g", value);
		return;
	}
	case json_type_null:
	case json_type_boolean:
	case json_type_int:
	case json_type_string: str_add(out, json_text(json)); return;
	}
	must(!"unreachable");
}

/* ---- comparing ---- */

static bool
same_object(struct json_object *a, struct json_object *b)
{
	if (json_object_object_length(a) != json_object_object_length(b))
		return false;
	json_object_object_foreach (a, key, value) {
		struct json_object *other;

		if (!json_object_object_get_ex(b, key, &other) || !json_same(value, other))
			return false;
	}
	return true;
}

static bool
same_array(struct json_object *a, struct json_object *b)
{
	size_t n = json_object_array_length(a);

	if (n != json_object_array_length(b))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!json_same(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
			return false;
	}
	return true;
}

static bool
is_number(struct json_object *json)
{
	return json_object_is_type(json, json_type_int) ||
	       json_object_is_type(json, json_type_double);
}

/* Exact: not every int64 is a double. */
static bool
same_number(struct json_object *whole, struct json_object *real)
{
	double value = json_object_get_double(real);

	return is_int64(value) && (int64_t)value == json_object_get_int64(whole);
}

bool
json_same(struct json_object *a, struct json_object *b)
{
	if (is_number(a) && is_number(b) && json_object_get_type(a) != json_object_get_type(b))
		return json_object_is_type(a, json_type_int) ? same_number(a, b)
							     : same_number(b, a);
	if (json_object_get_type(a) != json_object_get_type(b))
		return false;
	if (json_object_is_type(a, json_type_object))
		return same_object(a, b);
	if (json_object_is_type(a, json_type_array))
		return same_array(a, b);
	return json_object_equal(a, b) == 1;
}

struct json_object *
json_copy(struct json_object *json)
{
	struct json_object *copy = NULL;

	if (json != NULL)
		must(json_object_deep_copy(json, &copy, NULL) == 0);
	return copy;
}

/* ---- looking ---- */

static struct json_object *
get_typed(struct json_object *obj, const char *key, enum json_type type)
{
	struct json_object *value = json_get(obj, key);

	return value != NULL && json_object_is_type(value, type) ? value : NULL;
}

struct json_object *
json_get(struct json_object *obj, const char *key)
{
	struct json_object *value = NULL;

	if (obj == NULL || !json_object_is_type(obj, json_type_object))
		return NULL;
	json_object_object_get_ex(obj, key, &value);
	return value;
}

bool
json_has(struct json_object *obj, const char *key)
{
	return obj != NULL && json_object_is_type(obj, json_type_object) &&
	       json_object_object_get_ex(obj, key, NULL);
}

struct json_object *
json_get_object(struct json_object *obj, const char *key)
{
	return get_typed(obj, key, json_type_object);
}

struct json_object *
json_get_array(struct json_object *obj, const char *key)
{
	return get_typed(obj, key, json_type_array);
}

const char *
json_get_str(struct json_object *obj, const char *key)
{
	struct json_object *value = get_typed(obj, key, json_type_string);

	return value != NULL ? json_object_get_string(value) : NULL;
}

int64_t
json_get_i64(struct json_object *obj, const char *key, int64_t otherwise)
{
	struct json_object *value = get_typed(obj, key, json_type_int);

	return value != NULL ? json_object_get_int64(value) : otherwise;
}

bool
json_get_bool(struct json_object *obj, const char *key, bool otherwise)
{
	struct json_object *value = get_typed(obj, key, json_type_boolean);

	return value != NULL ? json_object_get_boolean(value) : otherwise;
}

void
json_set(struct json_object *obj, const char *key, struct json_object *value)
{
	must(json_object_object_add(obj, key, value) == 0);
}

void
json_set_str(struct json_object *obj, const char *key, const char *value)
{
	if (value != NULL)
		json_set(obj, key, json_object_new_string(value));
}

void
json_set_i64(struct json_object *obj, const char *key, int64_t value)
{
	json_set(obj, key, json_object_new_int64(value));
}

void
json_set_bool(struct json_object *obj, const char *key, bool value)
{
	json_set(obj, key, json_object_new_boolean(value));
}

void
json_set_time(struct json_object *obj, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_SIZE];

	if (wall_ms != 0)
		json_set_str(obj, key, clock_text(text, wall_ms));
}

struct json_object *
json_path(struct json_object *json, const char *path)
{
	char step[128];

	while (json != NULL && *path != '\0') {
		size_t   len = strcspn(path, ".");
		uint64_t index;

		if (len >= sizeof(step))
			return NULL;
		memcpy(step, path, len);
		step[len] = '\0';
		path += len + (path[len] == '.');
		if (!json_object_is_type(json, json_type_array))
			json = json_get(json, step);
		else if (str_to_u64(step, &index) && index < json_object_array_length(json))
			json = json_object_array_get_idx(json, index);
		else
			return NULL;
	}
	return json;
}

void
json_pointer_add(struct str *pointer, const char *key)
{
	str_add_char(pointer, '/');
	for (; *key != '\0'; key++) {
		if (*key == '~')
			str_add(pointer, "~0");
		else if (*key == '/')
			str_add(pointer, "~1");
		else
			str_add_char(pointer, *key);
	}
}

void
json_pointer_add_index(struct str *pointer, size_t index)
{
	str_addf(pointer, "/%zu", index);
}
