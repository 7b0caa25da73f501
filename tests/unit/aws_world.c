/* SPDX-License-Identifier: Apache-2.0
 * aws_world.c - plays AWS: checks each call against the script, and answers from it. */
#include "tests/unit/aws_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/aws.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define TEXT_MAX  (64 * 1024)
#define TURNS_MAX 1000

struct aws_world {
	struct loop           *loop;
	struct registry       *registry;
	struct json_object    *models; /* by service */
	struct aws_service     services[8];
	size_t                 services_n;
	struct aws_call       *call; /* in the air */
	const struct aws_line *script;
	struct op              op;
	struct identity        identity;
	struct json_object    *owned; /* what the op borrows */
	struct credentials    *credentials;
	bool                   done;
	int64_t                now_us;
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

/* ---- models: "Name" text, "Name:i" whole number, "Name:b" boolean, "Name{...}" structure,
 * "Name[...]" list of structures, "Name[]" list of texts, "Name<>" map of texts ---- */

static const struct {
	const char *service, *operation, *input;
} operations[] = {
	{ "iam", "GetRole", "RoleName" },
	{ "iam", "CreateRole",
	    "Path RoleName AssumeRolePolicyDocument Description MaxSessionDuration:i "
	    "PermissionsBoundary Tags[Key Value]" },
	{ "iam", "ListAttachedRolePolicies", "RoleName Marker" },
	{ "iam", "AttachRolePolicy", "RoleName PolicyArn" },
	{ "iam", "DetachRolePolicy", "RoleName PolicyArn" },
	{ "iam", "UpdateAssumeRolePolicy", "RoleName PolicyDocument" },
	{ "iam", "UpdateRole", "RoleName Description MaxSessionDuration:i" },
	{ "iam", "PutRolePermissionsBoundary", "RoleName PermissionsBoundary" },
	{ "iam", "DeleteRolePermissionsBoundary", "RoleName" },
	{ "iam", "DeleteRole", "RoleName" },
	{ "iam", "TagRole", "RoleName Tags[Key Value]" },
	{ "iam", "UntagRole", "RoleName TagKeys[]" },
	{ "s3", "GetBucketLocation", "Bucket" },
	{ "s3", "HeadBucket", "Bucket" },
	{ "s3", "GetBucketTagging", "Bucket" },
	{ "s3", "GetBucketVersioning", "Bucket" },
	{ "s3", "GetBucketEncryption", "Bucket" },
	{ "s3", "GetPublicAccessBlock", "Bucket" },
	{ "s3", "CreateBucket", "Bucket CreateBucketConfiguration{LocationConstraint}" },
	{ "s3", "PutBucketTagging", "Bucket Tagging{TagSet[Key Value]}" },
	{ "s3", "PutBucketVersioning", "Bucket VersioningConfiguration{Status}" },
	{ "s3", "PutBucketEncryption",
	    "Bucket ServerSideEncryptionConfiguration{Rules[ApplyServerSideEncryptionByDefault{"
	    "SSEAlgorithm KMSMasterKeyID} BucketKeyEnabled:b]}" },
	{ "s3", "PutPublicAccessBlock",
	    "Bucket PublicAccessBlockConfiguration{BlockPublicAcls:b IgnorePublicAcls:b "
	    "BlockPublicPolicy:b RestrictPublicBuckets:b}" },
	{ "s3", "DeleteBucket", "Bucket" },
	{ "lambda", "GetFunction", "FunctionName" },
	{ "lambda", "CreateFunction",
	    "FunctionName Runtime Role Handler Code{ZipFile S3Bucket S3Key} Description Timeout:i "
	    "MemorySize:i Environment{Variables<>} Layers[] Tags<> VpcConfig{SubnetIds[] "
	    "SecurityGroupIds[]}" },
	{ "lambda", "UpdateFunctionConfiguration",
	    "FunctionName Role Handler Description Timeout:i MemorySize:i Environment{Variables<>} "
	    "Runtime Layers[]" },
	{ "lambda", "UpdateFunctionCode", "FunctionName ZipFile S3Bucket S3Key Architectures[]" },
	{ "lambda", "DeleteFunction", "FunctionName" },
	{ "lambda", "TagResource", "Resource Tags<>" },
	{ "lambda", "UntagResource", "Resource TagKeys[]" },
	{ "dynamodb", "DescribeTable", "TableName" },
	{ "dynamodb", "ListTagsOfResource", "ResourceArn NextToken" },
	{ "dynamodb", "DescribeTimeToLive", "TableName" },
	{ "dynamodb", "CreateTable",
	    "TableName BillingMode AttributeDefinitions[AttributeName AttributeType] "
	    "KeySchema[AttributeName KeyType] Tags[Key Value]" },
	{ "dynamodb", "UpdateTimeToLive",
	    "TableName TimeToLiveSpecification{Enabled:b AttributeName}" },
	{ "dynamodb", "UpdateTable",
	    "TableName AttributeDefinitions[AttributeName AttributeType] "
	    "GlobalSecondaryIndexUpdates[Create{IndexName KeySchema[AttributeName KeyType] "
	    "Projection{ProjectionType}} Delete{IndexName}]" },
	{ "dynamodb", "DeleteTable", "TableName" },
	{ "dynamodb", "TagResource", "ResourceArn Tags[Key Value]" },
	{ "dynamodb", "UntagResource", "ResourceArn TagKeys[]" },
};

static const struct {
	const char *service, *name, *waiter;
} waiters[] = {
	{ "iam", "RoleExists",
	    "{'delay':1,'operation':'GetRole','maxAttempts':20,'acceptors':[{'state':'success',"
	    "'matcher':'status','expected':200},{'state':'retry','matcher':'error',"
	    "'expected':'NoSuchEntity'}]}" },
	{ "lambda", "FunctionActiveV2",
	    "{'delay':1,'operation':'GetFunction','acceptors':[{'state':'success','matcher':'path',"
	    "'argument':'Configuration.State','expected':'Active'},{'state':'failure',"
	    "'matcher':'path','argument':'Configuration.State','expected':'Failed'},"
	    "{'state':'retry','matcher':'path','argument':'Configuration.State',"
	    "'expected':'Pending'}]}" },
	{ "dynamodb", "TableExists",
	    "{'delay':20,'operation':'DescribeTable','acceptors':[{'expected':'ACTIVE',"
	    "'matcher':'path','state':'success','argument':'Table.TableStatus'}]}" },
};

static const struct {
	const char *service, *operation, *paginator;
} paginators[] = {
	{ "iam", "ListAttachedRolePolicies",
	    "{'input_token':'Marker','output_token':'Marker','more_results':'IsTruncated'}" },
	{ "dynamodb", "ListTagsOfResource",
	    "{'input_token':'NextToken','output_token':'NextToken'}" },
};

static struct json_object *
part(struct json_object *parent, const char *key)
{
	struct json_object *child = json_get_object(parent, key);

	if (child == NULL)
		json_set(parent, key, child = json_object_new_object());
	return child;
}

static struct json_object *
ref_to(const char *shape)
{
	struct json_object *ref = json_object_new_object();

	json_set_str(ref, "shape", shape);
	return ref;
}

static void
add_shape(struct json_object *shapes, const char *name, const char *type)
{
	json_set_str(part(shapes, name), "type", type);
}

/* The members up to a closing bracket, into the structure `shape`. Returns what follows. */
static const char *
add_members(struct json_object *shapes, const char *shape, const char *text)
{
	struct json_object *members = json_object_new_object();

	add_shape(shapes, shape, "structure");
	json_set(part(shapes, shape), "members", members);
	while (*text != '\0' && strchr("]}", *text) == NULL) {
		size_t len = strcspn(text, " :{[<]}");
		char   name[64], inner[256], item[300];
		char   kind = text[len];

		snprintf(name, sizeof(name), "%.*s", (int)len, text);
		snprintf(inner, sizeof(inner), "%s.%s", shape, name);
		snprintf(item, sizeof(item), "%s.item", inner);
		text += len;
		json_set(members, name, ref_to(inner));
		if (kind == '{') {
			text = add_members(shapes, inner, text + 1) + 1;
		} else if (kind == '[') {
			add_shape(shapes, inner, "list");
			json_set(part(shapes, inner), "member", ref_to(item));
			if (text[1] == ']')
				add_shape(shapes, item, "string");
			text = text[1] == ']' ? text + 2 : add_members(shapes, item, text + 1) + 1;
		} else if (kind == '<') {
			add_shape(shapes, inner, "map");
			add_shape(shapes, item, "string");
			json_set(part(shapes, inner), "key", ref_to(item));
			json_set(part(shapes, inner), "value", ref_to(item));
			text += 2;
		} else if (kind == ':') {
			add_shape(shapes, inner, text[1] == 'i' ? "integer" : "boolean");
			text += 2;
		} else {
			add_shape(shapes, inner, "string");
		}
		text += *text == ' ';
	}
	return text;
}

static void
make_models(struct aws_world *world)
{
	world->models = json_object_new_object();
	for (size_t i = 0; i < array_len(operations); i++) {
		struct json_object *model = part(world->models, operations[i].service);
		char                name[128];

		snprintf(name, sizeof(name), "%sInput", operations[i].operation);
		json_set(part(part(model, "operations"), operations[i].operation), "input",
		    ref_to(name));
		(void)add_members(part(model, "shapes"), name, operations[i].input);
	}
	for (size_t i = 0; i < array_len(waiters); i++)
		json_set(part(part(world->models, waiters[i].service), "waiters"), waiters[i].name,
		    aws_json(waiters[i].waiter));
	for (size_t i = 0; i < array_len(paginators); i++)
		json_set(part(part(world->models, paginators[i].service), "paginators"),
		    paginators[i].operation, aws_json(paginators[i].paginator));
	json_object_object_foreach (world->models, service, model) {
		ck_assert_uint_lt(world->services_n, array_len(world->services));
		world->services[world->services_n++] = (struct aws_service){
			.name = service,
			.operations = json_get(model, "operations"),
			.shapes = json_get(model, "shapes"),
			.waiters = json_get(model, "waiters"),
			.paginators = json_get(model, "paginators"),
		};
	}
}

/* ---- the wire ---- */

static const struct aws_service *
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
start_call(void *arg, struct aws_call *call)
{
	struct aws_world *world = arg;

	ck_assert_ptr_null(world->call);
	ck_assert_str_eq(call->keys->access_key_id, "AKIAEXAMPLE");
	world->call = call;
}

static void
cancel_call(void *arg, struct aws_call *call)
{
	struct aws_world *world = arg;

	ck_assert_ptr_eq(world->call, call);
	world->call = NULL;
}

static void
check_call(const struct aws_line *line, const struct aws_call *call)
{
	struct json_object *params;

	ck_assert_msg(line->operation != NULL, "beyond the script: %s %s", call->operation,
	    json_text(call->params));
	ck_assert_msg(strcmp(line->operation, call->operation) == 0, "%s %s instead of %s",
	    call->operation, json_text(call->params), line->operation);
	params = aws_json(line->params);
	ck_assert_msg(json_same(params, call->params), "%s: %s instead of %s", call->operation,
	    json_text(call->params), line->params);
	json_object_put(params);
}

static void
answer_call(struct aws_world *world)
{
	const struct aws_line *line = world->script++;
	struct aws_call       *call = world->call;
	const char            *colon;

	check_call(line, call);
	world->call = NULL;
	call->result = line->result != OP_PENDING ? line->result : OP_OK;
	call->status = line->status != 0 ? line->status : call->result == OP_OK ? 200 : 400;
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
	struct provider *provider = aws_world_provider(world);

	op_fini(&world->op);
	json_object_put(world->owned);
	world->owned = json_object_new_array();
	world->script = script;
	world->done = false;
	world->identity =
	    (struct identity){ "tenant", "dep", "aaaaaaaa", "bbbbbbbb", "cccccccc", "res",
		    "0123456789abcdef", ask->region != NULL ? ask->region : "", !ask->elsewhere };
	world->op = (struct op){
		.kind = ask->kind,
		.after = ask->after,
		.type = aws_world_type(world, ask->type),
		.identity = &world->identity,
		.credentials = world->credentials,
		.desired = keep(world, ask->desired),
		.changes = keep(world, ask->changes),
		.known = keep(world, ask->known),
		.token = "token",
		.adopt = ask->adopt,
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

struct aws_world *
aws_world_create(void)
{
	struct aws_world   *world = xcalloc(1, sizeof(*world));
	const char         *root = getenv("srcdir");
	struct aws_calls    calls = { world, start_call, cancel_call, find_service };
	struct json_object *json =
	    aws_json("{'access_key_id':'AKIAEXAMPLE','secret_access_key':'secret'}");
	struct problems problems;
	struct err      err = { 0 };
	char            folder[4096];

	make_models(world);
	world->loop = loop_create();
	world->registry = registry_create();
	registry_add_provider(world->registry, aws_provider_create_on(world->loop, &calls));
	snprintf(folder, sizeof(folder), "%s/schemas/aws", root != NULL ? root : ".");
	ck_assert_msg(registry_load(world->registry, folder, &err) == ERR_OK, "%s", err.detail);
	problems_init(&problems);
	world->credentials = aws_world_provider(world)->open(
	    aws_world_provider(world), json, "/credentials/aws", &problems);
	ck_assert_ptr_nonnull(world->credentials);
	problems_fini(&problems);
	json_object_put(json);
	return world;
}

void
aws_world_destroy(struct aws_world *world)
{
	ck_assert_ptr_null(world->call);
	op_fini(&world->op);
	aws_world_provider(world)->close(world->credentials);
	registry_destroy(world->registry);
	loop_destroy(world->loop);
	json_object_put(world->owned);
	json_object_put(world->models);
	free(world);
}

struct provider *
aws_world_provider(struct aws_world *world)
{
	return registry_provider(world->registry, "aws");
}

const struct resource_type *
aws_world_type(struct aws_world *world, const char *name)
{
	const struct resource_type *type = registry_type(world->registry, name);

	ck_assert_msg(type != NULL, "no type %s", name);
	return type;
}
