/* SPDX-License-Identifier: Apache-2.0
 * host.c - who may ask, what there is to ask for, and how it is answered. */
#include "host/host.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/host_inside.h"
#include "http/problem.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define BEARER     "Bearer "
#define TYPES      PROTOCOL_ROOT "/types"
#define ANSWER_MAX (64 * 1024 * 1024)
#define WINDOW_MAX 256
#define ASKED_MAX  1000

/* ---- the life of a visit ---- */

static void
visit_free(void *arg)
{
	free(arg);
}

static void
visit_end(struct visit *visit)
{
	visit_forget(visit);
	json_wipe(visit->body);
	json_object_put(visit->body);
	loop_bury(visit->host->options.loop, visit_free, visit);
}

static void
on_client_gone(void *arg)
{
	struct visit *visit = arg;

	log_debug("gone", "asked=%d", visit->asks);
	visit_end(visit);
}

static void
reply(struct visit *visit, int status, const char *content_type, const char *text, size_t len)
{
	const struct http_header headers[] = {
		{ "Content-Type", content_type },
		{ status == 401 ? "WWW-Authenticate" : "Retry-After",
		    status == 401 ? "Bearer" : "1" },
	};
	size_t headers_n = status == 401 || status == 429 || status == 503 ? 2 : 1;

	http_on_close(visit->request, NULL, NULL);
	http_reply(visit->request, status, headers, headers_n, text, len);
	visit_end(visit);
}

void
visit_reply(struct visit *visit, const char *text, size_t len)
{
	if (!visit->streams) {
		reply(visit, 200, "application/json", text, len);
		return;
	}
	http_on_close(visit->request, NULL, NULL);
	(void)http_stream_write(visit->request, text, len);
	http_stream_end(visit->request);
	visit_end(visit);
}

static void
reply_problem(struct visit *visit, enum err_code code, struct json_object *problem)
{
	size_t      len;
	const char *text = json_text_len(problem, &len);

	reply(visit, err_status(code), PROBLEM_CONTENT_TYPE, text, len);
	json_object_put(problem);
}

void
visit_refuse(struct visit *visit, const struct err *err)
{
	reply_problem(visit, err->code,
	    problem_json(err->code, err->detail, http_request_id(visit->request)));
}

void
visit_refuse_all(struct visit *visit, enum err_code code, const struct problems *problems)
{
	reply_problem(visit, code, problems_json(code, problems, http_request_id(visit->request)));
}

/* ---- what there is ---- */

static void
show_provider(struct json_object *list, struct provider *provider)
{
	struct json_object *json = json_object_new_object();

	json_set_str(json, "name", provider->name);
	json_set_bool(json, "needs_credentials", provider->needs_credentials);
	json_set_i64(json, "window_size", provider->window_size);
	json_set_bool(json, PROTOCOL_WHOSE, provider->ask_whose != NULL);
	json_set_bool(json, PROTOCOL_SWEEPS, provider->start_sweep != NULL);
	json_set_bool(json, PROTOCOL_ERRANDS, provider->start_errand != NULL);
	json_set_bool(
	    json, PROTOCOL_VALIDATE, provider->validate != NULL || provider->check_sealed != NULL);
	if (provider->public_key != NULL)
		json_set_str(json, "public_key", provider->public_key(provider));
	json_object_array_add(list, json);
}

static void
show_all(struct visit *visit)
{
	const struct host_options *options = &visit->host->options;
	struct json_object        *json = json_object_new_object();
	struct json_object        *list = json_object_new_array();
	struct provider           *provider;
	const char                *text;
	size_t                     len;

	json_set_str(json, "name", "mgraph-deploy");
	json_set_str(json, "version", options->version);
	json_set_i64(json, "protocol", PROTOCOL_VERSION);
	for (size_t i = 0; (provider = registry_provider_at(options->registry, i)) != NULL; i++)
		show_provider(list, provider);
	json_set(json, "providers", list);
	text = json_text_len(json, &len);
	visit_reply(visit, text, len);
	json_object_put(json);
}

/* The window of its ops in some region, in an account that is not known here: the other side puts both in. */
static void
window_of(struct provider *provider, const struct resource_type *type, char *buf, size_t size)
{
	const struct identity identity = { .region = type->global ? "" : PROTOCOL_REGION };
	const struct op       op = { .type = type, .identity = &identity };

	provider->window(provider, &op, buf, size);
}

/* Its file as it was before it was read. */
static void
add_type(struct str *out, const struct registry *registry, const struct resource_type *type)
{
	struct json_object *json = json_object_new_object(), *file = json_object_new_object();
	char                window[WINDOW_MAX];

	json_object_object_foreach (type->file, name, member) {
		if (strcmp(name, RESOURCE_TYPE_KEPT) != 0)
			json_set(file, name, json_object_get(member));
	}
	json_set_str(json, "type", type->name);
	if (type->resources == NULL) {
		window_of(
		    registry_provider(registry, type->provider), type, window, sizeof(window));
		json_set_str(json, "window", window);
	}
	json_set(json, "file", file);
	str_add(out, json_text(json));
	json_object_put(json);
}

