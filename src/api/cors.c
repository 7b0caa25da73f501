/* SPDX-License-Identifier: Apache-2.0
 * cors.c - the headers for a page of another origin. */
#include "api/cors.h"

#include "http/fields.h"
#include "util/str.h"

#define SENT                                                                              \
	"Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, " \
	"Last-Event-ID, Prefer, Traceparent, X-Actor, X-Api-Key, X-Request-Id"
#define READ                                                                               \
	"Allow, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, " \
	"Retry-After, WWW-Authenticate, "                                                  \
	"X-Request-Id"
#define KEPT_S "600"

/* A request that a browser sends before the one that it means. */
static bool
is_preflight(const struct exchange *x)
{
	return str_eq(http_method(x->request), "OPTIONS") &&
	       http_header_in(x->request, "access-control-request-method") != NULL;
}

void
cors_refuse(const char *origins, struct http_refusal *refusal)
{
	if (origins == NULL)
		return;
	http_refusal_add(refusal, "Vary", "Origin");
	if (!field_has_word(origins, refusal->origin))
		return;
	http_refusal_add(refusal, "Access-Control-Allow-Origin", refusal->origin);
	http_refusal_add(refusal, "Access-Control-Expose-Headers", READ);
}

void
cors_add(const struct exchange *x, struct head *head,
    void (*add)(struct head *head, const char *name, const char *value))
{
	const char *origins = api_options_of(x->api)->cors_origins;
	const char *origin = http_header_in(x->request, "origin");

	add(head, "Vary", origins != NULL ? "Accept-Encoding, Origin" : "Accept-Encoding");
	if (!field_has_word(origins, origin))
		return;
	add(head, "Access-Control-Allow-Origin", origin);
	add(head, "Access-Control-Expose-Headers", READ);
	if (!is_preflight(x))
		return;
	add(head, "Access-Control-Allow-Methods", x->out.allow);
	add(head, "Access-Control-Allow-Headers", SENT);
	add(head, "Access-Control-Max-Age", KEPT_S);
}
