/* SPDX-License-Identifier: Apache-2.0
 * judge_call.c - calls that leave, and are answered. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "cloud.h"
#include "depot.h"
#include "engine/execution.h"
#include "engine/record.h"
#include "engine/work.h"
#include "judge.h"
#include "judging.h"
#include "said.h"
#include "util/json.h"
#include "world.h"

#define PATIENCE_MS 100 /* the shortest wait before another try, when none was asked for */
#define CALLS_MAX \
	100 /* of one node in one execution: more than all rows of the retry table together */

/* ---- what judges share ---- */

const struct graph *
graph_of(const struct version *version)
{
	const struct ledger *ledger = &version->ledger;

	return version->graphs[ledger->kind == EXECUTION_DESTROY || ledger->undoing];
}

bool
is_before(const struct graph *graph, uint32_t first, uint32_t then)
{
	for (uint32_t e = graph->out_at[first]; e < graph->out_at[first + 1]; e++) {
		if (graph->out[e] == then)
			return true;
	}
	return false;
}

struct store_key
key_of(const struct version *version)
{
	struct store_key key;

	must(store_key_set(
	    &key, version->deployment->tenant, version->deployment->id, version->spec->graph_id));
	return key;
}

const char *
name_of(const struct version *version, uint32_t vertex)
{
	return graph_node(version->graphs[0], vertex)->resource_id;
}

const char *
record_of(struct world *world, const struct version *version, uint32_t vertex)
{
	struct store_key  key = key_of(version);
	struct mem_graph *stored = depot_graph(world->depot, &key);
	char              field[RECORD_FIELD_SIZE];

	record_field_name(graph_of(version), vertex, field);
	return stored->exec != NULL ? mem_table_get(stored->exec->fields, field) : NULL;
}

bool
is_behind(const struct version *version, uint32_t vertex)
{
	const struct page *page = &version->ledger.pages[vertex];

	if (version->ledger.undoing)
		return page->last == NODE_UNDONE || page->replaced ||
		       (!page->made && !page->changed);
	return page->state == NODE_COMPLETED || page->state == NODE_SKIPPED;
}

const struct box *
box_of(const struct world *world, const struct version *version, uint32_t vertex)
{
	struct box like = version_box(version, vertex);

	return cloud_find(world->cloud, &like, NULL);
}

/* ---- the call leaves ---- */

static const struct work *
work_of(const struct op *op)
{
	return container_of((struct op *)(uintptr_t)op, struct work, op);
}

static bool
is_write(enum op_kind kind)
{
	return kind == OP_CREATE || kind == OP_UPDATE || kind == OP_DELETE;
}

static struct version *
version_of(const struct world *world, const struct op *op)
{
	return client_version(world->client, execution_key(work_of(op)->node->execution));
}

static void
judge_intent(struct world *world, struct version *version, uint32_t vertex, enum op_kind kind)
{
	const char *record = record_of(world, version, vertex);
	unsigned    call = ++version->ledger.pages[vertex].calls;
	const char *id = name_of(version, vertex);

	if (record == NULL)
		world_judge(world, "G1", "%s of %s leaves, and nothing is stored of it",
		    op_kind_name(kind), id);
	else if (said_state(record) != NODE_INTENDING && said_state(record) != NODE_CALLING)
		world_judge(world, "G1", "%s of %s leaves, and stored is: %s", op_kind_name(kind),
		    id, record);
	else if (said_number(record, "attempt") < call)
		world_judge(
		    world, "G1", "call %u of %s leaves, and stored is: %s", call, id, record);
	if (call > CALLS_MAX)
		world_judge(world, "tries", "%s of %s is call %u", op_kind_name(kind), id, call);
}

static void
judge_predecessors(struct world *world, const struct version *version, uint32_t vertex)
{
	const struct graph *graph = graph_of(version);

	for (uint32_t v = 0; v < graph->n; v++) {
		if (is_before(graph, v, vertex) && !is_behind(version, v))
			world_judge(world, "G1", "%s starts while %s is stored as %s",
			    name_of(version, vertex), name_of(version, v),
			    state_name(version->ledger.pages[v].state));
	}
}

/* Of any execution, whoever runs it. */
static void
judge_manners(struct world *world, const struct process *process, const struct op *op)
{
	const struct node *node = work_of(op)->node;
	const char        *id = op->identity->resource_id;

	if (cloud_in_flight(world->cloud, process, op) >= cloud_window_size(world->cloud))
		world_judge(
		    world, "window", "%s of %s is one call too many", op_kind_name(op->kind), id);
	if (node->slot.state != SLOT_HELD)
		world_judge(
		    world, "window", "%s of %s leaves without a slot", op_kind_name(op->kind), id);
	if (str_eq(op->type->provider, "vault") && op->credentials == NULL)
		world_judge(world, "credentials", "%s of %s leaves without them",
		    op_kind_name(op->kind), id);
	if (is_write(op->kind) && node->execution->mode == MODE_DRY_RUN)
		world_judge(world, "dry", "%s of %s leaves", op_kind_name(op->kind), id);
	if (node_spec(node)->operation == SPEC_LEAVE && node->execution->kind != EXECUTION_DESTROY)
		world_judge(world, "goes", "%s of %s leaves, which is to be left",
		    op_kind_name(op->kind), id);
	if (is_write(op->kind) && process->drains)
		world_judge(world, "G2", "%s of %s leaves %s, which drains", op_kind_name(op->kind),
		    id, process->owner);
}

void
judge_call(struct world *world, const struct process *process, const struct op *op)
{
	const struct node      *node = work_of(op)->node;
	const struct execution *execution = node->execution;
	struct version         *version = version_of(world, op);
	uint32_t                vertex = node_vertex(node);
	struct page            *page = &version->ledger.pages[vertex];

	judge_manners(world, process, op);
	if (execution->mode == MODE_DRY_RUN || version->ledger.lost)
		return;
	if (!depot_is_held_by(world->depot, execution_key(execution), process)) {
		if (is_write(op->kind) && !depot_has_just_lost(world->depot))
			world_judge(world, "G2",
			    "%s of %s leaves %s, which does not hold the lease",
			    op_kind_name(op->kind), op->identity->resource_id, process->owner);
		return;
	}
	/* A begin that was sent long ago has arrived: it is in vain, but for the fence that it has raised. */
	if (execution->fence != depot_fence(world->depot, execution_key(execution)))
		return;
	if (world->now_us < page->patience_us)
		world_judge(world, "tries", "%s of %s comes %lld us too early",
		    op_kind_name(op->kind), op->identity->resource_id,
		    (long long)(page->patience_us - world->now_us));
	if (!is_write(op->kind))
		return;
	judge_intent(world, version, vertex, op->kind);
	judge_plan(world, version, vertex, op->kind);
	judge_predecessors(world, version, vertex);
}

/* ---- it is answered ---- */

static bool
is_to_be_tried_again(enum op_result result)
{
	return result == OP_THROTTLED || result == OP_TRANSIENT || result == OP_UNKNOWN ||
	       result == OP_NOT_YET;
}

void
judge_answer(struct world *world, const struct process *process, const struct op *op)
{
	const struct execution *execution = work_of(op)->node->execution;
	int64_t                 wait_ms = op->retry_after_ms > 0 ? op->retry_after_ms : PATIENCE_MS;

	if (execution->mode != MODE_DRY_RUN && is_to_be_tried_again(op->result) &&
	    depot_is_held_by(world->depot, execution_key(execution), process))
		version_of(world, op)->ledger.pages[node_vertex(work_of(op)->node)].patience_us =
		    world->now_us + wait_ms * MS;
}
