/* SPDX-License-Identifier: Apache-2.0
 * asks.c - a row, and those of it that are under way. */
#include "discover/asks.h"

#include <stdlib.h>

#include "util/check.h"

#define US_PER_MS 1000
#define BASE_MS   500
#define MOST_MS   15000
#define SHIFT_MAX 5

/* ---- what the kinds differ in ---- */

static void on_sweep_done(struct sweep *sweep);
static void on_op_done(struct op *op);
static void on_errand_done(struct errand *errand);

static void
start(struct ask *ask)
{
	struct provider *provider = ask->provider;

	ask->asking = true;
	switch (ask->kind) {
	case ASK_SWEEP:
		ask->of.sweep.result = OP_PENDING;
		ask->of.sweep.done = on_sweep_done;
		provider->start_sweep(provider, &ask->of.sweep);
		return;
	case ASK_OP:
		ask->of.op.result = OP_PENDING;
		ask->of.op.done = on_op_done;
		provider->start(provider, &ask->of.op);
		return;
	case ASK_ERRAND:
		ask->of.errand.result = OP_PENDING;
		ask->of.errand.done = on_errand_done;
		provider->start_errand(provider, &ask->of.errand);
		return;
	}
}

static void
stop(struct ask *ask)
{
	struct provider *provider = ask->provider;

	if (!ask->asking)
		return;
	ask->asking = false;
	switch (ask->kind) {
	case ASK_SWEEP: provider->cancel_sweep(provider, &ask->of.sweep); return;
	case ASK_OP: provider->cancel(provider, &ask->of.op); return;
	case ASK_ERRAND: provider->cancel_errand(provider, &ask->of.errand); return;
	}
}

static void
forget_answer(struct ask *ask)
{
	switch (ask->kind) {
	case ASK_SWEEP: sweep_fini(&ask->of.sweep); return;
	case ASK_OP: op_fini(&ask->of.op); return;
	case ASK_ERRAND: errand_fini(&ask->of.errand); return;
	}
}

enum op_result
ask_result(const struct ask *ask)
{
	switch (ask->kind) {
	case ASK_SWEEP: return ask->of.sweep.result;
	case ASK_OP: return ask->of.op.result;
	case ASK_ERRAND: break;
	}
	return ask->of.errand.result;
}

const char *
ask_code(const struct ask *ask)
{
	return ask->kind == ASK_SWEEP ? ask->of.sweep.code
	       : ask->kind == ASK_OP  ? ask->of.op.code
				      : ask->of.errand.code;
}

const char *
ask_message(const struct ask *ask)
{
	return ask->kind == ASK_SWEEP ? ask->of.sweep.message
	       : ask->kind == ASK_OP  ? ask->of.op.message
				      : ask->of.errand.message;
}

static int64_t
retry_after_ms(const struct ask *ask)
{
	return ask->kind == ASK_SWEEP ? ask->of.sweep.retry_after_ms
	       : ask->kind == ASK_OP  ? ask->of.op.retry_after_ms
				      : 0;
}

/* ---- one ask ---- */

static void
ask_free(void *ptr)
{
	free(ptr);
}

static void
ask_end(struct ask *ask)
{
	timer_disarm(ask->asks->loop, &ask->again);
	forget_answer(ask);
	if (ask->fini != NULL)
		ask->fini(ask);
	loop_bury(ask->asks->loop, ask_free, ask);
}

static void
land(struct ask *ask)
{
	struct asks *asks = ask->asks;

	for (struct ask **at = &asks->flying; *at != NULL; at = &(*at)->next) {
		if (*at != ask)
			continue;
		*at = ask->next;
		break;
	}
	asks->flying_n--;
	task_wake(asks->loop, &asks->task);
}

static bool
is_worth_another_try(const struct ask *ask)
{
	static const unsigned tries_max[OP_RESULTS_N] = {
		[OP_THROTTLED] = 20,
		[OP_TRANSIENT] = 2,
		[OP_UNKNOWN] = 2,
	};

	return ask->tries < tries_max[ask_result(ask)];
}

static void
on_again(struct timer *timer)
{
	start(container_of(timer, struct ask, again));
}

static void
on_answered(struct ask *ask)
{
	int64_t wait_ms;

	ask->asking = false;
	if (is_worth_another_try(ask)) {
		wait_ms = BASE_MS << (ask->tries < SHIFT_MAX ? ask->tries : SHIFT_MAX);
		wait_ms = wait_ms > MOST_MS ? MOST_MS : wait_ms;
		wait_ms = wait_ms < retry_after_ms(ask) ? retry_after_ms(ask) : wait_ms;
		ask->tries++;
		forget_answer(ask);
		timer_arm(ask->asks->loop, &ask->again, wait_ms * US_PER_MS);
		return;
	}
	land(ask);
	ask->done(ask);
	ask_end(ask);
}

static void
on_sweep_done(struct sweep *sweep)
{
	on_answered(container_of(sweep, struct ask, of.sweep));
}

static void
on_op_done(struct op *op)
{
	on_answered(container_of(op, struct ask, of.op));
}

static void
on_errand_done(struct errand *errand)
{
	on_answered(container_of(errand, struct ask, of.errand));
}

/* ---- all of them ---- */

static void
on_task(struct task *task)
{
	struct asks *asks = container_of(task, struct asks, task);

	while (asks->waiting != NULL && asks->flying_n < ASKS_AT_ONCE) {
		struct ask *ask = asks->waiting;

		asks->waiting = ask->next;
		if (asks->waiting == NULL)
			asks->last = &asks->waiting;
		ask->next = asks->flying;
		asks->flying = ask;
		asks->flying_n++;
		start(ask);
	}
	if (asks->flying_n == 0)
		asks->idle(asks);
}

void
asks_init(struct asks *asks, struct loop *loop, void (*idle)(struct asks *asks))
{
	*asks = (struct asks){ .loop = loop, .idle = idle };
	asks->last = &asks->waiting;
	task_init(&asks->task, on_task);
	task_set_lane(loop, &asks->task, lane_here(loop)); /* not in the midst of who adds to it */
}

void
asks_add(struct asks *asks, struct ask *ask)
{
	ask->asks = asks;
	ask->next = NULL;
	timer_init(&ask->again, on_again);
	timer_set_lane(asks->loop, &ask->again, asks->task.lane);
	*asks->last = ask;
	asks->last = &ask->next;
	task_wake(asks->loop, &asks->task);
}

void
asks_begin(struct asks *asks)
{
	task_wake(asks->loop, &asks->task);
}

static void
end_all(struct ask *list)
{
	while (list != NULL) {
		struct ask *ask = list;

		list = ask->next;
		stop(ask);
		ask_end(ask);
	}
}

void
asks_fini(struct asks *asks)
{
	task_cancel(asks->loop, &asks->task);
	end_all(asks->waiting);
	end_all(asks->flying);
	asks->waiting = asks->flying = NULL;
	asks->flying_n = 0;
}
