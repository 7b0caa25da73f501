/* SPDX-License-Identifier: Apache-2.0
 *
 * execution_graph.h - an execution as a graph of its own, in the JSON that MGraph-DB loads, and back. Pure.
 *
 * The root is the execution, with its header. It contains one node for each operation: its key is "node id@region", as
 * in the store, its value the operation as the API shows it. Edges between those are what waits for what. One more node
 * says which Spec Graph it runs.
 */
#ifndef ARCHIVE_EXECUTION_GRAPH_H
#define ARCHIVE_EXECUTION_GRAPH_H

#include <json-c/json.h>

#include "plan/graph.h"
#include "store/store.h"
#include "util/err.h"

#define EXECUTION_GRAPH_RUNS \
	"runs" /* the predicate of the edge to the node that names the Spec Graph */

/* The id of the graph: the same whoever asks. */
void execution_graph_id(const char *graph_id, const char *execution_id, char out[OBJ_ID_SIZE]);

/* `view` is what view_execution() made of that graph. The caller puts the result. */
struct json_object *execution_to_mgraph(const struct graph *graph, struct json_object *view);

/* The fields of the store's exec hash, as far as view_execution() needs them. */
struct execution_fields {
	struct store_item *items;
	size_t             n;
};

/* False and *err when it is no Execution Graph. */
MUSTCHECK bool
execution_graph_read(struct execution_fields *fields, struct json_object *mgraph, struct err *err);
void execution_fields_fini(struct execution_fields *fields);

#endif
