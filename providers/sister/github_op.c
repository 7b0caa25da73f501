/* SPDX-License-Identifier: Apache-2.0
 * github_op.c - an op as one or two requests to the GitHub Service, by a table of the types that it has routes for.
 *
 * Its answers mislead where a token has expired or is throttled: a secret is "not found" then. So a 404 is believed only when
 * the token has requests left, and a list with it is answered as well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "provider/unseal.h"
#include "providers/sister/github_inside.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

#define BODY_MAX    131072
#define NAME_SIZE   512
#define PATH_SIZE   128
#define MS_PER_S    INT64_C(1000)
#define MARGIN_MS   MS_PER_S          /* GitHub's clock and ours */
#define WAIT_MAX_MS (3600 * MS_PER_S) /* the limit is reset each hour */

static const struct github_route routes[] = {
	{ "github:secret:repo", "/github-secrets-repo",
	    { { "owner", "owner" }, { "repo", "repo" } }, { { NULL } } },
	{ "github:secret:environment", "/github-secrets-env",
	    { { "owner", "owner" }, { "repo", "repo" }, { "environment", "environment_name" } },
	    { { NULL } } },
	{ "github:secret:org", "/github-secrets-org", { { "org", "org" } },
	    { { "visibility", "visibility" }, { "repo_ids", "selected_repository_ids" } } },
};

enum verb { VERB_GET, VERB_LIST, VERB_CREATE, VERB_UPDATE, VERB_DELETE };

static const struct verb_row {
	const char *method, *path;
	bool        has_name, has_value;
} verbs[] = {
	[VERB_GET] = { "POST", "/get", true, false },
	[VERB_LIST] = { "POST", "/list", false, false },
	[VERB_CREATE] = { "POST", "/create", true, true },
	[VERB_UPDATE] = { "PUT", "/update", true, true },
	[VERB_DELETE] = { "DELETE", "/delete", true, false },
};

/* An op under way. */
struct trip {
	struct github_service     *service;
	struct op                 *op;
	const struct github_route *route;
	struct json_object        *properties; /* borrowed */
	char                       name[NAME_SIZE];
	enum verb                  verb;
	struct fetch               fetch;
	char                       url[PEER_URL_MAX];
	struct str                 body;
	struct task                refused; /* what it can't even be asked for */
};

const struct github_route *
github_route_of(const char *type)
{
	for (size_t i = 0; i < array_len(routes); i++) {
		if (str_eq(routes[i].type, type))
			return &routes[i];
	}
	return NULL;
}

static void request(struct trip *trip, enum verb verb);

/* ---- the end ---- */

static void
forget_request(struct trip *trip)
{
	fetch_fini(&trip->fetch);
	secret_wipe(trip->body.data, trip->body.len);
	str_fini(&trip->body);
}

static void
end(struct trip *trip)
{
	task_cancel(trip->service->peer.loop, &trip->refused);
	trip->op->impl = NULL;
	forget_request(trip);
	free(trip);
}

static void
finish(struct trip *trip, enum op_result result)
{
	struct op *op = trip->op;

	end(trip);
	op->result = result;
	op->done(op);
}

/* ---- what is there ---- */

/* What can't be read back is taken for what it is to be. */
static struct json_object *
found_of(const struct trip *trip, struct json_object *secret)
{
	static const char *const times[] = { "created_at", "updated_at" };
	struct json_object      *found = json_object_new_object();
	struct json_object      *outputs = json_object_new_object();
	struct str               id;

	str_init(&id, NAME_SIZE * 2);
	for (size_t i = 0; trip->route->places[i].name != NULL; i++) {
		const char *place = json_get_str(trip->properties, trip->route->places[i].property);

		str_addf(&id, "%s/", place != NULL ? place : "");
	}
	str_add(&id, trip->name);
	json_set_str(found, "id", id.data);
	str_fini(&id);
	json_set(found, "properties", json_copy(trip->properties));
	json_set_str(outputs, "name", trip->name);
	for (size_t i = 0; i < array_len(times); i++)
		json_set_str(outputs, times[i], json_get_str(secret, times[i]));
	json_set(found, "outputs", outputs);
	return found;
}

