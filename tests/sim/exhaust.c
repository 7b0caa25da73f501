/* SPDX-License-Identifier: Apache-2.0
 * exhaust.c - all graphs of up to four nodes, all orders in which their calls may be answered, and the failure of any
 * one of them: who may start when, and how it all ends.
 *
 * Reads are answered at once. Of the calls that change something, one after another is answered, in every order
 * there is: a run follows a path of choices, and the next run takes the next path. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/execution.h"
#include "store/store_mem.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"

#define NODES_MAX 4
#define PATH_MAX  (4 * NODES_MAX)
#define NOBODY    NODES_MAX
#define LEASE_MS  30000

/* ---- paths of choices ---- */

static struct path {
	unsigned taken[PATH_MAX], of[PATH_MAX];
	size_t   len, at;
} path;

static unsigned
choose(unsigned of)
{
	must(path.at < PATH_MAX);
	if (path.at == path.len) {
		path.taken[path.len] = 0;
		path.of[path.len++] = of;
	}
	must(path.of[path.at] == of);
	return path.taken[path.at++];
}

/* False: that was the last one. */
static bool
next_path(void)
{
	while (path.len > 0 && path.taken[path.len - 1] + 1 == path.of[path.len - 1])
		path.len--;
	if (path.len > 0)
		path.taken[path.len - 1]++;
	path.at = 0;
	return path.len > 0;
}

/* ---- what is run ---- */

static struct run {
	size_t              n;
	bool                needs[NODES_MAX][NODES_MAX]; /* [then][first] */
	enum execution_kind kind;
	enum on_failure     on_failure;
	size_t              fails; /* whose create or delete is refused; NOBODY */
	struct spec        *spec;

	struct loop           *loop;
	struct engine         *engine;
	struct execution_watch watch;
	bool                   there[NODES_MAX];
	bool                   asked[NODES_MAX]; /* a call that changes it has left */
	bool                   failed;           /* the one that fails has been answered */
	struct op             *ops[NODES_MAX];   /* that wait for an answer */
	size_t                 ops_n;
	bool                   ended;
	enum execution_status  status;
	enum execution_reason  reason;
	enum node_state        states[NODES_MAX];
} run;

static uint64_t runs_n;
static unsigned wrong_n;

static void
expect(bool so, const char *what, size_t node)
{
	if (so)
		return;
	if (wrong_n++ > 20)
		return;
	printf("%s, node %zu; %s, on failure %s of %zu, edges", what, node,
	    execution_kind_name(run.kind), on_failure_name(run.on_failure), run.fails);
	for (size_t v = 0; v < run.n; v++) {
		for (size_t u = 0; u < v; u++) {
			if (run.needs[v][u])
				printf(" %zu-%zu", u, v);
		}
	}
	printf(", choices");
	for (size_t i = 0; i < path.at; i++)
		printf(" %u", path.taken[i]);
	printf("\n");
}

/* ---- the provider ---- */

static enum err_code
plain_load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	(void)type;
	(void)err;
	return ERR_OK;
}

static void
plain_window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	(void)op;
	snprintf(buf, size, "all");
}

static void
plain_close(struct credentials *credentials)
{
	(void)credentials;
}

static size_t
node_at(const struct op *op)
{
	return (size_t)(op->identity->resource_id[1] - '0');
}

/* G1: what it needs is there, and said so; what needs it is gone before it goes. */
static void
judge_start(const struct op *op)
{
	size_t                  v = node_at(op);
	const struct execution *e = engine_find(run.engine, run.spec->tenant, run.spec->graph_id);

	expect(!run.asked[v] || op->kind == OP_DELETE, "it is asked twice", v);
	expect(!run.failed || run.on_failure == ON_FAILURE_CONTINUE ||
		   (run.kind == EXECUTION_APPLY && op->kind == OP_DELETE),
	    "it starts after a failure", v);
	for (size_t u = 0; u < run.n; u++) {
		if (op->kind == OP_CREATE && run.needs[v][u])
			expect(run.there[u] && e->nodes[u].state == NODE_COMPLETED,
			    "it starts before what it needs", v);
		if (op->kind == OP_DELETE && run.needs[u][v])
			expect(!run.there[u], "it goes before what needs it", v);
	}
	run.asked[v] = true;
}

static void
plain_start(struct provider *provider, struct op *op)
{
	(void)provider;
	if (op->kind == OP_CREATE || op->kind == OP_DELETE)
		judge_start(op);
	must(run.ops_n < NODES_MAX);
	run.ops[run.ops_n++] = op;
}

static void
plain_cancel(struct provider *provider, struct op *op)
{
	(void)provider;
	for (size_t i = 0; i < run.ops_n; i++) {
		if (run.ops[i] == op)
			run.ops[i] = run.ops[--run.ops_n];
	}
}

