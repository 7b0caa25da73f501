/* SPDX-License-Identifier: Apache-2.0
 * client.c - actions, requests, and how it all must end. */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#include "cloud.h"
#include "deployment.h"
#include "depot.h"
#include "engine/engine.h"
#include "judge.h"
#include "util/mem.h"
#include "world.h"

#define DEPLOYMENTS_MAX 2
#define ACTIONS_MAX     12
#define LONG_US         (60 * SECOND)
#define TURNS_MAX       60
#define CUT_MOST        (60 * SECOND)
#define PATIENCE_US     (3 * HOUR)
#define AGAIN_US        SECOND
#define BUSY_US         (90 * SECOND) /* a lease that was left must have run out long before */

/* One execution that was asked for. */
struct request {
	struct request        *next;
	struct client         *client;
	struct process        *process; /* NULL: it is over, or the process died */
	struct version        *version;
	enum execution_kind    kind;
	struct store_op        put;
	bool                   putting;
	struct execution_watch watch;
	bool                   begun, ended;
	enum execution_status  status;
};

struct client {
	struct world     *world;
	struct deployment deployments[DEPLOYMENTS_MAX];
	size_t            deployments_n;
	struct request   *requests;
	struct timer      timer;
	unsigned          actions_left;
};

/* ---- requests ---- */

static void
request_end(struct request *request)
{
	request->process = NULL;
}

static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct request *request = container_of(watch, struct request, watch);
	struct world   *world = request->client->world;

	tell(world, "client", err != NULL ? "refused" : "begun",
	    err != NULL ? err->detail : execution_id(execution), 0);
	if (request->begun)
		world_judge(world, "G7", "it is told twice that an execution has begun");
	if (err != NULL)
		request_end(request);
	else
		request->begun = true;
}

static void
on_ended(struct execution_watch *watch, struct execution *execution)
{
	struct request *request = container_of(watch, struct request, watch);
	struct world   *world = request->client->world;

	tell(world, "client", "ended", execution_status_name(execution_status(execution)), 0);
	if (!request->begun || request->ended)
		world_judge(world, "G7", "it is told twice that an execution has ended");
	request->ended = true;
	request->status = execution_status(execution);
	judge_watched(
	    world, request->version, execution_id(execution), execution_status(execution));
	request_end(request);
}

static void
on_put(struct store_op *op)
{
	struct request          *request = container_of(op, struct request, put);
	struct process          *process = request->process;
	struct err               err;
	struct execution_request ask = {
		.spec = spec_ref(request->version->spec),
		.kind = request->kind,
		.on_failure = (enum on_failure)draw(process->world, ON_FAILURES_N),
		.actor = "client",
	};

	request->putting = false;
	if (op->result != STORE_OK) {
		spec_unref(ask.spec);
		request_end(request);
		return;
	}
	request->watch = (struct execution_watch){ .on_begun = on_begun, .on_ended = on_ended };
	if (engine_start(process->engine, &ask, &request->watch, &err) != ERR_OK) {
		tell(process->world, "client", "busy", err.detail, 0);
		request_end(request);
	}
}

static struct request *
request_make(struct client *client, struct process *process, struct version *version,
    enum execution_kind kind)
{
	struct request *request = xcalloc(1, sizeof(*request));

	tell(client->world, "client", execution_kind_name(kind), version->spec->graph_id, 0);
	request->client = client;
	request->process = process;
	request->version = version;
	request->kind = kind;
	request->next = client->requests;
	client->requests = request;
	request->put =
	    (struct store_op){ .verb = STORE_PUT_SPEC, .text = version->text, .done = on_put };
	must(store_key_set(
	    &request->put.key, TENANT, version->deployment->id, version->spec->graph_id));
	request->putting = true;
	store_start(process->store, &request->put);
	return request;
}

static void
request_free(struct request *request)
{
	store_op_fini(&request->put);
	free(request);
}

void
client_lose(struct client *client, const struct process *process)
{
	for (struct request *request = client->requests; request != NULL; request = request->next) {
		if (request->process != process)
			continue;
		if (request->putting)
			store_forget(process->store, &request->put);
		request->putting = false;
		execution_unwatch(&request->watch);
		request_end(request);
	}
}

bool
client_is_idle(const struct client *client)
{
	for (const struct request *request = client->requests; request != NULL;
	     request = request->next) {
		if (request->process != NULL)
			return false;
	}
	return true;
}

/* ---- actions ---- */

/* NULL when none is up. */
static struct process *
draw_process(struct client *client)
{
	struct world   *world = client->world;
	struct process *process = &world->processes[draw(world, world->processes_n)];

	return process_is_up(process) ? process : NULL;
}

static struct deployment *
draw_deployment(struct client *client)
{
	return &client->deployments[draw(client->world, client->deployments_n)];
}

static void
ask(struct client *client, struct deployment *deployment, enum execution_kind kind)
{
	struct process *process = draw_process(client);

	if (process != NULL)
		request_make(client, process, deployment_version(deployment), kind);
}

static void
act_apply(struct client *client)
{
	ask(client, draw_deployment(client), EXECUTION_APPLY);
}

static void
act_apply_changed(struct client *client)
{
	struct deployment *deployment = draw_deployment(client);

	deployment_change(deployment);
	ask(client, deployment, EXECUTION_APPLY);
}

static void
act_destroy(struct client *client)
{
	ask(client, draw_deployment(client), EXECUTION_DESTROY);
}

static void
doom(struct client *client, bool crashes)
{
	struct process *process = draw_process(client);

	if (process != NULL)
		process_doom(process, (int)draw(client->world, TURNS_MAX), crashes);
}

static void
act_crash(struct client *client)
{
	if (hits(client->world, CHANCE_CRASH))
		doom(client, true);
}

