/* SPDX-License-Identifier: Apache-2.0
 * call.c - one call of an operation: built, placed, signed, sent; its answer parsed and classed. */
#include "providers/aws/call.h"
#include "providers/aws/call_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "providers/aws/fault.h"
#include "providers/aws/model.h"
#include "providers/aws/sign.h"
#include "util/stamp.h"
#include "providers/aws/wire.h"
#include "util/json.h"
#include "util/mem.h"

#define ANSWER_MAX         (32 * 1024 * 1024)
#define TIMEOUT_MS         60000
#define URL_MAX            (2 * WIRE_URL_MAX)
#define AUTHORIZATION_MAX  4096
#define HOST_MAX           512
#define RETRY_AFTER_MAX_MS (15 * 60 * 1000)

_Static_assert(WIRE_HEADERS_MAX + 6 <= FETCH_HEADERS_MAX, "ours must fit beside the operation's");

struct aws_caller {
	struct loop       *loop;
	struct fetcher    *fetcher;
	struct aws_models *models;
	char              *endpoint; /* NULL: AWS's own */
	size_t             flying;
};

struct flight {
	struct aws_caller        *caller;
	struct call              *call;
	const struct aws_service *service;
	struct task               task;
	struct wire_request       request;
	struct aws_place          place;
	struct fetch              fetch;
	struct str                url, authorization;
	char                      host[HOST_MAX]; /* as curl will send it */
	size_t                    base_len;       /* of the URL before the path's first slash */
	char                      date[SIGN_DATE_SIZE];
	char                      hash[DIGEST_SHA256_HEX];
	bool                      fetching;
};

struct aws_caller *
aws_caller_create(
    struct loop *loop, struct fetcher *fetcher, const struct aws_caller_options *options)
{
	struct aws_caller *caller = xcalloc(1, sizeof(*caller));

	caller->loop = loop;
	caller->fetcher = fetcher;
	caller->models = aws_models_create(options->models_dir);
	if (options->endpoint != NULL && *options->endpoint != '\0')
		caller->endpoint = xstrdup(options->endpoint);
	return caller;
}

void
aws_caller_destroy(struct aws_caller *caller)
{
	if (caller == NULL)
		return;
	must(caller->flying == 0);
	aws_models_destroy(caller->models);
	free(caller->endpoint);
	free(caller);
}

struct aws_models *
aws_caller_models(struct aws_caller *caller)
{
	return caller->models;
}

/* ---- the request ---- */

/* "https://host" and the path it starts with; the path's first slash is the operation's. */
static bool
build_url(struct flight *flight)
{
	const char *base = flight->caller->endpoint;
	size_t      host_len;

	if (base == NULL)
		str_addf(&flight->url, "https://%s%s", flight->request.host_prefix.data,
		    flight->place.host);
	else
		str_add(&flight->url, base);
	while (flight->url.len > 0 && flight->url.data[flight->url.len - 1] == '/')
		flight->url.data[--flight->url.len] = '\0';
	base = strstr(flight->url.data, "://");
	if (base == NULL)
		return false;
	base += 3;
	host_len = strcspn(base, "/");
	if (host_len == 0 || host_len >= sizeof(flight->host))
		return false;
	memcpy(flight->host, base, host_len);
	flight->base_len = (size_t)(base - flight->url.data) + host_len;
	str_add_mem(&flight->url, flight->request.path.data, flight->request.path.len);
	if (flight->request.query.len > 0)
		str_addf(&flight->url, "?%s", flight->request.query.data);
	return !flight->url.overflow;
}

/* curl leaves the port out of Host where it is the scheme's own. */
static void
trim_default_port(struct flight *flight)
{
	bool        tls = strncmp(flight->url.data, "https:", 6) == 0;
	const char *port = tls ? ":443" : ":80";

	if (str_ends(flight->host, port))
		flight->host[strlen(flight->host) - strlen(port)] = '\0';
}

