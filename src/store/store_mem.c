/* SPDX-License-Identifier: Apache-2.0
 * store_mem.c - the store in this process's memory.
 *
 * An op is done at once when it is started and answered on the next turn, so a write that is
 * forgotten has still happened, as with Redis. Tables are json-c's, which keep the order of
 * insertion: the same run gives the same answers in the same order. */
#include "store/store_mem.h"

#include <json-c/linkhash.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define TABLE_SIZE  16
#define US_PER_MS   1000
#define MEMBER_SIZE 512 /* "G:E" */

struct mem_graph {
	char            *spec;
	struct lh_table *exec;   /* field -> text; NULL: no execution yet */
	char           **events; /* events[i] has the number i + 1 */
	size_t           events_n, events_cap;
};

struct mem_deployment {
	uint64_t         fence; /* the last one given out */
	char            *owner; /* of the lease; NULL: released */
	uint64_t         owner_fence;
	int64_t          until_us;
	struct lh_table *history; /* "G:E" -> score */
	struct lh_table *graphs;  /* G -> struct mem_graph */
};

struct mem_tenant {
	struct lh_table *deployments; /* D -> struct mem_deployment */
	struct lh_table *scores;      /* D -> score */
	struct lh_table *graphs;      /* G -> D */
};

struct mem_data {
	struct lh_table *tenants;
	size_t           stores; /* that look at it */
};

struct store_mem {
	struct store       store;
	struct loop       *loop;
	struct mem_data   *data;
	char              *owner;
	bool               up;
	struct store_queue answered;
	struct timer       next_turn;
	struct task        task;
};

/* ---- tables: keys are copies, owned by the table ---- */

static void *
table_get(struct lh_table *table, const char *key)
{
	void *value = NULL;

	return lh_table_lookup_ex(table, key, &value) ? value : NULL;
}

/* Takes `value`; what was there under the key is returned. */
static void *
table_put(struct lh_table *table, const char *key, void *value)
{
	struct lh_entry *entry = lh_table_lookup_entry(table, key);
	void            *old = NULL;

	if (entry != NULL) {
		old = lh_entry_v(entry);
		lh_entry_set_val(entry, value);
		return old;
	}
	must(lh_table_insert(table, xstrdup(key), value) == 0);
	return NULL;
}

static struct lh_table *
table_create(lh_entry_free_fn *end)
{
	struct lh_table *table = lh_kchar_table_new(TABLE_SIZE, end);

	must(table != NULL);
	return table;
}

static void
end_key(struct lh_entry *entry)
{
	free(lh_entry_k(entry));
}

static void
end_text(struct lh_entry *entry)
{
	free(lh_entry_v(entry));
	end_key(entry);
}

static void
end_graph(struct lh_entry *entry)
{
	struct mem_graph *graph = lh_entry_v(entry);

	for (size_t i = 0; i < graph->events_n; i++)
		free(graph->events[i]);
	free(graph->events);
	free(graph->spec);
	if (graph->exec != NULL)
		lh_table_free(graph->exec);
	free(graph);
	end_key(entry);
}

static void
end_deployment(struct lh_entry *entry)
{
	struct mem_deployment *deployment = lh_entry_v(entry);

	lh_table_free(deployment->history);
	lh_table_free(deployment->graphs);
	free(deployment->owner);
	free(deployment);
	end_key(entry);
}

static void
end_tenant(struct lh_entry *entry)
{
	struct mem_tenant *tenant = lh_entry_v(entry);

	lh_table_free(tenant->deployments);
	lh_table_free(tenant->scores);
	lh_table_free(tenant->graphs);
	free(tenant);
	end_key(entry);
}

static struct mem_tenant *
tenant_of(struct store_mem *mem, const struct store_op *op)
{
	struct mem_tenant *tenant = table_get(mem->data->tenants, op->key.tenant);

	if (tenant != NULL)
		return tenant;
	tenant = xcalloc(1, sizeof(*tenant));
	tenant->deployments = table_create(end_deployment);
	tenant->scores = table_create(end_text);
	tenant->graphs = table_create(end_text);
	table_put(mem->data->tenants, op->key.tenant, tenant);
	return tenant;
}

static struct mem_deployment *
deployment_of(struct store_mem *mem, const struct store_op *op)
{
	struct mem_tenant     *tenant = tenant_of(mem, op);
	struct mem_deployment *deployment = table_get(tenant->deployments, op->key.deployment);

	if (deployment != NULL)
		return deployment;
	deployment = xcalloc(1, sizeof(*deployment));
	deployment->history = table_create(end_text);
	deployment->graphs = table_create(end_graph);
	table_put(tenant->deployments, op->key.deployment, deployment);
	return deployment;
}

