/* SPDX-License-Identifier: Apache-2.0
 * engine_world.c - the loop, the store and the cloud of the engine's tests. */
#include "engine_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/saved.h"
#include "plan/verify.h"
#include "store/store_mem.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define OWNER      "0123456789abcdef"
#define LEASE_MS   10000
#define LATENCY_US 1000
#define KEY_SIZE   256
#define WALL_MS    1700000000000

/* ---- the cloud ---- */

struct flight {
	struct engine_world *world;
	struct op           *op; /* NULL: cancelled */
	struct timer         timer;
};

static void
item_key(const struct op *op, char key[KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "%s/%s", op->identity->region, json_get_str(op->desired, "name"));
}

static struct json_object *
found_of(const char *key, struct json_object *item)
{
	struct json_object *found = json_object_new_object();
	struct json_object *outputs = json_object_new_object();
	char                arn[KEY_SIZE + 8];

	snprintf(arn, sizeof(arn), "arn:%s", key);
	json_set_str(outputs, "arn", arn);
	json_set_str(outputs, "name", strchr(key, '/') + 1);
	json_set_str(found, "id", key);
	json_set(found, "properties", json_copy(json_get_object(item, "properties")));
	json_set(found, "outputs", outputs);
	json_set(found, "tags", json_copy(json_get_object(item, "tags")));
	if (json_has(item, "reserved"))
		json_set(found, "reserved", json_object_get(json_get(item, "reserved")));
	return found;
}

/* A pile keeps how often one was asked for when nothing was there, and that one was made. */
static void
keep(struct op *op, const char *name, struct json_object *value)
{
	struct json_object *kept = json_object_new_object();

	json_set(kept, name, value);
	if (op->found == NULL)
		op->found = json_object_new_object();
	if (op->type->undoes)
		json_set(op->found, "kept", kept);
	else
		json_object_put(kept);
}

static void
cloud_read(struct engine_world *world, struct op *op, const char *key)
{
	struct json_object *item = json_get_object(world->items, key);

	if (item == NULL) {
		op_answer(op, OP_ABSENT, "%s", "");
		keep(op, "creates", json_object_new_int(world->asked[OP_CREATE]));
	} else if (!op->adopt && !identity_owns(op->identity, json_get_object(item, "tags"))) {
		op_answer(op, OP_CONFLICT, "%s is somebody else's", key);
	} else {
		op_answer(op, OP_OK, "%s", "");
		op->found = found_of(key, item);
	}
}

static void
cloud_write(struct engine_world *world, struct op *op, const char *key)
{
	struct json_object *item;

	if (op->kind == OP_CREATE && json_has(world->items, key)) {
		op_answer(op, OP_CONFLICT, "%s is there", key);
		return;
	}
	if (op->kind == OP_CREATE)
		json_set_bool(world->tokens, op->token, true);
	item = json_object_new_object();
	json_set(item, "properties", json_copy(op->desired));
	json_set(item, "tags", op_tags(op));
	json_set(world->items, key, item);
	world->creates_applied += op->kind == OP_CREATE;
	op_answer(op, OP_OK, "%s", "");
	op->found = found_of(key, item);
	if (op->kind == OP_CREATE)
		keep(op, "made", json_object_new_boolean(true));
}

static void
cloud_delete(struct engine_world *world, struct op *op, const char *key)
{
	if (op->undo && op->type->undoes)
		json_object_array_add(world->undone, json_copy(op->kept));
	world->forced += json_get_bool(op->desired, "force_destroy", false);
	op_answer(op, json_has(world->items, key) ? OP_OK : OP_ABSENT, "%s", "");
	json_object_object_del(world->items, key);
}

static void
cloud_forget(struct engine_world *world, struct op *op)
{
	char key[KEY_SIZE];

	item_key(op, key);
	json_object_object_del(world->items, key);
}

static void
cloud_do(struct engine_world *world, struct op *op)
{
	char key[KEY_SIZE];

	item_key(op, key);
	switch (op->kind) {
	case OP_READ: cloud_read(world, op, key); return;
	case OP_CREATE:
	case OP_UPDATE: cloud_write(world, op, key); return;
	case OP_DELETE: cloud_delete(world, op, key); return;
	case OP_SETTLE: op_answer(op, OP_OK, "%s", ""); return;
	case OP_CHECK:
		op_answer(op, OP_OK, "%s", "");
		op->found = found_of(key, NULL);
		return;
	case OP_LIST:
	case OP_KINDS_N: break;
	}
	must(!"unreachable");
}

