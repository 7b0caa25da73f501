/* SPDX-License-Identifier: Apache-2.0
 * redis_format.c - a look at mg:format, and what it means.
 *
 *   unknown ──look──► known: open for SURE_US, and looked at again every LOOK_US ──no answer for so long──► unknown
 *      ▲                │ it was older, and is raised now: unknown for RAISE_US
 *      └─ ways change ──┤
 *                       └ it is newer: shut, until it is not
 *
 * The times fit together: RAISE_US after it was raised, nobody who has not looked since thinks that a way is open. */
#include "store/redis_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "store/redis_scripts.h"
#include "store/redis_slots.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"

#define LOOK_US  1000000
#define AGAIN_US 50000 /* after a look that told nothing */
#define SURE_US  3000000
#define RAISE_US 4000000

_Static_assert(LOOK_US < SURE_US && SURE_US < RAISE_US, "see above");

struct look {
	bool                 is_over, is_answered, is_moved;
	uint64_t             stored; /* 0: nothing is */
	unsigned             slot;   /* where it has moved to */
	struct redis_address to;
};

struct redis_format {
	struct loop                *loop;
	struct redis_route         *route;
	struct redis_format_options options;
	struct task                 task;
	struct timer                timer;
	struct redis_hearer         hearer;
	struct redis_link          *link; /* that is asked */
	struct redis_say            say;
	struct look                 look;
	bool                        is_asking, is_due;
	bool                        is_newer, is_whole; /* whole: all ways are open */
	unsigned                    doubts, asked_doubts;
	int64_t                     asked_us, sure_until_us, raised_until_us;
	char why[REDIS_WHY_SIZE]; /* while nothing is known, or it is newer */
};

/* ---- asking ---- */

/* It is recorded only. */
static void
on_heard(struct redis_hearer *hearer, const struct redis_value *value)
{
	struct redis_format *format = container_of(hearer, struct redis_format, hearer);
	struct look         *look = &format->look;

	format->is_asking = false;
	*look = (struct look){ .is_over = true };
	if (value != NULL && value->kind == REDIS_KIND_LIST) {
		look->is_answered = true;
		look->stored = (uint64_t)redis_value_at(value, 1).number;
	} else if (value != NULL && value->kind == REDIS_KIND_ERROR) {
		look->is_moved = redis_slots_redirect(
		    value->text, redis_link_address(format->link), &look->slot, &look->to);
	}
	task_wake(format->loop, &format->task);
}

static void
ask(struct redis_format *format)
{
	struct redis_say *say = &format->say;

	redis_say_clear(say);
	redis_say_script(say);
	redis_say_text(say, "1");
	redis_say_index_key(say, "format");
	redis_say_number(say, format->options.known);
	if (redis_route_find(format->route, say->key, NULL, &format->link) != REDIS_WAY_OPEN)
		return; /* it is looked at when one has opened */
	redis_say_script_is(say, "EVAL", redis_script_text(REDIS_SCRIPT_FORMAT));
	format->is_due = false;
	format->is_asking = true;
	format->asked_doubts = format->doubts;
	format->asked_us = loop_now_us(format->loop);
	redis_link_send(format->link, say, &format->hearer);
}

/* ---- what it means ---- */

static void
judge_newer(struct redis_format *format, uint64_t stored)
{
	bool was_newer = format->is_newer;

	snprintf(format->why, sizeof(format->why),
	    "what is stored has format %" PRIu64 ", and this version knows %" PRIu64
	    " at most: a newer version is wanted",
	    stored, format->options.known);
	format->is_newer = true;
	format->sure_until_us = 0;
	if (!was_newer)
		log_error("store.format", "why=\"%s\"", format->why);
}

static void
judge_good(struct redis_format *format, uint64_t stored)
{
	bool is_raised = stored > 0 && stored < format->options.known;

	format->is_newer = false;
	format->sure_until_us = format->asked_us + SURE_US;
	if (!is_raised)
		return;
	log_info(
	    "store.format", "raised_to=%" PRIu64 " was=%" PRIu64, format->options.known, stored);
	format->raised_until_us = loop_now_us(format->loop) + RAISE_US;
}

static void
judge(struct redis_format *format)
{
	const struct look *look = &format->look;
	enum redis_way     was = redis_format_way(format);
	int64_t            again_us = AGAIN_US;

	if (look->is_moved)
		redis_route_moved(format->route, look->slot, &look->to);
	if (look->is_answered && format->asked_doubts == format->doubts) {
		again_us = LOOK_US;
		if (look->stored > format->options.known)
			judge_newer(format, look->stored);
		else
			judge_good(format, look->stored);
	}
	if (was != redis_format_way(format))
		format->options.changed(format->options.arg);
	format->look.is_over = false;
	timer_arm(format->loop, &format->timer, again_us);
}

static void
run(struct task *task)
{
	struct redis_format *format = container_of(task, struct redis_format, task);

	if (format->is_asking)
		return;
	if (format->look.is_over)
		judge(format);
	if (format->is_due)
		ask(format);
}

static void
on_time(struct timer *timer)
{
	struct redis_format *format = container_of(timer, struct redis_format, timer);

	format->is_due = true;
	task_wake(format->loop, &format->task);
	if (format->raised_until_us != 0 && loop_now_us(format->loop) >= format->raised_until_us) {
		format->raised_until_us = 0;
		format->options.changed(format->options.arg);
	}
}

/* ---- public ---- */

struct redis_format *
redis_format_create(
    struct loop *loop, struct redis_route *route, const struct redis_format_options *options)
{
	struct redis_format *format = xcalloc(1, sizeof(*format));

	format->loop = loop;
	format->route = route;
	format->options = *options;
	format->is_due = true;
	format->hearer.heard = on_heard;
	task_init(&format->task, run);
	timer_init(&format->timer, on_time);
	return format;
}

void
redis_format_destroy(struct redis_format *format)
{
	must(!format->is_asking);
	timer_disarm(format->loop, &format->timer);
	task_cancel(format->loop, &format->task);
	redis_say_fini(&format->say);
	free(format);
}

/* One that was away may come back as another. */
void
redis_format_ways_changed(struct redis_format *format)
{
	bool is_whole = redis_route_why(format->route)[0] == '\0';

	if (is_whole && !format->is_whole) {
		format->doubts++;
		format->sure_until_us = 0;
	}
	format->is_whole = is_whole;
	format->is_due = true;
	task_wake(format->loop, &format->task);
}

enum redis_way
redis_format_way(const struct redis_format *format)
{
	int64_t now_us = loop_now_us(format->loop);

	if (format->is_newer)
		return REDIS_WAY_SHUT;
	return now_us < format->sure_until_us && now_us >= format->raised_until_us
		   ? REDIS_WAY_OPEN
		   : REDIS_WAY_COMING;
}

const char *
redis_format_why(const struct redis_format *format)
{
	if (redis_format_way(format) == REDIS_WAY_OPEN)
		return "";
	return format->is_newer ? format->why
				: "it is not known yet which format what is stored has";
}