static void
add_headers(struct flight *flight)
{
	const struct wire_request *r = &flight->request;
	const struct call_keys    *keys = flight->call->keys;

	for (size_t i = 0; i < r->headers_n; i++)
		fetch_header_add(&flight->fetch, r->headers[i].name, r->headers[i].value);
	if (!r->is_signed)
		return;
	fetch_header_add(&flight->fetch, "X-Amz-Date", flight->date);
	if (flight->service->s3)
		fetch_header_add(&flight->fetch, "X-Amz-Content-SHA256", flight->hash);
	if (keys->session_token != NULL)
		fetch_header_add(
		    &flight->fetch, "X-Amz-Security-Token", secret_open(keys->session_token));
}

/* Everything but an empty header is signed: not every client sends those. */
static size_t
signed_headers(const struct flight *flight, struct sign_header *out)
{
	size_t n = 0;

	out[n++] = (struct sign_header){ "Host", flight->host };
	for (size_t i = 0; i < flight->fetch.headers_n; i++) {
		if (*flight->fetch.headers[i].value != '\0')
			out[n++] = (struct sign_header){ flight->fetch.headers[i].name,
				flight->fetch.headers[i].value };
	}
	return n;
}

static void
flight_sign(struct flight *flight)
{
	const struct call_keys *keys = flight->call->keys;
	struct sign_header      headers[FETCH_HEADERS_MAX + 1];
	char                   *path = xstrdup(flight->url.data + flight->base_len);
	struct sign_request     request = {
		    .method = flight->request.method,
		    .path = path,
		    .query = flight->request.query.data,
		    .headers = headers,
		    .payload_hash = flight->hash,
		    .s3 = flight->service->s3,
	};
	const struct sign_keys with = {
		.access_key_id = keys->access_key_id,
		.secret = secret_open(keys->secret_access_key),
		.secret_len = secret_len(keys->secret_access_key),
		.region = flight->place.region,
		.service = flight->service->signing_name,
	};

	path[strcspn(path, "?")] = '\0';
	request.headers_n = signed_headers(flight, headers);
	sign_authorization(&request, &with, flight->date, &flight->authorization);
	fetch_header_add(&flight->fetch, "Authorization", flight->authorization.data);
	free(path);
}

static bool
keys_good(const struct call *call)
{
	const struct call_keys *keys = call->keys;

	if (keys == NULL || keys->access_key_id == NULL || keys->secret_access_key == NULL)
		return false;
	return strlen(keys->access_key_id) < AUTHORIZATION_MAX / 4 &&
	       secret_len(keys->secret_access_key) <= SIGN_SECRET_MAX &&
	       strpbrk(keys->access_key_id, "\r\n") == NULL &&
	       (keys->session_token == NULL ||
		   strpbrk(secret_open(keys->session_token), "\r\n") == NULL);
}

/* False when the call is over before it began: its result says why. */
static bool
prepare(struct flight *flight)
{
	struct aws_caller *caller = flight->caller;
	struct call       *call = flight->call;
	struct err         err;

	flight->service = aws_models_service(caller->models, call->service, &err);
	if (flight->service == NULL) {
		call_refuse(call, OP_INVALID, "UnknownService", err.detail);
		return false;
	}
	if (!wire_build(flight->service, call->operation, call->params, call->token,
		&flight->request, &err)) {
		call_refuse(call, OP_INVALID, "InvalidParameters", err.detail);
		return false;
	}
	if (!aws_models_place(caller->models, flight->service, call->region, &flight->place)) {
		call_refuse(call, OP_INVALID, "UnknownRegion", "the service is not in this region");
		return false;
	}
	if (!build_url(flight)) {
		call_refuse(
		    call, OP_INVALID, "InvalidEndpoint", "the endpoint is not a URL we can use");
		return false;
	}
	if (flight->request.is_signed && !keys_good(call)) {
		call_refuse(
		    call, OP_EXPIRED, "InvalidCredentials", "the credentials can't be used");
		return false;
	}
	return true;
}

static void on_fetched(struct fetch *fetch);

static void
flight_send(struct flight *flight)
{
	const struct str *body = &flight->request.body;

	trim_default_port(flight);
	sign_date(flight->date, loop_wall_ms(flight->caller->loop));
	digest_sha256_hex(body->data, body->len, flight->hash);
	fetch_init(&flight->fetch, flight->request.method, flight->url.data, on_fetched);
	flight->fetch.body = body->data;
	flight->fetch.body_len = body->len;
	flight->fetch.body_max = ANSWER_MAX;
	flight->fetch.timeout_ms = TIMEOUT_MS;
	add_headers(flight);
	if (flight->request.is_signed)
		flight_sign(flight);
	flight->fetching = true;
	fetch_start(flight->caller->fetcher, &flight->fetch);
}

