/* SPDX-License-Identifier: Apache-2.0
 * planted.c - the test of the test: mistakes planted in the engine, each of which some judge must find.
 *
 * This program is linked with --wrap for each function below, so that the engine's calls of f() from another file come
 * to __wrap_f(), which does the wrong thing while its mistake is the planted one. The engine itself knows nothing of it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/cleanup.h"
#include "engine/decide.h"
#include "engine/execution.h"
#include "engine/held.h"
#include "engine/node_states.h"
#include "engine/record.h"
#include "engine/resolve.h"
#include "engine/selection.h"
#include "engine/tags.h"
#include "engine/work.h"
#include "plan/change.h"
#include "plan/config.h"
#include "plan/diff.h"
#include "seed.h"
#include "util/check.h"
#include "util/json.h"

#define SEEDS_MAX 20000
#define HANG_S    20

/* name, what is wrong, the judges that may find it first */
#define MISTAKES(X)                                                                           \
	X(INTENT, "a call does not wait until its intent is durable", "G1")                   \
	X(AWAIT, "nobody waits for the journal", "G1 G7")                                     \
	X(LEASE, "the lease is always thought to be held", "G1 G2")                           \
	X(DRAIN, "calls leave a process that drains, or has no lease", "G2")                  \
	X(CERTAIN, "a call without an answer is thought to have had no effect", "G2 G3 G4")   \
	X(HASTE, "what a lost call did is looked for at once", "G2 G3 G4")                    \
	X(BLIND, "a second try does not look first", "G2 G3 G4 tries")                        \
	X(IMPATIENT, "a try follows the last one without waiting", "tries")                   \
	X(UNSAID, "the event of a call that leaves is not written", "G7 G1")                  \
	X(UNENDED, "the last event of an execution is not written", "G7 liveness")            \
	X(FORGET, "what is taken up has forgotten what it may have done", "G1 G2 G3 G4 told") \
	X(STAY, "a failure rolls nothing back", "G3")                                         \
	X(UNDO, "a rollback finds nothing to undo", "G3")                                     \
	X(RETAGGED, "a rollback leaves the tags of the new version", "G3")                    \
	X(STEP, "a step is as many nodes as are ready", "pause")                              \
	X(GATES, "pauses and ends are passed", "pause")                                       \
	X(ADMIT, "nodes start whatever has happened", "pause stop G7")                        \
	X(WIDE, "a window has room for one more", "window")                                   \
	X(HOLD, "slots are not given back", "liveness must")                                  \
	X(NAKED, "calls carry no credentials", "credentials")                                 \
	X(UNHELD, "who is held to a plan decides anew", "G5")                                 \
	X(SAME, "nothing ever differs from the config", "G3")                                 \
	X(NAMELESS, "outputs are not recorded", "G4")                                         \
	X(UNWOKEN, "who waits for the journal is not woken", "liveness")                      \
	X(UNLEASED, "the lease is not known to have begun", "liveness")                       \
	X(REPEAT, "what completed is told twice", "G7")                                       \
	X(TRUSTING, "what is not listed by its tags is in sync", "verify")                    \
	X(UNHEARD, "the list of what has our tags is waited for for ever", "liveness")        \
	X(UNPROVED, "a destroy waits for ever for what else there is", "liveness")            \
	X(LEFT, "what was seen gone is taken for left", "proof")                              \
	X(HURRIED, "what replaces is made before the old one is gone", "G2")                  \
	X(AGAIN, "what was made by a lost call is replaced once more", "goes")                \
	X(FORGOTTEN, "who goes on with it has forgotten that it replaces", "told G3")         \
	X(REPLACED, "a rollback takes away what has replaced something", "G3")                \
	X(PROTECTED, "what is protected is deleted", "goes")                                  \
	X(UNLEFT, "what is left is looked at, and made so", "goes")                           \
	X(TURNED, "what goes is deleted before what refers to it", "goes must")               \
	X(EARLY, "what goes waits for nothing that may fail yet", "goes")                     \
	X(ALL, "all is run, whatever was selected", "only")                                   \
	X(RESELECT, "who goes on with it has forgotten what was selected", "only")            \
	X(LATE, "what is begun knows nothing of the newest execution", "G2 change")           \
	X(DROPPED, "what a config no longer names is forgotten", "change")                    \
	X(PRUNED, "what a config no longer names is deleted unasked", "change")               \
	X(UNPRUNED, "what was left before is not pruned", "change")

