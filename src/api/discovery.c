/* SPDX-License-Identifier: Apache-2.0
 * discovery.c - credentials first, then what they lead to, then what it was made from. */
#include "api/discovery.h"

#include <stdlib.h>

#include "api/whose.h"
#include "discover/rebuild.h"
#include "util/check.h"
#include "util/credential_name.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define PLACE_MAX 1024

static void
forget(struct exchange_part *part)
{
	struct exchange_discovery *of = (struct exchange_discovery *)part;

	if (of->is_asked)
		discovery_cancel(&of->asked);
}

static void
fini(struct exchange_part *part)
{
	struct exchange_discovery *of = (struct exchange_discovery *)part;

	if (of->is_asked)
		discovery_fini(&of->asked);
	spec_unref(of->spec);
	json_put(of->config);
	json_put(of->resources);
}

static const struct exchange_part_type discovery_type = { sizeof(struct exchange_discovery), forget,
	fini };

struct exchange_discovery *
discovery_of(struct exchange *x)
{
	return exchange_part(x, &discovery_type);
}

/* ---- credentials ---- */

static void
open_one(struct exchange *x, struct provider *provider, const char *account,
    struct json_object *json, const char *pointer, struct problems *problems)
{
	struct credentials *credentials;
	struct str          place;

	if (keyring_find(&x->start.keyring, provider, account) != NULL)
		return;
	str_init(&place, PLACE_MAX);
	whose_place(&place, pointer, provider, "");
	credentials = provider->open(provider, json, account, place.data, problems);
	str_fini(&place);
	if (credentials != NULL)
		(void)keyring_add(&x->start.keyring, provider, account, credentials);
}

/* The unnamed account, unless there are only named ones. */
static void
open_provider(struct exchange *x, struct provider *provider, struct json_object *json,
    const char *pointer, struct problems *problems)
{
	struct json_object *accounts = json_get_object(json, "accounts");

	if (accounts == NULL || json_object_object_length(json) > 1)
		open_one(x, provider, "", json, pointer, problems);
	if (accounts == NULL)
		return;
	json_object_object_foreach (accounts, name, account) {
		(void)account;
		open_one(x, provider, name, json, pointer, problems);
	}
}

static enum err_code
open_all(struct exchange *x, struct json_object *json, const char *pointer,
    struct problems *problems, struct err *err)
{
	if (json == NULL)
		return ERR_OK;
	if (credentials_hold_plain(json) && !x->is_local)
		return err_set(err, ERR_PLAINTEXT_CREDENTIALS, "seal them, or use TLS");
	json_object_object_foreach (json, name, given) {
		struct provider *provider =
		    registry_provider(api_options_of(x->api)->registry, name);

		if (provider != NULL && provider->needs_credentials &&
		    json_object_is_type(given, json_type_object))
			open_provider(x, provider, given, pointer, problems);
	}
	return problems->n > 0 ? ERR_BAD_CREDENTIALS : ERR_OK;
}

static const char *
region_of(struct json_object *credentials)
{
	if (credentials == NULL)
		return NULL;
	json_object_object_foreach (credentials, name, given) {
		(void)name;
		if (json_get_str(given, "region") != NULL)
			return json_get_str(given, "region");
	}
	return NULL;
}

void
discovery_open(
    struct exchange *x, struct json_object *json, const char *pointer, exchange_step *then)
{
	struct problems problems;
	struct err      err;
	enum err_code   code;

	discovery_of(x)->region = region_of(json);
	problems_init(&problems);
	code = open_all(x, json, pointer, &problems, &err);
	if (code == ERR_OK)
		whose_ask(x, pointer, then);
	else if (problems.n > 0)
		reply_problems(x, code, &problems);
	else
		reply_err(x, &err);
	problems_fini(&problems);
}

/* ---- looking ---- */

static void
take_rebuilt(struct exchange_discovery *of)
{
	struct rebuilding r = {
		.registry = of->asked.registry,
		.tenant = of->asked.tenant,
		.deployment_id = of->asked.deployment_id,
		.items = of->asked.items,
		.n = of->asked.n,
		.adopts = of->asked.imports,
		.warnings = of->asked.warnings,
	};

	if (!rebuild(&r))
		must(r.spec == NULL);
	of->spec = r.spec;
	of->config = r.config;
	of->resources = r.resources;
}

static void
on_done(struct discovery *asked)
{
	struct exchange_discovery *of = container_of(asked, struct exchange_discovery, asked);

	if (asked->deployment_id != NULL && asked->n > 0)
		take_rebuilt(of);
	of->then(of->part.x);
}

static struct discovery *
prepare(
    struct exchange *x, const char *deployment_id, struct json_object *regions, exchange_step *then)
{
	struct exchange_discovery *of = discovery_of(x);

	must(!of->is_asked);
	of->is_asked = true;
	of->then = then;
	of->asked = (struct discovery){
		.loop = api_options_of(x->api)->loop,
		.registry = api_options_of(x->api)->registry,
		.keyring = &x->start.keyring,
		.tenant = x->tenant,
		.deployment_id = deployment_id,
		.regions = regions,
		.region = of->region,
		.done = on_done,
	};
	return &of->asked;
}

void
discovery_ask(
    struct exchange *x, const char *deployment_id, struct json_object *regions, exchange_step *then)
{
	discovery_start(prepare(x, deployment_id, regions, then));
}

void
discovery_read(
    struct exchange *x, const char *deployment_id, struct json_object *wanted, exchange_step *then)
{
	discovery_import(prepare(x, deployment_id, NULL, then), wanted);
}

/* ---- the spec of a deployment ---- */

static void
log_warnings(const struct discovery *asked)
{
	for (size_t i = 0; i < json_object_array_length(asked->warnings); i++)
		log_warn("discover", "deployment=%s why=%s", asked->deployment_id,
		    json_text(json_object_array_get_idx(asked->warnings, i)));
}

static void
on_spec(struct exchange *x)
{
	struct exchange_discovery *of = discovery_of(x);

	log_warnings(&of->asked);
	if (of->spec != NULL)
		x->spec = spec_ref(of->spec);
	of->then_spec(x);
}

static void
ask_for_spec(struct exchange *x)
{
	discovery_ask(x, x->key.deployment, NULL, on_spec);
}

void
discovery_of_spec(struct exchange *x, const char *deployment_id, struct json_object *json,
    const char *pointer, exchange_step *then)
{
	must(x->spec == NULL && store_key_set(&x->key, x->tenant, deployment_id, NULL));
	discovery_of(x)->then_spec = then;
	discovery_open(x, json, pointer, ask_for_spec);
}
