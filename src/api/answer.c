/* SPDX-License-Identifier: Apache-2.0
 * answer.c - one way out: x->out, its headers, perhaps kept for who sends the same again, perhaps smaller, and gone. */
#include "api/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/admit.h"
#include "api/assets.h"
#include "api/audit.h"
#include "api/cors.h"
#include "api/once.h"
#include "api/routes.h"
#include "api/traffic.h"
#include "api/upgrade.h"
#include "http/fields.h"
#include "http/gzip.h"
#include "http/problem.h"
#include "http/sse.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/log.h"

#define HEADERS_MAX 20
#define TAG_DIGITS  32
#define FOR_EVER    "public, max-age=31536000, immutable"
#define PATH_SIZE   256
#define US_PER_MS   1000

struct head {
	struct http_header  items[HEADERS_MAX];
	size_t              n;
	struct admit_fields limits;
};

static void
add(struct head *head, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	must(head->n < HEADERS_MAX);
	head->items[head->n++] = (struct http_header){ name, value };
}

/* ---- every answer ---- */

static void
log_answer(const struct exchange *x, int status)
{
	const int64_t took_us = loop_now_us(api_options_of(x->api)->loop) - x->began_us;

	log_debug("request",
	    "request=%s method=%s route=%s status=%d ms=%lld tenant=%s key=%s traceparent=%s",
	    http_request_id(x->request),
	    http_is_head(x->request) ? "HEAD" : http_method(x->request),
	    x->route != NULL ? x->route->path : "-", status, (long long)(took_us / US_PER_MS),
	    x->tenant[0] != '\0' ? x->tenant : "-", x->key_id[0] != '\0' ? x->key_id : "-",
	    x->trace[0] != '\0' ? x->trace : "-");
}

/* What a tenant's is, nobody keeps on the way. What is everybody's may be kept, and asked for again by its tag; but for what never
 * changes under its name. */
static const char *
cache_of(const struct exchange *x)
{
	if (x->out.asset != NULL && x->out.asset->lasts)
		return FOR_EVER;
	return x->route != NULL && x->route->is_public ? "no-cache" : "no-store";
}

static void
add_common(struct head *head, const struct exchange *x)
{
	add(head, "Cache-Control", cache_of(x));
	if (admit_fields(x, &head->limits)) {
		add(head, "RateLimit-Policy", head->limits.policy);
		add(head, "RateLimit", head->limits.state);
		add(head, "Retry-After", head->limits.wait);
	}
	cors_add(x, head, add);
}

char *
api_refuse(void *arg, struct http_refusal *refusal)
{
	const struct api_options *options = api_options_of(arg);

	log_debug("request", "request=%s method=- route=- status=%d detail=\"%s\"",
	    refusal->request_id, refusal->status, refusal->detail);
	traffic_refused(api_traffic(arg), refusal->status);
	cors_refuse(options->cors_origins, refusal);
	return problem_refuse(NULL, refusal);
}

static struct http_request *
take_request(struct exchange *x, int status)
{
	struct http_request *request = x->request;

	x->status = status;
	log_answer(x, status);
	x->request = NULL;
	http_on_close(request, NULL, NULL);
	return request;
}

/* ---- one that is whole ---- */

static void
set_tag(struct exchange *x, const char *text, size_t len)
{
	char hash[DIGEST_SHA256_HEX];

	if (x->route == NULL || !x->route->has_etag || x->out.status != 200)
		return;
	if (x->out.asset != NULL)
		memcpy(hash, x->out.asset->hash, sizeof(hash));
	else
		digest_sha256_hex(text, len, hash);
	snprintf(x->out.etag, sizeof(x->out.etag), "\"%.*s\"", TAG_DIGITS, hash);
}

/* The same in gzip is other bytes, so it has another tag. */
static void
tag_as_gzip(struct exchange *x)
{
	size_t len = strlen(x->out.etag);

	if (len > 0)
		snprintf(
		    x->out.etag + len - 1, sizeof(x->out.etag) - len + 1, "%s", FIELD_GZIP_TAIL);
}

static bool
is_known_already(const struct exchange *x)
{
	return x->route != NULL && x->route->has_etag && x->out.etag[0] != '\0' &&
	       field_matches(http_header_in(x->request, "if-none-match"), x->out.etag);
}

