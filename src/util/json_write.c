/* SPDX-License-Identifier: Apache-2.0
 * json_write.c - JSON as text, straight into a string: json-c keeps what it prints, can't be made to wipe it, and prints at one go. */
#include "util/breath.h"
#include "util/json.h"

#include <string.h>

#include "util/utf8.h"

#define TEXT_MAX    ((size_t)INT32_MAX)
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* How many bytes from here stand in JSON as they are. */
static size_t
plain_len(const char *text)
{
	size_t at = 0, n;

	do {
		unsigned char c = (unsigned char)text[at];

		if (c >= 0x80)
			n = utf8_char(text + at, UTF8_CHAR_MAX); /* reads no further than the NUL */
		else
			n = c >= 0x20 && c != '"' && c != '\\';
		at += n;
	} while (n > 0);
	return at;
}

/* What may not stand in a string as it is. */
static void
add_escaped(struct str *out, unsigned char c)
{
	static const char named[0x20] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'
	};

	if (c >= 0x20)
		str_addf(out, "\\%c", c);
	else if (named[c] != '\0')
		str_addf(out, "\\%c", named[c]);
	else
		str_addf(out, "\\u%04x", c);
}

static void
add_string(struct str *out, const char *text, size_t len)
{
	const char *end = text + len;

	str_add_char(out, '"');
	for (;; text++) {
		size_t        plain = plain_len(text);
		unsigned char c = (unsigned char)text[plain];

		str_add_mem(out, text, plain);
		text += plain;
		if (text == end)
			break;
		if (c >= 0x80)
			str_add(out, REPLACEMENT);
		else
			add_escaped(out, c);
	}
	str_add_char(out, '"');
}

void
json_add_string(struct str *out, const char *text)
{
	add_string(out, text, strlen(text));
}

static void
add_object(struct str *out, struct json_object *json)
{
	const char *between = "";

	breathe();
	str_add_char(out, '{');
	json_object_object_foreach (json, key, member) {
		str_add(out, between);
		json_add_string(out, key);
		str_add_char(out, ':');
		json_add(out, member);
		between = ",";
	}
	str_add_char(out, '}');
}

void
json_add(struct str *out, struct json_object *json)
{
	const char *between = "";

	switch (json_object_get_type(json)) {
	case json_type_object: add_object(out, json); return;
	case json_type_array:
		str_add_char(out, '[');
		for (size_t i = 0; i < json_object_array_length(json); i++) {
			str_add(out, between);
			json_add(out, json_object_array_get_idx(json, i));
			between = ",";
		}
		str_add_char(out, ']');
		return;
	case json_type_string:
		add_string(
		    out, json_object_get_string(json), (size_t)json_object_get_string_len(json));
		return;
	case json_type_null: str_add(out, "null"); return;
	case json_type_boolean:
	case json_type_double:
	case json_type_int: str_add(out, json_text(json)); return;
	}
	must(!"unreachable");
}

char *
json_text_take(struct json_object *json, size_t *ret_len)
{
	struct str text;

	str_init(&text, TEXT_MAX);
	text.is_plain = true;
	json_add(&text, json);
	must(!text.overflow);
	*ret_len = text.len;
	return str_take(&text);
}