enum mistake {
#define X(name, what, laws) MISTAKE_##name,
	MISTAKES(X)
#undef X
	    MISTAKES_N
};

static const struct planted {
	const char *name, *what, *laws;
} mistakes[MISTAKES_N] = {
#define X(name, what, laws) [MISTAKE_##name] = { #name, what, laws },
	MISTAKES(X)
#undef X
};

static enum mistake planted = MISTAKES_N;

/* ---- the mistakes ---- */

/* The real function is what the engine would have called. */
#define WRAP(type, f, params)   \
	type __real_##f params; \
	type __wrap_##f params; \
	type __wrap_##f params

WRAP(bool, node_is_durable, (const struct node *node))
{
	return planted == MISTAKE_INTENT || __real_node_is_durable(node);
}

WRAP(void, execution_await_durable, (struct execution * e, struct node *node))
{
	if (planted != MISTAKE_AWAIT)
		__real_execution_await_durable(e, node);
	else
		node_wake(node);
}

WRAP(bool, lease_is_ours, (const struct execution *e))
{
	return planted == MISTAKE_LEASE || __real_lease_is_ours(e);
}

WRAP(bool, execution_may_call, (const struct execution *e))
{
	return planted == MISTAKE_DRAIN || __real_execution_may_call(e);
}

WRAP(void, leave_calling, (struct node * node))
{
	bool doubtful = node->doubtful;

	__real_leave_calling(node);
	if (planted == MISTAKE_CERTAIN && !doubtful)
		node->doubtful = false;
}

WRAP(void, node_doubt, (struct node * node))
{
	__real_node_doubt(node);
	if (planted == MISTAKE_HASTE)
		node->doubt_until_us = 0;
}

WRAP(void, resolve_begin, (struct node * node))
{
	struct work *work = node->work;

	if (planted == MISTAKE_HURRIED && work->act == PLAN_REPLACE && work->looked == OP_OK) {
		json_object_put(work->found);
		work->found = NULL;
		work->act = PLAN_CREATE;
		node_wake(node);
		return;
	}
	if (planted != MISTAKE_BLIND || node->attempt == 0 || node->work->looked != OP_OK)
		__real_resolve_begin(node);
	else
		node_wake(node);
}

WRAP(void, enter_backoff, (struct node * node))
{
	__real_enter_backoff(node);
	if (planted == MISTAKE_IMPATIENT) {
		timer_disarm(execution_loop(node->execution), &node->work->timer);
		node_wake(node);
	}
}

WRAP(void, journal_node, (struct journal * journal, struct node *node))
{
	if (planted == MISTAKE_UNSAID && node->state == NODE_CALLING)
		return;
	__real_journal_node(journal, node);
	if (planted == MISTAKE_REPEAT && node->state == NODE_COMPLETED)
		__real_journal_node(journal, node);
}

WRAP(void, journal_execution, (struct journal * journal))
{
	if (planted != MISTAKE_UNENDED || journal->execution->step != STEP_CLOSING)
		__real_journal_execution(journal);
}

WRAP(enum restored, execution_restore,
    (struct execution * e, const struct store_item *items, size_t n, struct err *err))
{
	enum restored restored = __real_execution_restore(e, items, n, err);

	for (size_t v = 0; planted == MISTAKE_FORGET && v < e->graph->n; v++) {
		e->nodes[v].doubtful = e->nodes[v].acted = false;
		e->nodes[v].attempt = 0;
	}
	for (size_t v = 0; planted == MISTAKE_FORGOTTEN && v < e->graph->n; v++) {
		if (e->nodes[v].act == PLAN_REPLACE)
			e->nodes[v].attempt = 0;
	}
	for (size_t v = 0; planted == MISTAKE_RESELECT && v < e->graph->n; v++)
		e->nodes[v].skip = false;
	return restored;
}

WRAP(bool, rollback_is_needed, (const struct execution *e))
{
	return planted != MISTAKE_STAY && __real_rollback_is_needed(e);
}

WRAP(void, rollback_begin, (struct execution * e))
{
	for (size_t v = 0; planted == MISTAKE_REPLACED && v < e->graph->n; v++) {
		if (e->nodes[v].act == PLAN_REPLACE)
			e->nodes[v].act = PLAN_CREATE;
	}
	__real_rollback_begin(e);
	for (size_t v = 0; planted == MISTAKE_UNDO && v < e->graph->n; v++)
		e->nodes[v].undo = UNDO_NOTHING;
}

