/* SPDX-License-Identifier: Apache-2.0
 * mem_verbs.c - each verb of the store, on tables in memory. */
#include "store/mem_verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mem_access.h"
#include "store/mem_archive.h"
#include "store/mem_history.h"
#include "store/mem_hooks.h"
#include "store/mem_lists.h"
#include "store/mem_once.h"
#include "store/mem_planned.h"
#include "store/mem_plans.h"
#include "store/mem_told.h"
#include "store/mem_verified.h"
#include "store/store_mem.h"
#include "util/check.h"
#include "util/mem.h"

#define US_PER_MS       1000
#define EVENTS_CAP_MORE 16
#define MEMBER_SIZE     512 /* "G:E" */

/* ---- the lease ---- */

static bool
lease_is_live(const struct mem_ask *ask, const struct mem_deployment *deployment)
{
	return deployment->owner != NULL && ask->now_us < deployment->until_us;
}

static void
lease_take(const struct mem_ask *ask, struct mem_deployment *deployment, uint64_t fence)
{
	free(deployment->owner);
	deployment->owner = xstrdup(ask->owner);
	deployment->owner_fence = fence;
	deployment->until_us = ask->now_us + (int64_t)STORE_MEM_LEASE_MS * US_PER_MS;
}

/* Its last one; it may have run out since. A fence that was given out twice is only its last owner's. */
static bool
lease_is_mine(const struct mem_ask *ask, const struct mem_deployment *deployment, uint64_t fence)
{
	return deployment->owner != NULL && strcmp(deployment->owner, ask->owner) == 0 &&
	       deployment->owner_fence == fence;
}

/* Held, or ran out while nobody else has begun: then it is taken again. */
static bool
lease_hold(const struct mem_ask *ask, struct mem_deployment *deployment, uint64_t fence)
{
	if (!lease_is_mine(ask, deployment, fence))
		return false;
	if (!lease_is_live(ask, deployment))
		lease_take(ask, deployment, fence);
	return true;
}

/* ---- the verbs ---- */

/* A graph id belongs to the first deployment of the tenant that stored it. */
static bool
graph_claim(const struct mem_ask *ask, const struct store_op *op)
{
	struct mem_tenant *tenant = mem_tenant_of(ask->data, &op->key);
	const char        *deployment = mem_table_get(tenant->graphs, op->key.graph);

	if (deployment == NULL)
		mem_table_put(tenant->graphs, op->key.graph, xstrdup(op->key.deployment));
	return deployment == NULL || strcmp(deployment, op->key.deployment) == 0;
}

static enum store_result
put_spec(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph *graph;

	if (!graph_claim(ask, op))
		return STORE_EXISTS;
	graph = mem_graph_of(ask->data, &op->key);
	if (graph->put_ms < (uint64_t)op->now_ms)
		graph->put_ms = (uint64_t)op->now_ms;
	if (graph->spec == NULL)
		graph->spec = xstrdup(op->text);
	return strcmp(graph->spec, op->text) == 0 ? STORE_OK : STORE_EXISTS;
}

static enum store_result
get_spec(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph *graph = mem_graph_of(ask->data, &op->key);

	if (graph->spec == NULL)
		return STORE_ABSENT;
	store_op_set_text(op, graph->spec);
	return STORE_OK;
}

static void
exec_put_fields(struct mem_graph *graph, const struct store_op *op)
{
	if (graph->exec == NULL && op->fields_n > 0)
		graph->exec = mem_execution_create("", 0);
	for (size_t i = 0; i < op->fields_n; i++)
		free(mem_table_put(
		    graph->exec->fields, op->fields[i].name, xstrdup(op->fields[i].text)));
}

/* Its member of the history begins with "G:". */
static bool
is_unfinished(const struct mem_deployment *deployment, const char *graph)
{
	return deployment->unfinished != NULL &&
	       strncmp(deployment->unfinished, graph, strlen(graph)) == 0;
}

static void
exec_begin(struct mem_deployment *deployment, struct mem_graph *graph, const struct store_op *op)
{
	char member[MEMBER_SIZE];

	snprintf(member, sizeof(member), "%s:%s", op->key.graph, op->execution);
	free(deployment->unfinished);
	deployment->unfinished = xstrdup(member);
	deployment->unfinished_since = (uint64_t)op->now_ms;
	mem_history_keep(graph);
	graph->exec = mem_execution_create(op->execution, graph->events_n);
	mem_table_put(graph->exec->fields, "", xstrdup(op->text));
	exec_put_fields(graph, op);
	mem_history_add(deployment, member, (uint64_t)op->now_ms);
}

