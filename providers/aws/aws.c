/* SPDX-License-Identifier: Apache-2.0
 * aws.c - the provider's struct of functions; each hands on to the module whose job it is. */
#include "providers/aws/aws.h"

#include <stdio.h>
#include <stdlib.h>

#include "interpreter/again.h"
#include "interpreter/call_type.h"
#include "interpreter/interpreter.h"
#include "providers/aws/call.h"
#include "providers/aws/credentials.h"
#include "providers/aws/errand.h"
#include "providers/aws/fault.h"
#include "providers/aws/hooks.h"
#include "providers/aws/model.h"
#include "providers/aws/place.h"
#include "interpreter/session.h"
#include "providers/aws/sweep.h"
#include "providers/aws/whose.h"
#include "util/mem.h"
#include "util/str.h"

#define WINDOW_SIZE   10          /* well below AWS's own limits; throttling narrows it further */
#define REGION_OF_ALL "us-east-1" /* for global types, unless the credentials name one */

struct aws {
	struct interpreter interpreter;
	struct sessions    sessions;
	struct again      *again;  /* NULL: the wire does not need it */
	struct aws_caller *caller; /* NULL: it is on another wire */
};

static struct aws *
of(struct provider *provider)
{
	return container_of(provider, struct aws, interpreter.provider);
}

/* ---- what the interpreter asks ---- */

static const struct call_keys *
keys_of(const struct credentials *credentials)
{
	return credentials != NULL ? &credentials->keys : NULL;
}

static const char *
region_of(const struct credentials *credentials)
{
	return credentials != NULL && credentials->region != NULL ? credentials->region
								  : REGION_OF_ALL;
}

static const char *
account_of(const struct credentials *credentials)
{
	return credentials != NULL ? credentials->account_id : NULL;
}

static enum op_result
fault(const char *operation, int status, const char *code)
{
	return fault_class(operation, status, code, false);
}

/* ---- the provider's own ---- */

static struct credentials *
open_credentials(struct provider *provider, struct json_object *json, const char *account,
    const char *pointer, struct problems *problems)
{
	return aws_credentials_open(
	    of(provider)->interpreter.driver.key, json, account, pointer, problems);
}

static void
window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	const struct call_type   *type = op->type->impl;
	const struct credentials *credentials = op->credentials;
	const char               *account = "";

	(void)provider;
	if (credentials != NULL)
		account = credentials->account_id != NULL ? credentials->account_id
							  : credentials->access_key_id;
	snprintf(buf, size, "aws:%s:%s:%s", account, op->identity->region, type->service);
}

static void
start_sweep(struct provider *provider, struct sweep *sweep)
{
	aws_sweep_start(&of(provider)->interpreter.driver.calls, sweep);
}

static void
cancel_sweep(struct provider *provider, struct sweep *sweep)
{
	(void)provider;
	aws_sweep_cancel(sweep);
}

static void
start_errand(struct provider *provider, struct errand *errand)
{
	aws_errand_start(
	    of(provider)->interpreter.loop, &of(provider)->interpreter.driver.calls, errand);
}

static void
cancel_errand(struct provider *provider, struct errand *errand)
{
	aws_errand_cancel(of(provider)->interpreter.loop, errand);
}

static void
destroy(struct provider *provider)
{
	struct aws *aws = of(provider);

	again_destroy(aws->again);
	free(aws);
}

static struct session *
session_of(const struct call_keys *keys)
{
	return keys->session;
}

struct provider *
aws_provider_create_on(struct loop *loop, const struct calls *calls, const struct sealed_key *key)
{
	struct aws         *aws = xcalloc(1, sizeof(*aws));
	struct provider    *provider = &aws->interpreter.provider;
	const struct driver driver = {
		.calls = sessions_calls(&aws->sessions),
		.hooks = aws_hooks,
		.hooks_n = aws_hooks_n,
		.key = key,
		.own_tags = AWS_OWN_TAGS,
		.keys = keys_of,
		.region = region_of,
		.account = account_of,
		.ask_whose = aws_whose_start,
		.cancel_whose = aws_whose_cancel,
		.partition = aws_partition,
		.fault = fault,
	};

	aws->sessions = (struct sessions){ loop, *calls, session_of };
	interpreter_init(&aws->interpreter, loop, &driver);
	provider->name = "aws";
	provider->needs_credentials = true;
	provider->open = open_credentials;
	provider->close = aws_credentials_close;
	provider->start_sweep = start_sweep;
	provider->cancel_sweep = cancel_sweep;
	provider->start_errand = start_errand;
	provider->cancel_errand = cancel_errand;
	provider->window = window;
	provider->window_size = WINDOW_SIZE;
	provider->destroy = destroy;
	return provider;
}

/* ---- on the real wire ---- */

static void
caller_start(void *arg, struct call *call)
{
	aws_call_start(arg, call);
}

static void
caller_cancel(void *arg, struct call *call)
{
	aws_call_cancel(arg, call);
}

static const struct service *
caller_service(void *arg, const char *name, struct err *err)
{
	const struct aws_service *service = aws_models_service(aws_caller_models(arg), name, err);

	return service != NULL ? &service->base : NULL;
}

/* An emulator takes any. */
static enum region_standing
region(struct provider *provider, const char *region, struct near *near)
{
	struct aws_caller *caller = of(provider)->caller;

	return aws_caller_is_at_aws(caller)
		   ? place_region(aws_models_endpoints(aws_caller_models(caller)), region, near)
		   : REGION_KNOWN;
}

struct provider *
aws_provider_create(struct loop *loop, struct aws_caller *caller, const struct sealed_key *key)
{
	const struct calls wire = { caller, caller_start, caller_cancel, caller_service };
	struct again      *again = again_create(loop, &wire);
	const struct calls calls = again_calls(again);
	struct provider   *provider = aws_provider_create_on(loop, &calls, key);

	of(provider)->again = again;
	of(provider)->caller = caller;
	provider->region = region;
	return provider;
}
