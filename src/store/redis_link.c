/* SPDX-License-Identifier: Apache-2.0
 * redis_link.c - a connection to Redis that mends itself; the only file that includes hiredis.
 *
 *   DOWN ─timer─► CONNECTING ─► GREETING (password, database, policy, scripts) ─► UP
 *     ▲               │                          │                                 │
 *     └───────────────┴───────── an error, a refusal, a silence ───────────────────┘
 *
 * Facts of hiredis 0.14 that this file is built around: it writes with write(2), so SIGPIPE must be
 * ignored; a failed connect calls the connect callback only; a context frees itself after its
 * disconnect callback; its output buffer has no limit, so who sends must limit what is in flight;
 * %s in its formats stops at a NUL and splits at spaces, so only argument vectors are used. */
#include "store/redis_link.h"

#include <fcntl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop/loop_ev.h"
#include "store/redis_greeting.h"
#include "store/redis_url.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/rng.h"

#define GREETING_US    5000000 /* to connect and be greeted */
#define SILENCE_US     5000000 /* without a byte while an answer is due */
#define RETRY_FIRST_US 50000
#define RETRY_LAST_US  5000000

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_GREETING, LINK_UP };

struct greeting_slot {
	struct redis_link *link;
	int                step;
};

struct redis_link {
	struct loop_ev               *ev;
	struct loop                  *loop;
	struct redis_url              url;
	const struct redis_link_user *user;
	void                         *arg;
	struct rng                    rng;
	enum link_state               state;
	redisAsyncContext            *context; /* NULL: none */
	struct watch                  watch;
	int                           fd;
	int                           wanted; /* what hiredis wants to be told about */
	struct redis_greeting         greeting;
	struct greeting_slot          slots[GREETING_STEPS_N];
	struct redis_say              say;
	struct timer                  retry;    /* to connect again */
	struct timer                  deadline; /* of connecting, or of an answer */
	struct task                   task;
	int64_t                       retry_us;
	int64_t                       quiet_us;  /* since when nothing was heard */
	size_t                        due;       /* answers to commands of the user */
	bool                          connected; /* fact: the socket is; to be greeted */
	bool                          lost;      /* fact: the user is to be told */
	bool                          sick;      /* fact: to be left, for the reason in `why` */
	bool        was_up;  /* once at least: a private server takes a moment to start */
	const char *leaving; /* why we break the connection; NULL: we do not */
	char        why[REDIS_WHY_SIZE];
	char        logged[REDIS_WHY_SIZE]; /* the last `why` in the log: one line for each */
};

/* ---- answers ---- */

static struct redis_value
value_of(const redisReply *reply)
{
	struct redis_value value = { .kind = REDIS_KIND_NIL, .text = "", .impl = reply };

	switch (reply->type) {
	case REDIS_REPLY_INTEGER:
		value.kind = REDIS_KIND_NUMBER;
		value.number = reply->integer;
		break;
	case REDIS_REPLY_ARRAY:
		value.kind = REDIS_KIND_LIST;
		value.n = reply->elements;
		break;
	case REDIS_REPLY_ERROR:
		value.kind = REDIS_KIND_ERROR;
		value.text = reply->str;
		break;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
		value.kind = REDIS_KIND_TEXT;
		value.text = reply->str;
		break;
	default: /* a nil; hiredis 0.14 knows no other */ break;
	}
	return value;
}

struct redis_value
redis_value_at(const struct redis_value *list, size_t i)
{
	const redisReply *reply = list->impl;

	if (list->kind != REDIS_KIND_LIST || i >= list->n)
		return (struct redis_value){ .kind = REDIS_KIND_NIL, .text = "" };
	return value_of(reply->element[i]);
}

static void
why_set(struct redis_link *link, const char *text)
{
	snprintf(link->why, sizeof(link->why), "%s", text);
}

/* ---- the watch: hiredis says what it waits for, the loop says when it is there ---- */

static void
watch_want(struct redis_link *link, int wanted)
{
	if (wanted == link->wanted)
		return;
	link->wanted = wanted;
	watch_set(link->ev, &link->watch, link->fd, wanted);
}

static void
on_add_read(void *arg)
{
	struct redis_link *link = arg;

	watch_want(link, link->wanted | WATCH_READ);
}

static void
on_del_read(void *arg)
{
	struct redis_link *link = arg;

	watch_want(link, link->wanted & ~WATCH_READ);
}

static void
on_add_write(void *arg)
{
	struct redis_link *link = arg;

	watch_want(link, link->wanted | WATCH_WRITE);
}

static void
on_del_write(void *arg)
{
	struct redis_link *link = arg;

	watch_want(link, link->wanted & ~WATCH_WRITE);
}

static void
on_cleanup(void *arg)
{
	struct redis_link *link = arg;

	watch_want(link, 0);
}

static void
on_ready(struct watch *watch, int what)
{
	struct redis_link *link = container_of(watch, struct redis_link, watch);

	if (what & WATCH_READ) {
		link->quiet_us = loop_now_us(link->loop);
		redisAsyncHandleRead(link->context);
	}
	if ((what & WATCH_WRITE) && link->context != NULL) /* reading may have been the end of it */
		redisAsyncHandleWrite(link->context);
}

