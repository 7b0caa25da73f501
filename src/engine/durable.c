/* SPDX-License-Identifier: Apache-2.0
 * durable.c - nodes that wait until the journal holds what they have added to it, in order. */
#include "engine/execution.h"
#include "engine/work.h"
#include "util/check.h"

void
execution_await_durable(struct execution *e, struct node *node)
{
	struct work *work = node->work;

	must(!work->awaits_durable);
	work->awaits_durable = true;
	work->durable_seq = e->journal.seq;
	work->durable_next = NULL;
	*e->durable_tail = node;
	e->durable_tail = &work->durable_next;
}

void
execution_forget_durable(struct execution *e, struct node *node)
{
	if (!node->work->awaits_durable)
		return;
	node->work->awaits_durable = false;
	for (struct node **at = &e->durable_head; *at != NULL; at = &(*at)->work->durable_next) {
		if (*at != node)
			continue;
		*at = node->work->durable_next;
		if (e->durable_tail == &node->work->durable_next)
			e->durable_tail = at;
		return;
	}
}

void
execution_durable(struct execution *e)
{
	if (e->engine->options.feed != NULL && e->mode != MODE_DRY_RUN)
		feed_announce(e->engine->options.feed, &e->key, e->journal.durable);
	while (
	    e->durable_head != NULL && e->durable_head->work->durable_seq <= e->journal.durable) {
		struct node *node = e->durable_head;

		e->durable_head = node->work->durable_next;
		if (e->durable_head == NULL)
			e->durable_tail = &e->durable_head;
		node->work->awaits_durable = false;
		node_wake(node);
	}
	execution_wake(e);
}
