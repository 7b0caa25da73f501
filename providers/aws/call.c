/* SPDX-License-Identifier: Apache-2.0
 * call.c - one call of an operation: built, placed, signed, sent; its answer parsed and classed. */
#include "providers/aws/call.h"
#include "providers/aws/call_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/flight.h"
#include "providers/aws/fault.h"
#include "providers/aws/model.h"
#include "providers/aws/sign.h"
#include "util/stamp.h"
#include "providers/aws/wire.h"
#include "util/json.h"
#include "util/mem.h"

#define ANSWER_MAX         (32 * 1024 * 1024)
#define URL_MAX            (2 * WIRE_URL_MAX)
#define AUTHORIZATION_MAX  4096
#define HOST_MAX           512
#define RETRY_AFTER_MAX_MS (15 * 60 * 1000)

_Static_assert(WIRE_HEADERS_MAX + 6 <= FETCH_HEADERS_MAX, "ours must fit beside the operation's");

struct aws_caller {
	struct flights     flights;
	struct aws_models *models;
	char              *endpoint; /* NULL: AWS's own */
};

/* Its flight is the first member. */
struct sending {
	struct flight             flight;
	const struct aws_service *service;
	struct wire_request       request;
	struct aws_place          place;
	struct str                url, authorization;
	char                      host[HOST_MAX]; /* as curl will send it */
	size_t                    base_len;       /* of the URL before the path's first slash */
	char                      date[SIGN_DATE_SIZE];
	char                      hash[DIGEST_SHA256_HEX];
};

static const struct flight_kind sendings;

static struct sending *
sending_of(struct flight *flight)
{
	return container_of(flight, struct sending, flight);
}

static struct aws_caller *
caller_of(struct sending *sending)
{
	return container_of(sending->flight.of, struct aws_caller, flights);
}

struct aws_caller *
aws_caller_create(
    struct loop *loop, struct fetcher *fetcher, const struct aws_caller_options *options)
{
	struct aws_caller *caller = xcalloc(1, sizeof(*caller));

	caller->flights = (struct flights){ &sendings, loop, fetcher, 0 };
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
	must(caller->flights.n == 0);
	aws_models_destroy(caller->models);
	free(caller->endpoint);
	free(caller);
}

struct aws_models *
aws_caller_models(struct aws_caller *caller)
{
	return caller->models;
}

bool
aws_caller_is_at_aws(const struct aws_caller *caller)
{
	return caller->endpoint == NULL;
}

/* ---- the request ---- */

/* "https://host" and the path it starts with; the path's first slash is the operation's. */
static bool
build_url(struct sending *s)
{
	const char *base = caller_of(s)->endpoint;
	size_t      host_len;

	if (base == NULL)
		str_addf(&s->url, "https://%s%s", s->request.host_prefix.data, s->place.host);
	else
		str_add(&s->url, base);
	while (s->url.len > 0 && s->url.data[s->url.len - 1] == '/')
		s->url.data[--s->url.len] = '\0';
	base = strstr(s->url.data, "://");
	if (base == NULL)
		return false;
	base += 3;
	host_len = strcspn(base, "/");
	if (host_len == 0 || host_len >= sizeof(s->host))
		return false;
	memcpy(s->host, base, host_len);
	s->base_len = (size_t)(base - s->url.data) + host_len;
	str_add_mem(&s->url, s->request.path.data, s->request.path.len);
	if (s->request.query.len > 0)
		str_addf(&s->url, "?%s", s->request.query.data);
	return !s->url.overflow;
}

/* curl leaves the port out of Host where it is the scheme's own. */
static void
trim_default_port(struct sending *s)
{
	bool        tls = strncmp(s->url.data, "https:", 6) == 0;
	const char *port = tls ? ":443" : ":80";

	if (str_ends(s->host, port))
		s->host[strlen(s->host) - strlen(port)] = '\0';
}

static void
add_headers(struct sending *s)
{
	const struct wire_request *r = &s->request;
	const struct call_keys    *keys = s->flight.call->keys;

	for (size_t i = 0; i < r->headers_n; i++)
		fetch_header_add(&s->flight.fetch, r->headers[i].name, r->headers[i].value);
	if (!r->is_signed)
		return;
	fetch_header_add(&s->flight.fetch, "X-Amz-Date", s->date);
	if (s->service->s3)
		fetch_header_add(&s->flight.fetch, "X-Amz-Content-SHA256", s->hash);
	if (keys->session_token != NULL)
		fetch_header_add(
		    &s->flight.fetch, "X-Amz-Security-Token", secret_open(keys->session_token));
}

/* Everything but an empty header is signed: not every client sends those. */
static size_t
signed_headers(const struct sending *s, struct sign_header *out)
{
	size_t n = 0;

	out[n++] = (struct sign_header){ "Host", s->host };
	for (size_t i = 0; i < s->flight.fetch.headers_n; i++) {
		if (*s->flight.fetch.headers[i].value != '\0')
			out[n++] = (struct sign_header){ s->flight.fetch.headers[i].name,
				s->flight.fetch.headers[i].value };
	}
	return n;
}

