/* SPDX-License-Identifier: Apache-2.0
 * aws.c - the provider's struct of functions; each hands on to the module whose job it is. */
#include "providers/aws/aws.h"

#include <stdio.h>
#include <stdlib.h>

#include "providers/aws/again.h"
#include "providers/aws/credentials.h"
#include "providers/aws/fill.h"
#include "providers/aws/hooks.h"
#include "providers/aws/session.h"
#include "providers/aws/steps.h"
#include "providers/aws/sweep.h"
#include "providers/aws/type.h"
#include "providers/aws/whose.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define WINDOW_SIZE       10 /* well below AWS's own limits; throttling narrows it further */
#define NODE_ID_EXAMPLE   "00000000"
#define POINTER_BYTES_MAX 1024

struct aws {
	struct provider   provider;
	struct loop      *loop;
	struct aws_calls  calls; /* what the rest of this provider asks: by way of roles */
	struct aws_calls  wire;
	struct aws_again *again; /* NULL: the wire does not need it */
};

static enum err_code
load(struct provider *provider, struct resource_type *rt, struct err *err)
{
	struct aws_type *type = NULL;
	enum err_code    code = aws_type_parse(rt, &type, err);

	(void)provider;
	if (code == ERR_OK)
		rt->impl = type;
	return code;
}

static void
unload(void *impl)
{
	aws_type_free(impl);
}

/* ---- validate ---- */

/* A value that is a reference is known later, and so is the name that it is part of. */
static bool
names_are_known(const struct resource_type *rt, struct json_object *properties)
{
	struct json_object *names = resource_type_identity_properties(rt);
	size_t              n = names != NULL ? json_object_array_length(names) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *value = json_get_str(
		    properties, json_object_get_string(json_object_array_get_idx(names, i)));

		if (value == NULL || str_starts(value, "@"))
			return false;
	}
	return n > 0;
}

static void
validate_name(const struct resource_type *rt, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	const struct aws_type   *type = rt->impl;
	const struct aws_naming *naming = &type->naming;
	const struct identity    identity = { .node_id = NODE_ID_EXAMPLE, .region = "" };
	const struct op          op = { .identity = &identity, .desired = properties };
	const struct aws_scope   scope = { .type = type, .op = &op };
	const char *template = naming->primary;
	struct str name, at;

	if (naming->length_max == 0 || !names_are_known(rt, properties))
		return;
	if (naming->plain != NULL && aws_condition_holds(&scope, &naming->plain_if))
		template = naming->plain;
	str_init(&name, AWS_NAME_MAX);
	str_init(&at, POINTER_BYTES_MAX);
	(void)aws_fill_text(&scope, template, &name);
	str_add(&at, pointer);
	json_pointer_add(&at, json_object_get_string(json_object_array_get_idx(
				  resource_type_identity_properties(rt), 0)));
	if (name.overflow || name.len > naming->length_max)
		problems_add(problems, at.data, "bad_length",
		    "the whole name would have %zu characters, AWS takes %zu", name.len,
		    naming->length_max);
	str_fini(&at);
	str_fini(&name);
}

static void
validate(struct provider *provider, const struct resource_type *rt, struct json_object *properties,
    const char *pointer, struct problems *problems)
{
	(void)provider;
	validate_name(rt, properties, pointer, problems);
	json_object_object_foreach (properties, name, value) {
		const char *hook = json_get_str(aws_type_property(rt->impl, name), "x-hook");

		if (hook != NULL && json_object_is_type(value, json_type_object) &&
		    aws_hook_find(hook)->validate != NULL)
			aws_hook_find(hook)->validate(properties, name, pointer, problems);
	}
}

/* ---- the rest ---- */

static struct credentials *
open_credentials(struct provider *provider, struct json_object *json, const char *account,
    const char *pointer, struct problems *problems)
{
	(void)provider;
	return aws_credentials_open(json, account, pointer, problems);
}

