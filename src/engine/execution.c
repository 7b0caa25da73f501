/* SPDX-License-Identifier: Apache-2.0
 * execution.c - the life of an execution, from its lease taken to its lease given back.
 *
 *   beginning ─► running ─► closing ─► releasing ─► ended
 *
 * Each step but running is one store op (closing: the journal's last). A store that is down is asked
 * again for as long as the execution has begun; one that has not is given up after a few tries. */
#include "engine/execution.h"

#include <stdlib.h>
#include <string.h>

#include "engine/record.h"
#include "engine/work.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"

#define BEGIN_TRIES_MAX 3
#define RETRY_US        200000
#define TEXT_MAX        (1024u * 1024 * 1024)
#define RENEWALS        3 /* tries to renew in the life of a lease */

static const char *const kind_names[EXECUTION_KINDS_N] = {
#define X(name, text) [EXECUTION_##name] = text,
	EXECUTION_KINDS(X)
#undef X
};

static const char *const mode_names[MODES_N] = {
#define X(name, text) [MODE_##name] = text,
	EXECUTION_MODES(X)
#undef X
};

static const char *const status_names[STATUSES_N] = {
#define X(name, text) [STATUS_##name] = text,
	EXECUTION_STATUSES(X)
#undef X
};

static void on_step_answered(struct store_op *op);

/* ---- durability ---- */

void
execution_await_durable(struct execution *e, struct node *node)
{
	struct work *work = node->work;

	must(!work->awaits_durable);
	work->awaits_durable = true;
	work->durable_seq = e->journal.seq;
	work->durable_next = NULL;
	*e->durable_tail = node;
	e->durable_tail = &work->durable_next;
}

void
execution_forget_durable(struct execution *e, struct node *node)
{
	if (!node->work->awaits_durable)
		return;
	for (struct node **at = &e->durable_head; *at != NULL; at = &(*at)->work->durable_next) {
		if (*at != node)
			continue;
		*at = node->work->durable_next;
		if (e->durable_tail == &node->work->durable_next)
			e->durable_tail = at;
		return;
	}
}

void
execution_durable(struct execution *e)
{
	if (e->engine->options.feed != NULL && e->mode != MODE_DRY_RUN)
		feed_announce(e->engine->options.feed, &e->key);
	while (
	    e->durable_head != NULL && e->durable_head->work->durable_seq <= e->journal.durable) {
		struct node *node = e->durable_head;

		e->durable_head = node->work->durable_next;
		if (e->durable_head == NULL)
			e->durable_tail = &e->durable_head;
		node->work->awaits_durable = false;
		node_wake(node);
	}
	execution_wake(e);
}

/* ---- telling ---- */

static void
tell_begun(struct execution *e, const struct err *err)
{
	struct execution_watch *next;

	for (struct execution_watch *watch = e->watches; watch != NULL; watch = next) {
		next = watch->next;
		if (watch->on_begun != NULL)
			watch->on_begun(watch, e, err);
	}
}

static void
tell_ended(struct execution *e)
{
	while (e->watches != NULL) {
		struct execution_watch *watch = e->watches;

		execution_unwatch(watch);
		if (watch->on_ended != NULL && e->begun)
			watch->on_ended(watch, e);
	}
}

void
execution_watch(struct execution *e, struct execution_watch *watch)
{
	must(watch->execution == NULL);
	watch->execution = e;
	watch->next = e->watches;
	e->watches = watch;
}

void
execution_unwatch(struct execution_watch *watch)
{
	if (watch->execution == NULL)
		return;
	for (struct execution_watch **at = &watch->execution->watches; *at != NULL;
	     at = &(*at)->next) {
		if (*at == watch) {
			*at = watch->next;
			break;
		}
	}
	watch->execution = NULL;
}

/* ---- steps ---- */

static void
log_status(const struct execution *e)
{
	log_info("execution",
	    "tenant=%s deployment=%s graph=%s execution=%s kind=%s mode=%s status=%s",
	    e->key.tenant, e->key.deployment, e->key.graph, e->id, execution_kind_name(e->kind),
	    execution_mode_name(e->mode), execution_status_name(e->status));
}

static void
ask_store(struct execution *e, enum store_verb verb)
{
	store_op_fini(&e->op);
	e->asking = true;
	e->op = (struct store_op){
		.verb = verb,
		.key = e->key,
		.text = e->text,
		.fence = e->fence,
		.now_ms = loop_wall_ms(execution_loop(e)),
		.execution = e->id,
		.done = on_step_answered,
	};
	store_start(e->engine->options.store, &e->op);
}

static void
set_text(struct execution *e, char *text)
{
	free(e->text);
	e->text = text;
}

static void
start_beginning(struct execution *e)
{
	struct str text;

	e->step = STEP_BEGINNING;
	e->status = STATUS_PENDING;
	str_init(&text, TEXT_MAX);
	record_header(e, &text);
	set_text(e, str_take(&text));
	ask_store(e, STORE_BEGIN);
}