static struct fault *
find_fault(struct engine_world *world, const struct op *op)
{
	for (size_t i = 0; i < world->faults_n; i++) {
		struct fault *fault = &world->faults[i];

		if (fault->times > 0 && fault->kind == op->kind &&
		    strcmp(fault->resource_id, op->identity->resource_id) == 0)
			return fault;
	}
	return NULL;
}

static void
on_arrival(struct timer *timer)
{
	struct flight       *flight = container_of(timer, struct flight, timer);
	struct engine_world *world = flight->world;
	struct op           *op = flight->op;
	struct fault        *fault;

	world->in_flight--;
	free(flight);
	if (op == NULL)
		return;
	fault = find_fault(world, op);
	if (fault == NULL || fault->takes_effect)
		cloud_do(world, op);
	if (fault != NULL) {
		fault->times--;
		json_object_put(op->found);
		op->found = NULL;
		op_answer(op, fault->answer, "as the test said");
		op->over = op->kind == OP_SETTLE && world->settles_over;
		if (op->over)
			cloud_forget(world, op);
		if (fault->answer == OP_THROTTLED)
			op->retry_after_ms = world->retry_after_ms;
	}
	op->impl = NULL;
	if (fault == NULL || !fault->never_answers)
		op->done(op);
}

static void
fake_start(struct provider *provider, struct op *op)
{
	struct engine_world *world = container_of(provider, struct engine_world, provider);
	struct flight       *flight = xcalloc(1, sizeof(*flight));

	flight->world = world;
	flight->op = op;
	op->impl = flight;
	world->asked[op->kind]++;
	if (op->kind == OP_CREATE || op->kind == OP_DELETE)
		json_object_array_add(
		    world->order, json_object_new_string(op->identity->resource_id));
	if (++world->in_flight > world->in_flight_most)
		world->in_flight_most = world->in_flight;
	timer_init(&flight->timer, on_arrival);
	timer_arm(world->loop, &flight->timer, world->latency_us);
}

/* Nobody waits for the answer any more; the call is on its way all the same. */
static void
fake_cancel(struct provider *provider, struct op *op)
{
	struct engine_world *world = container_of(provider, struct engine_world, provider);
	struct flight       *flight = op->impl;

	if (flight == NULL)
		return;
	flight->op = NULL;
	op->impl = NULL;
	if (world->cancelled_arrive)
		cloud_do(world, op);
	op->result = OP_PENDING;
}

static enum err_code
fake_load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	(void)type;
	(void)err;
	return ERR_OK;
}

static void
fake_window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	snprintf(buf, size, "fake:%s", op->identity->region);
}

static void
fake_destroy(struct provider *provider)
{
	(void)provider;
}

/* ---- the world ---- */

static void
fake_close(struct credentials *credentials)
{
	(void)credentials;
}

static void
make_engine(struct engine_world *world)
{
	struct engine_options options = {
		.loop = world->loop,
		.store = world->store,
		.registry = world->registry,
		.seed = 42 + world->engines_n++, /* no two executions of one name */
		.lease_ms = LEASE_MS,
		.owner = OWNER,
		.recover_ms = world->recover_ms,
	};

	world->feed = feed_create(world->loop, world->store);
	options.feed = world->feed;
	world->engine = engine_create(&options);
}

struct engine_world the_world;

static void
open_world(void)
{
	struct err err;

	the_world = (struct engine_world){ .latency_us = LATENCY_US };
	the_world.provider = (struct provider){
		.name = "fake",
		.load = fake_load,
		.window = fake_window,
		.window_size = 4,
		.start = fake_start,
		.cancel = fake_cancel,
		.close = fake_close,
		.destroy = fake_destroy,
	};
	the_world.loop = loop_create();
	loop_turn(the_world.loop, the_world.now_us, WALL_MS);
	the_world.store = store_mem_create(the_world.loop, OWNER);
	the_world.items = json_object_new_object();
	the_world.order = json_object_new_array();
	the_world.undone = json_object_new_array();
	the_world.tokens = json_object_new_object();
	the_world.registry = registry_create(NULL);
	registry_add_provider(the_world.registry, &the_world.provider);
	ck_assert_msg(plan_setup(TEST_SRCDIR "/schemas", &err) == ERR_OK, "%s", err.detail);
	ck_assert_msg(
	    registry_load(the_world.registry, TEST_SRCDIR "/tests/data/types", &err) == ERR_OK,
	    "%s", err.detail);
	make_engine(&the_world);
}

