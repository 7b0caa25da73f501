/* SPDX-License-Identifier: Apache-2.0
 *
 * xml.h - a small XML document as a tree, and text made safe for XML.
 *
 * Read by expat. What AWS never sends is refused: a document type, elements nested too deep, more
 * elements than any answer has. Names are kept without their namespace prefix.
 */
#ifndef AWS_XML_H
#define AWS_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"
#include "util/str.h"

#define XML_DEPTH_MAX 64
#define XML_NODES_MAX 1000000

struct xml_attribute {
	struct xml_attribute *next;
	const char           *name; /* as written, prefix and all */
	const char           *value;
};

struct xml_node {
	struct xml_node      *parent, *first, *last, *next;
	struct xml_attribute *attributes;
	const char           *name;
	const char           *text; /* of a node without children; "" of others */
	size_t                text_len;
};

struct xml_doc;

MUSTCHECK struct xml_doc *xml_read(const char *text, size_t len, struct err *err);
void                      xml_doc_destroy(struct xml_doc *doc);
const struct xml_node    *xml_root(const struct xml_doc *doc);

/* The first child of that name; NULL when there is none, or node is NULL. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
/* Of the nodes from `node` on, the first of that name. */
const struct xml_node *xml_from(const struct xml_node *node, const char *name);
/* An attribute by its name, or by its name without prefix. */
const char *xml_attribute(const struct xml_node *node, const char *name);

/* Escapes text for an element or an attribute. False when XML 1.0 can't hold it. */
MUSTCHECK bool xml_add_text(struct str *out, const char *text, size_t len);

#endif
