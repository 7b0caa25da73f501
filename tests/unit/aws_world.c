/* SPDX-License-Identifier: Apache-2.0
 * aws_world.c - plays AWS: checks each call against the script, and answers from it. */
#include "tests/unit/aws_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/registry.h"
#include "providers/aws/aws.h"
#include "providers/aws/call_keys.h"
#include "providers/aws/call.h"
#include "providers/github/github.h"
#include "tests/unit/aws_world_models.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/sealed.h"
#include "util/str.h"

#define TURNS_MAX 10000

struct aws_world {
	struct loop           *loop;
	struct registry       *registry;
	struct json_object    *models; /* by service */
	struct service         services[32];
	size_t                 services_n;
	struct call           *call; /* in the air */
	const struct aws_line *script;
	struct op              op;
	struct identity        identity;
	struct json_object    *owned; /* what the op borrows */
	struct resource_type   kind;  /* of an open type */
	struct credentials    *credentials;
	struct sealed_key     *key; /* of the AWS provider; the other one has none */
	bool                   done;
	int64_t                now_us, at_ms;
};

struct json_object *
aws_json(const char *text)
{
	char               *copy = xstrdup(text);
	struct json_object *json;
	struct err          err = { 0 };

	for (char *at = copy; *at != '\0'; at++) {
		if (*at == '\'')
			*at = '"';
	}
	json = json_read(copy, strlen(copy), &err);
	ck_assert_msg(json != NULL, "%s: %s", err.detail, text);
	free(copy);
	return json;
}

/* ---- models ---- */

static void
make_models(struct aws_world *world)
{
	world->services[world->services_n++] = (struct service){ .name = "github" };
	world->models = aws_world_models();
	json_object_object_foreach (world->models, service, model) {
		ck_assert_uint_lt(world->services_n, array_len(world->services));
		world->services[world->services_n++] = (struct service){
			.name = service,
			.operations = json_get(model, "operations"),
			.shapes = json_get(model, "shapes"),
			.waiters = json_get(model, "waiters"),
			.paginators = json_get(model, "paginators"),
		};
	}
}

/* ---- the wire ---- */

static const struct service *
find_service(void *arg, const char *name, struct err *err)
{
	struct aws_world *world = arg;

	for (size_t i = 0; i < world->services_n; i++) {
		if (strcmp(world->services[i].name, name) == 0)
			return &world->services[i];
	}
	(void)err_set(err, ERR_NOT_FOUND, "no service model %s", name);
	return NULL;
}

static void
start_call(void *arg, struct call *call)
{
	struct aws_world *world = arg;

	ck_assert_ptr_null(world->call);
	if (strcmp(call->service, "github") != 0)
		ck_assert_str_eq(call->keys->access_key_id, "AKIAEXAMPLE");
	world->call = call;
}

static void
cancel_call(void *arg, struct call *call)
{
	struct aws_world *world = arg;

	ck_assert_ptr_eq(world->call, call);
	world->call = NULL;
}

static void
check_call(const struct aws_line *line, const struct call *call)
{
	struct json_object *params;

	ck_assert_msg(line->operation != NULL, "beyond the script: %s %s", call->operation,
	    json_text(call->params));
	ck_assert_msg(strcmp(line->operation, call->operation) == 0, "%s %s instead of %s",
	    call->operation, json_text(call->params), line->operation);
	if (line->params == NULL)
		return;
	params = aws_json(line->params);
	ck_assert_msg(json_same(params, call->params), "%s: %s instead of %s", call->operation,
	    json_text(call->params), line->params);
	json_object_put(params);
}

static void
answer_call(struct aws_world *world)
{
	const struct aws_line *line = world->script++;
	struct call           *call = world->call;
	const char            *colon;

	check_call(line, call);
	world->call = NULL;
	call->result = line->result != OP_PENDING ? line->result : OP_OK;
	call->status = line->status != 0 ? line->status : call->result == OP_OK ? 200 : 400;
	call->at_ms = world->at_ms;
	if (call->result == OP_OK) {
		call->out = aws_json(line->answer != NULL ? line->answer : "{}");
	} else {
		colon = strchr(line->answer, ':');
		snprintf(call->code, sizeof(call->code), "%.*s",
		    (int)(colon != NULL ? (size_t)(colon - line->answer) : strlen(line->answer)),
		    line->answer);
		snprintf(call->message, sizeof(call->message), "%s",
		    colon != NULL ? colon + 2 : "no reason");
	}
	call->done(call);
}

/* ---- ops ---- */

static void
on_op_done(struct op *op)
{
	struct aws_world *world = container_of(op, struct aws_world, op);

	ck_assert_msg(!world->done, "done came twice");
	world->done = true;
}

static struct json_object *
keep(struct aws_world *world, const char *text)
{
	struct json_object *json = text != NULL ? aws_json(text) : NULL;

	if (json != NULL)
		json_object_array_add(world->owned, json);
	return json;
}

static void
start_op(struct aws_world *world, const struct aws_ask *ask, const struct aws_line *script)
{
	const struct resource_type *type = aws_world_type(world, ask->type);
	struct provider            *provider = registry_provider(world->registry, type->provider);

	op_fini(&world->op);
	json_object_put(world->owned);
	world->owned = json_object_new_array();
	world->script = script;
	world->done = false;
	world->at_ms = ask->at_ms;
	world->identity = (struct identity){ "tenant", "dep", "aaaaaaaa", "bbbbbbbb", "cccccccc",
		"res", "0123456789abcdef", ask->region != NULL ? ask->region : "", !ask->elsewhere,
		false, false };
	world->op = (struct op){
		.kind = ask->kind,
		.after = ask->after,
		.type = type,
		.identity = &world->identity,
		.credentials = strcmp(type->provider, "aws") == 0 ? world->credentials : NULL,
		.desired = keep(world, ask->desired),
		.changes = keep(world, ask->changes),
		.known = keep(world, ask->known),
		.tags = keep(world, ask->tags),
		.restores = ask->restores,
		.token = "token",
		.adopt = ask->adopt,
		.undo = ask->undo,
		.kept = keep(world, ask->kept),
		.done = on_op_done,
	};
	provider->start(provider, &world->op);
	ck_assert_msg(!world->done, "done came before start returned");
}

