/* SPDX-License-Identifier: Apache-2.0
 * mem_told.c - as the scripts of Redis have it; but an event and its entry are written at once. */
#include "store/mem_told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define TOLD_CAP_FIRST 16
#define NAME_SIZE      (STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE)
#define RANGE_SIZE     48

static void
name_of(const struct store_key *key, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s:%s:%s", key->tenant, key->deployment, key->graph);
}

uint64_t
mem_told_last(const struct mem_tenant *tenant)
{
	return tenant->told_n > 0 ? tenant->told[tenant->told_n - 1].number : 0;
}

static void
told_add(struct mem_tenant *tenant, const struct store_key *key, uint64_t first, uint64_t last)
{
	uint64_t number = mem_told_last(tenant) + (last - first) + 1;

	if (tenant->told_n == 2 * (size_t)STORE_TOLD_MAX) {
		memmove(tenant->told, tenant->told + STORE_TOLD_MAX,
		    STORE_TOLD_MAX * sizeof(*tenant->told));
		tenant->told_n = STORE_TOLD_MAX;
	}
	if (tenant->told_n == tenant->told_cap) {
		tenant->told_cap = tenant->told_cap * 2 + TOLD_CAP_FIRST;
		tenant->told = xrealloc(tenant->told, tenant->told_cap, sizeof(*tenant->told));
	}
	tenant->told[tenant->told_n++] =
	    (struct mem_told){ .key = *key, .first = first, .last = last, .number = number };
}

void
mem_tell(const struct mem_ask *ask, const struct store_op *op)
{
	struct mem_tenant *tenant = mem_tenant_of(ask->data, &op->key);
	uint64_t           last = mem_graph_of(ask->data, &op->key)->events_n;
	char               name[NAME_SIZE];
	const uint64_t    *known;
	uint64_t           have;

	name_of(&op->key, name);
	known = mem_table_get(tenant->told_to, name);
	have = known != NULL ? *known : 0;
	if (last > have)
		told_add(tenant, &op->key, have + 1, last);
	if (last != have || known == NULL)
		mem_score_put(tenant->told_to, name, last);
}

void
mem_told_forget(const struct mem_ask *ask, const struct store_key *key)
{
	char name[NAME_SIZE];

	name_of(key, name);
	lh_table_delete(mem_tenant_of(ask->data, key)->told_to, name);
}

enum store_result
mem_told(const struct mem_ask *ask, struct store_op *op)
{
	const struct mem_tenant *tenant = mem_tenant_of(ask->data, &op->key);
	struct store_item        items[STORE_TOLD_PAGE_MAX];
	char                     names[STORE_TOLD_PAGE_MAX][NAME_SIZE];
	char                     ranges[STORE_TOLD_PAGE_MAX][RANGE_SIZE];
	size_t                   n = 0;

	for (size_t i = 0; i < tenant->told_n && n < STORE_TOLD_PAGE_MAX; i++) {
		const struct mem_told *told = &tenant->told[i];

		if (told->number <= op->seq)
			continue;
		name_of(&told->key, names[n]);
		snprintf(ranges[n], RANGE_SIZE, "%llu-%llu", (unsigned long long)told->first,
		    (unsigned long long)told->last);
		items[n] = (struct store_item){ names[n], ranges[n], told->number };
		n++;
	}
	store_op_set_items(op, items, n);
	op->seq_out = mem_told_last(tenant);
	return STORE_OK;
}
