/* SPDX-License-Identifier: Apache-2.0
 *
 * execution.h - the inside of one execution, shared by the engine's own files.
 */
#ifndef ENGINE_EXECUTION_H
#define ENGINE_EXECUTION_H

#include "engine/engine.h"
#include "engine/journal.h"
#include "engine/node.h"
#include "util/digest.h"
#include "util/rng.h"

#define EXECUTION_ID_SIZE OBJ_ID_SIZE
#define ACTOR_SIZE        65

struct engine {
	struct engine_options options;
	struct windows       *windows;
	struct execution     *executions; /* all that are in here */
	size_t                n;
	struct rng            rng;
};

/* The life of an execution. Each step waits for the store; a store that is down is asked again. */
enum execution_step {
	STEP_BEGINNING, /* the header is being made durable, and the lease is taken */
	STEP_RUNNING,
	STEP_CLOSING,   /* the last event is being made durable */
	STEP_RELEASING, /* the lease is given back */
	STEP_ENDED
};

struct execution {
	struct engine            *engine;
	struct execution         *next;
	char                      id[EXECUTION_ID_SIZE];
	struct store_key          key;
	enum execution_kind       kind;
	enum execution_mode       mode;
	enum on_failure           on_failure;
	char                      actor[ACTOR_SIZE];
	struct engine_credentials credentials[ENGINE_CREDENTIALS_MAX];
	size_t                    credentials_n;
	struct graph             *graph;
	struct node              *nodes;   /* one per vertex */
	struct plan_action       *actions; /* made at the end of a DRY_RUN */

	enum execution_step   step;
	enum execution_status status;
	struct task           task;   /* looks whether there is a next step */
	struct store_op       op;     /* of the step */
	bool                  asking; /* the op is in flight */
	char                 *text;   /* of the op */
	struct timer          retry;
	unsigned              tries; /* of the step's op */
	struct timer          renew;
	struct store_op       renew_op;
	uint64_t              fence;
	int64_t               created_ms, completed_ms;
	struct journal        journal;
	struct node *durable_head, **durable_tail; /* nodes that wait for the journal, in order */

	size_t active;   /* nodes under way */
	size_t ready;    /* nodes that wait for a slot only */
	size_t blocking; /* nodes that are about to be blocked */
	size_t failed;
	bool   begun; /* the watches were told */
	bool   lost;  /* another process holds the lease: nothing may be done any more */

	struct execution_watch *watches;
};

/* Takes the request over. Nothing happens before execution_begin(). */
struct execution *execution_create(struct engine *engine, struct execution_request *request);
void              execution_begin(struct execution *execution);
void              execution_destroy(struct execution *execution);

/* It has ended: out of the engine's list, and freed when the turn is over. */
void engine_remove(struct execution *execution);

/* May a node start that has not yet? */
bool execution_admits(const struct execution *execution);

/* The provider and the credentials for a type's calls. */
struct provider    *execution_provider(struct execution *e, const struct resource_type *type);
struct credentials *execution_credentials(struct execution *e, const struct provider *provider);

/* A node waits until the journal holds all events so far. */
void execution_await_durable(struct execution *execution, struct node *node);
void execution_forget_durable(struct execution *execution, struct node *node);

/* The journal holds more than before: wakes who waits for that. */
void execution_durable(struct execution *execution);

/* Another process holds the lease: nothing more is done, and nothing is written. */
void execution_lose(struct execution *execution);

/* Something counted above has changed. */
void execution_wake(struct execution *execution);

struct loop *execution_loop(const struct execution *execution);

#endif
