/* SPDX-License-Identifier: Apache-2.0
 * secrets.c - each errand is a row of calls; what the last one answers is shaped for the asker. */
#include "providers/github/secrets.h"

#include <stdlib.h>
#include <string.h>

#include "providers/github/credentials.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define REPO   "/repos/{owner}/{repo}"
#define LIST   REPO "/actions/secrets"
#define SECRET REPO "/actions/secrets/{secret_name}"
#define KEY    REPO "/actions/secrets/public-key"

struct run;

static void shape_list(struct run *run);
static void shape_get(struct run *run);
static void shape_exists(struct run *run);
static void shape_created(struct run *run);
static void shape_deleted(struct run *run);

static const struct row {
	const char *name;
	const char
	    *calls[2]; /* the second one once the first has been answered; NULL: there is none */
	void (*shape)(struct run *run);
	bool asks_whose; /* 404 may be that of the secret: then the repository is there */
} rows[] = {
	{ "secrets/list", { "GET " LIST, NULL }, shape_list, false },
	{ "secrets/get", { "GET " SECRET, NULL }, shape_get, false },
	{ "secrets/exists", { "GET " SECRET, "GET " REPO }, shape_exists, true },
	{ "secrets/create", { "GET " KEY, "PUT " SECRET }, shape_created, false },
	{ "secrets/delete", { "DELETE " SECRET, NULL }, shape_deleted, false },
};

struct run {
	const struct calls      *calls;
	const struct sealed_key *key;
	const struct row        *row;
	struct errand           *errand;
	struct json_object      *params;
	struct call              call;
	size_t                   at;
	bool                     missing; /* the secret is not there */
};

/* ---- shapes ---- */

static void
answer_with(struct run *run, const char *member, struct json_object *value)
{
	run->errand->answer = json_object_new_object();
	json_set(run->errand->answer, member, value);
}

static void
shape_list(struct run *run)
{
	answer_with(run, "secrets", json_object_get(json_get_array(run->call.out, "secrets")));
}

static void
shape_get(struct run *run)
{
	answer_with(run, "secret", json_object_get(run->call.out));
}

static void
shape_exists(struct run *run)
{
	answer_with(run, "exists", json_object_new_boolean(!run->missing));
	json_set(run->errand->answer, "secret_name",
	    json_object_get(json_get(run->errand->params, "secret_name")));
}

static void
shape_created(struct run *run)
{
	answer_with(run, "created", json_object_new_boolean(true));
}

static void
shape_deleted(struct run *run)
{
	answer_with(run, "deleted", json_object_new_boolean(true));
}

/* ---- the row ---- */

static void on_answered(struct call *call);

static void
run_free(struct run *run)
{
	run->errand->impl = NULL;
	call_fini(&run->call);
	json_object_put(run->params);
	free(run);
}

static void
end(struct run *run)
{
	struct errand     *errand = run->errand;
	const struct call *call = &run->call;

	errand->result = call->result;
	errand->rate = json_object_get(call->rate);
	_Static_assert(sizeof(errand->code) == sizeof(call->code), "copied whole");
	_Static_assert(sizeof(errand->message) == sizeof(call->message), "copied whole");
	memcpy(errand->code, call->code, sizeof(errand->code));
	memcpy(errand->message, call->message, sizeof(errand->message));
	if (call->result == OP_OK)
		run->row->shape(run);
	run_free(run);
	errand->done(errand);
}

/* What is sent beside the path: the value, sealed for GitHub. */
static bool
add_value(struct run *run, struct err *err)
{
	struct json_object *value = unseal(run->key, json_get(run->errand->params, "value"), err);
	const char         *key = json_get_str(run->call.out, "key");
	char               *box = NULL;

	if (json_object_is_type(value, json_type_string) && key != NULL)
		box = sealed_box(key, json_object_get_string(value),
		    (size_t)json_object_get_string_len(value), err);
	else if (value != NULL)
		(void)err_set(err, ERR_INVALID_REQUEST, "the value is no text");
	json_object_put(value);
	if (box == NULL)
		return false;
	json_set_str(run->params, "encrypted_value", box);
	json_set(run->params, "key_id", json_object_get(json_get(run->call.out, "key_id")));
	free(box);
	return true;
}

/* The members that the path of a call names. */
static struct json_object *
params_of(const struct run *run)
{
	static const char *const names[] = { "owner", "repo", "secret_name" };
	struct json_object      *params = json_object_new_object();

	for (size_t i = 0; i < array_len(names); i++) {
		struct json_object *value = json_get(run->errand->params, names[i]);

		if (value != NULL && strstr(run->row->calls[run->at], names[i]) != NULL)
			json_set(params, names[i], json_object_get(value));
	}
	return params;
}

static void
start_call(struct run *run)
{
	call_fini(&run->call);
	run->call = (struct call){
		.service = "github",
		.operation = run->row->calls[run->at],
		.region = "",
		.params = run->params,
		.keys = &run->errand->credentials->keys,
		.done = on_answered,
	};
	run->calls->start(run->calls->arg, &run->call);
}

/* The second call: of a create always, of another only to tell what is not there. */
static void
go_on(struct run *run)
{
	struct json_object *params;
	struct err          err = { 0 };
	bool                good = true;

	run->at = 1;
	params = params_of(run);
	json_object_put(run->params);
	run->params = params;
	if (!run->row->asks_whose)
		good = add_value(run, &err);
	if (good) {
		start_call(run);
		return;
	}
	call_refuse(&run->call, OP_INVALID, "InvalidParameters", err.detail);
	end(run);
}

static void
on_answered(struct call *call)
{
	struct run *run = container_of(call, struct run, call);
	bool        good = call->result == OP_OK;
	bool        has_more = run->at == 0 && run->row->calls[1] != NULL;

	run->missing =
	    run->missing || (run->row->asks_whose && run->at == 0 && call->result == OP_NOT_FOUND);
	if (has_more && (run->row->asks_whose ? run->missing : good))
		go_on(run);
	else
		end(run);
}

void
github_secrets_start(const struct calls *calls, const struct sealed_key *key, struct errand *errand)
{
	struct run *run = xcalloc(1, sizeof(*run));

	must(errand->result == OP_PENDING && errand->impl == NULL);
	for (size_t i = 0; i < array_len(rows); i++) {
		if (strcmp(rows[i].name, errand->name) == 0)
			run->row = &rows[i];
	}
	must(run->row != NULL);
	run->calls = calls;
	run->key = key;
	run->errand = errand;
	errand->impl = run;
	run->params = params_of(run);
	start_call(run);
}

void
github_secrets_cancel(struct errand *errand)
{
	struct run *run = errand->impl;

	if (run == NULL)
		return;
	run->calls->cancel(run->calls->arg, &run->call);
	run_free(run);
}
