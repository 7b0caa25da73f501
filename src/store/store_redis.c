/* SPDX-License-Identifier: Apache-2.0
 * store_redis.c - the store in Redis: ops out over the link, step by step, and answers back.
 *
 *   waiting ──► (window has room) ──► flying, one step, in order ──► answered ──► done()
 *      │              ▲                   │    │                         ▲
 *      │              └─ the next step ───┘    └── link lost: UNKNOWN ───┤
 *      └── link down: STORE_DOWN ────────────────────────────────────────┘
 *
 * What the link hears is copied into the op at once; everything else is done in the one task. */
#include "store/store_redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop_ev.h"
#include "store/redis_link.h"
#include "store/redis_verbs.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define CALLS_MAX       512       /* in flight, */
#define CALLS_BYTES_MAX (4 << 20) /* unless one op alone is larger */

/* One op on its way. It outlives an op that is forgotten: the answer still comes. */
struct call {
	struct call        *next;
	struct store_redis *redis;
	struct store_op    *op; /* NULL: forgotten */
	size_t              bytes;
	size_t              step;
	bool                whole_script; /* it was not known there */
};

struct calls {
	struct call *head, **tail;
	size_t       n;
};

struct store_redis {
	struct store       store;
	struct loop       *loop;
	struct redis_link *link;
	char              *owner;
	char               lease_ms[REDIS_NUMBER_SIZE];
	struct task        task;
	struct calls       waiting, going_on, flying; /* not begun; between two steps; in flight */
	struct store_queue answered;
	size_t             bytes; /* of those in flight */
	struct redis_say   say;
};

static void
op_answer(struct store_redis *redis, struct store_op *op, enum store_result result)
{
	must(result != STORE_PENDING);
	op->impl = NULL;
	op->result = result;
	store_queue_push(&redis->answered, op);
	task_wake(redis->loop, &redis->task);
}

/* ---- calls ---- */

static void
calls_init(struct calls *calls)
{
	calls->tail = &calls->head;
}

static void
calls_push(struct calls *calls, struct call *call)
{
	call->next = NULL;
	*calls->tail = call;
	calls->tail = &call->next;
	calls->n++;
}

static struct call *
calls_pop(struct calls *calls)
{
	struct call *call = calls->head;

	if (call == NULL)
		return NULL;
	calls->head = call->next;
	if (calls->head == NULL)
		calls->tail = &calls->head;
	calls->n--;
	return call;
}

/* The op is over, or was forgotten. */
static void
call_end(struct call *call, enum store_result result)
{
	if (call->op != NULL)
		op_answer(call->redis, call->op, result);
	free(call);
}

/* ---- answers ---- */

/* How an error that Redis answers begins, and what it means. Any other is STORE_FAILED. */
static const struct error_row {
	const char *prefix;
	bool        is_sick; /* this Redis can't serve us for now; nothing was done */
	bool        is_unknown_script;
} errors[] = {
	{ "NOSCRIPT ", false, true },
	{ "LOADING ", true, false },
	{ "READONLY ", true, false },
	{ "MASTERDOWN ", true, false },
	{ "CLUSTERDOWN ", true, false },
	{ "NOAUTH ", true, false },
};

static void
call_hear_error(struct call *call, const char *text)
{
	static const struct error_row other = { 0 };
	const struct error_row       *row = &other;

	for (size_t i = 0; i < array_len(errors); i++) {
		if (str_starts(text, errors[i].prefix))
			row = &errors[i];
	}
	if (row->is_unknown_script && !call->whole_script) {
		call->whole_script = true;
		calls_push(&call->redis->going_on, call);
		return;
	}
	snprintf(call->op->error, sizeof(call->op->error), "%s", text);
	if (row->is_sick)
		redis_link_leave(call->redis->link, text);
	call_end(call, row->is_sick ? STORE_DOWN : STORE_FAILED);
}

/* In the order of the calls. */
static void
on_heard(void *token, const struct redis_value *value)
{
	struct call             *call = token;
	struct store_redis      *redis = call->redis;
	const struct redis_step *step;

	must(redis->flying.head == call);
	calls_pop(&redis->flying);
	redis->bytes -= call->bytes;
	task_wake(redis->loop, &redis->task); /* there is room for another */
	if (value == NULL || call->op == NULL) {
		call_end(call, STORE_UNKNOWN);
		return;
	}
	if (value->kind == REDIS_KIND_ERROR) {
		call_hear_error(call, value->text);
		return;
	}
	step = redis_verb_step(call->op->verb, call->step++);
	call->whole_script = false;
	if (step->hear(call->op, value))
		calls_push(&redis->going_on, call);
	else
		call_end(call, call->op->result);
}

/* ---- commands ---- */

static void
say_script(struct store_redis *redis, const struct call *call, enum redis_script script)
{
	redis_say_text(&redis->say, call->whole_script ? "EVAL" : "EVALSHA");
	redis_say_text(&redis->say, call->whole_script ? redis_script_text(script)
						       : redis_link_script(redis->link, script));
}

