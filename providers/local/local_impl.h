/* SPDX-License-Identifier: Apache-2.0
 *
 * local_impl.h - what the files of this driver share: the driver, an op in flight, a kind of thing.
 *
 * For each kind there is one table of functions, `struct local_kind`. Its functions answer with
 * op_answer() and may be called from a task only. A function that returns LOCAL_LATER has taken the
 * call over and ends it with local_call_done(); all others have answered when they return.
 */
#ifndef LOCAL_LOCAL_IMPL_H
#define LOCAL_LOCAL_IMPL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "providers/local/local_allow.h"
#include "providers/local/local_root.h"
#include "loop/loop.h"
#include "loop/loop_ev.h"
#include "provider/provider.h"

#define LOCAL_DELAY_MS_MAX 60000
#define LOCAL_SECONDS_MAX  600 /* for an answer, or between two tries */
#define LOCAL_TRIES_MAX    20

struct local;
struct local_process;
struct local_exchange;
struct local_knock;
struct fetcher;
struct mask;
struct sealed_key;

enum local_step { LOCAL_DONE, LOCAL_LATER };

/* One op in flight. */
struct local_call {
	struct task            task;
	struct timer           timer; /* for a kind that answers later */
	struct local          *local;
	struct op             *op;       /* NULL: cancelled, and its command is dying */
	struct local_process  *process;  /* the command that runs for it; NULL: none */
	struct local_exchange *exchange; /* the request that is under way for it; NULL: none */
	struct local_knock    *knock;    /* the connection that is being made for it; NULL: none */
	void (*stop)(struct local_call *); /* drops one of those two; NULL: there is none */
	struct json_object *record;        /* owned; the record a command will end with */
	struct mask        *mask;          /* owned; of what is opened for it; NULL: nothing is */
	struct local_call  *next, **at;
};

struct local_kind {
	const char *type; /* "local:file" */
	enum local_step (*run[OP_KINDS_N])(struct local_call *);
	void (*validate)(const struct local *, struct json_object *properties, const char *pointer,
	    struct problems *);
	const char *opens; /* the property in which things may be sealed; "": any; NULL: none */
};

struct local {
	struct provider          provider;
	struct loop_ev          *ev;
	struct loop             *loop;
	struct local_root        root;
	struct local_allow       allow;
	struct fetcher          *fetcher;
	const struct sealed_key *key;
	struct local_call       *calls; /* all in flight */
	struct json_object      *nulls; /* what local:null was told, by node */
};

extern const struct local_kind local_file, local_directory, local_command, local_null, local_port,
    local_request;

/* For LOCAL_LATER: the op has its answer, and the call is over. */
void local_call_done(struct local_call *call);

/* Answers with the class that errno `error` belongs to: "<what>: <text of the error>". */
void local_answer_errno(struct op *op, int error, const char *what);

/* Those that a record has. What is put back to be nobody's is ours still: a record that says otherwise would be in the way. */
struct json_object *local_tags(const struct op *op);

/* `found` with its four members; takes over all but the identity. NULL tags are left out. */
struct json_object *local_found(const char *id, struct json_object *properties,
    struct json_object *outputs, struct json_object *tags);

/* A problem, unless the path is one that local_root_open() would take, or is known only later. */
void local_validate_path(struct json_object *properties, const char *key, const char *pointer,
    struct problems *problems);

/* What came from outside, as text that can be kept: masked. */
struct json_object *local_masked(const struct local_call *call, const char *text, size_t len);

/* A whole number of its properties, held to these bounds: what a reference brings was held to no schema. */
int64_t local_number(struct json_object *properties, const char *name, int64_t least, int64_t most,
    int64_t otherwise);

/* Is this string, or a part of it, a reference that is resolved later? */
bool local_is_reference(const char *text);

#endif
