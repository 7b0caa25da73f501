/* SPDX-License-Identifier: Apache-2.0
 * depot.c - links on which letters travel in order, and what may become of them. */
#include "depot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "op_copy.h"
#include "process.h"
#include "store/mem_verbs.h"
#include "store/store_mem.h"
#include "util/check.h"
#include "util/mem.h"
#include "world.h"

#define QUICK_US 500
#define SLOW_US  (3 * SECOND)
#define DOWN_US  (2 * SECOND) /* after a break */
#define LOST_US  SECOND       /* the most that a fail-over loses; less than the margin of a lease */

/* An op on its way there and back. */
struct letter {
	struct delivery   delivery;
	struct letter    *next;
	struct link      *link;
	struct store_op  *op;      /* NULL: nobody waits for the answer any more */
	struct store_op   own;     /* a copy, once nobody waits */
	int64_t           done_us; /* when it arrives */
	int64_t           answered_us;
	enum store_result result;
	uint64_t          number;         /* of the link's */
	bool              done, answered; /* the process has it, or has it in its inbox */
};

struct link {
	struct store    store;
	struct depot   *depot;
	struct process *process;
	struct letter  *head, **tail;
	uint64_t        sent;
	int64_t         last_done_us, last_answered_us;
	int64_t         break_us, down_until_us;
	struct timer    timer; /* the next letter arrives or is answered, or the link breaks */
	bool            gone;  /* its process is; what it has sent may arrive */
	struct link    *next;
};

/* An op that was done, in case it must be done again without those that came after it. */
struct entry {
	struct entry   *next;
	struct store_op op;
	char            owner[OWNER_SIZE];
	int64_t         done_us;
};

struct depot {
	struct world    *world;
	struct mem_data *data;
	struct link     *links;
	struct entry    *log, **log_tail;
	bool             may_lose;
	bool             has_lost;
	int64_t          lost_us;
	bool in_order; /* as one Redis is; a cluster's nodes do not wait for each other */
};

/* ---- letters ---- */

static const char *const verb_names[STORE_VERBS_N] = {
	[STORE_PUT_SPEC] = "put_spec",
	[STORE_GET_SPEC] = "get_spec",
	[STORE_BEGIN] = "begin",
	[STORE_APPEND] = "append",
	[STORE_RENEW] = "renew",
	[STORE_RELEASE] = "release",
	[STORE_PARK] = "park",
	[STORE_FINISH] = "finish",
	[STORE_GET_EXEC] = "get_exec",
	[STORE_GET_HEADER] = "get_header",
	[STORE_EVENTS] = "events",
	[STORE_TOLD] = "told",
	[STORE_HOOK] = "hook",
	[STORE_FIND] = "find",
	[STORE_DEPLOYMENTS] = "deployments",
	[STORE_HISTORY] = "history",
	[STORE_FORGET] = "forget",
	[STORE_PLANNED] = "planned",
	[STORE_PLANNED_FORGET] = "planned_forget",
	[STORE_UNFINISHED] = "unfinished",
	[STORE_HOLDER] = "holder",
	[STORE_ARCHIVE_DUE] = "archive_due",
	[STORE_ARCHIVE_GET] = "archive_get",
	[STORE_ARCHIVE_TAKE] = "archive_take",
	[STORE_ARCHIVE_PUT] = "archive_put",
	[STORE_PLAN_PUT] = "plan_put",
	[STORE_PLAN_GET] = "plan_get",
	[STORE_ACCESS_GET] = "access_get",
	[STORE_ACCESS_PUT] = "access_put",
	[STORE_ONCE_TAKE] = "once_take",
	[STORE_ONCE_PUT] = "once_put",
};

static void
log_add(struct depot *depot, const char *owner, const struct store_op *op)
{
	struct entry *entry = xcalloc(1, sizeof(*entry));

	op_copy(&entry->op, op);
	snprintf(entry->owner, sizeof(entry->owner), "%s", owner);
	entry->done_us = depot->world->now_us;
	*depot->log_tail = entry;
	depot->log_tail = &entry->next;
}