WRAP(void, tags_restore, (struct node * node))
{
	if (planted != MISTAKE_RETAGGED)
		__real_tags_restore(node);
}

WRAP(bool, admission_of, (const struct node *node))
{
	return planted == MISTAKE_STEP || __real_admission_of(node);
}

WRAP(void, admission_init, (struct execution * e))
{
	__real_admission_init(e);
	for (size_t v = 0; planted == MISTAKE_GATES && v < e->graph->n; v++)
		e->nodes[v].gates = 0;
	for (size_t i = 0; planted == MISTAKE_GATES && i < e->graph->stops_n; i++)
		e->admission.open[i] = true;
}

WRAP(bool, execution_admits, (const struct execution *e))
{
	return planted == MISTAKE_ADMIT || __real_execution_admits(e);
}

WRAP(void, slot_want,
    (struct windows * windows, struct slot *slot, const char *name, unsigned size,
	const char *tenant))
{
	__real_slot_want(windows, slot, name, size + (planted == MISTAKE_WIDE), tenant);
}

WRAP(void, slot_drop, (struct slot * slot))
{
	if (planted != MISTAKE_HOLD || slot->state != SLOT_HELD)
		__real_slot_drop(slot);
}

WRAP(struct credentials *, execution_credentials,
    (const struct execution *e, const struct provider *provider))
{
	return planted == MISTAKE_NAKED ? NULL : __real_execution_credentials(e, provider);
}

WRAP(bool, held_refuses_found, (struct node * node))
{
	return planted != MISTAKE_UNHELD && __real_held_refuses_found(node);
}

WRAP(bool, held_refuses_act, (struct node * node))
{
	return planted != MISTAKE_UNHELD && __real_held_refuses_act(node);
}

WRAP(bool, diff_is_empty, (const struct diff *diff))
{
	return planted == MISTAKE_SAME || __real_diff_is_empty(diff);
}

WRAP(void, record_node, (const struct node *node, struct str *out))
{
	struct node *its = (struct node *)(uintptr_t)node;
	char        *outputs = node->outputs;

	if (planted == MISTAKE_NAMELESS)
		its->outputs = NULL;
	__real_record_node(node, out);
	its->outputs = outputs;
}

WRAP(bool, decide_by_tags, (struct node * node, struct json_object *tags))
{
	if (planted != MISTAKE_TRUSTING || tags != NULL)
		return __real_decide_by_tags(node, tags);
	node->work->looked = OP_OK;
	node->work->act = PLAN_NO_OP;
	node->act = PLAN_NO_OP;
	return true;
}

WRAP(bool, sweeps_are_answered, (struct sweeps * sweeps, const struct node *node))
{
	return __real_sweeps_are_answered(sweeps, node) && planted != MISTAKE_UNHEARD;
}

WRAP(bool, sweeps_are_all_answered, (struct sweeps * sweeps))
{
	return __real_sweeps_are_all_answered(sweeps) && planted != MISTAKE_UNPROVED;
}

WRAP(const char *, keyring_account,
    (const struct keyring *keyring, const struct credentials *credentials))
{
	static const char *const others[] = { "one", "other" };
	static unsigned          n;

	if (planted != MISTAKE_LEFT)
		return __real_keyring_account(keyring, credentials);
	return others[n++ % array_len(others)];
}

WRAP(void, execution_durable, (struct execution * e))
{
	if (planted != MISTAKE_UNWOKEN)
		__real_execution_durable(e);
}

WRAP(void, lease_begin, (struct execution * e, int64_t sent_us))
{
	if (planted != MISTAKE_UNLEASED)
		__real_lease_begin(e, sent_us);
}

/* ---- what replaces, goes, is protected, is left, is selected ---- */

WRAP(enum node_state, decide_settling, (const struct node *node))
{
	if (planted == MISTAKE_HURRIED && node->work->act == PLAN_REPLACE)
		return NODE_RESOLVING;
	return __real_decide_settling(node);
}

WRAP(void, decide_act, (struct node * node))
{
	struct work *work = node->work;

	__real_decide_act(node);
	if (planted == MISTAKE_PROTECTED && work->looked == OP_INVALID && work_takes_away(work)) {
		work->looked = OP_OK;
		node->act = (uint8_t)work->act;
	}
	if (planted == MISTAKE_AGAIN && node->attempt > 0 && node->act == PLAN_REPLACE &&
	    work->looked == OP_OK && work->act == PLAN_NO_OP)
		work->act = PLAN_REPLACE;
}