static struct mem_graph *
graph_of(struct store_mem *mem, const struct store_op *op)
{
	struct mem_deployment *deployment = deployment_of(mem, op);
	struct mem_graph      *graph = table_get(deployment->graphs, op->key.graph);

	if (graph != NULL)
		return graph;
	graph = xcalloc(1, sizeof(*graph));
	table_put(deployment->graphs, op->key.graph, graph);
	return graph;
}

/* ---- sorted sets ---- */

static void
score_put(struct lh_table *scores, const char *name, uint64_t score)
{
	uint64_t *box = xmalloc(sizeof(*box));

	*box = score;
	free(table_put(scores, name, box));
}

/* Newest first; of the same time, the last by name first: as ZREVRANGE does. */
static int
compare_newest(const void *a, const void *b)
{
	const struct store_item *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? 1 : -1;
	return strcmp(right->name, left->name);
}

static enum store_result
answer_scores(struct store_op *op, struct lh_table *scores)
{
	size_t             all = (size_t)lh_table_length(scores), n = 0;
	struct store_item *items = xcalloc(all, sizeof(*items));
	struct lh_entry   *entry;

	lh_foreach(scores, entry)
	{
		items[n].name = lh_entry_k(entry);
		items[n++].number = *(uint64_t *)lh_entry_v(entry);
	}
	qsort(items, n, sizeof(*items), compare_newest);
	n = op->seq < n ? n - (size_t)op->seq : 0;
	store_op_set_items(op, items + (all - n), n < STORE_PAGE_MAX ? n : (size_t)STORE_PAGE_MAX);
	free(items);
	return STORE_OK;
}

/* ---- the lease ---- */

static bool
lease_is_live(const struct store_mem *mem, const struct mem_deployment *deployment)
{
	return deployment->owner != NULL && loop_now_us(mem->loop) < deployment->until_us;
}

static void
lease_take(struct store_mem *mem, struct mem_deployment *deployment, uint64_t fence)
{
	free(deployment->owner);
	deployment->owner = xstrdup(mem->owner);
	deployment->owner_fence = fence;
	deployment->until_us = loop_now_us(mem->loop) + (int64_t)STORE_MEM_LEASE_MS * US_PER_MS;
}

static bool
lease_is_mine(const struct store_mem *mem, const struct mem_deployment *deployment, uint64_t fence)
{
	return lease_is_live(mem, deployment) && deployment->owner_fence == fence &&
	       strcmp(deployment->owner, mem->owner) == 0;
}

/* Held, or ran out while nobody else has begun: then it is taken again. */
static bool
lease_hold(struct store_mem *mem, struct mem_deployment *deployment, uint64_t fence)
{
	if (lease_is_mine(mem, deployment, fence))
		return true;
	if (lease_is_live(mem, deployment) || deployment->fence != fence)
		return false;
	lease_take(mem, deployment, fence);
	return true;
}

/* ---- the verbs ---- */

/* A graph id belongs to the first deployment of the tenant that stored it. */
static bool
graph_claim(struct store_mem *mem, const struct store_op *op)
{
	struct mem_tenant *tenant = tenant_of(mem, op);
	const char        *deployment = table_get(tenant->graphs, op->key.graph);

	if (deployment == NULL)
		table_put(tenant->graphs, op->key.graph, xstrdup(op->key.deployment));
	return deployment == NULL || strcmp(deployment, op->key.deployment) == 0;
}

static enum store_result
put_spec(struct store_mem *mem, struct store_op *op)
{
	struct mem_graph *graph;

	if (!graph_claim(mem, op))
		return STORE_EXISTS;
	graph = graph_of(mem, op);
	if (graph->spec == NULL)
		graph->spec = xstrdup(op->text);
	return strcmp(graph->spec, op->text) == 0 ? STORE_OK : STORE_EXISTS;
}

static enum store_result
get_spec(struct store_mem *mem, struct store_op *op)
{
	struct mem_graph *graph = graph_of(mem, op);

	if (graph->spec == NULL)
		return STORE_ABSENT;
	store_op_set_text(op, graph->spec);
	return STORE_OK;
}

