/* SPDX-License-Identifier: Apache-2.0
 * work.c - a node's op, timer and findings, from its start to its end. */
#include "engine/work.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/durations.h"
#include "engine/execution.h"
#include "engine/output.h"
#include "engine/resolve.h"
#include "engine/telemetry.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/json.h"
#include "util/mem.h"

#define US_PER_SECOND 1000000

static void
on_op_done(struct op *op)
{
	struct work *work = container_of(op, struct work, op);
	struct node *node = work->node;

	output_tell(work->output);
	telemetry_op(node->execution->engine->telemetry, op,
	    loop_now_us(execution_loop(node->execution)) - work->asked_us);
	if (op->result == OP_OK || op->result == OP_ABSENT)
		execution_credentials_worked(node->execution, op->credentials);
	slot_answered(&node->slot, op->throttled ? OP_THROTTLED : op->result, op->retry_after_ms);
	node_wake(node);
}

static void
on_overdue(struct timer *timer)
{
	struct node *node = container_of(timer, struct work, overdue)->node;

	node->overdue = true;
	node_wake(node);
}

static void
on_timer(struct timer *timer)
{
	node_wake(container_of(timer, struct work, timer)->node);
}

/* The same for every try of an execution, also when another process goes on with it. Another execution is another generation: what the last one
 * made may have been deleted since, and a cloud that remembers its token would answer with that. So is a try after one that is over: its own
 * token would only be answered with how that one ended. A process that takes over is told that way of each, and so comes to the one that is not. */
static void
make_token(struct work *work)
{
	const struct identity *id = &work->identity;
	char                   seed[512], hex[DIGEST_SHA256_HEX];
	int len = snprintf(seed, sizeof(seed), "%s\n%s\n%s\n%s\n%s\n%d\n%u", id->tenant,
	    id->deployment_id, node_spec(work->node)->node_id, id->region,
	    work->node->execution->id, work->node->undo, work->overs);

	must(len > 0 && (size_t)len < sizeof(seed));
	digest_sha256_hex(seed, (size_t)len, hex);
	memcpy(work->token, hex, WORK_TOKEN_SIZE - 1);
}

void
work_create(struct node *node)
{
	struct work *work = xcalloc(1, sizeof(*work));
	int64_t      timeout_s = node_spec(node)->timeout_s;

	must(node->work == NULL);
	node->work = work;
	work->node = node;
	work->identity = graph_identity(node->execution->graph, node_vertex(node));
	timer_init(&work->timer, on_timer);
	timer_init(&work->overdue, on_overdue);
	timer_set_lane(execution_loop(node->execution), &work->timer, node->task.lane);
	timer_set_lane(execution_loop(node->execution), &work->overdue, node->task.lane);
	if (timeout_s > 0)
		timer_arm(
		    execution_loop(node->execution), &work->overdue, timeout_s * US_PER_SECOND);
	work->began_us = loop_now_us(execution_loop(node->execution));
	make_token(work);
	node->execution->active++;
}

void
work_destroy(struct node *node)
{
	struct work *work = node->work;
	bool         starved = work != NULL && work->starved;

	if (work == NULL)
		return;
	work_cancel(work);
	timer_disarm(execution_loop(node->execution), &work->timer);
	timer_disarm(execution_loop(node->execution), &work->overdue);
	execution_forget_durable(node->execution, node);
	resolve_fini(node);
	output_destroy(work->output);
	json_object_put(work->desired);
	json_object_put(work->found);
	json_object_put(work->kept);
	json_object_put(work->changes);
	json_object_put(work->tags);
	free(work);
	node->work = NULL;
	must(node->execution->active > 0);
	node->execution->active--;
	node->execution->starved -= starved;
}

static void
on_op_output(struct op *op, const char *stream, const char *text, size_t len)
{
	struct work *work = container_of(op, struct work, op);

	if (work->output == NULL)
		work->output = output_create(work->node);
	output_add(work->output, stream, text, len);
}

void
work_ask(struct work *work, const struct spec_node *of, const struct op *ask)
{
	struct execution *e = work->node->execution;
	struct provider  *provider = execution_provider(e, of->type);

	must(!work_is_asking(work));
	op_fini(&work->op);
	work->op = *ask;
	work->op.token = work->token;
	work->op.trace = e->trace;
	work->op.type = of->type;
	work->op.tags = ask->tags != NULL ? ask->tags : of->tags;
	work->op.adopt = of->operation == SPEC_ADOPT && e->kind != EXECUTION_VERIFY;
	work->op.credentials = execution_credentials(e, of);
	work->op.done = on_op_done;
	work->op.output = on_op_output;
	work->asked_us = loop_now_us(execution_loop(e));
	provider->start(provider, &work->op);
}

void
work_begin_anew(struct work *work)
{
	work->made = false;
	work->overs++;
	make_token(work);
}

bool
work_takes_away(const struct work *work)
{
	return work->act == PLAN_DELETE || work->act == PLAN_REPLACE;
}

bool
work_is_asking(const struct work *work)
{
	return work->op.type != NULL && work->op.result == OP_PENDING;
}

void
work_cancel(struct work *work)
{
	if (work_is_asking(work)) {
		struct provider *provider =
		    execution_provider(work->node->execution, work->op.type);

		provider->cancel(provider, &work->op);
	}
	op_fini(&work->op);
	work->op = (struct op){ 0 };
}

void
work_take_found(struct work *work)
{
	if (work->op.found == NULL)
		return;
	json_object_put(work->found);
	work->found = work->op.found;
	work->op.found = NULL;
}

void
work_take_kept(struct work *work)
{
	json_object_put(work->kept);
	work->kept = json_object_get(json_get_object(work->op.found, "kept"));
}

void
work_learn(const struct work *work)
{
	const struct node *node = work->node;
	struct execution  *e = node->execution;
	int64_t            took_us = loop_now_us(execution_loop(e)) - work->began_us;

	if (e->mode != MODE_DRY_RUN && node->error == NULL)
		durations_add(e->engine->durations, graph_node(e->graph, node_vertex(node))->type,
		    work->act, (double)took_us / US_PER_SECOND);
}

static struct node_error *
error_of(struct node *node)
{
	if (node->error == NULL)
		node->error = xcalloc(1, sizeof(*node->error));
	return node->error;
}

void
node_take_error(struct node *node)
{
	struct node_error *error = error_of(node);
	const struct op   *op = &node->work->op;

	_Static_assert(sizeof(error->code) == sizeof(op->code), "copied whole");
	_Static_assert(sizeof(error->message) == sizeof(op->message), "copied whole");
	_Static_assert(sizeof(error->request_id) == sizeof(op->request_id), "copied whole");
	error->type = op->result;
	memcpy(error->code, op->code, sizeof(error->code));
	memcpy(error->message, op->message, sizeof(error->message));
	memcpy(error->request_id, op->request_id, sizeof(error->request_id));
}

void
node_set_error(struct node *node, enum op_result type, const char *fmt, ...)
{
	struct node_error *error = error_of(node);
	va_list            args;

	*error = (struct node_error){ .type = type };
	va_start(args, fmt);
	vsnprintf(error->message, sizeof(error->message), fmt, args);
	va_end(args);
}

void
node_fail_look(struct node *node)
{
	node->work->looked = node->error->type;
}
