/* SPDX-License-Identifier: Apache-2.0
 * base.c - the newest graph of a deployment's history, from the store or the archive, and how its execution ended. */
#include "api/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/discovery.h"
#include "engine/view.h"
#include "plan/change.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

static void ask_history(struct exchange *x);
static void rebuild_base(struct exchange *x);

/* ---- what is there ---- */

static void
take_spec(struct exchange *x, struct json_object *mgraph)
{
	struct err err;

	x->base = spec_from_mgraph(api_options_of(x->api)->registry, x->tenant, mgraph, &err);
	if (x->base == NULL)
		log_warn("base", "graph=%s why=\"%s\"", x->key.graph, err.detail);
}

/* What was to go, and is done. */
static void
take_gone(struct exchange *x, struct json_object *operations, bool all_were_to)
{
	struct graph *graph = graph_create(x->base, false);

	x->base_gone = xcalloc(graph->n, sizeof(*x->base_gone));
	for (size_t v = 0; v < graph->n; v++) {
		struct json_object *operation = json_object_array_get_idx(operations, v);

		x->base_gone[v] = (all_were_to || graph_node(graph, v)->operation == SPEC_DELETE) &&
				  str_eq(json_get_str(operation, "status"), "completed");
	}
	graph_destroy(graph);
}

static bool
is_destroyed(struct json_object *execution)
{
	return str_eq(json_get_str(execution, "kind"), "destroy") &&
	       str_eq(json_get_str(execution, "status"), "completed") &&
	       !json_has(execution, "only") && !json_has(execution, "except");
}

/* All is as it was before it began. */
static bool
is_undone(struct json_object *execution)
{
	return str_eq(json_get_str(execution, "reason"), "rolled_back");
}

static void
drop_base(struct exchange *x)
{
	spec_unref(x->base);
	x->base = NULL;
}

/* One that is not is what is asked for once more, maybe: then it goes on, with all that it was to do. */
static bool
is_over(struct json_object *execution)
{
	static const char *const ends[] = { "completed", "failed", "cancelled" };

	for (size_t i = 0; i < array_len(ends); i++) {
		if (str_eq(json_get_str(execution, "status"), ends[i]))
			return true;
	}
	return false;
}

static void
take_execution(struct exchange *x, struct json_object *execution)
{
	bool destroys = str_eq(json_get_str(execution, "kind"), "destroy");

	if (!is_over(execution))
		return;
	take_gone(x, json_get_array(execution, "operations"), destroys);
	if (is_destroyed(execution))
		drop_base(x);
}

/* How long it took: a process that has just begun has nothing else to estimate by. */
static void
recall(struct exchange *x, struct json_object *execution)
{
	struct graph *graph = graph_create(x->base, false);

	engine_recall(
	    api_options_of(x->api)->engine, graph, json_get_array(execution, "operations"));
	graph_destroy(graph);
}

static void
on_exec(struct exchange *x)
{
	struct json_object *execution = NULL;
	struct graph       *graph;
	struct err          err;
	bool                undone;

	if (x->op.result == STORE_OK) {
		graph = graph_create(x->base, false);
		execution = view_execution(graph, x->op.items_out, x->op.items_n, &err);
		graph_destroy(graph);
	}
	undone = execution != NULL && is_undone(execution);
	if (execution != NULL)
		recall(x, execution);
	if (undone)
		drop_base(x);
	else if (execution != NULL)
		take_execution(x, execution);
	json_object_put(execution);
	if (undone)
		ask_history(x);
	else
		x->then(x);
}

static void
on_spec(struct exchange *x)
{
	struct json_object *mgraph = NULL;
	struct err          err;

	if (x->op.result == STORE_OK)
		mgraph = json_read(x->op.text_out, strlen(x->op.text_out), &err);
	if (mgraph != NULL)
		take_spec(x, mgraph);
	json_object_put(mgraph);
	if (x->base != NULL)
		exchange_ask_op(x,
		    &(struct store_op){
			.verb = STORE_GET_EXEC, .execution = x->base_look.execution },
		    on_exec);
	else
		x->then(x);
}

/* ---- what only the archive has ---- */

static void
on_archived_spec(struct exchange *x)
{
	if (x->archived.err.code == ERR_OK)
		take_spec(x, x->archived.json);
	x->then(x);
}

static bool
set_graph(struct exchange *x, const char *graph_id, size_t len)
{
	char id[STORE_ID_SIZE];

	if (graph_id == NULL || strlen(graph_id) < len || len >= sizeof(id))
		return false;
	memcpy(id, graph_id, len);
	id[len] = '\0';
	return store_key_set(&x->key, x->tenant, x->spec->deployment_id, id);
}

