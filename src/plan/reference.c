/* SPDX-License-Identifier: Apache-2.0
 * reference.c - finding references in properties, and putting values in their place. */
#include "plan/reference.h"

#include <string.h>

#include "plan/spec.h"
#include "provider/unseal.h"
#include "util/json.h"

#define RESOLVED_TEXT_MAX (4 * 1024 * 1024)

/* ---- the parts of one string ---- */

static bool
is_id_char(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (!first && (c == '_' || c == '-'));
}

/* "resource" or "resource.output", all of it. */
static bool
parse_link(struct reference_part *part, const char *text, size_t len)
{
	size_t id = 0, output;

	while (id < len && is_id_char(text[id], id == 0))
		id++;
	if (id == 0 || id > REFERENCE_ID_MAX)
		return false;
	output = id < len ? len - id - 1 : 0;
	if (id < len && (text[id] != '.' || output == 0 || output > REFERENCE_OUTPUT_MAX))
		return false;
	for (size_t i = len - output; i < len; i++) {
		if (!is_id_char(text[i], false) && text[i] != '.')
			return false;
	}
	memcpy(part->id, text, id);
	part->id[id] = '\0';
	memcpy(part->output, text + len - output, output);
	part->output[output] = '\0';
	return true;
}

bool
reference_parse(const char *text, struct reference_part *part)
{
	part->kind = REFERENCE_LINK;
	return parse_link(part, text, strlen(text));
}

void
reference_walk_init(struct reference_walk *walk, struct json_object *string)
{
	const char           *text = json_object_get_string(string);
	size_t                len = (size_t)json_object_get_string_len(string);
	struct reference_part part;

	*walk = (struct reference_walk){ .at = text, .end = text + len };
	if (len < 2 || text[0] != '@')
		return;
	walk->whole = parse_link(&part, text + 1, len - 1);
	if (text[1] == '@' && !(len > 2 && text[2] == '{')) {
		walk->at++;
		walk->escaped = true;
	}
}

/* The next "@{" or "@@{", or the end. */
static const char *
next_mark(const char *at, const char *end)
{
	while (at < end && (at = memchr(at, '@', (size_t)(end - at))) != NULL) {
		const char *brace = end - at > 1 && at[1] == '@' ? at + 2 : at + 1;

		if (brace < end && *brace == '{')
			return at;
		at++;
	}
	return end;
}

static void
take_text(struct reference_walk *walk, struct reference_part *part, const char *end)
{
	part->kind = REFERENCE_TEXT;
	part->text = walk->at;
	part->len = (size_t)(end - walk->at);
	walk->at = end;
}

bool
reference_next(struct reference_walk *walk, struct reference_part *part)
{
	const char *mark, *close;

	if (walk->at == walk->end)
		return false;
	part->text = walk->at;
	part->len = (size_t)(walk->end - walk->at);
	if (walk->whole) {
		part->kind = REFERENCE_LINK;
		must(parse_link(part, walk->at + 1, part->len - 1));
		walk->at = walk->end;
		return true;
	}
	mark = next_mark(walk->at, walk->end);
	if (mark > walk->at) {
		take_text(walk, part, mark);
		return true;
	}
	if (mark[1] == '@') {
		walk->at++; /* the text is the "@{" behind the first "@" */
		walk->escaped = true;
		take_text(walk, part, mark + 3);
		return true;
	}
	close = memchr(mark, '}', (size_t)(walk->end - mark));
	part->kind = REFERENCE_BAD;
	if (close != NULL) {
		part->len = (size_t)(close + 1 - mark);
		if (parse_link(part, mark + 2, (size_t)(close - mark) - 2))
			part->kind = REFERENCE_LINK;
	}
	walk->at += part->len;
	return true;
}

bool
spec_is_reference(struct json_object *value)
{
	struct reference_walk walk;
	struct reference_part part;

	if (!json_object_is_type(value, json_type_string))
		return false;
	reference_walk_init(&walk, value);
	while (reference_next(&walk, &part)) {
		if (part.kind == REFERENCE_LINK)
			return true;
	}
	return false;
}

/* ---- writing a string ---- */

void
reference_add_text(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '{' && out->len > 0 && out->data[out->len - 1] == '@')
			str_add_char(out, '@'); /* "@@{" is a plain "@{" */
		str_add_char(out, text[i]);
	}
}

bool
reference_add_link(struct str *out, const char *id, const char *output)
{
	bool clear = out->len == 0 || out->data[out->len - 1] != '@';

	str_addf(out, "@{%s%s%s}", id, output[0] != '\0' ? "." : "", output);
	return clear;
}

bool
reference_add_string(struct str *out, struct json_object *string)
{
	struct reference_walk walk;
	struct reference_part part;
	bool                  good = true;

	reference_walk_init(&walk, string);
	while (reference_next(&walk, &part)) {
		if (part.kind == REFERENCE_LINK)
			good = reference_add_link(out, part.id, part.output) && good;
		else if (part.kind == REFERENCE_BAD)
			str_add_mem(out, part.text, part.len); /* told of later */
		else
			reference_add_text(out, part.text, part.len);
	}
	return good;
}

