/* SPDX-License-Identifier: Apache-2.0
 *
 * store.h - what the service remembers between requests and across restarts, live in Redis.
 *
 * Everything of one deployment (a tenant's, by deployment_id) shares one lease: whoever holds
 * it, with its fence, is the only one who may run an execution of any of its graphs. All keys of
 * a deployment carry one hash tag {tenant:deployment}, so they lie in one cluster slot and one
 * script sees them all.
 *
 *   mg:{T:D}:lease       string  "owner fence", with a TTL
 *   mg:{T:D}:fence       string  "owner fence", the last one given out
 *   mg:{T:D}:spec:G      string  Spec Graph, MGraph JSON, immutable
 *   mg:{T:D}:exec:G      hash    the graph's last execution: "" is the header, a node id with "@region"
 *                                is a node: JSON each; "@" is the number of the last event before it,
 *                                and the execution's id
 *   mg:{T:D}:past:G:E    hash    an execution before it, as it was left; "@" has the number of its last
 *                                event as well
 *   mg:{T:D}:events:G    stream  id "<seq>-0", field "event": JSON; one stream per graph
 *   mg:{T:D}:history     zset    executions "G:E" by the time they began: no two have the same
 *   mg:{T:D}:specs       zset    G by the time it was last put
 *   mg:{T:D}:unfinished  string  "G:E": the execution that is not over
 *   mg:{T:D}:plan:G:P    string  a plan of G, JSON (plan/saved.h), with a TTL
 *   mg:{T}:graphs        hash    G -> D
 *   mg:{T}:once:N        string  what is done once under the name N: "-" and its record, "=" when it is done; with a TTL
 *   mg:{T}:once:N:by     string  "owner life n": who is at it, with a TTL
 *   mg:{T}:deployments   zset    D by the time of the last execution
 *   mg:{T:D}:verified    string  how it was last found by a verify, JSON
 *   mg:unfinished        zset    "T:D:G" of all tenants, by the time it began: leads to the above
 *   mg:events:<T>        pub/sub every event of the tenant as it is stored
 *   mg:{T}:events        stream  what all graphs of the tenant have told: id "<number>-0", of the last of the events
 *                                that an entry tells; "graph": "T:D:G", "events": "13-17" of its stream
 *   mg:{T}:told          hash    "T:D:G" -> up to which of its events that stream has told
 *   mg:{T}:hook:W        string  up to which of these numbers the webhook W was told; ":by" behind it: who serves
 *                                it now, with a TTL
 *   mg:told              pub/sub "T:D:G SEQ NUMBER" for each entry of these, of all tenants
 *   mg:{T:D}:archived:G  string  what the archive has of it, JSON (archive/marker.h)
 *   mg:{T:D}:archiving:G string  who writes it to the archive now, with a TTL
 *   mg:access            hash    keys and tenants by their names (api/keys.h), JSON each; "@" is a number that is
 *                                another one after each change
 *   mg:format            string  the format of all this: STORE_FORMAT of the newest version that has been here
 *   mg:unarchived        zset    "T:D:G" of all tenants, by the time from which it is to be archived
 *   mg:planned           zset    "T:D:G" of all tenants that was put and not run since, by the time from which it may go
 *
 * An execution is unfinished from STORE_BEGIN to STORE_FINISH, whoever runs it, and if nobody does.
 * A deployment has at most one, and must finish it before it begins another. Whoever finds one
 * without a process behind it takes it over: list them, STORE_BEGIN without text (it tells whether
 * another owner lives), STORE_GET_EXEC, go on from there. STORE_BEGIN takes a lease from its own
 * owner, too: leave out what this process runs.
 *
 * A store that was told that there is an archive remembers what is to be written there: a spec that was put, and
 * an execution when it begins, whenever its header is stored, and before it is finished.
 *
 * Every request is asynchronous and embedded in the caller's memory: store_x() never calls done()
 * before it returns. Requests of one turn travel in one pipeline, and do not wait for each other:
 * who needs an order starts the second when the first is done. STORE_UNKNOWN means that the
 * connection was lost: the write may or may not have happened. Every write is built so that
 * repeating it is safe (sequence numbers, NX, fences).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"
#include "util/breath.h"
#include "util/check.h"
#include "util/digest.h"

#define STORE_TENANT_SIZE     65  /* [a-z0-9-]{1,64} and a NUL */
#define STORE_DEPLOYMENT_SIZE 129 /* [A-Za-z0-9._-]{1,128} and a NUL */
#define STORE_ID_SIZE         OBJ_ID_SIZE
#define STORE_EXECUTION_SIZE  65
#define STORE_PAGE_MAX        1000
#define STORE_TOLD_PAGE_MAX   32
#define STORE_HOOK_MS         30000   /* how long a webhook is kept for who serves it */
#define STORE_TOLD_MAX        10000   /* entries that are kept of a tenant, or a few more */
#define STORE_BATCH_MAX       10000   /* fields and events of one op; about 1,000 is a good size */
#define STORE_PLAN_S          2592000 /* 30 days */
#define STORE_ARCHIVER_MS \
	60000 /* how long one is taken by who archives it, if that is not heard of */

