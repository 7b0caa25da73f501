/* SPDX-License-Identifier: Apache-2.0
 * sim.c - runs worlds, seed after seed, on all cores. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "judge.h"
#include "seed.h"
#include "util/check.h"
#include "world.h"

#define WORKERS_MAX 64
#define KNOWN_MAX   1000
#define HANG_S      60    /* of real time, for one seed */
#define SEEDS_COVER 20000 /* so many take every edge of the state table */
#define TWICE_EVERY 10    /* a seed of so many is run twice, and must do the same */

/* What `make check` runs. With sanitizers a world takes many times as long. */
#ifdef __SANITIZE_ADDRESS__
#define SEEDS_DEFAULT 1000
#else
#define SEEDS_DEFAULT SEEDS_COVER
#endif

struct options {
	uint64_t known[KNOWN_MAX]; /* that failed once: they are run before all others */
	size_t   known_n;
	uint64_t from, n;
	bool     shown;
	bool     all; /* go on after a seed that fails */
};

/* One for each worker, in memory that all share. */
struct worker {
	pid_t           pid;
	uint64_t        at, seed; /* it is there */
	uint64_t        done, failed;
	struct coverage coverage;
};

/* The line that reproduces it. */
static void
print_failure(uint64_t seed, const char *verdict)
{
	printf("seed %llu: %s\n  tests/sim/sim --from %llu --seeds 1 --trace\n",
	    (unsigned long long)seed, verdict, (unsigned long long)seed);
	fflush(stdout);
}

static bool
run_seed(uint64_t seed, struct coverage *coverage, bool shown)
{
	char     verdict[VERDICT_SIZE];
	uint64_t first = seed_run(seed, coverage, shown, verdict);

	if (verdict[0] == '\0' && seed % TWICE_EVERY == 0 &&
	    seed_run(seed, coverage, false, verdict) != first)
		snprintf(verdict, sizeof(verdict), "determinism: two runs of it differ");
	if (verdict[0] != '\0')
		print_failure(seed, verdict);
	return verdict[0] == '\0';
}

static int
work(struct worker *worker, const struct options *options, uint64_t at, uint64_t step)
{
	for (uint64_t i = at; i < options->known_n + options->n; i += step) {
		worker->at = i;
		worker->seed =
		    i < options->known_n ? options->known[i] : options->from + i - options->known_n;
		alarm(HANG_S);
		worker->done++;
		if (run_seed(worker->seed, &worker->coverage, options->shown))
			continue;
		worker->failed++;
		if (!options->all)
			break;
	}
	return worker->failed > 0;
}

static void
add_coverage(struct coverage *all, const struct coverage *one)
{
	uint64_t       *to = (uint64_t *)all;
	const uint64_t *from = (const uint64_t *)one;

	_Static_assert(sizeof(*all) % sizeof(*to) == 0, "numbers and nothing else");
	for (size_t i = 0; i < sizeof(*all) / sizeof(*to); i++)
		to[i] += from[i];
}

static void
start(struct worker *worker, const struct options *options, uint64_t at, uint64_t step)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid >= 0);
	if (pid == 0)
		exit(work(worker, options, at, step));
	worker->pid = pid;
}

/* A seed that kills its worker has failed like any other; the next worker goes on after it. */
static bool
wait_for(struct worker *worker, const struct options *options, uint64_t step)
{
	int  status;
	char why[VERDICT_SIZE];

	must(waitpid(worker->pid, &status, 0) == worker->pid);
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status) == 0;
	snprintf(why, sizeof(why), "died of signal %d", WTERMSIG(status));
	print_failure(worker->seed, why);
	worker->failed++;
	if (options->all) {
		start(worker, options, worker->at + step, step);
		(void)wait_for(worker, options, step);
	}
	return false;
}

static int
run_all(const struct options *options)
{
	unsigned        n = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	struct worker  *workers;
	struct coverage all = { 0 };
	uint64_t        done = 0, failed = 0;
	bool            good = true;

	if (n < 1 || options->shown || options->n < n)
		n = 1;
	if (n > WORKERS_MAX)
		n = WORKERS_MAX;
	workers = mmap(
	    NULL, n * sizeof(*workers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(workers != MAP_FAILED);
	for (unsigned i = 0; i < n; i++)
		start(&workers[i], options, i, n);
	for (unsigned i = 0; i < n; i++) {
		good &= wait_for(&workers[i], options, n);
		add_coverage(&all, &workers[i].coverage);
		done += workers[i].done;
		failed += workers[i].failed;
	}
	for (size_t i = 0; i < CHANCES_N; i++)
		printf(
		    "%-14s %llu\n", chance_name((enum chance)i), (unsigned long long)all.hits[i]);
	printf("executions %llu, taken up %llu, steps %llu\n", (unsigned long long)all.executions,
	    (unsigned long long)all.resumed, (unsigned long long)all.steps);
	for (size_t i = 0; i < array_len(all.ends) * array_len(all.ends[0]); i++) {
		size_t status = i / REASONS_N, reason = i % REASONS_N;

		if (all.ends[status][reason] > 0)
			printf("%s %s: %llu\n",
			    execution_status_name((enum execution_status)status),
			    execution_reason_name((enum execution_reason)reason),
			    (unsigned long long)all.ends[status][reason]);
	}
	for (int act = 0; act < PLAN_ACTS_N; act++)
		printf("%s: %llu\n", plan_act_name((enum plan_act)act),
		    (unsigned long long)all.acts[act]);
	printf("sim: %llu seeds from %llu: %llu failed\n", (unsigned long long)done,
	    (unsigned long long)options->from, (unsigned long long)failed);
	if (options->n >= SEEDS_COVER)
		good &= coverage_missing(&all) == 0;
	return good ? 0 : 1;
}

static int
usage(void)
{
	fprintf(stderr, "usage: sim [--seeds N] [--from S] [--all] [--trace]\n");
	return 2;
}

/* A number per line; the rest of a line is for people. */
static void
read_known(struct options *options, const char *srcdir)
{
	char  path[4096], line[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/data/sim/seeds.txt", srcdir);
	file = fopen(path, "r");
	must(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#')
			continue;
		must(options->known_n < KNOWN_MAX);
		options->known[options->known_n++] = strtoull(line, NULL, 10);
	}
	fclose(file);
}

static bool
take_number(int argc, char **argv, int *at, const char *name, uint64_t *ret_value)
{
	char *end;

	if (strcmp(argv[*at], name) != 0 || *at + 1 >= argc)
		return false;
	*ret_value = strtoull(argv[++*at], &end, 10);
	return *end == '\0';
}

int
main(int argc, char **argv)
{
	struct options options = { .from = 1, .n = SEEDS_DEFAULT };
	const char    *srcdir = getenv("srcdir");
	int            status;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--trace") == 0)
			options.shown = true;
		else if (strcmp(argv[i], "--all") == 0)
			options.all = true;
		else if (!take_number(argc, argv, &i, "--seeds", &options.n) &&
			 !take_number(argc, argv, &i, "--from", &options.from))
			return usage();
	}
	seed_show_log(options.shown);
	if (!judge_knows_table())
		return 1;
	srcdir = srcdir != NULL ? srcdir : ".";
	if (argc == 1)
		read_known(&options, srcdir);
	world_setup(srcdir);
	status = run_all(&options);
	world_teardown();
	return status;
}
