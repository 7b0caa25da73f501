/* SPDX-License-Identifier: Apache-2.0
 * github_service.c - the provider's struct of functions, what can't be done, and the service's key. */
#include "providers/sister/github_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/registry.h"
#include "provider/unseal.h"
#include "providers/sister/github_inside.h"
#include "util/base64.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define WINDOW_SIZE    4     /* it is one Python process, and GitHub has limits of its own */
#define TEXT_MAX       65536 /* what the service takes */
#define POINTER_MAX    1024
#define US_PER_S       INT64_C(1000000)
#define AGAIN_LEAST_US (US_PER_S / 4)
#define AGAIN_SHIFTS   4
#define TIMEOUT_MS     30000
#define KEY_PATH       "/encryption/public-key"
#define PROPERTIES     "/properties"
#define BOX_LEAST      48 /* bytes, around nothing */

static struct github_service *
service_of(struct provider *provider)
{
	return container_of(provider, struct github_service, provider);
}

/* ---- its key ---- */

static void ask_key(struct github_service *service);

static void
come_back(struct github_service *service, const struct peer_failure *failure)
{
	char why[PEER_WHY_SIZE + 64];

	if (!str_eq(failure->message, service->why))
		log_warn("provider.away", "provider=%s why=%s", service->peer.name,
		    log_quote(why, sizeof(why), failure->message));
	snprintf(service->why, sizeof(service->why), "%s", failure->message);
	timer_arm(service->peer.loop, &service->again,
	    AGAIN_LEAST_US << (service->tries < AGAIN_SHIFTS ? service->tries : AGAIN_SHIFTS));
	service->tries++;
}

static bool
take_key(struct github_service *service, struct json_object *answer, struct peer_failure *failure)
{
	const char *key = json_get_str(answer, "public_key");

	if (key == NULL || strlen(key) != SEALED_KEY_HEX - 1) {
		peer_fail(&service->peer, failure, OP_FAILED, "",
		    "it has no public key of 64 hex digits: is it a GitHub Service?");
		return false;
	}
	memcpy(service->public_key, key, SEALED_KEY_HEX);
	log_info("provider.there", "provider=%s", service->peer.name);
	return true;
}

static void
on_key(struct fetch *fetch)
{
	struct github_service *service = container_of(fetch, struct github_service, fetch);
	struct peer_failure    failure;
	struct json_object    *answer = peer_read(&service->peer, fetch, &failure);

	fetch_fini(fetch);
	if (answer == NULL || !take_key(service, answer, &failure))
		come_back(service, &failure);
	json_object_put(answer);
}

static void
ask_key(struct github_service *service)
{
	peer_prepare(&service->peer, &service->fetch, service->url, "GET", KEY_PATH, on_key);
	service->fetch.timeout_ms = TIMEOUT_MS;
	fetch_start(service->peer.fetcher, &service->fetch);
}

static void
on_again(struct timer *timer)
{
	ask_key(container_of(timer, struct github_service, again));
}

static const char *
away(struct provider *provider)
{
	const struct github_service *service = service_of(provider);

	return service->public_key[0] == '\0' ? service->why : NULL;
}

/* ---- what it can't do ---- */

/* The place is that of the properties, or of the resource where they come from elsewhere. */
static void
complain(struct check *check, const char *pointer, const char *below, const char *detail)
{
	struct str at;

	str_init(&at, POINTER_MAX);
	str_add(&at, pointer);
	if (str_ends(pointer, PROPERTIES))
		str_cut(&at, strlen(pointer) - strlen(PROPERTIES));
	str_add(&at, below);
	problems_add(&check->problems, at.data, "not_supported", "%s", detail);
	str_fini(&at);
}

/* What is no box at all would only be answered with a stack of calls. */
static bool
is_box(struct json_object *value)
{
	const char *text = json_get_str(value, "$sealed");
	struct str  box;
	bool        good;

	str_init(&box, TEXT_MAX);
	good = base64_decode(&box, text, strlen(text), NULL) && box.len >= BOX_LEAST;
	str_fini(&box);
	return good;
}

static void
check_value(struct check *check, const struct check_item *item, const char *name)
{
	struct json_object *value = json_get(item->properties, name);
	struct str          below;

	if (!is_sealed(value) || is_box(value))
		return;
	str_init(&below, POINTER_MAX);
	str_addf(&below, PROPERTIES "/%s", name);
	complain(check, item->pointer, below.data, "it is not sealed: no box in base64");
	str_fini(&below);
}

