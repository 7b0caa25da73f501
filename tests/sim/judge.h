/* SPDX-License-Identifier: Apache-2.0
 *
 * judge.h - the guarantees (docs: design, section 11), each held to at the moment when it could be broken.
 *
 * A judge looks at the truth: what the cloud has, what the store holds, which calls leave. It asks the engine nothing,
 * but for which node an op is of. docs/internals/simulation.md says which fault relaxes which judge, and why.
 *
 *   G1  a call that changes something leaves when its own intent is stored, and all predecessors are stored as completed;
 *       no node is under way before its predecessors have completed
 *   G2  no create takes effect while a box of the same (deployment, node, region) is there; only the holder of the
 *       lease makes calls that change something
 *   G3  when an execution is stored as completed, the cloud is as its config says: nothing missing, doubled, or of an
 *       older version; or, after a destroy, nothing is left
 *   G7  events are numbered without gap, go by the state table, and the last one of an execution is its terminal one
 *   tries  no node tries again before the time it was told, or more often than the retry table says
 *   window  no more calls at once than the window has room for
 *   calm  without faults all succeeds at the first try, and once they end all ends well
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include <stdint.h>

#include "chance.h"
#include "engine/engine.h"
#include "engine/node.h"

struct box;
struct op;
struct process;
struct store_op;
struct version;
struct world;

/* What a batch of worlds has seen: it lies in memory that its processes share. */
struct coverage {
	uint64_t edges[NODE_STATES_N][NODE_STATES_N];
	uint64_t hits[CHANCES_N];
	uint64_t executions, completed, failed, abandoned, steps;
};

/* Edges of the state table that the batch has not taken, one line each. Their number. */
unsigned coverage_missing(const struct coverage *coverage);

void judge_call(struct world *world, const struct process *process, const struct op *op);
void judge_answer(struct world *world, const struct process *process, const struct op *op);
void judge_create(struct world *world, const struct process *process, const struct box *asked);
void judge_stored(struct world *world, const struct process *process, const struct store_op *op);

/* An execution that a client watched has ended. */
void judge_watched(struct world *world, const struct version *version, const char *execution,
    enum execution_status status);

/* The cloud is as this version says, or has nothing of it. */
void
judge_cloud(struct world *world, const struct version *version, bool destroyed, const char *law);

#endif