static void
show_types(struct visit *visit)
{
	const struct registry *registry = visit->host->options.registry;
	char                   provider[64];
	struct str             out;

	if (http_query(visit->request, "provider", provider, sizeof(provider)) == NULL)
		provider[0] = '\0';
	str_init(&out, ANSWER_MAX);
	str_add(&out, "{\"types\":[");
	for (size_t i = 0; i < registry_types_n(registry); i++) {
		const struct resource_type *type = registry_type_at(registry, i);

		if (type == NULL || (provider[0] != '\0' && !str_eq(type->provider, provider)))
			continue;
		if (out.data[out.len - 1] == '}')
			str_add_char(&out, ',');
		add_type(&out, registry, type);
	}
	str_add(&out, "]}");
	visit_reply(visit, out.data, out.len);
	str_fini(&out);
}

static void
show_type(struct visit *visit, const char *name)
{
	const struct registry      *registry = visit->host->options.registry;
	const struct resource_type *type = registry_type(registry, name);
	struct str                  out;
	struct err                  err;

	if (type == NULL) {
		err_set(&err, ERR_NOT_FOUND, "there is no resource type '%.128s'", name);
		visit_refuse(visit, &err);
		return;
	}
	str_init(&out, ANSWER_MAX);
	add_type(&out, registry, type);
	visit_reply(visit, out.data, out.len);
	str_fini(&out);
}

/* ---- requests ---- */

static bool
is_allowed(const struct host *host, const struct http_request *request)
{
	const struct secret *key = host->options.key;
	const char          *text = http_header_in(request, "x-api-key");
	const char          *bearer = http_header_in(request, "authorization");
	uint8_t              given[DIGEST_SHA256_BYTES], wanted[DIGEST_SHA256_BYTES];

	if (key == NULL)
		return true;
	if (text == NULL && bearer != NULL && strncasecmp(bearer, BEARER, strlen(BEARER)) == 0)
		text = bearer + strlen(BEARER);
	if (text == NULL)
		return false;
	digest_sha256(text, strlen(text), given);
	digest_sha256(secret_open(key), secret_len(key), wanted);
	return secret_equal(given, wanted, sizeof(given));
}

size_t
host_body_wanted(void *arg, const struct http_request *request)
{
	return is_allowed(arg, request) ? SIZE_MAX : 0;
}

static void
route(struct visit *visit, const char *method, const char *path)
{
	const struct question *question = str_starts(path, PROTOCOL_ROOT "/")
					      ? question_find(path + strlen(PROTOCOL_ROOT "/"))
					      : NULL;
	bool                   shows = true;
	struct err             err;

	if (str_eq(method, "GET") && str_eq(path, PROTOCOL_ROOT))
		show_all(visit);
	else if (str_eq(method, "GET") && str_eq(path, TYPES))
		show_types(visit);
	else if (str_eq(method, "GET") && str_starts(path, TYPES "/"))
		show_type(visit, path + strlen(TYPES "/"));
	else
		shows = false;
	if (shows)
		return;
	if (question != NULL && str_eq(method, "POST")) {
		visit->question = question;
		visit_ask(visit);
		return;
	}
	err_set(&err, question != NULL ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND,
	    "the protocol here is version %d, at " PROTOCOL_ROOT, PROTOCOL_VERSION);
	visit_refuse(visit, &err);
}

void
host_handle(void *arg, struct http_request *request)
{
	struct host  *host = arg;
	struct visit *visit = xcalloc(1, sizeof(*visit));
	const char   *path = http_path(request);
	struct err    err;

	visit->host = host;
	visit->request = request;
	timer_init(&visit->beat, NULL);
	http_on_close(request, on_client_gone, visit);
	log_debug(
	    "request", "request=%s method=%s", http_request_id(request), http_method(request));
	if (str_eq(path, "/healthz")) {
		visit_reply(visit, "{\"status\":\"ok\"}", strlen("{\"status\":\"ok\"}"));
	} else if (!is_allowed(host, request)) {
		err_set(&err, ERR_UNAUTHORIZED, "send it as x-api-key, or as a Bearer token");
		visit_refuse(visit, &err);
	} else {
		route(visit, http_method(request), path);
	}
}

/* ---- the host ---- */

struct host *
host_create(const struct host_options *options)
{
	struct host *host = xcalloc(1, sizeof(*host));

	host->options = *options;
	if (host->options.asked_max == 0)
		host->options.asked_max = ASKED_MAX;
	if (host->options.beat_ms == 0)
		host->options.beat_ms = PROTOCOL_BEAT_MS;
	host->opened = opened_cache_create(options->loop);
	return host;
}

void
host_destroy(struct host *host)
{
	if (host == NULL)
		return;
	must(host->first == NULL); /* the server has told each that its client is gone */
	opened_cache_destroy(host->opened);
	free(host);
}

size_t
host_asked_n(const struct host *host)
{
	return host->asked_n;
}
