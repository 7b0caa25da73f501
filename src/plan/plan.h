/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h - an execution plan as JSON: from a graph and one decision per vertex. Pure.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <json-c/json.h>

#include "plan/graph.h"
#include "util/err.h"

/* What is done to a resource. Also the `operation` of a node in status and events. */
#define PLAN_ACTS(X)                                                             \
	X(UNDECIDED, "ensure") /* not looked at yet */                           \
	X(CREATE, "create")                                                      \
	X(MOVE, "move") /* a create; the same in another place goes for it */    \
	X(UPDATE, "update")                                                      \
	X(REPLACE, "replace")                                                    \
	X(DELETE, "delete")                                                      \
	X(NO_OP, "no_op")                                                        \
	X(ADOPT, "adopt")   /* it is there and was not ours: it becomes ours */  \
	X(LEAVE, "leave")   /* it stays, though the config no longer names it */ \
	X(VERIFY, "verify") /* of a check: what it is there for */

enum plan_act {
#define X(name, text) PLAN_##name,
	PLAN_ACTS(X)
#undef X
	    PLAN_ACTS_N
};

struct plan_action {
	enum plan_act       act;
	struct json_object *diff;    /* diff.list; NULL: none. Borrowed by plan_to_json() */
	const char         *error;   /* why it could not be decided; NULL: it could */
	enum op_result      result;  /* then: what class of reason that is */
	bool                by_tags; /* its tags alone were looked at */
	bool                foreign; /* a delete: what is there is not ours */
	bool                skipped; /* it is not asked for, and not told of */

	/* what it was decided by; borrowed */
	struct json_object *found;   /* as its provider says (provider.h); NULL: nothing is there */
	struct json_object *desired; /* properties; NULL: it was not looked at */
	bool open; /* some of `desired` is known after the apply only, or may still change */
};

/* All of it may be left out. */
struct plan_options {
	bool rolls_back; /* a failure is to undo what was done: what can't be undone is warned of */
	/* What was applied last: whence a difference comes is told by it, but not if it was made of what there is. */
	const struct spec     *base;
	bool                   base_is_found;
	const struct registry *registry; /* whose providers say what a resource will be called */
	/* How long an act took, as far as is known; negative: it is not, and the type's file says. */
	double (*seconds)(void *arg, const struct resource_type *type, enum plan_act act);
	void *arg;
};

/* {success, spec_graph_id, deployment_id, version, operations[], parallel_groups[][], estimated_time, warnings[],
 * summary{add,move,change,replace,destroy,adopt,no_op}, and undecided if there are any}. actions NULL: none was looked at. */
struct json_object *plan_to_json(const struct graph *graph, const struct plan_action *actions,
    const struct plan_options *options);

/* {add, change, replace, destroy, no_op}, of how many there are of each act. The caller puts it. */
struct json_object *plan_summary(const int64_t n[PLAN_ACTS_N]);

const char   *plan_act_name(enum plan_act act);
bool          plan_act_creates(enum plan_act act); /* by a create alone */
enum plan_act plan_act_from(const char *name);     /* PLAN_UNDECIDED for any other text */

#endif