static void
exec_put_fields(struct mem_graph *graph, const struct store_op *op)
{
	if (graph->exec == NULL && op->fields_n > 0)
		graph->exec = table_create(end_text);
	for (size_t i = 0; i < op->fields_n; i++)
		free(table_put(graph->exec, op->fields[i].name, xstrdup(op->fields[i].text)));
}

static void
exec_begin(struct mem_deployment *deployment, struct mem_graph *graph, const struct store_op *op)
{
	char member[MEMBER_SIZE];

	if (graph->exec != NULL)
		lh_table_free(graph->exec);
	graph->exec = table_create(end_text);
	table_put(graph->exec, "", xstrdup(op->text));
	exec_put_fields(graph, op);
	snprintf(member, sizeof(member), "%s:%s", op->key.graph, op->execution);
	if (table_get(deployment->history, member) == NULL)
		score_put(deployment->history, member, (uint64_t)op->now_ms);
}

static enum store_result
begin(struct store_mem *mem, struct store_op *op)
{
	struct mem_tenant     *tenant = tenant_of(mem, op);
	struct mem_deployment *deployment = deployment_of(mem, op);
	struct mem_graph      *graph = graph_of(mem, op);
	const uint64_t        *score = table_get(tenant->scores, op->key.deployment);
	char                   holder[MEMBER_SIZE];

	graph_claim(mem, op);
	if (score == NULL || *score < (uint64_t)op->now_ms)
		score_put(tenant->scores, op->key.deployment, (uint64_t)op->now_ms);
	if (lease_is_live(mem, deployment) && strcmp(deployment->owner, mem->owner) != 0) {
		snprintf(holder, sizeof(holder), "%s %llu", deployment->owner,
		    (unsigned long long)deployment->owner_fence);
		store_op_set_text(op, holder);
		return STORE_EXISTS;
	}
	if (op->text == NULL && graph->exec == NULL)
		return STORE_ABSENT;
	lease_take(mem, deployment, ++deployment->fence);
	if (op->text != NULL)
		exec_begin(deployment, graph, op);
	op->fence_out = deployment->fence;
	op->seq_out = graph->events_n;
	return STORE_OK;
}

static void
event_add(struct mem_graph *graph, const char *text)
{
	if (graph->events_n == graph->events_cap) {
		graph->events_cap = graph->events_cap * 2 + TABLE_SIZE;
		graph->events = xrealloc(graph->events, graph->events_cap, sizeof(char *));
	}
	graph->events[graph->events_n++] = xstrdup(text);
}

static enum store_result
append(struct store_mem *mem, struct store_op *op)
{
	struct mem_graph *graph = graph_of(mem, op);

	if (!lease_hold(mem, deployment_of(mem, op), op->fence))
		return STORE_FENCED;
	if (op->events_n > 0 && op->seq > graph->events_n) {
		snprintf(op->error, sizeof(op->error), "events are missing: the last one is %zu",
		    graph->events_n);
		return STORE_FAILED;
	}
	exec_put_fields(graph, op);
	for (size_t i = 0; i < op->events_n; i++) {
		if (op->seq + i == graph->events_n)
			event_add(graph, op->events[i].text);
	}
	op->seq_out = graph->events_n;
	return STORE_OK;
}

static enum store_result
renew(struct store_mem *mem, struct store_op *op)
{
	struct mem_deployment *deployment = deployment_of(mem, op);

	if (!lease_hold(mem, deployment, op->fence))
		return STORE_FENCED;
	lease_take(mem, deployment, op->fence);
	return STORE_OK;
}

static enum store_result
release(struct store_mem *mem, struct store_op *op)
{
	struct mem_deployment *deployment = deployment_of(mem, op);

	if (lease_is_live(mem, deployment) && !lease_is_mine(mem, deployment, op->fence))
		return STORE_FENCED;
	free(deployment->owner);
	deployment->owner = NULL;
	if (deployment->fence == op->fence)
		deployment->fence++;
	return STORE_OK;
}

static enum store_result
get_exec(struct store_mem *mem, struct store_op *op)
{
	struct mem_graph  *graph = graph_of(mem, op);
	struct store_item *items;
	struct lh_entry   *entry;
	size_t             n = 0;

	if (graph->exec == NULL)
		return STORE_ABSENT;
	items = xcalloc((size_t)lh_table_length(graph->exec), sizeof(*items));
	lh_foreach(graph->exec, entry)
	{
		items[n].name = lh_entry_k(entry);
		items[n++].text = lh_entry_v(entry);
	}
	store_op_set_items(op, items, n);
	free(items);
	return STORE_OK;
}

