/* SPDX-License-Identifier: Apache-2.0
 *
 * engine.h - runs Spec Graphs as Execution Graphs. It knows no socket and no cloud.
 *
 * An execution lives in the engine from engine_start() until it has ended, or is left to others, and
 * its last write is durable; nobody else owns it, so a client that goes away changes nothing. At most one
 * execution of a deployment runs at a time, in whatever process. All callbacks come from tasks of the loop,
 * never from within a call.
 *
 * An execution that is paused stays here, with its credentials, until it is told to continue. One whose
 * process died is resumed, here or in another process, under its id: what it has completed is looked for, not
 * repeated. Engines take such executions up by themselves (recover.h). Where that needs credentials it waits in the
 * store, as paused, until somebody brings them.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/keyring.h"
#include "feed/feed.h"
#include "loop/loop.h"
#include "plan/graph.h"
#include "plan/plan.h"
#include "provider/provider.h"
#include "store/store.h"
#include "util/err.h"
#include "util/trace.h"

struct engine;
struct execution;

#define EXECUTION_KINDS(X)                                                                                   \
	X(APPLY, "apply")                                                                                    \
	X(DESTROY, "destroy")                                                                                \
	X(MOVE,                                                                                              \
	    "move") /* an apply of what is to be elsewhere, which can be undone until it begins to delete */ \
	X(VERIFY,                                                                                            \
	    "verify") /* a DRY_RUN, in which each resource is looked at, whatever becomes of others */       \
	X(DISCOVER, "discover") /* what was found by its tags is looked at, and recorded */

#define EXECUTION_MODES(X)                                 \
	X(FULL, "FULL")                                    \
	X(STEP, "STEP")       /* one node, then a pause */ \
	X(DRY_RUN, "DRY_RUN") /* looks and decides, changes nothing, and is not stored */

/* As the API shows it. */
#define EXECUTION_STATUSES(X)     \
	X(PENDING, "pending")     \
	X(RUNNING, "running")     \
	X(PAUSED, "paused")       \
	X(COMPLETED, "completed") \
	X(FAILED, "failed")       \
	X(CANCELLED, "cancelled")

/* Why it is paused, or what else there is to say beside its status. */
#define EXECUTION_REASONS(X)                                                                     \
	X(NONE, "")                                                                              \
	X(STEP, "step")                        /* paused: a node was done */                     \
	X(PAUSE_EDGE, "pause_edge")            /* paused: what is next lies behind one */        \
	X(ASKED, "asked")                      /* paused: somebody wanted it */                  \
	X(CREDENTIALS, "awaiting_credentials") /* paused: it has none, or none that hold */      \
	X(QUARANTINED, "quarantined")          /* paused: too many processes have died of it */  \
	X(PAUSING, "pausing")                  /* running: what is under way comes to its end */ \
	X(CANCELLING, "cancelling")            /* running: what is under way comes to its end */ \
	X(ROLLING_BACK, "rolling_back")        /* running */                                     \
	X(END_EDGE, "end_edge")                /* completed, as far as wanted */                 \
	X(SOMETHING_LEFT, "something_left")    /* completed: there is more of the deployment */  \
	X(ROLLED_BACK, "rolled_back")          /* failed, and all is as before */                \
	X(ROLLBACK_INCOMPLETE, "rollback_incomplete") /* failed, and not all is as before */

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

enum execution_reason {
#define X(name, text) REASON_##name,
	EXECUTION_REASONS(X)
#undef X
	    REASONS_N
};

#define ON_FAILURES(X)                                                                          \
	X(STOP, "stop")                     /* start nothing new */                             \
	X(CONTINUE, "continue_independent") /* go on with what does not depend on the failed */ \
	X(ROLLBACK, "rollback") /* of an apply: undo what this execution has created or changed */

enum on_failure {
#define X(name, text) ON_FAILURE_##name,
	ON_FAILURES(X)
#undef X
	    ON_FAILURES_N
};

/* How far to go from a pause. */
#define UNTILS(X)                                   \
	X(STEP, "step")   /* one node */            \
	X(PAUSE, "pause") /* the next pause edge */ \
	X(END, "end")     /* past all pauses */

enum until {
#define X(name, text) UNTIL_##name,
	UNTILS(X)
#undef X
	    UNTILS_N
};

#define EXECUTION_BEHALF_SIZE 129