static void
window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	const struct aws_type    *type = op->type->impl;
	const struct credentials *credentials = op->credentials;
	const char               *account = "";

	(void)provider;
	if (credentials != NULL)
		account = credentials->account_id != NULL ? credentials->account_id
							  : credentials->access_key_id;
	snprintf(buf, size, "aws:%s:%s:%s", account, op->identity->region, type->service);
}

static void
start(struct provider *provider, struct op *op)
{
	struct aws *aws = container_of(provider, struct aws, provider);

	aws_steps_start(aws->loop, &aws->calls, op);
}

static void
cancel(struct provider *provider, struct op *op)
{
	(void)provider;
	aws_steps_cancel(op);
}

static void
ask_whose(struct provider *provider, struct whose *whose)
{
	aws_whose_start(&container_of(provider, struct aws, provider)->calls, whose);
}

static void
cancel_whose(struct provider *provider, struct whose *whose)
{
	(void)provider;
	aws_whose_cancel(whose);
}

static void
start_sweep(struct provider *provider, struct sweep *sweep)
{
	aws_sweep_start(&container_of(provider, struct aws, provider)->calls, sweep);
}

static void
cancel_sweep(struct provider *provider, struct sweep *sweep)
{
	(void)provider;
	aws_sweep_cancel(sweep);
}

static void
destroy(struct provider *provider)
{
	struct aws *aws = container_of(provider, struct aws, provider);

	aws_again_destroy(aws->again);
	free(aws);
}

/* ---- calls with keys that take on a role ---- */

static void
start_call(void *arg, struct aws_call *call)
{
	struct aws *aws = arg;

	if (call->keys != NULL && call->keys->session != NULL)
		aws_session_start(call->keys->session, aws->loop, &aws->wire, call);
	else
		aws->wire.start(aws->wire.arg, call);
}

static void
cancel_call(void *arg, struct aws_call *call)
{
	struct aws *aws = arg;

	if (call->keys != NULL && call->keys->session != NULL)
		aws_session_cancel(call->keys->session, call);
	else
		aws->wire.cancel(aws->wire.arg, call);
}

static const struct aws_service *
find_service(void *arg, const char *name, struct err *err)
{
	struct aws *aws = arg;

	return aws->wire.service(aws->wire.arg, name, err);
}

struct provider *
aws_provider_create_on(struct loop *loop, const struct aws_calls *calls)
{
	struct aws *aws = xcalloc(1, sizeof(*aws));

	aws->loop = loop;
	aws->calls = (struct aws_calls){ aws, start_call, cancel_call, find_service };
	aws->wire = *calls;
	aws->provider = (struct provider){
		.name = "aws",
		.load = load,
		.validate = validate,
		.needs_credentials = true,
		.open = open_credentials,
		.close = aws_credentials_close,
		.ask_whose = ask_whose,
		.cancel_whose = cancel_whose,
		.start_sweep = start_sweep,
		.cancel_sweep = cancel_sweep,
		.window = window,
		.window_size = WINDOW_SIZE,
		.start = start,
		.cancel = cancel,
		.unload = unload,
		.destroy = destroy,
	};
	return &aws->provider;
}

/* ---- on the real wire ---- */

static void
caller_start(void *arg, struct aws_call *call)
{
	aws_call_start(arg, call);
}

static void
caller_cancel(void *arg, struct aws_call *call)
{
	aws_call_cancel(arg, call);
}

static const struct aws_service *
caller_service(void *arg, const char *name, struct err *err)
{
	return aws_models_service(aws_caller_models(arg), name, err);
}

struct provider *
aws_provider_create(struct loop *loop, struct aws_caller *caller)
{
	const struct aws_calls wire = { caller, caller_start, caller_cancel, caller_service };
	struct aws_again      *again = aws_again_create(loop, &wire);
	const struct aws_calls calls = aws_again_calls(again);
	struct provider       *provider = aws_provider_create_on(loop, &calls);

	container_of(provider, struct aws, provider)->again = again;
	return provider;
}