static void
tell_holder(const struct mem_deployment *deployment, struct store_op *op)
{
	char holder[MEMBER_SIZE];

	snprintf(holder, sizeof(holder), "%s %llu",
	    deployment->owner != NULL ? deployment->owner : "-",
	    (unsigned long long)deployment->owner_fence);
	store_op_set_text(op, holder);
}

static enum store_result
holder(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);

	if (!lease_is_live(ask, deployment))
		return STORE_ABSENT;
	tell_holder(deployment, op);
	return STORE_OK;
}

enum begun {
	BEGUN_NEVER,
	BEGUN_BEFORE, /* the answer was lost, or this begin comes late: all stays as it is */
	BEGUN_OVER,   /* this begin comes very late */
	BEGUN_OTHER
};

static enum begun
begun_of(const struct mem_deployment *deployment, const struct store_op *op)
{
	char member[MEMBER_SIZE];

	snprintf(member, sizeof(member), "%s:%s", op->key.graph, op->execution);
	if (deployment->unfinished != NULL && strcmp(deployment->unfinished, member) == 0)
		return BEGUN_BEFORE;
	if (mem_table_get(deployment->history, member) != NULL)
		return BEGUN_OVER;
	return deployment->unfinished != NULL ? BEGUN_OTHER : BEGUN_NEVER;
}

/* It can be found. */
static void
begin_list(const struct mem_ask *ask, const struct store_op *op)
{
	struct mem_tenant *tenant = mem_tenant_of(ask->data, &op->key);
	const uint64_t    *score = mem_table_get(tenant->scores, op->key.deployment);

	graph_claim(ask, op);
	if (score == NULL || *score < (uint64_t)op->now_ms)
		mem_score_put(tenant->scores, op->key.deployment, (uint64_t)op->now_ms);
}

static enum store_result
begin(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);
	struct mem_graph      *graph = mem_graph_of(ask->data, &op->key);
	enum begun             begun = op->text != NULL ? begun_of(deployment, op) : BEGUN_BEFORE;

	if (op->text != NULL)
		begin_list(ask, op);
	if (lease_is_live(ask, deployment) && strcmp(deployment->owner, ask->owner) != 0) {
		tell_holder(deployment, op);
		return STORE_EXISTS;
	}
	if (op->text == NULL && !is_unfinished(deployment, op->key.graph))
		return STORE_ABSENT;
	if (begun == BEGUN_OVER) {
		tell_holder(deployment, op);
		return STORE_EXISTS;
	}
	if (begun == BEGUN_OTHER) {
		store_op_set_text(op, deployment->unfinished);
		return STORE_LEFT;
	}
	if (begun == BEGUN_NEVER && op->newest != NULL &&
	    !mem_history_ends_with(deployment, op->newest))
		return STORE_STALE;
	lease_take(ask, deployment, ++deployment->fence);
	deployment->is_parked = false;
	if (begun == BEGUN_NEVER)
		exec_begin(deployment, graph, op);
	op->fence_out = deployment->fence;
	op->seq_out = graph->events_n;
	return STORE_OK;
}

void
mem_event_add(struct mem_graph *graph, const char *text)
{
	if (graph->events_n == graph->events_cap) {
		graph->events_cap = graph->events_cap * 2 + EVENTS_CAP_MORE;
		graph->events = xrealloc(graph->events, graph->events_cap, sizeof(char *));
	}
	graph->events[graph->events_n++] = xstrdup(text);
}

static enum store_result
append(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph *graph = mem_graph_of(ask->data, &op->key);

	if (!lease_hold(ask, mem_deployment_of(ask->data, &op->key), op->fence))
		return STORE_FENCED;
	if (op->seq > graph->events_n) {
		snprintf(op->error, sizeof(op->error), "events are missing: the last one is %zu",
		    graph->events_n);
		return STORE_LOST;
	}
	/* One that comes late, after it was repeated, must not take records back to what they were. */
	if (op->seq + op->events_n > graph->events_n || op->seq == graph->events_n)
		exec_put_fields(graph, op);
	for (size_t i = 0; i < op->events_n; i++) {
		if (op->seq + i == graph->events_n)
			mem_event_add(graph, op->events[i].text);
	}
	op->seq_out = graph->events_n;
	return STORE_OK;
}

static enum store_result
renew(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);

	if (!lease_hold(ask, deployment, op->fence))
		return STORE_FENCED;
	lease_take(ask, deployment, op->fence);
	return STORE_OK;
}

/*
 * The next fence is nobody's, so this one is over. False: it is another's, or another has had it in
 * between; given back twice is fine.
 */