static void
act_stop(struct client *client)
{
	if (hits(client->world, CHANCE_STOP))
		doom(client, false);
}

static void
act_partition(struct client *client)
{
	struct process *process = draw_process(client);

	if (process != NULL && hits(client->world, CHANCE_PARTITION))
		depot_cut(client->world->depot, process, draw_between(client->world, 1, CUT_MOST));
}

static void
act_outage(struct client *client)
{
	if (hits(client->world, CHANCE_OUTAGE))
		depot_cut(client->world->depot, NULL, draw_between(client->world, 1, CUT_MOST));
}

static const struct action {
	unsigned weight;
	void (*act)(struct client *client);
} actions[] = {
	{ 4, act_apply },
	{ 3, act_apply_changed },
	{ 2, act_destroy },
	{ 4, act_crash },
	{ 2, act_stop },
	{ 2, act_partition },
	{ 1, act_outage },
};

static const struct action *
draw_action(struct world *world)
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < array_len(actions); i++)
		sum += actions[i].weight;
	at = (unsigned)draw(world, sum);
	for (size_t i = 0;; i++) {
		if (at < actions[i].weight)
			return &actions[i];
		at -= actions[i].weight;
	}
}

/* Until the next action: during the same step of a run, during the same run, after it. */
static const int64_t waits_us[] = { 200 * MS, 2 * SECOND, 20 * SECOND, LONG_US };

static void
on_timer(struct timer *timer)
{
	struct client *client = container_of(timer, struct client, timer);
	struct world  *world = client->world;

	draw_action(world)->act(client);
	if (--client->actions_left > 0)
		timer_arm(world->sky, timer,
		    draw_between(world, 1, waits_us[draw(world, array_len(waits_us))]));
}

/* ---- making and ending ---- */

struct client *
client_create(struct world *world)
{
	struct client *client = xcalloc(1, sizeof(*client));

	client->world = world;
	client->deployments_n = draw(world, 4) == 0 ? 2 : 1;
	for (size_t i = 0; i < client->deployments_n; i++)
		deployment_init(&client->deployments[i], world, i);
	client->actions_left = 1 + (unsigned)draw(world, ACTIONS_MAX);
	timer_init(&client->timer, on_timer);
	timer_arm(world->sky, &client->timer, 0);
	return client;
}

void
client_destroy(struct client *client)
{
	timer_disarm(client->world->sky, &client->timer);
	while (client->requests != NULL) {
		struct request *request = client->requests;

		client->requests = request->next;
		request_free(request);
	}
	for (size_t i = 0; i < client->deployments_n; i++)
		deployment_fini(&client->deployments[i]);
	free(client);
}

void
client_act(struct client *client)
{
	while (client->actions_left > 0 && world_step(client->world, LOOP_NEVER))
		continue;
	world_run(client->world, client->world->now_us + draw_between(client->world, 0, LONG_US));
}

struct version *
client_version(struct client *client, const struct store_key *key)
{
	for (size_t i = 0; i < client->deployments_n; i++) {
		struct deployment *deployment = &client->deployments[i];

		for (struct version *version = deployment->versions;
		     version != NULL && strcmp(deployment->id, key->deployment) == 0;
		     version = version->next) {
			if (strcmp(version->spec->graph_id, key->graph) == 0)
				return version;
		}
	}
	must(!"a graph of no version");
	return NULL;
}

/* ---- the end: all must be well ---- */

static bool
is_quiet(const struct world *world)
{
	for (size_t i = 0; i < world->processes_n; i++) {
		if (engine_running_n(world->processes[i].engine) > 0)
			return false;
	}
	return client_is_idle(world->client) && cloud_calls_n(world->cloud) == 0;
}

static void
run_until_quiet(struct world *world)
{
	int64_t until_us = world->now_us + PATIENCE_US;

	while (!is_quiet(world) && world_step(world, until_us))
		continue;
	if (!is_quiet(world))
		world_judge(world, "liveness", "without faults, something goes on for ever");
}

/* Asks until nobody else holds the deployment. */
static void
demand(struct client *client, struct version *version, enum execution_kind kind)
{
	struct world   *world = client->world;
	int64_t         until_us = world->now_us + BUSY_US;
	struct request *request;

	do {
		struct process *process = &world->processes[draw(world, world->processes_n)];

		request = request_make(client, process, version, kind);
		run_until_quiet(world);
		if (request->begun || world->verdict[0] != '\0')
			break;
		world_run(world, world->now_us + AGAIN_US);
	} while (world->now_us < until_us);
	if (!request->ended)
		world_judge(world, "liveness", "%s of %s can't begin", execution_kind_name(kind),
		    version->deployment->id);
	else if (request->status != STATUS_COMPLETED)
		world_judge(world, "calm", "%s of %s has %s", execution_kind_name(kind),
		    version->deployment->id, execution_status_name(request->status));
}

static void
finish(struct client *client, struct deployment *deployment)
{
	struct world   *world = client->world;
	struct version *version;
	uint64_t        writes_n;

	if (draw(world, 2) == 0)
		deployment_change(deployment);
	version = deployment_version(deployment);
	demand(client, version, EXECUTION_APPLY);
	judge_cloud(world, version, false, "G3");
	writes_n = cloud_writes_n(world->cloud);
	demand(client, version, EXECUTION_APPLY);
	if (cloud_writes_n(world->cloud) != writes_n)
		world_judge(world, "calm", "the same once more is not a no-op");
	if (draw(world, 2) == 0)
		return;
	demand(client, version, EXECUTION_DESTROY);
	judge_cloud(world, version, true, "G3");
}

void
client_finish(struct client *client)
{
	run_until_quiet(client->world);
	for (size_t i = 0; i < client->deployments_n; i++)
		finish(client, &client->deployments[i]);
}
