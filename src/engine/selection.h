/* SPDX-License-Identifier: Apache-2.0
 *
 * selection.h - which nodes an execution is told to run: only some, and what they wait for; or all but some, and what waits for them.
 */
#ifndef ENGINE_SELECTION_H
#define ENGINE_SELECTION_H

struct execution;

/* Nodes are made, and none has started: marks those that are skipped. */
void selection_apply(struct execution *execution);

#endif
