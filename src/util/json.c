/* SPDX-License-Identifier: Apache-2.0
 * json.c - reading, printing and looking into JSON. */
#include "util/breath.h"
#include "util/json.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/printbuf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/clock_text.h"
#include "util/json_scan.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/utf8.h"

/* ---- reading ---- */

#define FEW   64                 /* members or items, of which each may hold much */
#define PIECE ((size_t)16 << 10) /* of a text, that is read at once */

#define WHOLE_LIMIT 0x1p53 /* below it every whole number is a double */

/* No piece ends in the midst of a character: json-c would take it for a broken one. What is left is what was not taken. */
static struct json_object *
parse_by_pieces(struct json_tokener *tokener, const char **text, size_t *len)
{
	struct json_object *json;

	do {
		size_t n = *len < PIECE ? *len : PIECE;

		while (n < *len && ((unsigned char)(*text)[n] & 0xc0) == 0x80)
			n++;
		json = json_tokener_parse_ex(tokener, *text, (int)n);
		if (json_tokener_get_error(tokener) != json_tokener_continue)
			n = json_tokener_get_parse_end(tokener);
		*text += n;
		*len -= n;
		breathe();
	} while (*len > 0 && json_tokener_get_error(tokener) == json_tokener_continue);
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		json = json_tokener_parse_ex(tokener, "", -1); /* a bare number wants an end */
	return json;
}

bool
json_is_whole(double value)
{
	return value == floor(value) && fabs(value) < WHOLE_LIMIT;
}

/* The value itself, or what takes its place; the reference is taken over. */
static struct json_object *
with_wholes(struct json_object *json)
{
	struct json_object *now;
	double              value;

	if (json_object_is_type(json, json_type_object)) {
		breathe();
		json_object_object_foreach (json, key, member) {
			now = with_wholes(json_object_get(member));
			if (now != member)
				json_set(json, key, now);
			else
				json_object_put(now);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++) {
			now = with_wholes(json_object_get(json_object_array_get_idx(json, i)));
			must(json_object_array_put_idx(json, i, now) == 0);
		}
	} else if (json_object_is_type(json, json_type_double)) {
		value = json_object_get_double(json);
		if (!json_is_whole(value))
			return json;
		json_object_put(json);
		return json_object_new_int64((int64_t)value);
	}
	return json;
}

static size_t
space_len(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && strchr(" \t\r\n", text[n]) != NULL)
		n++;
	return n;
}

/* Of a text that is JSON. Where json-c 0.16 gets no memory it stops, and says that all went well: what it returns is then
 * some part that it was at, or NULL, as for the word null. */
static struct json_object *
parse(struct json_tokener *tokener, const char *text, size_t len, struct err *err)
{
	bool                    is_null = text[space_len(text, len)] == 'n';
	struct json_object     *json = parse_by_pieces(tokener, &text, &len);
	enum json_tokener_error error = json_tokener_get_error(tokener);

	if (error == json_tokener_success && space_len(text, len) == len && json != NULL)
		return json;
	if (error != json_tokener_success)
		err_set(err, ERR_BAD_JSON, "%s", json_tokener_error_desc(error));
	else if (is_null)
		err_set(err, ERR_INVALID_REQUEST, "null is not a document");
	else
		err_set(err, ERR_NO_ROOM, "there is no memory for so many values");
	json_object_put(json);
	return NULL;
}

struct json_object *
json_read(const char *text, size_t len, struct err *err)
{
	struct json_tokener *tokener;
	struct json_object  *json;
	bool                 has_wholes;

	if (len > INT32_MAX / 2) {
		err_set(err, ERR_BAD_JSON, "too long");
		return NULL;
	}
	if (!json_scan(text, len, &has_wholes, err))
		return NULL;
	tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
	must(tokener != NULL);
	/* Every string goes through this buffer, also a secret. It has room for any, so it never moves. */
	must(printbuf_memset(tokener->pb, 0, 0, (int)len + 1) == 0);
	printbuf_reset(tokener->pb);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json = parse(tokener, text, len, err);
	secret_wipe(tokener->pb->buf, (size_t)tokener->pb->size);
	json_tokener_free(tokener);
	return has_wholes ? with_wholes(json) : json;
}

