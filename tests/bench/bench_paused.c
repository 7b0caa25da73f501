/* SPDX-License-Identifier: Apache-2.0
 * bench_paused.c - ten thousand executions that wait for somebody: what each takes while it does, and how long it
 * takes to have them all back after a restart.
 *
 * Each is of a deployment of its own with five resources, and waits at a pause edge behind the first two. The
 * store is a private redis-server, as in a server that has none. What stands beside a number is what it can't be
 * less than: the Spec Graphs alone, and the same questions to the store from a client that does nothing with the
 * answers.
 *
 * bench_paused [EXECUTIONS] */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/engine.h"
#include "instant.h"
#include "loop/loop_ev.h"
#include "private_store.h"
#include "store/redis_child.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define EXECUTIONS 10000
#define LANES      64 /* as many at once as recover.c takes up */
#define RESOURCES  5
#define TENANT     "bench"
#define LEASE_MS   10000 /* as the server's */
#define RECOVER_MS 5000
#define TICK_US    1000
#define REST_US    10000000 /* how long they are left alone, to see what that costs */
#define US_PER_S   1000000
#define KB         1024.0
#define CONFIG_MAX 4096

struct lane {
	struct store_op        op;
	struct execution_watch watch;
	struct spec           *spec;
	size_t                 at; /* which execution */
	bool                   busy;
};

static struct {
	struct private_store redis;
	struct instant       instant;
	struct registry     *registry;
	struct engine       *engine;
	struct store_key    *keys;
	size_t               n, begun, done;
	struct lane          lanes[LANES];
	void (*begin)(struct lane *lane); /* on the next execution */
	struct timer tick;
	int64_t      until_us;
} bench;

static struct loop *
loop_of(void)
{
	return loop_ev_loop(bench.redis.ev);
}

