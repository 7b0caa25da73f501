/* SPDX-License-Identifier: Apache-2.0
 *
 * admission.h - which nodes may start: pauses and ends on the way, single steps, and what is skipped.
 *
 * A stop (a pause or end edge of the graph) closes a gate in front of the node behind it. A node whose
 * predecessors have completed is ready when no gate is closed, else it is held. While stepping, one node at a
 * time is chosen among the ready ones. What an earlier process has completed is looked at again without that:
 * it is no step.
 */
#ifndef ENGINE_ADMISSION_H
#define ENGINE_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"

struct node;

struct admission {
	bool        *open;       /* one per stop of the graph */
	bool         stepping;   /* only the chosen node starts */
	bool         to_end;     /* pauses are passed */
	bool         asked;      /* to pause; until it is continued */
	size_t       steps;      /* that may still be chosen */
	struct node *chosen;     /* NULL: none */
	struct node *next;       /* of a pause: what it stands before; NULL: nothing */
	size_t       held;       /* nodes with nothing before them but a closed gate */
	size_t       confirming; /* of the ready nodes, those that were completed before */
};

/* Nodes are made, and none has started. */
void admission_init(struct execution *execution);
void admission_fini(struct execution *execution);

/* Gates in front of what has begun, or is skipped, are open: it was continued there, or nobody has to. */
void admission_pass(struct execution *execution);

/* May it start, as far as steps go? */
bool admission_of(const struct node *node);

/* It steps, and what was chosen is done. */
bool admission_is_idle(const struct execution *execution);

/* Its last predecessor has completed, or its last gate is open: it is counted as ready, or held. */
void admission_freed(struct node *node);

/* It was counted as ready, and no longer is. */
void admission_taken(const struct node *node);

/* It is paused where an earlier process has left it: before what? */
void admission_hold(struct execution *execution);

/* No node starts any more, until it is continued. */
void admission_pause(struct execution *execution);

/* Nothing runs and nothing may start. True: something may now. Else *ret_reason says why not: REASON_STEP,
 * REASON_ASKED or REASON_PAUSE_EDGE for a pause, REASON_END_EDGE or REASON_NONE when this is the end. */
bool admission_advance(struct execution *execution, enum execution_reason *ret_reason);

/* Of a pause. An error changes nothing. */
MUSTCHECK enum err_code
admission_continue(struct execution *execution, struct continue_request *request, struct err *err);

/* It is not run, and what waits for it goes on without it. */
void admission_skip(struct node *node);

#endif
