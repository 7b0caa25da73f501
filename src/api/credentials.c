/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - opens what a spec's providers need, and asks whose it is. */
#include "api/credentials.h"

#include <string.h>

#include "api/whose.h"
#include "util/check.h"
#include "util/json.h"

/* Members that hold a secret in plain text: for TLS, loopback and unix sockets only. */
static const char *const plain_members[] = { "secret_access_key", "session_token", "pat" };

static bool
holds_plain(struct json_object *json)
{
	if (!json_object_is_type(json, json_type_object))
		return false;
	json_object_object_foreach (json, key, member) {
		(void)key;
		for (size_t i = 0; i < array_len(plain_members); i++) {
			if (json_has(member, plain_members[i]))
				return true;
		}
	}
	return false;
}

static bool
is_open(const struct exchange *x, const struct provider *provider)
{
	for (size_t i = 0; i < x->start.credentials_n; i++) {
		if (x->start.credentials[i].provider == provider)
			return true;
	}
	return false;
}

static void
open_one(struct exchange *x, struct provider *provider, struct json_object *json,
    const char *pointer, struct problems *problems)
{
	struct engine_credentials *slot = &x->start.credentials[x->start.credentials_n];
	struct str                 place;

	if (!provider->needs_credentials || is_open(x, provider))
		return;
	must(x->start.credentials_n < ENGINE_CREDENTIALS_MAX);
	str_init(&place, 1024);
	str_add(&place, pointer);
	json_pointer_add(&place, provider->name);
	slot->credentials =
	    provider->open(provider, json_get(json, provider->name), place.data, problems);
	str_fini(&place);
	if (slot->credentials != NULL) {
		slot->provider = provider;
		x->start.credentials_n++;
	}
}

static enum err_code
open_all(struct exchange *x, struct json_object *json, const char *pointer, bool only_given,
    struct problems *problems, struct err *err)
{
	const struct registry *registry = api_options_of(x->api)->registry;

	if (holds_plain(json) && !http_is_local(x->request))
		return err_set(err, ERR_PLAINTEXT_CREDENTIALS, "seal them, or use TLS");
	/* One problem per provider is enough: its first node shows it. */
	for (size_t i = 0; i < x->spec->nodes_n && problems->n == 0; i++) {
		const char *name = x->spec->nodes[i].type->provider;

		if (!only_given || json_has(json, name))
			open_one(x, registry_provider(registry, name), json, pointer, problems);
	}
	return problems->n > 0 ? ERR_BAD_CREDENTIALS : ERR_OK;
}

void
credentials_open(struct exchange *x, struct json_object *json, const char *pointer, bool only_given,
    exchange_step *then)
{
	struct problems problems;
	struct err      err;
	enum err_code   code;

	problems_init(&problems);
	code = open_all(x, json, pointer, only_given, &problems, &err);
	if (code == ERR_OK)
		whose_ask(x, pointer, then);
	else if (problems.n > 0)
		reply_problems(x, code, &problems);
	else
		reply_err(x, &err);
	problems_fini(&problems);
}
