/* SPDX-License-Identifier: Apache-2.0
 *
 * node.h - one vertex of an Execution Graph: a state machine that only its own table can move.
 *
 *                     ┌─────────────────────────── retry ────────────────────────────┐
 *                     ▼                                                              │
 *   pending ──► resolving ──► intending ──► calling ──► settling ──► recording ──► completed
 *      │            │             │            │            │
 *      │            └─────────────┴────────────┴────────────┴──► backoff ──► resolving
 *      ├──► blocked                                         └──► failed ──► its descendants: blocked
 *      └──► skipped
 *
 * Where it is stopped on the way (by a cancel, or its own timeout) a call that may have an effect is looked at:
 * calling ──► resolving ──► recording ──► cancelled (or failed). What a rollback undoes goes the whole way once
 * more, on the reversed graph, and ends as undone; what it leaves alone is kept.
 *
 * resolving  references and the resource itself are looked up in the cloud; then it is known what to do
 * intending  what is about to be done is being made durable; no call leaves before it is
 * calling    the provider call is in flight
 * settling   the provider says done, but it is not usable yet
 * recording  outputs are being made durable; no dependant starts before they are
 * backoff    waits before the next try, which begins with looking: what an answer that got lost
 *            did is found there, and adopted
 *
 * Callbacks only wake a node; node_wake() is harmless at any time.
 */
#ifndef ENGINE_NODE_H
#define ENGINE_NODE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/window.h"

struct execution;
struct node_error;
struct node_seen;
struct work;

/* name (the phase), status as the API shows it */
#define NODE_STATES(X)                         \
	X(PENDING, "pending", "pending")       \
	X(RESOLVING, "resolving", "running")   \
	X(INTENDING, "intending", "running")   \
	X(CALLING, "calling", "running")       \
	X(SETTLING, "settling", "running")     \
	X(RECORDING, "recording", "running")   \
	X(BACKOFF, "backoff", "running")       \
	X(COMPLETED, "completed", "completed") \
	X(FAILED, "failed", "failed")          \
	X(BLOCKED, "blocked", "blocked")       \
	X(SKIPPED, "skipped", "skipped")       \
	X(CANCELLED, "cancelled", "cancelled") \
	X(UNDONE, "undone", "rolled_back")     \
	X(KEPT, "kept", "kept") /* of a rollback; its record stays as it was */

enum node_state {
#define X(name, phase, status) NODE_##name,
	NODE_STATES(X)
#undef X
	    NODE_STATES_N
};

/* What a rollback is to do about a node. */
enum undo {
	UNDO_NOTHING,
	UNDO_DELETE,  /* it was created */
	UNDO_RESTORE, /* it was changed: back to what it was before */
};

struct node {
	struct execution  *execution;
	struct task        task;
	struct slot        slot;
	struct work       *work;  /* NULL at rest, so that a million nodes can wait */
	struct node_error *error; /* of the last try that failed */
	char *final; /* why what was changed can't be undone as a whole; NULL: it can */
	struct json_object *diff;    /* what is to change; NULL: nothing, or not known yet */
	char               *outputs; /* once recorded; JSON text, which is a tenth of its objects */
	struct json_object
	    *before; /* of what may be rolled back: properties, or what a create has kept */
	struct json_object *before_tags; /* likewise: all that an undo gives it; NULL: not known */
	struct node_seen   *seen;        /* of a dry run: by what it was decided (held.h) */
	struct node        *dirty_next;
	int64_t             started_ms, ended_ms;
	int64_t             doubt_until_us; /* doubtful: from then on a look tells */
	uint32_t            waiting;        /* predecessors that have not completed */
	uint16_t            attempt;        /* calls that changed something, or may have */
	uint16_t            gates;          /* closed ones in front of it */
	uint8_t             state;          /* enum node_state; node.c's alone */
	uint8_t             act;  /* enum plan_act: what is done, or in the end was; of all tries */
	uint8_t             undo; /* enum undo */
	bool                doubtful; /* whether an earlier call took effect is not known */
	bool                acted;    /* a call of this execution took effect, or may have */
	bool                blocked;  /* a predecessor failed or is blocked */
	bool                dirty;    /* its record is to be written */
	bool                skip;     /* it is not to be run */
	bool                confirms; /* an earlier process has completed it */
	bool reconcile;               /* it is only looked at: an earlier call may have an effect */
	bool overdue;                 /* it has taken longer than it may */
	bool foreign;                 /* what was to go is another's, and is left alone */
	bool lasts;                   /* a rollback leaves it: what it took the place of is gone */
	bool goes_last;               /* it waits for all that is not (cleanup.h), too */
	bool by_tags;                 /* what is known of it is known by its tags alone */
};

void node_init(struct node *node, struct execution *execution, uint32_t waiting);
void node_fini(struct node *node); /* drops what is in flight */
void node_wake(struct node *node);

/* One thing less that it waits for. */
void node_let_go(struct node *node);

/* A pending one that an earlier process may have acted for: it is looked at, and then cancelled. */
void node_reconcile(struct node *node);
/* Other credentials are there. */
void node_feed(struct node *node);
/* Those of what was found, or of a record; NULL has none. */
void node_take_outputs(struct node *node, struct json_object *from);

bool                    node_may(enum node_state from, enum node_state to); /* the table says so */
uint32_t                node_vertex(const struct node *node);
const struct spec_node *node_spec(const struct node *node);
const char             *node_phase(const struct node *node);
const char             *node_status(const struct node *node);

#endif
