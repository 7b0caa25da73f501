/* SPDX-License-Identifier: Apache-2.0
 * mem_hooks.c - as the script of Redis does it. */
#include "store/mem_hooks.h"

#include <stdlib.h>
#include <string.h>

#include "store/mem_told.h"
#include "util/mem.h"

#define US_PER_MS 1000

enum store_result
mem_hook(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_tenant *tenant = mem_tenant_of(ask->data, &op->key);
	struct mem_hook   *hook = mem_table_get(tenant->hooks, op->text);
	uint64_t           last = mem_told_last(tenant);

	if (hook != NULL && ask->now_us < hook->until_us && strcmp(hook->by, ask->owner) != 0) {
		store_op_set_text(op, hook->by);
		return STORE_EXISTS;
	}
	if (hook == NULL) {
		hook = xcalloc(1, sizeof(*hook));
		hook->told = last;
		mem_table_put(tenant->hooks, op->text, hook);
	}
	free(hook->by);
	hook->by = xstrdup(ask->owner);
	hook->until_us = ask->now_us + (int64_t)STORE_HOOK_MS * US_PER_MS;
	if (op->seq > hook->told)
		hook->told = op->seq;
	if (hook->told > last)
		hook->told = last;
	op->seq_out = hook->told;
	return STORE_OK;
}