/* ---- the link goes down ---- */

/* The context is gone, or is going by itself. */
static void
link_lost(struct redis_link *link, const char *why)
{
	why_set(link, link->leaving != NULL ? link->leaving : why);
	link->state = LINK_DOWN;
	link->context = NULL;
	link->connected = false;
	link->sick = false;
	link->lost = true;
	task_wake(link->loop, &link->task);
}

static void
on_disconnect(const redisAsyncContext *context, int status)
{
	link_lost(context->data, status == REDIS_OK ? "disconnected" : context->errstr);
}

static void
on_connect(const redisAsyncContext *context, int status)
{
	struct redis_link *link = context->data;

	if (status != REDIS_OK) {
		link_lost(link, context->c.errstr[0] != '\0' ? context->c.errstr : "no answer");
		return;
	}
	link->connected = true;
	task_wake(link->loop, &link->task);
}

/* We leave. What is due is answered with NULL on the way. */
static void
link_break(struct redis_link *link, const char *why)
{
	redisAsyncContext *context = link->context;

	must(context != NULL);
	link->leaving = why;
	redisAsyncFree(context);
	if (link->context != NULL) /* it had never connected: nothing called back */
		link_lost(link, why);
	link->leaving = NULL;
}

/* ---- the link comes up ---- */

static void
hooks_set(struct redis_link *link)
{
	redisAsyncContext *context = link->context;

	link->fd = context->c.fd;
	context->data = link;
	context->ev.data = link;
	context->ev.addRead = on_add_read;
	context->ev.delRead = on_del_read;
	context->ev.addWrite = on_add_write;
	context->ev.delWrite = on_del_write;
	context->ev.cleanup = on_cleanup;
	redisAsyncSetDisconnectCallback(context, on_disconnect);
	redisAsyncSetConnectCallback(context, on_connect); /* this one starts to wait */
}

static void
link_connect(struct redis_link *link)
{
	const struct redis_url *url = &link->url;
	redisAsyncContext      *context;

	must(link->state == LINK_DOWN);
	must(link->context == NULL);
	context = url->path != NULL ? redisAsyncConnectUnix(url->path)
				    : redisAsyncConnect(url->host, url->port);
	must(context != NULL);
	link->greeting = (struct redis_greeting){ 0 };
	if (context->err != 0) {
		link_lost(link, context->errstr);
		redisAsyncFree(context);
		return;
	}
	link->state = LINK_CONNECTING;
	link->context = context;
	fcntl(context->c.fd, F_SETFD, FD_CLOEXEC); /* not for the commands we start */
	if (url->path == NULL)
		redisEnableKeepAlive(&context->c);
	hooks_set(link);
	timer_arm(link->loop, &link->deadline, GREETING_US);
}

static void
on_retry(struct timer *timer)
{
	link_connect(container_of(timer, struct redis_link, retry));
}

/* Half of the delay is chance, so that many servers do not come back all at once. */
static void
link_retry_later(struct redis_link *link)
{
	int64_t half = link->retry_us / 2;

	timer_disarm(link->loop, &link->deadline);
	timer_arm(
	    link->loop, &link->retry, half + (int64_t)rng_below(&link->rng, (uint64_t)half + 1));
	link->retry_us = link->retry_us * 2 < RETRY_LAST_US ? link->retry_us * 2 : RETRY_LAST_US;
}

static void
log_down(struct redis_link *link)
{
	char why[REDIS_WHY_SIZE];

	if (strcmp(link->why, link->logged) == 0)
		return;
	snprintf(link->logged, sizeof(link->logged), "%s", link->why);
	log_line(link->was_up ? LOG_WARN : LOG_INFO, "store.down", "redis=%s why=%s",
	    link->url.name, log_quote(why, sizeof(why), link->why));
}

/* ---- the greeting ---- */

static void
on_greeted(redisAsyncContext *context, void *reply, void *arg)
{
	const struct greeting_slot *slot = arg;
	struct redis_value          value;

	(void)context;
	if (reply == NULL) /* the connection is going down */
		return;
	value = value_of(reply);
	redis_greeting_hear(&slot->link->greeting, slot->step, &value);
	task_wake(slot->link->loop, &slot->link->task);
}

static void
link_greet(struct redis_link *link)
{
	const struct redis_say *say = &link->say;

	must(link->state == LINK_CONNECTING);
	link->state = LINK_GREETING;
	for (int step = 0; step < GREETING_STEPS_N; step++) {
		if (!redis_greeting_say(&link->greeting, &link->url, step, &link->say))
			continue;
		must(redisAsyncCommandArgv(link->context, on_greeted, &link->slots[step],
			 (int)say->n, say->argv, say->lens) == REDIS_OK);
	}
}

