/* SPDX-License-Identifier: Apache-2.0
 *
 * places.h - where things lie in the Cache Service. Whoever reads the archive begins here.
 *
 *   namespace {base}-{tenant}
 *     deploys/{deployment}/{graph}   file "record": the entry, found by the hash of its graph id as well; its children:
 *         spec                                the Spec Graph
 *         executions/{execution}              an Execution Graph
 *         outputs/{execution}                 its outputs, by resource
 *         nodes/{execution}/{node}_{region}   a node of it: its record, and all of its events
 *   namespace {graph base}-{tenant}
 *     graphs/{graph}                 file "mgraph": where the Graph Service looks for a graph by its id
 *
 * A tenant has a namespace of its own, for two tenants may come to one graph id. The service rewrites what it does not
 * like in a name, silently; of our ids it likes every character, so no two come to one place.
 */
#ifndef ARCHIVE_PLACES_H
#define ARCHIVE_PLACES_H

#include "store/store.h"
#include "util/str.h"

#define PLACES_BASE_MAX       63
#define PLACES_NAMESPACE_SIZE (PLACES_BASE_MAX + 1 + STORE_TENANT_SIZE)
#define PLACES_HASH_SIZE      17
#define PLACES_ENTRY_FILE     "record"
#define PLACES_GRAPH_FILE     "mgraph"
#define PLACES_ENTRY_FIELD    "graph_id"
#define PLACES_GRAPH_FIELD    "graph.model.data.graph_id"

/* Letters, digits, '-' and '_', and not too long. */
bool places_is_base(const char *base);

void places_namespace(const char *base, const char *tenant, char out[PLACES_NAMESPACE_SIZE]);

/* What the service calls an entry by the text of one of its fields. */
void places_hash(const char *text, char out[PLACES_HASH_SIZE]);

void places_entry(const struct store_key *key, struct str *out);            /* deploys/… */
void places_node(const char *node_id, const char *region, struct str *out); /* without its folder */

#endif
