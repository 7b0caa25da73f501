/* SPDX-License-Identifier: Apache-2.0
 * node.c - the whole life of a node: one table, and the one function that moves it. */
#include "engine/node.h"

#include <stdlib.h>

#include "engine/held.h"
#include "engine/node_states.h"
#include "engine/resolve.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define US_PER_SECOND 1000000

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

/* ---- what the states share ---- */

static void
on_granted(struct slot *slot)
{
	node_wake(container_of(slot, struct node, slot));
}

void
node_want_slot(struct node *node)
{
	struct execution       *e = node->execution;
	uint32_t                v = node_vertex(node);
	struct identity         identity = graph_identity(e->graph, v);
	const struct spec_node *spec = graph_node(e->graph, v);
	struct provider        *provider = execution_provider(e, spec->type);
	char                    name[256];
	struct op               op = {
			      .type = spec->type,
			      .identity = &identity,
			      .credentials = execution_credentials(e, spec),
	};

	provider->window(provider, &op, name, sizeof(name));
	node->slot.priority = e->graph->vertices[v].behind;
	slot_want(e->engine->windows, &node->slot, name, provider->window_size, e->key.tenant);
}

void
node_drop_slot(struct node *node)
{
	slot_drop(&node->slot);
}

static int64_t
doubt_us(const struct node *node)
{
	return (int64_t)(node_spec(node)->type->doubt_seconds * US_PER_SECOND);
}

void
node_doubt(struct node *node)
{
	node->doubtful = true;
	node->doubt_until_us = loop_now_us(execution_loop(node->execution)) + doubt_us(node);
}

bool
node_is_dry(const struct node *node)
{
	return node->execution->mode == MODE_DRY_RUN;
}

bool
node_is_durable(const struct node *node)
{
	return node->execution->journal.durable >= node->work->durable_seq;
}

enum stop
node_stop(const struct node *node)
{
	if (node->overdue)
		return STOP_FORCED;
	return node->reconcile && node->execution->stop == STOP_NONE ? STOP_GENTLE
								     : node->execution->stop;
}

enum node_state
node_stopped(const struct node *node)
{
	return node->overdue ? NODE_FAILED : NODE_CANCELLED;
}

/* ---- the ends ---- */

static void
end(struct node *node)
{
	node->ended_ms = loop_wall_ms(execution_loop(node->execution));
	if (!node_is_dry(node)) { /* nobody asks any more what was to change */
		json_object_put(node->diff);
		node->diff = NULL;
	}
	if (node->work != NULL && (node->work->unseen || node->doubtful))
		execution_linger(node->execution, doubt_us(node));
	work_destroy(node);
	node_drop_slot(node);
	if (node_is_dry(node))
		execution_tell_node(node->execution, node_vertex(node));
	execution_wake(node->execution);
}

static void
block(struct node *node)
{
	if (node->blocked || node->state != NODE_PENDING)
		return;
	node->blocked = true;
	node->execution->leaving++;
	node_wake(node);
}

void
node_let_go(struct node *node)
{
	must(node->waiting > 0);
	if (--node->waiting == 0 && !node->blocked && !node->reconcile)
		admission_freed(node);
}

static void
each_successor(struct node *node, void (*tell)(struct node *))
{
	const struct graph *graph = node->execution->graph;
	uint32_t            v = node_vertex(node);

	if (!execution_waits(node->execution))
		return;
	for (uint32_t i = graph->out_at[v]; i < graph->out_at[v + 1]; i++)
		tell(&node->execution->nodes[graph->out[i]]);
}

/* What waits for it goes on: it is done, or nothing is to be done about it. */
static void
enter_passed(struct node *node)
{
	if (node->work != NULL)
		work_learn(node->work);
	if (node->state == NODE_COMPLETED && !node->confirms)
		execution_got_on(node->execution);
	each_successor(node, node_let_go);
	end(node);
}

