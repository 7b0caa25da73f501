/* SPDX-License-Identifier: Apache-2.0
 * journal.c - gathers events and records while a write is in flight, then writes them as one. */
#include "engine/journal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "engine/record.h"
#include "util/log.h"
#include "util/mem.h"

#define WRITE_EVENTS_MAX 1000
#define TEXT_MAX         (4 * 1024 * 1024)
#define RETRY_FIRST_US   50000
#define RETRY_MOST_US    2000000
#define RETRY_SHIFT_MAX  8

static void journal_task(struct task *task);
static void on_retry(struct timer *timer);
static void on_written(struct store_op *op);

static struct loop *
loop_of(const struct journal *journal)
{
	return execution_loop(journal->execution);
}

void
journal_init(struct journal *journal, struct execution *execution)
{
	*journal = (struct journal){ .execution = execution };
	journal->tail = &journal->head;
	journal->dirty_tail = &journal->dirty_head;
	task_init(&journal->task, journal_task);
	timer_init(&journal->retry, on_retry);
}

static void
events_free(struct journal_event *event)
{
	while (event != NULL) {
		struct journal_event *next = event->next;

		free(event->text);
		free(event);
		event = next;
	}
}

static void
write_free(struct journal *journal)
{
	for (size_t i = 0; i < journal->fields_n; i++) {
		free((char *)(uintptr_t)journal->fields[i].name);
		free((char *)(uintptr_t)journal->fields[i].text);
	}
	free(journal->fields);
	free(journal->events);
	events_free(journal->writing_events);
	journal->fields = journal->events = NULL;
	journal->fields_n = journal->events_n = 0;
	journal->writing_events = NULL;
	store_op_fini(&journal->op);
}

void
journal_fini(struct journal *journal)
{
	if (journal->writing)
		store_forget(journal->execution->engine->options.store, &journal->op);
	timer_disarm(loop_of(journal), &journal->retry);
	task_cancel(loop_of(journal), &journal->task);
	write_free(journal);
	events_free(journal->head);
}

void
journal_begin(struct journal *journal, uint64_t seq)
{
	must(journal->head == NULL && !journal->writing);
	journal->seq_before = journal->seq = journal->durable = seq;
}

/* ---- gathering ---- */

static void
add_event(struct journal *journal, struct str *text)
{
	struct journal_event *event = xmalloc(sizeof(*event));

	must(!text->overflow);
	*event = (struct journal_event){ .seq = journal->seq, .text = str_take(text) };
	*journal->tail = event;
	journal->tail = &event->next;
	task_wake(loop_of(journal), &journal->task);
}

/* A dry run has nothing to remember: all of it is durable as soon as the task runs. */
static bool
is_dry(const struct journal *journal)
{
	return journal->execution->mode == MODE_DRY_RUN;
}

void
journal_node(struct journal *journal, struct node *node)
{
	struct str text;

	journal->seq++;
	if (is_dry(journal)) {
		task_wake(loop_of(journal), &journal->task);
		return;
	}
	str_init(&text, TEXT_MAX);
	record_node_event(node, journal->seq, &text);
	add_event(journal, &text);
	if (node->dirty)
		return;
	node->dirty = true;
	node->dirty_next = NULL;
	*journal->dirty_tail = node;
	journal->dirty_tail = &node->dirty_next;
}

void
journal_execution(struct journal *journal)
{
	struct str text;

	journal->seq++;
	if (is_dry(journal)) {
		task_wake(loop_of(journal), &journal->task);
		return;
	}
	str_init(&text, TEXT_MAX);
	record_execution_event(journal->execution, journal->seq, &text);
	add_event(journal, &text);
	journal->header_dirty = true;
}

/* ---- writing ---- */

static void
add_field(struct journal *journal, const char *name, struct str *text)
{
	must(!text->overflow);
	journal->fields[journal->fields_n++] = (struct store_item){
		.name = xstrdup(name),
		.text = str_take(text),
	};
}

/* Of one write. */
static size_t
dirty_n(const struct journal *journal)
{
	size_t n = 0;

	for (const struct node *node = journal->dirty_head; node != NULL && n < WRITE_EVENTS_MAX;
	     node = node->dirty_next)
		n++;
	return n;
}

/* Each node's record as it is now. One that has moved on already is ahead of the events of this write, never
 * behind them; its own events follow in the next. */
