/* SPDX-License-Identifier: Apache-2.0
 *
 * execution.h - the inside of one execution, shared by the engine's own files.
 */
#ifndef ENGINE_EXECUTION_H
#define ENGINE_EXECUTION_H

#include "engine/admission.h"
#include "engine/engine.h"
#include "engine/journal.h"
#include "engine/node.h"
#include "engine/sweeps.h"
#include "plan/saved.h"
#include "util/digest.h"
#include "util/rng.h"

#define EXECUTION_ID_SIZE OBJ_ID_SIZE
#define ACTOR_SIZE        65

struct engine {
	struct engine_options options;
	struct windows       *windows;
	struct durations     *durations;
	struct execution     *executions; /* all that are in here */
	size_t                n;
	struct lh_table  *deployments, *graphs; /* the same but for dry runs, by tenant and these */
	struct execution *ended;                /* about to be freed */
	struct str        text; /* where a journal puts an event or a record together */
	struct rng        rng;
	struct retention *retention; /* NULL: all is kept */
	struct planned   *planned;   /* NULL: what was only planned is kept */
	struct telemetry *telemetry;
	struct recovery  *recovery; /* NULL: it takes nothing up by itself, or no longer */
	bool              draining;
	struct timer      left; /* of a drain: what holds a lease still gives it back */
};

/* The life of an execution. Each step waits for the store; a store that is down is asked again. */
enum execution_step {
	STEP_BEGINNING, /* the lease is taken; a new one's header is being made durable */
	STEP_LOADING,   /* one that was left is being read, */
	STEP_PLANNED,   /* and the plan that it is held to */
	STEP_RUNNING,
	STEP_CLOSING,   /* the last event is being made durable */
	STEP_RELEASING, /* the lease is given back */
	STEP_ENDED
};

/* How hard what is under way is being stopped. */
enum stop {
	STOP_NONE,
	STOP_GENTLE, /* what may have an effect comes to its end */
	STOP_FORCED, /* calls are given up, and their effect is looked at */
};

struct execution {
	struct engine      *engine;
	struct execution   *next, **at;
	char                id[EXECUTION_ID_SIZE];
	struct store_key    key;
	enum execution_kind kind;
	enum execution_mode mode;
	enum on_failure     on_failure;
	bool                resuming;    /* it goes on with what is stored */
	bool                only_resume; /* it has nothing to do if there is none */
	bool                unattended;
	unsigned            takeovers; /* by processes that nobody asked to, since it last got on */
	bool                hold;      /* resumed, it stays paused until it is told to continue */
	char                actor[ACTOR_SIZE];
	char                on_behalf_of[EXECUTION_BEHALF_SIZE];
	char                trace[TRACE_SIZE]; /* "": there is none */
	char               *newest; /* the last execution that its spec knows of; NULL: no matter */
	struct json_object *only, *except; /* names of nodes; NULL: all, none (selection.h) */
	struct keyring      keyring;
	struct json_object
		     *accounts; /* "provider" or "provider/name" -> account, as far as known */
	struct graph *graph;
	struct node  *nodes;         /* one per vertex */
	struct plan_action *actions; /* made at the end of a DRY_RUN */
	struct sweeps      *sweeps;  /* NULL: all is read */
	struct json_object *empty;   /* of a destroy: what is to be emptied; may be NULL */
	struct json_object *proof;   /* of a destroy, in its end: what is left */
	char                plan_id[SAVED_ID_SIZE]; /* of the plan that it is held to; "": none */
	struct json_object *plan;                   /* NULL: it has to be loaded yet */

