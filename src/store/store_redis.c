/* SPDX-License-Identifier: Apache-2.0
 * store_redis.c - the store in Redis: ops out over links, step by step, and answers back.
 *
 *   waiting ──► (window has room) ──► flying, one step, in order ──► answered ──► done()
 *      │              ▲                │  │    │                         ▲
 *      │              ├─ the next step ┘  │    └── link lost: UNKNOWN ───┤
 *      │              └─ resting ◄────────┘ not here, not now            │
 *      └── the way is shut: DOWN ────────────────────────────────────────┘
 *
 * What a link hears is copied into the op at once; everything else is done in the one task, and what follows from an answer in the lane
 * of the op's tenant. Calls of many tenants take turns as well (redis_calls.h), so that nobody's stand behind a thousand of another's. */
#include "store/store_redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop_ev.h"
#include "store/redis_calls.h"
#include "store/redis_ear.h"
#include "store/redis_errors.h"
#include "store/redis_format.h"
#include "store/redis_greeting.h"
#include "store/redis_route.h"
#include "store/redis_slots.h"
#include "store/redis_told.h"
#include "store/redis_verbs.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define CALLS_MAX       512       /* in flight, */
#define CALLS_BYTES_MAX (4 << 20) /* unless one op alone is larger */
#define PATIENCE_MS     5000      /* unless told otherwise */
#define US_PER_MS       1000
#define REST_US         50000 /* before what was put off is tried again, if nothing happens */
#define REDIRECTS_MAX   8     /* without a rest: two nodes may each think it is the other's */

struct store_redis {
	struct store         store;
	struct loop         *loop;
	struct redis_route  *route;
	struct redis_format *format;
	struct redis_ear    *ear; /* NULL: nobody listens */
	char                *owner;
	char                 lease_ms[REDIS_NUMBER_SIZE];
	int64_t              patience_us;
	bool                 archives;
	struct task          task;
	struct redis_lanes   lanes; /* that are to be sent */
	struct redis_calls   flying, resting;
	struct timer         rest;
	size_t               bytes; /* of those in flight */
	struct redis_say     say, asking;
	struct redis_untolds untolds;
};

static void
op_answer(struct store_redis *redis, struct store_op *op, enum store_result result)
{
	op->impl = NULL;
	op->result = result;
	store_op_answer(redis->loop, op);
}

/* ---- calls ---- */

static void
call_go_straight(struct redis_call *call)
{
	free(call->redirect);
	call->redirect = NULL;
}

/* The op is over, or was forgotten. */
static void
call_end(struct redis_call *call, enum store_result result)
{
	if (call->op != NULL)
		op_answer(call->redis, call->op, result);
	free(call->redirect);
	free(call);
}

/* This step has not happened, and will not. */
static void
call_refuse(struct redis_call *call, const char *why)
{
	if (call->op != NULL)
		snprintf(call->op->error, sizeof(call->op->error), "%s", why);
	call_end(call, call->has_begun ? STORE_UNKNOWN : STORE_DOWN);
}

/* This step has not happened, but soon may. */
static void
call_put_off(struct redis_call *call, const char *why)
{
	struct store_redis *redis = call->redis;
	int64_t             now = loop_now_us(redis->loop);

	if (call->until_us == 0)
		call->until_us = now + redis->patience_us;
	if (now >= call->until_us) {
		call_refuse(call, why);
		return;
	}
	call->redirects = 0;
	redis_calls_push(&redis->resting, call);
	if (!timer_is_armed(&redis->rest))
		timer_arm(redis->loop, &redis->rest, REST_US);
}

/* ---- answers ---- */

/* The map is told in the task. */
static void
call_redirect(struct redis_call *call, const char *text, bool is_once)
{
	struct redis_redirect *redirect = xcalloc(1, sizeof(*redirect));

	redirect->is_once = is_once;
	call->redirect = redirect;
	if (!redis_slots_redirect(
		text, redis_link_address(call->link), &redirect->slot, &redirect->to))
		call_refuse(call, text);
	else if (call->redirects++ < REDIRECTS_MAX)
		redis_lanes_push(&call->redis->lanes, call);
	else
		call_put_off(call, text);
}

static void
call_hear_error(struct redis_call *call, const char *text)
{
	enum redis_error error = redis_error_of(text);

	if (error == REDIS_ERROR_SCRIPT && !call->whole_script) {
		call->whole_script = true; /* and to where it was redirected */
		redis_lanes_push(&call->redis->lanes, call);
		return;
	}
	call_go_straight(call);
	if (error == REDIS_ERROR_MOVED || error == REDIS_ERROR_ASK) {
		call_redirect(call, text, error == REDIS_ERROR_ASK);
	} else if (error == REDIS_ERROR_LATER) {
		call_put_off(call, text);
	} else if (error == REDIS_ERROR_SICK) {
		redis_link_leave(call->link, text);
		call_refuse(call, text);
	} else {
		snprintf(call->op->error, sizeof(call->op->error), "%s", text);
		call_end(call, STORE_FAILED);
	}
}