static void
start_running(struct execution *e)
{
	e->step = STEP_RUNNING;
	e->status = STATUS_RUNNING;
	set_text(e, NULL);
	if (e->mode != MODE_DRY_RUN) {
		journal_begin(&e->journal, e->op.seq_out);
		e->fence = e->op.fence_out;
		timer_arm(
		    execution_loop(e), &e->renew, e->engine->options.lease_ms * 1000 / RENEWALS);
	}
	journal_execution(&e->journal);
	log_status(e);
}

static void
start_nodes(struct execution *e)
{
	for (size_t i = 0; i < e->graph->n; i++) {
		if (e->nodes[i].waiting == 0)
			node_wake(&e->nodes[i]);
	}
	tell_begun(e, NULL);
}

/* What a dry run found out, for whoever asked for it. */
static void
make_actions(struct execution *e)
{
	e->actions = xcalloc(e->graph->n, sizeof(*e->actions));
	for (size_t i = 0; i < e->graph->n; i++) {
		const struct node *node = &e->nodes[i];

		e->actions[i] = (struct plan_action){
			.act = (enum plan_act)node->act,
			.diff = node->diff,
			.error = node->state == NODE_FAILED ? node->error->message : NULL,
		};
	}
}

static void
start_closing(struct execution *e)
{
	if (e->mode == MODE_DRY_RUN)
		make_actions(e);
	e->step = STEP_CLOSING;
	e->completed_ms = loop_wall_ms(execution_loop(e));
	e->status = e->failed > 0 ? STATUS_FAILED : STATUS_COMPLETED;
	journal_execution(&e->journal);
	log_status(e);
}

/* No answer is waited for any more. */
static void
forget_store(struct execution *e)
{
	if (e->asking)
		store_forget(e->engine->options.store, &e->op);
	if (e->renew_op.verb != STORE_VERBS_N)
		store_forget(e->engine->options.store, &e->renew_op);
	e->asking = false;
	e->renew_op.verb = STORE_VERBS_N;
	timer_disarm(execution_loop(e), &e->retry);
	timer_disarm(execution_loop(e), &e->renew);
}

static void
finish(struct execution *e)
{
	e->step = STEP_ENDED;
	forget_store(e);
	tell_ended(e);
	engine_remove(e);
}

static void
give_up(struct execution *e, enum err_code code, const char *why)
{
	struct err err;

	err_set(&err, code, "%s", why);
	if (!e->begun)
		tell_begun(e, &err);
	finish(e);
}

/* ---- answers of the store ---- */

static bool
is_passing(enum store_result result)
{
	return result == STORE_DOWN || result == STORE_UNKNOWN || result == STORE_FAILED;
}

static void
take_begin(struct execution *e)
{
	if (e->op.result == STORE_EXISTS)
		give_up(e, ERR_BUSY, "another process runs an execution of this deployment");
	else
		start_running(e);
}

/* The task has woken and the step's op is answered. */
static void
take_answer(struct execution *e)
{
	bool has_begun = e->step != STEP_BEGINNING;

	if (is_passing(e->op.result) && (has_begun || e->tries < BEGIN_TRIES_MAX)) {
		e->tries++;
		timer_arm(execution_loop(e), &e->retry, RETRY_US);
		return;
	}
	e->tries = 0;
	if (is_passing(e->op.result)) {
		give_up(e, ERR_STORE_DOWN, store_result_name(e->op.result));
		return;
	}
	switch (e->step) {
	case STEP_BEGINNING: take_begin(e); return;
	case STEP_RELEASING: finish(e); return;
	case STEP_RUNNING:
	case STEP_CLOSING:
	case STEP_ENDED: break;
	}
	must(!"no op belongs to this step");
}

static void
on_step_answered(struct store_op *op)
{
	struct execution *e = container_of(op, struct execution, op);

	e->asking = false;
	take_answer(e);
}

static void
on_retry(struct timer *timer)
{
	struct execution *e = container_of(timer, struct execution, retry);

	ask_store(e, e->op.verb);
}

/* ---- the lease ---- */

static void
on_renewed(struct store_op *op)
{
	struct execution *e = container_of(op, struct execution, renew_op);
	bool              fenced = op->result == STORE_FENCED;

	store_op_fini(op);
	op->verb = STORE_VERBS_N;
	if (fenced)
		execution_lose(e);
}

static void
on_renew(struct timer *timer)
{
	struct execution *e = container_of(timer, struct execution, renew);

	timer_arm(execution_loop(e), &e->renew, e->engine->options.lease_ms * 1000 / RENEWALS);
	if (e->renew_op.verb != STORE_VERBS_N)
		return; /* the last one is not answered yet */
	e->renew_op = (struct store_op){
		.verb = STORE_RENEW,
		.key = e->key,
		.fence = e->fence,
		.done = on_renewed,
	};
	store_start(e->engine->options.store, &e->renew_op);
}

void
execution_lose(struct execution *e)
{
	if (e->lost)
		return;
	e->lost = true;
	log_error("execution.lost", "graph=%s execution=%s why=\"another process holds the lease\"",
	    e->key.graph, e->id);
	for (size_t i = 0; i < e->graph->n; i++)
		work_destroy(&e->nodes[i]);
	execution_wake(e);
}