static void
entries_free(struct entry *entry)
{
	while (entry != NULL) {
		struct entry *next = entry->next;

		op_copy_free(&entry->op);
		free(entry);
		entry = next;
	}
}

static void
letter_do(struct letter *letter)
{
	struct depot    *depot = letter->link->depot;
	struct world    *world = depot->world;
	struct store_op *op = letter->op != NULL ? letter->op : &letter->own;
	struct mem_ask   ask = { depot->data, letter->link->process->owner, world->now_us };

	letter->done = true;
	if (hits(world, CHANCE_STORE_REFUSED))
		letter->result = STORE_FAILED;
	else
		letter->result = mem_verb_run(&ask, op);
	if (depot->may_lose && letter->result == STORE_OK)
		log_add(depot, ask.owner, op);
	tell(world, ask.owner, verb_names[op->verb], store_result_name(letter->result),
	    (int64_t)op->seq);
	if (letter->result == STORE_OK)
		judge_stored(world, letter->link->process, op);
}

static void
letter_free(struct letter *letter)
{
	struct link *link = letter->link;

	for (struct letter **at = &link->head; *at != NULL; at = &(*at)->next) {
		if (*at != letter)
			continue;
		*at = letter->next;
		if (link->tail == &letter->next)
			link->tail = at;
		break;
	}
	if (letter->op == NULL)
		op_copy_free(&letter->own);
	free(letter);
}

static void
letter_end(struct delivery *delivery)
{
	struct letter    *letter = container_of(delivery, struct letter, delivery);
	struct store_op  *op = letter->op;
	enum store_result result = letter->result;
	struct loop      *loop = letter->link->process->loop;

	letter_free(letter);
	if (op == NULL)
		return;
	if (result != STORE_OK && result != STORE_EXISTS && result != STORE_LEFT)
		store_op_fini(op);
	op->result = result;
	store_op_answer(loop, op);
}

static void
letter_answer(struct letter *letter)
{
	letter->answered = true;
	if (letter->link->gone)
		letter_free(letter);
	else
		process_deliver(letter->link->process, &letter->delivery);
}

/* ---- links ---- */

static struct letter *
first_unanswered(const struct link *link)
{
	struct letter *letter = link->head;

	while (letter != NULL && letter->answered)
		letter = letter->next;
	return letter;
}

static void
link_arm(struct link *link)
{
	struct letter *first = first_unanswered(link);
	int64_t        due = link->break_us;

	for (struct letter *letter = first; letter != NULL; letter = letter->next) {
		int64_t its = letter->done ? letter->answered_us : letter->done_us;

		if (!letter->answered && its < due)
			due = its;
	}
	if (first == NULL) {
		timer_disarm(link->depot->world->sky, &link->timer);
		return;
	}
	due -= link->depot->world->now_us;
	timer_arm(link->depot->world->sky, &link->timer, due > 0 ? due : 0);
}

static void
link_free(struct link *link)
{
	struct link **at = &link->depot->links;

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	timer_disarm(link->depot->world->sky, &link->timer);
	free(link);
}

static struct letter *
letter_make(struct link *link, struct store_op *op)
{
	struct letter *letter = xcalloc(1, sizeof(*letter));

	letter->delivery.deliver = letter_end;
	letter->link = link;
	letter->op = op;
	letter->number = ++link->sent;
	*link->tail = letter;
	link->tail = &letter->next;
	return letter;
}

/* The connection is gone, and what was sent over it arrives all the same, later. */
static void
letter_haunt(const struct letter *letter)
{
	struct world  *world = letter->link->depot->world;
	struct letter *ghost = letter_make(letter->link, NULL);

	op_copy(&ghost->own, letter->op != NULL ? letter->op : &letter->own);
	ghost->done_us = ghost->answered_us = world->now_us + draw_between(world, 0, DOWN_US);
}

