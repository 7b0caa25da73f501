/* SPDX-License-Identifier: Apache-2.0
 * behind.c - an execution waits behind the one of its deployment that is on its way out of this process: one that has
 * ended but for its last write, or that is being taken up, to be parked until somebody brings what it needs. Who
 * asks at that moment can't know of it. */
#include "engine/execution.h"
#include "util/check.h"

bool
execution_is_passing(const struct execution *e)
{
	return e->step > STEP_RUNNING || (e->only_resume && e->step < STEP_RUNNING);
}

static struct execution *
of_watch(struct execution_watch *watch)
{
	return container_of(watch, struct execution, behind);
}

/* It stays, or it has come to nothing. */
static void
on_begun(struct execution_watch *watch, struct execution *first, const struct err *err)
{
	struct execution *e = of_watch(watch);

	if (err == NULL && execution_is_passing(first))
		return;
	execution_unwatch(watch);
	if (err != NULL)
		execution_begin(e);
	else
		execution_refuse(e, first);
}

static void
on_ended(struct execution_watch *watch, struct execution *first)
{
	(void)first;
	execution_begin(of_watch(watch));
}

bool
execution_can_be_followed(const struct execution *first)
{
	for (const struct execution_watch *watch = first->watches; watch != NULL;
	     watch = watch->next) {
		if (watch->on_ended == on_ended)
			return false; /* by one, not by two */
	}
	return execution_is_passing(first);
}

void
execution_begin_behind(struct execution *e, struct execution *first)
{
	e->behind = (struct execution_watch){ .on_begun = on_begun, .on_ended = on_ended };
	execution_watch(first, &e->behind);
}
