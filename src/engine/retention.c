/* SPDX-License-Identifier: Apache-2.0
 * retention.c - one op after the other for each deployment, until there is nothing left to forget. */
#include "engine/retention.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"

struct forgetting {
	struct retention  *retention;
	struct forgetting *next, **at;
	struct store_op    op;
};

struct retention {
	struct loop             *loop;
	struct store            *store;
	struct retention_options options;
	struct forgetting       *all;
};

static void
forgetting_end(struct forgetting *one)
{
	*one->at = one->next;
	if (one->next != NULL)
		one->next->at = one->at;
	store_op_fini(&one->op);
	free(one);
}

static void
on_forgotten(struct store_op *op)
{
	struct forgetting *one = container_of(op, struct forgetting, op);

	if (op->result != STORE_OK)
		log_warn("retention", "tenant=%s deployment=%s result=%s", op->key.tenant,
		    op->key.deployment, store_result_name(op->result));
	if (op->result == STORE_OK && (op->seq_out > 0 || op->items_n == STORE_FORGET_MAX))
		store_start(one->retention->store, op);
	else
		forgetting_end(one);
}

void
retention_look(struct retention *retention, const struct store_key *key)
{
	struct forgetting *one;

	if (retention == NULL)
		return;
	one = xcalloc(1, sizeof(*one));
	one->retention = retention;
	one->at = &retention->all;
	one->next = retention->all;
	if (one->next != NULL)
		one->next->at = &one->next;
	retention->all = one;
	one->op = (struct store_op){
		.verb = STORE_FORGET,
		.key = *key,
		.seq = retention->options.count,
		.age_ms = retention->options.age_ms,
		.now_ms = loop_wall_ms(retention->loop),
		.done = on_forgotten,
	};
	store_start(retention->store, &one->op);
}

struct retention *
retention_create(const struct engine_options *options)
{
	struct retention *retention;

	if (options->retention.count == 0 && options->retention.age_ms == 0)
		return NULL;
	retention = xcalloc(1, sizeof(*retention));
	retention->loop = options->loop;
	retention->store = options->store;
	retention->options = options->retention;
	return retention;
}

void
retention_destroy(struct retention *retention)
{
	if (retention == NULL)
		return;
	while (retention->all != NULL) {
		store_forget(retention->store, &retention->all->op);
		forgetting_end(retention->all);
	}
	free(retention);
}
