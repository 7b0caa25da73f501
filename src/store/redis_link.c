/* SPDX-License-Identifier: Apache-2.0
 * redis_link.c - a connection to Redis that mends itself: when it is up, and when to try again.
 *
 *   DOWN ─timer─► CONNECTING ─► GREETING ─► UP
 *     ▲               │            │        │
 *     └───────────────┴────────────┴────────┘  an error, a refusal, a silence; it is aimed elsewhere
 */
#include "store/redis_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop/loop_ev.h"
#include "store/redis_wire.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/rng.h"

#define US_PER_MS       1000
#define DOUBT_PART      10 /* of the patience, once it is over */
#define RETRY_FIRST_US  50000
#define RETRY_LAST_US   5000000
#define REDIS_NAME_SIZE (REDIS_ADDRESS_NAME_SIZE + 32)

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_GREETING, LINK_UP };

struct redis_link;

struct step {
	struct redis_hearer hearer;
	struct redis_link  *link;
	bool                is_due;
};

static uint64_t connections; /* that there ever were */

struct redis_link {
	struct loop              *loop;
	struct redis_link_options options;
	struct redis_address      address;
	bool                      is_aimed; /* at that address */
	char                      name[REDIS_NAME_SIZE];
	struct redis_wire         wire;
	struct rng                rng;
	enum link_state           state;
	void                     *heard; /* by the greeting */
	struct step               steps[REDIS_GREETING_STEPS_MAX];
	int                       steps_due;
	struct redis_say          say;
	struct timer              retry;                   /* to connect again */
	struct timer              deadline;                /* of connecting, or of an answer */
	int64_t                   patience_us, doubted_us; /* 0: not in doubt */
	struct task               task;
	int64_t                   retry_us;
	uint64_t                  connection;
	size_t                    due;       /* answers to commands of the user */
	bool                      connected; /* fact: the socket is; to be greeted */
	bool                      lost;      /* fact: the user is to be told */
	bool                      told;      /* fact: the greeting heard more */
	bool                      sick;      /* fact: to be left, for the reason in `why` */
	bool                      failed;    /* since it was up last, or moved */
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
	link->told = false;
	link->failed = true;
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
	memset(link->heard, 0, link->options.greeting->size);
	if (!redis_wire_connect(&link->wire, &link->address))
		return;
	link->state = LINK_CONNECTING;
	deadline_arm(link);
}

static void
on_retry(struct timer *timer)
{
	struct redis_link *link = container_of(timer, struct redis_link, retry);

	if (link->is_aimed)
		link_connect(link);
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
	log_line(link->was_up ? LOG_WARN : LOG_INFO, link->options.greeting->down,
	    "redis=%s why=%s", link->name, log_quote(why, sizeof(why), link->why));
}

/* ---- the greeting ---- */

static void
on_step(struct redis_hearer *hearer, const struct redis_value *value)
{
	struct step       *step = container_of(hearer, struct step, hearer);
	struct redis_link *link = step->link;

	if (value == NULL) /* the connection is going down */
		return;
	link->options.greeting->hear(
	    link->heard, link->options.url, (int)(step - link->steps), value);
	link->steps_due -= step->is_due;
	link->told |= !step->is_due;
	step->is_due = false;
	task_wake(link->loop, &link->task);
}

static void
link_greet(struct redis_link *link)
{
	const struct redis_greeting_kind *greeting = link->options.greeting;

	must(link->state == LINK_CONNECTING);
	link->state = LINK_GREETING;
	link->steps_due = 0;
	for (int i = 0; i < greeting->steps_n; i++) {
		struct step *step = &link->steps[i];

		redis_say_clear(&link->say);
		step->is_due = greeting->say(link->options.url, i, &link->say);
		link->steps_due += step->is_due;
		if (step->is_due)
			redis_wire_send(&link->wire, &link->say, &step->hearer);
	}
}

/* All answers are there: do we stay? */
static void
link_judge(struct redis_link *link)
{
	const struct redis_greeting_kind *greeting = link->options.greeting;
	char                              why[REDIS_WHY_SIZE];

	if (!greeting->judge(link->heard, link->options.url, why)) {
		redis_wire_break(&link->wire, why);
		return;
	}
	link->state = LINK_UP;
	link->connection = ++connections;
	link->was_up = true;
	link->failed = false;
	link->retry_us = RETRY_FIRST_US;
	link->logged[0] = '\0';
	link->why[0] = '\0';
	timer_disarm(link->loop, &link->deadline);
	if (greeting->log != NULL)
		greeting->log(link->heard, link->name);
}

