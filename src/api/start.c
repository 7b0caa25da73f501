/* SPDX-License-Identifier: Apache-2.0
 * start.c - plan, apply, verify and destroy: one way from a body to an execution.
 *
 *   config ──────────────► spec ─► credentials ─► spec saved ─► execution ─► answer
 *   graph or deployment id ─► loaded ─┘
 *
 * A plan and a verify are executions in DRY_RUN mode: the very same looks, and the very same decisions. */
#include <stdlib.h>

#include "api/admit.h"
#include "api/base.h"
#include "api/check.h"
#include "api/boxes.h"
#include "api/credentials.h"
#include "api/emptying.h"
#include "api/exchange.h"
#include "api/load.h"
#include "api/names.h"
#include "api/once.h"
#include "api/plans.h"
#include "api/routes.h"
#include "api/start.h"
#include "api/verify_stream.h"
#include "api/wait.h"
#include "plan/verify.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define SPEC_SALTS_MAX 8

/* A spec on its way into the store. */
struct saving {
	struct exchange_part part;
	char                *text; /* owned */
	unsigned             salt;
	int64_t              age_ms; /* as STORE_PUT_SPEC has it */
	exchange_step       *then;
};

static void
fini_saving(struct exchange_part *part)
{
	free(((struct saving *)part)->text);
}

static const struct exchange_part_type saving_type = { sizeof(struct saving), NULL, fini_saving };

static void open_credentials(struct exchange *x);
static void put_spec(struct exchange *x);

/* ---- the answer ---- */

static void
reply_verify(struct exchange *x, struct execution *execution)
{
	reply_json(x, 200,
	    verify_to_json(x->graph, execution_actions(execution), execution_warnings(execution)));
}

static void
on_looking(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	(void)execution;
	if (err != NULL)
		reply_err(x, err);
	else if (x->watch.on_node != NULL)
		verify_stream_start(x);
}

static void
on_looked(struct execution_watch *watch, struct execution *execution)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	if (x->watch.on_node != NULL)
		verify_stream_end(x, execution);
	else if (x->start.kind == EXECUTION_VERIFY)
		reply_verify(x, execution);
	else
		plans_reply(x, execution_actions(execution));
}

/* ---- the execution ---- */

/* False: the graph lacks some of the names, and that was answered. */
static bool
selects_known(struct exchange *x)
{
	struct problems problems;
	bool            known;

	problems_init(&problems);
	names_check_list(x->graph, x->body, "only", &problems);
	names_check_list(x->graph, x->body, "except", &problems);
	known = problems.n == 0;
	if (!known)
		reply_problems(x, ERR_NOT_FOUND, &problems);
	problems_fini(&problems);
	return known;
}

bool
start_in_engine(struct exchange *x)
{
	struct err err;

	x->start.spec = spec_ref(x->spec);
	x->start.actor = x->key_id;
	x->start.on_behalf_of = x->on_behalf_of;
	x->start.trace = x->trace;
	if (engine_start(api_options_of(x->api)->engine, &x->start, &x->watch, &err) == ERR_OK)
		return true;
	x->watch.on_begun(&x->watch, NULL, &err); /* as what is refused later */
	return false;
}

static void
launch(struct exchange *x)
{
	struct err err;

	if (admit_execution(x, true, &err) != ERR_OK)
		reply_err(x, &err);
	else if (start_in_engine(x) && x->start.mode != MODE_DRY_RUN)
		wait_begin(x);
}

void
start_launch(struct exchange *x)
{
	x->graph = graph_create(x->spec, x->start.kind == EXECUTION_DESTROY);
	if (!emptying_is_read(x))
		return;
	if (!selects_known(x))
		return;
	if (x->start.plan == NULL) { /* else as the plan was made */
		x->start.only = json_get_array(x->body, "only");
		x->start.except = json_get_array(x->body, "except");
	}
	if (x->start.mode != MODE_DRY_RUN)
		once_note(x, launch);
	else
		launch(x);
}

