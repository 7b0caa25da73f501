/* SPDX-License-Identifier: Apache-2.0
 * mem_tables.c - the tables of the store in memory, how they are made and how they end. */
#include "store/mem_tables.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define TABLE_SIZE 16

/* ---- tables ---- */

void *
mem_table_get(struct lh_table *table, const char *key)
{
	void *value = NULL;

	return lh_table_lookup_ex(table, key, &value) ? value : NULL;
}

void *
mem_table_put(struct lh_table *table, const char *key, void *value)
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

void
mem_score_put(struct lh_table *scores, const char *name, uint64_t score)
{
	uint64_t *box = xmalloc(sizeof(*box));

	*box = score;
	free(mem_table_put(scores, name, box));
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

struct mem_execution *
mem_execution_create(const char *id, uint64_t after)
{
	struct mem_execution *execution = xcalloc(1, sizeof(*execution));

	execution->id = xstrdup(id);
	execution->fields = mem_texts_create();
	execution->after = after;
	return execution;
}

void
mem_execution_destroy(struct mem_execution *execution)
{
	if (execution == NULL)
		return;
	lh_table_free(execution->fields);
	free(execution->id);
	free(execution);
}

static void
end_execution(struct lh_entry *entry)
{
	mem_execution_destroy(lh_entry_v(entry));
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
	free(graph->archived);
	free(graph->archiver);
	if (graph->plans != NULL)
		lh_table_free(graph->plans);
	mem_execution_destroy(graph->exec);
	lh_table_free(graph->past);
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
	free(deployment->unfinished);
	free(deployment->verified);
	free(deployment);
	end_key(entry);
}

static void
end_hook(struct lh_entry *entry)
{
	struct mem_hook *hook = lh_entry_v(entry);

	free(hook->by);
	end_text(entry);
}

static void
end_tenant(struct lh_entry *entry)
{
	struct mem_tenant *tenant = lh_entry_v(entry);

	lh_table_free(tenant->deployments);
	lh_table_free(tenant->scores);
	lh_table_free(tenant->once);
	lh_table_free(tenant->hooks);
	lh_table_free(tenant->graphs);
	lh_table_free(tenant->told_to);
	free(tenant->told);
	free(tenant);
	end_key(entry);
}

static void
end_plan(struct lh_entry *entry)
{
	struct mem_plan *plan = lh_entry_v(entry);

	free(plan->text);
	end_text(entry);
}

static void
end_once(struct lh_entry *entry)
{
	struct mem_once *once = lh_entry_v(entry);

	free(once->record);
	free(once->by);
	end_text(entry);
}

struct lh_table *
mem_onces_create(void)
{
	return table_create(end_once);
}

struct lh_table *
mem_plans_create(void)
{
	return table_create(end_plan);
}

struct lh_table *
mem_texts_create(void)
{
	return table_create(end_text);
}

struct mem_data *
mem_data_create(void)
{
	struct mem_data *data = xcalloc(1, sizeof(*data));

	data->tenants = table_create(end_tenant);
	data->unarchived = mem_texts_create();
	data->planned = mem_texts_create();
	data->access = mem_texts_create();
	return data;
}

void
mem_data_destroy(struct mem_data *data)
{
	lh_table_free(data->tenants);
	lh_table_free(data->unarchived);
	lh_table_free(data->planned);
	lh_table_free(data->access);
	free(data);
}

/* ---- what a key names ---- */

struct mem_tenant *
mem_tenant_of(struct mem_data *data, const struct store_key *key)
{
	struct mem_tenant *tenant = mem_table_get(data->tenants, key->tenant);

	if (tenant != NULL)
		return tenant;
	tenant = xcalloc(1, sizeof(*tenant));
	tenant->deployments = table_create(end_deployment);
	tenant->scores = mem_texts_create();
	tenant->once = mem_onces_create();
	tenant->hooks = table_create(end_hook);
	tenant->graphs = mem_texts_create();
	tenant->told_to = mem_texts_create();
	mem_table_put(data->tenants, key->tenant, tenant);
	return tenant;
}

struct mem_deployment *
mem_deployment_of(struct mem_data *data, const struct store_key *key)
{
	struct mem_tenant     *tenant = mem_tenant_of(data, key);
	struct mem_deployment *deployment = mem_table_get(tenant->deployments, key->deployment);

	if (deployment != NULL)
		return deployment;
	deployment = xcalloc(1, sizeof(*deployment));
	deployment->history = mem_texts_create();
	deployment->graphs = table_create(end_graph);
	mem_table_put(tenant->deployments, key->deployment, deployment);
	return deployment;
}

struct mem_graph *
mem_graph_of(struct mem_data *data, const struct store_key *key)
{
	struct mem_deployment *deployment = mem_deployment_of(data, key);
	struct mem_graph      *graph = mem_table_get(deployment->graphs, key->graph);

	if (graph != NULL)
		return graph;
	graph = xcalloc(1, sizeof(*graph));
	graph->past = table_create(end_execution);
	mem_table_put(deployment->graphs, key->graph, graph);
	return graph;
}