WRAP(bool, decide_unseen, (struct node * node))
{
	return planted != MISTAKE_UNLEFT && __real_decide_unseen(node);
}

WRAP(void, cleanup_defer, (struct execution * e))
{
	if (planted != MISTAKE_EARLY)
		__real_cleanup_defer(e);
}

WRAP(void, config_read_edges, (struct config * config))
{
	__real_config_read_edges(config);
	for (size_t i = 0; planted == MISTAKE_TURNED && i < config->edges_n; i++) {
		struct spec_edge *edge = &config->edges[i];
		size_t            from = edge->from;

		if (!spec_node_is_leaving(&config->nodes[edge->from]) ||
		    !spec_node_is_leaving(&config->nodes[edge->to]))
			continue;
		edge->from = edge->to;
		edge->to = from;
	}
}

WRAP(void, selection_apply, (struct execution * e))
{
	if (planted != MISTAKE_ALL)
		__real_selection_apply(e);
}

WRAP(enum err_code, engine_start,
    (struct engine * engine, struct execution_request *request, struct execution_watch *watch,
	struct err *err))
{
	if (planted == MISTAKE_LATE)
		request->newest = NULL;
	return __real_engine_start(engine, request, watch, err);
}

WRAP(struct json_object *, change_names,
    (const struct spec *spec, const struct spec *base, bool prune))
{
	return __real_change_names(spec, base, prune && planted != MISTAKE_UNPRUNED);
}

WRAP(struct json_object *, change_config, (const struct change *change))
{
	struct change its = *change;

	if (planted == MISTAKE_DROPPED)
		return NULL;
	its.prune |= planted == MISTAKE_PRUNED;
	its.prune &= planted != MISTAKE_UNPRUNED;
	return __real_change_config(&its);
}

/* ---- finding them ---- */

struct finding {
	pid_t    pid;
	uint64_t seed;                  /* it is at */
	char     verdict[VERDICT_SIZE]; /* "": none */
};

static void
look(struct finding *finding, enum mistake mistake)
{
	struct coverage coverage = { 0 };

	planted = mistake;
	for (uint64_t seed = 1; seed <= SEEDS_MAX && finding->verdict[0] == '\0'; seed++) {
		finding->seed = seed;
		alarm(HANG_S);
		(void)seed_run(seed, &coverage, false, finding->verdict);
	}
}

static void
start(struct finding *finding, enum mistake mistake)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		look(finding, mistake);
		_exit(0);
	}
	finding->pid = pid;
}

/* The engine's own must() is a judge as well. */
static void
wait_for(struct finding *finding)
{
	int status;

	must(waitpid(finding->pid, &status, 0) == finding->pid);
	if (WIFSIGNALED(status))
		snprintf(finding->verdict, sizeof(finding->verdict), "%s: signal %d",
		    WTERMSIG(status) == SIGABRT ? "must" : "died", WTERMSIG(status));
}

/* The verdict begins with one of the laws, and a colon. */
static bool
is_expected(const struct finding *finding, const char *laws)
{
	size_t len = strcspn(finding->verdict, ":");

	for (const char *at = laws; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
		if (strcspn(at, " ") == len && strncmp(at, finding->verdict, len) == 0)
			return true;
	}
	return false;
}

static bool
report(const struct finding *finding, const struct planted *mistake)
{
	bool caught = is_expected(finding, mistake->laws);

	printf("%-10s %s: %s: seed %llu: %s\n", mistake->name, mistake->what,
	    caught ? "caught" : "NOT CAUGHT", (unsigned long long)finding->seed, finding->verdict);
	return caught;
}

int
main(void)
{
	const char     *srcdir = getenv("srcdir");
	long            cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t          most = cores > 1 ? (size_t)cores : 1, caught = 0;
	struct finding *findings = mmap(NULL, MISTAKES_N * sizeof(*findings),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(findings != MAP_FAILED);
	world_setup(srcdir != NULL ? srcdir : ".");
	for (size_t i = 0; i < MISTAKES_N + most; i++) {
		if (i >= most)
			wait_for(&findings[i - most]);
		if (i >= most)
			caught += report(&findings[i - most], &mistakes[i - most]);
		if (i < MISTAKES_N)
			start(&findings[i], (enum mistake)i);
	}
	world_teardown();
	printf("planted: %zu of %d caught\n", caught, MISTAKES_N);
	return caught == MISTAKES_N ? 0 : 1;
}
