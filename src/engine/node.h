/* SPDX-License-Identifier: Apache-2.0
 *
 * node.h - one vertex of an Execution Graph: a state machine that only its own table can move.
 *
 *                     ┌─────────────────────────── retry ────────────────────────────┐
 *                     ▼                                                              │
 *   pending ──► resolving ──► intending ──► calling ──► settling ──► recording ──► completed
 *      │            │             │            │            │
 *      │            └─────────────┴────────────┴────────────┴──► backoff ──► resolving
 *      └──► blocked                                         └──► failed ──► its descendants: blocked
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
	X(BLOCKED, "blocked", "blocked")

enum node_state {
#define X(name, phase, status) NODE_##name,
	NODE_STATES(X)
#undef X
	    NODE_STATES_N
};

struct node {
	struct execution   *execution;
	struct task         task;
	struct slot         slot;
	struct work        *work;    /* NULL at rest, so that a million nodes can wait */
	struct node_error  *error;   /* of the last try that failed */
	struct json_object *diff;    /* what is to change; NULL: nothing, or not known yet */
	struct json_object *outputs; /* once recorded */
	struct node        *dirty_next;
	int64_t             started_ms, ended_ms;
	uint32_t            waiting; /* predecessors that have not completed */
	uint16_t            attempt; /* calls that changed something, or may have */
	uint8_t             state;   /* enum node_state; node.c's alone */
	uint8_t             act; /* enum plan_act: what is done, or in the end was; of all tries */
	bool                doubtful; /* whether an earlier call took effect is not known */
	bool                blocked;  /* a predecessor failed or is blocked */
	bool                dirty;    /* its record is to be written */
};

void node_init(struct node *node, struct execution *execution, uint32_t waiting);
void node_fini(struct node *node); /* drops what is in flight */
void node_wake(struct node *node);

uint32_t    node_vertex(const struct node *node);
const char *node_phase(const struct node *node);
const char *node_status(const struct node *node);

#endif
