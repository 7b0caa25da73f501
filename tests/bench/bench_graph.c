/* SPDX-License-Identifier: Apache-2.0
 * bench_graph.c - does the cost of a run grow with the size of its graph, and no faster?
 *
 * Graphs of one shape and three sizes are run to the end by the real engine, on the store in memory, with a provider
 * that answers at once. Each row is a process of its own, with a stack on which nothing can recurse over a graph.
 * Beside it, in the same process, stand two limits: the same calls made by a loop that knows the order and nothing
 * else, and the same events and records appended to an empty store.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/engine.h"
#include "instant.h"
#include "loop/loop_ev.h"
#include "shapes.h"
#include "store/store_mem.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define SIZES_N      3
#define STACK_BYTES  (256 * 1024)
#define LEASE_MS     30000
#define WRITE_EVENTS 1000 /* as many as the journal writes at once */
#define GROWTH_GOAL  2.0  /* us per node, of the largest graph to the smallest: caches are finite */
#define US_PER_S     1e6
#define KB           1024.0

/* What a row's process hands back. */
struct result {
	double build_s, run_s, walk_s, store_s;
	double spec_bytes, end_bytes, peak_bytes, store_bytes;
	double events;
};

static const struct row {
	const char *shape;
	size_t      nodes[SIZES_N];
} rows[] = {
	{ "mixed", { 10000, 100000, 1000000 } },
	{ "chain", { 10000, 30000, 100000 } },
	{ "fan", { 10000, 30000, 100000 } },
};

static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- memory ---- */

/* What is allocated now. */
static double
used_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd);
}

static double
status_bytes(const char *field)
{
	FILE  *file = fopen("/proc/self/status", "re");
	char   line[256];
	double kb = 0;

	must(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (str_starts(line, field))
			kb = strtod(line + strlen(field), NULL);
	}
	fclose(file);
	return kb * KB;
}

/* ---- one graph ---- */

struct bench {
	struct loop_ev  *ev;
	struct instant   instant;
	struct registry *registry;
	struct spec     *spec;
	size_t           n;
};

static void
build(struct bench *bench, const char *shape, size_t n)
{
	struct json_object *config = shape_config(shape, n);
	struct problems     problems;

	bench->n = n;
	problems_init(&problems);
	bench->spec = spec_build(bench->registry, "tenant", config, 0, &problems);
	if (bench->spec == NULL)
		fprintf(stderr, "%s: %s\n", problems.items[0].pointer, problems.items[0].detail);
	must(bench->spec != NULL);
	problems_fini(&problems);
	json_object_put(config);
}

/* ---- the engine ---- */

struct ending {
	struct execution_watch watch;
	struct loop_ev        *ev;
	double                 bytes; /* of all that is there, before any of it is freed */
};

static void
on_ended(struct execution_watch *watch, struct execution *execution)
{
	struct ending *ending = container_of(watch, struct ending, watch);

	must(execution_status(execution) == STATUS_COMPLETED);
	ending->bytes = used_bytes();
	loop_ev_stop(ending->ev);
}

static struct store_key
key_of(const struct bench *bench)
{
	struct store_key key;

	must(store_key_set(
	    &key, bench->spec->tenant, bench->spec->deployment_id, bench->spec->graph_id));
	return key;
}

/* What was allocated at its end. */
static double
run_engine(struct bench *bench, struct store *store)
{
	struct ending         ending = { .watch.on_ended = on_ended, .ev = bench->ev };
	struct engine_options options = {
		.loop = loop_ev_loop(bench->ev),
		.store = store,
		.registry = bench->registry,
		.lease_ms = LEASE_MS,
	};
	struct execution_request request = { .spec = spec_ref(bench->spec), .actor = "bench" };
	struct engine           *engine = engine_create(&options);
	struct err               err;

	must(engine_start(engine, &request, &ending.watch, &err) == ERR_OK);
	loop_ev_run(bench->ev);
	engine_destroy(engine);
	return ending.bytes;
}

/* ---- the limit of the calls: the same order and as many at once, and nothing is remembered ---- */

struct walk;

struct lane {
	struct op       op;
	struct walk    *walk;
	struct identity identity;
	uint32_t        vertex;
};

struct walk {
	struct bench *bench;
	struct graph *graph;
	uint32_t     *waiting, *ready;
	size_t        ready_n, begun, done;
	struct lane   lanes[INSTANT_WINDOW];
};

static void on_called(struct op *op);