static bool
lease_give_back(const struct mem_ask *ask, struct mem_deployment *deployment, uint64_t fence)
{
	bool is_over = deployment->fence == fence + 1 && deployment->owner == NULL;

	if (is_over)
		return true;
	if (!lease_is_mine(ask, deployment, fence))
		return false;
	free(deployment->owner);
	deployment->owner = NULL;
	deployment->fence++;
	return true;
}

static enum store_result
release(const struct mem_ask *ask, struct store_op *op)
{
	return lease_give_back(ask, mem_deployment_of(ask->data, &op->key), op->fence)
		   ? STORE_OK
		   : STORE_FENCED;
}

static enum store_result
park(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);

	if (!lease_give_back(ask, deployment, op->fence))
		return STORE_FENCED;
	deployment->is_parked = true;
	return STORE_OK;
}

static enum store_result
finish(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_deployment *deployment = mem_deployment_of(ask->data, &op->key);

	if (!lease_give_back(ask, deployment, op->fence))
		return STORE_FENCED;
	free(deployment->unfinished);
	deployment->unfinished = NULL;
	return STORE_OK;
}

static enum store_result
events(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_graph  *graph = mem_graph_of(ask->data, &op->key);
	uint64_t           after = op->seq > graph->trimmed ? op->seq : graph->trimmed;
	size_t             n = after < graph->events_n ? graph->events_n - (size_t)after : 0;
	struct store_item *items;

	n = n < STORE_PAGE_MAX ? n : STORE_PAGE_MAX;
	items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++) {
		items[i].number = after + i + 1;
		items[i].text = graph->events[after + i];
	}
	store_op_set_items(op, items, n);
	free(items);
	return STORE_OK;
}

static enum store_result
find(const struct mem_ask *ask, struct store_op *op)
{
	const char *deployment =
	    mem_table_get(mem_tenant_of(ask->data, &op->key)->graphs, op->key.graph);

	if (deployment == NULL)
		return STORE_ABSENT;
	store_op_set_text(op, deployment);
	return STORE_OK;
}

static enum store_result (*const verbs[STORE_VERBS_N])(
    const struct mem_ask *, struct store_op *) = {
	[STORE_PUT_SPEC] = put_spec,
	[STORE_GET_SPEC] = get_spec,
	[STORE_BEGIN] = begin,
	[STORE_APPEND] = append,
	[STORE_RENEW] = renew,
	[STORE_RELEASE] = release,
	[STORE_PARK] = park,
	[STORE_FINISH] = finish,
	[STORE_HOLDER] = holder,
	[STORE_GET_EXEC] = mem_get_exec,
	[STORE_GET_HEADER] = mem_get_header,
	[STORE_EVENTS] = events,
	[STORE_TOLD] = mem_told,
	[STORE_HOOK] = mem_hook,
	[STORE_FIND] = find,
	[STORE_DEPLOYMENTS] = mem_deployments,
	[STORE_HISTORY] = mem_history,
	[STORE_FORGET] = mem_forget,
	[STORE_PLANNED] = mem_planned,
	[STORE_PLANNED_FORGET] = mem_planned_forget,
	[STORE_UNFINISHED] = mem_unfinished,
	[STORE_ARCHIVE_DUE] = mem_archive_due,
	[STORE_ARCHIVE_GET] = mem_archive_get,
	[STORE_ARCHIVE_TAKE] = mem_archive_take,
	[STORE_ARCHIVE_PUT] = mem_archive_put,
	[STORE_VERIFIED_GET] = mem_verified_get,
	[STORE_VERIFIED_PUT] = mem_verified_put,
	[STORE_PLAN_PUT] = mem_plan_put,
	[STORE_PLAN_GET] = mem_plan_get,
	[STORE_ACCESS_GET] = mem_access_get,
	[STORE_ACCESS_PUT] = mem_access_put,
	[STORE_ONCE_TAKE] = mem_once_take,
	[STORE_ONCE_PUT] = mem_once_put,
};

bool
mem_verb_tells(enum store_verb verb)
{
	return verb == STORE_BEGIN || verb == STORE_APPEND || verb == STORE_VERIFIED_PUT;
}

enum store_result
mem_verb_run(const struct mem_ask *ask, struct store_op *op)
{
	enum store_result result;

	must(op->verb < STORE_VERBS_N);
	result = verbs[op->verb](ask, op);
	if (result == STORE_OK && mem_verb_tells(op->verb))
		mem_tell(ask, op);
	if (result == STORE_OK)
		mem_planned_mark(ask, op);
	if (result == STORE_OK && ask->data->archives)
		mem_archive_mark(ask, op);
	return result;
}
