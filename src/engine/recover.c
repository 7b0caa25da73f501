/* SPDX-License-Identifier: Apache-2.0
 * recover.c - rounds of looking at what is unfinished, a few executions at a time.
 *
 *   listing ─► for each: held by somebody? ─► its spec ─► resumed ─► next
 *
 * Nothing here decides whose an execution is: that is the lease, which engine_start() asks for. To look at
 * the holder first only spares the rest for what is well where it is. */
#include "engine/recover.h"

#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "util/check.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/str.h"

#define TAKINGS_N 64 /* at once */
#define SPARE_N   16 /* of them, for tenants of whom none is being taken */
#define SOONER    10 /* than usual the next round comes, when there was no room for some */
#define US_PER_MS 1000

/* One execution on its way into this process. */
struct taking {
	struct recovery       *recovery;
	bool                   busy;
	struct store_op        op;
	bool                   asking;
	struct execution_watch watch;
};

struct recovery {
	struct engine  *engine;
	int64_t         every_us;
	struct timer    timer; /* the next round */
	struct task     task;
	struct store_op listing;
	bool            is_listing;
	size_t          at; /* in the page that was listed; its end: all of it is taken */
	uint64_t        skip;
	struct taking   takings[TAKINGS_N];
	size_t          busy_n;
	size_t          listed_n, taken_n, left_n; /* of this round */
};

static struct store *
store_of(const struct recovery *recovery)
{
	return recovery->engine->options.store;
}

static struct loop *
loop_of(const struct recovery *recovery)
{
	return recovery->engine->options.loop;
}

/* ---- one execution ---- */

static void
taking_end(struct taking *taking)
{
	must(taking->busy);
	execution_unwatch(&taking->watch);
	store_op_fini(&taking->op);
	taking->busy = false;
	taking->recovery->busy_n--;
	task_wake(loop_of(taking->recovery), &taking->recovery->task);
}

static void
warn(const struct taking *taking, const char *why)
{
	log_warn("recover", "tenant=%s deployment=%s graph=%s why=\"%s\"", taking->op.key.tenant,
	    taking->op.key.deployment, taking->op.key.graph, why);
}

/* Another process was faster, or it has ended in between: not worth a word. */
static void
on_begun(struct execution_watch *watch, struct execution *execution, const struct err *err)
{
	struct taking *taking = container_of(watch, struct taking, watch);

	(void)execution;
	if (err == NULL)
		taking->recovery->taken_n++;
	else if (err->code != ERR_BUSY && err->code != ERR_CONFLICT)
		warn(taking, err->detail);
	taking_end(taking);
}

static void
resume(struct taking *taking)
{
	struct engine           *engine = taking->recovery->engine;
	struct execution_request request = { .actor = "", .resume = true, .unattended = true };
	struct json_object      *mgraph;
	struct err               err;

	mgraph = json_read(taking->op.text_out, strlen(taking->op.text_out), &err);
	if (mgraph != NULL)
		request.spec =
		    spec_from_mgraph(engine->options.registry, taking->op.key.tenant, mgraph, &err);
	json_object_put(mgraph);
	taking->watch = (struct execution_watch){ .on_begun = on_begun };
	if (request.spec == NULL) {
		warn(taking, err.detail);
		taking_end(taking);
	} else if (engine_start(engine, &request, &taking->watch, &err) != ERR_OK) {
		taking_end(taking); /* it runs here, or nothing is to be begun any more */
	}
}

static void taking_ask(struct taking *taking, enum store_verb verb);

/* Its holder may be this very process, under the name it had before it died. */
static bool
is_held(const struct taking *taking)
{
	const char *owner = taking->recovery->engine->options.owner;
	size_t      len = strlen(owner);

	return taking->op.result == STORE_OK &&
	       (strncmp(taking->op.text_out, owner, len) != 0 || taking->op.text_out[len] != ' ');
}

static void
on_asked(struct store_op *op)
{
	struct taking *taking = container_of(op, struct taking, op);
	bool           is_known = op->result == STORE_OK || op->result == STORE_ABSENT;

	taking->asking = false;
	if (!is_known || (op->verb == STORE_HOLDER && is_held(taking)))
		taking_end(taking); /* the next round looks again */
	else if (op->verb == STORE_HOLDER)
		taking_ask(taking, STORE_GET_SPEC);
	else if (op->result == STORE_OK)
		resume(taking);
	else
		taking_end(taking);
}

/* Only what begins it has to be in its tenant's lane. */
static void
taking_ask(struct taking *taking, enum store_verb verb)
{
	struct store_key key = taking->op.key;

	store_op_fini(&taking->op);
	taking->op = (struct store_op){
		.verb = verb, .key = key, .at_once = verb == STORE_HOLDER, .done = on_asked
	};
	taking->asking = true;
	store_start(store_of(taking->recovery), &taking->op);
}