static void
enter_failed(struct node *node)
{
	if (node->overdue)
		node_set_error(node, OP_TIMEOUT, "it took longer than %lld seconds",
		    (long long)node_spec(node)->timeout_s);
	node->execution->failed++;
	node->execution->stale += node->error->type == OP_STALE;
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
	[NODE_PENDING] = { TO(RESOLVING) | TO(BLOCKED) | TO(SKIPPED) | TO(KEPT), step_pending,
	    decide_pending, NULL, leave_pending },
	[NODE_RESOLVING] = { TO(INTENDING) | TO(SETTLING) | TO(RECORDING) | TO(BACKOFF) |
				 TO(FAILED) | TO(CANCELLED),
	    resolve_step, decide_resolving, resolve_begin, leave_resolving },
	[NODE_INTENDING] = { TO(CALLING) | TO(RECORDING) | TO(FAILED) | TO(CANCELLED), NULL,
	    decide_intending, enter_intending, leave_intending },
	[NODE_CALLING] = { TO(SETTLING) | TO(RECORDING) | TO(RESOLVING) | TO(BACKOFF) | TO(FAILED),
	    NULL, decide_calling, enter_calling, leave_calling },
	[NODE_SETTLING] = { TO(RECORDING) | TO(RESOLVING) | TO(BACKOFF) | TO(FAILED), step_settling,
	    decide_settling, enter_settling, leave_settling },
	[NODE_RECORDING] = { TO(COMPLETED) | TO(UNDONE) | TO(FAILED) | TO(CANCELLED), NULL,
	    decide_recording, enter_recording, NULL },
	[NODE_BACKOFF] = { TO(RESOLVING) | TO(FAILED) | TO(CANCELLED), step_backoff, decide_backoff,
	    enter_backoff, leave_backoff },
	[NODE_COMPLETED] = { .enter = enter_passed },
	[NODE_FAILED] = { .enter = enter_failed },
	[NODE_BLOCKED] = { .enter = enter_blocked },
	[NODE_SKIPPED] = { .enter = enter_passed },
	[NODE_CANCELLED] = { .enter = end },
	[NODE_UNDONE] = { .enter = enter_passed },
	[NODE_KEPT] = { .enter = enter_passed },
};
_Static_assert(NODE_STATES_N <= 32, "may is one unsigned");

/* The only writer of node->state. What is journalled says what is about to be; enter() acts on it. A node that a
 * rollback keeps has nothing new to say. */
static void
node_move(struct node *node, enum node_state to)
{
	must(rows[node->state].may & 1u << to);
	if (rows[node->state].leave != NULL)
		rows[node->state].leave(node);
	node->state = (uint8_t)to;
	if (to != NODE_KEPT)
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
	task_set_lane(execution_loop(execution), &node->task, execution->task.lane);
}

void
node_fini(struct node *node)
{
	work_destroy(node);
	node_drop_slot(node);
	task_cancel(execution_loop(node->execution), &node->task);
	json_object_put(node->diff);
	free(node->outputs);
	json_object_put(node->before);
	json_object_put(node->before_tags);
	free(node->final);
	held_forget(node);
	free(node->error);
}

void
node_wake(struct node *node)
{
	task_wake(execution_loop(node->execution), &node->task);
}

void
node_reconcile(struct node *node)
{
	must(node->state == NODE_PENDING && node->doubtful && !node->reconcile);
	if (node->waiting == 0 && node->gates == 0 && !node->blocked)
		admission_taken(node);
	node->reconcile = true;
	node->execution->leaving++;
	node_wake(node);
}

void
node_take_outputs(struct node *node, struct json_object *from)
{
	struct json_object *outputs = json_get_object(from, "outputs");

	free(node->outputs);
	node->outputs = outputs != NULL ? xstrdup(json_text(outputs)) : NULL;
}

bool
node_may(enum node_state from, enum node_state to)
{
	return rows[from].may & 1u << to;
}

uint32_t
node_vertex(const struct node *node)
{
	return (uint32_t)(node - node->execution->nodes);
}

const struct spec_node *
node_spec(const struct node *node)
{
	return graph_node(node->execution->graph, node_vertex(node));
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
