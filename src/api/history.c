/* SPDX-License-Identifier: Apache-2.0
 * history.c - what there was: the deployments of a tenant, and the graphs of one. From the store, else from the archive. */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/routes.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define GRAPHS_MAX 100

static bool
is_for_archive(struct exchange *x)
{
	return api_options_of(x->api)->archive != NULL &&
	       (x->op.result == STORE_ABSENT || x->op.items_n == 0);
}

static void
reply_list(struct exchange *x, const char *name, struct json_object *list, const char *source)
{
	struct json_object *body = json_object_new_object();

	if (x->key.deployment[0] != '\0')
		json_set_str(body, "deployment_id", x->key.deployment);
	json_set(body, name, list);
	json_set_str(body, "source", source);
	reply_json(x, 200, body);
}

/* ---- deployments ---- */

static void
on_archived_deployments(struct exchange *x)
{
	struct json_object *list = json_get_array(x->archived.json, "deployments");

	reply_list(x, "deployments", list != NULL ? json_object_get(list) : json_object_new_array(),
	    "archive");
}

static void
on_deployments(struct exchange *x)
{
	struct json_object *list;

	if (is_for_archive(x)) {
		exchange_ask_archive(x, ARCHIVE_DEPLOYMENTS, on_archived_deployments);
		return;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < x->op.items_n; i++) {
		struct json_object *deployment = json_object_new_object();

		json_set_str(deployment, "deployment_id", x->op.items_out[i].name);
		json_set_time(deployment, "last_begun_at", (int64_t)x->op.items_out[i].number);
		json_object_array_add(list, deployment);
	}
	reply_list(x, "deployments", list, "store");
}

void
handle_deployments(struct exchange *x)
{
	must(store_key_set(&x->key, x->tenant, NULL, NULL));
	exchange_ask(x, STORE_DEPLOYMENTS, NULL, on_deployments);
}

/* ---- the graphs of one ---- */

static struct json_object *
graph_of(const char *graph_id, struct json_object *execution)
{
	static const char *const members[] = { "version", "execution_id", "kind", "mode", "status",
		"reason", "actor", "created_at", "completed_at" };
	struct json_object      *graph = json_object_new_object();

	json_set_str(graph, "graph_id", graph_id);
	for (size_t i = 0; i < array_len(members); i++)
		json_set_str(graph, members[i], json_get_str(execution, members[i]));
	return graph;
}

static void
on_archived_history(struct exchange *x)
{
	struct json_object *graphs = json_get_array(x->archived.json, "graphs"), *list;
	size_t              n = graphs != NULL ? json_object_array_length(graphs) : 0;

	if (x->archived.err.code != ERR_OK) {
		reply_err(x, &x->archived.err);
		return;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < n && i < GRAPHS_MAX; i++) {
		struct json_object *entry = json_object_array_get_idx(graphs, i);
		struct json_object *executions = json_get_array(entry, "executions");

		if (json_object_array_length(executions) > 0) /* else it was only planned */
			json_object_array_add(list, graph_of(json_get_str(entry, "graph_id"),
							json_object_array_get_idx(executions, 0)));
	}
	reply_list(x, "graphs", list, "archive");
}

static void on_header(struct exchange *x);

/* The next graph's last execution; at the end of the list it is answered. */
static void
ask_header(struct exchange *x)
{
	size_t n = json_object_array_length(x->list);

	if (x->listed_n == n) {
		reply_list(x, "graphs", json_object_get(x->list), "store");
		return;
	}
	must(store_key_set(&x->key, x->tenant, x->key.deployment,
	    json_get_str(json_object_array_get_idx(x->list, x->listed_n), "graph_id")));
	exchange_ask(x, STORE_GET_HEADER, NULL, on_header);
}

static void
on_header(struct exchange *x)
{
	struct json_object *header = NULL;

	if (x->op.result == STORE_OK)
		header = json_read(x->op.text_out, strlen(x->op.text_out), NULL);
	json_object_array_put_idx(x->list, x->listed_n, graph_of(x->key.graph, header));
	json_object_put(header);
	x->listed_n++;
	ask_header(x);
}

static bool
is_listed(struct json_object *list, const char *graph_id)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (str_eq(json_get_str(json_object_array_get_idx(list, i), "graph_id"), graph_id))
			return true;
	}
	return false;
}

/* "G:E", newest first: each graph once. */
static void
on_history(struct exchange *x)
{
	if (is_for_archive(x)) {
		exchange_ask_archive(x, ARCHIVE_HISTORY, on_archived_history);
		return;
	}
	x->list = json_object_new_array();
	for (size_t i = 0; i < x->op.items_n && json_object_array_length(x->list) < GRAPHS_MAX;
	     i++) {
		char *graph_id = xstrndup(x->op.items_out[i].name, STORE_ID_SIZE - 1);

		if (!is_listed(x->list, graph_id))
			json_object_array_add(x->list, graph_of(graph_id, NULL));
		free(graph_id);
	}
	if (json_object_array_length(x->list) > 0) {
		ask_header(x);
	} else {
		struct err err;

		err_set(&err, ERR_NOT_FOUND, "there is no deployment \"%s\"", x->key.deployment);
		reply_err(x, &err);
	}
}

void
handle_history(struct exchange *x)
{
	struct err err;

	if (store_key_set(&x->key, x->tenant, x->parameter, NULL)) {
		exchange_ask(x, STORE_HISTORY, NULL, on_history);
		return;
	}
	err_set(&err, ERR_NOT_FOUND, "there is no deployment \"%s\"", x->parameter);
	reply_err(x, &err);
}
