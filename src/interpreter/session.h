/* SPDX-License-Identifier: Apache-2.0
 *
 * session.h - keys that last a while, got by a call of their own: of a role that is taken on, of an app that is installed.
 *
 * Calls wait in a row until the keys are there. Keys that end soon are asked for anew before a call is made with them.
 */
#ifndef INTERPRETER_SESSION_H
#define INTERPRETER_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "interpreter/calls.h"
#include "loop/loop.h"

struct session;
struct session_waiting;

/* What kinds of sessions differ in. */
struct session_kind {
	/* Fills in what is to be asked: all but done(). It is borrowed from the session. */
	void (*ask)(struct session *session, struct call *ask);

	/* The keys out of an answer, which are the session's until it is asked anew, and when they end. NULL: it has none. */
	const struct call_keys *(*take)(
	    struct session *session, struct json_object *answer, int64_t *ret_expires_ms);

	/* Why there are none, for people: "the role x can't be taken on". */
	void (*say)(struct session *session, char *buf, size_t size);
};

struct session {
	const struct session_kind *kind;
	struct loop               *loop; /* NULL: nobody has needed it yet */
	const struct calls        *calls;
	struct call                ask;
	bool                       asking;
	unsigned                   round; /* how often it was asked for */
	struct session_waiting    *waiting;
	const struct call_keys    *keys;
	int64_t                    expires_ms; /* 0: there are no keys */
};

void session_init(struct session *session, const struct session_kind *kind);

/* Nobody may be waiting. It may be telling somebody at this moment: `free_it` gets the session once it is not. */
void session_end(struct session *session, void (*free_it)(void *session));

/* As calls.h has them, on the calls that are given, with the session's keys. */
void session_start(
    struct session *session, struct loop *loop, const struct calls *calls, struct call *call);
void session_cancel(struct session *session, struct call *call);

/* A wire on which calls wait for the session of their keys, where those have one. */
struct sessions {
	struct loop *loop;
	struct calls wire;
	struct session *(*of)(const struct call_keys *keys); /* NULL: they have none */
};

/* Borrowed from it, and of the same contract as its wire. */
struct calls sessions_calls(struct sessions *sessions);

#endif