/* Refused for how its body is coded? Only then it is said how it may be. */
static bool
is_of_coding(const struct exchange *x)
{
	return x->out.status == 415 &&
	       field_json_fault(NULL, http_header_in(x->request, "content-encoding")) != NULL;
}

static void
add_own(struct head *head, const struct exchange *x)
{
	add(head, "Content-Type", x->out.content_type);
	add(head, "Location", x->out.location);
	add(head, "ETag", x->out.etag);
	add(head, "Link", x->out.link);
	add(head, "Allow", x->out.allow);
	add(head, "Accept-Encoding", is_of_coding(x) ? "identity" : NULL);
	add(head, "Idempotency-Replayed", x->out.is_replayed ? "true" : NULL);
	add(head, "WWW-Authenticate", x->out.status == 401 ? "Bearer" : NULL);
	add(head, "Retry-After", x->out.retries ? "1" : NULL);
	add(head, "Sec-WebSocket-Version", upgrade_is_wanted(x) ? WEBSOCKET_VERSION_TEXT : NULL);
	add(head, "Content-Security-Policy", x->out.policy);
	if (x->out.asset != NULL) {
		add(head, "Referrer-Policy", "no-referrer");
		add(head, "Cross-Origin-Opener-Policy", "same-origin");
	}
}

/* What is asked for often is packed already. *owned is for the caller to free. */
static const char *
pack(const struct exchange *x, const char *text, size_t *len, char **owned)
{
	const struct asset *asset = x->out.asset;

	if (asset == NULL || asset->packed == NULL)
		return *owned = gzip_text(text, *len, len);
	*len = asset->packed_len;
	return asset->packed;
}

static void
send_text(struct exchange *x, const char *text, size_t len)
{
	struct head head = { .n = 0 };
	bool        is_small =
	    len >= GZIP_LEAST && field_accepts_gzip(http_header_in(x->request, "accept-encoding"));
	char *small = NULL;
	bool  is_known;

	set_tag(x, text, len);
	is_known = is_known_already(x);
	if (is_small)
		tag_as_gzip(x);
	if (is_known) {
		x->out.status = 304;
		x->out.content_type = NULL;
		len = 0;
	} else if (is_small) {
		text = pack(x, text, &len, &small);
		add(&head, "Content-Encoding", "gzip");
	}
	add_own(&head, x);
	add_common(&head, x);
	http_reply(take_request(x, x->out.status), x->out.status, head.items, head.n, text, len);
	free(small);
	exchange_end(x);
}

static void
send_body(struct exchange *x)
{
	char  *text;
	size_t len = 0;

	if (x->request == NULL) {
		x->answered(x, x->out.body);
		exchange_end(x);
		return;
	}
	text = x->out.body != NULL ? json_text_take(x->out.body, &len) : NULL;
	send_text(x, text, len);
	free(text);
}

/* What it waited for does not matter any more. */
static void
finish(struct exchange *x, int status, const char *content_type, struct json_object *body)
{
	x->out.status = status;
	x->out.content_type = content_type;
	x->out.body = body;
	audit_answer(x);
	exchange_hush(x);
	if (!once_keeps(x, send_body))
		send_body(x);
}

void
reply_text(struct exchange *x, int status, const char *content_type, const char *text)
{
	must(x->once == NULL && route_answers(x->route, content_type));
	x->out.status = status;
	x->out.content_type = content_type;
	send_text(x, text, strlen(text));
}

void
reply_asset(struct exchange *x, const struct asset *asset, const char *policy)
{
	must(route_answers(x->route, asset->type));
	x->out.status = 200;
	x->out.content_type = asset->type;
	x->out.asset = asset;
	x->out.policy = policy;
	send_text(x, asset->data, asset->len);
}

void
reply_nothing(struct exchange *x, const char *allow)
{
	snprintf(x->out.allow, sizeof(x->out.allow), "%s", allow);
	finish(x, 204, NULL, NULL);
}

void
reply_json(struct exchange *x, int status, struct json_object *body)
{
	finish(x, status, JSON_CONTENT_TYPE, body);
}

