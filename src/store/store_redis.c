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
#include "store/pages.h"
#include "store/redis_calls.h"
#include "store/redis_ear.h"
#include "store/redis_errors.h"
#include "store/redis_format.h"
#include "store/redis_greeting.h"
#include "store/redis_route.h"
#include "store/redis_sender.h"
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
	int64_t              patience_us;
	struct task          task;
	struct redis_lanes   lanes; /* that are to be sent */
	struct redis_calls   flying, resting;
	struct timer         rest;
	size_t               bytes; /* of those in flight */
	struct redis_sender  sender;
	struct redis_untolds untolds;
};

static void
op_answer(struct store_redis *redis, struct store_op *op, enum store_result result)
{
	pages_destroy(op->pages);
	op->pages = NULL;
	op->impl = NULL;
	op->result = result;
	store_op_answer(redis->loop, op);
}

/* ---- calls ---- */

/* For its turn to be sent. */
static void
call_wait(struct redis_call *call)
{
	redis_lanes_push(&call->redis->lanes, call, loop_now_us(call->redis->loop));
}

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
		call_wait(call);
	else
		call_put_off(call, text);
}

static void
call_hear_error(struct redis_call *call, const char *text)
{
	enum redis_error error = redis_error_of(text);

	if (error == REDIS_ERROR_SCRIPT && !call->whole_script) {
		call->whole_script = true; /* and to where it was redirected */
		call_wait(call);
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

/* False: that was the last one. */
static bool
call_hear_step(struct redis_call *call, const struct redis_value *value)
{
	const struct redis_step *step = redis_verb_step(call->op->verb, call->step);
	bool                     goes_on = step->hear(call->op, value);

	call->has_begun = true;
	call->whole_script = false;
	call->until_us = 0; /* the next one has its own time */
	call->redirects = 0;
	if (call->op->pages == NULL) /* else the next page is where this one was */
		call_go_straight(call);
	call->step += call->op->pages == NULL;
	return goes_on;
}

/* What a transaction has answered, or a command alone. */
static struct redis_value
answer_at(const struct redis_call *call, const struct redis_value *value, size_t i)
{
	return call->said_n > 1 ? redis_value_at(value, i) : *value;
}

static void
call_hear(struct redis_call *call, const struct redis_value *value)
{
	bool goes_on = true;

	for (size_t i = 0; i < call->said_n && goes_on; i++) {
		struct redis_value answer = answer_at(call, value, i);

		call->step = call->said[i];
		if (answer.kind == REDIS_KIND_ERROR) {
			call_hear_error(call, answer.text);
			return;
		}
		goes_on = call_hear_step(call, &answer);
	}
	if (goes_on)
		call_wait(call);
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
	else if (call->refused[0] != '\0')
		call_hear_error(call, call->refused);
	else if (value->kind == REDIS_KIND_ERROR)
		call_hear_error(call, value->text);
	else
		call_hear(call, value);
}

/* One of them is refused: then none of them happens, and the end of the transaction says nothing else. */
static void
on_queued(struct redis_hearer *hearer, const struct redis_value *value)
{
	struct redis_call *call = container_of(hearer, struct redis_call, queued);

	if (value != NULL && value->kind == REDIS_KIND_ERROR && call->refused[0] == '\0')
		snprintf(call->refused, sizeof(call->refused), "%s", value->text);
}

static void
on_heard_nothing(struct redis_hearer *hearer, const struct redis_value *value)
{
	(void)hearer;
	(void)value;
}

/* ---- commands ---- */

static void
call_fly(struct redis_call *call, const struct redis_step *step)
{
	struct store_redis *redis = call->redis;

	call->refused[0] = '\0';
	redis_sender_send(&redis->sender, call, step);
	redis->bytes += call->bytes;
	redis_calls_push(&redis->flying, call);
	redis_lanes_fly(&redis->lanes, call);
}

/* A place between two pages is one server's, as long as it lives. */
static const struct redis_step *
call_begin_anew(struct redis_call *call)
{
	pages_destroy(call->op->pages);
	call->op->pages = NULL;
	return redis_sender_say(&call->redis->sender, call);
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
	enum redis_way way = redis_route_find(redis->route, redis->sender.say->key, ask, ret_link);

	return way == REDIS_WAY_OPEN ? redis_format_way(redis->format) : way;
}

static const struct redis_step *
call_step_there(struct redis_call *call, const struct redis_step *step)
{
	uint64_t before = call->connection;

	call->connection = redis_link_connection(call->link);
	return call->op->pages != NULL && before != call->connection ? call_begin_anew(call) : step;
}

static void
call_send(struct redis_call *call)
{
	const char              *why = redis_why(&call->redis->store);
	const struct redis_step *step =
	    call->op != NULL ? redis_sender_say(&call->redis->sender, call) : NULL;

	if (step == NULL) {
		call_finish(call);
		return;
	}
	call_tell_map(call);
	switch (way_find(
	    call->redis, call->redirect != NULL ? &call->redirect->to : NULL, &call->link)) {
	case REDIS_WAY_OPEN: call_fly(call, call_step_there(call, step)); break;
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

	while (window_has_room(redis) &&
	       (call = redis_lanes_pop(&redis->lanes, loop_now_us(redis->loop))) != NULL)
		call_send(call);
}

static void
calls_wake(struct store_redis *redis)
{
	struct redis_call *call;

	while ((call = redis_calls_pop(&redis->resting)) != NULL)
		call_wait(call);
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
		redis_say_clear(redis->sender.say);
		if (!redis_untold_say(&redis->untolds, redis->sender.say))
			return;
		if (way_find(redis, NULL, &link) != REDIS_WAY_OPEN)
			continue;
		redis_say_script_is(
		    redis->sender.say, "EVALSHA", redis_greeting_script(link, REDIS_SCRIPT_TELL));
		redis_link_send(link, redis->sender.say, &nobody);
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
	call->queued.heard = on_queued;
	op->impl = call;
	call->lane = store_op_lane(op);
	call_wait(call);
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
	redis_sender_fini(&redis->sender);
	redis_untold_fini(&redis->untolds);
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
	redis_sender_init(&redis->sender, options->owner, options->lease_ms);
	redis->sender.joins = redis_route_is_one(redis->route);
	redis->sender.archives = options->archives;
	redis_untold_init(&redis->untolds);
	timer_init(&redis->rest, on_rest);
	task_init(&redis->task, redis_run);
	return &redis->store;
}
