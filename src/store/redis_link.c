/* SPDX-License-Identifier: Apache-2.0
 * redis_link.c - a connection to Redis that mends itself: when it is up, and when to try again.
 *
 *   DOWN ─timer─► CONNECTING ─► GREETING (password, database, policy, scripts) ─► UP
 *     ▲               │                          │                                 │
 *     └───────────────┴───────── an error, a refusal, a silence ───────────────────┘
 */
#include "store/redis_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop/loop_ev.h"
#include "store/redis_greeting.h"
#include "store/redis_url.h"
#include "store/redis_wire.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/rng.h"

#define PATIENCE_MS    5000 /* unless told otherwise */
#define US_PER_MS      1000
#define DOUBT_PART     10 /* of the patience, once it is over */
#define RETRY_FIRST_US 50000
#define RETRY_LAST_US  5000000

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_GREETING, LINK_UP };

struct redis_link {
	struct loop                  *loop;
	struct redis_url              url;
	struct redis_wire             wire;
	const struct redis_link_user *user;
	void                         *arg;
	struct rng                    rng;
	enum link_state               state;
	struct redis_greeting         greeting;
	int                           steps[GREETING_STEPS_N]; /* the tokens of a greeting */
	struct redis_say              say;
	struct timer                  retry;                   /* to connect again */
	struct timer                  deadline;                /* of connecting, or of an answer */
	int64_t                       patience_us, doubted_us; /* 0: not in doubt */
	struct task                   task;
	int64_t                       retry_us;
	size_t                        due;       /* answers to commands of the user */
	bool                          connected; /* fact: the socket is; to be greeted */
	bool                          lost;      /* fact: the user is to be told */
	bool                          sick;      /* fact: to be left, for the reason in `why` */
	bool was_up; /* once at least: a private server takes a moment to start */
	char why[REDIS_WHY_SIZE];
	char logged[REDIS_WHY_SIZE]; /* the last `why` in the log: one line for each */
};

static void
why_set(struct redis_link *link, const char *text)
{
	snprintf(link->why, sizeof(link->why), "%s", text);
}

/* ---- the link goes down ---- */

static void
on_lost(void *arg, const char *why)
{
	struct redis_link *link = arg;

	why_set(link, why);
	link->state = LINK_DOWN;
	link->connected = false;
	link->sick = false;
	link->lost = true;
	task_wake(link->loop, &link->task);
}

/* ---- the deadline ----
 *
 * A deadline that is over may be our own fault: this process was stopped, or a turn of the loop was
 * long, and the command was never written or its answer is not read yet. So it is doubted first,
 * for a moment in which the loop turns, and only what is as silent then is broken. */

static void
deadline_arm(struct redis_link *link)
{
	link->doubted_us = 0;
	timer_arm(link->loop, &link->deadline, link->patience_us);
}

static void
on_deadline(struct timer *timer)
{
	struct redis_link *link = container_of(timer, struct redis_link, deadline);
	int64_t            now = loop_now_us(link->loop), heard_us = link->wire.heard_us;
	bool               is_silent = now - heard_us >= link->patience_us;
	const char        *why = link->state == LINK_UP ? "a command was not answered in time"
							: "it did not answer in time";

	if (link->state == LINK_DOWN || (link->state == LINK_UP && link->due == 0))
		return;
	if (link->doubted_us != 0 ? heard_us > link->doubted_us : !is_silent) {
		link->doubted_us = 0;
		timer_arm(link->loop, timer, heard_us + link->patience_us - now);
	} else if (link->doubted_us == 0) {
		link->doubted_us = now;
		timer_arm(link->loop, timer, link->patience_us / DOUBT_PART);
	} else {
		redis_wire_break(&link->wire, why);
	}
}

/* ---- the link comes up ---- */

static void
on_connected(void *arg)
{
	struct redis_link *link = arg;

	link->connected = true;
	task_wake(link->loop, &link->task);
}

