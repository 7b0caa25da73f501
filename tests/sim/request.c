/* SPDX-License-Identifier: Apache-2.0
 * request.c - from the spec that is stored to the end that is told. */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cloud.h"
#include "depot.h"
#include "version.h"
#include "engine/execution.h"
#include "judge.h"
#include "plan/saved.h"
#include "util/json.h"
#include "util/mem.h"
#include "world.h"

#define EXPIRY_MOST (60 * SECOND)
#define DAWDLE_MOST (20 * SECOND)

/* ---- credentials ---- */

/* For the vault, if the deployment has something in it. Their number. */
static void
bring(struct world *world, const struct process *process, const struct version *version,
    struct keyring *keyring)
{
	int64_t until_us = LOOP_NEVER;

	if (!version_is_locked(version))
		return;
	if (hits(world, CHANCE_EXPIRY))
		until_us = world->now_us + draw_between(world, 0, EXPIRY_MOST);
	(void)keyring_add(keyring, process_vault(process), "", cloud_credentials(until_us));
}

/* ---- going on ---- */

static const char *
draw_name(struct world *world, const struct version *version)
{
	return version->spec->nodes[draw(world, version->spec->nodes_n)].resource_id;
}

void
request_continue(struct world *world, const struct process *process, struct execution *execution,
    const struct version *version, enum until until)
{
	const char             *skipped = draw_name(world, version);
	struct continue_request request = { .until = until };
	struct err              err;
	bool                    feeds;

	if (!world->calm && draw(world, 4) == 0)
		request.from = draw_name(world, version);
	if (!world->calm && draw(world, 8) == 0) {
		request.skip = &skipped;
		request.skip_n = 1;
	}
	if (world->calm || draw(world, 4) != 0)
		bring(world, process, version, &request.keyring);
	feeds = request.keyring.n > 0;
	if (execution_continue(execution, &request, &err) == ERR_OK) {
		tell(world, "client", "continued", execution_id(execution), until);
		judge_continued(
		    client_version(world->client, execution_key(execution)), until, feeds);
	} else {
		tell(world, "client", "held", err.detail, until);
	}
}

/* ---- what is told ---- */

static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct request *request = container_of(watch, struct request, watch);
	struct world   *world = request->world;

	tell(world, "client", err != NULL ? "refused" : "begun",
	    err != NULL ? err->detail : execution_id(execution), 0);
	if (request->begun)
		world_judge(world, "G7", "it is told twice that an execution has begun");
	if (err != NULL) {
		request->process = NULL;
		return;
	}
	request->begun = true;
	if (request->wish.resume && !request->wish.cancel)
		request_continue(
		    world, request->process, execution, request->version, request->wish.until);
}

static void
on_paused(struct execution_watch *watch, struct execution *execution)
{
	struct request *request = container_of(watch, struct request, watch);

	tell(request->world, "client", "paused", execution_reason_name(execution_reason(execution)),
	    0);
	judge_watched(request->world, request->version, execution_id(execution), STATUS_PAUSED);
}

/* Which node is kept in a rollback leaves no event. */
static void
count_kept(struct world *world, const struct execution *execution)
{
	for (size_t v = 0; v < execution->graph->n; v++)
		world->coverage->edges[NODE_PENDING][NODE_KEPT] +=
		    execution->nodes[v].state == NODE_KEPT;
}

/* Of what is to go, it is in order that it is not there; of what is left, nobody asks. */
static bool
is_as(enum spec_operation operation, enum plan_act act, enum plan_act wanted)
{
	return act == wanted || (operation == SPEC_LEAVE && act == PLAN_LEAVE) ||
	       (operation == SPEC_DELETE && act == PLAN_NO_OP);
}

/* What is behind an end need not be there. */
static void
take_verdicts(struct request *request, const struct execution *execution)
{
	const struct plan_action *actions = execution_actions(execution);

	request->all_in_sync = request->all_missing = true;
	for (uint32_t v = 0; v < execution->graph->n; v++) {
		enum spec_operation operation = version_operation(request->version, v);
		bool                is_read = actions[v].error == NULL;
		bool                may_miss = version_is_behind_end(request->version, v);

		request->all_in_sync &=
		    may_miss || (is_read && is_as(operation, actions[v].act, PLAN_NO_OP));
		request->all_missing &= is_read && is_as(operation, actions[v].act, PLAN_CREATE);
	}
}

static struct json_object *
plan_of(const struct request *request, const struct execution *execution)
{
	const struct saved_choice choice = { request->wish.only, request->wish.except };

	return saved_make(
	    execution->graph, execution_actions(execution), request->wish.base, &choice);
}