static void
check_item(struct check *check, const struct check_item *item)
{
	if (github_route_of(item->type->name) == NULL)
		complain(check, item->pointer, "/type",
		    "the GitHub Service has no routes for this type: it has secrets alone");
	else if (!json_get_bool(item->properties, "name_suffix", true))
		complain(check, item->pointer, "/properties/name_suffix",
		    "through the GitHub Service nobody can tell whose a plain name is");
	check_value(check, item, "value");
	check_value(check, item, "value_from");
	if (item->tags != NULL && json_object_object_length(item->tags) > 0)
		complain(check, item->pointer, "/tags", "the GitHub Service keeps no tags");
}

struct checking {
	struct check *check;
	struct loop  *loop;
	struct task   task;
};

static void
on_checking(struct task *task)
{
	struct checking *checking = container_of(task, struct checking, task);
	struct check    *check = checking->check;

	free(checking);
	check->impl = NULL;
	for (size_t i = 0; i < check->items_n; i++)
		check_item(check, &check->items[i]);
	check->result = OP_OK;
	check->done(check);
}

static void
start_check(struct provider *provider, struct check *check)
{
	struct checking *checking = xcalloc(1, sizeof(*checking));

	problems_init(&check->problems);
	check->impl = checking;
	checking->check = check;
	checking->loop = service_of(provider)->peer.loop;
	task_init(&checking->task, on_checking);
	task_wake(checking->loop, &checking->task);
}

static void
cancel_check(struct provider *provider, struct check *check)
{
	struct checking *checking = check->impl;

	(void)provider;
	task_cancel(checking->loop, &checking->task);
	free(checking);
	check->impl = NULL;
}

/* ---- what is sealed for it ---- */

static const char *
public_key(struct provider *provider)
{
	const struct github_service *service = service_of(provider);

	return service->public_key[0] != '\0' ? service->public_key : NULL;
}

/* ---- credentials ---- */

static bool
is_text(struct json_object *json, const char *name)
{
	const char *text = json_get_str(json, name);

	return text != NULL && text[0] != '\0' && strlen(text) <= TEXT_MAX;
}

static struct credentials *
open_credentials(struct provider *provider, struct json_object *json, const char *account,
    const char *pointer, struct problems *problems)
{
	bool                is_sealed = is_text(json, "encrypted_pat");
	struct credentials *credentials;
	const char         *text;

	(void)provider;
	if (account[0] != '\0') {
		problems_add(problems, pointer, "not_supported",
		    "the GitHub Service has one token at a time, and no named accounts");
		return NULL;
	}
	if (is_sealed == is_text(json, "pat")) {
		problems_add(problems, pointer, "missing_property",
		    "either encrypted_pat, sealed for the GitHub Service, or pat is needed");
		return NULL;
	}
	text = json_get_str(json, is_sealed ? "encrypted_pat" : "pat");
	credentials = xcalloc(1, sizeof(*credentials));
	credentials->is_sealed = is_sealed;
	credentials->pat = secret_create(text, strlen(text));
	return credentials;
}

static void
close_credentials(struct credentials *credentials)
{
	secret_destroy(credentials->pat);
	free(credentials);
}

/* ---- the rest ---- */

static void
window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)op;
	snprintf(buf, size, "github:%s", service_of(provider)->peer.place);
}

static void
start(struct provider *provider, struct op *op)
{
	github_op_start(service_of(provider), op);
}

static void
cancel(struct provider *provider, struct op *op)
{
	(void)provider;
	github_op_cancel(op);
}

static void
destroy(struct provider *provider)
{
	struct github_service *service = service_of(provider);

	timer_disarm(service->peer.loop, &service->again);
	fetch_cancel(service->peer.fetcher, &service->fetch);
	fetch_fini(&service->fetch);
	peer_fini(&service->peer);
	free(service);
}

struct provider *
github_service_create(const struct sister_options *options, struct err *err)
{
	struct github_service *service = xcalloc(1, sizeof(*service));
	bool                   good = peer_init(&service->peer, options, err);

	service->provider = (struct provider){
		.name = service->peer.name,
		.start_check = start_check,
		.cancel_check = cancel_check,
		.away = away,
		.public_key = public_key,
		.takes_sealed = true,
		.needs_credentials = true,
		.open = open_credentials,
		.close = close_credentials,
		.window = window,
		.window_size = WINDOW_SIZE,
		.start = start,
		.cancel = cancel,
		.destroy = destroy,
	};
	timer_init(&service->again, on_again);
	fetch_init(&service->fetch, "GET", "", NULL);
	if (!good) {
		destroy(&service->provider);
		return NULL;
	}
	snprintf(service->why, sizeof(service->why), "%s at %.128s: it has not answered yet",
	    service->peer.name, service->peer.place);
	ask_key(service);
	return &service->provider;
}