void
engine_world_turn(struct engine_world *world)
{
	loop_turn(world->loop, world->now_us, WALL_MS + world->wall_jump_ms + world->now_us / 1000);
}

static void
close_world(void)
{
	engine_destroy(the_world.engine);
	while (the_world.in_flight > 0) { /* cancelled ones land nowhere */
		the_world.now_us += the_world.latency_us;
		engine_world_turn(&the_world);
	}
	feed_destroy(the_world.feed);
	store_destroy(the_world.store);
	registry_destroy(the_world.registry);
	loop_destroy(the_world.loop);
	json_object_put(the_world.items);
	json_object_put(the_world.indexed);
	json_object_put(the_world.order);
	json_object_put(the_world.undone);
	json_object_put(the_world.tokens);
	json_object_put(the_world.plan);
	json_object_put(the_world.saved);
	plan_teardown();
}

TCase *
engine_world_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, open_world, close_world);
	return tcase;
}

void
engine_world_fault(struct engine_world *world, struct fault fault)
{
	must(world->faults_n < WORLD_FAULTS_MAX);
	world->faults[world->faults_n++] = fault;
}

static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct engine_world *world = container_of(watch, struct engine_world, watch);

	ck_assert(!world->begun);
	world->execution = execution;
	world->begun = err == NULL;
	if (err != NULL)
		world->err = *err;
}

static void
on_paused(struct execution_watch *watch, struct execution *execution)
{
	struct engine_world *world = container_of(watch, struct engine_world, watch);

	ck_assert(world->begun && !world->ended);
	ck_assert_int_eq(execution_status(execution), STATUS_PAUSED);
	world->paused = true;
}

static struct json_object *
plan_of(enum execution_kind kind, struct execution *execution)
{
	const struct graph       *graph = execution_graph(execution);
	const struct plan_action *actions = execution_actions(execution);

	return kind == EXECUTION_VERIFY
		   ? verify_to_json(graph, actions, execution_warnings(execution))
		   : plan_to_json(graph, actions, NULL);
}

static void
on_ended(struct execution_watch *watch, struct execution *execution)
{
	struct engine_world *world = container_of(watch, struct engine_world, watch);

	ck_assert(world->begun && !world->ended);
	world->ended = true;
	world->execution = NULL;
	world->status = execution_status(execution);
	if (execution_actions(execution) == NULL)
		return;
	world->plan = plan_of(world->kind, execution);
	json_object_put(world->saved);
	world->saved = saved_make(execution_graph(execution), execution_actions(execution), NULL,
	    &(struct saved_choice){ NULL, NULL });
}

static void
on_stored(struct store_op *op)
{
	ck_assert_int_eq(op->result, STORE_OK);
}

void
engine_world_ask(struct engine_world *world, struct store_op *op)
{
	op->done = on_stored;
	store_start(world->store, op);
	engine_world_turn(world);
	engine_world_turn(world);
	ck_assert_int_eq(op->result, STORE_OK);
}

static struct json_object *
read_quoted(const char *text)
{
	char               *copy = xstrdup(text);
	struct json_object *json;
	struct err          err;

	for (char *c = copy; *c != '\0'; c++) {
		if (*c == '\'')
			*c = '"';
	}
	json = json_read(copy, strlen(copy), &err);
	ck_assert_msg(json != NULL, "%s", err.detail);
	free(copy);
	return json;
}

static const char *
tenant_of(const struct engine_world *world)
{
	return world->tenant != NULL ? world->tenant : "tenant";
}

