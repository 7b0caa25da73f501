/* SPDX-License-Identifier: Apache-2.0
 * vitals.c - read from /proc when they are asked for, but for how late the loop is. */
#include "vitals.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "loop/loop.h"
#include "util/mem.h"
#include "util/metrics.h"

#define LOOK_US       100000
#define US_PER_SECOND 1e6
#define MS_PER_SECOND 1e3

struct vitals {
	struct loop   *loop;
	struct timer   timer;
	int64_t        due_us;
	struct metric *info, *cpu, *memory, *files, *files_most, *started, *late;
	double         started_seconds;
};

static const struct metric_row info_row = { METRIC_GAUGE, "mgraph_deploy_build_info",
	"Which version this is; always 1.", { "version" } };
static const struct metric_row cpu_row = { METRIC_COUNTER, "process_cpu_seconds_total",
	"Processor time that was spent, in seconds.", { NULL } };
static const struct metric_row memory_row = { METRIC_GAUGE, "process_resident_memory_bytes",
	"Memory that is in use, in bytes.", { NULL } };
static const struct metric_row files_row = { METRIC_GAUGE, "process_open_fds",
	"Open files and connections.", { NULL } };
static const struct metric_row files_most_row = { METRIC_GAUGE, "process_max_fds",
	"How many files may be open.", { NULL } };
static const struct metric_row started_row = { METRIC_GAUGE, "process_start_time_seconds",
	"When the process began, in seconds since 1970.", { NULL } };
static const struct metric_row late_row = { METRIC_HISTOGRAM, "mgraph_deploy_loop_lag_seconds",
	"How late the loop is for a timer, asked ten times a second.", { NULL } };

static double
seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / US_PER_SECOND;
}

static double
resident_bytes(void)
{
	FILE         *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%*u %lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double
open_files(void)
{
	DIR   *dir = opendir("/proc/self/fd");
	double n = -3; /* itself, and the two dots */

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
fill(void *arg)
{
	struct vitals *vitals = arg;
	struct rusage  usage;
	struct rlimit  limit;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		metric_set(
		    vitals->cpu, NULL, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		metric_set(vitals->files_most, NULL, (double)limit.rlim_cur);
	metric_set(vitals->memory, NULL, resident_bytes());
	metric_set(vitals->files, NULL, open_files());
	metric_set(vitals->started, NULL, vitals->started_seconds);
}

static void
on_look(struct timer *timer)
{
	struct vitals *vitals = container_of(timer, struct vitals, timer);
	int64_t        now_us = loop_now_us(vitals->loop);

	if (vitals->due_us > 0)
		metric_observe(
		    vitals->late, NULL, (double)(now_us - vitals->due_us) / US_PER_SECOND);
	vitals->due_us = now_us + LOOK_US;
	timer_arm(vitals->loop, timer, LOOK_US);
}

struct vitals *
vitals_create(struct metrics *metrics, struct loop *loop, const char *version)
{
	struct vitals *vitals = xcalloc(1, sizeof(*vitals));

	vitals->loop = loop;
	vitals->info = metrics_add(metrics, &info_row);
	vitals->cpu = metrics_add(metrics, &cpu_row);
	vitals->memory = metrics_add(metrics, &memory_row);
	vitals->files = metrics_add(metrics, &files_row);
	vitals->files_most = metrics_add(metrics, &files_most_row);
	vitals->started = metrics_add(metrics, &started_row);
	vitals->late = metrics_add(metrics, &late_row);
	vitals->started_seconds = (double)loop_wall_ms(loop) / MS_PER_SECOND;
	metric_set(vitals->info, (const char *const[]){ version }, 1);
	metrics_on_read(metrics, fill, vitals);
	timer_init(&vitals->timer, on_look);
	on_look(&vitals->timer);
	return vitals;
}

void
vitals_destroy(struct vitals *vitals)
{
	if (vitals == NULL)
		return;
	timer_disarm(vitals->loop, &vitals->timer);
	free(vitals);
}
