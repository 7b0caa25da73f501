/* SPDX-License-Identifier: Apache-2.0
 * cloud.c - calls on their way to the boxes, and back. */
#include "cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "engine/work.h"
#include "index.h"
#include "judge.h"
#include "landing.h"
#include "process.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"
#include "world.h"

#define QUICK_US     (50 * MS)
#define SLOW_US      (5 * SECOND)
#define HORIZON_MOST (8 * SECOND)
#define WINDOW_MOST  4
#define NEVER_US     (600 * SECOND)
#define ASKED_MS     3000 /* the longest that it asks to wait when throttled */

static const struct kind kinds[] = {
	{ "named", true, false },
	{ "tokened", false, true },
	{ "loose", false, false },
	{ "kept", true, false },
};

struct credentials {
	int64_t until_us;
};

/* ---- what may become of a call ---- */

#define READS  (1u << OP_READ | 1u << OP_SETTLE)
#define WRITES (1u << OP_CREATE | 1u << OP_UPDATE | 1u << OP_DELETE)

static const struct mishap {
	enum chance    chance;
	unsigned       verbs;
	enum op_result answer;
	bool           lands;
} mishaps[] = {
	{ CHANCE_THROTTLED, READS | WRITES, OP_THROTTLED, false },
	{ CHANCE_TRANSIENT, READS | WRITES, OP_TRANSIENT, false },
	{ CHANCE_NOT_FOUND, WRITES | 1u << OP_SETTLE, OP_NOT_FOUND, false },
	{ CHANCE_DENIED, READS | WRITES, OP_DENIED, false },
	{ CHANCE_LOST_REQUEST, WRITES, OP_UNKNOWN, false },
	{ CHANCE_LOST_REPLY, WRITES, OP_UNKNOWN, true },
};

static void
draw_mishap(struct call *call)
{
	struct world *world = call->cloud->world;

	call->lands = true;
	for (size_t i = 0; i < array_len(mishaps); i++) {
		const struct mishap *mishap = &mishaps[i];

		if ((mishap->verbs & 1u << call->verb) == 0 || !hits(world, mishap->chance))
			continue;
		call->lie = mishap->answer;
		call->lands = mishap->lands;
		break;
	}
	if (call->lie == OP_THROTTLED && draw(world, 2) == 0)
		call->retry_after_ms = draw_between(world, 1, ASKED_MS);
	if (call->lie == OP_UNKNOWN)
		call->late = call->lands && draw(world, 2) == 0;
	if (call->lie == OP_PENDING && hits(world, CHANCE_NEVER)) {
		call->lie = OP_UNKNOWN;
		call->never = true;
		call->lands = draw(world, 2) == 0;
	}
	/* A second delivery of what has no token and no name makes a second box, whatever we do. */
	if (WRITES & 1u << call->verb && (call->kind->unique || call->kind->tokens))
		call->doubled = hits(world, CHANCE_DOUBLED);
}

static int64_t
draw_travel_us(struct world *world)
{
	return draw_between(world, 1, hits(world, CHANCE_SLOW) ? SLOW_US : QUICK_US);
}

/* ---- the way of a call ---- */

static void
call_free(struct call *call)
{
	*call->at = call->next;
	if (call->next != NULL)
		call->next->at = call->at;
	call->cloud->calls_n--;
	timer_disarm(call->cloud->world->sky, &call->timer);
	json_object_put(call->desired);
	json_object_put(call->changes);
	json_object_put(call->asked.tags);
	json_object_put(call->found);
	free(call);
}

static void
call_end_if_over(struct call *call)
{
	if (call->landed && call->delivered)
		call_free(call);
}

/* The process is told; or it has died since the answer came in. */
static void
deliver(struct delivery *delivery)
{
	struct call *call = container_of(delivery, struct call, delivery);
	struct op   *op = call->op;

	if (op != NULL) {
		op->output(op, "stdout", "done\n", strlen("done\n"));
		op->impl = NULL;
		op_answer(op, call->result, "%s", call->message);
		op->retry_after_ms = call->retry_after_ms;
		if (call->result == OP_OK) {
			op->found = call->found;
			call->found = NULL;
		}
		tell(call->cloud->world, call->process->owner, op_result_name(call->result),
		    call->asked.resource, call->retry_after_ms);
		judge_answer(call->cloud->world, call->process, op);
	}
	call->op = NULL;
	call->delivered = true;
	call_end_if_over(call);
	if (op != NULL)
		op->done(op);
}

