/* SPDX-License-Identifier: Apache-2.0
 * again.c - one trial holds a call, from its first try to its last. */
#include "interpreter/again.h"

#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/rng.h"

#define TRIES_MAX 5
#define BASE_MS   50
#define WAIT_MAX  2000 /* ms; who is told to wait longer lets go of what he holds */
#define US_PER_MS 1000

struct again {
	struct loop *loop;
	struct calls wire;
	struct rng   rng;
};

struct trial {
	struct again *again;
	struct call  *call; /* whom it is for */
	struct call   ours; /* the same, on the wire */
	struct timer  timer;
	unsigned      tries;
};

struct again *
again_create(struct loop *loop, const struct calls *wire)
{
	struct again *again = xcalloc(1, sizeof(*again));

	again->loop = loop;
	again->wire = *wire;
	rng_init(&again->rng, (uint64_t)loop_wall_ms(loop));
	return again;
}

void
again_destroy(struct again *again)
{
	free(again);
}

static void
trial_free(struct trial *trial)
{
	timer_disarm(trial->again->loop, &trial->timer);
	call_fini(&trial->ours);
	trial->call->impl = NULL;
	free(trial);
}

/* Between half and all of what doubles with every try; what the cloud asks for is the least. */
static int64_t
wait_ms(struct trial *trial)
{
	int64_t most = BASE_MS << trial->tries;
	int64_t wait = most / 2 + (int64_t)rng_below(&trial->again->rng, (uint64_t)most / 2 + 1);

	return wait < trial->ours.retry_after_ms ? trial->ours.retry_after_ms : wait;
}

static bool
is_worth_another(const struct trial *trial)
{
	return (trial->ours.result == OP_THROTTLED || trial->ours.result == OP_TRANSIENT) &&
	       trial->tries < TRIES_MAX && trial->ours.retry_after_ms <= WAIT_MAX;
}

static void
give_answer(struct trial *trial)
{
	struct call       *call = trial->call;
	const struct call *ours = &trial->ours;

	call->result = ours->result;
	call->status = ours->status;
	call->at_ms = ours->at_ms;
	call->retry_after_ms = ours->retry_after_ms;
	call->out = ours->out;
	call->rate = ours->rate;
	trial->ours.out = trial->ours.rate = NULL;
	memcpy(call->code, ours->code, sizeof(call->code));
	memcpy(call->message, ours->message, sizeof(call->message));
	memcpy(call->place, ours->place, sizeof(call->place));
	memcpy(call->request_id, ours->request_id, sizeof(call->request_id));
	trial_free(trial);
	call->done(call);
}

static void
on_answered(struct call *ours)
{
	struct trial *trial = container_of(ours, struct trial, ours);

	trial->call->throttled = trial->call->throttled || ours->result == OP_THROTTLED;
	if (is_worth_another(trial))
		timer_arm(trial->again->loop, &trial->timer, wait_ms(trial) * US_PER_MS);
	else
		give_answer(trial);
}

static void
try_it(struct trial *trial)
{
	const struct call *call = trial->call;

	call_fini(&trial->ours);
	trial->ours = (struct call){
		.service = call->service,
		.operation = call->operation,
		.region = call->region,
		.params = call->params,
		.keys = call->keys,
		.token = call->token,
		.done = on_answered,
	};
	trial->tries++;
	trial->again->wire.start(trial->again->wire.arg, &trial->ours);
}

static void
on_timer(struct timer *timer)
{
	try_it(container_of(timer, struct trial, timer));
}

/* ---- as calls.h has it ---- */

static void
start(void *arg, struct call *call)
{
	struct trial *trial = xcalloc(1, sizeof(*trial));

	must(call->impl == NULL);
	call->result = OP_PENDING;
	call->out = NULL;
	call->throttled = false;
	call->impl = trial;
	trial->again = arg;
	trial->call = call;
	timer_init(&trial->timer, on_timer);
	timer_set_lane(trial->again->loop, &trial->timer, lane_here(trial->again->loop));
	try_it(trial);
}

static void
cancel(void *arg, struct call *call)
{
	struct again *again = arg;
	struct trial *trial = call->impl;

	if (trial == NULL)
		return;
	if (!timer_is_armed(&trial->timer))
		again->wire.cancel(again->wire.arg, &trial->ours);
	trial_free(trial);
}

static const struct service *
find_service(void *arg, const char *name, struct err *err)
{
	struct again *again = arg;

	return again->wire.service(again->wire.arg, name, err);
}

struct calls
again_calls(struct again *again)
{
	return (struct calls){ again, start, cancel, find_service };
}
