/* SPDX-License-Identifier: Apache-2.0
 * entry.c - the members of an entry. */
#include "archive/entry.h"

#include <inttypes.h>
#include <string.h>

#include "util/json.h"

#define FORMAT "format"

struct json_object *
entry_create(const struct store_key *key, const char *version)
{
	struct json_object *entry = json_object_new_object();

	json_set_i64(entry, FORMAT, STORE_FORMAT);
	json_set_str(entry, "graph_id", key->graph);
	json_set_str(entry, "deployment_id", key->deployment);
	json_set_str(entry, "version", version);
	json_set_str(entry, "tenant", key->tenant);
	json_set(entry, "executions", json_object_new_array());
	return entry;
}

enum err_code
entry_check(struct json_object *entry, const char *tenant, const char *graph_id, struct err *err)
{
	int64_t format = json_get_i64(entry, FORMAT, 1);

	if (format > STORE_FORMAT) /* first: nothing else may be as it is known here */
		return err_set(err, ERR_ARCHIVE_DOWN,
		    "what is archived of graph \"%s\" has format %" PRId64
		    ", and this version knows %d at most: a newer version is wanted",
		    graph_id, format, STORE_FORMAT);
	if (str_eq(json_get_str(entry, "tenant"), tenant) &&
	    str_eq(json_get_str(entry, "graph_id"), graph_id) &&
	    json_get_str(entry, "deployment_id") != NULL &&
	    json_get_array(entry, "executions") != NULL)
		return ERR_OK;
	return err_set(err, ERR_NOT_FOUND,
	    "the Cache Service has something else in the place of graph \"%s\"", graph_id);
}

bool
entry_has_spec(struct json_object *entry)
{
	return json_has(entry, "archived_event");
}

const char *
entry_last_execution(struct json_object *entry)
{
	struct json_object *executions = json_get_array(entry, "executions");

	if (executions == NULL || json_object_array_length(executions) == 0)
		return NULL;
	return json_get_str(json_object_array_get_idx(executions, 0), "execution_id");
}

uint64_t
entry_event(struct json_object *entry, const char *execution_id)
{
	int64_t event = json_get_i64(entry, "archived_event", 0);

	return str_eq(entry_last_execution(entry), execution_id) && event > 0 ? (uint64_t)event : 0;
}

static struct json_object *
summary_of(struct json_object *view, const char *execution_graph_id)
{
	static const char *const members[] = { "execution_id", "kind", "mode", "status", "reason",
		"success", "actor", "version", "created_at", "completed_at", "summary" };
	struct json_object      *summary = json_object_new_object();

	for (size_t i = 0; i < array_len(members); i++) {
		if (json_has(view, members[i]))
			json_set(summary, members[i], json_object_get(json_get(view, members[i])));
	}
	json_set_str(summary, "execution_graph_id", execution_graph_id);
	return summary;
}

void
entry_put_execution(
    struct json_object *entry, struct json_object *view, const char *execution_graph_id)
{
	struct json_object *old = json_get_array(entry, "executions");
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, summary_of(view, execution_graph_id));
	for (size_t i = 0; i < json_object_array_length(old); i++) {
		struct json_object *execution = json_object_array_get_idx(old, i);

		if (json_object_array_length(list) < ENTRY_EXECUTIONS_MAX &&
		    !str_eq(json_get_str(execution, "execution_id"),
			json_get_str(view, "execution_id")))
			json_object_array_add(list, json_object_get(execution));
	}
	json_set(entry, "executions", list);
}

void
entry_confirm(
    struct json_object *entry, uint64_t event, const char *graph_namespace, int64_t now_ms)
{
	json_set_i64(entry, FORMAT, STORE_FORMAT);
	json_set_i64(entry, "archived_event", (int64_t)event);
	if (graph_namespace != NULL)
		json_set_str(entry, "graph_namespace", graph_namespace);
	json_set_time(entry, "updated_at", now_ms);
}
