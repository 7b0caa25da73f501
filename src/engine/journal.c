/* SPDX-License-Identifier: Apache-2.0
 * journal.c - gathers events and records while a write is in flight, then writes them as one. */
#include "engine/journal.h"

#include <stdlib.h>
#include <string.h>

#include "engine/execution.h"
#include "engine/record.h"
#include "util/log.h"
#include "util/mem.h"

#define WRITE_EVENTS_MAX 100 /* as many as Redis takes in a millisecond: others wait for it */
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
	task_set_lane(loop_of(journal), &journal->task, lane_of(execution->key.tenant));
	timer_init(&journal->retry, on_retry);
	timer_set_lane(loop_of(journal), &journal->retry, journal->task.lane);
}

static void
events_free(struct journal_event *event)
{
	while (event != NULL) {
		struct journal_event *next = event->next;

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

bool
journal_is_durable(const struct journal *journal)
{
	return journal->durable == journal->seq;
}

void
journal_begin(struct journal *journal, uint64_t seq)
{
	must(journal->head == NULL && !journal->writing);
	journal->seq_before = journal->seq = journal->durable = seq;
}

/* ---- gathering ---- */

/* Where events and records are put together, one at a time; what is kept is as long as it needs to be. All executions share it: nothing
 * breathes while it is in use. */
static struct str *
text_of(const struct journal *journal)
{
	struct str *text = &journal->execution->engine->text;

	str_clear(text);
	return text;
}

static void
add_event(struct journal *journal, const struct str *text)
{
	struct journal_event *event = xmalloc(sizeof(*event) + text->len + 1);

	must(!text->overflow);
	event->next = NULL;
	memcpy(event->text, text->data, text->len + 1);
	*journal->tail = event;
	journal->tail = &event->next;
	journal->waiting_n++;
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
	struct str *text = text_of(journal);

	journal->seq++;
	if (is_dry(journal)) {
		task_wake(loop_of(journal), &journal->task);
		return;
	}
	record_node_event(node, journal->seq, text);
	add_event(journal, text);
	if (node->dirty)
		return;
	node->dirty = true;
	node->dirty_next = NULL;
	*journal->dirty_tail = node;
	journal->dirty_tail = &node->dirty_next;
	journal->dirty_n++;
}

void
journal_output(struct journal *journal, const struct node *node, const struct output_stream *stream)
{
	struct str *text = text_of(journal);

	if (is_dry(journal))
		return;
	record_output_event(node, ++journal->seq, stream, text);
	add_event(journal, text);
}

void
journal_execution(struct journal *journal)
{
	struct str *text = text_of(journal);

	journal->seq++;
	if (is_dry(journal)) {
		task_wake(loop_of(journal), &journal->task);
		return;
	}
	record_execution_event(journal->execution, journal->seq, text);
	add_event(journal, text);
	journal->header_dirty = true;
}

/* ---- writing ---- */

static void
add_field(struct journal *journal, const char *name, const struct str *text)
{
	must(!text->overflow);
	journal->fields[journal->fields_n++] = (struct store_item){
		.name = xstrdup(name),
		.text = xstrndup(text->data, text->len),
	};
}

static size_t
at_most(size_t n, size_t most)
{
	return n < most ? n : most;
}

/* Each node's record as it is now. One that has moved on already is ahead of the events of this write, never
 * behind them; its own events follow in the next. */
static void
gather_fields(struct journal *journal)
{
	/* As many records as events, so that no event goes ahead of its node's record. */
	size_t records_n = at_most(journal->dirty_n, WRITE_EVENTS_MAX);

	journal->fields = xcalloc(1 + records_n, sizeof(*journal->fields));
	/* The header goes with the last event: a reader who sees that it has ended misses nothing. */
	if (journal->header_dirty && journal->head == NULL) {
		struct str *text = text_of(journal);

		record_header(journal->execution, text);
		add_field(journal, "", text);
		journal->header_dirty = false;
	}
	for (size_t i = 0; i < records_n; i++) {
		struct node *node = journal->dirty_head;
		struct str  *text = text_of(journal);
		char         name[RECORD_FIELD_SIZE];

		journal->dirty_head = node->dirty_next;
		node->dirty = false;
		record_node(node, text);
		record_field_name(journal->execution->graph, node_vertex(node), name);
		add_field(journal, name, text);
	}
	journal->dirty_n -= records_n;
	if (journal->dirty_head == NULL)
		journal->dirty_tail = &journal->dirty_head;
}

/* The events whose nodes' records are in the same write, or were in an earlier one. */
static void
gather_events(struct journal *journal)
{
	size_t                 n = at_most(journal->waiting_n, WRITE_EVENTS_MAX);
	struct journal_event **at = &journal->head;

	journal->events = xcalloc(n, sizeof(*journal->events));
	journal->writing_events = journal->head;
	for (; journal->events_n < n; at = &(*at)->next)
		journal->events[journal->events_n++].text = (*at)->text;
	journal->waiting_n -= n;
	if (journal->waiting_n == 0) {
		journal->head = NULL;
		journal->tail = &journal->head;
	} else {
		journal->head = *at;
		*at = NULL; /* the list is cut here */
	}
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
