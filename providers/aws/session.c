/* SPDX-License-Identifier: Apache-2.0
 * session.c - AssumeRole, and the keys that it answers with. */
#include "providers/aws/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/stamp.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

struct role_session {
	struct session          session;
	struct json_object     *params; /* of AssumeRole */
	char                   *region;
	int64_t                 duration_ms;
	const struct call_keys *takes_on;

	/* what came */
	struct call_keys keys;
	char            *access_key_id;
	struct secret   *secret_access_key, *session_token;
};

static void
drop_keys(struct role_session *session)
{
	free(session->access_key_id);
	secret_destroy(session->secret_access_key);
	secret_destroy(session->session_token);
	session->access_key_id = NULL;
	session->secret_access_key = session->session_token = NULL;
}

static void
ask(struct session *session, struct call *call)
{
	struct role_session *role = container_of(session, struct role_session, session);

	call->service = "sts";
	call->operation = "AssumeRole";
	call->region = role->region;
	call->params = role->params;
	call->keys = role->takes_on;
	call->token = "";
}

static const struct call_keys *
take(struct session *session, struct json_object *answer, int64_t *ret_expires_ms)
{
	struct role_session *role = container_of(session, struct role_session, session);
	struct json_object  *given = json_get_object(answer, "Credentials");
	const char          *id = json_get_str(given, "AccessKeyId");
	const char          *secret = json_get_str(given, "SecretAccessKey");
	const char          *token = json_get_str(given, "SessionToken");

	drop_keys(role);
	if (id == NULL || secret == NULL || token == NULL)
		return NULL;
	role->access_key_id = xstrdup(id);
	role->secret_access_key = secret_create(secret, strlen(secret));
	role->session_token = secret_create(token, strlen(token));
	role->keys = (struct call_keys){
		.access_key_id = role->access_key_id,
		.secret_access_key = role->secret_access_key,
		.session_token = role->session_token,
	};
	if (!stamp_from_json(json_get(given, "Expiration"), ret_expires_ms))
		*ret_expires_ms = loop_wall_ms(session->loop) + role->duration_ms;
	return &role->keys;
}

static void
say(struct session *session, char *buf, size_t size)
{
	struct role_session *role = container_of(session, struct role_session, session);

	snprintf(buf, size, "the role %s can't be taken on", json_get_str(role->params, "RoleArn"));
}

static const struct session_kind kind = { ask, take, say };

struct session *
aws_session_create(const struct aws_role *role, const struct call_keys *takes_on)
{
	struct role_session *session = xcalloc(1, sizeof(*session));

	session_init(&session->session, &kind);
	session->params = json_object_new_object();
	json_set_str(session->params, "RoleArn", role->arn);
	json_set_str(session->params, "RoleSessionName", role->name);
	json_set(session->params, "DurationSeconds", json_object_new_int64(role->duration_s));
	if (role->external_id != NULL)
		json_set_str(session->params, "ExternalId", role->external_id);
	session->region = xstrdup(role->region);
	session->duration_ms = role->duration_s * 1000;
	session->takes_on = takes_on;
	return &session->session;
}

static void
session_free(void *ptr)
{
	struct role_session *role = container_of(ptr, struct role_session, session);

	drop_keys(role);
	json_object_put(role->params);
	free(role->region);
	free(role);
}

void
aws_session_destroy(struct session *session)
{
	if (session != NULL)
		session_end(session, session_free);
}
