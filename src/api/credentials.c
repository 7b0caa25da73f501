/* SPDX-License-Identifier: Apache-2.0
 * credentials.c - opens what a spec's providers need, and asks whose it is. */
#include "api/credentials.h"

#include "api/whose.h"
#include "util/check.h"
#include "util/credential_name.h"
#include "util/json.h"

static void
open_one(struct exchange *x, struct provider *provider, const char *account,
    struct json_object *json, const char *pointer, struct problems *problems)
{
	struct credentials *credentials;
	struct str          place;

	if (!provider->needs_credentials ||
	    keyring_find(&x->start.keyring, provider, account) != NULL)
		return;
	str_init(&place, 1024);
	whose_place(&place, pointer, provider, "");
	credentials =
	    provider->open(provider, json_get(json, provider->name), account, place.data, problems);
	str_fini(&place);
	if (credentials != NULL)
		(void)keyring_add(&x->start.keyring, provider, account, credentials);
}

static enum err_code
open_all(struct exchange *x, struct json_object *json, const char *pointer, bool only_given,
    struct problems *problems, struct err *err)
{
	const struct registry *registry = api_options_of(x->api)->registry;

	if (credentials_hold_plain(json) && !x->is_local)
		return err_set(err, ERR_PLAINTEXT_CREDENTIALS, "seal them, or use TLS");
	/* The problems of one account are enough: its first node shows it. */
	for (size_t i = 0; i < x->spec->nodes_n && problems->n == 0; i++) {
		const struct spec_node *node = &x->spec->nodes[i];
		const char             *name = node->type->provider;

		if (!only_given || json_has(json, name))
			open_one(x, registry_provider(registry, name), node->account, json, pointer,
			    problems);
	}
	return problems->n > 0 ? ERR_BAD_CREDENTIALS : ERR_OK;
}

bool
credentials_open_one(struct exchange *x, struct provider *provider, struct json_object *json)
{
	struct problems     problems;
	struct credentials *credentials;
	struct err          err;

	if (credentials_hold_plain(json) && !x->is_local) {
		err_set(&err, ERR_PLAINTEXT_CREDENTIALS, "seal them, or use TLS");
		reply_err(x, &err);
		return false;
	}
	problems_init(&problems);
	credentials = provider->open(provider, json, "", "", &problems);
	if (credentials != NULL)
		(void)keyring_add(&x->start.keyring, provider, "", credentials);
	else
		reply_problems(x, ERR_BAD_CREDENTIALS, &problems);
	problems_fini(&problems);
	return credentials != NULL;
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
