/* SPDX-License-Identifier: Apache-2.0
 * finish.c - the end of a world: no faults any more, and all must be well. */
#include "client_inside.h"
#include "cloud.h"
#include "depot.h"
#include "engine/execution.h"
#include "judge.h"
#include "util/str.h"
#include "world.h"

#define PATIENCE_US (3 * HOUR)
#define AGAIN_US    SECOND
#define BUSY_US     (90 * SECOND) /* a lease that was left must have run out long before */
#define ROUNDS_MAX  200

/* ---- until nothing goes on by itself ---- */

static bool
is_at_rest(const struct execution *execution)
{
	return execution->status == STATUS_PAUSED && execution->step == STEP_RUNNING &&
	       execution->news_seq == 0 && execution->journal.durable == execution->journal.seq;
}

static bool
process_is_quiet(const struct process *process)
{
	if (!process_serves(process))
		return false;
	for (const struct execution *execution = process->engine->executions; execution != NULL;
	     execution = execution->next) {
		if (!is_at_rest(execution))
			return false;
	}
	return true;
}

static bool
is_quiet(const struct client *client)
{
	const struct world *world = client->world;

	for (size_t i = 0; i < world->processes_n; i++) {
		if (!process_is_quiet(&world->processes[i]))
			return false;
	}
	for (const struct request *request = client->requests; request != NULL;
	     request = request->next) {
		if (request->process != NULL && !request->begun)
			return false;
	}
	return cloud_calls_n(world->cloud) == 0;
}

static void
run_until_quiet(const struct client *client)
{
	struct world *world = client->world;
	int64_t       until_us = world->now_us + PATIENCE_US;

	while (!is_quiet(client) && world_step(world, until_us))
		continue;
	if (!is_quiet(client))
		world_judge(world, "liveness", "without faults, something goes on for ever");
}

/* ---- what was left ---- */

/* False: nothing is left. */
static bool
bring_to_end(struct client *client, struct version *version)
{
	struct world     *world = client->world;
	struct process   *process;
	struct execution *execution = client_running(client, version, &process);
	struct wish wish = { .kind = version->ledger.kind, .resume = true, .until = UNTIL_END };

	if (execution != NULL)
		request_continue(world, process, execution, version, UNTIL_END);
	else
		client_ask(
		    client, &world->processes[draw(world, world->processes_n)], version, &wish);
	run_until_quiet(client);
	world_run(world, world->now_us + AGAIN_US);
	run_until_quiet(client);
	return world->verdict[0] == '\0';
}

static void
clear(struct client *client)
{
	run_until_quiet(client);
	for (size_t i = 0; i < client->deployments_n; i++) {
		struct version *version;
		int             rounds = 0;

		while ((version = client_unfinished(client, &client->deployments[i])) != NULL &&
		       bring_to_end(client, version)) {
			if (++rounds > ROUNDS_MAX)
				world_judge(client->world, "liveness",
				    "an execution of %s can't be brought to its end",
				    client->deployments[i].id);
		}
	}
}

/* ---- what is asked for now ---- */

static bool
is_over(const struct client *client, const struct request *request)
{
	return request->ended || client->world->verdict[0] != '\0';
}

/* Past all pauses. */
static void
see_through(struct client *client, const struct request *request)
{
	for (int rounds = 0; !is_over(client, request) && rounds < ROUNDS_MAX; rounds++) {
		struct process   *process;
		struct execution *execution = client_running(client, request->version, &process);

		if (execution == NULL)
			return;
		request_continue(client->world, process, execution, request->version, UNTIL_END);
		run_until_quiet(client);
	}
}

/* Asks until it begins: a store may just have been lost from sight, or another may hold the deployment. */
static struct request *
ask_until_begun(struct client *client, struct version *version, const struct wish *wish)
{
	struct world   *world = client->world;
	int64_t         until_us = world->now_us + BUSY_US;
	struct request *request;

	do {
		request = client_ask(
		    client, &world->processes[draw(world, world->processes_n)], version, wish);
		run_until_quiet(client);
		if (request->begun || world->verdict[0] != '\0')
			break;
		world_run(world, world->now_us + AGAIN_US);
	} while (world->now_us < until_us);
	return request;
}

/* How it stands is told as it is, whichever way it is looked at. */
static void
verify(struct client *client, struct version *version, bool is_there)
{
	struct world *world = client->world;

	for (int by_tags = 0; by_tags < 2 && world->verdict[0] == '\0'; by_tags++) {
		struct wish     wish = { .kind = EXECUTION_VERIFY,
			    .mode = MODE_DRY_RUN,
			    .on_failure = ON_FAILURE_CONTINUE,
			    .by_tags = by_tags != 0 };
		struct request *request = ask_until_begun(client, version, &wish);

		if (!request->ended)
			world_judge(world, "liveness", "a verify of %s does not end",
			    version->deployment->id);
		else if (is_there ? !request->all_in_sync : !request->all_missing)
			world_judge(world, "verify", "%s was %s, and a verify says otherwise",
			    version->deployment->id, is_there ? "applied" : "destroyed");
	}
}