#define STORE_ONCE_S \
	86400 /* how long it is remembered what was done once, since it was last heard of */
#define STORE_FORGET_MAX 8
#define STORE_PUT_MS     3600000 /* a graph that was put is about to be run, for so long */

/*
 * What is stored is read and written as this says. A version that stores something which an older one would misread raises it, reads what
 * older ones have written, and writes its own over it. Whoever finds a newer one than it knows touches nothing (redis_format.h;
 * archive/entry.h for what is archived).
 *
 *   1  the first
 */
#define STORE_FORMAT 1

struct pages;
struct store;

enum store_result {
	STORE_PENDING,
	STORE_OK,
	STORE_ABSENT,  /* nothing is stored there */
	STORE_EXISTS,  /* something else is stored there (put), or somebody else holds it (begin) */
	STORE_LEFT,    /* an execution is unfinished, and nobody runs it (begin) */
	STORE_STALE,   /* another execution has begun in between (begin) */
	STORE_FENCED,  /* a newer fence exists: this writer must stop */
	STORE_DOWN,    /* no way there now; nothing was done */
	STORE_UNKNOWN, /* a part may have been done, or all: the answer was lost */
	STORE_LOST,    /* the store has forgotten what this writer wrote: it must stop */
	STORE_FAILED,  /* refused by the store: out of memory; see error */
	STORE_RESULTS_N
};

struct store_key {
	char tenant[STORE_TENANT_SIZE];
	char deployment[STORE_DEPLOYMENT_SIZE];
	char graph[STORE_ID_SIZE];
};

/* One piece of text with its name: a hash field, an event with its id, a member with its score. */
struct store_item {
	const char *name;
	const char *text;
	uint64_t    number; /* an event's sequence number; a member's score */
};