static void
call_answer(struct call *call)
{
	if (call->lie != OP_PENDING)
		call_result(call, call->lie, "so it was drawn");
	call->answered = true;
	if (call->op != NULL)
		process_deliver(call->process, &call->delivery);
	else
		deliver(&call->delivery);
}

/* It lands, then it is answered; when late, the other way round. */
static void
on_timer(struct timer *timer)
{
	struct call  *call = container_of(timer, struct call, timer);
	struct world *world = call->cloud->world;

	if (call->late) {
		call->late = false;
		timer_arm(world->sky, timer, draw_between(world, 0, call->cloud->horizon_us / 2));
		call_answer(call);
	} else if (!call->landed) {
		call_land(call);
		if (!call->answered)
			timer_arm(
			    world->sky, timer, call->never ? NEVER_US : draw_travel_us(world));
		else
			call_end_if_over(call);
	} else {
		call_answer(call);
	}
}

static const struct node *
node_of(const struct op *op)
{
	return container_of((struct op *)(uintptr_t)op, struct work, op)->node;
}

static void
copy_text(char *out, size_t size, const char *text)
{
	must(strlen(text) < size);
	memcpy(out, text, strlen(text) + 1);
}

static void
call_ask(struct call *call, const struct op *op)
{
	const struct identity *identity = op->identity;
	struct box            *asked = &call->asked;

	call->op = (struct op *)(uintptr_t)op;
	call->kind = op->type->impl;
	call->verb = op->kind;
	call->after = op->after;
	call->adopt = op->adopt;
	call->desired = json_object_get(op->desired);
	call->changes = json_object_get(op->changes);
	copy_text(asked->deployment, sizeof(asked->deployment), identity->deployment_id);
	copy_text(asked->resource, sizeof(asked->resource), identity->resource_id);
	copy_text(asked->node, sizeof(asked->node), identity->node_id);
	copy_text(asked->region, sizeof(asked->region), identity->region);
	copy_text(asked->token, sizeof(asked->token), op->token);
	if (json_has(op->desired, "name"))
		copy_text(asked->name, sizeof(asked->name), json_get_str(op->desired, "name"));
	asked->vertex = node_vertex(node_of(op));
	if (op->known != NULL)
		copy_text(asked->id, sizeof(asked->id), json_get_str(op->known, "id"));
	copy_text(asked->graph, sizeof(asked->graph), identity->graph_id);
	copy_text(asked->execution, sizeof(asked->execution), execution_id(node_of(op)->execution));
	asked->type = op->type->name;
	call->until_us = op->credentials != NULL ? op->credentials->until_us : LOOP_NEVER;
	if (WRITES & 1u << op->kind)
		asked->tags = op_tags(op);
}

static void
cloud_start(struct provider *provider, struct op *op)
{
	struct process *process = process_of(provider);
	struct cloud   *cloud = process->world->cloud;
	struct call    *call = xcalloc(1, sizeof(*call));

	must(op->impl == NULL);
	tell(cloud->world, process->owner, op_kind_name(op->kind), op->identity->resource_id, 0);
	judge_call(cloud->world, process, op);
	call->delivery.deliver = deliver;
	call->cloud = cloud;
	call->process = process;
	call_ask(call, op);
	call->next = cloud->calls;
	call->at = &cloud->calls;
	if (call->next != NULL)
		call->next->at = &call->next;
	cloud->calls = call;
	cloud->calls_n++;
	cloud->writes_n += (WRITES & 1u << op->kind) != 0;
	draw_mishap(call);
	timer_init(&call->timer, on_timer);
	timer_arm(cloud->world->sky, &call->timer, draw_travel_us(cloud->world));
	op->impl = call;
}

