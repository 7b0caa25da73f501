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

static void
fini(struct exchange_part *part)
{
	struct base *base = (struct base *)part;

	spec_unref(base->spec);
	free(base->gone);
	json_object_put(base->regions);
}

static const struct exchange_part_type base_type = { sizeof(struct base), NULL, fini };

struct base *
base_of(struct exchange *x)
{
	return exchange_part(x, &base_type);
}

static void
go_on(struct exchange *x)
{
	base_of(x)->then(x);
}

/* ---- what is there ---- */

static void
take_spec(struct exchange *x, struct json_object *mgraph)
{
	struct spec **base = &base_of(x)->spec;
	struct err    err;

	*base = spec_from_mgraph(api_options_of(x->api)->registry, x->tenant, mgraph, &err);
	if (*base == NULL)
		log_warn("base", "graph=%s why=\"%s\"", x->key.graph, err.detail);
}

/* What was to go, and is done. */
static void
take_gone(struct exchange *x, struct json_object *operations, bool all_were_to)
{
	struct base  *base = base_of(x);
	struct graph *graph = graph_create(base->spec, false);

	base->gone = xcalloc(graph->n, sizeof(*base->gone));
	for (size_t v = 0; v < graph->n; v++) {
		struct json_object *operation = json_object_array_get_idx(operations, v);

		base->gone[v] = (all_were_to || graph_node(graph, v)->operation == SPEC_DELETE) &&
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
	struct base *base = base_of(x);

	spec_unref(base->spec);
	base->spec = NULL;
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
	struct graph *graph = graph_create(base_of(x)->spec, false);

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
		graph = graph_create(base_of(x)->spec, false);
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
	json_put(execution);
	if (undone)
		ask_history(x);
	else
		go_on(x);
}

static void
on_spec(struct exchange *x)
{
	const struct base  *base = base_of(x);
	struct json_object *mgraph = NULL;
	struct err          err;

	if (x->op.result == STORE_OK)
		mgraph = json_read(x->op.text_out, strlen(x->op.text_out), &err);
	if (mgraph != NULL)
		take_spec(x, mgraph);
	json_put(mgraph);
	if (base->spec != NULL)
		exchange_ask_op(x,
		    &(struct store_op){ .verb = STORE_GET_EXEC, .execution = base->look.execution },
		    on_exec);
	else
		go_on(x);
}

/* ---- what only the archive has ---- */

static void
on_archived_spec(struct exchange *x)
{
	if (x->archived.err.code == ERR_OK)
		take_spec(x, x->archived.json);
	go_on(x);
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
		go_on(x);
}

/* ---- what nobody remembers ---- */

static void
on_rebuilt(struct exchange *x)
{
	struct base *base = base_of(x);
	struct spec *spec = discovery_of(x)->spec;

	if (spec != NULL)
		base->spec = spec_ref(spec);
	base->is_rebuilt = spec != NULL;
	go_on(x);
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

/* Tags do. */
static void
rebuild_base(struct exchange *x)
{
	struct base *base = base_of(x);

	base->regions = regions_of(x->spec);
	discovery_ask(x, x->spec->deployment_id, base->regions, on_rebuilt);
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
	struct base *base = base_of(x);
	const char  *id = NULL;
	bool         is_first = base->look.number == 0;

	if (x->op.result == STORE_OK && x->op.items_n > 0) {
		base->look.number = x->op.items_out[0].number;
		id = store_execution_read(&x->key, x->op.items_out[0].name);
	}
	if (is_first) {
		snprintf(base->look.newest, sizeof(base->look.newest), "%s",
		    id != NULL ? x->op.items_out[0].name : "");
		x->start.newest = base->look.newest;
	}
	if (id != NULL) {
		snprintf(base->look.execution, sizeof(base->look.execution), "%s", id);
		exchange_ask(x, STORE_GET_SPEC, NULL, on_spec);
	} else if (!is_first || !must_know(x)) {
		go_on(x);
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
	exchange_ask_op(x,
	    &(struct store_op){ .verb = STORE_HISTORY, .seq = base_of(x)->look.number },
	    on_history);
}

void
base_load(struct exchange *x, exchange_step *then)
{
	struct base *base = base_of(x);

	must(base->then == NULL);
	base->then = then;
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
	json_put(config);
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
	const struct base  *base = base_of(x);
	struct change       change = { .gone = base->gone, .prune = prune };
	struct graph       *graph;
	struct json_object *config;

	if (base->spec == NULL)
		return true;
	if (!rebuild(x, change_names(x->spec, base->spec, prune)))
		return false;
	graph = graph_create(base->spec, false);
	change.spec = x->spec;
	change.base = graph;
	config = change_config(&change);
	graph_destroy(graph);
	return rebuild(x, config);
}
