/* SPDX-License-Identifier: Apache-2.0
 * public_keys.c - the keys that secrets are to be sealed for, as the MGraph-AI services tell theirs. */
#include "api/routes.h"
#include "provider/provider.h"
#include "provider/registry.h"
#include "util/json.h"
#include "util/sealed.h"

static const char *
key_of(struct provider *provider)
{
	return provider->public_key != NULL ? provider->public_key(provider) : NULL;
}

static struct json_object *
describe(const struct provider *provider, const char *key)
{
	struct json_object *json = json_object_new_object();
	char                base64[SEALED_KEY_BASE64];

	sealed_hex_to_base64(key, base64);
	json_set_str(json, "public_key", key);
	json_set_str(json, "public_key_base64", base64);
	json_set_str(json, "algorithm", "NaCl/Curve25519/SealedBox");
	json_set_str(json, "encoding", "hex");
	json_set_str(json, "service", provider->name);
	return json;
}

void
handle_public_keys(struct exchange *x)
{
	const struct registry *registry = api_options_of(x->api)->registry;
	struct json_object    *body = json_object_new_object();
	struct json_object    *list = json_object_new_array();
	struct provider       *provider;

	for (size_t i = 0; (provider = registry_provider_at(registry, i)) != NULL; i++) {
		const char *key = key_of(provider);

		if (key != NULL)
			json_object_array_add(list, describe(provider, key));
	}
	json_set(body, "public_keys", list);
	reply_json(x, 200, body);
}

void
handle_public_key(struct exchange *x)
{
	struct provider *provider =
	    registry_provider(api_options_of(x->api)->registry, x->parameter);
	const char *key = provider != NULL ? key_of(provider) : NULL;
	struct err  err;

	if (key != NULL) {
		reply_json(x, 200, describe(provider, key));
		return;
	}
	if (provider == NULL)
		err_set(&err, ERR_NOT_FOUND, "there is no provider '%s'", x->parameter);
	else if (provider->public_key == NULL)
		err_set(&err, ERR_NOT_FOUND, "'%s' takes nothing sealed here", x->parameter);
	else
		err_set(&err, ERR_PROVIDER, "'%s' has not told its key yet", x->parameter);
	reply_err(x, &err);
}