/* A plain '@' at the very start is doubled, but where it is so already, in "@@{". */
struct json_object *
reference_end(const struct str *out)
{
	const char         *text = out->data;
	bool                marked = str_starts(text, "@{") || str_starts(text, "@@{");
	struct str          whole;
	struct json_object *string;

	if (text[0] != '@' || marked)
		return json_object_new_string_len(text, (int)out->len);
	str_init(&whole, out->len + 2);
	str_add_char(&whole, '@');
	str_add_mem(&whole, text, out->len);
	string = json_object_new_string_len(whole.data, (int)whole.len);
	str_fini(&whole);
	return string;
}

/* ---- a whole value ---- */

static bool
each_in_string(struct json_object *string, struct str *pointer, reference_seen *seen, void *arg)
{
	struct reference_walk walk;
	struct reference_part part;

	reference_walk_init(&walk, string);
	while (reference_next(&walk, &part)) {
		if (part.kind != REFERENCE_TEXT)
			seen(arg, &part, pointer->data);
	}
	return walk.escaped;
}

/* As deep as JSON is at most (JSON_DEPTH_MAX). */
bool
reference_each(struct json_object *value, struct str *pointer, reference_seen *seen, void *arg)
{
	size_t len = pointer->len;
	bool   escaped = false;

	if (json_object_is_type(value, json_type_string))
		return each_in_string(value, pointer, seen, arg);
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++) {
			json_pointer_add_index(pointer, i);
			escaped |=
			    reference_each(json_object_array_get_idx(value, i), pointer, seen, arg);
			str_cut(pointer, len);
		}
	}
	if (json_object_is_type(value, json_type_object) && !is_sealed(value)) {
		json_object_object_foreach (value, key, member) {
			json_pointer_add(pointer, key);
			escaped |= reference_each(member, pointer, seen, arg);
			str_cut(pointer, len);
		}
	}
	return escaped;
}

/* A string with links within: their outputs as text. It stays whole when one is missing. */
static struct json_object *
replace_parts(struct json_object *string, reference_look *look, void *arg, size_t *missing)
{
	struct reference_walk walk;
	struct reference_part part;
	struct json_object   *result;
	struct str            text;
	size_t                before = *missing;

	str_init(&text, RESOLVED_TEXT_MAX);
	reference_walk_init(&walk, string);
	while (reference_next(&walk, &part)) {
		struct json_object *value;

		if (part.kind != REFERENCE_LINK) {
			str_add_mem(&text, part.text, part.len);
			continue;
		}
		value = look(arg, &part);
		if (value == NULL)
			++*missing;
		else if (json_object_is_type(value, json_type_string))
			str_add_mem(&text, json_object_get_string(value),
			    (size_t)json_object_get_string_len(value));
		else
			str_add(&text, json_text(value));
	}
	if (text.overflow)
		++*missing;
	result = *missing > before ? json_object_get(string)
				   : json_object_new_string_len(text.data, (int)text.len);
	str_fini(&text);
	return result;
}

struct replacing {
	reference_look *look;
	void           *arg;
	size_t         *missing;
};

static struct json_object *
replace_string(struct json_object *string, void *arg)
{
	struct replacing     *r = arg;
	struct reference_walk walk;
	struct reference_part part;
	struct json_object   *value;

	reference_walk_init(&walk, string);
	if (!walk.whole)
		return replace_parts(string, r->look, r->arg, r->missing);
	must(reference_next(&walk, &part));
	value = r->look(r->arg, &part);
	if (value != NULL)
		return json_copy(value);
	++*r->missing;
	return json_object_get(string);
}

/* A copy, but for its strings. */
static struct json_object *
map_strings(
    struct json_object *value, struct json_object *(*map)(struct json_object *, void *), void *arg)
{
	struct json_object *copy;

	if (json_object_is_type(value, json_type_string))
		return map(value, arg);
	if (json_object_is_type(value, json_type_array)) {
		copy = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(value); i++)
			json_object_array_add(
			    copy, map_strings(json_object_array_get_idx(value, i), map, arg));
		return copy;
	}
	if (!json_object_is_type(value, json_type_object) || is_sealed(value))
		return json_copy(value);
	copy = json_object_new_object();
	json_object_object_foreach (value, key, member)
		json_set(copy, key, map_strings(member, map, arg));
	return copy;
}

struct json_object *
reference_replace(struct json_object *value, reference_look *look, void *arg, size_t *missing)
{
	return map_strings(value, replace_string, &(struct replacing){ look, arg, missing });
}

struct renaming {
	reference_name *name;
	void           *arg;
};

static struct json_object *
rename_string(struct json_object *string, void *arg)
{
	struct renaming      *r = arg;
	struct reference_walk walk;
	struct reference_part part;
	struct json_object   *result;
	struct str            text;
	bool                  good = true;

	str_init(&text, RESOLVED_TEXT_MAX);
	reference_walk_init(&walk, string);
	while (reference_next(&walk, &part)) {
		if (part.kind != REFERENCE_LINK) {
			reference_add_text(&text, part.text, part.len);
			continue;
		}
		r->name(r->arg, &part);
		if (walk.whole)
			str_addf(&text, "@%s%s%s", part.id, part.output[0] != '\0' ? "." : "",
			    part.output);
		else
			good = reference_add_link(&text, part.id, part.output) && good;
	}
	if (walk.whole)
		result = json_object_new_string_len(text.data, (int)text.len);
	else
		result = good && !text.overflow ? reference_end(&text) : json_object_get(string);
	str_fini(&text);
	return result;
}

struct json_object *
reference_rename(struct json_object *value, reference_name *name, void *arg)
{
	return map_strings(value, rename_string, &(struct renaming){ name, arg });
}
