/* SPDX-License-Identifier: Apache-2.0
 * load.c - from an id to a spec, and from a spec to its execution. */
#include "api/load.h"

#include <string.h>

#include "api/discovery.h"
#include "archive/execution_graph.h"
#include "engine/view.h"
#include "util/check.h"
#include "util/json.h"

struct loading {
	struct exchange_part part;
	exchange_step       *then;
	void (*then_execution)(struct exchange *x, struct json_object *execution);
};

static const struct exchange_part_type loading_type = { sizeof(struct loading), NULL, NULL };

static struct loading *
loading_of(struct exchange *x)
{
	return exchange_part(x, &loading_type);
}

static void
reply_unknown(struct exchange *x, const char *what, const char *id)
{
	struct err err;

	err_set(&err, ERR_NOT_FOUND, "there is no %s \"%s\"", what, id);
	reply_err(x, &err);
}

/* ---- what only the archive has ---- */

static bool
has_archive(struct exchange *x)
{
	return api_options_of(x->api)->archive != NULL;
}

/* Goes on with the spec, or answers why there is none. */
static void
take_spec(struct exchange *x, struct json_object *mgraph, struct err *err)
{
	if (mgraph != NULL)
		x->spec =
		    spec_from_mgraph(api_options_of(x->api)->registry, x->tenant, mgraph, err);
	if (x->spec == NULL)
		reply_err(x, err);
	else
		loading_of(x)->then(x);
}

static void
on_archived_spec(struct exchange *x)
{
	struct err err;

	x->from_archive = true;
	if (x->archived.err.code != ERR_OK)
		reply_unknown(x, "graph", x->key.graph);
	else
		take_spec(x, x->archived.json, &err);
}

/* ---- what only its tags tell of ---- */

static void
on_rebuilt(struct exchange *x)
{
	if (x->spec == NULL)
		reply_unknown(x, "deployment", x->key.deployment);
	else
		loading_of(x)->then(x);
}

/* Nothing is stored of it. It is looked for where no credentials are needed, and in the accounts of those that are given. */
static void
rebuild(struct exchange *x)
{
	discovery_of_spec(x, x->key.deployment, json_get_object(x->body, "credentials"),
	    "/credentials", on_rebuilt);
}

/* The newest of the deployment's graphs. */
static void
on_archived_history(struct exchange *x)
{
	struct json_object *graphs = json_get_array(x->archived.json, "graphs");
	const char         *graph_id = NULL;

	if (x->archived.err.code == ERR_OK)
		graph_id = json_get_str(json_object_array_get_idx(graphs, 0), "graph_id");
	if (graph_id == NULL) {
		rebuild(x);
		return;
	}
	must(store_key_set(&x->key, x->tenant, x->key.deployment, graph_id));
	exchange_ask_archive(x, ARCHIVE_SPEC, on_archived_spec);
}

static void
on_archived_execution(struct exchange *x)
{
	struct execution_fields fields;
	struct json_object     *execution;
	struct err              err;

	if (x->archived.err.code != ERR_OK) {
		reply_err(x, &x->archived.err);
		return;
	}
	if (!execution_graph_read(&fields, x->archived.json, &err)) {
		reply_err(x, &err);
		return;
	}
	execution = view_execution(x->graph, fields.items, fields.n, &err);
	execution_fields_fini(&fields);
	if (execution == NULL)
		reply_err(x, &err);
	else
		loading_of(x)->then_execution(x, execution);
}

/* ---- specs ---- */

static void
on_spec(struct exchange *x)
{
	struct json_object *mgraph;
	struct err          err;

	if (x->op.result == STORE_ABSENT) {
		reply_unknown(x, "graph", x->key.graph);
		return;
	}
	mgraph = json_read(x->op.text_out, strlen(x->op.text_out), &err);
	take_spec(x, mgraph, &err);
	json_put(mgraph);
}

/* False: there is no such graph, and that was answered. */
static bool
take_key(struct exchange *x)
{
	if (x->op.result == STORE_ABSENT) {
		reply_unknown(x, "graph", x->key.graph);
		return false;
	}
	must(store_key_set(&x->key, x->tenant, x->op.text_out, x->key.graph));
	return true;
}