	enum execution_step   step;
	enum execution_status status;
	enum execution_reason reason;
	struct admission      admission;
	enum stop             stop;       /* it is being cancelled */
	struct timer          cool_off;   /* then it is forced; of a drain: then it is left */
	bool                  draining;   /* it is to be left to others */
	bool                  drain_over; /* calls are waited for no longer */
	bool                  undoing;    /* it is rolling back */
	bool                  cleaning;   /* what goes last may go (cleanup.h) */
	bool         to_end;  /* pauses are passed, each when nothing is left to do before it */
	bool         aborted; /* ... since somebody said so: it ends as cancelled */
	size_t       failed_before; /* it began to */
	int64_t      linger_until_us;
	struct timer linger;   /* until what it has done is surely to be seen */
	uint64_t     news_seq; /* of a pause, or of what it was told; once durable, watches hear */
	uint64_t     events_after; /* its own events come after this one */
	struct task  task;         /* looks whether there is a next step */
	struct task  end;          /* frees it */
	struct store_op op;        /* of the step */
	bool            asking;    /* the op is in flight */
	bool            answered;  /* it was, and its answer is yet to be taken */
	int64_t         asked_us;
	char           *text; /* of the op */
	struct timer    retry;
	unsigned        tries; /* of the step's op */
	struct timer    renew;
	struct store_op renew_op;
	uint64_t        fence;
	int64_t         renew_sent_us, lease_until_us; /* by our own clock, and less than it is */
	const char     *fenced; /* why it has no lease any more; NULL: it has, as far as is known */
	bool            regained;  /* it was not surely ours, and is again: lease_step() */
	enum store_verb last_verb; /* how the lease is given back */
	struct err      why;       /* it could not go on; ERR_OK: it could */
	int64_t         created_ms, completed_ms;
	struct journal  journal;
	struct node *durable_head, **durable_tail; /* nodes that wait for the journal, in order */

	size_t active;  /* nodes under way */
	size_t calling; /* of these, nodes whose call may have an effect */
	size_t starved; /* of these, nodes that wait for other credentials */
	size_t ready;   /* nodes that wait for a slot only */
	size_t leaving; /* nodes that are about to be blocked, or skipped */
	size_t failed;
	size_t stale; /* of these, nodes that were not as the plan has them */
	bool   begun; /* the watches were told */
	bool   lost;  /* another process holds the lease: nothing may be done any more */

	struct execution_watch *watches;
	unsigned                tellings; /* so many times they were told something */
	struct execution_watch  behind;   /* of the one that it waits for before it begins */
};

/* Takes the request over. Nothing happens before execution_begin(). */
struct execution *execution_create(struct engine *engine, struct execution_request *request);
void              execution_begin(struct execution *execution);
/* It does not begin, for the deployment has another one: its watches are told. */
void execution_refuse(struct execution *execution, const struct execution *other);
void execution_destroy(struct execution *execution);

/* Its nodes anew, none of them begun, in this order. */
void execution_reverse(struct execution *execution, bool reverse);
void execution_drop_nodes(struct execution *execution);

/* To be left to others, at the latest after this time. A dry run just ends. */
void execution_drain(struct execution *execution, int64_t grace_us);

/* It begins: from now on it is the deployment's, and is found. */
void engine_enter(struct execution *execution);
/* Does it hold one of this graph, be it only for a moment? */
bool engine_holds(const struct engine *engine, const char *tenant, const char *graph_id);
/* It has ended: out of the engine's list, and freed soon. */
void engine_remove(struct execution *execution);
void engine_forget(struct execution *execution); /* nobody may be in the middle of it */

/* May nodes start at all, as far as failures, a cancel and the like go? */
bool execution_admits(const struct execution *execution);

/* May a call leave now? Not without a lease that is surely ours, and not when the rest is for others. */
bool execution_may_call(const struct execution *execution);

/* Its credentials have been good once, so others may be waited for when they no longer are. */
bool execution_may_starve(const struct execution *execution);

/* Its nodes wait for those before them: where nothing changes, nobody has to. */
bool execution_waits(const struct execution *execution);

/* Its nodes are in the order of a reversed graph: dependants first. */
bool execution_is_reversed(const struct execution *execution);

/* Why the deployment can have no other one: ERR_BUSY. */
enum err_code execution_say_busy(const struct execution *execution, struct err *err);