/* "->" is what comes back in the op. */
enum store_verb {
	/*
	 * text: the Spec Graph. STORE_EXISTS when another one has this graph id. age_ms: for how long it is kept at
	 * least, unless it is run; 0: as long as a plan, STORE_PLAN_S. Only then it is archived before it is run.
	 */
	STORE_PUT_SPEC,
	/* -> text */
	STORE_GET_SPEC,
	/*
	 * text: execution header; takes the lease, makes a past one of the graph's last execution, and is the
	 * deployment's unfinished one from now on; fields are stored with it. -> fence, seq (the
	 * stream's last sequence number). STORE_EXISTS when another owner holds the lease: text is
	 * "owner fence"; also when this very execution is over: a begin that comes so late does nothing. STORE_LEFT when the deployment has another unfinished execution: text is
	 * "G:E". STORE_STALE when `newest` is said, and another one is the deployment's newest.
	 *
	 * text NULL resumes: takes the lease and leaves all as it is. -> as above. STORE_ABSENT
	 * when the deployment's unfinished execution is not of this graph, or there is none.
	 */
	STORE_BEGIN,
	/*
	 * fence, seq; fields: of the exec hash; events: numbered seq+1 ... STORE_OK as well when
	 * those events are stored already. -> seq
	 *
	 * STORE_LOST when seq is past the stream's end: events that were answered with STORE_OK are
	 * gone, as after a fail-over to a replica that had not got them. Nothing is written, and
	 * never will be with this seq: whoever resumes the execution learns what is left of it. Of
	 * one graph, start an append when the one before it is answered.
	 */
	STORE_APPEND,
	/*
	 * key with graph, fence: the lease lives for another TTL; STORE_UNFINISHED has it, in case
	 * that was lost.
	 */
	STORE_RENEW,
	/*
	 * fence: gives the lease back; this fence is over, nothing can re-take the lease with it.
	 * The execution stays unfinished, for any process to resume. STORE_FENCED when another has
	 * had the lease since.
	 */
	STORE_RELEASE,
	/*
	 * key with graph, fence: as STORE_RELEASE, and it is not listed as unfinished until it is
	 * resumed: it waits for what only a client can bring.
	 */
	STORE_PARK,
	/* key with graph, fence, seq (the last event): as STORE_RELEASE, and the execution that began with it is over. */
	STORE_FINISH,
	/* key.tenant, key.deployment. -> text: "owner fence". STORE_ABSENT: nobody holds the lease */
	STORE_HOLDER,
	/*
	 * execution: which one; NULL: the last. -> items: the fields of the exec hash; seq: the execution's
	 * events come after this one
	 */
	STORE_GET_EXEC,
	/* execution as above. -> text: of the exec hash, only the header */
	STORE_GET_HEADER,
	/* seq: after this one, at most STORE_PAGE_MAX. -> items (number, text) */
	STORE_EVENTS,
	/*
	 * key.tenant; seq: after this number of the tenant's. -> at most STORE_TOLD_PAGE_MAX items: name for
	 * store_key_read(), text "13-17": its events, number: of the last of them; seq: the last number there is. The
	 * first entry may tell some before `seq` as well. An event is told soon after it is stored, at the
	 * latest when its execution is over or taken up, and once.
	 */
	STORE_TOLD,
	/*
	 * key.tenant; text: the name of a webhook of it; seq: up to which number it was told, 0: as is known. It is this
	 * owner's for STORE_HOOK_MS from now on. -> seq: up to which number it was told; of one that was not known, the
	 * last there is. STORE_EXISTS: it is another owner's.
	 */
	STORE_HOOK,
	/* key.tenant and key.graph. -> text: the deployment */
	STORE_FIND,
	/*
	 * key.tenant, seq: only those with a number of at most this; 0: all. -> at most STORE_PAGE_MAX items (name,
	 * number), newest first; of one number, the last by name first
	 */
	STORE_DEPLOYMENTS,
	/*
	 * key without graph, seq: only those with a number below this; 0: from the newest on. -> items (name
	 * "G:E", number: when it began, or a little later, so that no two have the same), as above
	 */
	STORE_HISTORY,
	/*
	 * key without graph, now_ms; seq: so many executions are kept (0: all), age_ms: for so long (0: for
	 * ever). Of those that are too many or too old, the oldest STORE_FORGET_MAX are dropped, with their
	 * events; never the newest, nor one that is not over. Then of the graphs that no execution refers to any
	 * more, which were put before all that is kept began (and not within STORE_PUT_MS), as many. -> seq:
	 * how many executions went; items (name): the graphs that did
	 */
	STORE_FORGET,
	/*
	 * No key; now_ms. -> at most STORE_PAGE_MAX items (name for store_key_read(), number: from when on it may
	 * go), graphs that were put and not run since, whose time is over, the first first.
	 */
	STORE_PLANNED,
	/*
	 * now_ms; seq: the number that STORE_PLANNED told. The graph is forgotten as by STORE_FORGET, unless it has an
	 * execution, or was put within STORE_PUT_MS; it is not listed again unless it is put again. -> items (name):
	 * it, if it went
	 */
	STORE_PLANNED_FORGET,
	/*
	 * No key; seq: so many are skipped. -> at most STORE_PAGE_MAX items (name for
	 * store_key_read(), number: when it began), oldest first, of all tenants. One may be over
	 * already: resuming it is answered STORE_ABSENT, and takes it off the list.
	 */
	STORE_UNFINISHED,
	/*
	 * No key; now_ms. -> at most STORE_PAGE_MAX items (name for store_key_read(), number: from when on it is
	 * due), what is due by now, the longest due first; seq: how many there are, due or not yet.
	 */
	STORE_ARCHIVE_DUE,
	/* -> text: the marker, or "" when there is none yet; seq: the stream's last number */
	STORE_ARCHIVE_GET,
	/*
	 * As STORE_ARCHIVE_GET, and it is this owner's to archive, for STORE_ARCHIVER_MS from now; so it is
	 * renewed as well. STORE_EXISTS: another owner is at it.
	 */
	STORE_ARCHIVE_TAKE,
	/*
	 * text: the marker; seq: the number that STORE_ARCHIVE_DUE told; now_ms: when it is due again, 0: not
	 * by itself. Gives it back. If it has become due once more since it was listed, it stays so. STORE_FENCED:
	 * it was not this owner's any more, and is as it was.
	 */
	STORE_ARCHIVE_PUT,
	/* -> text: how the deployment was last found, or "" when nobody looked yet; seq: the number of the graph's last event, where the
	 * key names one */
	STORE_VERIFIED_GET,
	/*
	 * text: how it was found now; perhaps one event, which is told as those of executions are, and is numbered
	 * seq+1. STORE_LEFT: an execution is unfinished, so nothing is to be said of how it is; text is "G:E".
	 * STORE_LOST: there are other events after seq. Nothing is written in both cases. The same once more is STORE_OK.
	 */
	STORE_VERIFIED_PUT,
	/* plan: its id; text: the plan. It is kept for STORE_PLAN_S from now on. */
	STORE_PLAN_PUT,
	/* plan. -> text. STORE_ABSENT: it was never put, or its time is over */
	STORE_PLAN_GET,
	/*
	 * No key; seq: what is known already, 0: nothing. -> seq: the number of the last change, 0: there was none; items
	 * (name, text) unless that is known.
	 */
	STORE_ACCESS_GET,
	/*
	 * No key; fields: each is put, or goes, where it has no text; seq: of the last change. STORE_EXISTS: there was
	 * another one since, and nothing is written.
	 */
	STORE_ACCESS_PUT,
	/*
	 * key.tenant, once; holder; text: the record. What has that name is this holder's to do now: no text
	 * comes. Or it was done already: -> text: its record. STORE_LEFT: somebody who is gone has begun it, and now it is this
	 * holder's: -> text: its record. STORE_EXISTS: somebody else is at it, heard of within a lease's time.
	 */
	STORE_ONCE_TAKE,
	/* key.tenant, once, holder, how. STORE_FENCED: it is not this holder's any more, and all is as it was */
	STORE_ONCE_PUT,
	STORE_VERBS_N
};

