/* SPDX-License-Identifier: Apache-2.0
 * node.c - the whole life of a node: one table, and the one function that moves it. */
#include "engine/node.h"

#include <stdlib.h>

#include "engine/execution.h"
#include "engine/resolve.h"
#include "engine/work.h"
#include "util/check.h"
#include "util/json.h"

#define US_PER_MS         1000
#define SETTLE_US         (20LL * 60 * 1000 * 1000) /* longer than any waiter of a type we have */
#define SETTLE_LOOK_MS    1000
#define BACKOFF_SHIFT_MAX 16

static const char *const phases[NODE_STATES_N] = {
#define X(name, phase, status) [NODE_##name] = phase,
	NODE_STATES(X)
#undef X
};

static const char *const statuses[NODE_STATES_N] = {
#define X(name, phase, status) [NODE_##name] = status,
	NODE_STATES(X)
#undef X
};

/* Which answers are worth another try, how many, and how long to wait: doubling from base to most. */
static const struct retry_row {
	unsigned tries_max; /* 0: this answer is final */
	int64_t  base_ms, most_ms;
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

static bool
is_dry(const struct node *node)
{
	return node->execution->mode == MODE_DRY_RUN;
}

/* ---- slots ---- */

static void
on_granted(struct slot *slot)
{
	node_wake(container_of(slot, struct node, slot));
}

static void
want_slot(struct node *node)
{
	struct execution *e = node->execution;
	uint32_t          v = node_vertex(node);
	struct identity   identity = graph_identity(e->graph, v);
	struct op         op = { .type = graph_node(e->graph, v)->type, .identity = &identity };
	struct provider  *provider = execution_provider(e, op.type);
	char              name[256];

	op.credentials = execution_credentials(e, provider);
	provider->window(provider, &op, name, sizeof(name));
	node->slot.priority = e->graph->vertices[v].behind;
	slot_want(e->engine->windows, &node->slot, name, provider->window_size);
}

static void
drop_slot(struct node *node)
{
	slot_drop(node->execution->engine->windows, &node->slot);
}

/* ---- pending ---- */

static enum node_state
decide_pending(const struct node *node)
{
	if (node->blocked)
		return NODE_BLOCKED;
	if (node->waiting > 0 || node->slot.state != SLOT_HELD ||
	    !execution_admits(node->execution))
		return NODE_PENDING;
	return NODE_RESOLVING;
}

static void
step_pending(struct node *node)
{
	if (node->waiting > 0 || node->blocked)
		return;
	if (!execution_admits(node->execution))
		drop_slot(node);
	else if (node->slot.state == SLOT_NONE)
		want_slot(node);
}

static void
leave_pending(struct node *node)
{
	if (node->blocked) {
		drop_slot(node);
		node->execution->blocking--;
	} else {
		node->execution->ready--;
		node->started_ms = loop_wall_ms(execution_loop(node->execution));
		work_create(node);
	}
}

/* ---- resolving ---- */

static enum node_state
after_failure(const struct node *node, enum op_result result)
{
	return node->work->tries[result] < retries[result].tries_max ? NODE_BACKOFF : NODE_FAILED;
}

static enum node_state
decide_resolving(const struct node *node)
{
	if (node->work->looked == OP_PENDING)
		return NODE_RESOLVING;
	if (node->work->looked == OP_CONFLICT && !node->doubtful)
		return NODE_FAILED; /* it was looked at: it is somebody else's */
	if (node->work->looked != OP_OK)
		return after_failure(node, node->work->looked);
	if (is_dry(node))
		return NODE_RECORDING;
	switch (node->work->act) {
	case PLAN_NO_OP: return node->work->found != NULL ? NODE_SETTLING : NODE_RECORDING;
	case PLAN_CREATE:
	case PLAN_UPDATE:
	case PLAN_DELETE: return NODE_INTENDING;
	case PLAN_REPLACE: return NODE_FAILED;
	case PLAN_UNDECIDED:
	case PLAN_ACTS_N: break;
	}
	must(!"resolving ends with a decision");
	return NODE_FAILED;
}

/* ---- intending and recording: what was journalled on the way in must be durable ---- */

static void
enter_durable(struct node *node)
{
	execution_await_durable(node->execution, node);
}

static bool
is_durable(const struct node *node)
{
	return node->execution->journal.durable >= node->work->durable_seq;
}

static void
leave_resolving(struct node *node)
{
	if (decide_resolving(node) == NODE_INTENDING && node->attempt < UINT16_MAX)
		node->attempt++;
}

static enum node_state
decide_intending(const struct node *node)
{
	return is_durable(node) ? NODE_CALLING : NODE_INTENDING;
}

static void
enter_recording(struct node *node)
{
	struct work *work = node->work;

	if (!is_dry(node) && node->act != PLAN_DELETE) {
		json_object_put(node->outputs);
		node->outputs = json_object_get(json_get_object(work->found, "outputs"));
	}
	enter_durable(node);
}

static enum node_state
decide_recording(const struct node *node)
{
	return is_durable(node) ? NODE_COMPLETED : NODE_RECORDING;
}

/* ---- calling and settling ---- */

static enum op_kind
op_of_act(enum plan_act act)
{
	switch (act) {
	case PLAN_CREATE: return OP_CREATE;
	case PLAN_UPDATE: return OP_UPDATE;
	case PLAN_DELETE: return OP_DELETE;
	case PLAN_NO_OP: return OP_READ;
	case PLAN_UNDECIDED:
	case PLAN_REPLACE:
	case PLAN_ACTS_N: break;
	}
	must(!"this act is no single op");
	return OP_KINDS_N;
}

static void
ask(struct node *node, enum op_kind kind)
{
	struct work            *work = node->work;
	const struct spec_node *spec = graph_node(node->execution->graph, node_vertex(node));

	work_ask(work, &(struct op){
			   .kind = kind,
			   .after = op_of_act((enum plan_act)node->act),
			   .type = spec->type,
			   .identity = &work->identity,
			   .desired = work->desired,
			   .changes = work->changes,
			   .known = work->found,
			   .tags = spec->tags,
			   .adopt = spec->operation == SPEC_ADOPT,
		       });
}

static void
enter_calling(struct node *node)
{
	ask(node, op_of_act(node->work->act));
}

static enum node_state
decide_calling(const struct node *node)
{
	enum op_result result = node->work->op.result;

	if (result == OP_PENDING)
		return NODE_CALLING;
	if (result == OP_OK)
		return NODE_SETTLING;
	if (result == OP_ABSENT && node->work->act == PLAN_DELETE)
		return NODE_RECORDING;
	return after_failure(node, result);
}

static void
leave_calling(struct node *node)
{
	enum op_result result = node->work->op.result;

	/* A conflict may be with what an earlier try has made. */
	node->doubtful = result == OP_UNKNOWN || (node->doubtful && result != OP_OK);
	if (result == OP_OK)
		work_take_found(node->work);
	else if (decide_calling(node) != NODE_RECORDING)
		node_take_error(node);
}

static void
enter_settling(struct node *node)
{
	node->work->settle_until_us = loop_now_us(execution_loop(node->execution)) + SETTLE_US;
	ask(node, OP_SETTLE);
}

/* An answer that does not settle it, but may the next time. */
static bool
settles_later(const struct node *node)
{
	enum op_result result = node->work->op.result;

	if (result == OP_NOT_YET || result == OP_THROTTLED || result == OP_TRANSIENT ||
	    result == OP_UNKNOWN)
		return true;
	return result == OP_ABSENT && node->act != PLAN_DELETE; /* not to be seen everywhere yet */
}

static void
step_settling(struct node *node)
{
	struct work *work = node->work;
	int64_t      wait_ms = work->op.retry_after_ms;

	if (work->op.kind != OP_SETTLE || work_is_asking(work) || !settles_later(node) ||
	    timer_is_armed(&work->timer))
		return;
	if (work->asked_to_wait) {
		work->asked_to_wait = false;
		ask(node, OP_SETTLE);
		return;
	}
	work->asked_to_wait = true;
	timer_arm(execution_loop(node->execution), &work->timer,
	    (wait_ms > 0 ? wait_ms : SETTLE_LOOK_MS) * US_PER_MS);
}

static enum node_state
decide_settling(const struct node *node)
{
	const struct work *work = node->work;

	if (work->op.result == OP_PENDING)
		return NODE_SETTLING;
	if (settles_later(node))
		return loop_now_us(execution_loop(node->execution)) < work->settle_until_us
			   ? NODE_SETTLING
			   : NODE_FAILED;
	if (work->op.result == OP_OK || work->op.result == OP_ABSENT)
		return NODE_RECORDING;
	return after_failure(node, work->op.result);
}

static void
leave_settling(struct node *node)
{
	timer_disarm(execution_loop(node->execution), &node->work->timer);
	if (settles_later(node))
		node_set_error(
		    node, OP_FAILED, "it was not usable in time: %s", node->work->op.message);
	else if (node->work->op.result == OP_OK)
		work_take_found(node->work);
	else if (node->work->op.result != OP_ABSENT)
		node_take_error(node);
}

/* ---- backoff ---- */

/* Between half and all of the doubled base; what the provider asked for is the least. */
static int64_t
backoff_ms(const struct node *node)
{
	const struct retry_row *row = &retries[node->error->type];
	unsigned                tries = node->work->tries[node->error->type];
	int64_t wait = row->base_ms << (tries < BACKOFF_SHIFT_MAX ? tries : BACKOFF_SHIFT_MAX);

	must(row->tries_max > 0);
	if (wait > row->most_ms)
		wait = row->most_ms;
	wait = wait / 2 + (int64_t)rng_below(&node->execution->engine->rng, (uint64_t)wait / 2 + 1);
	return wait < node->work->op.retry_after_ms ? node->work->op.retry_after_ms : wait;
}

static void
enter_backoff(struct node *node)
{
	timer_arm(
	    execution_loop(node->execution), &node->work->timer, backoff_ms(node) * US_PER_MS);
	node->work->tries[node->error->type]++;
	drop_slot(node);
}

static void
step_backoff(struct node *node)
{
	if (!timer_is_armed(&node->work->timer) && node->slot.state == SLOT_NONE)
		want_slot(node);
}

static enum node_state
decide_backoff(const struct node *node)
{
	return node->slot.state == SLOT_HELD ? NODE_RESOLVING : NODE_BACKOFF;
}

/* ---- the ends ---- */

static void
end(struct node *node)
{
	node->ended_ms = loop_wall_ms(execution_loop(node->execution));
	work_destroy(node);
	drop_slot(node);
	execution_wake(node->execution);
}

static void
block(struct node *node)
{
	if (node->blocked || node->state != NODE_PENDING)
		return;
	node->blocked = true;
	node->execution->blocking++;
	node_wake(node);
}

static void
free_successor(struct node *node)
{
	must(node->waiting > 0);
	if (--node->waiting > 0 || node->blocked)
		return;
	node->execution->ready++;
	node_wake(node);
}

static void
each_successor(struct node *node, void (*tell)(struct node *))
{
	const struct graph *graph = node->execution->graph;
	uint32_t            v = node_vertex(node);

	for (uint32_t i = graph->out_at[v]; i < graph->out_at[v + 1]; i++)
		tell(&node->execution->nodes[graph->out[i]]);
}

static void
enter_completed(struct node *node)
{
	each_successor(node, free_successor);
	end(node);
}

static void
enter_failed(struct node *node)
{
	node->execution->failed++;
	each_successor(node, block);
	end(node);
}

static void
enter_blocked(struct node *node)
{
	each_successor(node, block);
	end(node);
}

/* ---- the table ---- */

#define TO(state) (1u << NODE_##state)

static const struct node_row {
	unsigned may;                                   /* legal next states; none: final */
	void (*step)(struct node *);                    /* what is done on each wake, staying */
	enum node_state (*decide)(const struct node *); /* looks, never touches */
	void (*enter)(struct node *);                   /* the side effect of arriving */
	void (*leave)(struct node *);
} rows[NODE_STATES_N] = {
	[NODE_PENDING] = { TO(RESOLVING) | TO(BLOCKED), step_pending, decide_pending, NULL,
	    leave_pending },
	[NODE_RESOLVING] = { TO(INTENDING) | TO(SETTLING) | TO(RECORDING) | TO(BACKOFF) |
				 TO(FAILED),
	    resolve_step, decide_resolving, resolve_begin, leave_resolving },
	[NODE_INTENDING] = { TO(CALLING), NULL, decide_intending, enter_durable, NULL },
	[NODE_CALLING] = { TO(SETTLING) | TO(RECORDING) | TO(BACKOFF) | TO(FAILED), NULL,
	    decide_calling, enter_calling, leave_calling },
	[NODE_SETTLING] = { TO(RECORDING) | TO(BACKOFF) | TO(FAILED), step_settling,
	    decide_settling, enter_settling, leave_settling },
	[NODE_RECORDING] = { TO(COMPLETED), NULL, decide_recording, enter_recording, NULL },
	[NODE_BACKOFF] = { TO(RESOLVING), step_backoff, decide_backoff, enter_backoff, NULL },
	[NODE_COMPLETED] = { .enter = enter_completed },
	[NODE_FAILED] = { .enter = enter_failed },
	[NODE_BLOCKED] = { .enter = enter_blocked },
};
_Static_assert(NODE_STATES_N <= 32, "may is one unsigned");

/* The only writer of node->state. What is journalled says what is about to be; enter() acts on it. */
static void
node_move(struct node *node, enum node_state to)
{
	must(rows[node->state].may & 1u << to);
	if (rows[node->state].leave != NULL)
		rows[node->state].leave(node);
	node->state = (uint8_t)to;
	journal_node(&node->execution->journal, node);
	if (rows[to].enter != NULL)
		rows[to].enter(node);
}

static void
on_task(struct task *task)
{
	struct node *node = container_of(task, struct node, task);

	for (int hops = 0; rows[node->state].may != 0; hops++) {
		enum node_state next;

		must(hops < NODE_STATES_N); /* a node may not spin */
		if (node->execution->lost)
			return;
		if (rows[node->state].step != NULL)
			rows[node->state].step(node);
		next = rows[node->state].decide(node);
		if (next == (enum node_state)node->state)
			return; /* parked until somebody wakes it */
		node_move(node, next);
	}
}

void
node_init(struct node *node, struct execution *execution, uint32_t waiting)
{
	*node = (struct node){ .execution = execution, .waiting = waiting, .state = NODE_PENDING };
	node->slot.granted = on_granted;
	task_init(&node->task, on_task);
	if (waiting == 0)
		execution->ready++;
}

void
node_fini(struct node *node)
{
	work_destroy(node);
	drop_slot(node);
	task_cancel(execution_loop(node->execution), &node->task);
	json_object_put(node->diff);
	json_object_put(node->outputs);
	free(node->error);
}

void
node_wake(struct node *node)
{
	task_wake(execution_loop(node->execution), &node->task);
}

uint32_t
node_vertex(const struct node *node)
{
	return (uint32_t)(node - node->execution->nodes);
}

const char *
node_phase(const struct node *node)
{
	return phases[node->state];
}

const char *
node_status(const struct node *node)
{
	return statuses[node->state];
}