/* All that is not answered is unknown: what arrived so far is done, and of the rest a part. */
static void
link_break(struct link *link)
{
	struct world  *world = link->depot->world;
	uint64_t       sent = link->sent;
	bool           arrives = true;
	struct letter *letter;

	link->break_us = LOOP_NEVER;
	link->down_until_us = world->now_us + draw_between(world, 0, DOWN_US);
	tell(world, link->process->owner, "break", "", 0);
	while ((letter = first_unanswered(link)) != NULL && letter->number <= sent) {
		arrives = (arrives || !link->depot->in_order) && draw(world, 4) != 0;
		if (!letter->done && arrives)
			letter_do(letter);
		else if (!letter->done && hits(world, CHANCE_STORE_GHOST))
			letter_haunt(letter);
		letter->done = true;
		letter->result = STORE_UNKNOWN;
		letter_answer(letter);
	}
}

static struct letter *
first_answerable(const struct link *link)
{
	struct letter *letter = link->head;

	while (letter != NULL && (letter->answered || !letter->done ||
				     letter->answered_us > link->depot->world->now_us))
		letter = letter->next;
	return letter;
}

static void
on_due(struct timer *timer)
{
	struct link   *link = container_of(timer, struct link, timer);
	int64_t        now_us = link->depot->world->now_us;
	struct letter *letter;

	for (letter = first_unanswered(link); letter != NULL; letter = letter->next) {
		if (!letter->done && letter->done_us <= now_us)
			letter_do(letter);
	}
	if (link->break_us <= now_us)
		link_break(link);
	while ((letter = first_answerable(link)) != NULL)
		letter_answer(letter);
	if (link->gone && link->head == NULL)
		link_free(link);
	else
		link_arm(link);
}

/* How long a letter takes: there, and back. */
static int64_t
travel_us(struct world *world)
{
	if (hits(world, CHANCE_STORE_SLOW))
		return draw_between(world, QUICK_US, SLOW_US);
	return draw_between(world, 1, QUICK_US);
}

static int64_t
later_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
link_start(struct store *store, struct store_op *op)
{
	struct link   *link = container_of(store, struct link, store);
	struct world  *world = link->depot->world;
	int64_t        done_us = link->depot->in_order ? link->last_done_us : 0;
	int64_t        answered_us = link->depot->in_order ? link->last_answered_us : 0;
	struct letter *letter = letter_make(link, op);

	letter->done_us = later_of(world->now_us + travel_us(world), done_us);
	letter->answered_us = later_of(letter->done_us + travel_us(world), answered_us);
	link->last_done_us = letter->done_us;
	link->last_answered_us = letter->answered_us;
	if (world->now_us < link->down_until_us) {
		letter->done = true;
		letter->result = STORE_DOWN;
	} else if (hits(world, CHANCE_STORE_BREAK)) {
		link->break_us = draw_between(world, world->now_us, letter->answered_us);
	}
	link_arm(link);
}

static void
link_forget(struct store *store, struct store_op *op)
{
	struct link *link = container_of(store, struct link, store);

	for (struct letter *letter = link->head; letter != NULL; letter = letter->next) {
		if (letter->op != op)
			continue;
		op_copy(&letter->own, op);
		letter->op = NULL;
		return;
	}
	task_cancel(link->process->loop, &op->task);
}

static const char *
link_why(const struct store *store)
{
	const struct link *link = (const struct link *)store;

	return link->depot->world->now_us >= link->down_until_us ? "" : "an outage";
}

/* The process is gone. What it has sent arrives, up to some letter; nobody hears of it. */
static void
link_destroy(struct store *store)
{
	struct link   *link = container_of(store, struct link, store);
	struct world  *world = link->depot->world;
	bool           arrives = true;
	struct letter *next;

	link->gone = true;
	link->break_us = LOOP_NEVER;
	for (struct letter *letter = first_unanswered(link); letter != NULL; letter = next) {
		next = letter->next;
		must(letter->op == NULL);
		arrives = (arrives || !link->depot->in_order) && draw(world, 3) != 0;
		if (!letter->done && !arrives)
			letter_free(letter);
	}
	if (link->head == NULL)
		link_free(link);
	else
		link_arm(link);
}

/* ---- public ---- */

struct depot *
depot_create(struct world *world)
{
	struct depot *depot = xcalloc(1, sizeof(*depot));

	depot->world = world;
	depot->data = mem_data_create();
	depot->in_order = draw(world, 2) == 0;
	depot->log_tail = &depot->log;
	depot->may_lose = world->chances.per_mille[CHANCE_FAILOVER] > 0;
	return depot;
}

