/* SPDX-License-Identifier: Apache-2.0
 *
 * err.h - expected failures: a small set of codes, and lists of problems with their places.
 *
 * Each code has a stable name (the `code` of a problem+json answer), an HTTP status and a title.
 * A `struct problems` collects every problem of an input at once, each with its JSON Pointer
 * (RFC 6901), so that a user mends a config in one round.
 */
#ifndef UTIL_ERR_H
#define UTIL_ERR_H

#include <stdbool.h>
#include <stddef.h>

#include "util/check.h"

/* Name, stable code, HTTP status, title; and when it comes, or what to do: for docs/problems.md and GET /problems. */
#define ERR_CODES(X)                                                                               \
	X(OK, "ok", 200, "OK", "Nothing is wrong. No problem has this type")                       \
	X(BAD_REQUEST, "bad_request", 400, "The request is malformed",                             \
	    "It is no HTTP, or a header or a parameter of the query can't be what it is; "         \
	    "`detail` says which")                                                                 \
	X(BAD_JSON, "bad_json", 400, "The body is not valid JSON",                                 \
	    "The place in the body is in `detail`")                                                \
	X(UNAUTHORIZED, "unauthorized", 401, "A valid API key is required",                        \
	    "There was no key, or not a valid one")                                                \
	X(PLAINTEXT_CREDENTIALS, "plaintext_credentials", 403,                                     \
	    "Plain credentials are accepted over TLS or loopback only",                            \
	    "Seal them for the key of `GET /public-keys/{provider}`, or send them by TLS")         \
	X(MISSING_SCOPE, "missing_scope", 403, "The API key may not be used for this",             \
	    "The key has not got the scope that the route asks for; `scope` names it")             \
	X(OPERATORS_ONLY, "operators_only", 403, "This is for keys of an operator",                \
	    "It tells of all tenants, and the key is of one that is no operator")                  \
	X(NOT_FOUND, "not_found", 404, "Not found",                                                \
	    "No such path, graph, deployment, execution or type; or it is another tenant's. With " \
	    "`problems`: nodes that the graph does not have")                                      \
	X(METHOD_NOT_ALLOWED, "method_not_allowed", 405, "The method is not allowed here",         \
	    "`Allow` says which are")                                                              \
	X(REQUEST_TIMEOUT, "request_timeout", 408, "The request did not come in time",             \
	    "It was sent too slowly; the connection is closed. Send it again")                     \
	X(BUSY, "deployment_busy", 409, "The deployment has an execution under way",               \
	    "One runs or is paused; `detail` names it. Wait for it, continue or cancel it")        \
	X(CONFLICT, "conflict", 409, "The request conflicts with what is stored",                  \
	    "A continue of what is not paused, or not so; a cancel of what has ended; no free "    \
	    "graph id was found")                                                                  \
	X(STALE_PLAN, "stale_plan", 409, "The plan is not of what is deployed any more",           \
	    "Another version was applied since the plan was made. Plan again")                     \
	X(KEY_IN_USE, "idempotency_in_progress", 409,                                              \
	    "A request with this Idempotency-Key is under way",                                    \
	    "`Retry-After` says when to ask again")                                                \
	X(IN_DOUBT, "idempotency_in_doubt", 409, "What became of the first request is not known",  \
	    "The process that had it died. Look at the status; then ask with another "             \
	    "`Idempotency-Key`")                                                                   \
	X(LENGTH_REQUIRED, "length_required", 411, "The request needs a Content-Length",           \
	    "Send `Content-Length`, or chunks")                                                    \
	X(PRECONDITION, "precondition_failed", 412, "It is not as the request wants it to be",     \
	    "`If-Match` or `If-None-Match` does not hold: read it again, and decide anew")         \
	X(TOO_LARGE, "too_large", 413, "The body is too large",                                    \
	    "The body is longer than 16 MiB, or than the tenant's `body_bytes` (`limit`); or it "  \
	    "has more values than are held at once (`detail` says where), or a drawing would be "  \
	    "longer than 64 MiB")                                                                  \
	X(URI_TOO_LONG, "uri_too_long", 414, "The URI is too long",                                \
	    "The request line is longer than 32 KiB")                                              \
	X(UNSUPPORTED_MEDIA, "unsupported_media_type", 415, "The body must be application/json",   \
	    "Send `Content-Type: application/json`")                                               \
	X(EXPECTATION, "expectation_failed", 417, "The expectation cannot be met",                 \
	    "The only expectation that is known is `100-continue`")                                \
	X(INVALID_REQUEST, "invalid_request", 422, "The request does not match its schema",        \
	    "The body does not match the route's schema, or a parameter of the query has a value " \
	    "that it can't have (`/query/format`); `problems` has each")                           \
	X(INVALID_CONFIG, "invalid_config", 422, "The config has problems",                        \
	    "`problems` has each, with a pointer below `/config`")                                 \
	X(BAD_CREDENTIALS, "bad_credentials", 422, "The credentials cannot be used",               \
	    "They are missing or unusable; `problems` says which and why")                         \
	X(KEY_REUSED, "idempotency_key_reused", 422,                                               \
	    "The Idempotency-Key was used for another request",                                    \
	    "Take a new key for each thing that is to be done")                                    \
	X(GRAPH_TOO_LARGE, "graph_too_large", 422, "The graph has more nodes than it may",         \
	    "The config comes to more nodes than the tenant's graphs may have; `limit`")           \
	X(TOO_MANY, "too_many_requests", 429, "Too many requests",                                 \
	    "More in a second than the tenant may send (`limit`); `Retry-After` says when to ask " \
	    "again")                                                                               \
	X(LIMIT_REACHED, "limit_reached", 429, "The tenant has as much under way as it may",       \
	    "As many executions, paused executions or streams as it may have; `limit` says which") \
	X(HEADERS_TOO_LARGE, "headers_too_large", 431, "The headers are too large",                \
	    "They are longer than 32 KiB, or more than 128")                                       \
	X(INTERNAL, "internal", 500, "Internal error",                                             \
	    "A fault of the service: report it, with the `request_id`")                            \
	X(NOT_IMPLEMENTED, "not_implemented", 501,                                                 \
	    "The request needs something that this server does not do",                            \
	    "An unknown method, or a transfer coding other than `chunked`")                        \
	X(PROVIDER, "provider_error", 502, "A provider refused or could not be reached",           \
	    "A driver in another process does not answer; `detail` says which and why")            \
	X(STORE_DOWN, "store_unavailable", 503, "The store is not available",                      \
	    "Redis does not answer, or the key may be one of those in the store, which could not " \
	    "be read since the start; `Retry-After` says when to ask again")                       \
	X(ARCHIVE_DOWN, "archive_unavailable", 503, "The archive is not available",                \
	    "The store does not have it, and the archive can't be asked")                          \
	X(PROVIDER_AWAY, "provider_unavailable", 503, "A provider has not been reached yet",       \
	    "A driver in another process has not been reached since the start")                    \
	X(NO_ROOM, "no_room", 503, "The service has no memory for it now",                         \
	    "The bodies that are under way hold as much as they may together, or there is no "     \
	    "more; `Retry-After` says when to ask again")                                          \
	X(DRAINING, "draining", 503, "The server is shutting down",                                \
	    "Ask another server, or this one when it is back")                                     \
	X(HTTP_VERSION, "http_version_not_supported", 505, "The HTTP version is not supported",    \
	    "This server speaks HTTP/1.1 and HTTP/1.0")

