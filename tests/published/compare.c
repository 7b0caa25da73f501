/* SPDX-License-Identifier: Apache-2.0
 * compare.c - bodies compared as their protocol reads them. */
#include "compare.h"

#include <string.h>

#include "providers/aws/xml.h"
#include "util/json.h"

static bool
same_json(const char *got, size_t got_len, const char *want)
{
	struct json_object *a = json_read(got, got_len, NULL);
	struct json_object *b = json_read(want, strlen(want), NULL);
	bool                same = a != NULL && b != NULL && json_same(a, b);

	json_object_put(a);
	json_object_put(b);
	return same;
}

static bool
same_attributes(const struct xml_node *a, const struct xml_node *b)
{
	size_t n = 0, m = 0;

	for (const struct xml_attribute *at = b->attributes; at != NULL; at = at->next)
		m++;
	for (const struct xml_attribute *at = a->attributes; at != NULL; at = at->next, n++) {
		const struct xml_attribute *other = b->attributes;

		while (other != NULL && strcmp(other->name, at->name) != 0)
			other = other->next;
		if (other == NULL || strcmp(other->value, at->value) != 0)
			return false;
	}
	return n == m;
}

/* Bounded by the documents' depth. */
static bool
same_nodes(const struct xml_node *a, const struct xml_node *b)
{
	const struct xml_node *x = a->first, *y = b->first;

	if (strcmp(a->name, b->name) != 0 || !same_attributes(a, b))
		return false;
	if (x == NULL && y == NULL)
		return strcmp(a->text, b->text) == 0 || (strspn(a->text, " \n") == a->text_len &&
							    strspn(b->text, " \n") == b->text_len);
	for (; x != NULL && y != NULL; x = x->next, y = y->next) {
		if (!same_nodes(x, y))
			return false;
	}
	return x == NULL && y == NULL;
}

static bool
same_xml(const char *got, size_t got_len, const char *want)
{
	struct xml_doc *a = xml_read(got, got_len, NULL);
	struct xml_doc *b = xml_read(want, strlen(want), NULL);
	bool            same = a != NULL && b != NULL && same_nodes(xml_root(a), xml_root(b));

	xml_doc_destroy(a);
	xml_doc_destroy(b);
	return same;
}

bool
compare_body(enum aws_protocol protocol, const char *got, size_t got_len, const char *want)
{
	bool same = strlen(want) == got_len && memcmp(got, want, got_len) == 0;

	if (protocol == AWS_JSON || protocol == AWS_REST_JSON)
		return same || same_json(got, got_len, want);
	if (protocol == AWS_REST_XML)
		return same || same_xml(got, got_len, want);
	return same;
}
