/* SPDX-License-Identifier: Apache-2.0
 *
 * work.h - what a node holds while it is under way: one op at a time, a timer, what it has found out.
 */
#ifndef ENGINE_WORK_H
#define ENGINE_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/loop.h"
#include "plan/plan.h"
#include "provider/provider.h"

struct lookup;
struct node;
struct output;

#define WORK_TOKEN_SIZE 33

struct work {
	struct node        *node;
	struct op           op;
	struct timer        timer;
	struct timer        overdue;
	int64_t             began_us;
	int64_t             asked_us; /* the op */
	struct identity     identity;
	struct lookup      *lookups; /* what to look up, in order; the last is the node itself */
	size_t              lookups_n, lookup_at;
	enum op_result      looked;     /* OP_PENDING: looking; OP_OK: all is known; else why not */
	struct json_object *desired;    /* properties with references resolved */
	bool                unresolved; /* some reference of `desired` is not there yet */
	struct json_object *found;      /* what is there; NULL: nothing */
	struct json_object *kept;       /* of what is not there: for an undo of its create */
	struct json_object *changes;
	struct json_object *tags;     /* all but ours that it is to have; NULL: as the spec says */
	bool                restores; /* ours are among them: they are as they were */
	enum plan_act       act;      /* what is to be done now, by what was found */
	uint64_t            durable_seq; /* intending, recording: the event that must be durable */
	struct node        *durable_next;
	bool                awaits_durable;
	int64_t             settle_until_us;
	bool                made;   /* a create was answered: it is there, whatever a look says */
	bool                unseen; /* what was answered has not been seen by a look yet */
	bool                cut_short; /* it was stopped; what is recorded is what was found */
	bool                starved;   /* it waits for other credentials */
	bool           asked_to_wait;  /* settling: the timer runs, or has run, for the next look */
	struct output *output;         /* what its op writes; NULL: nothing yet */
	unsigned       overs;          /* creates that were answered, and came to a bad end */
	uint8_t tries[OP_RESULTS_N];   /* visits to backoff in this execution, by what led there */
	char    token[WORK_TOKEN_SIZE];
};

/* How long it took, unless a try failed on the way: that says nothing about the next node of its type. */
void work_learn(const struct work *work);

/* Why a node's last try failed. */
struct node_error {
	enum op_result type;
	char           code[96];
	char           message[512];
	char           request_id[128];
};

void work_create(struct node *node);
void work_destroy(struct node *node); /* cancels what is in flight; harmless without work */

/* Asks the provider of a node, which need not be this one. `ask` holds the question, but for what the node's spec says: type,
 * adopt and credentials, and tags unless they are in it. Its answer wakes the node of this work. */
void work_ask(struct work *work, const struct spec_node *of, const struct op *ask);
bool work_is_asking(const struct work *work);
void work_cancel(struct work *work); /* after this, no answer comes */

/* What was begun has failed for good: another try is another request. */
void work_begin_anew(struct work *work);

/* It takes something away, for good or to make room for another. */
bool work_takes_away(const struct work *work);

/* What is there now, if the answer said so. */
void work_take_found(struct work *work);

/* What the answer of a look that found nothing has for an undo. */
void work_take_kept(struct work *work);

/* The op's answer, or one of our own, is the reason should the node come to nothing. */
void node_take_error(struct node *node);
void node_set_error(struct node *node, enum op_result type, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Its look has come to nothing, for the reason that was just set. */
void node_fail_look(struct node *node);

#endif
