/* SPDX-License-Identifier: Apache-2.0
 * node_retry.c - which failures are worth another try, and when it begins. */
#include "engine/node_states.h"

#include "engine/check.h"
#include "plan/hangs.h"
#include "util/check.h"

#define US_PER_MS         1000
#define US_PER_S          1e6
#define BACKOFF_SHIFT_MAX 16

/* Which answers are worth another try, how many, and how long to wait: doubling from base to most. */
static const struct retry_row {
	unsigned tries_max; /* 0: this answer is final */
	int64_t  base_ms, most_ms;
	bool     as_it_settles; /* as many as there are in the time that its type takes to settle */
} retries[OP_RESULTS_N] = {
	[OP_THROTTLED] = { 60, 500, 20000 },
	[OP_TRANSIENT] = { 8, 200, 10000 },
	[OP_UNKNOWN] = { 12, 200, 10000 },
	[OP_NOT_FOUND] = { 8, 500, 8000 },
	[OP_ABSENT] = { 2, 500, 2000 }, /* what was to be updated has gone in between */
	/* A create that met its own earlier self: looking again tells ours from theirs, but only
	 * once its tags are to be seen. */
	[OP_CONFLICT] = { 8, 500, 8000 },
};

/* Of a delete, where it differs. What is in its way goes by itself (network interfaces of a function: in minutes), or when
 * somebody else's is gone. */
static const struct retry_row delete_retries[OP_RESULTS_N] = {
	[OP_CONFLICT] = { 1, 500, 15000, .as_it_settles = true },
};

static const struct retry_row *
row_of(const struct node *node, enum op_result result)
{
	const struct retry_row *row = &delete_retries[result];

	return work_takes_away(node->work) && row->tries_max > 0 ? row : &retries[result];
}

static bool
is_in_time(const struct node *node)
{
	const struct work *work = node->work;
	int64_t            for_us = (int64_t)(node_spec(node)->type->settle_seconds * US_PER_S);

	return loop_now_us(execution_loop(node->execution)) - work->began_us < for_us;
}

static bool
may_try_again(const struct node *node, enum op_result result)
{
	const struct retry_row *row = row_of(node, result);

	if (result == OP_NOT_FOUND &&
	    !hangs_may_come(node->execution->graph->spec, node_spec(node)))
		return false;
	return row->as_it_settles ? is_in_time(node) : node->work->tries[result] < row->tries_max;
}

bool
retry_is_worth_it(enum op_result result, unsigned tries)
{
	return tries < retries[result].tries_max;
}

enum node_state
after_failure(const struct node *node, enum op_result result)
{
	if (result == OP_EXPIRED && execution_may_starve(node->execution))
		return NODE_BACKOFF;
	return check_tries_again(node, result) || may_try_again(node, result) ? NODE_BACKOFF
									      : NODE_FAILED;
}

/* Somebody else's was seen to be so, unless it may be what a call of our own has made. */
enum node_state
after_failed_look(const struct node *node, enum op_result result)
{
	return result == OP_CONFLICT && !node->doubtful ? NODE_FAILED : after_failure(node, result);
}

/* Between half and all of the doubled base. */
static int64_t
draw_wait_ms(struct execution *e, const struct retry_row *row, unsigned tries, int64_t least_ms)
{
	int64_t wait = row->base_ms << (tries < BACKOFF_SHIFT_MAX ? tries : BACKOFF_SHIFT_MAX);

	must(row->tries_max > 0);
	if (wait > row->most_ms)
		wait = row->most_ms;
	wait = wait / 2 + (int64_t)rng_below(&e->engine->rng, (uint64_t)wait / 2 + 1);
	return wait < least_ms ? least_ms : wait;
}

int64_t
retry_wait_ms(struct execution *e, enum op_result result, unsigned tries, int64_t least_ms)
{
	return draw_wait_ms(e, &retries[result], tries, least_ms);
}

void
enter_backoff(struct node *node)
{
	struct work   *work = node->work;
	enum op_result result = node->error->type;
	int64_t        wait_ms;

	node_drop_slot(node);
	if (result == OP_EXPIRED) {
		work->starved = true;
		node->execution->starved++;
		execution_wake(node->execution);
		return;
	}
	wait_ms = check_is(node) && result == OP_FAILED
		      ? check_wait_ms(node)
		      : draw_wait_ms(node->execution, row_of(node, result), work->tries[result],
			    work->op.retry_after_ms);
	if (work->tries[result] < UINT8_MAX)
		work->tries[result]++;
	timer_arm(execution_loop(node->execution), &work->timer, wait_ms * US_PER_MS);
}

static bool
is_waiting(const struct node *node)
{
	return node->work->starved || timer_is_armed(&node->work->timer);
}

void
step_backoff(struct node *node)
{
	if (!is_waiting(node) && node->slot.state == SLOT_NONE)
		node_want_slot(node);
}

enum node_state
decide_backoff(const struct node *node)
{
	bool can_look = node->doubtful && !node->work->starved;

	if (node_stop(node) != STOP_NONE && !can_look)
		return node_stopped(node);
	return node->slot.state == SLOT_HELD ? NODE_RESOLVING : NODE_BACKOFF;
}

void
leave_backoff(struct node *node)
{
	timer_disarm(execution_loop(node->execution), &node->work->timer);
	node_feed(node);
}

void
node_feed(struct node *node)
{
	if (node->work == NULL || !node->work->starved)
		return;
	node->work->starved = false;
	node->execution->starved--;
	node_wake(node);
}
