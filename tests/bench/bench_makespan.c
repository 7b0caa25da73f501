/* SPDX-License-Identifier: Apache-2.0
 * bench_makespan.c - how close to the best possible the order is in which the windows let nodes start.
 *
 * Random graphs of a thousand nodes run through the engine's own windows and weights, in virtual time. No order can
 * be faster than the longest way, nor than all work shared evenly by the slots: the larger of the two is
 * what the time from first to last is divided by.
 *
 * bench_makespan [how many graphs] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/window.h"
#include "plan/graph.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/rng.h"
#include "util/str.h"

#define NODES        1000
#define NEEDS_MAX    3 /* what a node waits for */
#define KINDS_N      12
#define SLOTS        10 /* as AWS's windows have */
#define GRAPHS       50
#define GOAL         1.03
#define US_PER_S     1e6
#define CONFIG_MAX   (1024 * 1024)
#define CONFIG_HEAD  "{\"deployment_id\":\"bench\",\"resources\":{"
#define CONFIG_TAIL  ",\"targets\":[{\"provider\":\"fake\",\"regions\":[\"us-east-1\"]}]}"
#define CONFIG_NODE  "\"type\":\"fake:box:item\",\"properties\":{\"name\":\"n%zu\"},\"depends_on\":["
#define SECONDS_LOW  0.2
#define SECONDS_HIGH 60.0
#define SPREAD       0.5 /* nodes of one kind take its mean, more or less by so much of it */

/* A graph, and how long its nodes take. */
struct work {
	struct graph *graph;
	unsigned      kind[NODES];
	double        mean[KINDS_N]; /* seconds */
	double        seconds[NODES];
	double        best; /* no order is faster */
};

struct run;

struct job {
	struct run  *run;
	struct slot  slot;
	struct timer timer;
	uint32_t     waiting;
};

struct run {
	const struct work *work;
	struct loop       *loop;
	struct windows    *windows;
	struct job         jobs[NODES];
	size_t             done;
};

static double
draw(struct rng *rng)
{
	return (double)rng_below(rng, 1 << 30) / (1 << 30);
}

/* Between low and high, each order of magnitude as likely as another. */
static double
draw_log(struct rng *rng, double low, double high)
{
	return low * pow(high / low, draw(rng));
}

/* ---- graphs ---- */

static enum err_code
load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	(void)type;
	(void)err;
	return ERR_OK;
}

static void
destroy(struct provider *provider)
{
	(void)provider;
}

static struct provider nobody = { .name = "fake", .load = load, .destroy = destroy };

static struct registry *
make_registry(void)
{
	struct registry *registry = registry_create(NULL);
	struct err       err;

	registry_add_provider(registry, &nobody);
	must(registry_load(registry, TEST_SRCDIR "/tests/data/types", &err) == ERR_OK);
	must(plan_setup(TEST_SRCDIR "/schemas", &err) == ERR_OK);
	return registry;
}

static struct graph *
make_graph(const struct registry *registry, const struct str *config)
{
	struct problems     problems;
	struct err          err;
	struct json_object *json = json_read(config->data, config->len, &err);
	struct spec        *spec;
	struct graph       *graph;

	must(json != NULL);
	problems_init(&problems);
	spec = spec_build(registry, "tenant", json, 0, &problems);
	must(spec != NULL);
	graph = graph_create(spec, false);
	must(graph->n == NODES);
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(json);
	return graph;
}

/* Each node waits for a few of those not far before it: how far makes a graph long or wide. */
static struct graph *
draw_graph(struct rng *rng, const struct registry *registry)
{
	size_t        reach = (size_t)draw_log(rng, 10, NODES);
	struct graph *graph;
	struct str    text;

	str_init(&text, CONFIG_MAX);
	str_add(&text, CONFIG_HEAD);
	for (size_t i = 0; i < NODES; i++) {
		size_t needs = rng_below(rng, NEEDS_MAX + 1), at = i;

		str_addf(&text, "%s\"n%zu\":{" CONFIG_NODE, i > 0 ? "]}," : "", i, i);
		for (size_t k = 0; k < needs; k++) {
			size_t back = 1 + rng_below(rng, reach / NEEDS_MAX);

			if (back > at)
				break;
			at -= back;
			str_addf(&text, "%s\"n%zu\"", k > 0 ? "," : "", at);
		}
	}
	str_add(&text, "]}}" CONFIG_TAIL);
	must(!text.overflow);
	graph = make_graph(registry, &text);
	str_fini(&text);
	return graph;
}

/* ---- what the weights are made of ---- */

static double
known_seconds(void *arg, const struct graph *graph, size_t vertex)
{
	(void)graph;
	return ((const struct work *)arg)->seconds[vertex];
}

static double
mean_seconds(void *arg, const struct graph *graph, size_t vertex)
{
	const struct work *work = arg;

	(void)graph;
	return work->mean[work->kind[vertex]];
}

static double
no_seconds(void *arg, const struct graph *graph, size_t vertex)
{
	(void)arg;
	(void)graph;
	(void)vertex;
	return 0;
}

