/* SPDX-License-Identifier: Apache-2.0
 *
 * judge.h - the guarantees (docs: design, section 11), each held to at the moment when it could be broken.
 *
 * A judge looks at the truth: what the cloud has, what the store holds, which calls leave. It asks the engine nothing,
 * but for which node an op is of. docs/internals/simulation.md says which fault relaxes which judge, and why.
 *
 *   G1  a call that changes something leaves when its own intent is stored, and all predecessors are stored as
 *       completed or skipped; no node is under way before its predecessors have got there; a rollback undoes what
 *       depends on a box before the box
 *   G2  no create takes effect while a box of the same (deployment, node, region) is there, or still on its way out: but for
 *       one that is to be found elsewhere, by its name; an execution makes a box once; only the holder of the lease makes
 *       calls that change something, and not while it drains
 *   G3  when an execution is stored as completed, the cloud is as its config says for all nodes that completed:
 *       nothing missing, doubled, or of an older version; or, after a destroy, nothing is left. Rolled back: as before
 *   goes  a delete takes nothing that this execution has made (but to roll it back), that is protected, or that something
 *       refers to which is to go as well; what is left is not called for
 *   change  a new version forgets nothing of the last one; what is there and not wanted is left, or goes if it was told to
 *       prune; and once faults end, nothing is there that the last version does not know of
 *   told  what a node is said to have done is what has taken effect
 *   only  nothing runs that was not selected
 *   G4  an execution that ends otherwise knows the id of every box that it has made, or says that it is in doubt
 *   G5  an execution that is held to a plan does to no node what the plan does not say; what is stale keeps nothing
 *       from starting but what waits for it
 *   G7  events are numbered without gap, go by the state table, and the last one of an execution is its terminal one;
 *       whoever watches is told what is stored
 *   pause  nothing starts in a pause, behind a pause before somebody says so, or behind an end; one step is one node
 *   stop  nothing starts after a failure, unless it was asked for
 *   dry  a dry run changes nothing, and nothing is stored of it
 *   credentials  no call that needs them leaves without
 *   tries  no node tries again before the time it was told, or more often than the retry table says
 *   window  no more calls at once than the window has room for; none is begun while the provider asked to wait
 *   calm  without faults all succeeds at the first try, and once they end all ends well
 *   liveness  once faults end, all ends
 *   verify  then a verify says what is so
 *   proof  a destroy takes nothing that it has seen gone for left, whatever an index says
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include <stdint.h>

#include "chance.h"
#include "engine/engine.h"
#include "engine/node.h"

struct base;
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
	uint64_t ends[STATUSES_N][REASONS_N]; /* of executions */
	uint64_t acts[PLAN_ACTS_N];           /* of nodes that were completed */
	uint64_t executions, resumed, steps;
};

/* Edges of the state table that the batch has not taken, and acts that it has not done, one line each. Their number. */
unsigned coverage_missing(const struct coverage *coverage);

/* The engine's own table is the one that judges go by. */
bool judge_knows_table(void);

void judge_call(struct world *world, const struct process *process, const struct op *op);
void judge_answer(struct world *world, const struct process *process, const struct op *op);

/* A create, or an update or a delete of this box, is about to take effect. */
void judge_create(struct world *world, const struct process *process, const struct box *asked);
void judge_update(struct world *world, const struct box *asked, const struct box *box);
void judge_delete(struct world *world, const struct box *asked, const struct box *box);

void judge_stored(struct world *world, const struct process *process, const struct store_op *op);
void judge_failover(struct world *world); /* the store has lost its last writes */

/* An execution was told to go on, and will. */
void judge_continued(struct version *version, enum until until, bool with_credentials);

/* An execution that a client watches is said to be so. */
void judge_watched(struct world *world, const struct version *version, const char *execution,
    enum execution_status status);

/* The cloud is as this version says, or has nothing of it. */
void
judge_cloud(struct world *world, const struct version *version, bool destroyed, const char *law);

/* Whatever there is of a deployment, this version knows of it; `exactly`: and wants it. */
void judge_known_of(struct world *world, const struct version *version, bool exactly);

/* A version was made of what was posted and what was applied last. */
void judge_version(
    struct world *world, const struct version *version, const struct base *base, bool prune);

/* Of an execution that has ended otherwise. */
void judge_rolled_back(struct world *world, const struct version *version);
void judge_known(struct world *world, const struct version *version);

#endif