static void
turn(struct aws_world *world)
{
	loop_turn(world->loop, world->now_us++, 0);
}

const struct op *
aws_world_ask(struct aws_world *world, const struct aws_ask *ask, const struct aws_line *script)
{
	start_op(world, ask, script);
	for (int i = 0; i < TURNS_MAX && !world->done; i++) {
		turn(world);
		if (world->call != NULL)
			answer_call(world);
	}
	ck_assert_msg(world->done, "the op never ended");
	ck_assert_ptr_null(world->op.impl);
	ck_assert_msg(world->script->operation == NULL, "%s was not called: %s: %s",
	    world->script->operation, op_result_name(world->op.result), world->op.message);
	return &world->op;
}

const struct op *
aws_world_do(struct aws_world *world, const char *type, enum op_kind kind, const char *desired,
    const struct aws_line *script)
{
	return aws_world_ask(world,
	    &(struct aws_ask){
		.type = type, .kind = kind, .region = "us-east-1", .desired = desired },
	    script);
}

const struct op *
aws_world_update(struct aws_world *world, const char *type, const char *desired,
    const char *changes, const char *known, const struct aws_line *script)
{
	return aws_world_ask(world,
	    &(struct aws_ask){ .type = type,
		.kind = OP_UPDATE,
		.region = "us-east-1",
		.desired = desired,
		.changes = changes,
		.known = known },
	    script);
}

void
aws_expect_result(const struct op *op, enum op_result result)
{
	ck_assert_msg(op->result == result, "%s instead of %s: %s", op_result_name(op->result),
	    op_result_name(result), op->message);
}

void
aws_expect_json(struct json_object *json, const char *text)
{
	struct json_object *expected = aws_json(text);

	ck_assert_msg(json_same(json, expected), "%s instead of %s", json_text(json), text);
	json_object_put(expected);
}

void
aws_world_cancel(struct aws_world *world, const struct aws_ask *ask, const struct aws_line *script)
{
	struct provider *provider = aws_world_provider(world);

	start_op(world, ask, script);
	turn(world);
	ck_assert_ptr_nonnull(world->call);
	provider->cancel(provider, &world->op);
	ck_assert_ptr_null(world->call);
	ck_assert_ptr_null(world->op.impl);
	turn(world);
	ck_assert(!world->done);
}

/* ---- the world ---- */

struct aws_world *aws;

static void
open_world(void)
{
	static const char *const folders[] = { "aws", "github" };
	struct aws_world        *world = xcalloc(1, sizeof(*world));
	const char              *root = getenv("srcdir");
	struct calls             calls = { world, start_call, cancel_call, find_service };
	struct json_object      *json =
	    aws_json("{'access_key_id':'AKIAEXAMPLE','secret_access_key':'secret',"
		     "'account_id':'123456789012'}");
	struct problems problems;
	struct err      err = { 0 };
	char            folder[4096];

	make_models(world);
	world->loop = loop_create();
	world->key = sealed_key_create();
	world->registry = registry_create(NULL);
	registry_add_provider(
	    world->registry, aws_provider_create_on(world->loop, &calls, world->key));
	registry_add_provider(
	    world->registry, github_provider_create_on(world->loop, &calls, NULL));
	for (size_t i = 0; i < array_len(folders); i++) {
		snprintf(
		    folder, sizeof(folder), "%s/schemas/%s", root != NULL ? root : ".", folders[i]);
		ck_assert_msg(
		    registry_load(world->registry, folder, &err) == ERR_OK, "%s", err.detail);
	}
	problems_init(&problems);
	world->credentials = aws_world_provider(world)->open(
	    aws_world_provider(world), json, "", "/credentials/aws", &problems);
	ck_assert_ptr_nonnull(world->credentials);
	problems_fini(&problems);
	json_object_put(json);
	aws = world;
}

static void
close_world(void)
{
	struct aws_world *world = aws;

	ck_assert_ptr_null(world->call);
	op_fini(&world->op);
	aws_world_provider(world)->close(world->credentials);
	registry_destroy(world->registry);
	sealed_key_destroy(world->key);
	loop_destroy(world->loop);
	json_object_put(world->owned);
	json_object_put(world->models);
	free(world);
}

TCase *
aws_world_case(const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_unchecked_fixture(tcase, open_world, close_world);
	return tcase;
}

struct provider *
aws_world_provider(struct aws_world *world)
{
	return registry_provider(world->registry, "aws");
}

struct registry *
aws_world_registry(struct aws_world *world)
{
	return world->registry;
}

char *
aws_world_box(struct aws_world *world, const char *text)
{
	char *box = sealed_box(sealed_key_hex(world->key), text, strlen(text), NULL);

	ck_assert_ptr_nonnull(box);
	return box;
}

const struct resource_type *
aws_world_type(struct aws_world *world, const char *name)
{
	const struct resource_type *type = registry_type(world->registry, name);
	bool                        fits = false;

	if (type == NULL && (type = registry_open_type(world->registry, name, &fits)) != NULL) {
		ck_assert_msg(fits, "%s is no kind", name);
		world->kind = *type;
		world->kind.name = name;
		type = &world->kind;
	}
	ck_assert_msg(type != NULL, "no type %s", name);
	return type;
}