static void
plain_destroy(struct provider *provider)
{
	(void)provider;
}

static struct provider sim = {
	.name = "sim",
	.load = plain_load,
	.window = plain_window,
	.window_size = NODES_MAX,
	.start = plain_start,
	.cancel = plain_cancel,
	.destroy = plain_destroy,
};
static struct provider vault = {
	.name = "vault",
	.load = plain_load,
	.close = plain_close,
	.window = plain_window,
	.window_size = NODES_MAX,
	.start = plain_start,
	.cancel = plain_cancel,
	.destroy = plain_destroy,
};

static struct json_object *
found_of(const struct op *op)
{
	struct json_object *found = json_object_new_object();
	struct json_object *outputs = json_object_new_object();

	json_set_str(outputs, "arn", op->identity->resource_id);
	json_set_str(found, "id", op->identity->resource_id);
	json_set(found, "outputs", outputs);
	json_set(found, "properties", json_object_get(op->desired));
	json_set(found, "tags", identity_tags(op->identity, NULL));
	return found;
}

/* The one that is to fail does so on the way there, not on the way back. */
static bool
is_refused(const struct op *op)
{
	return node_at(op) == run.fails && !run.failed &&
	       op->kind == (run.kind == EXECUTION_DESTROY ? OP_DELETE : OP_CREATE);
}

static void
answer(size_t at)
{
	struct op *op = run.ops[at];
	size_t     v = node_at(op);

	run.ops[at] = run.ops[--run.ops_n];
	if (is_refused(op)) {
		run.failed = true;
		op_answer(op, OP_INVALID, "it is to fail");
	} else if (op->kind == OP_READ && !run.there[v]) {
		op_answer(op, OP_ABSENT, "%s", "");
	} else {
		op_answer(op, OP_OK, "%s", "");
		if (op->kind == OP_CREATE || op->kind == OP_DELETE)
			run.there[v] = op->kind == OP_CREATE;
		if (run.there[v])
			op->found = found_of(op);
	}
	op->done(op);
}

/* ---- a run ---- */

static void
on_ended(struct execution_watch *watch, struct execution *e)
{
	(void)watch;
	run.ended = true;
	run.status = execution_status(e);
	run.reason = execution_reason(e);
	for (size_t v = 0; v < run.n; v++)
		run.states[v] = (enum node_state)e->nodes[v].state;
}

/* What is no choice; then one that is. False: nothing waits. */
static bool
step(void)
{
	while (loop_next_due_us(run.loop) <= loop_now_us(run.loop))
		loop_turn(run.loop, loop_now_us(run.loop), 0);
	for (size_t i = 0; i < run.ops_n; i++) {
		if (run.ops[i]->kind == OP_READ || run.ops[i]->kind == OP_SETTLE) {
			answer(i);
			return true;
		}
	}
	if (run.ops_n == 0)
		return false;
	answer(choose((unsigned)run.ops_n));
	return true;
}

static bool
is_after(size_t then, size_t first)
{
	for (size_t v = 0; v < run.n; v++) {
		if (run.needs[then][v] && (v == first || is_after(v, first)))
			return true;
	}
	return false;
}

/* Behind the one that fails, in the order of the run. */
static bool
is_blocked(size_t v)
{
	return run.kind == EXECUTION_DESTROY ? is_after(run.fails, v) : is_after(v, run.fails);
}

static void
judge_node(size_t v)
{
	enum node_state state = run.states[v];
	bool            done = run.there[v] == (run.kind == EXECUTION_APPLY);

	if (run.reason == REASON_ROLLED_BACK) {
		expect(!run.there[v], "it is not rolled back", v);
		expect(state == NODE_UNDONE || state == NODE_KEPT, "it is not undone", v);
	} else if (v == run.fails) {
		expect(state == NODE_FAILED && !done, "it has not failed", v);
	} else if (run.fails != NOBODY && is_blocked(v)) {
		expect(state == NODE_BLOCKED && !done, "it is not blocked", v);
	} else if (run.fails != NOBODY && run.on_failure != ON_FAILURE_CONTINUE) {
		expect(state == (done ? NODE_COMPLETED : NODE_PENDING), "it is half done", v);
	} else {
		expect(state == NODE_COMPLETED && done, "it has not completed", v);
	}
}