/* ---- commands of the user ---- */

static void
on_heard(void *arg, void *token, const struct redis_value *value)
{
	struct redis_link   *link = arg;
	struct redis_hearer *hearer = token;

	if (hearer->heard != on_step)
		link->due--;
	hearer->heard(hearer, value);
}

void
redis_link_send(struct redis_link *link, const struct redis_say *say, struct redis_hearer *hearer)
{
	must(link->state == LINK_UP);
	redis_wire_send(&link->wire, say, hearer);
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
	if (link->state == LINK_GREETING && link->steps_due == 0)
		link_judge(link);
	if (link->lost) {
		link->lost = false;
		log_down(link);
		link_retry_later(link);
		link->options.changed(link->options.arg);
	} else if (link->state == LINK_UP && (!was_up || link->told)) {
		link->told = false;
		link->options.changed(link->options.arg);
	}
}

/* ---- public ---- */

static const struct redis_wire_user wire_user = { on_connected, on_lost, on_heard };

struct redis_link *
redis_link_create(struct loop_ev *ev, const struct redis_link_options *options)
{
	struct redis_link *link = xcalloc(1, sizeof(*link));

	must(options->patience_ms > 0);
	must(options->greeting->steps_n <= REDIS_GREETING_STEPS_MAX);
	link->loop = loop_ev_loop(ev);
	link->options = *options;
	link->heard = xcalloc(1, options->greeting->size);
	link->patience_us = options->patience_ms * US_PER_MS;
	redis_wire_init(&link->wire, ev, &wire_user, link);
	rng_init(
	    &link->rng, (uint64_t)getpid() ^ (uintptr_t)link ^ (uint64_t)loop_now_us(link->loop));
	link->retry_us = RETRY_FIRST_US;
	for (int i = 0; i < REDIS_GREETING_STEPS_MAX; i++)
		link->steps[i] = (struct step){ .hearer = { on_step }, .link = link };
	timer_init(&link->retry, on_retry);
	timer_init(&link->deadline, on_deadline);
	task_init(&link->task, link_run);
	why_set(link, "not connected yet");
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
	free(link->heard);
	free(link);
}

static void
name_set(struct redis_link *link)
{
	char address[REDIS_ADDRESS_NAME_SIZE];

	redis_address_name(&link->address, address);
	if (link->address.port == 0)
		snprintf(link->name, sizeof(link->name), "unix://%s", address);
	else
		snprintf(link->name, sizeof(link->name), "redis://%s/%d", address,
		    link->options.url->db);
}

void
redis_link_aim(struct redis_link *link, const struct redis_address *address)
{
	bool had_failed = link->failed;

	must(address != NULL || link->state == LINK_DOWN);
	link->is_aimed = address != NULL;
	if (address == NULL)
		return;
	if (link->state != LINK_DOWN) {
		redis_wire_break(&link->wire, "it is elsewhere now");
		timer_disarm(link->loop, &link->deadline);
		link->failed = had_failed;
	}
	link->lost = false;
	link->address = *address;
	name_set(link);
	if (!timer_is_armed(&link->retry))
		timer_arm(link->loop, &link->retry, 0);
}

void
redis_link_move(struct redis_link *link, const struct redis_address *address)
{
	redis_link_aim(link, address);
	link->failed = false;
	link->retry_us = RETRY_FIRST_US;
	timer_arm(link->loop, &link->retry, 0);
}

const struct redis_address *
redis_link_address(const struct redis_link *link)
{
	return link->is_aimed ? &link->address : NULL;
}

uint64_t
redis_link_connection(const struct redis_link *link)
{
	return link->connection;
}

enum redis_way
redis_link_way(const struct redis_link *link)
{
	if (link->state == LINK_UP)
		return REDIS_WAY_OPEN;
	return link->failed ? REDIS_WAY_SHUT : REDIS_WAY_COMING;
}

const char *
redis_link_why(const struct redis_link *link)
{
	return link->why;
}

const void *
redis_link_heard(const struct redis_link *link)
{
	return link->heard;
}

bool
redis_link_is_idle(const struct redis_link *link)
{
	return link->due == 0;
}
