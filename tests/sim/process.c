/* SPDX-License-Identifier: Apache-2.0
 * process.c - starts, turns, stops and drops a process. */
#include "process.h"

#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "cloud.h"
#include "depot.h"
#include "engine/engine.h"
#include "feed/feed.h"
#include "store/store_mem.h"
#include "util/check.h"
#include "world.h"

#define BACK_LEAST (10 * MS)
#define BACK_MOST  (45 * SECOND) /* past the end of a lease */
#define RECOVER_MS 5000
#define GRACE_MOST (8 * SECOND)
#define KILL_US    (2 * SECOND) /* after the grace */
#define SKEW_MS    300000       /* clocks are wrong by up to five minutes */
#define PACES      4
#define PACE_SEEDS 0xd1b54a32d192ed03 /* apart from each other, and from the world */

/* Where a process runs: what does not change from world to world. */
struct site {
	struct provider  provider, vault;
	struct registry *registry;
	struct process  *process;
};

static struct site sites[PROCESSES_MAX];

void
sites_setup(const char *srcdir)
{
	char       folder[4096];
	struct err err;

	snprintf(folder, sizeof(folder), "%s/tests/data/sim", srcdir);
	for (size_t i = 0; i < array_len(sites); i++) {
		struct site *site = &sites[i];

		site->provider = cloud_provider;
		site->vault = cloud_vault;
		site->registry = registry_create(NULL);
		registry_add_provider(site->registry, &site->provider);
		registry_add_provider(site->registry, &site->vault);
		if (registry_load(site->registry, folder, &err) != ERR_OK) {
			fprintf(stderr, "sim: %s\n", err.detail);
			exit(1);
		}
	}
}

void
sites_teardown(void)
{
	for (size_t i = 0; i < array_len(sites); i++)
		registry_destroy(sites[i].registry);
}

const struct registry *
sites_registry(void)
{
	return sites[0].registry;
}

struct process *
process_of(const struct provider *provider)
{
	for (size_t i = 0; i < array_len(sites); i++) {
		if (provider == &sites[i].provider || provider == &sites[i].vault)
			return sites[i].process;
	}
	must(!"a provider of no process");
	return NULL;
}

struct provider *
process_vault(const struct process *process)
{
	return &process->site->vault;
}

/* ---- up and down ---- */

/* Now and then a turn is over. How often is another matter in each world, and in some it never is. */
static int64_t
meter_us(void *arg)
{
	struct process *process = arg;
	uint64_t        often = process->world->seed % PACES;

	if (often > 0 && rng_below(&process->pace, 1 << (2 * (PACES - 1 - often))) == 0)
		process->ran_us += LOOP_TURN_US;
	return process->ran_us;
}

static void
on_back(struct timer *timer)
{
	struct process *process = container_of(timer, struct process, back);

	if (process->state == PROCESS_STOPPED)
		process_continue(process);
	else if (process->state == PROCESS_DOWN)
		process_start(process);
	else if (process->drains)
		process_crash(process);
}

void
process_init(struct process *process, struct world *world, size_t at)
{
	*process = (struct process){ .world = world, .site = &sites[at], .turns_left = -1 };
	process->site->process = process;
	process->inbox_tail = &process->inbox;
	process->skew_ms = draw_between(world, -SKEW_MS, SKEW_MS);
	snprintf(process->owner, sizeof(process->owner), "p%zu", at);
	rng_init(&process->pace, world->seed + at * PACE_SEEDS);
	timer_init(&process->back, on_back);
	process_start(process);
}

void
process_start(struct process *process)
{
	struct world         *world = process->world;
	struct engine_options options = {
		.registry = process->site->registry,
		.seed = rng_next(&world->rng),
		.lease_ms = STORE_MEM_LEASE_MS,
		.owner = process->owner,
		.recover_ms = RECOVER_MS,
	};

	must(process->state == PROCESS_DOWN);
	process->state = PROCESS_UP;
	process->turns_left = -1;
	process->drains = false;
	process->site->provider.window_size = cloud_window_size(world->cloud);
	process->site->vault.window_size = cloud_window_size(world->cloud);
	process->loop = options.loop = loop_create();
	loop_meter(process->loop, meter_us, process);
	process_turn(process);
	process->store = options.store = depot_link(world->depot, process);
	process->feed = options.feed = feed_create(process->loop, process->store);
	process->engine = engine_create(&options);
	tell(world, process->owner, "start", "", 0);
}

