/* SPDX-License-Identifier: Apache-2.0
 *
 * engine.h - runs Spec Graphs as Execution Graphs. It knows no socket and no cloud.
 *
 * An execution lives in the engine from engine_start() until it has ended and its last write is
 * durable; nobody else owns it, so a client that goes away changes nothing. At most one execution of
 * a deployment runs at a time. All callbacks come from tasks of the loop, never from within a call.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "feed/feed.h"
#include "loop/loop.h"
#include "plan/graph.h"
#include "plan/plan.h"
#include "provider/provider.h"
#include "store/store.h"
#include "util/err.h"

struct engine;
struct execution;

#define EXECUTION_KINDS(X) \
	X(APPLY, "apply")  \
	X(DESTROY, "destroy")

#define EXECUTION_MODES(X) \
	X(FULL, "FULL")    \
	X(DRY_RUN, "DRY_RUN") /* looks and decides, changes nothing, and is not stored */

/* As the API shows it. */
#define EXECUTION_STATUSES(X)     \
	X(PENDING, "pending")     \
	X(RUNNING, "running")     \
	X(COMPLETED, "completed") \
	X(FAILED, "failed")

enum execution_kind {
#define X(name, text) EXECUTION_##name,
	EXECUTION_KINDS(X)
#undef X
	    EXECUTION_KINDS_N
};

enum execution_mode {
#define X(name, text) MODE_##name,
	EXECUTION_MODES(X)
#undef X
	    MODES_N
};

enum execution_status {
#define X(name, text) STATUS_##name,
	EXECUTION_STATUSES(X)
#undef X
	    STATUSES_N
};

enum on_failure {
	ON_FAILURE_STOP,     /* start nothing new */
	ON_FAILURE_CONTINUE, /* go on with what does not depend on the failed node */
	ON_FAILURES_N
};

/* One provider's credentials for an execution; both sides of the pair belong together. */
struct engine_credentials {
	struct provider    *provider;
	struct credentials *credentials;
};
#define ENGINE_CREDENTIALS_MAX 8

struct execution_request {
	struct spec              *spec; /* one reference is taken over */
	enum execution_kind       kind;
	enum execution_mode       mode;
	enum on_failure           on_failure;
	const char               *actor; /* who asked: the API key's id; copied */
	struct engine_credentials credentials[ENGINE_CREDENTIALS_MAX]; /* taken over */
	size_t                    credentials_n;
};

/* Somebody who waits. The caller's memory until told to have ended, or execution_unwatch(). */
struct execution_watch {
	/* Its header is durable and it runs; or it could not begin: then err is set, and nothing else
	 * is called. May be NULL. */
	void (*on_begun)(
	    struct execution_watch *watch, struct execution *execution, const struct err *err);
	/* It has ended, durably. The execution is gone after this call. May be NULL. */
	void (*on_ended)(struct execution_watch *watch, struct execution *execution);
	struct execution_watch *next;
	struct execution       *execution; /* NULL: not watching */
};

struct engine_options {
	struct loop           *loop;
	struct store          *store;
	struct feed           *feed;
	const struct registry *registry;
	uint64_t               seed;     /* of jitter and execution ids */
	int64_t                lease_ms; /* as the store's */
};

struct engine *engine_create(const struct engine_options *options);
void           engine_destroy(struct engine *engine); /* drops what runs, as a crash would */

/* The spec must be stored already (STORE_PUT_SPEC), but for a DRY_RUN. Takes the request's contents
 * over, also when it fails. ERR_BUSY: the deployment has one running;
 * err's detail names it. Else the watch is told. */
MUSTCHECK enum err_code engine_start(struct engine *engine, struct execution_request *request,
    struct execution_watch *watch, struct err *err);

/* The execution of this graph that runs in this process; NULL: none. */
struct execution        *
engine_find(const struct engine *engine, const char *tenant, const char *graph_id);
size_t engine_running_n(const struct engine *engine);

void execution_watch(struct execution *execution, struct execution_watch *watch);
void execution_unwatch(struct execution_watch *watch); /* harmless when not watching */

/* Facts of an execution, for whoever was told about it. */
const struct graph     *execution_graph(const struct execution *execution);
const struct store_key *execution_key(const struct execution *execution);
const char             *execution_id(const struct execution *execution);
enum execution_status   execution_status(const struct execution *execution);

/* After a DRY_RUN: what each vertex would do, for plan_to_json(). Borrowed until on_ended returns. */
const struct plan_action *execution_actions(const struct execution *execution);

const char *execution_kind_name(enum execution_kind kind);
const char *execution_mode_name(enum execution_mode mode);
const char *execution_status_name(enum execution_status status);

#endif
