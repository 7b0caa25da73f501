/* SPDX-License-Identifier: Apache-2.0
 *
 * node_states.h - what the states of a node do; for the table in node.c that joins them, and for what makes nodes as
 * they were.
 *
 * decide_x looks and never touches; step_x is done on each wake, staying; enter_x and leave_x act.
 */
#ifndef ENGINE_NODE_STATES_H
#define ENGINE_NODE_STATES_H

#include "engine/execution.h"
#include "engine/node.h"
#include "engine/work.h"

/* node_start.c: until it is known, and durable, what is to be done */
enum node_state decide_pending(const struct node *node);
void            step_pending(struct node *node);
void            leave_pending(struct node *node);
enum node_state decide_resolving(const struct node *node);
void            leave_resolving(struct node *node);
void            enter_intending(struct node *node);
enum node_state decide_intending(const struct node *node);
void            leave_intending(struct node *node);

/* node_call.c: until it is done, and that is durable */
void            enter_calling(struct node *node);
enum node_state decide_calling(const struct node *node);
void            leave_calling(struct node *node);
void            enter_settling(struct node *node);
void            step_settling(struct node *node);
enum node_state decide_settling(const struct node *node);
void            leave_settling(struct node *node);
void            enter_recording(struct node *node);
enum node_state decide_recording(const struct node *node);

/* node_retry.c */
enum node_state after_failure(const struct node *node, enum op_result result);
enum node_state after_failed_look(const struct node *node, enum op_result result);
bool            retry_is_worth_it(enum op_result result, unsigned tries);
/* How long to wait before try `tries` + 1; what the provider asked for is the least. */
int64_t retry_wait_ms(struct execution *e, enum op_result result, unsigned tries, int64_t least_ms);
void    enter_backoff(struct node *node);
void    step_backoff(struct node *node);
enum node_state decide_backoff(const struct node *node);
void            leave_backoff(struct node *node);

/* node.c: what they share */
void            node_want_slot(struct node *node);
void            node_drop_slot(struct node *node);
void            node_doubt(struct node *node); /* what its call did is not known, as of now */
bool            node_is_dry(const struct node *node);
bool            node_is_durable(const struct node *node);
enum stop       node_stop(const struct node *node);    /* how hard it is being stopped */
enum node_state node_stopped(const struct node *node); /* where it ends then */

#endif
