/* SPDX-License-Identifier: Apache-2.0
 * mem_lists.c - the verbs that list, on tables in memory: a page of what a sorted set would hold. */
#include "store/mem_lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define ITEMS_CAP_MORE 16
#define NAME_SIZE      (STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE)

/* ---- sorted sets ---- */

/* Newest first; of the same time, the last by name first: as ZREVRANGE does. */
static int
compare_newest(const void *a, const void *b)
{
	const struct store_item *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? 1 : -1;
	return strcmp(right->name, left->name);
}

static int
compare_oldest(const void *a, const void *b)
{
	return compare_newest(b, a);
}

static enum store_result
answer_page(struct store_op *op, const struct store_item *items, size_t n)
{
	store_op_set_items(op, items, n < STORE_PAGE_MAX ? n : (size_t)STORE_PAGE_MAX);
	return STORE_OK;
}

/* The page after op->seq of them. */
enum store_result
mem_answer_oldest(struct store_op *op, struct store_item *items, size_t all)
{
	size_t n = op->seq < all ? all - (size_t)op->seq : 0;

	if (n > 0)
		qsort(items, all, sizeof(*items), compare_oldest);
	return answer_page(op, items + (all - n), n);
}

struct store_item *
mem_sorted(struct lh_table *scores, size_t *ret_n)
{
	struct store_item *items = xcalloc((size_t)lh_table_length(scores), sizeof(*items));
	struct lh_entry   *entry;
	size_t             n = 0;

	lh_foreach(scores, entry)
	{
		items[n].name = lh_entry_k(entry);
		items[n++].number = *(uint64_t *)lh_entry_v(entry);
	}
	qsort(items, n, sizeof(*items), compare_newest);
	*ret_n = n;
	return items;
}

enum store_result
mem_deployments(const struct mem_ask *ask, struct store_op *op)
{
	size_t             n, newer = 0;
	struct store_item *items = mem_sorted(mem_tenant_of(ask->data, &op->key)->scores, &n);

	while (op->seq != 0 && newer < n && items[newer].number > op->seq)
		newer++;
	answer_page(op, items + newer, n - newer);
	free(items);
	return STORE_OK;
}

/* ---- what is unfinished ---- */

struct unfinished {
	struct store_item *items;
	char (*names)[NAME_SIZE];
	size_t n, cap;
};

static void
unfinished_add(struct unfinished *all, const char *tenant, const char *name,
    const struct mem_deployment *deployment)
{
	if (all->n == all->cap) {
		all->cap = all->cap * 2 + ITEMS_CAP_MORE;
		all->items = xrealloc(all->items, all->cap, sizeof(*all->items));
		all->names = xrealloc(all->names, all->cap, sizeof(*all->names));
	}
	snprintf(all->names[all->n], NAME_SIZE, "%s:%s:%.*s", tenant, name, STORE_ID_SIZE - 1,
	    deployment->unfinished);
	all->items[all->n++] = (struct store_item){ .number = deployment->unfinished_since };
}

enum store_result
mem_unfinished(const struct mem_ask *ask, struct store_op *op)
{
	struct unfinished all = { 0 };
	struct lh_entry  *tenant, *entry;

	lh_foreach(ask->data->tenants, tenant)
	{
		lh_foreach(((struct mem_tenant *)lh_entry_v(tenant))->deployments, entry)
		{
			const struct mem_deployment *deployment = lh_entry_v(entry);

			if (deployment->unfinished != NULL && !deployment->is_parked)
				unfinished_add(
				    &all, lh_entry_k(tenant), lh_entry_k(entry), deployment);
		}
	}
	for (size_t i = 0; i < all.n; i++)
		all.items[i].name = all.names[i];
	mem_answer_oldest(op, all.items, all.n);
	free(all.items);
	free(all.names);
	return STORE_OK;
}
