/* SPDX-License-Identifier: Apache-2.0
 * again.c - one trial holds a call, from its first try to its last. */
#include "providers/aws/again.h"

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

struct aws_again {
	struct loop     *loop;
	struct aws_calls wire;
	struct rng       rng;
};

struct trial {
	struct aws_again *again;
	struct aws_call  *call; /* whom it is for */
	struct aws_call   ours; /* the same, on the wire */
	struct timer      timer;
	unsigned          tries;
};

struct aws_again *
aws_again_create(struct loop *loop, const struct aws_calls *wire)
{
	struct aws_again *again = xcalloc(1, sizeof(*again));

	again->loop = loop;
	again->wire = *wire;
	rng_init(&again->rng, (uint64_t)loop_wall_ms(loop));
	return again;
}

void
aws_again_destroy(struct aws_again *again)
{
	free(again);
}

static void
trial_free(struct trial *trial)
{
	timer_disarm(trial->again->loop, &trial->timer);
	aws_call_fini(&trial->ours);
	trial->call->impl = NULL;
	free(trial);
}

/* Between half and all of what doubles with every try; what AWS asks for is the least. */
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
	struct aws_call       *call = trial->call;
	const struct aws_call *ours = &trial->ours;

	call->result = ours->result;
	call->status = ours->status;
	call->retry_after_ms = ours->retry_after_ms;
	call->out = ours->out;
	trial->ours.out = NULL;
	memcpy(call->code, ours->code, sizeof(call->code));
	memcpy(call->message, ours->message, sizeof(call->message));
	memcpy(call->request_id, ours->request_id, sizeof(call->request_id));
	trial_free(trial);
	call->done(call);
}

static void
on_answered(struct aws_call *ours)
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
	const struct aws_call *call = trial->call;

	aws_call_fini(&trial->ours);
	trial->ours = (struct aws_call){
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
start(void *arg, struct aws_call *call)
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
	try_it(trial);
}

static void
cancel(void *arg, struct aws_call *call)
{
	struct aws_again *again = arg;
	struct trial     *trial = call->impl;

	if (trial == NULL)
		return;
	if (!timer_is_armed(&trial->timer))
		again->wire.cancel(again->wire.arg, &trial->ours);
	trial_free(trial);
}

static const struct aws_service *
find_service(void *arg, const char *name, struct err *err)
{
	struct aws_again *again = arg;

	return again->wire.service(again->wire.arg, name, err);
}

struct aws_calls
aws_again_calls(struct aws_again *again)
{
	return (struct aws_calls){ again, start, cancel, find_service };
}