static double
seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double
resident_bytes(void)
{
	FILE         *file = fopen("/proc/self/statm", "re");
	unsigned long size, resident;

	malloc_trim(0);
	must(file != NULL && fscanf(file, "%lu %lu", &size, &resident) == 2);
	fclose(file);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

/* ---- lanes: so many at once ---- */

static void
lanes_fill(void)
{
	for (size_t i = 0; i < LANES && bench.begun < bench.n; i++) {
		struct lane *lane = &bench.lanes[i];

		if (lane->busy)
			continue;
		lane->busy = true;
		lane->at = bench.begun++;
		bench.begin(lane);
	}
}

static void
lane_end(struct lane *lane)
{
	store_op_fini(&lane->op);
	lane->busy = false;
	if (++bench.done == bench.n)
		loop_ev_stop(bench.redis.ev);
	else
		lanes_fill();
}

static void
lanes_run(void (*begin)(struct lane *lane))
{
	bench.begin = begin;
	bench.begun = bench.done = 0;
	lanes_fill();
	loop_ev_run(bench.redis.ev);
}

static void
lane_ask(struct lane *lane, enum store_verb verb, void (*done)(struct store_op *))
{
	store_op_fini(&lane->op);
	lane->op = (struct store_op){ .verb = verb, .key = bench.keys[lane->at], .done = done };
	store_start(bench.redis.store, &lane->op);
}

/* ---- making them ---- */

static struct spec *
make_spec(size_t number)
{
	struct json_object *config;
	struct problems     problems;
	struct spec        *spec;
	struct str          text;
	struct err          err;

	str_init(&text, CONFIG_MAX);
	str_addf(
	    &text, "{\"deployment_id\":\"app-%zu\",\"version\":\"v1\",\"resources\":{", number);
	for (size_t i = 0; i < RESOURCES; i++) {
		size_t id = number * RESOURCES + i;

		str_addf(&text,
		    "%s\"n%zu\":{\"type\":\"" INSTANT_TYPE "\",\"properties\":{\"name\":\"n%zu\"",
		    i > 0 ? "," : "", id, id);
		if (i > 0)
			str_addf(&text, ",\"link\":\"@n%zu.arn\"", id - 1);
		str_add(&text, "}}");
	}
	str_addf(&text, "},\"edges\":[{\"from\":\"n%zu\",\"to\":\"n%zu\",\"type\":\"pause\"}]}",
	    number * RESOURCES + 1, number * RESOURCES + 2);
	must(!text.overflow);
	config = json_read(text.data, text.len, &err);
	problems_init(&problems);
	spec = spec_build(bench.registry, TENANT, config, 0, &problems);
	must(spec != NULL);
	problems_fini(&problems);
	json_object_put(config);
	str_fini(&text);
	return spec;
}

static void
on_paused(struct execution_watch *watch, struct execution *execution)
{
	must(execution_reason(execution) == REASON_PAUSE_EDGE);
	execution_unwatch(watch);
	lane_end(container_of(watch, struct lane, watch));
}

static void
on_put(struct store_op *op)
{
	struct lane             *lane = container_of(op, struct lane, op);
	struct execution_request request = { .spec = lane->spec, .actor = "bench" };
	struct err               err;

	must(op->result == STORE_OK);
	free((char *)(uintptr_t)op->text);
	lane->watch = (struct execution_watch){ .on_paused = on_paused };
	must(engine_start(bench.engine, &request, &lane->watch, &err) == ERR_OK);
}

static void
begin_execution(struct lane *lane)
{
	struct spec        *spec = make_spec(lane->at);
	struct json_object *mgraph = spec_to_mgraph(spec);
	struct store_key   *key = &bench.keys[lane->at];

	must(store_key_set(key, spec->tenant, spec->deployment_id, spec->graph_id));
	lane->spec = spec;
	lane->op = (struct store_op){
		.verb = STORE_PUT_SPEC,
		.key = *key,
		.text = xstrdup(json_text(mgraph)),
		.done = on_put,
	};
	json_object_put(mgraph);
	store_start(bench.redis.store, &lane->op);
}

static void
engine_new(int64_t recover_ms)
{
	bench.engine = engine_create(&(struct engine_options){
	    .loop = loop_of(),
	    .store = bench.redis.store,
	    .registry = bench.registry,
	    .lease_ms = LEASE_MS,
	    .owner = PRIVATE_STORE_OWNER,
	    .recover_ms = recover_ms,
	});
}

/* What the Spec Graphs take, and nothing else. */
static double
spec_bytes(void)
{
	struct spec **specs = xcalloc(bench.n, sizeof(struct spec *));
	double        before = resident_bytes(), bytes;

	for (size_t i = 0; i < bench.n; i++)
		specs[i] = make_spec(i);
	bytes = resident_bytes() - before;
	for (size_t i = 0; i < bench.n; i++)
		spec_unref(specs[i]);
	free(specs);
	return bytes;
}

/* ---- taking them up ---- */

/* The same questions as recover.c and a resumed execution ask, in the same order. */
static void
on_asked(struct store_op *op)
{
	static const enum store_verb after[STORE_VERBS_N] = {
		[STORE_HOLDER] = STORE_GET_SPEC,
		[STORE_GET_SPEC] = STORE_BEGIN,
		[STORE_BEGIN] = STORE_GET_EXEC,
	};
	struct lane *lane = container_of(op, struct lane, op);

	must(op->result == STORE_OK);
	if (op->verb == STORE_GET_EXEC)
		lane_end(lane);
	else
		lane_ask(lane, after[op->verb], on_asked);
}

static void
begin_asking(struct lane *lane)
{
	lane_ask(lane, STORE_HOLDER, on_asked);
}

static bool
is_here(size_t i)
{
	struct execution *e = engine_find(bench.engine, TENANT, bench.keys[i].graph);

	return e != NULL && execution_status(e) == STATUS_PAUSED;
}

static void
on_look(struct timer *timer)
{
	while (bench.done < bench.n && is_here(bench.done))
		bench.done++;
	if (bench.done == bench.n)
		loop_ev_stop(bench.redis.ev);
	else
		timer_arm(loop_of(), timer, TICK_US);
}

static void
take_up(void)
{
	bench.done = 0;
	engine_new(RECOVER_MS);
	timer_init(&bench.tick, on_look);
	timer_arm(loop_of(), &bench.tick, 0);
	loop_ev_run(bench.redis.ev);
}

/* ---- doing nothing ---- */

static void
on_rested(struct timer *timer)
{
	bool is_over = loop_now_us(loop_of()) >= bench.until_us && store_is_up(bench.redis.store);

	if (is_over)
		loop_ev_stop(bench.redis.ev);
	else
		timer_arm(loop_of(), timer, TICK_US);
}

static void
rest(int64_t us)
{
	bench.until_us = loop_now_us(loop_of()) + us;
	timer_init(&bench.tick, on_rested);
	timer_arm(loop_of(), &bench.tick, 0);
	loop_ev_run(bench.redis.ev);
}

/* Of redis-server, in seconds. */
static double
redis_cpu_s(void)
{
	char          path[64];
	unsigned long user, system;
	FILE         *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)redis_child_pid(bench.redis.child));
	file = fopen(path, "re");
	must(file != NULL);
	must(fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		 &system) == 2);
	fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- rows ---- */

