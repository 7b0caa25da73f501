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

/* name, stable code, HTTP status, title */
#define ERR_CODES(X)                                                                             \
	X(OK, "ok", 200, "OK")                                                                   \
	X(BAD_REQUEST, "bad_request", 400, "The request is malformed")                           \
	X(BAD_JSON, "bad_json", 400, "The body is not valid JSON")                               \
	X(INVALID_REQUEST, "invalid_request", 422, "The request does not match its schema")      \
	X(INVALID_CONFIG, "invalid_config", 422, "The config has problems")                      \
	X(BAD_CREDENTIALS, "bad_credentials", 422, "The credentials cannot be used")             \
	X(PLAINTEXT_CREDENTIALS, "plaintext_credentials", 403,                                   \
	    "Plain credentials are accepted over TLS or loopback only")                          \
	X(UNAUTHORIZED, "unauthorized", 401, "A valid API key is required")                      \
	X(MISSING_SCOPE, "missing_scope", 403, "The API key may not be used for this")           \
	X(OPERATORS_ONLY, "operators_only", 403, "This is for keys of an operator")              \
	X(NOT_FOUND, "not_found", 404, "Not found")                                              \
	X(METHOD_NOT_ALLOWED, "method_not_allowed", 405, "The method is not allowed here")       \
	X(BUSY, "deployment_busy", 409, "The deployment has an execution under way")             \
	X(CONFLICT, "conflict", 409, "The request conflicts with what is stored")                \
	X(STALE_PLAN, "stale_plan", 409, "The plan is not of what is deployed any more")         \
	X(TOO_LARGE, "too_large", 413, "The body is too large")                                  \
	X(UNSUPPORTED_MEDIA, "unsupported_media_type", 415, "The body must be application/json") \
	X(GRAPH_TOO_LARGE, "graph_too_large", 422, "The graph has more nodes than it may")       \
	X(TOO_MANY, "too_many_requests", 429, "Too many requests")                               \
	X(LIMIT_REACHED, "limit_reached", 429, "The tenant has as much under way as it may")     \
	X(INTERNAL, "internal", 500, "Internal error")                                           \
	X(STORE_DOWN, "store_unavailable", 503, "The store is not available")                    \
	X(ARCHIVE_DOWN, "archive_unavailable", 503, "The archive is not available")              \
	X(PROVIDER, "provider_error", 502, "A provider refused or could not be reached")         \
	X(PROVIDER_AWAY, "provider_unavailable", 503, "A provider has not been reached yet")     \
	X(DRAINING, "draining", 503, "The server is shutting down")

enum err_code {
#define X(name, code, status, title) ERR_##name,
	ERR_CODES(X)
#undef X
	    ERR_N
};

const char *err_name(enum err_code code);   /* "invalid_config" */
const char *err_title(enum err_code code);  /* one sentence for people */
int         err_status(enum err_code code); /* HTTP status */

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
