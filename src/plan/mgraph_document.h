/* SPDX-License-Identifier: Apache-2.0
 *
 * mgraph_document.h - a graph as the JSON that MGraph-DB loads.
 *
 * MGraph-DB keeps content in value nodes only, so each node is one: it has a key, and its value is the JSON text
 * of an object. Edges carry their type as the predicate. One node contains all others: the root.
 */
#ifndef PLAN_MGRAPH_DOCUMENT_H
#define PLAN_MGRAPH_DOCUMENT_H

#include <json-c/json.h>

#include "util/err.h"

#define MGRAPH_CONTAINS "contains" /* the root's edges to the others */

struct mgraph {
	struct json_object *whole; /* the document; the caller puts it */
	struct json_object *nodes, *edges;
};

void mgraph_init(struct mgraph *mgraph, const char *graph_id);
void mgraph_add_node(
    struct mgraph *mgraph, const char *id, const char *key, struct json_object *content);
void mgraph_add_edge(
    struct mgraph *mgraph, const char *id, const char *from, const char *to, const char *predicate);

/* Of one that was read; all is borrowed, and NULL when it is not there. */
struct json_object *mgraph_data(struct json_object *whole); /* has graph_id, nodes and edges */
const char         *mgraph_root(struct json_object *edges); /* its id */
const char         *mgraph_key(struct json_object *node);

/* The content of a node, which the caller puts; NULL and *err when it has none. */
struct json_object *mgraph_content(struct json_object *node, struct err *err);

#endif