struct execution_request {
	struct spec        *spec; /* one reference is taken over */
	enum execution_kind kind;
	enum execution_mode mode;
	enum on_failure     on_failure;
	const char         *actor;        /* who asked: the API key's id; copied */
	const char         *on_behalf_of; /* of whom, as that one says; NULL: it does not. Copied */
	const char *id;    /* of a new one, as OBJ_ID_SIZE has them; NULL: one is made. Copied */
	const char *trace; /* traceparent of who asked; "" or NULL: there is none. Copied */
	/* "G:E", the last execution that its spec knows of, or "" for none: ERR_BUSY if there is another; NULL: no matter. Borrowed */
	const char         *newest;
	struct json_object *only,
	    *except; /* names of nodes to run, or not to run; NULL: all, none; borrowed */
	bool resume; /* one that was left unfinished: kind, mode and on_failure are as they were */
	bool hold;   /* resume: it stays paused until execution_continue() */
	bool cancel; /* resume: only to end it */
	bool undo;   /* cancel: and to undo it */
	bool to_end; /* pauses are passed, each when nothing is left to do before it */
	bool unattended; /* resume: nobody has asked for it */
	struct json_object *
	    empty; /* DESTROY: names of resources to be taken along with what is in them, or true; borrowed */
	struct json_object
	    *plan;    /* APPLY: it is held to this one (plan/saved.h); NULL: to none; borrowed */
	bool by_tags; /* VERIFY: what has the tags that the config gives it need not be read */
	struct keyring keyring; /* taken over, and left empty */
};

/* Somebody who waits. The caller's memory until told to have ended, or execution_unwatch(). */
struct execution_watch {
	/* Its header is durable and it runs; or it could not begin: then err is set, and nothing else
	 * is called. May be NULL. */
	void (*on_begun)(
	    struct execution_watch *watch, struct execution *execution, const struct err *err);
	/* What it was told is durable: it goes on from a pause, or is being cancelled. May be NULL. */
	void (*on_steered)(struct execution_watch *watch, struct execution *execution);
	/* Of a DRY_RUN: it is known what would be done here, see execution_action(). May be NULL. */
	void (*on_node)(
	    struct execution_watch *watch, const struct execution *execution, uint32_t vertex);
	/* It is paused, durably. May be NULL. */
	void (*on_paused)(struct execution_watch *watch, struct execution *execution);
	/* It has ended, or is left to others, durably. The execution is gone after this call. May be
	 * NULL. */
	void (*on_ended)(struct execution_watch *watch, struct execution *execution);
	struct execution_watch *next;
	unsigned                told;      /* the engine's own */
	struct execution       *execution; /* NULL: not watching */
};

/* Of a deployment's executions, those that are kept; the newest one is. */
struct retention_options {
	uint64_t count;  /* 0: all */
	int64_t  age_ms; /* 0: for ever */
};

struct engine_options {
	struct loop           *loop;
	struct store          *store;
	struct feed           *feed;
	const struct registry *registry;
	uint64_t               seed;     /* of jitter and execution ids */
	int64_t                lease_ms; /* as the store's */
	const char            *owner;    /* as the store's; borrowed */
	int64_t recover_ms; /* how often to look for executions that lost their process; 0: never */
	struct retention_options retention;
	int64_t planned_ms;      /* how often to look for graphs that were only planned; 0: never */
	struct metrics *metrics; /* NULL: nobody counts; borrowed */
};

struct engine *engine_create(const struct engine_options *options);
void           engine_destroy(struct engine *engine); /* drops what runs, as a crash would */

/* The spec must be stored already (STORE_PUT_SPEC), but for a DRY_RUN. Takes the request's contents
 * over, also when it fails. ERR_BUSY: the deployment has one running;
 * err's detail names it. ERR_DRAINING: after engine_drain(). Else the watch is told. When the graph has an execution of this kind that a
 * process has left unfinished, this goes on with it. */
MUSTCHECK enum err_code engine_start(struct engine *engine, struct execution_request *request,
    struct execution_watch *watch, struct err *err);

/* The execution of this graph that runs, or is paused, in this process; NULL: none, or it is on its way out. */
struct execution *
engine_find(const struct engine *engine, const char *tenant, const char *graph_id);
/* How long an act takes, as this engine has measured it, or was told; negative: it is not known. */
double
engine_seconds(const struct engine *engine, const struct resource_type *type, enum plan_act act);
/* What an earlier execution took of this graph, that is not reversed: its operations as the API shows them. It counts until
 * something is measured. */
