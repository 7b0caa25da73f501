/* SPDX-License-Identifier: Apache-2.0
 * redis_sender.c - steps become commands; where there is one server, several become a transaction. */
#include "store/redis_sender.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/redis_greeting.h"
#include "util/mem.h"

void
redis_sender_init(struct redis_sender *sender, const char *owner, int64_t lease_ms)
{
	*sender = (struct redis_sender){ .owner = xstrdup(owner) };
	snprintf(sender->lease_ms, sizeof(sender->lease_ms), "%lld", (long long)lease_ms);
	sender->say = &sender->says[0];
	redis_say_text(&sender->asking, "ASKING");
	redis_say_text(&sender->multi, "MULTI");
	redis_say_text(&sender->exec, "EXEC");
}

void
redis_sender_fini(struct redis_sender *sender)
{
	redis_say_fini(&sender->says[0]);
	redis_say_fini(&sender->says[1]);
	redis_say_fini(&sender->asking);
	redis_say_fini(&sender->multi);
	redis_say_fini(&sender->exec);
	free(sender->owner);
}

/* ---- one step ---- */

/* The first step from `*i` on that is needed. */
static const struct redis_step *
say_from(struct redis_sender *sender, const struct redis_call *call, size_t *i)
{
	struct redis_ask ask = { call->op, sender->owner, sender->lease_ms, sender->archives };
	const struct redis_step *step;

	for (; (step = redis_verb_step(call->op->verb, *i)) != NULL; (*i)++) {
		redis_say_clear(sender->say);
		if (step->script != REDIS_SCRIPTS_N)
			redis_say_script(sender->say);
		if (step->say(sender->say, &ask))
			return step;
	}
	return NULL;
}

const struct redis_step *
redis_sender_say(struct redis_sender *sender, struct redis_call *call)
{
	return say_from(sender, call, &call->step);
}

/* The command is put together before it is known who is to hear it: its key decides. */
static void
script_fill_in(struct redis_sender *sender, const struct redis_call *call, enum redis_script script)
{
	if (call->whole_script)
		redis_say_script_is(sender->say, "EVAL", redis_script_text(script));
	else
		redis_say_script_is(
		    sender->say, "EVALSHA", redis_greeting_script(call->link, script));
}

/* ---- those that go together ---- */

static void
turn_says(struct redis_sender *sender)
{
	sender->say = &sender->says[sender->say == &sender->says[0]];
}

/* A script that is not known there does not happen, but what is behind it would: so that is not said with it. */
static bool
decides_nothing(const struct redis_step *step)
{
	return step->hear == redis_hear_nothing && step->script == REDIS_SCRIPTS_N;
}

/* What goes with it, put together; NULL: nothing does. */
static const struct redis_step *
say_after(struct redis_sender *sender, const struct redis_call *call, const struct redis_step *step,
    size_t *next)
{
	const struct redis_step *after;

	if (!sender->joins || !decides_nothing(step))
		return NULL;
	turn_says(sender);
	after = say_from(sender, call, next);
	turn_says(sender);
	return after;
}

static void
send(struct redis_sender *sender, struct redis_call *call, struct redis_hearer *hearer)
{
	call->bytes += sender->say->bytes;
	redis_link_send(call->link, sender->say, hearer);
}

static void
on_asking(struct redis_hearer *hearer, const struct redis_value *value)
{
	(void)hearer;
	(void)value;
}

/* Each is sent when it is known whether another one goes with it. */
void
redis_sender_send(
    struct redis_sender *sender, struct redis_call *call, const struct redis_step *step)
{
	static struct redis_hearer nobody = { on_asking };
	size_t                     next = call->step;
	const struct redis_step   *after;
	bool                       is_alone;

	if (call->redirect != NULL)
		redis_link_send(call->link, &sender->asking, &nobody);
	call->bytes = 0;
	for (call->said_n = 0; step != NULL; step = after) {
		call->said[call->said_n++] = next++;
		if (step->script != REDIS_SCRIPTS_N)
			script_fill_in(sender, call, step->script);
		after = say_after(sender, call, step, &next);
		is_alone = call->said_n == 1 && after == NULL;
		if (call->said_n == 1 && !is_alone)
			redis_link_send(call->link, &sender->multi, &call->queued);
		send(sender, call, is_alone ? &call->hearer : &call->queued);
		turn_says(sender);
	}
	if (call->said_n > 1)
		redis_link_send(call->link, &sender->exec, &call->hearer);
}
