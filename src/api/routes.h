/* SPDX-License-Identifier: Apache-2.0
 *
 * routes.h - the route table: what the router, the checks of requests and the OpenAPI document share.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "api/exchange.h"

/* A parameter of the query. */
struct route_query {
	const char *name; /* NULL: behind the last one */
	const char *const *
	    values; /* that it can have, NULL behind the last; the first is meant without it. NULL: any text */
	const char *description;
};

struct route {
	const char *method;
	const char *path; /* "/deploy/status/{graph_id}"; at most one parameter, and it is last */
	bool        is_public; /* needs no API key */
	const char *body;      /* schema of the request's body in schemas/api/; NULL: none */
	const char *answer; /* schema of a good answer's body; NULL: not JSON, see content_type */
	const char *content_type; /* of a good answer, when it is not JSON */
	const char *const
	    *other_types; /* that can be asked for, NULL behind the last; may be NULL */
	const struct route_query *queries; /* may be NULL */
	const char               *summary;
	exchange_step            *handle;
};

extern const struct route routes[];
extern const size_t       routes_n;

/* The route of a request; the path's parameter goes to `parameter`. NULL: none; then `ret_allow` has
 * the methods that the path does take ("" when it is unknown). */
const struct route *route_find(const char *method, const char *path, char *parameter, size_t size,
    char *ret_allow, size_t allow_size);

/* the handlers, one file per group */
exchange_step handle_plan, handle_apply, handle_verify, handle_destroy, handle_move; /* start.c */
exchange_step handle_continue, handle_pause, handle_cancel;                          /* steer.c */
exchange_step handle_discover, handle_import;                         /* discover.c, import.c */
exchange_step handle_status;                                          /* status.c */
exchange_step handle_graph;                                           /* graph.c */
exchange_step handle_deployments, handle_history;                     /* history.c */
exchange_step handle_diff;                                            /* compare.c */
exchange_step handle_schedule, handle_schedules, handle_schedule_end; /* schedules.c */
exchange_step handle_secrets;                                         /* secrets.c */
exchange_step handle_events;                                          /* events.c */
exchange_step handle_health, handle_info, handle_ready, handle_types, handle_type, handle_metrics,
    handle_openapi, handle_config_schema;            /* info.c */
exchange_step handle_public_keys, handle_public_key; /* public_keys.c */

#endif
