/* SPDX-License-Identifier: Apache-2.0
 * store_redis.c - the store in Redis: ops out over the link, answers back in order.
 *
 *   waiting ──► (window has room) ──► calls, in flight, in order ──► answered ──► done()
 *      │                                 │                              ▲
 *      └── link down: STORE_DOWN ────────┴── link lost: STORE_UNKNOWN ──┘
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

/* One op in flight. It outlives an op that is forgotten: the answer still comes. */
struct call {
	struct call        *next;
	struct store_redis *redis;
	struct store_op    *op; /* NULL: forgotten */
	size_t              bytes;
	int                 step, steps;
	enum store_result   refused; /* STORE_PENDING: by no step */
	bool                lost;    /* the link went down before the answer */
	bool                repeat;  /* the script was not known there */
};

struct store_redis {
	struct store       store;
	struct loop       *loop;
	struct redis_link *link;
	char              *owner;
	char               lease_ms[REDIS_NUMBER_SIZE];
	struct task        task;
	struct store_queue waiting, repeats, answered;
	struct call       *calls, **calls_tail;
	size_t             calls_n, calls_bytes;
	struct redis_say   say;
};

static void
op_answer(struct store_redis *redis, struct store_op *op, enum store_result result)
{
	op->result = result;
	store_queue_push(&redis->answered, op);
	task_wake(redis->loop, &redis->task);
}

/* ---- calls ---- */

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
	snprintf(call->op->error, sizeof(call->op->error), "%s", text);
	call->refused = STORE_FAILED;
	for (size_t i = 0; i < array_len(errors); i++) {
		if (!str_starts(text, errors[i].prefix))
			continue;
		call->repeat = errors[i].is_unknown_script;
		if (!errors[i].is_sick)
			continue;
		call->refused = STORE_DOWN;
		redis_link_leave(call->redis->link, text);
	}
}

/* The last step was heard. Answers come in the order of the calls. */
static void
call_end(struct call *call)
{
	struct store_redis *redis = call->redis;
	struct store_op    *op = call->op;

	must(redis->calls == call);
	redis->calls = call->next;
	if (redis->calls == NULL)
		redis->calls_tail = &redis->calls;
	redis->calls_n--;
	redis->calls_bytes -= call->bytes;
	task_wake(redis->loop, &redis->task); /* there is room for another */
	if (op != NULL && call->lost)
		op_answer(redis, op, STORE_UNKNOWN);
	else if (op != NULL && call->repeat)
		store_queue_push(&redis->repeats, op);
	else if (op != NULL)
		op_answer(redis, op, call->refused != STORE_PENDING ? call->refused : op->result);
	must(op == NULL || call->repeat || op->result != STORE_PENDING);
	free(call);
}

static void
on_heard(void *token, const struct redis_value *value)
{
	struct call *call = token;

	if (value == NULL)
		call->lost = true;
	else if (call->op != NULL && value->kind == REDIS_KIND_ERROR)
		call_hear_error(call, value->text);
	else if (call->op != NULL)
		redis_verb_of(call->op->verb)->hear(call->op, call->step, value);
	if (++call->step == call->steps)
		call_end(call);
}

static void
call_say(struct call *call, int step, bool whole_script)
{
	struct store_redis      *redis = call->redis;
	const struct redis_verb *verb = redis_verb_of(call->op->verb);
	struct redis_ask         ask = { call->op, redis->owner, redis->lease_ms };
	struct redis_say        *say = &redis->say;

	redis_say_clear(say);
	if (step == verb->steps - 1 && verb->script != REDIS_SCRIPTS_N) {
		redis_say_text(say, whole_script ? "EVAL" : "EVALSHA");
		redis_say_text(say, whole_script ? redis_script_text(verb->script)
						 : redis_link_script(redis->link, verb->script));
	}
	verb->say(say, &ask, step);
	call->bytes += say->bytes;
	redis_link_send(redis->link, say, call);
}

/* A repeat sends the last step only, with the whole script, which loads it there as well. */
static void
call_send(struct store_redis *redis, struct store_op *op, bool is_repeat)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->redis = redis;
	call->op = op;
	op->error[0] = '\0'; /* a repeat has one */
	call->steps = redis_verb_of(op->verb)->steps;
	call->step = is_repeat ? call->steps - 1 : 0;
	for (int step = call->step; step < call->steps; step++)
		call_say(call, step, is_repeat);
	*redis->calls_tail = call;
	redis->calls_tail = &call->next;
	redis->calls_n++;
	redis->calls_bytes += call->bytes;
}

static bool
window_has_room(const struct store_redis *redis)
{
	return redis->calls_n == 0 ||
	       (redis->calls_n < CALLS_MAX && redis->calls_bytes < CALLS_BYTES_MAX);
}

static void
calls_fill(struct store_redis *redis)
{
	while (redis->repeats.n > 0 && window_has_room(redis))
		call_send(redis, store_queue_pop(&redis->repeats), true);
	while (redis->waiting.n > 0 && window_has_room(redis))
		call_send(redis, store_queue_pop(&redis->waiting), false);
}

/* What waits was not sent. */
static void
calls_refuse(struct store_redis *redis)
{
	struct store_op *op;

	while ((op = store_queue_pop(&redis->repeats)) != NULL)
		op_answer(redis, op, STORE_DOWN);
	while ((op = store_queue_pop(&redis->waiting)) != NULL)
		op_answer(redis, op, STORE_DOWN);
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

	store_queue_push(&redis->waiting, op);
	task_wake(redis->loop, &redis->task);
}

static void
redis_forget(struct store *store, struct store_op *op)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);

	if (store_queue_drop(&redis->waiting, op) || store_queue_drop(&redis->repeats, op) ||
	    store_queue_drop(&redis->answered, op))
		return;
	for (struct call *call = redis->calls; call != NULL; call = call->next) {
		if (call->op == op)
			call->op = NULL;
	}
}

static bool
redis_is_up(const struct store *store)
{
	return redis_link_is_up(((const struct store_redis *)store)->link);
}

static void
redis_destroy(struct store *store)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);

	for (struct call *call = redis->calls; call != NULL; call = call->next)
		call->op = NULL;
	redis_link_destroy(redis->link);
	must(redis->calls == NULL);
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
	redis->link = redis_link_create(ev, options->url, &link_user, redis, err);
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
	redis->calls_tail = &redis->calls;
	task_init(&redis->task, redis_run);
	return &redis->store;
}

const char *
store_redis_why(const struct store *store)
{
	return redis_link_why(((const struct store_redis *)store)->link);
}
