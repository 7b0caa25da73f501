/* SPDX-License-Identifier: Apache-2.0
 *
 * held.h - what a plan is made of, and the apply that is held to it (plan/saved.h).
 *
 * A node that this execution has not touched yet is to be found as it was when the plan was made, and what is to be done
 * about it is to be the same. Else it fails as stale, before anything is done: what waits for it is blocked, and
 * everything else goes on, whatever the execution is to do about failures.
 */
#ifndef ENGINE_HELD_H
#define ENGINE_HELD_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/plan.h"

struct execution;
struct node;

/* True: its look has failed, and node->error says what has changed. The first once it was looked at, the second once it is
 * decided what is to be done. */
bool held_refuses_found(struct node *node);
bool held_refuses_act(struct node *node);

/* Of a dry run: by what it was decided is kept, for its plan. */
void held_keep(struct node *node);
void held_tell(const struct node *node, struct plan_action *action);
void held_forget(struct node *node);

/* In a dry run: it will be another one, with other outputs, by the time that others look at it. */
bool held_is_to_be_new(const struct execution *execution, size_t vertex);

/* Has anything failed but what was found to be stale? */
bool held_has_failed(const struct execution *execution);

/* What the store has of its plan. NULL: nothing any more; then nothing is as the plan says. */
void held_take_plan(struct execution *execution, const char *text);

#endif
