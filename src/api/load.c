/* SPDX-License-Identifier: Apache-2.0
 * load.c - from an id to a spec, and from a spec to its execution. */
#include "api/load.h"

#include <string.h>

#include "engine/view.h"
#include "util/check.h"
#include "util/json.h"

static void
reply_unknown(struct exchange *x, const char *what, const char *id)
{
	struct err err;

	err_set(&err, ERR_NOT_FOUND, "there is no %s \"%s\"", what, id);
	reply_err(x, &err);
}

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
	if (mgraph != NULL)
		x->spec =
		    spec_from_mgraph(api_options_of(x->api)->registry, x->tenant, mgraph, &err);
	json_object_put(mgraph);
	if (x->spec == NULL)
		reply_err(x, &err);
	else
		x->then(x);
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
		x->then(x);
}

static void
on_key_of_spec(struct exchange *x)
{
	if (take_key(x))
		exchange_ask(x, STORE_GET_SPEC, NULL, on_spec);
}

static void
find(struct exchange *x, const char *graph_id, exchange_step *found, exchange_step *then)
{
	x->then = then;
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
	char graph_id[STORE_ID_SIZE];

	if (x->op.result == STORE_ABSENT || x->op.items_n == 0) {
		reply_unknown(x, "deployment", x->key.deployment);
		return;
	}
	must(strlen(x->op.items_out[0].name) >= sizeof(graph_id));
	memcpy(graph_id, x->op.items_out[0].name, sizeof(graph_id) - 1);
	graph_id[sizeof(graph_id) - 1] = '\0';
	must(store_key_set(&x->key, x->tenant, x->key.deployment, graph_id));
	exchange_ask(x, STORE_GET_SPEC, NULL, on_spec);
}

void
load_last_spec(struct exchange *x, const char *deployment_id, exchange_step *then)
{
	x->then = then;
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
	if (x->op.result == STORE_ABSENT)
		reply_unknown(x, "execution of graph", x->key.graph);
	return x->op.result != STORE_ABSENT;
}

static void
on_seq(struct exchange *x)
{
	if (was_run(x))
		x->then(x);
}

void
load_seq(struct exchange *x, exchange_step *then)
{
	x->then = then;
	exchange_ask(x, STORE_GET_EXEC, NULL, on_seq);
}

static void
on_exec(struct exchange *x)
{
	struct json_object *execution;
	struct err          err;

	if (!was_run(x))
		return;
	if (x->graph == NULL)
		x->graph = graph_create(x->spec, false);
	execution = view_execution(x->graph, x->op.items_out, x->op.items_n, &err);
	if (execution == NULL)
		reply_err(x, &err);
	else
		x->then_execution(x, execution);
}

void
load_execution(struct exchange *x, void (*then)(struct exchange *x, struct json_object *execution))
{
	x->then_execution = then;
	exchange_ask(x, STORE_GET_EXEC, NULL, on_exec);
}