/* Two graphs of a tenant may come to the same 32 bits: the later one is built again, with salt. */
static void
on_spec_saved(struct exchange *x)
{
	struct saving  *saving = exchange_part(x, &saving_type);
	struct problems problems;
	struct spec    *salted;
	struct err      err;

	if (x->op.result == STORE_OK) {
		saving->then(x);
		return;
	}
	if (++saving->salt == SPEC_SALTS_MAX) {
		err_set(&err, ERR_CONFLICT, "no free graph id was found");
		reply_err(x, &err);
		return;
	}
	problems_init(&problems);
	salted = spec_build(
	    api_options_of(x->api)->registry, x->tenant, x->spec->config, saving->salt, &problems);
	must(salted != NULL);
	problems_fini(&problems);
	spec_unref(x->spec);
	x->spec = salted;
	put_spec(x);
}

static void
put_spec(struct exchange *x)
{
	struct saving      *saving = exchange_part(x, &saving_type);
	struct json_object *mgraph = spec_to_mgraph(x->spec);
	size_t              len;

	must(store_key_set(&x->key, x->tenant, x->spec->deployment_id, x->spec->graph_id));
	free(saving->text);
	saving->text = json_text_take(mgraph, &len);
	json_put(mgraph);
	exchange_ask_op(x,
	    &(struct store_op){
		.verb = STORE_PUT_SPEC, .text = saving->text, .age_ms = saving->age_ms },
	    on_spec_saved);
}

static void
save_spec(struct exchange *x, int64_t age_ms, exchange_step *then)
{
	struct saving *saving = exchange_part(x, &saving_type);

	saving->age_ms = age_ms;
	saving->then = then;
	put_spec(x);
}

void
start_save_spec(struct exchange *x, exchange_step *then)
{
	save_spec(x, 0, then);
}

/* ---- the spec ---- */

/* A stored graph has no places in the body: what is wrong is told of its id. */
static void
reply_config_problems(struct exchange *x, const struct problems *problems)
{
	bool            is_stored = !json_has(x->body, "config");
	struct problems placed;
	struct str      pointer;

	problems_init(&placed);
	str_init(&pointer, 4096);
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *problem = &problems->items[i];

		str_clear(&pointer);
		str_add(&pointer, is_stored ? "/graph_id" : "/config");
		str_add(&pointer, is_stored ? "" : problem->pointer);
		problems_add(&placed, pointer.data, problem->code, "%.200s%s%s",
		    is_stored ? problem->pointer : "", is_stored ? ": " : "", problem->detail);
	}
	placed.truncated = problems->truncated;
	reply_problems(x, ERR_INVALID_CONFIG, &placed);
	problems_fini(&placed);
	str_fini(&pointer);
}

static int64_t
vertices_of(const struct spec *spec)
{
	int64_t n = 0;

	for (size_t i = 0; i < spec->nodes_n; i++)
		n += spec->nodes[i].regions_n > 0 ? (int64_t)spec->nodes[i].regions_n : 1;
	return n;
}

void
start_build_spec(struct exchange *x, exchange_step *then)
{
	struct json_object *config = json_get_object(x->body, "config");
	struct problems     problems;
	struct err          err;

	problems_init(&problems);
	x->spec = spec_build(api_options_of(x->api)->registry, x->tenant, config, 0, &problems);
	if (problems.n > 0)
		reply_config_problems(x, &problems);
	else if (admit_amount(x, LIMIT_NODES, vertices_of(x->spec), &err) != ERR_OK)
		reply_err(x, &err);
	else
		then(x);
	problems_fini(&problems);
}

static void
save_and_launch(struct exchange *x)
{
	start_save_spec(x, start_launch);
}

/* Credentials come in the config, or beside an id. */
static void
ask_credentials(struct exchange *x, exchange_step *then)
{
	struct json_object *config = json_get_object(x->body, "config");
	struct json_object *json =
	    json_get_object(config != NULL ? config : x->body, "credentials");
	const char *pointer = config != NULL ? "/config/credentials" : "/credentials";

	credentials_open(x, json, pointer, false, then);
}