/* All answers are there: do we stay? */
static void
link_judge(struct redis_link *link)
{
	char why[REDIS_WHY_SIZE];

	if (!redis_greeting_judge(&link->greeting, why)) {
		link_break(link, why);
		return;
	}
	link->state = LINK_UP;
	link->was_up = true;
	link->retry_us = RETRY_FIRST_US;
	link->logged[0] = '\0';
	link->why[0] = '\0';
	timer_disarm(link->loop, &link->deadline);
	log_line(link->greeting.has_aof ? LOG_INFO : LOG_WARN, "store.up",
	    "redis=%s policy=%s appendonly=%s", link->url.name, link->greeting.policy,
	    link->greeting.has_aof ? "yes" : "no");
}

/* ---- commands of the user ---- */

static void
on_reply(redisAsyncContext *context, void *reply, void *token)
{
	struct redis_link *link = context->data;
	struct redis_value value;

	link->due--;
	if (reply != NULL)
		value = value_of(reply);
	link->user->heard(token, reply != NULL ? &value : NULL);
}

void
redis_link_send(struct redis_link *link, const struct redis_say *say, void *token)
{
	must(link->state == LINK_UP);
	must(redisAsyncCommandArgv(
		 link->context, on_reply, token, (int)say->n, say->argv, say->lens) == REDIS_OK);
	if (link->due++ == 0)
		link->quiet_us = loop_now_us(link->loop);
	if (!timer_is_armed(&link->deadline))
		timer_arm(link->loop, &link->deadline, SILENCE_US);
}

void
redis_link_leave(struct redis_link *link, const char *why)
{
	link->sick = true;
	why_set(link, why);
	task_wake(link->loop, &link->task);
}

/* Either the greeting takes too long, or answers are due and nothing is heard. */
static void
on_deadline(struct timer *timer)
{
	struct redis_link *link = container_of(timer, struct redis_link, deadline);
	int64_t            silence_us = loop_now_us(link->loop) - link->quiet_us;

	if (link->state == LINK_CONNECTING || link->state == LINK_GREETING) {
		link_break(link, "it did not answer in time");
		return;
	}
	if (link->state == LINK_DOWN || link->due == 0)
		return;
	if (silence_us >= SILENCE_US)
		link_break(link, "a command was not answered in time");
	else
		timer_arm(link->loop, &link->deadline, SILENCE_US - silence_us);
}

/* ---- the task ---- */

static void
link_run(struct task *task)
{
	struct redis_link *link = container_of(task, struct redis_link, task);
	bool               was_up = link->state == LINK_UP;
	char               why[REDIS_WHY_SIZE];

	if (link->sick && was_up) {
		snprintf(why, sizeof(why), "%s", link->why);
		link_break(link, why);
	}
	if (link->connected)
		link_greet(link);
	link->connected = false;
	if (link->state == LINK_GREETING && link->greeting.due == 0)
		link_judge(link);
	if (link->lost) {
		link->lost = false;
		log_down(link);
		link_retry_later(link);
		link->user->changed(link->arg);
	} else if (link->state == LINK_UP && !was_up) {
		link->user->changed(link->arg);
	}
}

/* ---- public ---- */

/* hiredis writes to sockets whose other end may be gone. */
static void
sigpipe_ignore(void)
{
	struct sigaction old;

	must(sigaction(SIGPIPE, NULL, &old) == 0);
	if (old.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

struct redis_link *
redis_link_create(struct loop_ev *ev, const char *url, const struct redis_link_user *user,
    void *arg, struct err *err)
{
	struct redis_link *link;
	struct redis_url   parsed;

	if (!redis_url_parse(&parsed, url, err))
		return NULL;
	sigpipe_ignore();
	link = xcalloc(1, sizeof(*link));
	link->ev = ev;
	link->loop = loop_ev_loop(ev);
	link->url = parsed;
	link->user = user;
	link->arg = arg;
	rng_init(
	    &link->rng, (uint64_t)getpid() ^ (uintptr_t)link ^ (uint64_t)loop_now_us(link->loop));
	link->watch.ready = on_ready;
	link->retry_us = RETRY_FIRST_US;
	for (int i = 0; i < GREETING_STEPS_N; i++)
		link->slots[i] = (struct greeting_slot){ link, i };
	timer_init(&link->retry, on_retry);
	timer_init(&link->deadline, on_deadline);
	task_init(&link->task, link_run);
	why_set(link, "not connected yet");
	timer_arm(link->loop, &link->retry, 0);
	return link;
}

void
redis_link_destroy(struct redis_link *link)
{
	if (link->context != NULL)
		link_break(link, "the server ends");
	must(link->due == 0);
	timer_disarm(link->loop, &link->retry);
	timer_disarm(link->loop, &link->deadline);
	task_cancel(link->loop, &link->task);
	redis_say_fini(&link->say);
	redis_url_fini(&link->url);
	free(link);
}

bool
redis_link_is_up(const struct redis_link *link)
{
	return link->state == LINK_UP;
}

const char *
redis_link_why(const struct redis_link *link)
{
	return link->why;
}

const char *
redis_link_script(const struct redis_link *link, enum redis_script script)
{
	must(script < REDIS_SCRIPTS_N);
	return link->greeting.sha[script];
}