/* Puts the call's next step together. False: it has no more. */
static bool
call_say(struct call *call)
{
	struct store_redis      *redis = call->redis;
	struct redis_ask         ask = { call->op, redis->owner, redis->lease_ms };
	const struct redis_step *step;

	for (; (step = redis_verb_step(call->op->verb, call->step)) != NULL; call->step++) {
		redis_say_clear(&redis->say);
		if (step->script != REDIS_SCRIPTS_N)
			say_script(redis, call, step->script);
		if (step->say(&redis->say, &ask))
			return true;
	}
	return false;
}

static void
call_send(struct call *call)
{
	struct store_redis *redis = call->redis;

	if (call->op == NULL || !call_say(call)) {
		call_end(call, call->op != NULL ? call->op->result : STORE_UNKNOWN);
		return;
	}
	call->bytes = redis->say.bytes;
	redis->bytes += call->bytes;
	calls_push(&redis->flying, call);
	redis_link_send(redis->link, &redis->say, call);
}

static bool
window_has_room(const struct store_redis *redis)
{
	return redis->flying.n == 0 ||
	       (redis->flying.n < CALLS_MAX && redis->bytes < CALLS_BYTES_MAX);
}

static void
calls_fill(struct store_redis *redis)
{
	while (redis->going_on.n > 0 && window_has_room(redis))
		call_send(calls_pop(&redis->going_on));
	while (redis->waiting.n > 0 && window_has_room(redis))
		call_send(calls_pop(&redis->waiting));
}

/* Of what goes on, a part has happened. */
static void
calls_refuse(struct store_redis *redis)
{
	struct call *call;

	while ((call = calls_pop(&redis->going_on)) != NULL)
		call_end(call, STORE_UNKNOWN);
	while ((call = calls_pop(&redis->waiting)) != NULL)
		call_end(call, STORE_DOWN);
}

/* ---- the task ---- */

static void
redis_run(struct task *task)
{
	struct store_redis *redis = container_of(task, struct store_redis, task);
	struct store_op    *op;

	if (redis_link_is_up(redis->link))
		calls_fill(redis);
	else
		calls_refuse(redis);
	/* What done() starts while the link is down is answered when the task runs again. */
	for (size_t n = redis->answered.n; n > 0 && (op = store_queue_pop(&redis->answered)); n--)
		op->done(op);
}

static void
on_changed(void *arg)
{
	struct store_redis *redis = arg;

	task_wake(redis->loop, &redis->task);
}

/* ---- the store ---- */

static void
redis_start(struct store *store, struct store_op *op)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);
	struct call        *call = xcalloc(1, sizeof(*call));

	call->redis = redis;
	call->op = op;
	op->impl = call;
	calls_push(&redis->waiting, call);
	task_wake(redis->loop, &redis->task);
}

static void
redis_forget(struct store *store, struct store_op *op)
{
	struct call *call = op->impl;

	if (call != NULL)
		call->op = NULL;
	else
		store_queue_drop(&container_of(store, struct store_redis, store)->answered, op);
}

static bool
redis_is_up(const struct store *store)
{
	return redis_link_is_up(((const struct store_redis *)store)->link);
}

static void
calls_forget(struct calls *calls)
{
	for (struct call *call = calls->head; call != NULL; call = call->next)
		call->op = NULL;
}

static void
redis_destroy(struct store *store)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);

	calls_forget(&redis->waiting);
	calls_forget(&redis->going_on);
	calls_forget(&redis->flying);
	redis_link_destroy(redis->link);
	must(redis->flying.n == 0);
	calls_refuse(redis);
	task_cancel(redis->loop, &redis->task);
	redis_say_fini(&redis->say);
	free(redis->owner);
	free(redis);
}

static const struct redis_link_user link_user = { on_heard, on_changed };

struct store *
store_redis_create(struct loop_ev *ev, const struct store_redis_options *options, struct err *err)
{
	struct store_redis *redis = xcalloc(1, sizeof(*redis));

	must(options->lease_ms > 0);
	must(options->owner[0] != '\0');
	must(strchr(options->owner, ' ') == NULL); /* a lease is "owner fence" */
	redis->link =
	    redis_link_create(ev, options->url, options->patience_ms, &link_user, redis, err);
	if (redis->link == NULL) {
		free(redis);
		return NULL;
	}
	redis->store = (struct store){
		.start = redis_start,
		.forget = redis_forget,
		.is_up = redis_is_up,
		.destroy = redis_destroy,
	};
	redis->loop = loop_ev_loop(ev);
	redis->owner = xstrdup(options->owner);
	snprintf(redis->lease_ms, sizeof(redis->lease_ms), "%lld", (long long)options->lease_ms);
	calls_init(&redis->waiting);
	calls_init(&redis->going_on);
	calls_init(&redis->flying);
	task_init(&redis->task, redis_run);
	return &redis->store;
}

const char *
store_redis_why(const struct store *store)
{
	return redis_link_why(((const struct store_redis *)store)->link);
}