static void
sign(struct sending *s)
{
	const struct call_keys *keys = s->flight.call->keys;
	struct sign_header      headers[FETCH_HEADERS_MAX + 1];
	char                   *path = xstrdup(s->url.data + s->base_len);
	struct sign_request     request = {
		    .method = s->request.method,
		    .path = path,
		    .query = s->request.query.data,
		    .headers = headers,
		    .payload_hash = s->hash,
		    .s3 = s->service->s3,
	};
	const struct sign_keys with = {
		.access_key_id = keys->access_key_id,
		.secret = secret_open(keys->secret_access_key),
		.secret_len = secret_len(keys->secret_access_key),
		.region = s->place.region,
		.service = s->service->signing_name,
	};

	path[strcspn(path, "?")] = '\0';
	request.headers_n = signed_headers(s, headers);
	sign_authorization(&request, &with, s->date, &s->authorization);
	fetch_header_add(&s->flight.fetch, "Authorization", s->authorization.data);
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
build(struct flight *flight)
{
	struct sending    *s = sending_of(flight);
	struct aws_caller *caller = caller_of(s);
	struct call       *call = flight->call;
	struct err         err;

	s->service = aws_models_service(caller->models, call->service, &err);
	if (s->service == NULL) {
		call_refuse(call, OP_INVALID, "UnknownService", err.detail);
		return false;
	}
	if (!wire_build(
		s->service, call->operation, call->params, call->token, &s->request, &err)) {
		call_refuse(call, OP_INVALID, "InvalidParameters", err.detail);
		return false;
	}
	if (!aws_models_place(caller->models, s->service, call->region, &s->place)) {
		call_refuse(call, OP_INVALID, "UnknownRegion", "the service is not in this region");
		return false;
	}
	if (!build_url(s)) {
		call_refuse(
		    call, OP_INVALID, "InvalidEndpoint", "the endpoint is not a URL we can use");
		return false;
	}
	if (s->request.is_signed && !keys_good(call)) {
		call_refuse(
		    call, OP_EXPIRED, "InvalidCredentials", "the credentials can't be used");
		return false;
	}
	return true;
}

static void
send(struct flight *flight)
{
	struct sending   *s = sending_of(flight);
	const struct str *body = &s->request.body;

	trim_default_port(s);
	sign_date(s->date, loop_wall_ms(flight->of->loop));
	digest_sha256_hex(body->data, body->len, s->hash);
	flight_prepare(flight, s->request.method, s->url.data, body);
	add_headers(s);
	if (s->request.is_signed)
		sign(s);
	flight_send(flight);
}

/* ---- the answer ---- */

static int64_t
answered_at_ms(const struct fetch *fetch)
{
	char    text[64];
	int64_t at;

	return fetch_header_in(fetch, "date", text, sizeof(text)) != NULL &&
		       stamp_from_text(text, &at)
		   ? at
		   : 0;
}

static bool
take(struct flight *flight)
{
	struct sending          *s = sending_of(flight);
	const struct fetch      *fetch = &flight->fetch;
	struct call             *call = flight->call;
	struct wire_result       result;
	const struct wire_answer answer = {
		.status = fetch->status,
		.headers = fetch->headers_in.data,
		.body = fetch->body_in.data,
		.body_len = fetch->body_in.len,
	};

	wire_parse(s->service, call->operation, &answer, &result);
	call->status = fetch->status;
	call->at_ms = answered_at_ms(fetch);
	call->out = result.out;
	snprintf(call->request_id, sizeof(call->request_id), "%s", result.request_id);
	if (result.out != NULL) {
		call->result = OP_OK;
		return false;
	}
	call_refuse(call, OP_FAILED, result.code, result.message);
	(void)fetch_retry_after(
	    fetch, loop_wall_ms(s->flight.of->loop), RETRY_AFTER_MAX_MS, &call->retry_after_ms);
	if (strcmp(result.code, WIRE_UNREADABLE) == 0)
		call->result = fault_unanswered(call->operation);
	else
		call->result =
		    fault_class(call->operation, fetch->status, result.code, result.html);
	return false;
}

static void
init(struct flight *flight)
{
	struct sending *s = sending_of(flight);

	str_init(&s->url, URL_MAX);
	str_init(&s->authorization, AUTHORIZATION_MAX);
}

static void
fini(struct flight *flight)
{
	struct sending *s = sending_of(flight);

	wire_request_fini(&s->request);
	str_fini(&s->url);
	str_fini(&s->authorization);
}

static const struct flight_kind sendings = {
	.size = sizeof(struct sending),
	.answer_max = ANSWER_MAX,
	.init = init,
	.build = build,
	.send = send,
	.take = take,
	.fini = fini,
	.is_read = fault_is_read,
};

/* ---- the contract ---- */

void
aws_call_start(struct aws_caller *caller, struct call *call)
{
	flight_start(&caller->flights, call);
}

void
aws_call_cancel(struct aws_caller *caller, struct call *call)
{
	flight_cancel(&caller->flights, call);
}