void
engine_recall(struct engine *engine, const struct graph *graph, struct json_object *operations);

size_t engine_running_n(const struct engine *engine);
/* Of one tenant: those that are under way, dry runs as well, and those that are paused. */
struct engine_tally {
	size_t running, paused;
};
struct engine_tally engine_tally(const struct engine *engine, const char *tenant);

/* Leaves all executions to other processes: nothing new starts, calls that are under way are given
 * `grace_us` to be answered and recorded, then leases are given back. When engine_running_n() is 0, all is
 * done. */
void engine_drain(struct engine *engine, int64_t grace_us);

/* Of a paused execution: it goes on. ERR_CONFLICT: it is not paused, or the credentials are for another account. All is borrowed but for the credentials, which are taken over also when
 * it fails, and replace those of the same account. */
struct continue_request {
	enum until until;
	/* Names are "resource", "resource@region" or a node id. */
	const char        *next; /* the pause must stand before this one; NULL: before any */
	const char        *from; /* only here; NULL: everywhere */
	const char *const *skip; /* not to be run */
	size_t             skip_n;
	const char        *refused; /* out: which of these names it is that was refused; or NULL */
	struct keyring     keyring; /* left empty */
};
MUSTCHECK enum err_code
execution_continue(struct execution *execution, struct continue_request *request, struct err *err);

/* Nothing new starts, and once what is under way has come to its end it is paused: what is completed by then has no pause before it.
 * Harmless when it is paused already. ERR_CONFLICT: it is ending, or rolling back. A process that dies before the pause takes the wish along. */
MUSTCHECK enum err_code execution_pause(struct execution *execution, struct err *err);

/* Nothing new starts, and what is under way comes to its end: at the latest after a cool-off, or at once when
 * `force`d, calls are given up; what became of them is looked at. The execution ends as cancelled. A second
 * time is harmless. To `undo`, what it has done is undone before that: ERR_CONFLICT where that can't be any more, or was not
 * provided for. */
struct cancel_request {
	bool force, undo;
};
MUSTCHECK enum err_code execution_cancel(
    struct execution *execution, const struct cancel_request *request, struct err *err);

void execution_watch(struct execution *execution, struct execution_watch *watch);
void execution_unwatch(struct execution_watch *watch); /* harmless when not watching */

/* Facts of an execution, for whoever was told about it. */
const struct graph     *execution_graph(const struct execution *execution);
const struct store_key *execution_key(const struct execution *execution);
const char             *execution_id(const struct execution *execution);
enum execution_mode     execution_mode(const struct execution *execution);
enum execution_status   execution_status(const struct execution *execution);
enum execution_reason   execution_reason(const struct execution *execution);

/* To whoever is told that it has ended: the credentials that it was given, for another one. */
void execution_give_back(struct execution *execution, struct keyring *ret_keyring);

/* After a VERIFY by tags: why some of them could not be asked for as a whole; else NULL. Borrowed, as the actions are. */
struct json_object *execution_warnings(const struct execution *execution);

/* Of a DRY_RUN, of a vertex that on_node told. What it names is borrowed until that returns. */
struct plan_action execution_action(const struct execution *execution, uint32_t vertex);

/* After a DRY_RUN: what each vertex would do, for plan_to_json(). Borrowed until on_ended returns. */
const struct plan_action *execution_actions(const struct execution *execution);

const char *execution_kind_name(enum execution_kind kind);
const char *execution_mode_name(enum execution_mode mode);
const char *execution_status_name(enum execution_status status);
const char *execution_reason_name(enum execution_reason reason);
const char *on_failure_name(enum on_failure on_failure);

/* False: it is none of the names. NULL is none. */
MUSTCHECK bool execution_kind_from(const char *name, enum execution_kind *ret);
MUSTCHECK bool execution_mode_from(const char *name, enum execution_mode *ret);
MUSTCHECK bool execution_status_from(const char *name, enum execution_status *ret);
MUSTCHECK bool execution_reason_from(const char *name, enum execution_reason *ret);
MUSTCHECK bool on_failure_from(const char *name, enum on_failure *ret);
MUSTCHECK bool until_from(const char *name, enum until *ret);

#endif
