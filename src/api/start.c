/* SPDX-License-Identifier: Apache-2.0
 * start.c - plan, apply and destroy: one way from a body to an execution.
 *
 *   config ──────────────► spec ─► credentials ─► spec saved ─► execution ─► answer
 *   graph or deployment id ─► loaded ─┘
 *
 * A plan is an execution in DRY_RUN mode: the very same looks, and the very same decisions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/credentials.h"
#include "api/exchange.h"
#include "api/load.h"
#include "api/routes.h"
#include "api/whose.h"
#include "plan/plan.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define WAIT_DEFAULT_MS 30000
#define WAIT_MAX_MS     600000
#define SPEC_SALTS_MAX  8

static void open_credentials(struct exchange *x);
static void save_spec(struct exchange *x);

/* ---- the answer ---- */

static void
reply_execution(struct exchange *x, struct json_object *execution)
{
	const char *status = json_get_str(execution, "status");
	bool        ended = str_eq(status, "completed") || str_eq(status, "failed");
	char        location[64];

	snprintf(location, sizeof(location), "/deploy/status/%s", x->key.graph);
	reply_json_at(x, ended ? 200 : 202, location, execution);
}

static void
reply_plan(struct exchange *x, const struct plan_action *actions)
{
	reply_json(x, 200, plan_to_json(x->graph, actions));
}

static void
on_waited(struct timer *timer)
{
	struct exchange *x = container_of(timer, struct exchange, timer);

	execution_unwatch(&x->watch);
	load_execution(x, reply_execution);
}

static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	(void)execution;
	if (err != NULL) {
		reply_err(x, err);
	} else if (x->responds_async) {
		execution_unwatch(watch);
		load_execution(x, reply_execution);
	}
}

static void
on_ended(struct execution_watch *watch, struct execution *execution)
{
	struct exchange *x = container_of(watch, struct exchange, watch);

	if (x->start.mode == MODE_DRY_RUN)
		reply_plan(x, execution_actions(execution));
	else if (x->next == NULL)
		load_execution(x, reply_execution);
}

/* ---- the execution ---- */

static void
launch(struct exchange *x)
{
	struct api_options *options = api_options_of(x->api);
	struct err          err;

	x->graph = graph_create(x->spec, x->start.kind == EXECUTION_DESTROY);
	x->start.spec = spec_ref(x->spec);
	x->start.actor = x->key_id;
	x->watch = (struct execution_watch){ .on_begun = on_begun, .on_ended = on_ended };
	if (engine_start(options->engine, &x->start, &x->watch, &err) != ERR_OK) {
		x->start.credentials_n = 0; /* the engine has taken them, and dropped them */
		reply_err(x, &err);
		return;
	}
	x->start.credentials_n = 0;
	if (x->start.mode == MODE_DRY_RUN)
		x->responds_async = false;
	else if (!x->responds_async)
		timer_arm(options->loop, &x->timer, x->wait_ms * 1000);
}

/* Two graphs of a tenant may come to the same 32 bits: the later one is built again, with salt. */
static void
on_spec_saved(struct exchange *x)
{
	struct problems problems;
	struct spec    *salted;
	struct err      err;

	if (x->op.result == STORE_OK) {
		launch(x);
		return;
	}
	if (++x->spec_salt == SPEC_SALTS_MAX) {
		err_set(&err, ERR_CONFLICT, "no free graph id was found");
		reply_err(x, &err);
		return;
	}
	problems_init(&problems);
	salted = spec_build(
	    api_options_of(x->api)->registry, x->tenant, x->spec->config, x->spec_salt, &problems);
	must(salted != NULL);
	problems_fini(&problems);
	spec_unref(x->spec);
	x->spec = salted;
	save_spec(x);
}

static void
save_spec(struct exchange *x)
{
	struct json_object *mgraph = spec_to_mgraph(x->spec);

	must(store_key_set(&x->key, x->tenant, x->spec->deployment_id, x->spec->graph_id));
	free(x->text);
	x->text = xstrdup(json_text(mgraph));
	json_object_put(mgraph);
	exchange_ask(x, STORE_PUT_SPEC, x->text, on_spec_saved);
}

/* ---- the spec ---- */