static enum store_result
events(struct store_mem *mem, struct store_op *op)
{
	struct mem_graph  *graph = graph_of(mem, op);
	size_t             n = op->seq < graph->events_n ? graph->events_n - (size_t)op->seq : 0;
	struct store_item *items;

	n = n < STORE_PAGE_MAX ? n : STORE_PAGE_MAX;
	items = xcalloc(n, sizeof(*items));
	for (size_t i = 0; i < n; i++) {
		items[i].number = op->seq + i + 1;
		items[i].text = graph->events[op->seq + i];
	}
	store_op_set_items(op, items, n);
	free(items);
	return STORE_OK;
}

static enum store_result
find(struct store_mem *mem, struct store_op *op)
{
	const char *deployment = table_get(tenant_of(mem, op)->graphs, op->key.graph);

	if (deployment == NULL)
		return STORE_ABSENT;
	store_op_set_text(op, deployment);
	return STORE_OK;
}

static enum store_result
deployments(struct store_mem *mem, struct store_op *op)
{
	return answer_scores(op, tenant_of(mem, op)->scores);
}

static enum store_result
history(struct store_mem *mem, struct store_op *op)
{
	return answer_scores(op, deployment_of(mem, op)->history);
}

static enum store_result (*const verbs[STORE_VERBS_N])(struct store_mem *, struct store_op *) = {
	[STORE_PUT_SPEC] = put_spec,
	[STORE_GET_SPEC] = get_spec,
	[STORE_BEGIN] = begin,
	[STORE_APPEND] = append,
	[STORE_RENEW] = renew,
	[STORE_RELEASE] = release,
	[STORE_GET_EXEC] = get_exec,
	[STORE_EVENTS] = events,
	[STORE_FIND] = find,
	[STORE_DEPLOYMENTS] = deployments,
	[STORE_HISTORY] = history,
};

/* ---- the store ---- */

static void
mem_start(struct store *store, struct store_op *op)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	op->result = mem->up ? verbs[op->verb](mem, op) : STORE_DOWN;
	store_queue_push(&mem->answered, op);
	if (!timer_is_armed(&mem->next_turn))
		timer_arm(mem->loop, &mem->next_turn, 0);
}

static void
mem_forget(struct store *store, struct store_op *op)
{
	store_queue_drop(&container_of(store, struct store_mem, store)->answered, op);
}

static bool
mem_is_up(const struct store *store)
{
	return ((const struct store_mem *)store)->up;
}

static void
on_next_turn(struct timer *timer)
{
	struct store_mem *mem = container_of(timer, struct store_mem, next_turn);

	task_wake(mem->loop, &mem->task);
}

/* What done() starts is answered on the turn after. */
static void
mem_answer(struct task *task)
{
	struct store_mem *mem = container_of(task, struct store_mem, task);
	struct store_op  *op;

	for (size_t n = mem->answered.n; n > 0 && (op = store_queue_pop(&mem->answered)); n--)
		op->done(op);
}

static void
mem_destroy(struct store *store)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	timer_disarm(mem->loop, &mem->next_turn);
	task_cancel(mem->loop, &mem->task);
	if (--mem->data->stores == 0) {
		lh_table_free(mem->data->tenants);
		free(mem->data);
	}
	free(mem->owner);
	free(mem);
}

static struct store *
mem_create(struct loop *loop, struct mem_data *data, const char *owner)
{
	struct store_mem *mem = xcalloc(1, sizeof(*mem));

	mem->store = (struct store){
		.start = mem_start,
		.forget = mem_forget,
		.is_up = mem_is_up,
		.destroy = mem_destroy,
	};
	mem->loop = loop;
	mem->data = data;
	mem->data->stores++;
	mem->owner = xstrdup(owner);
	mem->up = true;
	timer_init(&mem->next_turn, on_next_turn);
	task_init(&mem->task, mem_answer);
	return &mem->store;
}

struct store *
store_mem_create(struct loop *loop, const char *owner)
{
	struct mem_data *data = xcalloc(1, sizeof(*data));

	data->tenants = table_create(end_tenant);
	return mem_create(loop, data, owner);
}

struct store *
store_mem_peer(struct store *store, const char *owner)
{
	struct store_mem *mem = container_of(store, struct store_mem, store);

	return mem_create(mem->loop, mem->data, owner);
}

void
store_mem_set_up(struct store *store, bool up)
{
	container_of(store, struct store_mem, store)->up = up;
}
