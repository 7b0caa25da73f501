/* SPDX-License-Identifier: Apache-2.0
 *
 * limits.h - how much a tenant may have at once: by name, in the keys file, in options and in answers.
 */
#ifndef API_LIMITS_H
#define API_LIMITS_H

#include <json-c/json.h>
#include <stdint.h>

#include "util/err.h"

/* name, in JSON, how a request beyond it is refused, what it bounds, what it is where there are several tenants and nobody
 * says */
#define LIMITS(X)                                                                              \
	X(REQUESTS, "requests_per_second", TOO_MANY, "requests in a second", 100)              \
	X(BURST, "requests_burst", TOO_MANY, "requests at once, after a while without any", 0) \
	X(RUNNING, "executions_running", LIMIT_REACHED,                                        \
	    "executions, plans and verifies under way", 100)                                   \
	X(PAUSED, "executions_paused", LIMIT_REACHED,                                          \
	    "paused executions, before another may begin", 1000)                               \
	X(NODES, "nodes", GRAPH_TOO_LARGE, "nodes of a graph, counted once per region", 10000) \
	X(BODY, "body_bytes", TOO_LARGE, "bytes of a request's body", 0)                       \
	X(WATCHERS, "watchers", LIMIT_REACHED, "streams of events that are open", 1000)

enum limit {
#define X(name, text, code, what, usual) LIMIT_##name,
	LIMITS(X)
#undef X
	    LIMITS_N
};

#define LIMIT_NONE   0
#define LIMIT_UNSAID (-1)

struct limits {
	int64_t values[LIMITS_N];
};

extern const struct limits limits_none, limits_unsaid, limits_usual;

const char   *limit_name(enum limit limit);
enum err_code limit_code(enum limit limit);
const char   *limit_what(enum limit limit);

/* {"nodes": 100, ...}: those that are said. ERR_INVALID_REQUEST: a name or a value is none. */
MUSTCHECK enum err_code
limits_read(struct limits *limits, struct json_object *json, struct err *err);

/* The same of "nodes=100,watchers=5". */
MUSTCHECK enum err_code limits_read_text(struct limits *limits, const char *text, struct err *err);

struct json_object *limits_json(const struct limits *limits); /* those that are said */

/* What is said in `more` holds. */
void limits_lay_over(struct limits *limits, const struct limits *more);

#endif
