/* SPDX-License-Identifier: Apache-2.0
 * watch.c - who waits for an execution, and is told. A watch may go, and take others with it, while they are
 * told; so the list is begun anew where that may be. */
#include <stddef.h>

#include "engine/execution.h"
#include "util/check.h"

void
execution_watch(struct execution *e, struct execution_watch *watch)
{
	must(watch->execution == NULL);
	watch->execution = e;
	watch->told = e->tellings;
	watch->next = e->watches;
	e->watches = watch;
}

void
execution_unwatch(struct execution_watch *watch)
{
	if (watch->execution == NULL)
		return;
	for (struct execution_watch **at = &watch->execution->watches; *at != NULL;
	     at = &(*at)->next) {
		if (*at == watch) {
			*at = watch->next;
			break;
		}
	}
	watch->execution = NULL;
}

/* The next who has not been told what is being told. */
static struct execution_watch *
next_untold(struct execution *e)
{
	for (struct execution_watch *watch = e->watches; watch != NULL; watch = watch->next) {
		if (watch->told != e->tellings) {
			watch->told = e->tellings;
			return watch;
		}
	}
	return NULL;
}

void
execution_tell_begun(struct execution *e, const struct err *err)
{
	struct execution_watch *watch;

	e->tellings++;
	while ((watch = next_untold(e)) != NULL) {
		if (watch->on_begun != NULL)
			watch->on_begun(watch, e, err);
	}
}

void
execution_tell_node(struct execution *e, uint32_t vertex)
{
	struct execution_watch *watch;

	e->tellings++;
	while ((watch = next_untold(e)) != NULL) {
		if (watch->on_node != NULL)
			watch->on_node(watch, e, vertex);
	}
}

static void
tell_steered(struct execution *e)
{
	struct execution_watch *watch;

	e->tellings++;
	while ((watch = next_untold(e)) != NULL) {
		if (watch->on_steered != NULL)
			watch->on_steered(watch, e);
	}
}

static void
tell_paused(struct execution *e)
{
	struct execution_watch *watch;

	e->tellings++;
	while ((watch = next_untold(e)) != NULL) {
		if (watch->on_paused != NULL)
			watch->on_paused(watch, e);
	}
}

void
execution_tell_news(struct execution *e)
{
	if (e->news_seq == 0 || e->journal.durable < e->news_seq)
		return;
	e->news_seq = 0;
	if (e->status == STATUS_PAUSED)
		tell_paused(e);
	else
		tell_steered(e);
}

void
execution_tell_ended(struct execution *e)
{
	while (e->watches != NULL) {
		struct execution_watch *watch = e->watches;

		execution_unwatch(watch);
		if (watch->on_ended != NULL && e->begun)
			watch->on_ended(watch, e);
	}
}
