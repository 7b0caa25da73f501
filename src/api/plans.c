/* SPDX-License-Identifier: Apache-2.0
 * plans.c - from what was found to a plan and its id, and from its id to an apply that is held to it. */
#include "api/plans.h"

#include <stdlib.h>
#include <string.h>

#include "api/base.h"
#include "plan/plan_terraform.h"
#include "plan/saved.h"
#include "util/json.h"
#include "util/mem.h"

struct planning {
	struct exchange_part part;
	struct json_object  *answer, *config; /* what is told; owned */
	struct json_object  *saved;           /* what is kept; owned */
	const char          *plan_id;         /* its id; borrowed */
	exchange_step       *then;
};

static void
fini(struct exchange_part *part)
{
	struct planning *p = (struct planning *)part;

	json_put(p->answer);
	json_put(p->config);
	json_put(p->saved);
}

static const struct exchange_part_type planning_type = { sizeof(struct planning), NULL, fini };

static struct planning *
planning_of(struct exchange *x)
{
	return exchange_part(x, &planning_type);
}

static void
put(struct exchange *x, exchange_step *next)
{
	const struct planning *p = planning_of(x);
	const struct store_op  op = {
		 .verb = STORE_PLAN_PUT,
		 .plan = p->plan_id,
		 .text = json_text(p->saved),
	};

	exchange_ask_op(x, &op, next);
}

/* As far as it is remembered: what is rebuilt of what there is may be another every time. */
static const struct spec *
applied_last(struct exchange *x)
{
	const struct base *base = base_of(x);

	return base->is_rebuilt ? NULL : base->spec;
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
		.base = base_of(x)->spec,
		.base_is_found = base_of(x)->is_rebuilt,
		.registry = api->registry,
		.seconds = seconds_of,
		.arg = api->engine,
	};
	struct json_object *plan;

	if (str_eq(json_get_str(x->body, "format"), "terraform"))
		return plan_to_terraform(x->graph, actions);
	plan = plan_to_json(x->graph, actions, &options);
	if (planning_of(x)->config != NULL)
		json_set(plan, "config", json_object_get(planning_of(x)->config));
	return plan;
}

static void
reply_kept(struct exchange *x)
{
	reply_json(x, 200, json_object_get(planning_of(x)->answer));
}

static void
keep(struct exchange *x, const struct plan_action *actions)
{
	struct planning    *p = planning_of(x);
	struct saved_choice choice = { json_get_array(x->body, "only"),
		json_get_array(x->body, "except") };

	p->saved = saved_make(x->graph, actions, applied_last(x), &choice);
	p->plan_id = saved_id(p->saved);
	json_set_str(p->answer, "spec_graph_id", x->spec->graph_id);
	json_set_str(p->answer, "plan_id", p->plan_id);
	must(store_key_set(&x->key, x->tenant, x->spec->deployment_id, x->spec->graph_id));
	put(x, reply_kept);
}

void
plans_reply(struct exchange *x, const struct plan_action *actions)
{
	planning_of(x)->answer = plan_of(x, actions);
	if (actions != NULL && x->start.kind == EXECUTION_APPLY)
		keep(x, actions);
	else
		reply_kept(x);
}

void
plans_show_config(struct exchange *x, struct json_object *config)
{
	planning_of(x)->config = config;
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
	const struct planning *p = planning_of(x);

	x->start.plan = p->saved;
	x->start.only = json_get_array(p->saved, "only");
	x->start.except = json_get_array(p->saved, "except");
	p->then(x);
}

/* As long as it may be needed: an execution that is left is held to it by whoever goes on. */
static void
keep_again(struct exchange *x)
{
	if (saved_is_of_base(planning_of(x)->saved, applied_last(x))) {
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
	struct planning *p = planning_of(x);
	struct err       err;

	if (x->op.result == STORE_ABSENT) {
		err_set(&err, ERR_NOT_FOUND,
		    "there is no plan \"%s\" of graph %s, or it was made too long ago", p->plan_id,
		    x->key.graph);
		reply_err(x, &err);
		return;
	}
	p->saved = json_read(x->op.text_out, strlen(x->op.text_out), &err);
	if (p->saved == NULL)
		reply_err(x, &err);
	else
		keep_again(x);
}

void
plans_load(struct exchange *x, exchange_step *then)
{
	struct planning *p = planning_of(x);

	p->then = then;
	p->plan_id = json_get_str(x->body, "plan_id");
	exchange_ask_op(
	    x, &(struct store_op){ .verb = STORE_PLAN_GET, .plan = p->plan_id }, on_loaded);
}