static struct request *
attempt(struct client *client, struct version *version, enum execution_kind kind)
{
	struct wish     wish = { .kind = kind };
	struct request *request = ask_until_begun(client, version, &wish);

	see_through(client, request);
	return request;
}

static void
demand(struct client *client, struct version *version, enum execution_kind kind)
{
	struct world         *world = client->world;
	const struct request *request = attempt(client, version, kind);

	if (!request->ended)
		world_judge(world, "liveness", "%s of %s can't begin", execution_kind_name(kind),
		    version->deployment->id);
	else if (request->status != STATUS_COMPLETED)
		world_judge(world, "calm", "%s of %s has %s", execution_kind_name(kind),
		    version->deployment->id, execution_status_name(request->status));
	for (uint32_t v = 0; v < version->graphs[0]->n; v++) {
		if (version->ledger.pages[v].state != NODE_COMPLETED &&
		    (kind == EXECUTION_DESTROY || !version_is_behind_end(version, v)))
			world_judge(world, "calm", "%s of %s leaves %s out",
			    execution_kind_name(kind), version->deployment->id,
			    graph_node(version->graphs[0], v)->resource_id);
	}
}

/* What a store has forgotten, a version may not know of. */
static void
judge_all(struct world *world, const struct version *version, bool exactly)
{
	judge_cloud(world, version, false, "G3");
	if (!depot_has_lost(world->depot))
		judge_known_of(world, version, exactly);
}

static struct version *
apply(struct client *client, struct deployment *deployment, bool prune)
{
	struct version *version = client_next(client, deployment, prune);

	demand(client, version, EXECUTION_APPLY);
	judge_all(client->world, version, false);
	return version;
}

static void
apply_again(struct client *client, struct deployment *deployment)
{
	struct world *world = client->world;
	uint64_t      writes_n = cloud_writes_n(world->cloud);

	verify(client, apply(client, deployment, false), true);
	if (cloud_writes_n(world->cloud) != writes_n)
		world_judge(world, "calm", "the same once more is not a no-op");
}

/* All that was ever left is found again. What lies behind an end is not reached. */
static void
prune(struct client *client, struct deployment *deployment)
{
	struct version *version = apply(client, deployment, true);
	bool            all = true;

	for (uint32_t v = 0; v < version->graphs[0]->n; v++)
		all = all && !version_is_behind_end(version, v);
	if (all)
		judge_all(client->world, version, true);
}

static void
destroy(struct client *client, struct deployment *deployment)
{
	struct world   *world = client->world;
	struct version *version = client_last(client, deployment);

	demand(client, version, EXECUTION_DESTROY);
	judge_cloud(world, version, true, "G3");
	if (!depot_has_lost(world->depot) && cloud_next(world->cloud, deployment->id, NULL) != NULL)
		world_judge(world, "change", "%s was destroyed, and %s is there", deployment->id,
		    cloud_next(world->cloud, deployment->id, NULL)->id);
	verify(client, version, false);
}

/* What differs from one region to the other is given back one after the other. */
static void
release(struct client *client, struct deployment *deployment)
{
	struct world *world = client->world;
	int           rounds = 0;

	if (!deployment_release(deployment))
		return;
	do
		(void)attempt(client, client_next(client, deployment, false), EXECUTION_APPLY);
	while (deployment_release(deployment) &&
	       cloud_find_protected(world->cloud, deployment->id, NULL) != NULL &&
	       world->verdict[0] == '\0' && rounds++ < RESOURCES_MAX * REGIONS_MAX);
	(void)apply(client, deployment, false);
}

static void
finish(struct client *client, struct deployment *deployment)
{
	struct world *world = client->world;

	release(client, deployment);
	if (draw(world, 2) == 0)
		deployment_change(deployment);
	deployment_expose(deployment);
	(void)apply(client, deployment, draw(world, 2) == 0);
	apply_again(client, deployment);
	if (draw(world, 2) == 0)
		prune(client, deployment);
	if (draw(world, 2) == 0)
		destroy(client, deployment);
}

void
client_finish(struct client *client)
{
	clear(client);
	for (size_t i = 0; i < client->deployments_n && client->world->verdict[0] == '\0'; i++)
		finish(client, &client->deployments[i]);
}