static void
call(struct lane *lane, enum op_kind kind)
{
	struct provider        *provider = &lane->walk->bench->instant.provider;
	const struct spec_node *node = graph_node(lane->walk->graph, lane->vertex);

	op_fini(&lane->op);
	lane->op = (struct op){
		.kind = kind,
		.type = node->type,
		.identity = &lane->identity,
		.desired = node->properties,
		.done = on_called,
	};
	provider->start(provider, &lane->op);
}

static void
lane_next(struct lane *lane)
{
	struct walk *walk = lane->walk;

	if (lane->op.done != NULL || walk->begun == walk->ready_n)
		return;
	lane->vertex = walk->ready[walk->begun++];
	lane->identity = graph_identity(walk->graph, lane->vertex);
	call(lane, OP_READ);
}

static void
lane_done(struct lane *lane)
{
	struct walk        *walk = lane->walk;
	const struct graph *graph = walk->graph;

	op_fini(&lane->op);
	lane->op.done = NULL;
	for (uint32_t i = graph->out_at[lane->vertex]; i < graph->out_at[lane->vertex + 1]; i++) {
		if (--walk->waiting[graph->out[i]] == 0)
			walk->ready[walk->ready_n++] = graph->out[i];
	}
	if (++walk->done == graph->n)
		loop_ev_stop(walk->bench->ev);
	for (size_t i = 0; i < INSTANT_WINDOW; i++)
		lane_next(&walk->lanes[i]);
}

static void
on_called(struct op *op)
{
	struct lane *lane = container_of(op, struct lane, op);

	if (op->kind == OP_SETTLE)
		lane_done(lane);
	else
		call(lane, op->kind == OP_READ ? OP_CREATE : OP_SETTLE);
}

static void
run_walk(struct bench *bench)
{
	struct walk walk = { .bench = bench, .graph = graph_create(bench->spec, false) };
	size_t      n = walk.graph->n;

	walk.waiting = xcalloc(n, sizeof(*walk.waiting));
	walk.ready = xcalloc(n, sizeof(*walk.ready));
	memcpy(walk.waiting, walk.graph->in_n, n * sizeof(*walk.waiting));
	for (size_t v = 0; v < n; v++) {
		if (walk.waiting[v] == 0)
			walk.ready[walk.ready_n++] = (uint32_t)v;
	}
	for (size_t i = 0; i < INSTANT_WINDOW; i++) {
		walk.lanes[i].walk = &walk;
		lane_next(&walk.lanes[i]);
	}
	loop_ev_run(bench->ev);
	free(walk.waiting);
	free(walk.ready);
	graph_destroy(walk.graph);
}

/* ---- the limit of the store: what the run has left in it, written again ---- */

struct asking {
	struct store_op op;
	struct loop_ev *ev;
};

static void
on_answered(struct store_op *op)
{
	must(op->result == STORE_OK);
	loop_ev_stop(container_of(op, struct asking, op)->ev);
}

/* Seconds until it was answered. */
static double
ask(struct asking *asking, struct store *store)
{
	double began = cpu_s();

	asking->op.done = on_answered;
	store_start(store, &asking->op);
	loop_ev_run(asking->ev);
	return cpu_s() - began;
}

static void
run_store(struct bench *bench, struct store *from, struct result *result)
{
	struct store *to = store_mem_create(loop_ev_loop(bench->ev), "bench");
	struct asking exec = { .ev = bench->ev }, page = { .ev = bench->ev };
	struct asking write = { .ev = bench->ev };
	double        before = used_bytes();

	exec.op = (struct store_op){ .verb = STORE_GET_EXEC, .key = key_of(bench) };
	page.op = (struct store_op){ .verb = STORE_EVENTS, .key = key_of(bench) };
	write.op = (struct store_op){
		.verb = STORE_BEGIN, .key = key_of(bench), .text = "{}", .execution = "again"
	};
	ask(&exec, from);
	ask(&write, to);
	before = used_bytes();
	write.op.fence = write.op.fence_out;
	write.op.verb = STORE_APPEND;
	for (size_t records = 0;; records += write.op.fields_n) {
		size_t left = exec.op.items_n - records;

		ask(&page, from);
		if (page.op.items_n == 0 && left == 0)
			break;
		write.op.seq = page.op.seq;
		write.op.events = page.op.items_out;
		write.op.events_n = page.op.items_n;
		write.op.fields = exec.op.items_out + records;
		write.op.fields_n = left < WRITE_EVENTS ? left : WRITE_EVENTS;
		result->store_s += ask(&write, to);
		page.op.seq += page.op.items_n;
		result->events += (double)page.op.items_n;
	}
	store_op_fini(&page.op);
	result->store_bytes = used_bytes() - before;
	store_op_fini(&exec.op);
	store_op_fini(&write.op);
	store_destroy(to);
}