static void
link_connect(struct redis_link *link)
{
	must(link->state == LINK_DOWN);
	link->greeting = (struct redis_greeting){ 0 };
	if (!redis_wire_connect(&link->wire, &link->url))
		return;
	link->state = LINK_CONNECTING;
	deadline_arm(link);
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
hear_greeting(struct redis_link *link, const int *step, const struct redis_value *value)
{
	if (value == NULL) /* the connection is going down */
		return;
	redis_greeting_hear(&link->greeting, *step, value);
	task_wake(link->loop, &link->task);
}

static void
link_greet(struct redis_link *link)
{
	must(link->state == LINK_CONNECTING);
	link->state = LINK_GREETING;
	for (int step = 0; step < GREETING_STEPS_N; step++) {
		if (redis_greeting_say(&link->greeting, &link->url, step, &link->say))
			redis_wire_send(&link->wire, &link->say, &link->steps[step]);
	}
}

/* All answers are there: do we stay? */
static void
link_judge(struct redis_link *link)
{
	char why[REDIS_WHY_SIZE];

	if (!redis_greeting_judge(&link->greeting, why)) {
		redis_wire_break(&link->wire, why);
		return;
	}
	link->state = LINK_UP;
	link->was_up = true;
	link->retry_us = RETRY_FIRST_US;
	link->logged[0] = '\0';
	link->why[0] = '\0';
	timer_disarm(link->loop, &link->deadline);
	log_line(link->greeting.has_aof ? LOG_INFO : LOG_WARN, "store.up",
	    "redis=%s policy=%s appendonly=%s appendfsync=%s", link->url.name,
	    link->greeting.policy, link->greeting.has_aof ? "yes" : "no",
	    link->greeting.fsync[0] != '\0' ? link->greeting.fsync : "unknown");
}

/* ---- commands of the user ---- */

/* While it greets there are no commands of the user, and no greeting is due later. */
static void
on_heard(void *arg, void *token, const struct redis_value *value)
{
	struct redis_link *link = arg;

	if (link->state == LINK_GREETING) {
		hear_greeting(link, token, value);
		return;
	}
	link->due--;
	link->user->heard(token, value);
}

void
redis_link_send(struct redis_link *link, const struct redis_say *say, void *token)
{
	must(link->state == LINK_UP);
	redis_wire_send(&link->wire, say, token);
	if (link->due++ == 0)
		link->wire.heard_us = loop_now_us(link->loop);
	if (!timer_is_armed(&link->deadline))
		deadline_arm(link);
}

void
redis_link_leave(struct redis_link *link, const char *why)
{
	link->sick = true;
	why_set(link, why);
	task_wake(link->loop, &link->task);
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
		redis_wire_break(&link->wire, why);
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

static const struct redis_wire_user wire_user = { on_connected, on_lost, on_heard };

struct redis_link *
redis_link_create(struct loop_ev *ev, const char *url, int64_t patience_ms,
    const struct redis_link_user *user, void *arg, struct err *err)
{
	struct redis_link *link;
	struct redis_url   parsed;

	if (!redis_url_parse(&parsed, url, err))
		return NULL;
	link = xcalloc(1, sizeof(*link));
	link->loop = loop_ev_loop(ev);
	link->url = parsed;
	link->user = user;
	link->arg = arg;
	link->patience_us = (patience_ms > 0 ? patience_ms : PATIENCE_MS) * US_PER_MS;
	redis_wire_init(&link->wire, ev, &wire_user, link);
	rng_init(
	    &link->rng, (uint64_t)getpid() ^ (uintptr_t)link ^ (uint64_t)loop_now_us(link->loop));
	link->retry_us = RETRY_FIRST_US;
	for (int i = 0; i < GREETING_STEPS_N; i++)
		link->steps[i] = i;
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
	if (link->wire.context != NULL)
		redis_wire_break(&link->wire, "the server ends");
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
