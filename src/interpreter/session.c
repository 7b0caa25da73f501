/* SPDX-License-Identifier: Apache-2.0
 * session.c - calls wait in a row until the keys are there. */
#include "interpreter/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define FRESH_MS (5 * 60 * 1000) /* keys that hold no longer than this are asked for anew */

struct session_waiting {
	struct call            *call;
	unsigned                round;
	struct session_waiting *next;
};

void
session_init(struct session *session, const struct session_kind *kind)
{
	*session = (struct session){ .kind = kind };
}

void
session_end(struct session *session, void (*free_it)(void *session))
{
	must(session->waiting == NULL);
	if (session->asking)
		session->calls->cancel(session->calls->arg, &session->ask);
	call_fini(&session->ask);
	if (session->loop != NULL)
		loop_bury(session->loop, free_it, session);
	else
		free_it(session);
}

/* ---- the answer ---- */

static bool
take_keys(struct session *session)
{
	session->keys = session->kind->take(session, session->ask.out, &session->expires_ms);
	json_wipe(session->ask.out);
	return session->keys != NULL;
}

/* The call was never sent, whatever became of the question. */
static void
refuse(struct session *session, struct call *call)
{
	const struct call *ask = &session->ask;
	char               what[200];

	call->result = ask->result == OP_OK        ? OP_FAILED
		       : ask->result == OP_UNKNOWN ? OP_TRANSIENT
						   : ask->result;
	call->status = ask->status;
	call->retry_after_ms = ask->retry_after_ms;
	memcpy(call->code, ask->code, sizeof(call->code));
	memcpy(call->request_id, ask->request_id, sizeof(call->request_id));
	session->kind->say(session, what, sizeof(what));
	snprintf(call->message, sizeof(call->message), "%s: %.*s", what,
	    (int)sizeof(call->message) / 2 - 1, ask->message);
}

static void
on_asked(struct call *ask)
{
	struct session *session = container_of(ask, struct session, ask);
	bool            good = ask->result == OP_OK && take_keys(session);
	unsigned        round = session->round;

	session->asking = false;
	while (session->waiting != NULL && session->waiting->round == round) {
		struct session_waiting *first = session->waiting;
		struct call            *call = first->call;

		session->waiting = first->next;
		free(first);
		call->impl = NULL;
		if (good) {
			call->keys = session->keys;
			session->calls->start(session->calls->arg, call);
		} else {
			refuse(session, call);
			call->done(call);
		}
	}
}

/* ---- the question ---- */

static void
ask(struct session *session)
{
	call_fini(&session->ask);
	session->expires_ms = 0;
	session->ask = (struct call){ .done = on_asked };
	session->kind->ask(session, &session->ask);
	session->asking = true;
	session->round++;
	session->calls->start(session->calls->arg, &session->ask);
}

static void
wait_in_row(struct session *session, struct call *call)
{
	struct session_waiting **at = &session->waiting;

	while (*at != NULL)
		at = &(*at)->next;
	*at = xcalloc(1, sizeof(**at));
	**at = (struct session_waiting){ .call = call, .round = session->round };
	call->result = OP_PENDING;
	call->out = NULL;
	call->impl = session;
}

void
session_start(
    struct session *session, struct loop *loop, const struct calls *calls, struct call *call)
{
	session->loop = loop;
	session->calls = calls;
	if (session->expires_ms > loop_wall_ms(loop) + FRESH_MS) {
		call->keys = session->keys;
		calls->start(calls->arg, call);
		return;
	}
	if (!session->asking)
		ask(session);
	wait_in_row(session, call);
}

void
session_cancel(struct session *session, struct call *call)
{
	struct session_waiting **at = &session->waiting, *waiting;

	while (*at != NULL && (*at)->call != call)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	waiting = *at;
	*at = waiting->next;
	free(waiting);
	call->impl = NULL;
}

/* ---- a wire of both ---- */

static struct session *
session_of(const struct sessions *sessions, const struct call *call)
{
	return call->keys != NULL ? sessions->of(call->keys) : NULL;
}

static void
start_call(void *arg, struct call *call)
{
	struct sessions *sessions = arg;
	struct session  *session = session_of(sessions, call);

	if (session != NULL)
		session_start(session, sessions->loop, &sessions->wire, call);
	else
		sessions->wire.start(sessions->wire.arg, call);
}

/* A call that has come out of the row has the session's keys, which have no session. */
static void
cancel_call(void *arg, struct call *call)
{
	struct sessions *sessions = arg;
	struct session  *session = session_of(sessions, call);

	if (session != NULL)
		session_cancel(session, call);
	else
		sessions->wire.cancel(sessions->wire.arg, call);
}

static const struct service *
find_service(void *arg, const char *name, struct err *err)
{
	struct sessions *sessions = arg;

	return sessions->wire.service(sessions->wire.arg, name, err);
}

struct calls
sessions_calls(struct sessions *sessions)
{
	return (struct calls){ sessions, start_call, cancel_call, find_service };
}
