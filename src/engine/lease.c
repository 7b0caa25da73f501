/* SPDX-License-Identifier: Apache-2.0
 * lease.c - holds an execution's lease for as long as it runs, and knows when that is not sure.
 *
 * The lease runs by the store's clock. By ours it is taken to end earlier: counted from when the renewal was
 * sent, not answered. A process that was stopped in between finds, as it goes on, that its lease is over by its
 * own clock, and lets no call leave before the store has said whose the execution is.
 *
 * It is renewed in nobody's lane: its tenant's may be busy for longer than a lease lives. What is heard there is only noted, and what follows
 * from it is done in its own (lease_step). */
#include "engine/execution.h"
#include "util/check.h"

#define RENEWALS 3 /* tries to renew in the life of a lease */
#define MARGIN   4 /* a quarter of the lease is not relied on */

static int64_t
lease_us(const struct execution *e)
{
	return e->engine->options.lease_ms * 1000;
}

bool
lease_is_ours(const struct execution *e)
{
	return e->fenced == NULL && loop_now_us(execution_loop(e)) < e->lease_until_us;
}

static void
extend(struct execution *e, int64_t sent_us)
{
	e->regained |= !lease_is_ours(e);
	e->lease_until_us = sent_us + lease_us(e) - lease_us(e) / MARGIN;
}

void
lease_step(struct execution *e)
{
	if (e->fenced != NULL)
		execution_lose(e, e->fenced);
	for (size_t v = 0; e->regained && v < e->graph->n; v++) {
		if (e->nodes[v].work != NULL)
			node_wake(&e->nodes[v]); /* it may wait to call */
	}
	e->regained = false;
}

static void
ask(struct execution *e, enum store_verb verb, void (*done)(struct store_op *op))
{
	e->renew_op = (struct store_op){
		.verb = verb,
		.key = e->key,
		.fence = e->fence,
		.execution = e->id,
		.now_ms = loop_wall_ms(execution_loop(e)),
		.at_once = true,
		.done = done,
	};
	store_start(e->engine->options.store, &e->renew_op);
}

static void
on_renewed(struct store_op *op)
{
	struct execution *e = container_of(op, struct execution, renew_op);
	enum store_result result = op->result;

	store_op_fini(op);
	op->verb = STORE_VERBS_N;
	if (result == STORE_FENCED)
		e->fenced = "another process has taken it over";
	else if (result == STORE_OK)
		extend(e, e->renew_sent_us);
	if (e->fenced != NULL || e->regained)
		execution_wake(e);
}

static void
on_renew(struct timer *timer)
{
	struct execution *e = container_of(timer, struct execution, renew);

	timer_arm(execution_loop(e), &e->renew, lease_us(e) / RENEWALS);
	if (e->renew_op.verb != STORE_VERBS_N)
		return; /* the last one is not answered yet */
	e->renew_sent_us = loop_now_us(execution_loop(e));
	ask(e, STORE_RENEW, on_renewed);
}

void
lease_init(struct execution *e)
{
	e->renew_op.verb = STORE_VERBS_N;
	timer_init(&e->renew, on_renew);
}

void
lease_begin(struct execution *e, uint64_t fence, int64_t sent_us)
{
	e->fence = fence;
	e->lease_until_us = sent_us + lease_us(e) - lease_us(e) / MARGIN;
	timer_arm(execution_loop(e), &e->renew, lease_us(e) / RENEWALS);
}

void
lease_end(struct execution *e)
{
	if (e->renew_op.verb != STORE_VERBS_N)
		store_forget(e->engine->options.store, &e->renew_op);
	e->renew_op.verb = STORE_VERBS_N;
	timer_disarm(execution_loop(e), &e->renew);
}

static void
on_given_back(struct store_op *op)
{
	struct execution *e = container_of(op, struct execution, renew_op);

	store_op_fini(op);
	op->verb = STORE_VERBS_N;
	execution_wake(e);
}

/* What it has under way is found by its identity, as after a crash. */
void
lease_give_back(struct execution *e)
{
	if (!timer_is_armed(&e->renew))
		return; /* it has none, or is about to give it back by itself */
	lease_end(e);
	e->fenced = "this process ends, and could not leave it in order";
	ask(e, STORE_RELEASE, on_given_back);
}
