/* SPDX-License-Identifier: Apache-2.0
 * plans.c - from what was found to a plan and its id, and from its id to an apply that is held to it. */
#include "api/plans.h"

#include <stdlib.h>
#include <string.h>

#include "plan/plan_terraform.h"
#include "plan/saved.h"
#include "util/json.h"
#include "util/mem.h"

static void
put(struct exchange *x, exchange_step *next)
{
	const struct store_op op = {
		.verb = STORE_PLAN_PUT,
		.plan = x->plan_id,
		.text = json_text(x->saved),
	};

	exchange_ask_op(x, &op, next);
}

/* As far as it is remembered: what is rebuilt of what there is may be another every time. */
static const struct spec *
applied_last(const struct exchange *x)
{
	return x->base_is_rebuilt ? NULL : x->base;
}

/* ---- made ---- */

static double
seconds_of(void *arg, const struct resource_type *type, enum plan_act act)
{
	return engine_seconds(arg, type, act);
}

static struct json_object *
plan_of(struct exchange *x, const struct plan_action *actions)
{
	struct api_options *api = api_options_of(x->api);
	struct plan_options options = {
		.rolls_back = str_eq(json_get_str(x->body, "on_failure"), "rollback"),
		.base = x->base,
		.base_is_found = x->base_is_rebuilt,
		.registry = api->registry,
		.seconds = seconds_of,
		.arg = api->engine,
	};
	struct json_object *plan;

	if (str_eq(json_get_str(x->body, "format"), "terraform"))
		return plan_to_terraform(x->graph, actions);
	plan = plan_to_json(x->graph, actions, &options);
	if (x->target != NULL)
		json_set(plan, "config", json_object_get(x->target));
	return plan;
}

static void
reply_kept(struct exchange *x)
{
	struct json_object *plan = x->answer;

	x->answer = NULL;
	reply_json(x, 200, plan);
}

static void
keep(struct exchange *x, const struct plan_action *actions)
{
	struct saved_choice choice = { json_get_array(x->body, "only"),
		json_get_array(x->body, "except") };

	x->saved = saved_make(x->graph, actions, applied_last(x), &choice);
	x->plan_id = saved_id(x->saved);
	json_set_str(x->answer, "spec_graph_id", x->spec->graph_id);
	json_set_str(x->answer, "plan_id", x->plan_id);
	must(store_key_set(&x->key, x->tenant, x->spec->deployment_id, x->spec->graph_id));
	put(x, reply_kept);
}

void
plans_reply(struct exchange *x, const struct plan_action *actions)
{
	x->answer = plan_of(x, actions);
	if (actions != NULL && x->start.kind == EXECUTION_APPLY)
		keep(x, actions);
	else
		reply_kept(x);
}

/* ---- applied ---- */

bool
plans_is_named(const struct exchange *x)
{
	return json_has(x->body, "plan_id");
}

static void
on_kept_again(struct exchange *x)
{
	x->start.plan = x->saved;
	x->start.only = json_get_array(x->saved, "only");
	x->start.except = json_get_array(x->saved, "except");
	x->then(x);
}

/* As long as it may be needed: an execution that is left is held to it by whoever goes on. */
static void
keep_again(struct exchange *x)
{
	if (saved_is_of_base(x->saved, applied_last(x))) {
		put(x, on_kept_again);
		return;
	}
	reply_err(
	    x, &(struct err){ .code = ERR_STALE_PLAN,
		   .detail = "another version was applied since the plan was made: plan again" });
}

static void
on_loaded(struct exchange *x)
{
	struct err err;

	if (x->op.result == STORE_ABSENT) {
		err_set(&err, ERR_NOT_FOUND,
		    "there is no plan \"%s\" of graph %s, or it was made too long ago", x->plan_id,
		    x->key.graph);
		reply_err(x, &err);
		return;
	}
	x->saved = json_read(x->op.text_out, strlen(x->op.text_out), &err);
	if (x->saved == NULL)
		reply_err(x, &err);
	else
		keep_again(x);
}

void
plans_load(struct exchange *x, exchange_step *then)
{
	x->then = then;
	x->plan_id = json_get_str(x->body, "plan_id");
	exchange_ask_op(
	    x, &(struct store_op){ .verb = STORE_PLAN_GET, .plan = x->plan_id }, on_loaded);
}
