/* SPDX-License-Identifier: Apache-2.0
 * template.c - properties are found in the plain text between the references. */
#include "plan/template.h"

#include <string.h>

static bool
is_path_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') ||
	       (!first && ((c >= '0' && c <= '9') || c == '_' || c == '.'));
}

/* How long the "{path}" is that begins here; 0: none does. */
static size_t
property_len(const char *at, const char *end)
{
	size_t n = 1;

	if (*at != '{')
		return 0;
	while (at + n < end && n <= TEMPLATE_PATH_MAX && is_path_char(at[n], n == 1))
		n++;
	return n > 1 && at + n < end && at[n] == '}' ? n + 1 : 0;
}

void
template_walk_init(struct template_walk *walk, struct json_object *string)
{
	*walk = (struct template_walk){ .start = json_object_get_string(string) };
	reference_walk_init(&walk->references, string);
}

static void
take_from_text(struct template_walk *walk, struct template_part *part)
{
	const char *end = walk->at;
	size_t      len = property_len(walk->at, walk->text_end);

	part->text = walk->at;
	if (len > 0) {
		part->kind = TEMPLATE_PROPERTY;
		part->len = len;
		memcpy(part->path, walk->at + 1, len - 2);
		part->path[len - 2] = '\0';
		part->whole = walk->at == walk->start && walk->at + len == walk->references.end;
	} else {
		part->kind = TEMPLATE_TEXT;
		do
			end++;
		while (end < walk->text_end && property_len(end, walk->text_end) == 0);
		part->len = (size_t)(end - walk->at);
		part->whole = false;
	}
	walk->at += part->len;
}

bool
template_next(struct template_walk *walk, struct template_part *part)
{
	if (walk->at == walk->text_end) {
		if (!reference_next(&walk->references, &part->link))
			return false;
		if (part->link.kind != REFERENCE_TEXT) {
			part->kind =
			    part->link.kind == REFERENCE_LINK ? TEMPLATE_LINK : TEMPLATE_BAD;
			part->text = part->link.text;
			part->len = part->link.len;
			part->whole = walk->references.whole;
			return true;
		}
		walk->at = part->link.text;
		walk->text_end = walk->at + part->link.len;
	}
	take_from_text(walk, part);
	return true;
}

bool
template_property(struct json_object *string, struct template_part *part)
{
	struct template_walk walk;

	if (!json_object_is_type(string, json_type_string))
		return false;
	template_walk_init(&walk, string);
	return template_next(&walk, part) && part->kind == TEMPLATE_PROPERTY && part->whole;
}
