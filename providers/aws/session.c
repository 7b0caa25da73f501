/* SPDX-License-Identifier: Apache-2.0
 * session.c - calls wait in a row until the role's keys are there. */
#include "providers/aws/session.h"
#include "providers/aws/call_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "providers/aws/stamp.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define FRESH_MS (5 * 60 * 1000) /* keys that hold no longer than this are asked for anew */

struct waiting {
	struct call    *call;
	unsigned        round;
	struct waiting *next;
};

struct aws_session {
	struct json_object     *params; /* of AssumeRole */
	char                   *region;
	int64_t                 duration_ms;
	const struct call_keys *takes_on;
	struct loop            *loop; /* NULL: nobody has needed it yet */
	const struct calls     *calls;
	struct call             ask;
	bool                    asking;
	unsigned                round; /* how often it was asked for */
	struct waiting         *waiting;

	/* what came */
	struct call_keys keys;
	char            *access_key_id;
	struct secret   *secret_access_key, *session_token;
	int64_t          expires_ms; /* 0: there are no keys */
};

struct aws_session *
aws_session_create(const struct aws_role *role, const struct call_keys *takes_on)
{
	struct aws_session *session = xcalloc(1, sizeof(*session));

	session->params = json_object_new_object();
	json_set_str(session->params, "RoleArn", role->arn);
	json_set_str(session->params, "RoleSessionName", role->name);
	json_set(session->params, "DurationSeconds", json_object_new_int64(role->duration_s));
	if (role->external_id != NULL)
		json_set_str(session->params, "ExternalId", role->external_id);
	session->region = xstrdup(role->region);
	session->duration_ms = role->duration_s * 1000;
	session->takes_on = takes_on;
	return session;
}

static void
drop_keys(struct aws_session *session)
{
	free(session->access_key_id);
	secret_destroy(session->secret_access_key);
	secret_destroy(session->session_token);
	session->access_key_id = NULL;
	session->secret_access_key = session->session_token = NULL;
	session->expires_ms = 0;
}

static void
session_free(void *ptr)
{
	struct aws_session *session = ptr;

	json_object_put(session->params);
	free(session->region);
	free(session);
}

void
aws_session_destroy(struct aws_session *session)
{
	if (session == NULL)
		return;
	must(session->waiting == NULL);
	if (session->asking)
		session->calls->cancel(session->calls->arg, &session->ask);
	call_fini(&session->ask);
	drop_keys(session);
	if (session->loop != NULL)
		loop_bury(session->loop, session_free, session); /* it may be telling somebody */
	else
		session_free(session);
}

/* ---- the answer ---- */

static bool
take_keys(struct aws_session *session)
{
	struct json_object *given = json_get_object(session->ask.out, "Credentials");
	const char         *id = json_get_str(given, "AccessKeyId");
	const char         *secret = json_get_str(given, "SecretAccessKey");
	const char         *token = json_get_str(given, "SessionToken");

	drop_keys(session);
	if (id == NULL || secret == NULL || token == NULL)
		return false;
	session->access_key_id = xstrdup(id);
	session->secret_access_key = secret_create(secret, strlen(secret));
	session->session_token = secret_create(token, strlen(token));
	session->keys = (struct call_keys){
		.access_key_id = session->access_key_id,
		.secret_access_key = session->secret_access_key,
		.session_token = session->session_token,
	};
	if (!stamp_from_json(json_get(given, "Expiration"), &session->expires_ms))
		session->expires_ms = loop_wall_ms(session->loop) + session->duration_ms;
	json_wipe(session->ask.out);
	return true;
}

/* The call was never sent, whatever became of the question. */
static void
refuse(const struct aws_session *session, struct call *call)
{
	const struct call *ask = &session->ask;

	call->result = ask->result == OP_OK        ? OP_FAILED
		       : ask->result == OP_UNKNOWN ? OP_TRANSIENT
						   : ask->result;
	call->status = ask->status;
	call->retry_after_ms = ask->retry_after_ms;
	memcpy(call->code, ask->code, sizeof(call->code));
	memcpy(call->request_id, ask->request_id, sizeof(call->request_id));
	snprintf(call->message, sizeof(call->message), "the role %s can't be taken on: %.*s",
	    json_get_str(session->params, "RoleArn"), (int)sizeof(call->message) / 2, ask->message);
}

static void
on_assumed(struct call *ask)
{
	struct aws_session *session = container_of(ask, struct aws_session, ask);
	bool                good = ask->result == OP_OK && take_keys(session);
	unsigned            round = session->round;

	session->asking = false;
	while (session->waiting != NULL && session->waiting->round == round) {
		struct waiting *first = session->waiting;
		struct call    *call = first->call;

		session->waiting = first->next;
		free(first);
		call->impl = NULL;
		if (good) {
			call->keys = &session->keys;
			session->calls->start(session->calls->arg, call);
		} else {
			refuse(session, call);
			call->done(call);
		}
	}
}

/* ---- the question ---- */

static void
ask(struct aws_session *session)
{
	call_fini(&session->ask);
	session->ask = (struct call){
		.service = "sts",
		.operation = "AssumeRole",
		.region = session->region,
		.params = session->params,
		.keys = session->takes_on,
		.token = "",
		.done = on_assumed,
	};
	session->asking = true;
	session->round++;
	session->calls->start(session->calls->arg, &session->ask);
}

static void
wait_in_row(struct aws_session *session, struct call *call)
{
	struct waiting **at = &session->waiting;

	while (*at != NULL)
		at = &(*at)->next;
	*at = xcalloc(1, sizeof(**at));
	**at = (struct waiting){ .call = call, .round = session->round };
	call->result = OP_PENDING;
	call->out = NULL;
	call->impl = session;
}

void
aws_session_start(
    struct aws_session *session, struct loop *loop, const struct calls *calls, struct call *call)
{
	session->loop = loop;
	session->calls = calls;
	if (session->expires_ms > loop_wall_ms(loop) + FRESH_MS) {
		call->keys = &session->keys;
		calls->start(calls->arg, call);
		return;
	}
	if (!session->asking)
		ask(session);
	wait_in_row(session, call);
}

void
aws_session_cancel(struct aws_session *session, struct call *call)
{
	struct waiting **at = &session->waiting, *waiting;

	while (*at != NULL && (*at)->call != call)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	waiting = *at;
	*at = waiting->next;
	free(waiting);
	call->impl = NULL;
}