/* ---- rows ---- */

static void
measure(const char *shape, size_t n, struct result *result)
{
	struct bench  bench = { .ev = loop_ev_create() };
	struct store *store = store_mem_create(loop_ev_loop(bench.ev), "bench");
	double        began, before, before_rss;

	instant_init(&bench.instant, n);
	bench.instant.loop = loop_ev_loop(bench.ev);
	bench.registry = instant_registry(&bench.instant);
	before = used_bytes();
	before_rss = status_bytes("VmRSS:");
	began = cpu_s();
	build(&bench, shape, n);
	result->build_s = cpu_s() - began;
	result->spec_bytes = used_bytes() - before;
	began = cpu_s();
	result->end_bytes = run_engine(&bench, store) - before;
	result->run_s = cpu_s() - began;
	result->peak_bytes = status_bytes("VmHWM:") - before_rss;
	instant_forget(&bench.instant);
	began = cpu_s();
	run_walk(&bench);
	result->walk_s = cpu_s() - began;
	run_store(&bench, store, result);
}

/* In a process of its own, which ends with all that it has allocated. */
static struct result
run_row(const char *shape, size_t n)
{
	struct result *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct result result;
	int           status;
	pid_t         pid;

	must(shared != MAP_FAILED);
	fflush(stdout);
	pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		measure(shape, n, shared);
		_exit(EXIT_SUCCESS);
	}
	must(waitpid(pid, &status, 0) == pid && status == 0);
	result = *shared;
	munmap(shared, sizeof(*shared));
	return result;
}

static void
print_head(void)
{
	printf("| graph, on a stack of %d KiB | nodes | run, CPU seconds | us/node | to the first "
	       "| goal | spec_build, us/node | the calls alone | the writes alone |\n"
	       "| --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |\n",
	    STACK_BYTES / 1024);
}

static void
print_row(const char *shape, size_t nodes, const struct result *r, double first_us)
{
	double n = (double)nodes, us = US_PER_S * r->run_s / n;

	printf("| %s | %zu | %.2f | %.1f | %.2f | %.1f %s | ", shape, nodes, r->run_s, us,
	    us / first_us, GROWTH_GOAL, us / first_us <= GROWTH_GOAL ? "ok" : "OVER");
	printf("%.1f | %.1f | %.1f |\n", US_PER_S * r->build_s / n, US_PER_S * r->walk_s / n,
	    US_PER_S * r->store_s / n);
	fflush(stdout);
}

static void
print_memory_head(void)
{
	printf("\n| the same, in KB/node | nodes | at most, with the config as posted | at its end "
	       "| of it: Spec Graph | of it: the store | the rest |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
}

static void
print_memory(const char *shape, size_t nodes, const struct result *r)
{
	double kb = (double)nodes * KB;

	printf("| %s, %.1f events/node | %zu | %.2f | %.2f | %.2f | %.2f | %.2f |\n", shape,
	    r->events / (double)nodes, nodes, r->peak_bytes / kb, r->end_bytes / kb,
	    r->spec_bytes / kb, r->store_bytes / kb,
	    (r->end_bytes - r->spec_bytes - r->store_bytes) / kb);
}

static void
run_shape(const struct row *row, struct result results[SIZES_N])
{
	for (size_t i = 0; i < SIZES_N; i++) {
		results[i] = run_row(row->shape, row->nodes[i]);
		print_row(row->shape, row->nodes[i], &results[i],
		    US_PER_S * results[0].run_s / (double)row->nodes[0]);
	}
}

int
main(void)
{
	struct result results[array_len(rows)][SIZES_N];
	struct rlimit stack;

	must(getrlimit(RLIMIT_STACK, &stack) == 0);
	stack.rlim_cur = STACK_BYTES;
	must(setrlimit(RLIMIT_STACK, &stack) == 0);
	log_set_level(LOG_WARN);
	print_head();
	for (size_t r = 0; r < array_len(rows); r++)
		run_shape(&rows[r], results[r]);
	print_memory_head();
	for (size_t r = 0; r < array_len(rows); r++) {
		for (size_t i = 0; i < SIZES_N; i++)
			print_memory(rows[r].shape, rows[r].nodes[i], &results[r][i]);
	}
	printf("\n");
	return EXIT_SUCCESS;
}
