/* SPDX-License-Identifier: Apache-2.0
 * planned.c - rounds: what is over is listed, and forgotten one after the other. */
#include "engine/planned.h"

#include <stdlib.h>

#include "util/check.h"
#include "util/mem.h"

#define US_PER_MS 1000
#define AGAIN_MS  10000 /* after a round in which the store was not there */

struct planned {
	struct loop    *loop;
	struct store   *store;
	int64_t         every_ms;
	struct timer    timer; /* the next round */
	struct store_op listing, forgetting;
	bool            is_listing, is_forgetting;
	size_t          at; /* in what was listed */
};

static void
rest(struct planned *planned, int64_t for_ms)
{
	store_op_fini(&planned->listing);
	timer_arm(planned->loop, &planned->timer, for_ms * US_PER_MS);
}

/* A page that was full may not be all. */
static void
forget_next(struct planned *planned)
{
	size_t n = planned->listing.items_n;

	while (planned->at < n) {
		const struct store_item *item = &planned->listing.items_out[planned->at++];
		struct store_op         *op = &planned->forgetting;

		if (!store_key_read(&op->key, item->name))
			continue;
		op->seq = item->number;
		op->now_ms = loop_wall_ms(planned->loop);
		planned->is_forgetting = true;
		store_start(planned->store, op);
		return;
	}
	rest(planned, n == STORE_PAGE_MAX ? 0 : planned->every_ms);
}

static void
on_forgotten(struct store_op *op)
{
	struct planned *planned = container_of(op, struct planned, forgetting);

	planned->is_forgetting = false;
	if (op->result == STORE_OK)
		forget_next(planned);
	else
		rest(planned, AGAIN_MS);
}

static void
on_listed(struct store_op *op)
{
	struct planned *planned = container_of(op, struct planned, listing);

	planned->is_listing = false;
	planned->at = 0;
	if (op->result == STORE_OK)
		forget_next(planned);
	else
		rest(planned, AGAIN_MS);
}

static void
on_timer(struct timer *timer)
{
	struct planned *planned = container_of(timer, struct planned, timer);

	planned->listing.now_ms = loop_wall_ms(planned->loop);
	planned->is_listing = true;
	store_start(planned->store, &planned->listing);
}

struct planned *
planned_create(const struct engine_options *options)
{
	struct planned *planned;

	if (options->planned_ms == 0)
		return NULL;
	planned = xcalloc(1, sizeof(*planned));
	planned->loop = options->loop;
	planned->store = options->store;
	planned->every_ms = options->planned_ms;
	planned->listing = (struct store_op){ .verb = STORE_PLANNED, .done = on_listed };
	planned->forgetting =
	    (struct store_op){ .verb = STORE_PLANNED_FORGET, .done = on_forgotten };
	timer_init(&planned->timer, on_timer);
	timer_arm(planned->loop, &planned->timer, 0);
	return planned;
}

void
planned_destroy(struct planned *planned)
{
	if (planned == NULL)
		return;
	if (planned->is_listing)
		store_forget(planned->store, &planned->listing);
	if (planned->is_forgetting)
		store_forget(planned->store, &planned->forgetting);
	store_op_fini(&planned->listing);
	store_op_fini(&planned->forgetting);
	timer_disarm(planned->loop, &planned->timer);
	free(planned);
}
