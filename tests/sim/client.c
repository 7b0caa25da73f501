/* SPDX-License-Identifier: Apache-2.0
 * client.c - actions at random moments. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_inside.h"
#include "depot.h"
#include "engine/engine.h"
#include "plan/saved.h"
#include "history.h"
#include "util/mem.h"
#include "world.h"

#define ACTIONS_MAX 14
#define LONG_US     (60 * SECOND)
#define TURNS_MAX   60
#define CUT_MOST    (60 * SECOND)

/* ---- who and what ---- */

struct process *
client_draw_process(const struct client *client)
{
	struct world   *world = client->world;
	struct process *process = &world->processes[draw(world, world->processes_n)];

	return process_serves(process) ? process : NULL;
}

static struct deployment *
draw_deployment(struct client *client)
{
	return &client->deployments[draw(client->world, client->deployments_n)];
}

struct version *
client_unfinished(const struct client *client, const struct deployment *deployment)
{
	struct store_key key;
	const char      *member;
	char             graph[OBJ_ID_SIZE] = "";

	must(store_key_set(&key, deployment->tenant, deployment->id, NULL));
	member = depot_unfinished(client->world->depot, &key);
	if (member == NULL)
		return NULL;
	memcpy(graph, member, OBJ_ID_SIZE - 1);
	return client_find(client, deployment->id, graph);
}

/* What it will be told comes to it when its tenant is in the midst of nothing. */
struct execution *
client_running(
    const struct client *client, const struct version *version, struct process **ret_process)
{
	struct world *world = client->world;

	for (size_t i = 0; i < world->processes_n; i++) {
		struct process   *process = &world->processes[i];
		struct execution *execution;

		if (!process_serves(process))
			continue;
		must(loop_settle(process->loop, HOUR));
		execution = engine_find(
		    process->engine, version->deployment->tenant, version->spec->graph_id);
		*ret_process = process;
		if (execution != NULL)
			return execution;
	}
	return NULL;
}

struct request *
client_ask(struct client *client, struct process *process, struct version *version,
    const struct wish *wish)
{
	struct request *request = request_make(client->world, process, version, wish);

	request->next = client->requests;
	client->requests = request;
	return request;
}

void
client_lose(struct client *client, const struct process *process)
{
	for (struct request *request = client->requests; request != NULL; request = request->next) {
		if (request->process == process)
			request_lose(request);
	}
}

struct version *
client_next(struct client *client, struct deployment *deployment, bool prune)
{
	struct base base;

	return version_next(
	    deployment, history_base(client, deployment, &base) ? &base : NULL, prune);
}

struct version *
client_last(struct client *client, struct deployment *deployment)
{
	struct version *newest = history_newest(client, deployment);

	return newest != NULL ? newest : client_next(client, deployment, false);
}

/* ---- actions: executions ---- */

static enum execution_mode
draw_mode(struct world *world)
{
	uint64_t drawn = draw(world, 10);

	return drawn == 0 ? MODE_DRY_RUN : drawn < 3 ? MODE_STEP : MODE_FULL;
}

/* Some names of a version's nodes. */
static struct json_object *
draw_names(struct world *world, const struct version *version)
{
	const struct graph *graph = version->graphs[0];
	struct json_object *names = json_object_new_array();

	for (uint64_t n = 1 + draw(world, 2); n > 0; n--) {
		uint32_t    v = (uint32_t)draw(world, graph->n);
		const char *region = graph_region(graph, v);
		char        name[96];
		bool        with_region = *region != '\0' && draw(world, 2) == 0;

		snprintf(name, sizeof(name), "%s%s%s", graph_node(graph, v)->resource_id,
		    with_region ? "@" : "", with_region ? region : "");
		json_object_array_add(names, json_object_new_string(name));
	}
	return names;
}

static void
ask(struct client *client, struct deployment *deployment, enum execution_kind kind)
{
	struct world   *world = client->world;
	struct process *process = client_draw_process(client);
	struct wish     wish = {
		    .kind = kind,
		    .mode = draw_mode(world),
		    .on_failure = (enum on_failure)draw(world, ON_FAILURES_N),
	};
	struct version *version;

	if (process == NULL)
		return;
	version = kind == EXECUTION_DESTROY ? client_last(client, deployment)
					    : client_next(client, deployment, draw(world, 3) == 0);
	if (draw(world, 10) == 0)
		wish.only = draw_names(world, version);
	if (draw(world, 10) == 0)
		wish.except = draw_names(world, version);
	client_ask(client, process, version, &wish);
}

static void
act_apply(struct client *client)
{
	ask(client, draw_deployment(client), EXECUTION_APPLY);
}

/* One that is still of what was applied last; NULL: there is none. */
static struct json_object *
draw_plan(struct world *world, struct deployment *deployment, const struct spec *base,
    struct version **ret_version)
{
	for (struct version *version = deployment->versions; version != NULL;
	     version = version->next) {
		struct json_object *plan =
		    version->plans_n > 0 ? version->plans[draw(world, version->plans_n)] : NULL;

		*ret_version = version;
		if (plan != NULL && saved_is_of_base(plan, base))
			return plan;
	}
	return NULL;
}