/* The newest one, if that was not destroyed. */
static void
on_archived_history(struct exchange *x)
{
	struct json_object *graphs = json_get_array(x->archived.json, "graphs");
	struct json_object *newest = graphs != NULL ? json_object_array_get_idx(graphs, 0) : NULL;
	struct json_object *executions = json_get_array(newest, "executions");
	struct json_object *last =
	    executions != NULL ? json_object_array_get_idx(executions, 0) : NULL;

	if (x->archived.err.code == ERR_OK && !is_destroyed(last) &&
	    set_graph(x, json_get_str(newest, "graph_id"), STORE_ID_SIZE - 1))
		exchange_try_archive(x, ARCHIVE_SPEC, on_archived_spec);
	else if (x->archived.err.code != ERR_OK || newest == NULL)
		rebuild_base(x);
	else
		x->then(x);
}

/* ---- what nobody remembers ---- */

static void
on_rebuilt(struct exchange *x)
{
	if (x->discovery->spec != NULL)
		x->base = spec_ref(x->discovery->spec);
	x->base_is_rebuilt = x->base != NULL;
	discovery_forget(x);
	x->then(x);
}

/* In the regions that it is wanted in. */
static struct json_object *
regions_of(const struct spec *spec)
{
	struct json_object *regions = json_object_new_array();

	for (size_t i = 0; i < spec->nodes_n; i++) {
		for (size_t r = 0; r < spec->nodes[i].regions_n; r++) {
			struct json_object *region =
			    json_object_new_string(spec->nodes[i].regions[r]);

			if (json_array_has(regions, region))
				json_object_put(region);
			else
				json_object_array_add(regions, region);
		}
	}
	return regions;
}

/* Tags do. That takes a while: a client that has asked for an execution need not wait for it to begin. */
static void
rebuild_base(struct exchange *x)
{
	x->goes_on = x->start.mode != MODE_DRY_RUN;
	x->list = regions_of(x->spec);
	discovery_ask(x, x->spec->deployment_id, x->list, NULL, on_rebuilt);
}

/* Who is not about to take something away need not know. To look through all that there is takes a call for each of many
 * things, and an archive that does not answer is waited for. */
static bool
must_know(const struct exchange *x)
{
	return x->start.kind == EXECUTION_MOVE || json_get_bool(x->body, "prune", false);
}

/* Executions "G:E", the newest first, without those that were undone. */
static void
on_history(struct exchange *x)
{
	const char *id = NULL;
	bool        is_first = x->base_look.number == 0;

	if (x->op.result == STORE_OK && x->op.items_n > 0) {
		x->base_look.number = x->op.items_out[0].number;
		id = store_execution_read(&x->key, x->op.items_out[0].name);
	}
	if (is_first) {
		snprintf(x->base_look.newest, sizeof(x->base_look.newest), "%s",
		    id != NULL ? x->op.items_out[0].name : "");
		x->start.newest = x->base_look.newest;
	}
	if (id != NULL) {
		snprintf(x->base_look.execution, sizeof(x->base_look.execution), "%s", id);
		exchange_ask(x, STORE_GET_SPEC, NULL, on_spec);
	} else if (!is_first || !must_know(x)) {
		x->then(x);
	} else if (api_options_of(x->api)->archive != NULL) {
		exchange_try_archive(x, ARCHIVE_HISTORY, on_archived_history);
	} else {
		rebuild_base(x);
	}
}

/* The newest one, or the one before that. */
static void
ask_history(struct exchange *x)
{
	must(store_key_set(&x->key, x->tenant, x->spec->deployment_id, NULL));
	exchange_ask_op(
	    x, &(struct store_op){ .verb = STORE_HISTORY, .seq = x->base_look.number }, on_history);
}

void
base_load(struct exchange *x, exchange_step *then)
{
	must(x->base == NULL);
	x->then = then;
	x->base_look.number = 0;
	ask_history(x);
}

/* ---- what is to be done ---- */

/* False: it can't be built, and that was answered. Puts the config. */
static bool
rebuild(struct exchange *x, struct json_object *config)
{
	struct problems problems;
	struct spec    *spec;

	if (config == NULL)
		return true;
	problems_init(&problems);
	spec = spec_build(api_options_of(x->api)->registry, x->tenant, config, 0, &problems);
	json_object_put(config);
	if (spec == NULL) {
		reply_problems(x, ERR_INVALID_CONFIG, &problems);
	} else {
		spec_unref(x->spec);
		x->spec = spec;
	}
	problems_fini(&problems);
	return spec != NULL;
}

bool
base_change(struct exchange *x, bool prune)
{
	struct change change = {
		.gone = x->base_gone,
		.prune = prune,
	};
	struct graph       *base;
	struct json_object *config;

	if (x->base == NULL)
		return true;
	if (!rebuild(x, change_names(x->spec, x->base, prune)))
		return false;
	base = graph_create(x->base, false);
	change.spec = x->spec;
	change.base = base;
	config = change_config(&change);
	graph_destroy(base);
	return rebuild(x, config);
}
