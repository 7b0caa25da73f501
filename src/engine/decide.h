/* SPDX-License-Identifier: Apache-2.0
 *
 * decide.h - what is to be done about a node, once all that it must know is looked up.
 */
#ifndef ENGINE_DECIDE_H
#define ENGINE_DECIDE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "plan/spec.h"

struct node;

/* What is asked for, or what is to be if all went as asked: how it came to be there is no matter then. What was discovered is
 * looked at, whatever is to become of it. */
enum spec_operation decide_operation(const struct node *node);

/* By these tags alone: true, and the same is set, when they are as the config says of one that is to be there. */
bool decide_by_tags(struct node *node, struct json_object *tags);

/* True: it is not to be looked at, and what to do is decided as decide_act() does. */
bool decide_unseen(struct node *node);

/* Is it to be gone? */
bool decide_deletes(const struct node *node);

/* By work->desired and work->found: sets node->act, node->diff, work->act, work->changes, and work->looked. */
void decide_act(struct node *node);

#endif