/* ---- running ---- */

bool
execution_admits(const struct execution *e)
{
	return !e->lost && e->step == STEP_RUNNING &&
	       (e->failed == 0 || e->on_failure == ON_FAILURE_CONTINUE);
}

static bool
is_done(const struct execution *e)
{
	return e->active == 0 && e->blocking == 0 && (e->ready == 0 || !execution_admits(e));
}

/* Looks whether there is a next step. */
static void
on_task(struct task *task)
{
	struct execution *e = container_of(task, struct execution, task);
	bool              all_durable = e->journal.durable == e->journal.seq;

	if (e->step == STEP_ENDED)
		return;
	if (e->lost) {
		give_up(e, ERR_BUSY, "another process has taken this execution over");
		return;
	}
	if (e->step == STEP_RUNNING && !e->begun && e->journal.durable > e->journal.seq_before) {
		e->begun = true;
		start_nodes(e);
	} else if (e->step == STEP_RUNNING && e->begun && is_done(e)) {
		start_closing(e);
	} else if (e->step == STEP_CLOSING && all_durable && e->mode == MODE_DRY_RUN) {
		finish(e);
	} else if (e->step == STEP_CLOSING && all_durable && !e->asking) {
		e->step = STEP_RELEASING;
		timer_disarm(execution_loop(e), &e->renew);
		ask_store(e, STORE_FINISH);
	}
}

void
execution_wake(struct execution *e)
{
	task_wake(execution_loop(e), &e->task);
}

/* ---- making and ending ---- */

struct execution *
execution_create(struct engine *engine, struct execution_request *request)
{
	struct execution  *e = xcalloc(1, sizeof(*e));
	const struct spec *spec = request->spec;

	e->engine = engine;
	e->kind = request->kind;
	e->mode = request->mode;
	e->on_failure = request->on_failure;
	e->created_ms = loop_wall_ms(engine->options.loop);
	strncpy(e->actor, request->actor, sizeof(e->actor) - 1);
	must(store_key_set(&e->key, spec->tenant, spec->deployment_id, spec->graph_id));
	memcpy(e->credentials, request->credentials, sizeof(e->credentials));
	e->credentials_n = request->credentials_n;
	e->graph = graph_create(request->spec, request->kind == EXECUTION_DESTROY);
	spec_unref(request->spec);
	e->nodes = xcalloc(e->graph->n, sizeof(*e->nodes));
	e->durable_tail = &e->durable_head;
	e->renew_op.verb = STORE_VERBS_N;
	journal_init(&e->journal, e);
	task_init(&e->task, on_task);
	timer_init(&e->retry, on_retry);
	timer_init(&e->renew, on_renew);
	for (size_t i = 0; i < e->graph->n; i++)
		node_init(&e->nodes[i], e, e->graph->in_n[i]);
	return e;
}

void
execution_begin(struct execution *e)
{
	if (e->mode == MODE_DRY_RUN)
		start_running(e);
	else
		start_beginning(e);
}

void
execution_destroy(struct execution *e)
{
	for (size_t i = 0; i < e->graph->n; i++)
		node_fini(&e->nodes[i]);
	journal_fini(&e->journal);
	forget_store(e);
	store_op_fini(&e->op);
	task_cancel(execution_loop(e), &e->task);
	for (size_t i = 0; i < e->credentials_n; i++)
		e->credentials[i].provider->close(e->credentials[i].credentials);
	while (e->watches != NULL)
		execution_unwatch(e->watches);
	graph_destroy(e->graph);
	free(e->text);
	free(e->actions);
	free(e->nodes);
	free(e);
}

/* ---- facts ---- */

struct loop *
execution_loop(const struct execution *e)
{
	return e->engine->options.loop;
}

struct provider *
execution_provider(struct execution *e, const struct resource_type *type)
{
	struct provider *provider = registry_provider(e->engine->options.registry, type->provider);

	must(provider != NULL);
	return provider;
}

struct credentials *
execution_credentials(struct execution *e, const struct provider *provider)
{
	for (size_t i = 0; i < e->credentials_n; i++) {
		if (e->credentials[i].provider == provider)
			return e->credentials[i].credentials;
	}
	return NULL;
}

const struct graph *
execution_graph(const struct execution *e)
{
	return e->graph;
}

const struct store_key *
execution_key(const struct execution *e)
{
	return &e->key;
}

const char *
execution_id(const struct execution *e)
{
	return e->id;
}

enum execution_status
execution_status(const struct execution *e)
{
	return e->status;
}

const struct plan_action *
execution_actions(const struct execution *e)
{
	return e->actions;
}

const char *
execution_kind_name(enum execution_kind kind)
{
	must(kind < EXECUTION_KINDS_N);
	return kind_names[kind];
}

const char *
execution_mode_name(enum execution_mode mode)
{
	must(mode < MODES_N);
	return mode_names[mode];
}

const char *
execution_status_name(enum execution_status status)
{
	must(status < STATUSES_N);
	return status_names[status];
}
