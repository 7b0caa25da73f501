/* SPDX-License-Identifier: Apache-2.0
 *
 * routes.h - the route table: what the router, the checks of requests and the OpenAPI document share.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "api/exchange.h"
#include "api/scope.h"
#include "util/err.h"

/* A parameter of the query. */
struct route_query {
	const char *name; /* NULL: behind the last one */
	const char *const *
	    values; /* that it can have, NULL behind the last; the first is meant without it. NULL: any text */
	const char *description;
	const char  *
            schema; /* what it can be, by its name in schemas/openapi.json; NULL: one of the values, or any text */
	bool is_needed;
};

enum route_once {
	ONCE_NOT,       /* it changes nothing: it may be asked for again anyhow */
	ONCE_EXECUTION, /* whether it has begun is told by the execution that it begins */
	ONCE_AGAIN,     /* done a second time it changes nothing more */
	ONCE_IN_DOUBT,  /* whether it was done can't be told, when its process has died */
};

/* What a member of the body asks for, where it is true; NULL: none does. */
struct route_more {
	const char *member;
	enum scope  scope;
};

#define ROUTE_METHODS "GET, HEAD, POST, DELETE, OPTIONS" /* that some path takes */

struct route {
	const char *method;
	const char *path; /* "/deploy/status/{graph_id}"; at most one parameter, and it is last */
	bool        is_public;    /* needs no API key */
	enum scope  scope;        /* that the key must have, where it needs one */
	bool        is_operators; /* it tells of all tenants: for keys of an operator */
	const char *audit;        /* what it changes, for the audit trail; NULL: nothing */
	const char *body;         /* schema of the request's body in schemas/api/; NULL: none */
	const char *answer; /* schema of a good answer's body in JSON; NULL: it is never that */
	const char
	    *other; /* the same where something else is asked for: a dry run, a format; or NULL */
	const char
	    *event; /* schema of what comes in a stream, each by itself; NULL: there is none */
	const char *const
	    *texts; /* content types of a good answer beside that, NULL behind the last;
				     NULL: none */
	struct route_more         more;          /* than `scope`, of not every request */
	const struct route_query *queries;       /* may be NULL */
	bool                      has_websocket; /* the same by a WebSocket, if that is asked for */
	bool has_match;       /* If-Match and If-None-Match say as what it is to be changed */
	bool has_etag;        /* of a GET: its answer has a tag, by which it is asked for again */
	enum route_once once; /* of a POST: may it have an Idempotency-Key? */
	const enum err_code *
	    problems; /* its own, beside those of all that are like it (refusals.h); ERR_OK behind the last */
	const char    *summary;
	exchange_step *handle;
};

extern const struct route routes[];
extern const size_t       routes_n;

/* ---- route_find.c ---- */

/* The route of a request; the path's parameter goes to `parameter`. NULL: none; then `ret_allow` has
 * the methods that the path does take ("" when it is unknown): HEAD for a GET, and OPTIONS, too. */
const struct route *route_find(const char *method, const char *path, char *parameter, size_t size,
    char *ret_allow, size_t allow_size);

/* Is it a content type of the route's good answers? Parameters behind it do not count. */
bool route_answers(const struct route *route, const char *content_type);

/* the handlers, one file per group */
exchange_step handle_plan, handle_apply, handle_verify, handle_destroy, handle_move; /* start.c */
exchange_step handle_continue, handle_pause, handle_cancel;                          /* steer.c */
exchange_step handle_discover, handle_import;     /* discover.c, import.c */
exchange_step handle_status;                      /* status.c */
exchange_step handle_graph;                       /* graph.c */
exchange_step handle_deployments, handle_history; /* history.c */
exchange_step handle_diff;                        /* compare.c */
exchange_step handle_schedule, handle_schedules, handle_schedule_of,
    handle_schedule_end; /* schedules.c */
exchange_step handle_keys, handle_key_add, handle_key_revoke, handle_tenants, handle_tenant_set,
    handle_tenant_remove;                       /* admin.c */
exchange_step handle_secrets;                   /* secrets.c */
exchange_step handle_events, handle_all_events; /* events.c */
exchange_step handle_health, handle_info, handle_ready, handle_types, handle_type, handle_metrics,
    handle_openapi, handle_config_schema;             /* info.c */
exchange_step handle_problems, handle_problem;        /* problems.c */
exchange_step handle_page, handle_docs, handle_asset; /* page.c */
exchange_step handle_public_keys, handle_public_key;  /* public_keys.c */

#endif