enum store_once {
	STORE_ONCE_HOLD,  /* it is still being done: so a lease's time from now on */
	STORE_ONCE_NOTE,  /* the same; text: the record */
	STORE_ONCE_DONE,  /* text: the record, for whoever asks */
	STORE_ONCE_LEAVE, /* it is left as it is, for whoever asks next */
	STORE_ONCE_DROP,  /* it is as if nobody had ever begun it */
	STORE_ONCES_N
};

/* Zeroed before its first use; may be started again after done(). */
struct store_op {
	/* what is asked; borrowed until done */
	enum store_verb  verb;
	struct store_key key;
	const char      *text;
	uint64_t         fence;
	uint64_t         seq;
	int64_t          now_ms; /* wall time, for scores */
	int64_t          age_ms;
	const char      *execution; /* its id, without ':' and ' ' */
	const char      *plan;      /* likewise */
	const char      *once;      /* likewise */
	const char *holder; /* "LIFE N": of this owner, a word for its life and one for what asks */
	enum store_once how;
	bool            may_breathe; /* what follows: task_may_breathe() */
	bool
	    at_once; /* done() waits for no lane. It only notes what came: what is the tenant's may be in the midst of a change */
	/* of the history, as far as is known: "G:E", or "" for none; NULL: any */
	const char              *newest;
	const struct store_item *fields;
	size_t                   fields_n;
	const struct store_item *events; /* text only; numbers follow from seq */
	size_t                   events_n;