static void
finish_there(struct trip *trip, struct json_object *secret)
{
	struct op *op = trip->op;
	bool       is_settled = op->kind != OP_SETTLE || op->after != OP_DELETE;

	op_answer(op, OP_OK, "%s", "");
	if (op->kind != OP_DELETE && is_settled)
		op->found = found_of(trip, secret);
	finish(trip, is_settled ? OP_OK : OP_NOT_YET);
}

static void
finish_absent(struct trip *trip)
{
	struct op *op = trip->op;
	bool       is_settled = op->kind != OP_SETTLE || op->after == OP_DELETE;

	op_answer(op, OP_ABSENT, "%s", "");
	finish(trip, is_settled ? OP_ABSENT : OP_NOT_YET);
}

/* ---- answers ---- */

static struct json_object *
rate_of(struct json_object *answer)
{
	return json_get_object(json_get_object(answer, "response_context"), "rate_limit");
}

/* The token has no requests left. Whatever the service takes that for, it tells it of the token beside. */
static bool
is_spent(struct json_object *answer)
{
	return json_get_i64(rate_of(answer), "remaining", 1) <= 0;
}

static int64_t
until_reset_ms(const struct trip *trip, struct json_object *answer)
{
	int64_t now_s = loop_wall_ms(trip->service->peer.loop) / MS_PER_S;
	int64_t at_s = json_get_i64(rate_of(answer), "reset", 0);

	if (at_s < now_s)
		return MARGIN_MS;
	return at_s < now_s + WAIT_MAX_MS / MS_PER_S ? (at_s - now_s) * MS_PER_S + MARGIN_MS
						     : WAIT_MAX_MS;
}

/* By the word that the service has for it, where it is told apart; else by the status alone. */
static enum op_result
result_of(const struct trip *trip, int status, const char *error_type)
{
	bool writes = trip->verb == VERB_CREATE || trip->verb == VERB_UPDATE;

	switch (status) {
	case 400:
	case 422: return OP_INVALID;
	case 401:
		/* The token was opened for the look before it: then it is the value that can't be. */
		return writes && str_eq(error_type, "decryption_failed") ? OP_INVALID
		       : error_type != NULL                              ? OP_EXPIRED
									 : OP_FAILED;
	case 403: return OP_DENIED;
	case 404: return OP_NOT_FOUND;
	case 405: return OP_FAILED; /* another service than we know */
	case 429: return OP_THROTTLED;
	default: return OP_UNKNOWN;
	}
}

static void
finish_failed(struct trip *trip, const struct peer_failure *failure)
{
	peer_fail_op(failure, trip->op);
	finish(trip, failure->result);
}

static void
fail_spent(struct trip *trip, struct json_object *answer)
{
	struct peer_failure failure;

	peer_fail(&trip->service->peer, &failure, OP_THROTTLED, "rate_limited",
	    "GitHub takes no more requests of this token for now");
	failure.retry_after_ms = until_reset_ms(trip, answer);
	finish_failed(trip, &failure);
}

/* Its bodies may hold a stack of calls: no more than its own words for people are handed on. */
static void
fail(struct trip *trip, int status, struct json_object *answer)
{
	struct json_object *context = json_get_object(answer, "response_context");
	struct json_object *errors = json_get_array(context, "errors");
	const char         *type = json_get_str(context, "error_type"), *text = NULL;
	struct peer_failure failure;

	if (errors != NULL && json_object_array_length(errors) > 0)
		text = json_object_get_string(json_object_array_get_idx(errors, 0));
	peer_fail(&trip->service->peer, &failure, result_of(trip, status, type),
	    type != NULL ? type : "", "HTTP %d%s%.200s", status, text != NULL ? ": " : "",
	    text != NULL ? text : "");
	peer_fail_later(&trip->service->peer, &trip->fetch, &failure);
	finish_failed(trip, &failure);
}