static void
call_hear(struct redis_call *call, const struct redis_value *value)
{
	const struct redis_step *step = redis_verb_step(call->op->verb, call->step++);

	call->has_begun = true;
	call->whole_script = false;
	call_go_straight(call);
	if (step->hear(call->op, value))
		redis_lanes_push(&call->redis->lanes, call);
	else
		call_end(call, call->op->result);
}

static void
on_heard(struct redis_hearer *hearer, const struct redis_value *value)
{
	struct redis_call  *call = container_of(hearer, struct redis_call, hearer);
	struct store_redis *redis = call->redis;

	redis_calls_take(&redis->flying, call);
	redis_lanes_land(&redis->lanes, call);
	redis->bytes -= call->bytes;
	task_wake(redis->loop, &redis->task); /* there is room for another */
	if (value == NULL || call->op == NULL)
		call_end(call, STORE_UNKNOWN);
	else if (value->kind == REDIS_KIND_ERROR)
		call_hear_error(call, value->text);
	else
		call_hear(call, value);
}

static void
on_heard_nothing(struct redis_hearer *hearer, const struct redis_value *value)
{
	(void)hearer;
	(void)value;
}

/* ---- commands ---- */

/* Puts the call's next step together, and says which; NULL: it has no more. */
static const struct redis_step *
call_say(struct redis_call *call)
{
	struct store_redis      *redis = call->redis;
	struct redis_ask         ask = { call->op, redis->owner, redis->lease_ms, redis->archives };
	const struct redis_step *step;

	for (; (step = redis_verb_step(call->op->verb, call->step)) != NULL; call->step++) {
		redis_say_clear(&redis->say);
		if (step->script != REDIS_SCRIPTS_N)
			redis_say_script(&redis->say);
		if (step->say(&redis->say, &ask))
			return step;
	}
	return NULL;
}

/* The command is put together before it is known who is to hear it: its key decides. */
static void
script_fill_in(struct redis_call *call, enum redis_script script)
{
	struct redis_say *say = &call->redis->say;

	if (call->whole_script)
		redis_say_script_is(say, "EVAL", redis_script_text(script));
	else
		redis_say_script_is(say, "EVALSHA", redis_greeting_script(call->link, script));
}

static void
call_fly(struct redis_call *call, const struct redis_step *step)
{
	static struct redis_hearer nobody = { on_heard_nothing };
	struct store_redis        *redis = call->redis;

	if (step->script != REDIS_SCRIPTS_N)
		script_fill_in(call, step->script);
	if (call->redirect != NULL)
		redis_link_send(call->link, &redis->asking, &nobody);
	call->bytes = redis->say.bytes;
	redis->bytes += call->bytes;
	redis_calls_push(&redis->flying, call);
	redis_lanes_fly(&redis->lanes, call);
	redis_link_send(call->link, &redis->say, &call->hearer);
}

/* -MOVED is for the map to remember; -ASK is for this once. */
static void
call_tell_map(struct redis_call *call)
{
	if (call->redirect == NULL || call->redirect->is_once)
		return;
	redis_route_moved(call->redis->route, call->redirect->slot, &call->redirect->to);
	call_go_straight(call);
}

/* Its steps are over. */
static void
call_finish(struct redis_call *call)
{
	if (call->op != NULL)
		redis_untold_add(&call->redis->untolds, call->op);
	call_end(call, call->op != NULL ? call->op->result : STORE_UNKNOWN);
}

static const char *
redis_why(const struct store *store)
{
	const struct store_redis *redis = (const struct store_redis *)store;
	const char               *why = redis_route_why(redis->route);

	return why[0] != '\0' ? why : redis_format_why(redis->format);
}

/* A server is there, and it is known that what it has stored is for us. */
static enum redis_way
way_find(struct store_redis *redis, const struct redis_address *ask, struct redis_link **ret_link)
{
	enum redis_way way = redis_route_find(redis->route, redis->say.key, ask, ret_link);

	return way == REDIS_WAY_OPEN ? redis_format_way(redis->format) : way;
}

static void
call_send(struct redis_call *call)
{
	const char              *why = redis_why(&call->redis->store);
	const struct redis_step *step = call->op != NULL ? call_say(call) : NULL;

	if (step == NULL) {
		call_finish(call);
		return;
	}
	call_tell_map(call);
	switch (way_find(
	    call->redis, call->redirect != NULL ? &call->redirect->to : NULL, &call->link)) {
	case REDIS_WAY_OPEN: call_fly(call, step); break;
	case REDIS_WAY_COMING: call_put_off(call, why); break;
	case REDIS_WAY_SHUT: call_refuse(call, why); break;
	}
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
	struct redis_call *call;

	while (window_has_room(redis) && (call = redis_lanes_pop(&redis->lanes)) != NULL)
		call_send(call);
}

