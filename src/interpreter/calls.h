/* SPDX-License-Identifier: Apache-2.0
 *
 * calls.h - what the interpreter of type files asks of the wire: one call, by the name of its operation.
 *
 * Parameters and answers are JSON in the service's own member names. A call is one try as far as the interpreter can see.
 * Errors come back in one of the classes of provider.h.
 */
#ifndef INTERPRETER_CALLS_H
#define INTERPRETER_CALLS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "interpreter/service.h"
#include "provider/provider.h"
#include "util/err.h"

struct call_keys; /* a driver's own: who calls */

struct call {
	/* what is asked; borrowed until done */
	const char *service;   /* "iam", "dynamodb" */
	const char *operation; /* "CreateRole" */
	const char *region;    /* "us-east-1"; for a global service its signing region is found */
	struct json_object     *params; /* NULL: none */
	const struct call_keys *keys;
	const char             *token; /* fills idempotencyToken members that params leave out */

	/* what came; owned by the call until call_fini() */
	enum op_result      result;
	int                 status; /* HTTP status; 0 when no answer came */
	int64_t             at_ms;  /* when, by the service's own clock; 0: it does not tell */
	int64_t             retry_after_ms;
	bool                throttled; /* on the way, whatever came of it in the end (again.h) */
	struct json_object *out;       /* members of the output; NULL unless OP_OK */
	struct json_object
	    *rate; /* {limit, remaining, reset, used} of the caller's rate limit; NULL: not told */
	char code[96];
	char message[512];
	char request_id[128];
	char place
	    [256]; /* where it went, for people, where the operation is a template of that; "": it is none */

	void (*done)(struct call *call);
	void *impl;
};

void call_fini(struct call *call);

/* Its result, without an answer's. */
void call_refuse(struct call *call, enum op_result result, const char *code, const char *message);

/* No answer came of the fetch, though it is over: was nothing sent, or does nobody know what it did? A read did nothing. */
struct fetch;
void call_take_broken(struct call *call, const struct fetch *fetch, bool is_read);

/* `arg` is the first argument of each. done() is never called before start returns, and never after cancel returns. A parameter
 * that can't be is answered with OP_INVALID. */
struct calls {
	void *arg;
	void (*start)(void *arg, struct call *call);
	void (*cancel)(void *arg, struct call *call);

	/* NULL and *err when there is no such service. */
	const struct service *(*service)(void *arg, const char *name, struct err *err);
};

#endif