static void
on_key(struct exchange *x)
{
	if (take_key(x))
		loading_of(x)->then(x);
}

static void
on_key_of_spec(struct exchange *x)
{
	if (x->op.result == STORE_ABSENT && has_archive(x))
		exchange_ask_archive(x, ARCHIVE_SPEC, on_archived_spec);
	else if (take_key(x))
		exchange_ask(x, STORE_GET_SPEC, NULL, on_spec);
}

static void
find(struct exchange *x, const char *graph_id, exchange_step *found, exchange_step *then)
{
	loading_of(x)->then = then;
	if (store_key_set(&x->key, x->tenant, NULL, graph_id))
		exchange_ask(x, STORE_FIND, NULL, found);
	else
		reply_unknown(x, "graph", graph_id);
}

void
load_key(struct exchange *x, const char *graph_id, exchange_step *then)
{
	find(x, graph_id, on_key, then);
}

void
load_spec(struct exchange *x, const char *graph_id, exchange_step *then)
{
	find(x, graph_id, on_key_of_spec, then);
}

/* The newest execution's "G:E". */
static void
on_history(struct exchange *x)
{
	if (x->op.result == STORE_ABSENT || x->op.items_n == 0) {
		if (has_archive(x))
			exchange_ask_archive(x, ARCHIVE_HISTORY, on_archived_history);
		else
			rebuild(x);
		return;
	}
	must(store_execution_read(&x->key, x->op.items_out[0].name) != NULL);
	exchange_ask(x, STORE_GET_SPEC, NULL, on_spec);
}

void
load_last_spec(struct exchange *x, const char *deployment_id, exchange_step *then)
{
	loading_of(x)->then = then;
	if (!store_key_set(&x->key, x->tenant, deployment_id, NULL)) {
		reply_unknown(x, "deployment", deployment_id);
		return;
	}
	exchange_ask(x, STORE_HISTORY, NULL, on_history);
}

/* False: the graph was never run, and that was answered. */
static bool
was_run(struct exchange *x)
{
	bool is_one = x->execution[0] != '\0';

	if (x->op.result == STORE_ABSENT)
		reply_unknown(x, is_one ? "execution" : "execution of graph",
		    is_one ? x->execution : x->key.graph);
	return x->op.result != STORE_ABSENT;
}

static void
on_seq(struct exchange *x)
{
	if (was_run(x))
		loading_of(x)->then(x);
}

void
load_seq(struct exchange *x, exchange_step *then)
{
	loading_of(x)->then = then;
	exchange_ask(x, STORE_GET_EXEC, NULL, on_seq);
}

static void
on_exec(struct exchange *x)
{
	struct json_object *execution;
	struct err          err;

	if (x->op.result == STORE_ABSENT && has_archive(x)) {
		x->from_archive = true;
		exchange_ask_archive(x, ARCHIVE_EXECUTION, on_archived_execution);
		return;
	}
	if (!was_run(x))
		return;
	execution = view_execution(x->graph, x->op.items_out, x->op.items_n, &err);
	if (execution == NULL)
		reply_err(x, &err);
	else
		loading_of(x)->then_execution(x, execution);
}

bool
load_names_execution(struct exchange *x)
{
	char       id[STORE_EXECUTION_SIZE];
	struct err err;

	if (http_query(x->request, "execution", id, sizeof(id)) == NULL)
		return true;
	if (strlen(id) == OBJ_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == strlen(id)) {
		memcpy(x->execution, id, OBJ_ID_SIZE);
		return true;
	}
	err_set(&err, ERR_NOT_FOUND, "there is no execution \"%s\"", id);
	reply_err(x, &err);
	return false;
}

void
load_execution(struct exchange *x, void (*then)(struct exchange *x, struct json_object *execution))
{
	struct store_op ask = { .verb = STORE_GET_EXEC };

	ask.execution = x->execution[0] != '\0' ? x->execution : NULL;
	loading_of(x)->then_execution = then;
	if (x->graph == NULL)
		x->graph = graph_create(x->spec, false);
	if (x->from_archive)
		exchange_ask_archive(x, ARCHIVE_EXECUTION, on_archived_execution);
	else
		exchange_ask_op(x, &ask, on_exec);
}
