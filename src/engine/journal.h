/* SPDX-License-Identifier: Apache-2.0
 *
 * journal.h - what an execution has done, on its way into the store.
 *
 * Events are numbered as they are added; all that was added in a turn goes out as one write, and while one is
 * in flight the next gathers. A write whose answer is lost is repeated as it was: the store keeps the
 * events of one number once. What is durable is told as a number.
 */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/loop.h"
#include "store/store.h"
#include "util/str.h"

struct execution;
struct node;
struct output_stream;

struct journal_event {
	struct journal_event *next;
	char                  text[];
};

struct journal {
	struct execution     *execution;
	uint64_t              seq_before; /* the stream's last number before this execution */
	uint64_t              seq;        /* the last number given out */
	uint64_t              durable;    /* the last number that is stored */
	struct journal_event *head, **tail;
	size_t                waiting_n;                /* events from head on */
	struct node          *dirty_head, **dirty_tail; /* nodes whose record is to be written */
	size_t                dirty_n;
	bool                  header_dirty;
	bool                  writing;
	struct task           task;
	struct timer          retry;
	unsigned              tries;
	struct store_op       op;
	struct store_item    *fields, *events; /* of the write in flight */
	size_t                fields_n, events_n;
	struct journal_event *writing_events;
};

void journal_init(struct journal *journal, struct execution *execution);
void journal_fini(struct journal *journal);                /* forgets what is not stored */
bool journal_is_durable(const struct journal *journal);    /* all that was added */
void journal_begin(struct journal *journal, uint64_t seq); /* the stream's last number so far */

void
journal_node(struct journal *journal, struct node *node); /* it moved: an event and its record */
/* What its op wrote: an event. */
void journal_output(
    struct journal *journal, const struct node *node, const struct output_stream *stream);
void journal_execution(struct journal *journal); /* its status changed */

#endif