static void
reply_config_problems(struct exchange *x, const struct problems *problems)
{
	struct problems placed;
	struct str      pointer;

	problems_init(&placed);
	str_init(&pointer, 4096);
	for (size_t i = 0; i < problems->n; i++) {
		str_clear(&pointer);
		str_addf(&pointer, "/config%s", problems->items[i].pointer);
		problems_add(&placed, pointer.data, problems->items[i].code, "%s",
		    problems->items[i].detail);
	}
	placed.truncated = problems->truncated;
	reply_problems(x, ERR_INVALID_CONFIG, &placed);
	problems_fini(&placed);
	str_fini(&pointer);
}

/* Stops on the way come with STEP mode. To run past one would be worse than to refuse it. */
static void
refuse_stops(const struct spec *spec, struct problems *problems)
{
	for (size_t i = 0; i < spec->edges_n; i++) {
		const struct spec_edge *edge = &spec->edges[i];

		if (edge->type != EDGE_DEPENDENCY)
			problems_add(problems, "/edges", "unsupported_edge",
			    "%s edges (from \"%s\" to \"%s\") are not supported yet",
			    spec_edge_type_name(edge->type), spec->nodes[edge->from].resource_id,
			    spec->nodes[edge->to].resource_id);
	}
}

static void
build_spec(struct exchange *x, struct json_object *config)
{
	struct problems problems;

	problems_init(&problems);
	x->spec = spec_build(api_options_of(x->api)->registry, x->tenant, config, 0, &problems);
	if (x->spec != NULL)
		refuse_stops(x->spec, &problems);
	if (problems.n > 0)
		reply_config_problems(x, &problems);
	else
		open_credentials(x);
	problems_fini(&problems);
}

/* Credentials come in the config, or beside an id. */
static void
open_credentials(struct exchange *x)
{
	struct json_object *config = json_get_object(x->body, "config");
	struct json_object *json =
	    json_get_object(config != NULL ? config : x->body, "credentials");
	const char     *pointer = config != NULL ? "/config/credentials" : "/credentials";
	struct problems problems;
	struct err      err;
	enum err_code   code;

	if (json_get_bool(x->body, "validate_only", false)) {
		x->graph = graph_create(x->spec, false);
		reply_plan(x, NULL);
		return;
	}
	problems_init(&problems);
	code = credentials_open(x, json, pointer, &problems, &err);
	if (code == ERR_OK)
		whose_ask(x, pointer, save_spec);
	else if (problems.n > 0)
		reply_problems(x, code, &problems);
	else
		reply_err(x, &err);
	problems_fini(&problems);
}

/* ---- the request ---- */

/* Prefer: respond-async, wait=N (RFC 7240). What is not understood is not preferred. */
static void
read_prefer(struct exchange *x)
{
	const char *prefer = http_header_in(x->request, "prefer");
	const char *wait = prefer != NULL ? strstr(prefer, "wait=") : NULL;
	long        seconds;

	x->wait_ms = WAIT_DEFAULT_MS;
	if (prefer == NULL)
		return;
	if (wait != NULL) {
		seconds = strtol(wait + strlen("wait="), NULL, 10);
		x->wait_ms = seconds < 0 ? 0 : seconds * 1000;
		if (x->wait_ms > WAIT_MAX_MS)
			x->wait_ms = WAIT_MAX_MS;
	}
	x->responds_async = strcasestr(prefer, "respond-async") != NULL && wait == NULL;
}

static void
start(struct exchange *x)
{
	struct json_object *config = json_get_object(x->body, "config");
	const char         *graph_id = json_get_str(x->body, "graph_id");
	const char         *deployment_id = json_get_str(x->body, "deployment_id");

	timer_init(&x->timer, on_waited);
	read_prefer(x);
	if (config != NULL)
		build_spec(x, config);
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
	x->start.on_failure = ON_FAILURE_CONTINUE; /* every resource is looked at */
	start(x);
}

void
handle_apply(struct exchange *x)
{
	bool is_dry = str_eq(json_get_str(x->body, "mode"), "DRY_RUN");
	bool goes_on = str_eq(json_get_str(x->body, "on_failure"), "continue_independent");

	x->start.kind = EXECUTION_APPLY;
	x->start.mode = is_dry ? MODE_DRY_RUN : MODE_FULL;
	x->start.on_failure = is_dry || goes_on ? ON_FAILURE_CONTINUE : ON_FAILURE_STOP;
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