static void
drop(struct process *process)
{
	struct delivery *delivery;

	if (process->state == PROCESS_DOWN)
		return;
	must(loop_settle(process->loop, HOUR));
	process->dying = true;
	client_lose(process->world->client, process);
	engine_destroy(process->engine);
	feed_destroy(process->feed);
	store_destroy(process->store);
	process->dying = false;
	process->state = PROCESS_DOWN;
	while ((delivery = process->inbox) != NULL) { /* whoever it was for is gone */
		process->inbox = delivery->next;
		delivery->deliver(delivery);
	}
	process->inbox_tail = &process->inbox;
	loop_destroy(process->loop);
}

void
process_fini(struct process *process)
{
	drop(process);
	timer_disarm(process->world->sky, &process->back);
	process->site->process = NULL;
}

void
process_crash(struct process *process)
{
	struct world *world = process->world;

	if (process->state == PROCESS_DOWN)
		return;
	tell(world, process->owner, "crash", "", 0);
	drop(process);
	timer_arm(world->sky, &process->back, draw_between(world, BACK_LEAST, BACK_MOST));
}

void
process_stop(struct process *process)
{
	struct world *world = process->world;

	if (process->state != PROCESS_UP)
		return;
	tell(world, process->owner, "stop", "", 0);
	process->state = PROCESS_STOPPED;
	timer_arm(world->sky, &process->back, draw_between(world, BACK_LEAST, BACK_MOST));
}

/* It was stopped between a turn of its loop and its look at the sockets, or between that and the next turn. */
void
process_continue(struct process *process)
{
	struct delivery *delivery, *next;

	must(process->state == PROCESS_STOPPED);
	tell(process->world, process->owner, "continue", "", 0);
	process->state = PROCESS_UP;
	process->turns_left = -1;
	if (process->drains)
		timer_arm(process->world->sky, &process->back, KILL_US);
	delivery = process->inbox;
	process->inbox = NULL;
	process->inbox_tail = &process->inbox;
	if (draw(process->world, 2) == 0)
		process_turn(process);
	for (; delivery != NULL; delivery = next) {
		next = delivery->next;
		process_deliver(process, delivery);
	}
}

void
process_drain(struct process *process)
{
	int64_t grace_us = draw_between(process->world, 0, GRACE_MOST);

	if (!process_serves(process))
		return;
	tell(process->world, process->owner, "drain", "", grace_us);
	process->drains = true;
	timer_arm(process->world->sky, &process->back, grace_us + KILL_US);
	engine_drain(process->engine, grace_us);
}

void
process_doom(struct process *process, int turns, bool crashes)
{
	process->turns_left = turns;
	process->crashes = crashes;
}

/* ---- turning ---- */

bool
process_is_up(const struct process *process)
{
	return process->state == PROCESS_UP;
}

bool
process_serves(const struct process *process)
{
	return process_is_up(process) && !process->drains;
}

int64_t
process_due_us(const struct process *process)
{
	return process_is_up(process) ? loop_next_due_us(process->loop) : LOOP_NEVER;
}

void
process_turn(struct process *process)
{
	int64_t now_us = process->world->now_us;

	loop_turn(process->loop, now_us, WALL_MS + now_us / 1000 + process->skew_ms);
	if (process->drains && process_is_up(process) && engine_running_n(process->engine) == 0)
		process_crash(process); /* there is nothing left to drop */
	if (!process_is_up(process) || process->turns_left < 0 || process->turns_left-- > 0)
		return;
	if (process->crashes)
		process_crash(process);
	else
		process_stop(process);
}

void
process_deliver(struct process *process, struct delivery *delivery)
{
	int64_t now_us = process->world->now_us;

	must(process->state != PROCESS_DOWN);
	if (process->state == PROCESS_STOPPED) {
		delivery->next = NULL;
		*process->inbox_tail = delivery;
		process->inbox_tail = &delivery->next;
		return;
	}
	loop_clock(process->loop, now_us, WALL_MS + now_us / 1000 + process->skew_ms);
	delivery->deliver(delivery);
}
