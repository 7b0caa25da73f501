/* SPDX-License-Identifier: Apache-2.0
 * move.c - from a request to move to the graph that does it: what there is, what is to be, and what lies between. */
#include <stdlib.h>
#include <string.h>

#include "api/base.h"
#include "api/load.h"
#include "api/plans.h"
#include "api/routes.h"
#include "api/start.h"
#include "api/wait.h"
#include "plan/move.h"
#include "util/json.h"

/* ---- the request ---- */

/* True: it goes through to its end. */
static bool
read_pauses(struct json_object *body, struct move *move)
{
	struct json_object *list = json_get_array(body, "pause_before");
	bool                none = json_get_bool(body, "delete_after_verify", false);
	enum move_phase     phase;

	if (list == NULL) {
		move->pauses[MOVE_DELETE] = !none;
		return none;
	}
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		must(move_phase_from(
		    json_object_get_string(json_object_array_get_idx(list, i)), &phase));
		move->pauses[phase] = true;
	}
	return json_object_array_length(list) == 0;
}

static struct move
read_move(struct exchange *x)
{
	struct move move = {
		.registry = api_options_of(x->api)->registry,
		.tenant = x->tenant,
		.spec = base_of(x)->spec,
		.gone = base_of(x)->gone,
		.from_region = json_get_str(x->body, "from_region"),
		.to_region = json_get_str(x->body, "to_region"),
		.from_account = json_get_str(x->body, "from_account"),
		.to_account = json_get_str(x->body, "to_account"),
		.resources = json_get_array(x->body, "resources"),
		.copy = json_get(x->body, "copy"),
		.without_data = json_get(x->body, "without_data"),
	};

	x->start.to_end = read_pauses(x->body, &move);
	return move;
}

/* ---- the graph ---- */

/* False: it can't be, and that was answered. */
static bool
plan_move(struct exchange *x)
{
	struct move         move = read_move(x);
	struct problems     problems;
	struct json_object *target, *config = NULL;
	struct spec        *spec = NULL;

	problems_init(&problems);
	target = move_target(&move, &problems);
	if (target != NULL)
		config = move_config(&move, target, &problems);
	if (config != NULL)
		spec = spec_build(move.registry, x->tenant, config, 0, &problems);
	if (spec != NULL) {
		spec_unref(x->spec);
		x->spec = spec;
	} else {
		reply_problems(x, ERR_INVALID_CONFIG, &problems);
	}
	plans_show_config(x, target);
	json_put(config);
	problems_fini(&problems);
	return spec != NULL;
}

static void
on_base(struct exchange *x)
{
	struct base *base = base_of(x);
	const char  *graph_id = json_get_str(x->body, "graph_id");
	struct err   err;

	if (json_has(x->body, "config") && (base->spec == NULL || base->is_rebuilt)) {
		spec_unref(base->spec); /* the config says more than tags do */
		base->spec = spec_ref(x->spec);
	}
	if (base->spec == NULL) {
		err_set(&err, ERR_NOT_FOUND, "there is nothing of \"%s\" to move",
		    x->spec->deployment_id);
		reply_err(x, &err);
	} else if (graph_id != NULL && !str_eq(graph_id, base->spec->graph_id)) {
		err_set(&err, ERR_CONFLICT, "graph %s is not what was applied last: that is %s",
		    graph_id, base->spec->graph_id);
		reply_err(x, &err);
	} else if (plan_move(x)) {
		start_with_spec(x);
	}
}

static void
on_spec(struct exchange *x)
{
	base_load(x, on_base);
}

void
handle_move(struct exchange *x)
{
	const char *mode = json_get_str(x->body, "mode");
	const char *on_failure = json_get_str(x->body, "on_failure");
	const char *graph_id = json_get_str(x->body, "graph_id");

	x->start.kind = EXECUTION_MOVE;
	x->start.on_failure = ON_FAILURE_ROLLBACK;
	must(mode == NULL || execution_mode_from(mode, &x->start.mode));
	must(on_failure == NULL || on_failure_from(on_failure, &x->start.on_failure));
	start_init(x);
	if (json_has(x->body, "config"))
		start_build_spec(x, on_spec);
	else if (graph_id != NULL)
		load_spec(x, graph_id, on_spec);
	else
		load_last_spec(x, json_get_str(x->body, "deployment_id"), on_spec);
}
