/* SPDX-License-Identifier: Apache-2.0
 *
 * decide.h - what is to be done about a node, once all that it must know is looked up.
 */
#ifndef ENGINE_DECIDE_H
#define ENGINE_DECIDE_H

struct node;

/* By work->desired and work->found: sets node->act, node->diff, work->act, work->changes, and work->looked. */
void decide_act(struct node *node);

#endif