static void
on_ended(struct execution_watch *watch, struct execution *execution)
{
	struct request *request = container_of(watch, struct request, watch);
	struct world   *world = request->world;

	tell(world, "client", "ended", execution_status_name(execution_status(execution)), 0);
	if (!request->begun || request->ended)
		world_judge(world, "G7", "it is told twice that an execution has ended");
	request->ended = true;
	request->status = execution_status(execution);
	request->process = NULL;
	if (request->wish.kind == EXECUTION_VERIFY)
		take_verdicts(request, execution);
	if (request->wish.kind == EXECUTION_APPLY && execution->mode == MODE_DRY_RUN &&
	    execution_actions(execution) != NULL)
		version_add_plan(request->version, plan_of(request, execution));
	count_kept(world, execution);
	/* What was left to others may have been taken up since. */
	if (execution->mode != MODE_DRY_RUN && !execution->lost && request->status != STATUS_PAUSED)
		judge_watched(world, request->version, execution_id(execution), request->status);
}

/* ---- asking ---- */

/* A plan is stored behind the spec. */
static bool
puts_plan(struct request *request)
{
	struct store_op *op = &request->put;

	if (request->wish.plan == NULL || op->verb == STORE_PLAN_PUT || op->result != STORE_OK ||
	    !process_serves(request->process))
		return false;
	op->verb = STORE_PLAN_PUT;
	op->plan = saved_id(request->wish.plan);
	op->text = json_text(request->wish.plan);
	request->putting = true;
	store_start(request->process->store, op);
	return true;
}

static void
on_put(struct store_op *op)
{
	struct request          *request = container_of(op, struct request, put);
	struct process          *process = request->process;
	struct err               err;
	struct execution_request ask = {
		.kind = request->wish.kind,
		.mode = request->wish.mode,
		.on_failure = request->wish.on_failure,
		.resume = request->wish.resume,
		.hold = request->wish.resume && !request->wish.cancel,
		.cancel = request->wish.cancel,
		.by_tags = request->wish.by_tags,
		.plan = request->wish.plan,
		.newest = request->wish.kind == EXECUTION_APPLY ? request->newest : NULL,
		.only = request->wish.only,
		.except = request->wish.except,
		.actor = "client",
	};

	request->putting = false;
	if (puts_plan(request))
		return;
	if (op->result != STORE_OK || !process_serves(process)) {
		request->process = NULL;
		return;
	}
	ask.spec = spec_ref(request->version->spec);
	bring(request->world, process, request->version, &ask.keyring);
	request->watch = (struct execution_watch){
		.on_begun = on_begun, .on_paused = on_paused, .on_ended = on_ended
	};
	if (engine_start(process->engine, &ask, &request->watch, &err) != ERR_OK) {
		tell(request->world, "client", "busy", err.detail, 0);
		request->process = NULL;
	}
}

/* A server asks for more than the store before it begins: whose the credentials are, say. */
static void
on_timer(struct timer *timer)
{
	struct request *request = container_of(timer, struct request, timer);

	if (!process_serves(request->process)) {
		request->process = NULL;
		return;
	}
	request->putting = true;
	store_start(request->process->store, &request->put);
}

struct request *
request_make(
    struct world *world, struct process *process, struct version *version, const struct wish *wish)
{
	struct request  *request = xcalloc(1, sizeof(*request));
	struct store_key key;

	tell(world, "client",
	    wish->cancel   ? "end"
	    : wish->resume ? "resume"
			   : execution_kind_name(wish->kind),
	    version->spec->graph_id, wish->mode);
	*request = (struct request){
		.world = world, .process = process, .version = version, .wish = *wish
	};
	must(store_key_set(&key, version->deployment->tenant, version->deployment->id, NULL));
	(void)depot_history(world->depot, &key, 0, request->newest);
	if (wish->kind == EXECUTION_APPLY && !wish->resume)
		memcpy(version->newest, request->newest, sizeof(version->newest));
	request->put = (struct store_op){
		.verb = STORE_PUT_SPEC, .text = version->text, .may_breathe = true, .done = on_put
	};
	must(store_key_set(&request->put.key, version->deployment->tenant, version->deployment->id,
	    version->spec->graph_id));
	timer_init(&request->timer, on_timer);
	timer_arm(world->sky, &request->timer,
	    hits(world, CHANCE_DAWDLE) ? draw_between(world, 0, DAWDLE_MOST) : 0);
	return request;
}

void
request_free(struct request *request)
{
	timer_disarm(request->world->sky, &request->timer);
	store_op_fini(&request->put);
	json_object_put(request->wish.only);
	json_object_put(request->wish.except);
	free(request);
}

void
request_lose(struct request *request)
{
	timer_disarm(request->world->sky, &request->timer);
	if (request->putting)
		store_forget(request->process->store, &request->put);
	request->putting = false;
	execution_unwatch(&request->watch);
	request->process = NULL;
}