static void
judge_end(void)
{
	bool undoes = false;

	expect(run.ended, "it does not end", 0);
	expect(run.status == (run.fails == NOBODY ? STATUS_COMPLETED : STATUS_FAILED),
	    "it ends as something else", 0);
	for (size_t v = 0; v < run.n; v++) {
		judge_node(v);
		undoes |= run.asked[v] && v != run.fails;
	}
	undoes &= run.fails != NOBODY && run.on_failure == ON_FAILURE_ROLLBACK &&
		  run.kind == EXECUTION_APPLY;
	expect(undoes == (run.reason == REASON_ROLLED_BACK), "it does not roll back", 0);
}

static void
run_once(const struct registry *registry)
{
	struct engine_options    options = { .registry = registry, .lease_ms = LEASE_MS };
	struct execution_request request = {
		.spec = spec_ref(run.spec),
		.kind = run.kind,
		.on_failure = run.on_failure,
		.actor = "",
	};
	struct err err;

	for (size_t v = 0; v < run.n; v++) {
		run.there[v] = run.kind == EXECUTION_DESTROY;
		run.asked[v] = false;
	}
	run.failed = run.ended = false;
	run.ops_n = 0;
	run.loop = options.loop = loop_create();
	options.store = store_mem_create(run.loop, "exhaust");
	run.engine = engine_create(&options);
	run.watch = (struct execution_watch){ .on_ended = on_ended };
	must(engine_start(run.engine, &request, &run.watch, &err) == ERR_OK);
	while (step())
		continue;
	judge_end();
	engine_destroy(run.engine);
	store_destroy(options.store);
	loop_destroy(run.loop);
	runs_n++;
}

/* ---- all of them ---- */

static struct spec *
make_spec(const struct registry *registry)
{
	struct json_object *config = json_object_new_object();
	struct json_object *resources = json_object_new_object();
	struct problems     problems;
	struct spec        *spec;

	for (size_t v = 0; v < run.n; v++) {
		struct json_object *resource = json_object_new_object();
		struct json_object *properties = json_object_new_object();
		struct json_object *needs = json_object_new_array();
		char                name[] = { 'r', (char)('0' + v), '\0' };

		for (size_t u = 0; u < v; u++) {
			char its[] = { 'r', (char)('0' + u), '\0' };

			if (run.needs[v][u])
				json_object_array_add(needs, json_object_new_string(its));
		}
		json_set_str(properties, "name", name);
		json_set_str(resource, "type", "sim:box:global");
		json_set(resource, "properties", properties);
		json_set(resource, "depends_on", needs);
		json_set(resources, name, resource);
	}
	json_set_str(config, "deployment_id", "d");
	json_set(config, "resources", resources);
	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	must(spec != NULL);
	problems_fini(&problems);
	json_object_put(config);
	return spec;
}

static void
run_paths(const struct registry *registry)
{
	path = (struct path){ 0 };
	do
		run_once(registry);
	while (next_path());
}

static void
run_graph(const struct registry *registry)
{
	run.spec = make_spec(registry);
	for (int kind = EXECUTION_APPLY; kind <= EXECUTION_DESTROY; kind++) {
		for (int on_failure = 0; on_failure < ON_FAILURES_N; on_failure++) {
			for (run.fails = 0; run.fails <= NOBODY; run.fails++) {
				run.kind = (enum execution_kind)kind;
				run.on_failure = (enum on_failure)on_failure;
				if (run.fails < run.n ||
				    (run.fails == NOBODY && on_failure == ON_FAILURE_STOP))
					run_paths(registry);
			}
		}
	}
	spec_unref(run.spec);
}

int
main(void)
{
	const char      *srcdir = getenv("srcdir");
	struct registry *registry = registry_create();
	char             folder[4096];
	unsigned         graphs = 0;
	struct err       err;

	log_set_level(LOG_ERROR);
	srcdir = srcdir != NULL ? srcdir : ".";
	snprintf(folder, sizeof(folder), "%s/schemas", srcdir);
	must(plan_setup(folder, &err) == ERR_OK);
	registry_add_provider(registry, &sim);
	registry_add_provider(registry, &vault);
	snprintf(folder, sizeof(folder), "%s/tests/data/sim", srcdir);
	must(registry_load(registry, folder, &err) == ERR_OK);
	for (run.n = 1; run.n <= NODES_MAX; run.n++) {
		size_t edges = run.n * (run.n - 1) / 2;

		for (unsigned bits = 0; bits < 1u << edges; bits++, graphs++) {
			unsigned at = 0;

			for (size_t v = 0; v < run.n; v++) {
				for (size_t u = 0; u < v; u++)
					run.needs[v][u] = (bits & 1u << at++) != 0;
			}
			run_graph(registry);
		}
	}
	registry_destroy(registry);
	plan_teardown();
	printf("exhaust: %llu runs of %u graphs, %u wrong\n", (unsigned long long)runs_n, graphs,
	    wrong_n);
	return wrong_n == 0 ? 0 : 1;
}