static void
gather_fields(struct journal *journal)
{
	struct str text;

	journal->fields = xcalloc(dirty_n(journal) + 1, sizeof(*journal->fields));
	str_init(&text, TEXT_MAX);
	/* The header goes with the last event: a reader who sees that it has ended misses nothing. */
	if (journal->header_dirty && journal->head == NULL) {
		record_header(journal->execution, &text);
		add_field(journal, "", &text);
		journal->header_dirty = false;
	}
	/* As many records as events, so that no event goes ahead of its node's record. */
	for (size_t n = 0; journal->dirty_head != NULL && n < WRITE_EVENTS_MAX; n++) {
		struct node    *node = journal->dirty_head;
		struct identity identity =
		    graph_identity(journal->execution->graph, node_vertex(node));
		char name[RECORD_FIELD_SIZE];

		journal->dirty_head = node->dirty_next;
		if (journal->dirty_head == NULL)
			journal->dirty_tail = &journal->dirty_head;
		node->dirty = false;
		record_node(node, &text);
		record_field_name(&identity, name);
		add_field(journal, name, &text);
	}
}

/* The events whose nodes' records are in the same write, or were in an earlier one. */
static void
gather_events(struct journal *journal)
{
	uint64_t left = journal->seq - journal->durable;

	journal->events = xcalloc(
	    left < WRITE_EVENTS_MAX ? (size_t)left : WRITE_EVENTS_MAX, sizeof(*journal->events));
	journal->writing_events = journal->head;
	while (journal->head != NULL && journal->events_n < WRITE_EVENTS_MAX) {
		struct journal_event *event = journal->head;

		journal->events[journal->events_n++].text = event->text;
		journal->head = event->next;
		if (journal->events_n == WRITE_EVENTS_MAX)
			event->next = NULL; /* the list is cut here */
	}
	if (journal->head == NULL)
		journal->tail = &journal->head;
}

static void
send(struct journal *journal)
{
	struct execution *e = journal->execution;

	store_op_fini(&journal->op);
	journal->op = (struct store_op){
		.verb = STORE_APPEND,
		.key = e->key,
		.fence = e->fence,
		.seq = journal->durable,
		.now_ms = loop_wall_ms(loop_of(journal)),
		.fields = journal->fields,
		.fields_n = journal->fields_n,
		.events = journal->events,
		.events_n = journal->events_n,
		.done = on_written,
	};
	store_start(e->engine->options.store, &journal->op);
}

static void
on_written(struct store_op *op)
{
	struct journal *journal = container_of(op, struct journal, op);

	if (op->result == STORE_OK) {
		journal->durable += journal->events_n;
		journal->writing = false;
		journal->tries = 0;
		write_free(journal);
		execution_durable(journal->execution);
		if (journal->head != NULL || journal->dirty_head != NULL)
			task_wake(loop_of(journal), &journal->task);
	} else if (op->result == STORE_FENCED || op->result == STORE_LOST) {
		bool is_fenced = op->result == STORE_FENCED;

		journal->writing = false;
		write_free(journal);
		execution_lose(
		    journal->execution, is_fenced ? "another process has taken it over"
						  : "the store has lost what was written of it");
	} else {
		int64_t wait =
		    (int64_t)RETRY_FIRST_US
		    << (journal->tries < RETRY_SHIFT_MAX ? journal->tries : RETRY_SHIFT_MAX);

		if (journal->tries++ == 0)
			log_warn("journal.write", "graph=%s execution=%s result=%s",
			    journal->execution->key.graph, journal->execution->id,
			    store_result_name(op->result));
		timer_arm(
		    loop_of(journal), &journal->retry, wait < RETRY_MOST_US ? wait : RETRY_MOST_US);
	}
}

static void
on_retry(struct timer *timer)
{
	send(container_of(timer, struct journal, retry));
}

static void
journal_task(struct task *task)
{
	struct journal *journal = container_of(task, struct journal, task);

	if (journal->writing || journal->execution->lost)
		return;
	if (is_dry(journal)) {
		journal->durable = journal->seq;
		execution_durable(journal->execution);
		return;
	}
	if (journal->head == NULL && journal->dirty_head == NULL)
		return;
	journal->writing = true;
	gather_events(journal);
	gather_fields(journal);
	send(journal);
}
