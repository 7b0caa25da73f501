/* SPDX-License-Identifier: Apache-2.0
 * world.c - puts a world together, and turns it. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "cloud.h"
#include "depot.h"
#include "engine/engine.h"
#include "judge.h"
#include "plan/spec.h"

#define STEPS_MAX 1000000 /* a world that takes more goes round in circles */

void
world_setup(const char *srcdir)
{
	char       folder[4096];
	struct err err;

	snprintf(folder, sizeof(folder), "%s/schemas", srcdir);
	if (plan_setup(folder, &err) != ERR_OK) {
		fprintf(stderr, "sim: %s\n", err.detail);
		exit(1);
	}
	sites_setup(srcdir);
}

void
world_teardown(void)
{
	sites_teardown();
	plan_teardown();
}

void
world_init(struct world *world, uint64_t seed, struct coverage *coverage, bool shown)
{
	*world = (struct world){ .seed = seed, .coverage = coverage, .trace.shown = shown };
	rng_init(&world->rng, seed);
	chances_draw(&world->chances, &world->rng);
	world->sky = loop_create();
	world->cloud = cloud_create(world);
	world->depot = depot_create(world);
	world->client = client_create(world);
	world->processes_n = 1 + draw(world, PROCESSES_MAX);
	for (size_t i = 0; i < world->processes_n; i++)
		process_init(&world->processes[i], world, i);
}

void
world_fini(struct world *world)
{
	for (size_t i = 0; i < world->processes_n; i++)
		process_fini(&world->processes[i]);
	client_destroy(world->client);
	cloud_destroy(world->cloud);
	depot_destroy(world->depot);
	loop_destroy(world->sky);
}

/* ---- chance, and what is told ---- */

uint64_t
draw(struct world *world, uint64_t below)
{
	return rng_below(&world->rng, below);
}

int64_t
draw_between(struct world *world, int64_t least, int64_t most)
{
	must(least <= most);
	return least + (int64_t)draw(world, (uint64_t)(most - least) + 1);
}

bool
hits(struct world *world, enum chance chance)
{
	return chance_hits(&world->chances, chance, &world->rng);
}

void
tell(struct world *world, const char *who, const char *what, const char *text, int64_t number)
{
	trace(&world->trace, world->now_us, who, what, text, number);
}

void
world_judge(struct world *world, const char *law, const char *fmt, ...)
{
	va_list args;
	int     len;

	if (world->verdict[0] != '\0')
		return;
	len = snprintf(world->verdict, sizeof(world->verdict), "%s: ", law);
	va_start(args, fmt);
	vsnprintf(world->verdict + len, sizeof(world->verdict) - (size_t)len, fmt, args);
	va_end(args);
	tell(world, "judge", "verdict", world->verdict, 0);
}

/* ---- time ---- */

static int64_t
next_due_us(const struct world *world)
{
	int64_t due = loop_next_due_us(world->sky);

	for (size_t i = 0; i < world->processes_n; i++) {
		int64_t its = process_due_us(&world->processes[i]);

		if (its < due)
			due = its;
	}
	return due;
}

static void
turn_processes(struct world *world)
{
	size_t first = world->processes_n > 1 ? draw(world, world->processes_n) : 0;

	for (size_t i = 0; i < world->processes_n; i++) {
		struct process *process = &world->processes[(first + i) % world->processes_n];

		if (process_due_us(process) <= world->now_us)
			process_turn(process);
	}
}

bool
world_step(struct world *world, int64_t until_us)
{
	int64_t due = next_due_us(world);

	if (due == LOOP_NEVER || due > until_us || world->verdict[0] != '\0')
		return false;
	if (due > world->now_us)
		world->now_us = due;
	loop_turn(world->sky, world->now_us, 0);
	turn_processes(world);
	if (++world->steps > STEPS_MAX)
		world_judge(world, "liveness", "it goes round in circles");
	return world->verdict[0] == '\0';
}

void
world_run(struct world *world, int64_t until_us)
{
	while (world_step(world, until_us))
		continue;
	if (world->verdict[0] == '\0' && world->now_us < until_us)
		world->now_us = until_us;
	loop_clock(world->sky, world->now_us, 0);
}

void
world_calm(struct world *world)
{
	tell(world, "world", "calm", "", 0);
	world->calm = true;
	chances_stop(&world->chances);
	depot_mend(world->depot);
	for (size_t i = 0; i < world->processes_n; i++) {
		struct process *process = &world->processes[i];

		process->turns_left = -1;
		if (!process->drains || !process_is_up(process))
			timer_disarm(world->sky, &process->back);
		if (process->state == PROCESS_STOPPED)
			process_continue(process);
		else if (process->state == PROCESS_DOWN)
			process_start(process);
	}
}
