/* SPDX-License-Identifier: Apache-2.0
 *
 * entry.h - the entry of a graph in the archive: what it is, and a summary of each of its executions.
 *
 *   {format, graph_id, deployment_id, version, tenant, executions: [{execution_id, execution_graph_id, kind, status, ...}],
 *    archived_event, graph_namespace, updated_at}
 *
 * format is STORE_FORMAT of whoever wrote it last, for it and all that belongs to it; without it, 1. archived_event is there when the Spec Graph is, and says up to which event the newest execution is.
 */
#ifndef ARCHIVE_ENTRY_H
#define ARCHIVE_ENTRY_H

#include <json-c/json.h>

#include "store/store.h"
#include "util/err.h"

#define ENTRY_EXECUTIONS_MAX 100

struct json_object *entry_create(const struct store_key *key, const char *version);

/* Is it an entry, and of this tenant and graph, and can this version read it? Else ERR_NOT_FOUND, ERR_ARCHIVE_DOWN where it is newer. */
MUSTCHECK enum err_code
entry_check(struct json_object *entry, const char *tenant, const char *graph_id, struct err *err);

bool        entry_has_spec(struct json_object *entry);
const char *entry_last_execution(struct json_object *entry); /* NULL: none */

/* The number up to which this execution's events are there; 0: none. */
uint64_t entry_event(struct json_object *entry, const char *execution_id);

/* A summary of what view_execution() shows comes first, in the place of an earlier one. */
void entry_put_execution(
    struct json_object *entry, struct json_object *view, const char *execution_graph_id);

/* All up to this event is there. */
void entry_confirm(
    struct json_object *entry, uint64_t event, const char *graph_namespace, int64_t now_ms);

#endif
