/* SPDX-License-Identifier: Apache-2.0
 * engine.c - the executions that run in this process. */
#include "engine/engine.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/durations.h"
#include "engine/execution.h"
#include "engine/recover.h"
#include "engine/planned.h"
#include "engine/retention.h"
#include "engine/telemetry.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define INDEX_SIZE 64
#define NAME_SIZE  (STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE)
#define NODES_MOST 1024    /* under way at once: each may hold a connection */
#define LEAVE_US   1000000 /* to leave an execution, once calls are waited for no longer */
#define TEXT_MAX   (4 * 1024 * 1024) /* of one event or record */

/* ---- where they are ---- */

static void
name_free(struct lh_entry *entry)
{
	free(lh_entry_k(entry));
}

static struct lh_table *
index_create(void)
{
	struct lh_table *index = lh_kchar_table_new(INDEX_SIZE, name_free);

	must(index != NULL);
	return index;
}

static const char *
name_in(char buf[NAME_SIZE], const char *tenant, const char *name)
{
	int len = snprintf(buf, NAME_SIZE, "%s:%s", tenant, name);

	must(len > 0 && len < NAME_SIZE);
	return buf;
}

static struct execution *
index_find(struct lh_table *index, const char *tenant, const char *name)
{
	char  buf[NAME_SIZE];
	void *found = NULL;

	return lh_table_lookup_ex(index, name_in(buf, tenant, name), &found) ? found : NULL;
}

static void
index_add(struct lh_table *index, const char *tenant, const char *name, struct execution *e)
{
	char buf[NAME_SIZE];

	must(lh_table_insert(index, xstrdup(name_in(buf, tenant, name)), e) == 0);
}

static void
index_remove(struct lh_table *index, const char *tenant, const char *name)
{
	char buf[NAME_SIZE];

	must(lh_table_delete(index, name_in(buf, tenant, name)) == 0);
}

static void
list_add(struct execution **list, struct execution *e)
{
	e->next = *list;
	e->at = list;
	if (e->next != NULL)
		e->next->at = &e->next;
	*list = e;
}

static void
list_remove(struct execution *e)
{
	*e->at = e->next;
	if (e->next != NULL)
		e->next->at = e->at;
}

void
engine_enter(struct execution *e)
{
	if (e->mode == MODE_DRY_RUN)
		return;
	index_add(e->engine->deployments, e->key.tenant, e->key.deployment, e);
	index_add(e->engine->graphs, e->key.tenant, e->key.graph, e);
}

/* One that was refused has not been entered. */
void
engine_remove(struct execution *e)
{
	struct engine *engine = e->engine;

	list_remove(e);
	engine->n--;
	if (index_find(engine->graphs, e->key.tenant, e->key.graph) == e) {
		index_remove(engine->deployments, e->key.tenant, e->key.deployment);
		index_remove(engine->graphs, e->key.tenant, e->key.graph);
	}
	list_add(&engine->ended, e);
	task_wake(engine->options.loop, &e->end);
}

struct execution *
engine_find(const struct engine *engine, const char *tenant, const char *graph_id)
{
	struct execution *e = index_find(engine->graphs, tenant, graph_id);

	return e != NULL && !execution_is_passing(e) ? e : NULL;
}

bool
engine_holds(const struct engine *engine, const char *tenant, const char *graph_id)
{
	return index_find(engine->graphs, tenant, graph_id) != NULL;
}

/* ---- their beginning and end ---- */

/* What has ended is freed in a task of its own: here, nobody is in the middle of it. */
void
engine_forget(struct execution *e)
{
	list_remove(e);
	execution_destroy(e);
}

static void
destroy_all(struct execution **list)
{
	while (*list != NULL)
		engine_forget(*list);
}

/* Those whose tenants' lanes are busy could not be left in order: others need not wait for their leases to run out. */
static void
on_left(struct timer *timer)
{
	struct engine *engine = container_of(timer, struct engine, left);

	for (struct execution *e = engine->executions; e != NULL; e = e->next)
		lease_give_back(e);
}

struct engine *
engine_create(const struct engine_options *options)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));

	must(options->lease_ms > 0);
	engine->options = *options;
	engine->windows = windows_create(options->loop, NODES_MOST);
	engine->durations = durations_create();
	engine->deployments = index_create();
	engine->graphs = index_create();
	rng_init(&engine->rng, options->seed);
	str_init(&engine->text, TEXT_MAX);
	engine->telemetry = telemetry_create(engine);
	engine->retention = retention_create(options);
	engine->planned = planned_create(options);
	timer_init(&engine->left, on_left);
	if (options->recover_ms > 0)
		engine->recovery = recovery_create(engine, options->recover_ms);
	return engine;
}