static void
load_plan(struct exchange *x)
{
	plans_load(x, start_launch);
}

static void
save_and_load_plan(struct exchange *x)
{
	start_save_spec(x, load_plan);
}

/* What is to go may be in accounts that nothing else is in any more. A plan was made of all that already. */
static void
on_base(struct exchange *x)
{
	if (plans_is_named(x)) {
		ask_credentials(x, save_and_load_plan);
		return;
	}
	if (base_change(x, json_get_bool(x->body, "prune", false)))
		ask_credentials(x, save_and_launch);
}

static void
find_base(struct exchange *x)
{
	base_load(x, on_base);
}

static void
reply_validated(struct exchange *x)
{
	x->graph = graph_create(x->spec, false);
	plans_reply(x, NULL);
}

/* A graph that was only checked is there for a while, to be drawn. */
static void
give_credentials(struct exchange *x)
{
	if (json_get_bool(x->body, "validate_only", false))
		save_spec(x, STORE_PUT_MS, reply_validated);
	else
		ask_credentials(x, x->start.kind == EXECUTION_APPLY ? find_base : save_and_launch);
}

/* False: it can't be made as it is, and that was answered. What is there already is looked at, and deleted, all the same. */
static bool
can_be_made(struct exchange *x)
{
	struct problems problems;
	bool            can;

	problems_init(&problems);
	spec_check(x->spec, &problems);
	can = problems.n == 0;
	if (!can)
		reply_config_problems(x, &problems);
	problems_fini(&problems);
	return can;
}

/* What nobody but a provider can tell of a spec, before anything runs. */
static void
open_credentials(struct exchange *x)
{
	if (x->start.kind == EXECUTION_VERIFY || x->start.kind == EXECUTION_DESTROY)
		give_credentials(x);
	else if (can_be_made(x) && boxes_can_be_opened(x))
		check_ask(x, give_credentials, reply_config_problems);
}

/* ---- the request ---- */

void
start_init(struct exchange *x)
{
	wait_init(x);
	if (x->start.mode != MODE_DRY_RUN)
		return;
	x->start.on_failure = ON_FAILURE_CONTINUE; /* every resource is looked at */
	x->watch = (struct execution_watch){ .on_begun = on_looking, .on_ended = on_looked };
}

void
start_with_spec(struct exchange *x)
{
	open_credentials(x);
}

static void
start(struct exchange *x)
{
	struct json_object *config = json_get_object(x->body, "config");
	const char         *graph_id = json_get_str(x->body, "graph_id");
	const char         *deployment_id = json_get_str(x->body, "deployment_id");

	start_init(x);
	if (x->start.kind == EXECUTION_VERIFY && verify_stream_is_wanted(x))
		x->watch.on_node = verify_stream_node;
	if (config != NULL)
		start_build_spec(x, open_credentials);
	else if (graph_id != NULL)
		load_spec(x, graph_id, open_credentials);
	else
		load_last_spec(x, deployment_id, open_credentials);
}

void
handle_plan(struct exchange *x)
{
	x->start.kind = EXECUTION_APPLY;
	x->start.mode = MODE_DRY_RUN;
	start(x);
}

void
handle_apply(struct exchange *x)
{
	const char *mode = json_get_str(x->body, "mode");
	const char *on_failure = json_get_str(x->body, "on_failure");

	x->start.kind = EXECUTION_APPLY;
	must(mode == NULL || execution_mode_from(mode, &x->start.mode));
	must(on_failure == NULL || on_failure_from(on_failure, &x->start.on_failure));
	start(x);
}

void
handle_verify(struct exchange *x)
{
	x->start.kind = EXECUTION_VERIFY;
	x->start.by_tags = str_eq(json_get_str(x->body, "depth"), "tags");
	x->start.mode = MODE_DRY_RUN;
	start(x);
}

void
handle_destroy(struct exchange *x)
{
	x->start.kind = EXECUTION_DESTROY;
	x->start.mode = MODE_FULL;
	x->start.on_failure = ON_FAILURE_CONTINUE; /* what can go, goes */
	start(x);
}