enum err_code {
#define X(name, code, status, title, when) ERR_##name,
	ERR_CODES(X)
#undef X
	    ERR_N
};

const char *err_name(enum err_code code);   /* "invalid_config" */
const char *err_title(enum err_code code);  /* one sentence for people */
const char *err_when(enum err_code code);   /* the same, of when it comes or what to do */
int         err_status(enum err_code code); /* HTTP status */

/* ERR_N: it is none of the names. */
enum err_code err_from(const char *name);

/* What went wrong, with a sentence of detail. */
struct err {
	enum err_code code;
	char          detail[512];
};

/* Sets *err (which may be NULL) and returns the code: `return err_set(err, ERR_BAD_JSON, ...)`. */
enum err_code err_set(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

struct problem {
	char *pointer; /* JSON Pointer of the place; "" is the whole document */
	char *code;    /* stable: unknown_property, cycle, dangling_reference, ... */
	char *detail;  /* one sentence for people */
};

void problem_fini(struct problem *problem);

#define PROBLEMS_MAX 1000

struct problems {
	struct problem *items;
	size_t          n;
	bool            truncated; /* more than PROBLEMS_MAX were found */
};

void problems_init(struct problems *problems);
void problems_fini(struct problems *problems);
void problems_add(struct problems *problems, const char *pointer, const char *code, const char *fmt,
    ...) PRINTF_LIKE(4, 5);

#endif