/* ---- the answer ---- */

/* Seconds, or a date. */
static int64_t
retry_after_ms(const struct flight *flight)
{
	char     text[64];
	uint64_t seconds;
	int64_t  at, ms = 0;

	if (fetch_header_in(&flight->fetch, "retry-after", text, sizeof(text)) == NULL)
		return 0;
	if (str_to_u64(text, &seconds))
		ms = seconds < RETRY_AFTER_MAX_MS / 1000 ? (int64_t)seconds * 1000
							 : RETRY_AFTER_MAX_MS;
	else if (stamp_from_text(text, &at))
		ms = at - loop_wall_ms(flight->caller->loop);
	return ms < 0 ? 0 : ms > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS : ms;
}

static void
take_answer(struct flight *flight)
{
	const struct fetch      *fetch = &flight->fetch;
	struct call             *call = flight->call;
	struct wire_result       result;
	const struct wire_answer answer = {
		.status = fetch->status,
		.headers = fetch->headers_in.data,
		.body = fetch->body_in.data,
		.body_len = fetch->body_in.len,
	};

	wire_parse(flight->service, call->operation, &answer, &result);
	call->status = fetch->status;
	call->out = result.out;
	snprintf(call->request_id, sizeof(call->request_id), "%s", result.request_id);
	if (result.out != NULL) {
		call->result = OP_OK;
		return;
	}
	call_refuse(call, OP_FAILED, result.code, result.message);
	call->retry_after_ms = retry_after_ms(flight);
	if (strcmp(result.code, WIRE_UNREADABLE) == 0)
		call->result = fault_unanswered(call->operation);
	else
		call->result =
		    fault_class(call->operation, fetch->status, result.code, result.html);
}

static void
take_result(struct flight *flight)
{
	struct call *call = flight->call;

	if (flight->fetch.result == FETCH_DONE)
		take_answer(flight);
	else
		call_take_broken(call, &flight->fetch, fault_is_read(call->operation));
}

static void
flight_free(void *ptr)
{
	free(ptr);
}

static void
flight_end(struct flight *flight)
{
	flight->call->impl = NULL;
	flight->caller->flying--;
	fetch_fini(&flight->fetch);
	wire_request_fini(&flight->request);
	str_fini(&flight->url);
	str_fini(&flight->authorization);
	loop_bury(flight->caller->loop, flight_free, flight);
}

static void
on_fetched(struct fetch *fetch)
{
	struct flight *flight = container_of(fetch, struct flight, fetch);

	task_wake(flight->caller->loop, &flight->task);
}

static void
on_task(struct task *task)
{
	struct flight *flight = container_of(task, struct flight, task);
	struct call   *call = flight->call;

	if (flight->fetching)
		take_result(flight);
	flight_end(flight);
	call->done(call);
}

/* ---- the contract ---- */

void
aws_call_start(struct aws_caller *caller, struct call *call)
{
	struct flight *flight = xcalloc(1, sizeof(*flight));

	must(call->impl == NULL);
	must(call->done != NULL);
	call->result = OP_PENDING;
	call->status = 0;
	call->retry_after_ms = 0;
	call->out = NULL;
	call->code[0] = call->message[0] = call->request_id[0] = '\0';
	call->impl = flight;
	caller->flying++;
	flight->caller = caller;
	flight->call = call;
	task_init(&flight->task, on_task);
	str_init(&flight->url, URL_MAX);
	str_init(&flight->authorization, AUTHORIZATION_MAX);
	fetch_init(&flight->fetch, "", "", on_fetched);
	if (prepare(flight))
		flight_send(flight);
	else
		task_wake(caller->loop, &flight->task);
}

void
aws_call_cancel(struct aws_caller *caller, struct call *call)
{
	struct flight *flight = call->impl;

	if (flight == NULL)
		return;
	if (flight->fetching)
		fetch_cancel(caller->fetcher, &flight->fetch);
	task_cancel(caller->loop, &flight->task);
	flight_end(flight);
}