static const struct row {
	const char       *name;
	graph_seconds_fn *seconds;
	bool              has_goal;
} rows[] = {
	{ "critical path first, durations known", known_seconds, true },
	{ "critical path first, means of types known", mean_seconds, false },
	{ "first come, first served", no_seconds, false },
};

static void
work_init(struct work *work, struct rng *rng, const struct registry *registry)
{
	double all = 0, longest = 0;

	work->graph = draw_graph(rng, registry);
	for (size_t i = 0; i < KINDS_N; i++)
		work->mean[i] = draw_log(rng, SECONDS_LOW, SECONDS_HIGH);
	for (size_t v = 0; v < NODES; v++) {
		work->kind[v] = (unsigned)rng_below(rng, KINDS_N);
		work->seconds[v] =
		    work->mean[work->kind[v]] * (1 - SPREAD + 2 * SPREAD * draw(rng));
		all += work->seconds[v];
	}
	graph_weigh(work->graph, known_seconds, work);
	for (size_t v = 0; v < NODES; v++)
		longest = fmax(longest, work->graph->vertices[v].behind);
	work->best = fmax(longest, all / SLOTS);
}

/* ---- one run ---- */

static size_t
vertex_of(const struct job *job)
{
	return (size_t)(job - job->run->jobs);
}

static void
job_want(struct job *job)
{
	job->slot.priority = job->run->work->graph->vertices[vertex_of(job)].behind;
	slot_want(job->run->windows, &job->slot, "bench", SLOTS, "tenant");
}

static void
on_granted(struct slot *slot)
{
	struct job *job = container_of(slot, struct job, slot);

	timer_arm(job->run->loop, &job->timer,
	    (int64_t)(job->run->work->seconds[vertex_of(job)] * US_PER_S));
}

static void
on_done(struct timer *timer)
{
	struct job         *job = container_of(timer, struct job, timer);
	const struct graph *graph = job->run->work->graph;
	size_t              v = vertex_of(job);

	slot_drop(&job->slot);
	job->run->done++;
	for (uint32_t e = graph->out_at[v]; e < graph->out_at[v + 1]; e++) {
		struct job *next = &job->run->jobs[graph->out[e]];

		if (--next->waiting == 0)
			job_want(next);
	}
}

/* The time from first to last, in seconds. */
static double
run(const struct work *work)
{
	struct run *run = xcalloc(1, sizeof(*run));
	double      took;

	run->work = work;
	run->loop = loop_create();
	run->windows = windows_create(run->loop, SLOTS);
	for (size_t v = 0; v < NODES; v++) {
		struct job *job = &run->jobs[v];

		*job = (struct job){ .run = run, .waiting = work->graph->in_n[v] };
		job->slot.granted = on_granted;
		timer_init(&job->timer, on_done);
		if (job->waiting == 0)
			job_want(job);
	}
	for (int64_t due; (due = loop_next_due_us(run->loop)) != LOOP_NEVER;)
		loop_turn(run->loop, due > 0 ? due : loop_now_us(run->loop), 0);
	must(run->done == NODES);
	took = (double)loop_now_us(run->loop) / US_PER_S;
	windows_destroy(run->windows);
	loop_destroy(run->loop);
	free(run);
	return took;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_row(const struct row *row, double *ratios, size_t n)
{
	double median;

	qsort(ratios, n, sizeof(*ratios), by_size);
	median = (ratios[(n - 1) / 2] + ratios[n / 2]) / 2;
	printf("| %s | %.3f | %.3f | ", row->name, median, ratios[n - 1]);
	if (row->has_goal)
		printf("%.2f | %s |\n", GOAL, median <= GOAL ? "ok" : "OVER");
	else
		printf("- | - |\n");
}

int
main(int argc, char **argv)
{
	size_t           n = argc > 1 ? strtoul(argv[1], NULL, 10) : GRAPHS;
	double          *ratios[array_len(rows)];
	struct work      work;
	struct rng       rng;
	struct registry *registry = make_registry();

	must(n > 0);
	for (size_t r = 0; r < array_len(rows); r++)
		ratios[r] = xcalloc(n, sizeof(double));
	for (size_t i = 0; i < n; i++) {
		rng_init(&rng, i);
		work_init(&work, &rng, registry);
		for (size_t r = 0; r < array_len(rows); r++) {
			graph_weigh(work.graph, rows[r].seconds, &work);
			ratios[r][i] = run(&work) / work.best;
		}
		graph_destroy(work.graph);
	}
	printf(
	    "| makespan of %zu graphs of %d nodes on %d slots, in lower bounds | median | worst | "
	    "goal | verdict |\n| --- | ---: | ---: | ---: | --- |\n",
	    n, NODES, SLOTS);
	for (size_t r = 0; r < array_len(rows); r++) {
		print_row(&rows[r], ratios[r], n);
		free(ratios[r]);
	}
	registry_destroy(registry);
	plan_teardown();
	return EXIT_SUCCESS;
}