void
depot_destroy(struct depot *depot)
{
	while (depot->links != NULL) {
		while (depot->links->head != NULL)
			letter_free(depot->links->head);
		link_free(depot->links);
	}
	entries_free(depot->log);
	mem_data_destroy(depot->data);
	free(depot);
}

struct store *
depot_link(struct depot *depot, struct process *process)
{
	struct link *link = xcalloc(1, sizeof(*link));

	link->store = (struct store){
		.start = link_start,
		.forget = link_forget,
		.why = link_why,
		.destroy = link_destroy,
	};
	link->depot = depot;
	link->process = process;
	link->tail = &link->head;
	link->break_us = LOOP_NEVER;
	timer_init(&link->timer, on_due);
	link->next = depot->links;
	depot->links = link;
	return &link->store;
}

void
depot_cut(struct depot *depot, const struct process *process, int64_t for_us)
{
	for (struct link *link = depot->links; link != NULL; link = link->next) {
		if (link->gone || (process != NULL && link->process != process))
			continue;
		link_break(link);
		link->down_until_us = depot->world->now_us + for_us;
		link_arm(link);
	}
}

void
depot_mend(struct depot *depot)
{
	for (struct link *link = depot->links; link != NULL; link = link->next)
		link->down_until_us = 0;
}

/* What was done until then, done again on empty tables. */
static void
replay(struct depot *depot, int64_t until_us)
{
	struct entry *entry, **at = &depot->log;

	for (; (entry = *at) != NULL && entry->done_us <= until_us; at = &entry->next) {
		struct mem_ask ask = { depot->data, entry->owner, entry->done_us };

		store_op_fini(&entry->op);
		(void)mem_verb_run(&ask, &entry->op);
	}
	entries_free(*at);
	*at = NULL;
	depot->log_tail = at;
}

void
depot_fail_over(struct depot *depot)
{
	struct world *world = depot->world;
	int64_t       lost_us = draw_between(world, 0, LOST_US);

	must(depot->may_lose);
	depot_cut(depot, NULL, draw_between(world, 0, DOWN_US));
	tell(world, "store", "fail_over", "", lost_us);
	mem_data_destroy(depot->data);
	depot->data = mem_data_create();
	replay(depot, world->now_us - lost_us);
	depot->has_lost = true;
	depot->lost_us = world->now_us;
	judge_failover(world);
}

bool
depot_has_lost(const struct depot *depot)
{
	return depot->has_lost;
}

bool
depot_has_just_lost(const struct depot *depot)
{
	return depot->has_lost && depot->world->now_us < depot->lost_us + STORE_MEM_LEASE_MS * MS;
}

uint64_t
depot_fence(struct depot *depot, const struct store_key *key)
{
	return mem_deployment_of(depot->data, key)->fence;
}

const char *
depot_unfinished(struct depot *depot, const struct store_key *key)
{
	return mem_deployment_of(depot->data, key)->unfinished;
}

bool
depot_history(
    struct depot *depot, const struct store_key *key, size_t skip, char out[DEPOT_MEMBER_SIZE])
{
	struct mem_ask  ask = { .data = depot->data, .now_us = depot->world->now_us };
	struct store_op op = { .verb = STORE_HISTORY, .key = *key };

	(void)mem_verb_run(&ask, &op);
	snprintf(out, DEPOT_MEMBER_SIZE, "%s", op.items_n > skip ? op.items_out[skip].name : "");
	store_op_fini(&op);
	return out[0] != '\0';
}

struct mem_graph *
depot_graph(struct depot *depot, const struct store_key *key)
{
	return mem_graph_of(depot->data, key);
}

bool
depot_is_held_by(struct depot *depot, const struct store_key *key, const struct process *process)
{
	const struct mem_deployment *deployment = mem_deployment_of(depot->data, key);

	return deployment->owner != NULL && depot->world->now_us < deployment->until_us &&
	       strcmp(deployment->owner, process->owner) == 0;
}
