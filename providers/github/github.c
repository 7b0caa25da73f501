/* SPDX-License-Identifier: Apache-2.0
 * github.c - the provider's struct of functions; each hands on to the module whose job it is. */
#include "providers/github/github.h"

#include <stdio.h>
#include <stdlib.h>

#include "interpreter/again.h"
#include "interpreter/interpreter.h"
#include "interpreter/session.h"
#include "providers/github/call.h"
#include "providers/github/credentials.h"
#include "providers/github/fault.h"
#include "providers/github/hooks.h"
#include "providers/github/mark.h"
#include "providers/github/secrets.h"
#include "util/mem.h"

/* GitHub counts by token, asks for few writes at once, and punishes haste for minutes. */
#define WINDOW_SIZE 8

struct github {
	struct interpreter interpreter;
	struct sessions    sessions;
	struct again      *again; /* NULL: the wire does not need it */
	enum err_code (*load)(struct provider *, struct resource_type *, struct err *);
};

static struct github *
of(struct provider *provider)
{
	return container_of(provider, struct github, interpreter.provider);
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
	(void)credentials;
	return "";
}

static const char *
account_of(const struct credentials *credentials)
{
	(void)credentials;
	return NULL;
}

/* ---- the provider's own ---- */

static enum err_code
load(struct provider *provider, struct resource_type *rt, struct err *err)
{
	mark_expand(rt->file);
	return of(provider)->load(provider, rt, err);
}

static struct credentials *
open_credentials(struct provider *provider, struct json_object *json, const char *account,
    const char *pointer, struct problems *problems)
{
	return github_credentials_open(
	    of(provider)->interpreter.driver.key, json, account, pointer, problems);
}

static void
window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	snprintf(buf, size, "github:%s", op->credentials != NULL ? op->credentials->who : "");
}

static void
start_errand(struct provider *provider, struct errand *errand)
{
	const struct driver *driver = &of(provider)->interpreter.driver;

	github_secrets_start(&driver->calls, driver->key, errand);
}

static void
cancel_errand(struct provider *provider, struct errand *errand)
{
	(void)provider;
	github_secrets_cancel(errand);
}

static void
destroy(struct provider *provider)
{
	struct github *github = of(provider);

	again_destroy(github->again);
	free(github);
}

static struct session *
session_of(const struct call_keys *keys)
{
	return keys->session;
}

struct provider *
github_provider_create_on(
    struct loop *loop, const struct calls *calls, const struct sealed_key *key)
{
	struct github      *github = xcalloc(1, sizeof(*github));
	struct provider    *provider = &github->interpreter.provider;
	const struct driver driver = {
		.calls = sessions_calls(&github->sessions),
		.service = "github",
		.hooks = github_hooks,
		.hooks_n = github_hooks_n,
		.key = key,
		.keys = keys_of,
		.region = region_of,
		.account = account_of,
		.fault = github_fault_class,
	};

	github->sessions = (struct sessions){ loop, *calls, session_of };
	interpreter_init(&github->interpreter, loop, &driver);
	github->load = provider->load;
	provider->name = "github";
	provider->load = load;
	provider->needs_credentials = true;
	provider->open = open_credentials;
	provider->close = github_credentials_close;
	provider->start_errand = start_errand;
	provider->cancel_errand = cancel_errand;
	provider->window = window;
	provider->window_size = WINDOW_SIZE;
	provider->destroy = destroy;
	return provider;
}

struct provider *
github_provider_create(
    struct loop *loop, struct github_caller *caller, const struct sealed_key *key)
{
	const struct calls wire = github_caller_calls(caller);
	struct again      *again = again_create(loop, &wire);
	const struct calls calls = again_calls(again);
	struct provider   *provider = github_provider_create_on(loop, &calls, key);

	of(provider)->again = again;
	return provider;
}