/* What a dry run said, if there was one; else that is asked for. */
static void
act_apply_plan(struct client *client)
{
	struct world      *world = client->world;
	struct process    *process = client_draw_process(client);
	struct deployment *deployment = draw_deployment(client);
	struct version    *version;
	struct base        base = { 0 };
	struct wish        wish = {
		       .kind = EXECUTION_APPLY,
		       .mode = MODE_FULL,
		       .on_failure = (enum on_failure)draw(world, ON_FAILURES_N),
	};

	if (process == NULL)
		return;
	if (history_base(client, deployment, &base))
		wish.base = base.version->spec;
	wish.plan = draw_plan(world, deployment, wish.base, &version);
	if (wish.plan == NULL) {
		wish.mode = MODE_DRY_RUN;
		wish.on_failure = ON_FAILURE_CONTINUE;
		version = client_next(client, deployment, draw(world, 3) == 0);
	}
	client_ask(client, process, version, &wish);
}

static void
act_apply_changed(struct client *client)
{
	struct deployment *deployment = draw_deployment(client);

	deployment_change(deployment);
	ask(client, deployment, EXECUTION_APPLY);
}

static void
act_apply_twice(struct client *client)
{
	struct deployment *deployment = draw_deployment(client);

	ask(client, deployment, EXECUTION_APPLY);
	ask(client, deployment, EXECUTION_APPLY);
}

static void
act_destroy(struct client *client)
{
	ask(client, draw_deployment(client), EXECUTION_DESTROY);
}

static void
act_verify(struct client *client)
{
	struct world   *world = client->world;
	struct process *process = client_draw_process(client);
	struct wish     wish = {
		    .kind = EXECUTION_VERIFY,
		    .mode = MODE_DRY_RUN,
		    .on_failure = ON_FAILURE_CONTINUE,
		    .by_tags = draw(world, 2) == 0,
	};

	if (process != NULL)
		client_ask(client, process, client_last(client, draw_deployment(client)), &wish);
}

/* ---- actions: steering ---- */

/* What is not in any process is taken up for it. */
static void
steer(struct client *client, struct version *version, bool cancel)
{
	struct world   *world = client->world;
	struct process *process = client_draw_process(client);
	struct wish     wish = {
		    .kind = version->ledger.kind,
		    .resume = true,
		    .cancel = cancel,
		    .until = (enum until)draw(world, UNTILS_N),
	};

	if (process != NULL)
		client_ask(client, process, version, &wish);
}

static void
act_continue(struct client *client)
{
	struct world     *world = client->world;
	struct version   *version = client_unfinished(client, draw_deployment(client));
	struct process   *process;
	struct execution *execution;

	if (version == NULL)
		return;
	execution = client_running(client, version, &process);
	if (execution != NULL)
		request_continue(
		    world, process, execution, version, (enum until)draw(world, UNTILS_N));
	else
		steer(client, version, false);
}

static void
act_cancel(struct client *client)
{
	struct world     *world = client->world;
	struct version   *version = client_unfinished(client, draw_deployment(client));
	bool              force = draw(world, 2) == 0;
	struct process   *process;
	struct execution *execution;
	struct err        err;

	if (version == NULL)
		return;
	execution = client_running(client, version, &process);
	if (execution == NULL)
		steer(client, version, true);
	else if (execution_cancel(execution, &(struct cancel_request){ .force = force }, &err) ==
		 ERR_OK)
		tell(world, "client", "cancel", execution_id(execution), force);
}

static void
act_pause(struct client *client)
{
	struct world     *world = client->world;
	struct version   *version = client_unfinished(client, draw_deployment(client));
	struct process   *process;
	struct execution *execution;
	struct err        err;

	execution = version != NULL ? client_running(client, version, &process) : NULL;
	if (execution != NULL && execution_pause(execution, &err) == ERR_OK)
		tell(world, "client", "pause", execution_id(execution), 0);
}

/* ---- actions: plugs ---- */

static void
doom(struct client *client, bool crashes)
{
	struct process *process = client_draw_process(client);

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
act_drain(struct client *client)
{
	struct process *process = client_draw_process(client);

	if (process != NULL && hits(client->world, CHANCE_DRAIN))
		process_drain(process);
}

static void
act_partition(struct client *client)
{
	struct process *process = client_draw_process(client);

	if (process != NULL && hits(client->world, CHANCE_PARTITION))
		depot_cut(client->world->depot, process, draw_between(client->world, 1, CUT_MOST));
}

static void
act_outage(struct client *client)
{
	if (hits(client->world, CHANCE_OUTAGE))
		depot_cut(client->world->depot, NULL, draw_between(client->world, 1, CUT_MOST));
}

static void
act_fail_over(struct client *client)
{
	if (hits(client->world, CHANCE_FAILOVER))
		depot_fail_over(client->world->depot);
}

static const struct action {
	unsigned weight;
	void (*act)(struct client *client);
} actions[] = {
	{ 5, act_apply },
	{ 6, act_apply_changed },
	{ 1, act_apply_twice },
	{ 3, act_apply_plan },
	{ 3, act_destroy },
	{ 2, act_verify },
	{ 4, act_continue },
	{ 3, act_cancel },
	{ 4, act_crash },
	{ 4, act_stop },
	{ 3, act_drain },
	{ 2, act_partition },
	{ 1, act_outage },
	{ 4, act_fail_over },
	{ 2, act_pause },
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