struct json_object *
json_read_file(const char *path, size_t max, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return json_read_open(fd, path, max, err);
	err_set(err, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
	return NULL;
}

struct json_object *
json_read_open(int fd, const char *path, size_t max, struct err *err)
{
	struct json_object *json = NULL;
	struct stat         st;
	char               *text = NULL;
	ssize_t             got;

	if (fstat(fd, &st) < 0) {
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

/* ---- the end ---- */

/* Who holds a child as well keeps it alive while its parent goes; so all go one by one, whoever else holds any of them. */
static void
put_children(struct json_object *const *children, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (n > FEW) {
			json_object_put(children[i]);
			breathe();
		} else {
			json_put(children[i]);
		}
	}
}

void
json_put(struct json_object *json)
{
	size_t               n = 0;
	struct json_object **children;

	if (json_object_is_type(json, json_type_object)) {
		children =
		    xcalloc((size_t)json_object_object_length(json), sizeof(struct json_object *));
		json_object_object_foreach (json, key, member) {
			(void)key;
			children[n++] = json_object_get(member);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		children = xcalloc(json_object_array_length(json), sizeof(struct json_object *));
		for (; n < json_object_array_length(json); n++)
			children[n] = json_object_get(json_object_array_get_idx(json, n));
	} else {
		json_object_put(json);
		return;
	}
	json_object_put(json);
	put_children(children, n);
	free(children);
}

void
json_wipe(struct json_object *json)
{
	if (json_object_is_type(json, json_type_string)) {
		/* json-c has no way to give its buffer back wiped; the text is ours alone. */
		secret_wipe((char *)(uintptr_t)json_object_get_string(json),
		    (size_t)json_object_get_string_len(json));
	} else if (json_object_is_type(json, json_type_object)) {
		breathe();
		json_object_object_foreach (json, key, member) {
			(void)key;
			json_wipe(member);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++)
			json_wipe(json_object_array_get_idx(json, i));
	}
}

/* ---- text from outside ---- */

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD; three bytes for one */

static struct json_object *
mended_string(const char *text, size_t len)
{
	struct json_object *json;
	struct str          mended;

	str_init(&mended, 3 * len);
	for (size_t at = 0; at < len; at++) {
		size_t good = utf8_len(text + at, len - at);

		str_add_mem(&mended, text + at, good);
		at += good;
		if (at < len)
			str_add(&mended, REPLACEMENT);
	}
	json = json_object_new_string_len(mended.data, (int)mended.len);
	str_fini(&mended);
	return json;
}

struct json_object *
json_string(const char *text, size_t len)
{
	must(len <= INT32_MAX / 3);
	if (utf8_len(text, len) < len)
		return mended_string(text, len);
	return json_object_new_string_len(text, (int)len);
}

static int
copy_one(struct json_object *json, struct json_object *parent, const char *key, size_t index,
    struct json_object **ret_copy)
{
	breathe();
	return json_c_shallow_copy_default(json, parent, key, index, ret_copy);
}

struct json_object *
json_copy(struct json_object *json)
{
	struct json_object *copy = NULL;

	if (json != NULL)
		must(json_object_deep_copy(json, &copy, copy_one) == 0);
	return copy;
}

bool
json_fits_at(struct json_object *json, int depth)
{
	bool fits = depth <= JSON_DEPTH_MAX;

	if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach (json, key, value) {
			(void)key;
			fits = fits && json_fits_at(value, depth + 1);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; fits && i < json_object_array_length(json); i++)
			fits = json_fits_at(json_object_array_get_idx(json, i), depth + 1);
	}
	return fits;
}

/* A table is looked up fastest with some room in it, and grows by itself when it is two thirds full: so much that it
 * must not be while it is moved, for then json-c 0.16 loses count of its size. */
static void
pack_object(struct json_object *json)
{
	int n = json_object_object_length(json);

	breathe();
	must(lh_table_resize(json_object_get_object(json), 2 * n + 1) == 0);
	json_object_object_foreach (json, key, value) {
		(void)key;
		json_pack(value);
	}
}

void
json_pack(struct json_object *json)
{
	if (json_object_is_type(json, json_type_object)) {
		pack_object(json);
	} else if (json_object_is_type(json, json_type_array)) {
		must(json_object_array_shrink(json, 0) == 0);
		for (size_t i = 0; i < json_object_array_length(json); i++)
			json_pack(json_object_array_get_idx(json, i));
	}
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
		json_set(obj, key, json_string(value, strlen(value)));
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

char *
json_pointer_name(const char *step)
{
	char *name = xstrdup(step), *to = name;

	for (const char *from = name; *from != '\0'; from++) {
		bool escaped = *from == '~' && (from[1] == '0' || from[1] == '1');

		*to++ = !escaped ? *from : *++from == '1' ? '/' : '~';
	}
	*to = '\0';
	return name;
}
