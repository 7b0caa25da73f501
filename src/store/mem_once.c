/* SPDX-License-Identifier: Apache-2.0
 * mem_once.c - a record, and who is at it: as the scripts of Redis do it. */
#include "store/mem_once.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_mem.h"
#include "util/mem.h"

#define US_PER_MS 1000
#define US_PER_S  1000000
#define BY_SIZE   512

/* Made when it is not there, or its time is over: without a record. */
static struct mem_once *
find(const struct mem_ask *ask, const struct store_op *op)
{
	struct mem_tenant *tenant = mem_tenant_of(ask->data, &op->key);
	struct mem_once   *once = mem_table_get(tenant->once, op->once);

	if (once == NULL) {
		once = xcalloc(1, sizeof(*once));
		mem_table_put(tenant->once, op->once, once);
	}
	if (once->until_us <= ask->now_us) {
		free(once->record);
		once->record = NULL;
	}
	if (once->by_until_us <= ask->now_us) {
		free(once->by);
		once->by = NULL;
	}
	return once;
}

static const char *
by_of(const struct mem_ask *ask, const struct store_op *op, char buf[BY_SIZE])
{
	snprintf(buf, BY_SIZE, "%s %s", ask->owner, op->holder);
	return buf;
}

static void
record_set(
    const struct mem_ask *ask, const struct store_op *op, struct mem_once *once, bool is_done)
{
	free(once->record);
	once->record = xstrdup(op->text);
	once->is_done = is_done;
	once->until_us = ask->now_us + (int64_t)STORE_ONCE_S * US_PER_S;
}

static void
by_set(const struct mem_ask *ask, struct mem_once *once, const char *by)
{
	char *copy = by != NULL ? xstrdup(by) : NULL;

	free(once->by);
	once->by = copy;
	once->by_until_us = ask->now_us + (int64_t)STORE_MEM_LEASE_MS * US_PER_MS;
}

/* Somebody who lives: of the same owner only one of the same life does. */
static bool
is_held(const struct mem_ask *ask, const struct store_op *op, const struct mem_once *once)
{
	size_t owner_len = strlen(ask->owner), life_len = strcspn(op->holder, " ");
	char   mine[BY_SIZE];

	if (once->by == NULL || strcmp(once->by, by_of(ask, op, mine)) == 0)
		return false;
	return strncmp(once->by, mine, owner_len + 1) != 0 ||
	       strncmp(once->by, mine, owner_len + 1 + life_len + 1) == 0;
}

enum store_result
mem_once_take(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_once *once = find(ask, op);
	char             by[BY_SIZE];

	if (once->record != NULL && once->is_done) {
		store_op_set_text(op, once->record);
		return STORE_OK;
	}
	if (is_held(ask, op, once)) {
		store_op_set_text(op, once->by);
		return STORE_EXISTS;
	}
	by_set(ask, once, by_of(ask, op, by));
	if (once->record != NULL) {
		store_op_set_text(op, once->record);
		return STORE_LEFT;
	}
	record_set(ask, op, once, false);
	return STORE_OK;
}

enum store_result
mem_once_put(const struct mem_ask *ask, struct store_op *op)
{
	struct mem_once *once = find(ask, op);
	char             by[BY_SIZE];
	bool             stays = op->how == STORE_ONCE_HOLD || op->how == STORE_ONCE_NOTE;

	by_of(ask, op, by);
	if ((once->by != NULL && strcmp(once->by, by) != 0) || once->record == NULL ||
	    once->is_done)
		return STORE_FENCED;
	if (op->how == STORE_ONCE_NOTE || op->how == STORE_ONCE_DONE)
		record_set(ask, op, once, op->how == STORE_ONCE_DONE);
	if (op->how == STORE_ONCE_DROP)
		once->until_us = ask->now_us;
	by_set(ask, once, stays ? by : NULL);
	return STORE_OK;
}
