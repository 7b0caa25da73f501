/* SPDX-License-Identifier: Apache-2.0
 * xml.c - builds a tree out of expat's events, within bounds. */
#include "providers/aws/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define XML_TEXT_MAX (64 * 1024 * 1024) /* of one element */

struct xml_doc {
	struct arena    *arena;
	struct xml_node *root;
};

struct reader {
	XML_Parser       parser;
	struct xml_doc  *doc;
	struct xml_node *at;   /* the open element */
	struct str       text; /* of the open element, so far */
	size_t           nodes;
	int              depth;
	const char      *why; /* set once: refused by us, not by expat */
};

static void
refuse(struct reader *reader, const char *why)
{
	if (reader->why == NULL)
		reader->why = why;
	XML_StopParser(reader->parser, XML_FALSE);
}

static const char *
local_part(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void
add_attributes(struct reader *reader, struct xml_node *node, const char **pairs)
{
	struct arena *arena = reader->doc->arena;

	for (; pairs[0] != NULL; pairs += 2) {
		struct xml_attribute *attribute = arena_alloc(arena, sizeof(*attribute));

		attribute->name = arena_strdup(arena, pairs[0]);
		attribute->value = arena_strdup(arena, pairs[1]);
		attribute->next = node->attributes;
		node->attributes = attribute;
	}
}

static void
add_node(struct reader *reader, struct xml_node *node)
{
	node->parent = reader->at;
	if (reader->at == NULL)
		reader->doc->root = node;
	else if (reader->at->last == NULL)
		reader->at->first = node;
	else
		reader->at->last->next = node;
	if (reader->at != NULL)
		reader->at->last = node;
	reader->at = node;
}

static void
on_start(void *arg, const char *name, const char **pairs)
{
	struct reader   *reader = arg;
	struct xml_node *node;

	if (reader->why != NULL)
		return;
	if (reader->depth == XML_DEPTH_MAX || reader->nodes == XML_NODES_MAX) {
		refuse(reader, reader->depth == XML_DEPTH_MAX ? "nested too deep" : "too large");
		return;
	}
	reader->depth++;
	reader->nodes++;
	str_clear(&reader->text);
	node = arena_alloc(reader->doc->arena, sizeof(*node));
	node->name = arena_strdup(reader->doc->arena, local_part(name));
	node->text = "";
	add_attributes(reader, node, pairs);
	add_node(reader, node);
}

static void
on_end(void *arg, const char *name)
{
	struct reader   *reader = arg;
	struct xml_node *node = reader->at;

	(void)name;
	if (reader->why != NULL)
		return;
	must(node != NULL);
	if (node->first == NULL && reader->text.len > 0) {
		node->text = arena_strdup(reader->doc->arena, reader->text.data);
		node->text_len = reader->text.len;
	}
	str_clear(&reader->text);
	reader->at = node->parent;
	reader->depth--;
}

static void
on_text(void *arg, const char *text, int len)
{
	struct reader *reader = arg;

	str_add_mem(&reader->text, text, (size_t)len);
	if (reader->text.overflow)
		refuse(reader, "an element is too long");
}

static void
on_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(arg, "it has a document type");
}

static bool
parse(struct reader *reader, const char *text, size_t len, struct err *err)
{
	enum XML_Status status;

	XML_SetUserData(reader->parser, reader);
	XML_SetElementHandler(reader->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
	status = XML_Parse(reader->parser, text, (int)len, XML_TRUE);
	if (status == XML_STATUS_OK && reader->why == NULL)
		return true;
	err_set(err, ERR_PROVIDER, "not XML we can read: %s (line %lu)",
	    reader->why != NULL ? reader->why : XML_ErrorString(XML_GetErrorCode(reader->parser)),
	    XML_GetCurrentLineNumber(reader->parser));
	return false;
}

struct xml_doc *
xml_read(const char *text, size_t len, struct err *err)
{
	struct reader reader = { .doc = xcalloc(1, sizeof(*reader.doc)) };

	reader.doc->arena = arena_create();
	str_init(&reader.text, XML_TEXT_MAX);
	reader.parser = XML_ParserCreate("UTF-8");
	must(reader.parser != NULL);
	if (len > XML_TEXT_MAX || !parse(&reader, text, len, err)) {
		if (len > XML_TEXT_MAX)
			err_set(err, ERR_PROVIDER, "not XML we can read: too long");
		xml_doc_destroy(reader.doc);
		reader.doc = NULL;
	}
	XML_ParserFree(reader.parser);
	str_fini(&reader.text);
	return reader.doc;
}

void
xml_doc_destroy(struct xml_doc *doc)
{
	if (doc == NULL)
		return;
	arena_destroy(doc->arena);
	free(doc);
}

const struct xml_node *
xml_root(const struct xml_doc *doc)
{
	return doc->root;
}

const struct xml_node *
xml_from(const struct xml_node *node, const char *name)
{
	while (node != NULL && strcmp(node->name, name) != 0)
		node = node->next;
	return node;
}

const struct xml_node *
xml_child(const struct xml_node *node, const char *name)
{
	return node != NULL ? xml_from(node->first, name) : NULL;
}

const char *
xml_attribute(const struct xml_node *node, const char *name)
{
	for (const struct xml_attribute *a = node->attributes; a != NULL; a = a->next) {
		if (strcmp(a->name, name) == 0 ||
		    strcmp(local_part(a->name), local_part(name)) == 0)
			return a->value;
	}
	return NULL;
}

bool
xml_add_text(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (text[i]) {
		case '<': str_add(out, "&lt;"); break;
		case '>': str_add(out, "&gt;"); break;
		case '&': str_add(out, "&amp;"); break;
		case '"': str_add(out, "&quot;"); break;
		case '\r': str_add(out, "&#xD;"); break; /* a reader would make it a \n */
		case '\n': str_add(out, "&#xA;"); break; /* and that a space in an attribute */
		case '\t': str_add(out, "&#x9;"); break;
		default:
			if ((unsigned char)text[i] < 0x20)
				return false;
			str_add_char(out, text[i]);
		}
	}
	return true;
}
