/* SPDX-License-Identifier: Apache-2.0
 *
 * request.h - what a client has asked of a process, and what it was told.
 */
#ifndef SIM_REQUEST_H
#define SIM_REQUEST_H

#include <stdbool.h>

#include "engine/engine.h"

struct client;
struct process;
struct version;
struct world;

/* What is asked for. */
struct wish {
	enum execution_kind kind;
	enum execution_mode mode;
	enum on_failure     on_failure;
	bool                resume; /* what was left; then it is told to go on, or ended */
	bool                cancel;
	enum until          until;
	bool                by_tags;       /* of a verify */
	struct json_object *only, *except; /* what to run; NULL: all, nothing; taken over */
	const struct spec
	    *base; /* what was applied last, for the plan of a dry run; NULL: nothing */
	struct json_object *plan; /* an apply is held to this one of its version; NULL: to none */
};

/* One execution that was asked for. */
struct request {
	struct request        *next;
	struct world          *world;
	struct process        *process; /* NULL: it is over, or the process died */
	struct version        *version;
	struct wish            wish;
	char                   newest[2 * OBJ_ID_SIZE]; /* that the version knows of */
	struct timer           timer; /* until it goes on, with what it knows by then */
	struct store_op        put;
	bool                   putting;
	struct execution_watch watch;
	bool                   begun, ended;
	enum execution_status  status;
	bool                   all_in_sync, all_missing; /* a verify has found so */
};

struct request *request_make(
    struct world *world, struct process *process, struct version *version, const struct wish *wish);
void request_free(struct request *request);

/* The process is about to drop. */
void request_lose(struct request *request);

/* Tells an execution to go on, with credentials if it may need them. */
void request_continue(struct world *world, const struct process *process,
    struct execution *execution, const struct version *version, enum until until);

#endif