/* Nobody waits any more. What has been sent may be lost on its way. */
static void
cloud_cancel(struct provider *provider, struct op *op)
{
	struct call  *call = op->impl;
	struct world *world = call->cloud->world;

	(void)provider;
	must(call->op == op);
	call->op = NULL;
	op->impl = NULL;
	call->lie = OP_PENDING;
	if (!call->landed && draw(world, 3) == 0)
		call->lands = false;
	if (!call->answered)
		timer_arm(world->sky, &call->timer,
		    call->landed ? 0 : draw_between(world, 0, call->cloud->horizon_us / 2));
}

/* ---- the provider ---- */

static enum err_code
cloud_load(struct provider *provider, struct resource_type *type, struct err *err)
{
	(void)provider;
	for (size_t i = 0; i < array_len(kinds); i++) {
		if (str_eq(json_get_str(type->file, "kind"), kinds[i].name)) {
			type->impl = (void *)(uintptr_t)&kinds[i];
			return ERR_OK;
		}
	}
	return err_set(err, ERR_INVALID_CONFIG, "%s is of no kind of box", type->name);
}

static void
cloud_window(struct provider *provider, const struct op *op, char *buf, size_t size)
{
	(void)provider;
	snprintf(buf, size, "%s:%s", op->type->provider, op->identity->region);
}

static void
cloud_unregister(struct provider *provider)
{
	(void)provider;
}

struct credentials *
cloud_credentials(int64_t until_us)
{
	struct credentials *credentials = xcalloc(1, sizeof(*credentials));

	credentials->until_us = until_us;
	return credentials;
}

static void
cloud_close(struct credentials *credentials)
{
	free(credentials);
}

const struct provider cloud_vault = {
	.name = "vault",
	.needs_credentials = true,
	.load = cloud_load,
	.close = cloud_close,
	.window = cloud_window,
	.start = cloud_start,
	.cancel = cloud_cancel,
	.start_sweep = index_start_sweep,
	.cancel_sweep = index_cancel_sweep,
	.destroy = cloud_unregister,
};

const struct provider cloud_provider = {
	.name = "sim",
	.load = cloud_load,
	.window = cloud_window,
	.start = cloud_start,
	.cancel = cloud_cancel,
	.start_sweep = index_start_sweep,
	.cancel_sweep = index_cancel_sweep,
	.destroy = cloud_unregister,
};

/* ---- public ---- */

struct cloud *
cloud_create(struct world *world)
{
	struct cloud *cloud = xcalloc(1, sizeof(*cloud));

	cloud->world = world;
	cloud->tail = &cloud->boxes;
	cloud->horizon_us = draw_between(world, 1, HORIZON_MOST);
	cloud->window_size = 1 + (unsigned)draw(world, WINDOW_MOST);
	return cloud;
}

void
cloud_destroy(struct cloud *cloud)
{
	index_destroy(cloud);
	while (cloud->calls != NULL)
		call_free(cloud->calls);
	while (cloud->boxes != NULL) {
		struct box *box = cloud->boxes;

		cloud->boxes = box->next;
		box_free(box);
	}
	free(cloud);
}

unsigned
cloud_window_size(const struct cloud *cloud)
{
	return cloud->window_size;
}

size_t
cloud_calls_n(const struct cloud *cloud)
{
	return cloud->calls_n;
}

uint64_t
cloud_writes_n(const struct cloud *cloud)
{
	return cloud->writes_n;
}

/* A window is that of the node's own type, also while it looks for others. */
static bool
is_same_window(const struct node *one, const struct node *other)
{
	const struct graph *graph = one->execution->graph, *its = other->execution->graph;
	uint32_t            vertex = node_vertex(one), vertex_its = node_vertex(other);

	return strcmp(graph_region(graph, vertex), graph_region(its, vertex_its)) == 0 &&
	       strcmp(graph_node(graph, vertex)->type->provider,
		   graph_node(its, vertex_its)->type->provider) == 0;
}

/* A node makes one call at a time, and holds a slot. */
unsigned
cloud_in_flight(const struct cloud *cloud, const struct process *process, const struct op *op)
{
	unsigned n = 0;

	for (const struct call *call = cloud->calls; call != NULL; call = call->next)
		n += call->op != NULL && call->process == process &&
		     is_same_window(node_of(call->op), node_of(op));
	return n;
}