/* An earlier round may have begun to. */
static bool
is_being_taken(const struct recovery *recovery, const struct store_key *key)
{
	for (size_t i = 0; i < TAKINGS_N; i++) {
		const struct taking *taking = &recovery->takings[i];

		if (taking->busy && memcmp(&taking->op.key, key, sizeof(*key)) == 0)
			return true;
	}
	return false;
}

/* A tenant's lane may be busy for long: what is taken of it meanwhile leaves room for others. */
static bool
has_room(const struct recovery *recovery, const char *tenant)
{
	if (recovery->busy_n < TAKINGS_N - SPARE_N)
		return true;
	for (size_t i = 0; i < TAKINGS_N; i++) {
		const struct taking *taking = &recovery->takings[i];

		if (taking->busy && str_eq(taking->op.key.tenant, tenant))
			return false;
	}
	return true;
}

static void
take(struct recovery *recovery, const char *name)
{
	struct taking   *taking = recovery->takings;
	struct store_key key;

	if (!store_key_read(&key, name) || engine_holds(recovery->engine, key.tenant, key.graph) ||
	    is_being_taken(recovery, &key))
		return;
	if (!has_room(recovery, key.tenant)) {
		recovery->left_n++;
		return;
	}
	while (taking->busy)
		taking++;
	taking->busy = true;
	taking->recovery = recovery;
	taking->op.key = key;
	recovery->busy_n++;
	taking_ask(taking, STORE_HOLDER);
}

/* ---- rounds ---- */

static void
on_listed(struct store_op *op)
{
	struct recovery *recovery = container_of(op, struct recovery, listing);

	recovery->is_listing = false;
	recovery->at = 0;
	if (op->result != STORE_OK)
		store_op_fini(op); /* the next round asks again */
	task_wake(loop_of(recovery), &recovery->task);
}

static void
list(struct recovery *recovery)
{
	store_op_fini(&recovery->listing);
	recovery->listing = (struct store_op){
		.verb = STORE_UNFINISHED,
		.seq = recovery->skip,
		.done = on_listed,
	};
	recovery->is_listing = true;
	store_start(store_of(recovery), &recovery->listing);
}

static void
end_round(struct recovery *recovery)
{
	if (recovery->taken_n > 0)
		log_info("recover", "unfinished=%zu taken_up=%zu", recovery->listed_n,
		    recovery->taken_n);
	timer_arm(loop_of(recovery), &recovery->timer,
	    recovery->left_n > 0 ? recovery->every_us / SOONER : recovery->every_us);
	recovery->listed_n = recovery->taken_n = recovery->left_n = 0;
}

/* Takes what was listed, then lists the next page. What has left the list since may make a page begin too late: then
 * the next round finds what this one has missed. A round does not wait for what it has begun to take: a tenant's lane may be busy for long. */
static void
on_task(struct task *task)
{
	struct recovery *recovery = container_of(task, struct recovery, task);
	size_t           n = recovery->listing.items_n;

	if (recovery->is_listing || timer_is_armed(&recovery->timer))
		return;
	while (recovery->at < n && recovery->busy_n < TAKINGS_N)
		take(recovery, recovery->listing.items_out[recovery->at++].name);
	if (recovery->at < n)
		return;
	recovery->skip += n;
	recovery->listed_n += n;
	if (n == STORE_PAGE_MAX)
		list(recovery);
	else
		end_round(recovery);
}

static void
on_timer(struct timer *timer)
{
	struct recovery *recovery = container_of(timer, struct recovery, timer);

	recovery->skip = 0;
	list(recovery);
}

struct recovery *
recovery_create(struct engine *engine, int64_t every_ms)
{
	struct recovery *recovery = xcalloc(1, sizeof(*recovery));

	must(every_ms > 0);
	must(engine->options.owner != NULL);
	recovery->engine = engine;
	recovery->every_us = every_ms * US_PER_MS;
	timer_init(&recovery->timer, on_timer);
	task_init(&recovery->task, on_task);
	timer_arm(loop_of(recovery), &recovery->timer, 0);
	return recovery;
}

void
recovery_destroy(struct recovery *recovery)
{
	if (recovery == NULL)
		return;
	for (size_t i = 0; i < TAKINGS_N; i++) {
		struct taking *taking = &recovery->takings[i];

		if (taking->asking)
			store_forget(store_of(recovery), &taking->op);
		if (taking->busy)
			taking_end(taking);
	}
	if (recovery->is_listing)
		store_forget(store_of(recovery), &recovery->listing);
	store_op_fini(&recovery->listing);
	timer_disarm(loop_of(recovery), &recovery->timer);
	task_cancel(loop_of(recovery), &recovery->task);
	free(recovery);
}