static void
set_location(struct exchange *x, const char *location)
{
	if (location != NULL)
		snprintf(x->out.location, sizeof(x->out.location), "%s", location);
}

void
reply_json_at(struct exchange *x, int status, const char *location, struct json_object *body)
{
	set_location(x, location);
	reply_json(x, status, body);
}

/* ---- problems ---- */

static const char *
request_id_of(const struct exchange *x)
{
	return x->request != NULL ? http_request_id(x->request) : NULL;
}

static void
reply_problem(struct exchange *x, enum err_code code, struct json_object *problem)
{
	if (upgrade_hides_answers(x)) {
		upgrade_tell(take_request(x, err_status(code)), err_status(code), problem);
		json_object_put(problem);
		exchange_end(x);
		return;
	}
	x->out.retries = err_status(code) == 503 || code == ERR_KEY_IN_USE;
	finish(x, err_status(code), PROBLEM_CONTENT_TYPE, problem);
}

void
reply_err(struct exchange *x, const struct err *err)
{
	struct json_object *problem = problem_json(err->code, err->detail, request_id_of(x));

	admit_tell(x, problem);
	reply_problem(x, err->code, problem);
}

void
reply_not_allowed(struct exchange *x, const char *allow)
{
	snprintf(x->out.allow, sizeof(x->out.allow), "%s", allow);
	reply_problem(x, ERR_METHOD_NOT_ALLOWED,
	    problem_json(ERR_METHOD_NOT_ALLOWED, allow, request_id_of(x)));
}

void
reply_problems(struct exchange *x, enum err_code code, const struct problems *problems)
{
	reply_problem(x, code, problems_json(code, problems, request_id_of(x)));
}

void
reply_problem_at(struct exchange *x, const char *pointer, const char *code, const char *detail)
{
	struct problems problems;

	problems_init(&problems);
	problems_add(&problems, pointer, code, "%s", detail);
	reply_problems(x, ERR_INVALID_REQUEST, &problems);
	problems_fini(&problems);
}

void
reply_passed_on(struct exchange *x, int status, const char *location, struct json_object *body)
{
	set_location(x, location);
	finish(x, status, status < 400 ? JSON_CONTENT_TYPE : PROBLEM_CONTENT_TYPE, body);
}

/* ---- streams ---- */

struct http_request *
reply_stream_take(struct exchange *x)
{
	struct http_request *request = x->request;

	x->request = NULL;
	http_on_close(request, NULL, NULL);
	exchange_end(x);
	return request;
}

void
reply_stream_end(struct exchange *x)
{
	http_stream_end(reply_stream_take(x));
}

static void
stream_begins(struct exchange *x, int status, void (*room)(void *arg))
{
	x->status = status;
	log_answer(x, status);
	http_stream_on_room(x->request, room, x);
	x->has_room = true;
}

void
reply_websocket(struct exchange *x, void (*room)(void *arg))
{
	must(x->route->has_websocket);
	stream_begins(x, 101, room);
	upgrade_start(x);
}

bool
reply_stream(struct exchange *x, void (*room)(void *arg))
{
	struct head head = { .n = 0 };

	must(route_answers(x->route, SSE_CONTENT_TYPE));
	add(&head, "Content-Type", SSE_CONTENT_TYPE);
	add(&head, "X-Accel-Buffering", "no");
	add_common(&head, x);
	stream_begins(x, 200, room);
	http_stream_start(x->request, 200, head.items, head.n);
	if (!http_is_head(x->request))
		return true;
	reply_stream_end(x);
	return false;
}

/* ---- what may be changed ---- */

bool
answer_may_change(struct exchange *x, const char *tag)
{
	const char *match, *none;
	struct err  err;

	if (x->request == NULL)
		return true; /* it was looked at while the client was there */
	match = http_header_in(x->request, "if-match");
	none = http_header_in(x->request, "if-none-match");
	if ((match == NULL || field_matches_strongly(match, tag)) && !field_matches(none, tag))
		return true;
	err_set(&err, ERR_PRECONDITION, "it is %s%s", tag != NULL ? "now " : "not there",
	    tag != NULL ? tag : "");
	reply_err(x, &err);
	return false;
}