static void
bench_memory(void)
{
	double n = (double)bench.n, specs = spec_bytes() / n / KB;
	double before, each;

	before = resident_bytes();
	engine_new(0);
	lanes_run(begin_execution);
	each = (resident_bytes() - before) / n / KB;
	printf("| memory of %zu paused executions of %d resources | KB each | is … of the first |\n"
	       "| --- | ---: | ---: |\n"
	       "| their Spec Graphs alone | %.1f | |\n| paused | %.1f | %.2f |\n\n",
	    bench.n, RESOURCES, specs, each, each / specs);
	fflush(stdout);
}

/* Seconds of three clocks. */
struct span {
	double wall, own, redis;
};

static struct span
span_now(void)
{
	return (struct span){ seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID),
		redis_cpu_s() };
}

static struct span
span_since(struct span began)
{
	struct span now = span_now();

	return (struct span){ now.wall - began.wall, now.own - began.own, now.redis - began.redis };
}

static struct span
span_of(void (*run)(void))
{
	struct span began = span_now();

	run();
	return span_since(began);
}

static void
print_span(const char *name, struct span span, struct span limit)
{
	printf("| %s | %.2f | %.0f | %.2f | %.2f | %.2f |\n", name, span.wall,
	    (double)bench.n / span.wall, limit.wall / span.wall, span.own, span.redis);
}

static void
ask_alone(void)
{
	lanes_run(begin_asking);
}

static void
do_nothing(void)
{
	rest(REST_US);
}

static void
bench_restart(void)
{
	struct span alone, taken, rested;

	engine_destroy(bench.engine);
	alone = span_of(ask_alone);
	taken = span_of(take_up);
	printf("| taking them up after a restart | seconds | executions/s | the first is … of it "
	       "| CPU seconds, ours | redis-server's |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: |\n");
	print_span("the same questions to the store alone", alone, alone);
	print_span("taken up, and paused where they were", taken, alone);
	rested = span_of(do_nothing);
	printf("\n| at rest, leases renewed every %.1f s | %% of a CPU |\n| --- | ---: |\n"
	       "| server | %.1f |\n| redis-server | %.1f |\n\n",
	    LEASE_MS / 3000.0, 100 * rested.own / rested.wall, 100 * rested.redis / rested.wall);
	engine_destroy(bench.engine);
}

int
main(int argc, char **argv)
{
	uint64_t n = EXECUTIONS;

	if (argc > 1 && !str_to_u64(argv[1], &n))
		return EXIT_FAILURE;
	must(n > 0);
	bench.n = n;
	private_store_start(&bench.redis, LEASE_MS);
	bench.keys = xcalloc(n, sizeof(*bench.keys));
	memset(bench.keys, 1, n * sizeof(*bench.keys)); /* resident before anything is measured */
	instant_init(&bench.instant, n * RESOURCES);
	bench.instant.loop = loop_of();
	bench.registry = instant_registry(&bench.instant);
	rest(0);
	bench_memory();
	bench_restart();
	registry_destroy(bench.registry);
	instant_fini(&bench.instant);
	private_store_stop(&bench.redis);
	free(bench.keys);
	return EXIT_SUCCESS;
}
