/* SPDX-License-Identifier: Apache-2.0
 * seed.c - a world from its seed to its end. */
#include "seed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "util/log.h"

/* The engine's log, among the lines of the trace; linked by --wrap=log_line. */
static bool log_shown;

void
__wrap_log_line(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

void
__wrap_log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	va_list args;

	(void)level;
	if (!log_shown)
		return;
	printf("%27s %s ", "log", event);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void
seed_show_log(bool shown)
{
	log_shown = shown;
}

uint64_t
seed_run(uint64_t seed, struct coverage *coverage, bool shown, char verdict[VERDICT_SIZE])
{
	struct world world;
	uint64_t     hash;

	world_init(&world, seed, coverage, shown);
	client_act(world.client);
	world_calm(&world);
	client_finish(world.client);
	memcpy(verdict, world.verdict, VERDICT_SIZE);
	coverage->steps += world.steps;
	for (size_t i = 0; i < CHANCES_N; i++)
		coverage->hits[i] += world.chances.hits[i];
	world_fini(&world);
	hash = world.trace.hash;
	return hash;
}