	/* what came; owned by the op until store_op_fini() */
	enum store_result  result;
	char              *text_out;
	uint64_t           fence_out;
	uint64_t           seq_out;
	struct store_item *items_out;
	size_t             items_n;
	char               error[160];

	void (*done)(struct store_op *op);
	struct task      task;  /* the store's own, as is what follows: calls done() */
	struct pages    *pages; /* what has come so far; NULL: it comes at once */
	struct store_op *next;
	void            *impl;
};

/*
 * Events of a graph were told, up to number `seq` of its own and `number` of its tenant's, by whichever process; NULL: it may
 * be that something was, and was not heard. From a task. What is heard twice is no matter.
 */
typedef void store_listener(void *arg, const struct store_key *key, uint64_t seq, uint64_t number);

/* What a kind of store implements; embedded as its first member. */
struct store {
	void (*start)(struct store *store, struct store_op *op);
	void (*forget)(struct store *store, struct store_op *op);
	const char *(*why)(const struct store *store); /* as store_why() */
	/* NULL: nobody else stores anything there. */
	void (*listen)(struct store *store, store_listener *told, void *arg);
	void (*destroy)(struct store *store);
};

/* Starts an op; its done() is called once, from a task of the loop. */
void store_start(struct store *store, struct store_op *op);

/* After this, done() is never called; the write may still happen. */
void store_forget(struct store *store, struct store_op *op);

/* There is one listener; told NULL: none any more. */
void store_listen(struct store *store, store_listener *told, void *arg);

bool store_is_up(const struct store *store);

/* Why it is not up, for people: "connection refused", "maxmemory-policy is allkeys-lru ..."; "" when it is. */
const char *store_why(const struct store *store);
void        store_destroy(struct store *store); /* NULL is fine; forgets what is in flight */

void        store_op_fini(struct store_op *op); /* releases what came */
const char *store_result_name(enum store_result result);

/*
 * A key's parts are of the sizes and characters said above; what a verb does not need may be
 * NULL.
 */
MUSTCHECK bool
store_key_set(struct store_key *key, const char *tenant, const char *deployment, const char *graph);

/* "tenant:deployment:graph" */
MUSTCHECK bool store_key_read(struct store_key *key, const char *name);

/* "G:E", as STORE_HISTORY names an execution: its graph goes into the key. Its id, borrowed; NULL: it is none. */
MUSTCHECK const char *store_execution_read(struct store_key *key, const char *name);

/* For kinds of store: what came, copied into the op. */
void store_op_set_text(struct store_op *op, const char *text);
void store_op_set_items(struct store_op *op, const struct store_item *items, size_t n);

/* For kinds of store: it has its result, and done() is called, in the lane of its tenant unless at_once. Forgotten after that, it is not. */
void store_op_answer(struct loop *loop, struct store_op *op);
void store_op_forget_answer(struct loop *loop, struct store_op *op);

/* The lane of whose an op is; of nobody's, the first one. */
unsigned store_op_lane(const struct store_op *op);

/* For kinds of store: ops in the order they came, linked through op->next. Zeroed is empty. */
struct store_queue {
	struct store_op *head, *tail;
	size_t           n;
};

void             store_queue_push(struct store_queue *queue, struct store_op *op);
struct store_op *store_queue_pop(struct store_queue *queue); /* NULL when empty */
bool             store_queue_drop(struct store_queue *queue, struct store_op *op);

#endif