static void
calls_wake(struct store_redis *redis)
{
	struct redis_call *call;

	while ((call = redis_calls_pop(&redis->resting)) != NULL)
		redis_lanes_push(&redis->lanes, call);
	timer_disarm(redis->loop, &redis->rest);
	task_wake(redis->loop, &redis->task);
}

/* What nobody waits for: whether it comes there does not matter to any op. */
static void
tell(struct store_redis *redis)
{
	static struct redis_hearer nobody = { on_heard_nothing };
	struct redis_link         *link;

	for (;;) {
		redis_say_clear(&redis->say);
		if (!redis_untold_say(&redis->untolds, &redis->say))
			return;
		if (way_find(redis, NULL, &link) != REDIS_WAY_OPEN)
			continue;
		redis_say_script_is(
		    &redis->say, "EVALSHA", redis_greeting_script(link, REDIS_SCRIPT_TELL));
		redis_link_send(link, &redis->say, &nobody);
	}
}

/* ---- the task ---- */

static void
redis_run(struct task *task)
{
	struct store_redis *redis = container_of(task, struct store_redis, task);

	calls_fill(redis);
	tell(redis);
}

static void
on_format(void *arg)
{
	calls_wake(arg);
}

static void
on_changed(void *arg)
{
	struct store_redis *redis = arg;

	redis_format_ways_changed(redis->format);
	calls_wake(redis);
	redis_ear_look(redis->ear);
}

static void
on_rest(struct timer *timer)
{
	calls_wake(container_of(timer, struct store_redis, rest));
}

/* ---- the store ---- */

static void
redis_start(struct store *store, struct store_op *op)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);
	struct redis_call  *call = xcalloc(1, sizeof(*call));

	call->redis = redis;
	call->op = op;
	call->hearer.heard = on_heard;
	op->impl = call;
	call->lane = store_op_lane(op);
	redis_lanes_push(&redis->lanes, call);
	task_wake(redis->loop, &redis->task);
}

static void
redis_forget(struct store *store, struct store_op *op)
{
	struct redis_call *call = op->impl;

	if (call != NULL)
		call->op = NULL;
	else
		store_op_forget_answer(container_of(store, struct store_redis, store)->loop, op);
}

static void
redis_listen(struct store *store, store_listener *told, void *arg)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);

	redis_ear_destroy(redis->ear);
	redis->ear = told != NULL ? redis_ear_create(redis->route, told, arg) : NULL;
}

static void
calls_forget(struct redis_calls *calls)
{
	for (struct redis_call *call = calls->head; call != NULL; call = call->next)
		call->op = NULL;
}

static void
call_drop(struct redis_call *call)
{
	call->op = NULL;
	call_end(call, STORE_UNKNOWN);
}

static void
redis_destroy(struct store *store)
{
	struct store_redis *redis = container_of(store, struct store_redis, store);
	struct redis_call  *call;

	calls_forget(&redis->flying);
	redis_ear_destroy(redis->ear);
	redis_route_destroy(redis->route);
	redis_format_destroy(redis->format);
	must(redis->flying.n == 0);
	while ((call = redis_lanes_drain(&redis->lanes)) != NULL)
		call_drop(call);
	while ((call = redis_calls_pop(&redis->resting)) != NULL)
		call_drop(call);
	timer_disarm(redis->loop, &redis->rest);
	task_cancel(redis->loop, &redis->task);
	redis_say_fini(&redis->say);
	redis_say_fini(&redis->asking);
	redis_untold_fini(&redis->untolds);
	free(redis->owner);
	free(redis);
}

struct store *
store_redis_create(struct loop_ev *ev, const struct store_redis_options *options, struct err *err)
{
	struct store_redis         *redis = xcalloc(1, sizeof(*redis));
	struct redis_route_options  route = { .changed = on_changed, .arg = redis };
	struct redis_format_options format = { .changed = on_format, .arg = redis };

	must(options->lease_ms > 0);
	must(options->owner[0] != '\0');
	must(strchr(options->owner, ' ') == NULL); /* a lease is "owner fence" */
	route.patience_ms = options->patience_ms > 0 ? options->patience_ms : PATIENCE_MS;
	redis->route = redis_route_create(ev, options->url, &route, err);
	if (redis->route == NULL) {
		free(redis);
		return NULL;
	}
	redis->store = (struct store){
		.start = redis_start,
		.forget = redis_forget,
		.why = redis_why,
		.listen = redis_listen,
		.destroy = redis_destroy,
	};
	redis->loop = loop_ev_loop(ev);
	format.known = options->format > 0 ? options->format : STORE_FORMAT;
	redis->format = redis_format_create(redis->loop, redis->route, &format);
	redis->patience_us = route.patience_ms * US_PER_MS;
	redis->owner = xstrdup(options->owner);
	redis->archives = options->archives;
	snprintf(redis->lease_ms, sizeof(redis->lease_ms), "%lld", (long long)options->lease_ms);
	redis_say_text(&redis->asking, "ASKING");
	redis_untold_init(&redis->untolds);
	timer_init(&redis->rest, on_rest);
	task_init(&redis->task, redis_run);
	return &redis->store;
}