void
engine_destroy(struct engine *engine)
{
	if (engine == NULL)
		return;
	timer_disarm(engine->options.loop, &engine->left);
	recovery_destroy(engine->recovery);
	planned_destroy(engine->planned);
	retention_destroy(engine->retention);
	destroy_all(&engine->executions);
	destroy_all(&engine->ended);
	windows_destroy(engine->windows);
	durations_destroy(engine->durations);
	telemetry_destroy(engine->telemetry);
	lh_table_free(engine->deployments);
	lh_table_free(engine->graphs);
	str_fini(&engine->text);
	free(engine);
}

static void
request_drop(struct execution_request *request)
{
	spec_unref(request->spec);
	keyring_fini(&request->keyring);
}

static void
make_id(struct engine *engine, struct execution *e, const char *wanted)
{
	uint64_t seed[2];

	if (wanted != NULL) {
		snprintf(e->id, sizeof(e->id), "%s", wanted);
		return;
	}
	seed[0] = rng_next(&engine->rng);
	seed[1] = rng_next(&engine->rng);
	obj_id_from(seed, sizeof(seed), e->id);
}

/* The one of the same deployment that is here; a dry run is in nobody's way. */
static struct execution *
find_other(const struct engine *engine, const struct execution_request *request)
{
	return request->mode == MODE_DRY_RUN
		   ? NULL
		   : index_find(
			 engine->deployments, request->spec->tenant, request->spec->deployment_id);
}

static enum err_code
check_open(const struct engine *engine, struct err *err)
{
	err->code = ERR_OK;
	if (engine->draining)
		err_set(err, ERR_DRAINING, "ask another server, or this one again when it is back");
	return err->code;
}

enum err_code
engine_start(struct engine *engine, struct execution_request *request,
    struct execution_watch *watch, struct err *err)
{
	struct execution *other = find_other(engine, request), *e;

	if (check_open(engine, err) == ERR_OK && other != NULL && !execution_can_be_followed(other))
		execution_say_busy(other, err);
	if (err->code != ERR_OK) {
		request_drop(request);
		return err->code;
	}
	e = execution_create(engine, request);
	if (check_open(engine, err) != ERR_OK) { /* of a large graph that takes a while */
		execution_destroy(e);
		return err->code;
	}
	make_id(engine, e, request->id);
	list_add(&engine->executions, e);
	engine->n++;
	execution_watch(e, watch);
	if (other != NULL)
		execution_begin_behind(e, other);
	else
		execution_begin(e);
	return ERR_OK;
}

double
engine_seconds(const struct engine *engine, const struct resource_type *type, enum plan_act act)
{
	return durations_known(engine->durations, type, act);
}

void
engine_recall(struct engine *engine, const struct graph *graph, struct json_object *operations)
{
	for (size_t v = 0; v < graph->n; v++) {
		struct json_object *operation = json_object_array_get_idx(operations, v);
		struct json_object *took = json_get(operation, "duration_seconds");

		if (took != NULL && str_eq(json_get_str(operation, "status"), "completed") &&
		    json_get_i64(operation, "attempt", 0) == 1)
			durations_recall(engine->durations, graph_node(graph, v)->type,
			    plan_act_from(json_get_str(operation, "operation")),
			    json_object_get_double(took));
	}
}

void
engine_drain(struct engine *engine, int64_t grace_us)
{
	timer_arm(engine->options.loop, &engine->left, grace_us + LEAVE_US);
	engine->draining = true;
	recovery_destroy(engine->recovery);
	engine->recovery = NULL;
	for (struct execution *e = engine->executions; e != NULL; e = e->next)
		execution_drain(e, grace_us);
}

size_t
engine_running_n(const struct engine *engine)
{
	return engine->n;
}

struct engine_tally
engine_tally(const struct engine *engine, const char *tenant)
{
	struct engine_tally tally = { 0 };

	for (const struct execution *e = engine->executions; e != NULL; e = e->next) {
		if (!str_eq(e->key.tenant, tenant))
			continue;
		if (e->status == STATUS_PAUSED)
			tally.paused++;
		else
			tally.running++;
	}
	return tally;
}