static bool
is_success(const struct trip *trip, struct json_object *answer)
{
	return trip->fetch.status >= 200 && trip->fetch.status <= 299 &&
	       json_get_bool(json_get_object(answer, "response_context"), "success", false);
}

static void
take_success(struct trip *trip, struct json_object *answer)
{
	struct json_object *secret =
	    json_get_object(json_get_object(answer, "response_data"), "secret");

	switch (trip->verb) {
	case VERB_LIST: finish_absent(trip); return; /* so the 404 before it was meant */
	case VERB_GET:
		if (secret == NULL)
			request(trip, VERB_LIST);
		else
			finish_there(trip, secret);
		return;
	case VERB_CREATE:
	case VERB_UPDATE:
	case VERB_DELETE: finish_there(trip, NULL); return;
	}
}

static void
on_fetched(struct fetch *fetch)
{
	struct trip        *trip = container_of(fetch, struct trip, fetch);
	struct peer_failure failure;
	struct json_object *answer;
	struct err          err;

	if (fetch->result != FETCH_DONE) {
		peer_fail_unanswered(&trip->service->peer, fetch, &failure);
		finish_failed(trip, &failure);
		return;
	}
	answer = json_read(fetch->body_in.data, fetch->body_in.len, &err);
	if (is_success(trip, answer))
		take_success(trip, answer);
	else if (is_spent(answer))
		fail_spent(trip, answer);
	else if (fetch->status == 404 && (trip->verb == VERB_GET || trip->verb == VERB_DELETE))
		request(trip, VERB_LIST);
	else
		fail(trip, fetch->status, answer);
	json_object_put(answer);
}

/* ---- requests ---- */

static void
add_member(struct str *out, const char *name, const char *text)
{
	str_addf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", name);
	json_add_string(out, text);
}

static void
add_properties(struct trip *trip, const struct github_member *members)
{
	for (size_t i = 0; members[i].name != NULL; i++) {
		struct json_object *value = json_get(trip->properties, members[i].property);

		if (value == NULL)
			continue;
		str_addf(&trip->body,
		    "%s\"%s\":", trip->body.data[trip->body.len - 1] == '{' ? "" : ",",
		    members[i].name);
		json_add(&trip->body, value);
	}
}

/* A box for the service, of what is no box for it yet. False: there is none, and why. */
static bool
add_box(struct trip *trip, const char *name, const char *text, size_t len, struct err *err)
{
	char *box = sealed_box(trip->service->public_key, text, len, err);

	if (box == NULL)
		return false;
	add_member(&trip->body, name, box);
	free(box);
	return true;
}

static bool
add_value(struct trip *trip, struct err *err)
{
	struct json_object *value = json_get(trip->properties, "value");
	const char         *text;
	size_t              len;

	if (value == NULL)
		value = json_get(trip->properties, "value_from");
	if (is_sealed(value)) {
		add_member(&trip->body, "encrypted_value", json_get_str(value, "$sealed"));
		return true;
	}
	if (!json_object_is_type(value, json_type_string)) {
		text = json_text_len(value, &len);
	} else {
		text = json_object_get_string(value);
		len = (size_t)json_object_get_string_len(value);
	}
	return add_box(trip, "encrypted_value", text, len, err);
}

static bool
add_pat(struct trip *trip, struct err *err)
{
	const struct credentials *credentials = trip->op->credentials;
	const char               *text = secret_open(credentials->pat);

	if (!credentials->is_sealed)
		return add_box(trip, "encrypted_pat", text, secret_len(credentials->pat), err);
	add_member(&trip->body, "encrypted_pat", text);
	return true;
}