struct provider *execution_provider(const struct execution *e, const struct resource_type *type);
/* For a node's calls; NULL: there are none. */
struct credentials *execution_credentials(const struct execution *e, const struct spec_node *node);
void execution_credentials_worked(struct execution *e, const struct credentials *credentials);

/* A node waits until the journal holds all events so far. */
void execution_await_durable(struct execution *execution, struct node *node);
void execution_forget_durable(struct execution *execution, struct node *node);

/* The journal holds more than before: wakes who waits for that. */
void execution_durable(struct execution *execution);

/* Nothing more is done, and nothing is written: another process holds the lease, or what is stored is not what
 * was. */
void execution_lose(struct execution *execution, const char *why);

/* Something counted above has changed. */
void execution_wake(struct execution *execution);

struct loop *execution_loop(const struct execution *execution);

/* It is so from now on, and journalled. */
void execution_set_status(
    struct execution *execution, enum execution_status status, enum execution_reason reason);

/* It does not end sooner: what a node did may not be seen before, and whoever is next would do it again. */
void execution_linger(struct execution *execution, int64_t for_us);

void execution_set_running(struct execution *execution); /* and why it is not as ever */

void steer_init(struct execution *execution); /* steer.c */

/* A node was done that had not been. */
void execution_got_on(struct execution *execution);

/* Processes that took it up have died, and it has got nowhere: there may be something in it that kills them. */
bool execution_is_poisonous(const struct execution *execution);

/* settle.c: nothing is under way, and nothing may start; or what is under way is given up, or left to others */
void execution_settle(struct execution *execution);
void execution_drop_work(struct execution *execution);
void execution_leave(struct execution *execution);
void execution_on_lingered(struct timer *timer);

/* Any, or only such as it does not have. */
bool execution_needs_credentials(const struct execution *execution, bool only_missing);

/* watch.c: telling who waits */
void execution_tell_begun(struct execution *execution, const struct err *err);
void execution_tell_node(struct execution *e, uint32_t vertex); /* of a dry run */
void execution_tell_news(struct execution *execution); /* if there is some, and it is durable */
void execution_tell_ended(struct execution *execution);

/* accounts.c: an execution stays in the accounts that it began in */
MUSTCHECK enum err_code
accounts_check(const struct execution *execution, const struct keyring *keyring, struct err *err);
void accounts_take(struct execution *execution, const struct keyring *keyring);

/* behind.c */
bool execution_is_passing(const struct execution *execution); /* here no longer, or not for long */
bool execution_can_be_followed(const struct execution *first);
void execution_begin_behind(struct execution *execution, struct execution *first);

/* lease.c: the lease was taken with a store op that was sent at this time, and is renewed from now on */
void lease_init(struct execution *execution);
void lease_begin(struct execution *execution, uint64_t fence, int64_t sent_us); /* from any lane */
void lease_step(struct execution *execution); /* what follows from what was heard of it */
void lease_end(struct execution *execution);
void lease_give_back(struct execution *execution); /* as it is; from any lane */
bool lease_is_ours(const struct execution *execution);

/* restore.c: what is stored of an execution that was left */
enum restored {
	RESTORED_BAD, /* *err says why */
	RESTORED_ENDED,
	RESTORED_GOES_ON,
};
MUSTCHECK enum restored execution_restore(
    struct execution *execution, const struct store_item *items, size_t n, struct err *err);

/* rollback.c */
bool rollback_is_needed(const struct execution *execution);
bool rollback_records(const struct execution *execution); /* what is there before a change */
MUSTCHECK enum err_code
     rollback_check(const struct execution *execution, struct err *err); /* can it be asked for? */
void rollback_begin(struct execution *execution); /* all that was journalled is durable */
enum undo rollback_undo(const struct node *node); /* of a node as it has ended, or was left */
bool      rollback_is_gone(
	 const struct node *node); /* likewise: it was taken away, and nothing brings it back */
void rollback_mark(struct execution
	*execution); /* those that must last, since what they took the place of is gone */

#endif