static struct spec *
build_spec(struct engine_world *world, const char *config)
{
	struct json_object *json = read_quoted(config);
	struct problems     problems;
	struct spec        *spec;

	problems_init(&problems);
	spec = spec_build(world->registry, tenant_of(world), json, 0, &problems);
	ck_assert_msg(spec != NULL, "%s: %s", problems.n > 0 ? problems.items[0].pointer : "",
	    problems.n > 0 ? problems.items[0].detail : "");
	problems_fini(&problems);
	json_object_put(json);
	return spec;
}

/* Unless one is running: then this one is refused. */
static void
watch_anew(struct engine_world *world)
{
	if (world->watch.execution != NULL)
		return;
	json_object_put(world->plan);
	world->plan = NULL;
	world->begun = world->paused = world->ended = false;
	world->err = (struct err){ .code = ERR_OK };
	world->watch = (struct execution_watch){
		.on_begun = on_begun,
		.on_paused = on_paused,
		.on_ended = on_ended,
	};
}

static void
bring_credentials(struct engine_world *world, struct keyring *keyring)
{
	struct keyring_entry *entry;

	if (world->account == NULL)
		return;
	/* Nobody looks into them. */
	entry = keyring_add(keyring, &world->provider, "", (struct credentials *)world);
	snprintf(entry->account, sizeof(entry->account), "%s", world->account);
}

enum err_code
engine_world_resume(struct engine_world *world, const char *config, bool cancel)
{
	struct execution_request request = { .spec = build_spec(world, config),
		.actor = "test",
		.resume = true,
		.cancel = cancel,
		.hold = world->hold };

	bring_credentials(world, &request.keyring);
	watch_anew(world);
	return engine_start(world->engine, &request, &world->watch, &world->err);
}

enum err_code
engine_world_continue(
    struct engine_world *world, enum until until, const char *from, const char *skip)
{
	struct continue_request request = {
		.until = until, .from = from, .skip = &skip, .skip_n = skip != NULL
	};

	bring_credentials(world, &request.keyring);
	world->paused = false;
	return execution_continue(world->execution, &request, &world->err);
}

static void
keep_plan(struct engine_world *world, const struct store_key *key)
{
	struct store_op put = {
		.verb = STORE_PLAN_PUT,
		.key = *key,
		.plan = saved_id(world->saved),
		.text = json_text(world->saved),
	};

	engine_world_ask(world, &put);
	store_op_fini(&put);
}

enum err_code
engine_world_start(struct engine_world *world, const char *config, enum execution_kind kind,
    enum execution_mode mode, enum on_failure on_failure)
{
	struct execution_request request = {
		.spec = build_spec(world, config),
		.kind = kind,
		.mode = mode,
		.on_failure = on_failure,
		.actor = "test",
		.by_tags = world->by_tags,
		.plan = world->held ? world->saved : NULL,
		.empty = world->empty != NULL ? read_quoted(world->empty) : NULL,
		.only = world->only != NULL ? read_quoted(world->only) : NULL,
		.except = world->except != NULL ? read_quoted(world->except) : NULL,
		.newest = world->newest,
	};
	struct json_object *empty = request.empty, *only = request.only, *except = request.except;
	enum err_code       code;
	struct json_object *mgraph = spec_to_mgraph(request.spec);
	struct store_op     put = { .verb = STORE_PUT_SPEC, .text = json_text(mgraph) };

	must(store_key_set(
	    &put.key, request.spec->tenant, request.spec->deployment_id, request.spec->graph_id));
	engine_world_ask(world, &put);
	store_op_fini(&put);
	json_object_put(mgraph);
	if (world->held && !world->forgets)
		keep_plan(world, &put.key);
	bring_credentials(world, &request.keyring);
	watch_anew(world);
	world->kind = kind;
	code = engine_start(world->engine, &request, &world->watch, &world->err);
	json_object_put(empty);
	json_object_put(only);
	json_object_put(except);
	return code;
}

void
engine_world_run(struct engine_world *world, int64_t for_us)
{
	int64_t until = world->now_us + for_us;

	while (!world->ended && !world->paused && world->err.code == ERR_OK) {
		int64_t due = loop_next_due_us(world->loop);

		if (due > until)
			return;
		if (due > world->now_us)
			world->now_us = due;
		engine_world_turn(world);
	}
}

void
engine_world_crash(struct engine_world *world)
{
	engine_destroy(world->engine);
	feed_destroy(world->feed);
	world->execution = NULL;
	make_engine(world);
}
