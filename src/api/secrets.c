/* SPDX-License-Identifier: Apache-2.0
 * secrets.c - a repository's secrets outside of any deployment, in the shapes that the MGraph-AI Deploy service has for them.
 *
 * What GitHub says no to is an answer like any other: 200, with `success` false and why. */
#include <string.h>

#include "api/credentials.h"
#include "api/routes.h"
#include "provider/registry.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define PROVIDER  "github"
#define PREFIX    "/operations/github/"
#define US_PER_S  1e6
#define NAME_SIZE 64

struct running {
	struct exchange_part part;
	struct errand        errand;
	struct provider     *asked; /* NULL: none is */
	struct json_object  *params;
	int64_t              begun_us;
};

static void
forget_running(struct exchange_part *part)
{
	struct running *running = (struct running *)part;

	if (running->asked != NULL)
		running->asked->cancel_errand(running->asked, &running->errand);
	running->asked = NULL;
}

static void
fini_running(struct exchange_part *part)
{
	json_object_put(((struct running *)part)->params);
}

static const struct exchange_part_type running_type = { sizeof(struct running), forget_running,
	fini_running };

/* "github:secrets:list", from the path. */
static void
set_operation(struct json_object *body, const struct route *route)
{
	const char *verb = strrchr(route->path, '/') + 1;
	struct str  text;

	str_init(&text, NAME_SIZE);
	str_addf(&text, "github:secrets:%s", verb);
	json_set_str(body, "operation", text.data);
	str_fini(&text);
}

static struct json_object *
rate_limit(struct json_object *rate)
{
	static const char *const names[][2] = { { "remaining", "remaining" }, { "limit", "limit" },
		{ "timestamp_reset", "reset" }, { "used", "used" } };
	struct json_object      *json = json_object_new_object();

	for (size_t i = 0; i < array_len(names); i++)
		json_set_i64(json, names[i][0], json_get_i64(rate, names[i][1], 0));
	return json;
}

static void
on_done(struct errand *errand)
{
	struct running     *running = container_of(errand, struct running, errand);
	struct exchange    *x = running->part.x;
	struct json_object *body = json_object_new_object();
	bool                good = errand->result == OP_OK;
	int64_t             now_us = loop_now_us(api_options_of(x->api)->loop);

	running->asked = NULL;
	json_set_bool(body, "success", good);
	set_operation(body, x->route);
	json_object_object_add(body, "data", json_object_get(errand->answer));
	json_object_object_add(
	    body, "error", good ? NULL : json_string(errand->message, strlen(errand->message)));
	json_set(body, "duration",
	    json_object_new_double((double)(now_us - running->begun_us) / US_PER_S));
	json_set(body, "rate_limit", rate_limit(errand->rate));
	errand_fini(errand);
	reply_json(x, 200, body);
}

/* The target's members and the others, side by side; the value is sealed as a config's is. */
static struct json_object *
params_of(struct json_object *body)
{
	struct json_object *target = json_get_object(body, "target");
	struct json_object *params = json_object_new_object(), *value;

	json_set_str(params, "owner", json_get_str(target, "owner"));
	json_set_str(params, "repo", json_get_str(target, "repo"));
	json_set_str(params, "secret_name", json_get_str(body, "secret_name"));
	if (json_has(body, "encrypted_value")) {
		value = json_object_new_object();
		json_set_str(value, "$sealed", json_get_str(body, "encrypted_value"));
		json_set(params, "value", value);
	}
	return params;
}

static struct json_object *
credentials_of(struct json_object *body)
{
	static const char *const names[] = { "encrypted_pat", "pat" };
	struct json_object      *json = json_object_new_object();

	for (size_t i = 0; i < array_len(names); i++) {
		if (json_has(body, names[i]))
			json_set(json, names[i], json_object_get(json_get(body, names[i])));
	}
	return json;
}

static void
run_errand(struct exchange *x, struct provider *provider)
{
	struct running *running = exchange_part(x, &running_type);

	running->begun_us = loop_now_us(api_options_of(x->api)->loop);
	running->asked = provider;
	running->params = params_of(x->body);
	running->errand = (struct errand){
		.credentials = x->start.keyring.entries[0].credentials,
		.name = x->route->path + strlen(PREFIX),
		.params = running->params,
		.done = on_done,
	};
	provider->start_errand(provider, &running->errand);
}

void
handle_secrets(struct exchange *x)
{
	struct provider *provider = registry_provider(api_options_of(x->api)->registry, PROVIDER);
	struct json_object *credentials;
	struct err          err;

	if (provider == NULL || provider->start_errand == NULL) {
		err_set(&err, ERR_NOT_FOUND, "the provider of GitHub takes no errands here");
		reply_err(x, &err);
		return;
	}
	credentials = credentials_of(x->body);
	if (credentials_open_one(x, provider, credentials))
		run_errand(x, provider);
	json_object_put(credentials);
}