static bool
make_body(struct trip *trip, struct err *err)
{
	const struct verb_row *verb = &verbs[trip->verb];

	str_add_char(&trip->body, '{');
	if (!add_pat(trip, err))
		return false;
	str_add(&trip->body, ",\"request_data\":{");
	add_properties(trip, trip->route->places);
	if (verb->has_name)
		add_member(&trip->body, "secret_name", trip->name);
	if (verb->has_value) {
		add_properties(trip, trip->route->options);
		if (!add_value(trip, err))
			return false;
	}
	str_add(&trip->body, "}}");
	if (trip->body.overflow)
		err_set(err, ERR_TOO_LARGE, "the value is too large");
	return !trip->body.overflow;
}

static void
on_refused(struct task *task)
{
	struct trip *trip = container_of(task, struct trip, refused);

	finish(trip, trip->op->result);
}

/* From a task, as all is answered. */
static void
refuse(struct trip *trip, enum op_result result, const char *why)
{
	struct peer_failure failure;

	peer_fail(&trip->service->peer, &failure, result, "", "%s", why);
	peer_fail_op(&failure, trip->op);
	task_wake(trip->service->peer.loop, &trip->refused);
}

static void
request(struct trip *trip, enum verb verb)
{
	struct peer *peer = &trip->service->peer;
	char         path[PATH_SIZE];
	struct err   err;

	forget_request(trip);
	trip->verb = verb;
	snprintf(path, sizeof(path), "%s%s", trip->route->path, verbs[verb].path);
	peer_prepare(peer, &trip->fetch, trip->url, verbs[verb].method, path, on_fetched);
	if (!make_body(trip, &err)) {
		refuse(trip, OP_INVALID, err.detail);
		return;
	}
	fetch_header_add(&trip->fetch, "content-type", "application/json");
	fetch_trace(&trip->fetch, trip->op->trace);
	trip->fetch.body = trip->body.data;
	trip->fetch.body_len = trip->body.len;
	fetch_start(peer->fetcher, &trip->fetch);
}

/* ---- ops ---- */

/* No name on GitHub has a hyphen: each is an underscore there. */
static bool
make_name(struct trip *trip)
{
	const char *given = json_get_str(trip->properties, "secret_name");
	int         len;

	if (given == NULL)
		return false;
	len =
	    snprintf(trip->name, sizeof(trip->name), "%s__%s", given, trip->op->identity->node_id);
	for (char *at = trip->name; (at = strchr(at, '-')) != NULL;)
		*at = '_';
	return len > 0 && (size_t)len < sizeof(trip->name);
}

void
github_op_start(struct github_service *service, struct op *op)
{
	static const enum verb of_kind[OP_KINDS_N] = {
		[OP_READ] = VERB_GET,
		[OP_CREATE] = VERB_CREATE,
		[OP_UPDATE] = VERB_UPDATE,
		[OP_DELETE] = VERB_DELETE,
		[OP_SETTLE] = VERB_GET,
	};
	struct trip *trip = xcalloc(1, sizeof(*trip));

	op->impl = trip;
	trip->service = service;
	trip->op = op;
	trip->route = github_route_of(op->type->name);
	trip->properties =
	    op->desired != NULL ? op->desired : json_get_object(op->known, "properties");
	task_init(&trip->refused, on_refused);
	fetch_init(&trip->fetch, "", "", NULL);
	str_init(&trip->body, BODY_MAX);
	if (trip->route == NULL || op->kind == OP_LIST)
		refuse(trip, OP_INVALID, "the GitHub Service has no routes for this type");
	else if (service->public_key[0] == '\0')
		refuse(trip, OP_TRANSIENT, service->why);
	else if (!make_name(trip))
		refuse(trip, OP_INVALID, "its secret_name is missing, or too long");
	else
		request(trip, of_kind[op->kind]);
}

void
github_op_cancel(struct op *op)
{
	struct trip *trip = op->impl;

	fetch_cancel(trip->service->peer.fetcher, &trip->fetch);
	end(trip);
}
