/* SPDX-License-Identifier: Apache-2.0
 *
 * verify.h - the answer of /verify: from a graph and one decision per vertex. Pure.
 *
 * What an apply would have to do to a resource says how it stands; why nobody could decide that does, too.
 */
#ifndef PLAN_VERIFY_H
#define PLAN_VERIFY_H

#include <json-c/json.h>

#include "plan/plan.h"

/* How a resource stands to what the config says. */
#define VERDICTS(X)                                                                               \
	X(IN_SYNC, "in_sync")                                                                     \
	X(DRIFTED, "drifted") /* it is ours, and differs, or should not be there */               \
	X(MISSING, "missing")                                                                     \
	X(NOT_OURS, "not_ours") /* what has its name is somebody else's, as far as can be seen */ \
	X(AMBIGUOUS, "ambiguous") /* more than one resource claims to be it */                    \
	X(UNREADABLE, "unreadable")                                                               \
	X(FAILING, "failing") /* a check that does not hold */

enum verdict {
#define X(name, text) VERDICT_##name,
	VERDICTS(X)
#undef X
	    VERDICTS_N
};

/* One of its resources; NULL: it is left, and nobody asks. The caller puts it. */
struct json_object *
verify_resource(const struct graph *graph, size_t vertex, const struct plan_action *action);

/* {success, graph_id, deployment_id, version, resources[], summary{a count of each verdict}, warnings[]}; success: all are
 * in sync. `warnings`: texts; NULL has none. */
struct json_object *verify_to_json(
    const struct graph *graph, const struct plan_action *actions, struct json_object *warnings);

#endif
