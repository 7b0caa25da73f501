/* SPDX-License-Identifier: Apache-2.0
 * local_request.c - http:request: a request sent once for each version of it, and perhaps one to undo it. To make it is a create or an update.
 *
 *   make     record "started" ──► request ─┬► as expected: record "done" ──► OP_OK
 *                                          ├► not so, and tries are left: a while ──► request
 *                                          └► else: OP_FAILED, the record stays "started"
 *   check    request ─► as expected: OP_OK, else OP_FAILED; there is no record of it
 *   read     record "done" ──► a GET or a HEAD is sent again ──► as expected: as the record has it
 * One that says "started", or is not answered as expected, reads as one that lacks its URL: an apply sends it (again), a destroy deletes it.
 * What is not idempotent is never sent twice by one execution once it may have arrived, also when the process dies in between: nobody
 * knows then what became of it, and that is the end. Whoever applies it anew wants it sent, and it goes with the key that it had. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/fetch.h"
#include "providers/local/local_impl.h"
#include "providers/local/local_index.h"
#include "provider/expect.h"
#include "provider/mask.h"
#include "provider/unseal.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define BODY_MAX        (1024 * 1024)
#define BODY_IN_OUTPUT  (64 * 1024)
#define BODY_IN_MESSAGE 200
#define WHY_MAX         (64 * 1024)
#define WHY_IN_MESSAGE  200
#define HEADERS_MAX     24
#define TIMEOUT_S       30
#define TRIES           3
#define RETRY_S         2
#define US_PER_S        1000000
#define MS_PER_S        1000
#define HTTP_NOT_FOUND  404
#define HTTP_GONE       410
#define HEADER_IN_MAX   4096
#define OUTPUT_DEPTH    (OP_FOUND_DEPTH + 2)

struct local_exchange {
	struct local_call  *call;
	struct json_object *properties; /* with what was sealed opened; owned */
	struct str          body;
	struct str   why;     /* the answer is not as expected; with whatever secrets are in it */
	bool         is_json; /* the body, and no header says what it is */
	struct fetch fetch;
	struct task  task;
	int64_t      tries_left;
	bool         fetching;
};

static void on_fetched(struct fetch *fetch);

/* ---- what is asked ---- */

/* A delete has words of its own, and the others' where it has none. */
static struct json_object *
word(struct json_object *properties, bool is_delete, const char *name)
{
	struct json_object *own =
	    is_delete ? json_get(json_get_object(properties, "delete"), name) : NULL;

	return own != NULL ? own : json_get(properties, name);
}

static struct json_object *
asked(const struct local_exchange *x, const char *name)
{
	return word(x->properties, x->call->op->kind == OP_DELETE, name);
}

static const char *
method_of(struct json_object *properties, bool is_delete)
{
	struct json_object *own = is_delete
				      ? json_get(json_get_object(properties, "delete"), "method")
				      : json_get(properties, "method");

	return own != NULL ? json_object_get_string(own) : is_delete ? "DELETE" : "GET";
}

static bool
is_safe(const char *method)
{
	return str_eq(method, "GET") || str_eq(method, "HEAD");
}

static bool
is_idempotent(struct json_object *properties, bool is_delete)
{
	const char *method = method_of(properties, is_delete);

	return is_safe(method) || str_eq(method, "PUT") || str_eq(method, "DELETE") ||
	       json_get_bool(properties, "idempotent", false);
}

static bool
may_repeat(const struct local_exchange *x)
{
	return is_idempotent(x->properties, x->call->op->kind == OP_DELETE);
}

/* ---- what is expected ---- */

/* 200, or "2xx". */
static bool
is_status(struct json_object *expected, int status)
{
	if (json_object_is_type(expected, json_type_int))
		return json_object_get_int(expected) == status;
	return json_object_is_type(expected, json_type_string) &&
	       json_object_get_string(expected)[0] == '0' + status / 100;
}

/* What is to be deleted and is not there is as it is to be. */
static bool
status_is_good(const struct local_exchange *x)
{
	struct json_object *list = asked(x, "expected_status");
	int                 status = x->fetch.status;

	if (x->call->op->kind == OP_DELETE && str_eq(x->fetch.method, "DELETE") &&
	    (status == HTTP_NOT_FOUND || status == HTTP_GONE))
		return true;
	if (!json_object_is_type(list, json_type_array))
		return status >= 200 && status <= 299;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (is_status(json_object_array_get_idx(list, i), status))
			return true;
	}
	return false;
}

/* What must stand in the answer; of a delete nothing is asked but its status. */
static bool
body_is_good(struct local_exchange *x, struct json_object *json)
{
	struct json_object *expect =
	    x->call->op->kind == OP_DELETE ? NULL : json_get_object(x->properties, "expect");

	return expect_holds(expect, x->fetch.body_in.data, json, &x->why);
}

/* ---- answers ---- */

/* Those that the config asks for, by their names in lower case. */
static struct json_object *
headers_of(const struct local_exchange *x)
{
	struct json_object *names = json_get_array(x->properties, "response_headers");
	struct json_object *headers = json_object_new_object();
	size_t              n = names != NULL ? json_object_array_length(names) : 0;
	char                value[HEADER_IN_MAX];

	for (size_t i = 0; i < n; i++) {
		const char *name = json_object_get_string(json_object_array_get_idx(names, i));

		if (fetch_header_in(&x->fetch, name, value, sizeof(value)) != NULL)
			json_set(headers, name, local_masked(x->call, value, strlen(value)));
	}
	return headers;
}

static struct json_object *
outputs_of(const struct local_exchange *x, struct json_object *json)
{
	const struct str   *body = &x->fetch.body_in;
	struct json_object *outputs = json_object_new_object();
	struct json_object *text = local_masked(
	    x->call, body->data, body->len < BODY_IN_OUTPUT ? body->len : BODY_IN_OUTPUT);

	json_set_i64(outputs, "status", x->fetch.status);
	if (json_has(x->properties, "response_headers"))
		json_set(outputs, "headers", headers_of(x));
	/* Masked as a whole, so that its parts are as well. */
	if (json != NULL && body->len <= BODY_IN_OUTPUT) {
		struct json_object *parsed = json_read(
		    json_object_get_string(text), (size_t)json_object_get_string_len(text), NULL);

		if (parsed != NULL && json_fits_at(parsed, OUTPUT_DEPTH))
			json_set(outputs, "json", json_object_get(parsed));
		json_object_put(parsed);
	}
	json_set(outputs, "body", text);
	return outputs;
}

static void
answer_found(struct local_call *call, bool good)
{
	call->op->found = local_record_found(call->record, good ? NULL : "url");
	op_answer(call->op, OP_OK, "%s", "");
}

static void
answer_good(struct local_exchange *x, struct json_object *json)
{
	struct local_call *call = x->call;
	struct op         *op = call->op;

	if (op->kind == OP_DELETE) {
		if (local_index_remove(&call->local->root, op))
			op_answer(op, OP_OK, "%s", "");
		return;
	}
	if (op->kind == OP_CHECK) {
		op->found = local_found(
		    op->identity->node_id, json_object_new_object(), outputs_of(x, json), NULL);
		op_answer(op, OP_OK, "%s", "");
		return;
	}
	if (op->kind != OP_READ) {
		json_set(call->record, "outputs", outputs_of(x, json));
		json_set_str(call->record, "state", "done");
		if (!local_index_write(&call->local->root, op, call->record)) {
			op->result = OP_UNKNOWN; /* it was sent, and nothing says so */
			return;
		}
	}
	answer_found(call, true);
}

static void
answer_bad(struct local_exchange *x)
{
	struct op          *op = x->call->op;
	const struct str   *body = &x->fetch.body_in;
	struct json_object *text, *why;

	if (op->kind == OP_READ) {
		answer_found(x->call, false);
	} else if (x->fetch.result != FETCH_DONE) {
		op_answer(op, OP_FAILED, "%s%s", x->fetch.error,
		    x->fetch.result == FETCH_UNSENT || op->kind == OP_CHECK || may_repeat(x)
			? ""
			: ": nobody knows whether it took effect, and it is not idempotent");
	} else {
		text = local_masked(
		    x->call, body->data, body->len < BODY_IN_MESSAGE ? body->len : BODY_IN_MESSAGE);
		why = local_masked(x->call, x->why.data, x->why.len);
		op_answer(op, OP_FAILED,
		    "the answer is not what is expected: its status is %d%s%.*s: %s",
		    x->fetch.status, x->why.len > 0 ? ", and " : "", WHY_IN_MESSAGE,
		    json_object_get_string(why), json_object_get_string(text));
		json_object_put(why);
		snprintf(op->code, sizeof(op->code), "%d", x->fetch.status);
		json_object_put(text);
	}
	mask_text(x->call->mask, op->message, strlen(op->message), false);
}

/* ---- sending ---- */

static void
send_it(struct local_exchange *x)
{
	struct json_object *headers = asked(x, "headers");
	bool                is_delete = x->call->op->kind == OP_DELETE;

	fetch_init(&x->fetch, method_of(x->properties, is_delete),
	    json_object_get_string(asked(x, "url")), on_fetched);
	x->fetch.body = x->body.data;
	x->fetch.body_len = x->body.len;
	x->fetch.body_max = BODY_MAX;
	x->fetch.refuses_link = !local_allow_link(&x->call->local->allow, x->fetch.url);
	x->fetch.timeout_ms =
	    local_number(x->properties, "timeout_seconds", 1, LOCAL_SECONDS_MAX, TIMEOUT_S) *
	    MS_PER_S;
	if (!is_safe(x->fetch.method) && json_get_str(x->call->record, "token") != NULL)
		fetch_header_add(
		    &x->fetch, "Idempotency-Key", json_get_str(x->call->record, "token"));
	if (x->is_json)
		fetch_header_add(&x->fetch, "Content-Type", "application/json");
	if (json_object_is_type(headers, json_type_object)) {
		json_object_object_foreach (headers, name, value)
			fetch_header_add(&x->fetch, name, json_object_get_string(value));
	}
	x->fetching = true;
	fetch_start(x->call->local->fetcher, &x->fetch);
}

static void
on_again(struct timer *timer)
{
	struct local_call *call = container_of(timer, struct local_call, timer);

	fetch_fini(&call->exchange->fetch);
	send_it(call->exchange);
}

/* A look is one, and of a check whoever runs it counts the tries; what may have arrived is sent again only if that does no harm. */
static bool
may_try_again(const struct local_exchange *x)
{
	return x->call->op->kind != OP_READ && x->call->op->kind != OP_CHECK && x->tries_left > 0 &&
	       (x->fetch.result == FETCH_UNSENT || may_repeat(x));
}

static void
judge(struct local_exchange *x)
{
	struct local_call  *call = x->call;
	struct json_object *json = NULL;
	bool                good = x->fetch.result == FETCH_DONE && status_is_good(x);

	str_clear(&x->why);
	if (good) {
		json = json_read(x->fetch.body_in.data, x->fetch.body_in.len, NULL);
		good = body_is_good(x, json);
	}
	if (!good && may_try_again(x)) {
		x->tries_left--;
		timer_init(&call->timer, on_again);
		timer_arm(call->local->loop, &call->timer,
		    local_number(x->properties, "retry_seconds", 0, LOCAL_SECONDS_MAX, RETRY_S) *
			US_PER_S);
	} else {
		if (good)
			answer_good(x, json);
		else
			answer_bad(x);
		local_call_done(call);
	}
	json_object_put(json);
}

static void
on_task(struct task *task)
{
	struct local_exchange *x = container_of(task, struct local_exchange, task);

	x->fetching = false;
	judge(x);
}

static void
on_fetched(struct fetch *fetch)
{
	struct local_exchange *x = container_of(fetch, struct local_exchange, fetch);

	task_wake(x->call->local->loop, &x->task);
}

static void
exchange_free(void *ptr)
{
	struct local_exchange *x = ptr;

	fetch_fini(&x->fetch);
	str_fini(&x->body);
	str_fini(&x->why);
	json_object_put(x->properties);
	free(x);
}

static void
exchange_stop(struct local_call *call)
{
	struct local_exchange *x = call->exchange;

	call->exchange = NULL;
	call->stop = NULL;
	if (x->fetching)
		fetch_cancel(call->local->fetcher, &x->fetch);
	task_cancel(call->local->loop, &x->task);
	timer_disarm(call->local->loop, &call->timer);
	loop_bury(call->local->loop, exchange_free, x);
}

/* What says where a request goes and where it ends is not for a config to say. */
static bool
header_fits(const char *name, struct json_object *value)
{
	static const char *const ours[] = { "Connection", "Content-Length", "Expect", "Host", "TE",
		"Trailer", "Transfer-Encoding", "Upgrade" };

	for (size_t i = 0; i < array_len(ours); i++) {
		if (strcasecmp(name, ours[i]) == 0)
			return false;
	}
	return *name != '\0' && strpbrk(name, " :\r\n") == NULL &&
	       json_object_is_type(value, json_type_string) &&
	       strpbrk(json_object_get_string(value), "\r\n") == NULL;
}

static bool
headers_fit(struct local_exchange *x)
{
	struct json_object *headers = asked(x, "headers");
	struct op          *op = x->call->op;

	if (!json_object_is_type(headers, json_type_object))
		return true;
	if (json_object_object_length(headers) > HEADERS_MAX) {
		op_answer(op, OP_INVALID, "more than %d headers", HEADERS_MAX);
		return false;
	}
	json_object_object_foreach (headers, name, value) {
		if (!header_fits(name, value)) {
			op_answer(op, OP_INVALID, "the header %s can't be sent", name);
			return false;
		}
		x->is_json = x->is_json && strcasecmp(name, "Content-Type") != 0;
	}
	return true;
}

static bool
fits(struct local_exchange *x)
{
	const char *url = json_object_get_string(asked(x, "url"));
	struct op  *op = x->call->op;
	const char *method = method_of(x->properties, op->kind == OP_DELETE);

	if (!local_allow_url(&x->call->local->allow, url)) {
		op_answer(op, OP_DENIED, "this URL is not allowed by this server%s",
		    local_allow_note(url));
	} else if (x->body.overflow) {
		op_answer(op, OP_INVALID, "the body is longer than %d bytes", BODY_MAX);
	} else if (op->kind == OP_CHECK && !is_safe(method)) {
		op_answer(op, OP_DENIED, "a check asks by GET or HEAD alone");
	} else if (x->body.len > 0 && str_eq(method, "HEAD")) {
		op_answer(op, OP_INVALID, "a HEAD has no body");
	} else {
		return headers_fit(x);
	}
	return false;
}

/* A text as it is, anything else as JSON. A delete has a body of its own, or none. */
static void
write_body(struct local_exchange *x)
{
	struct json_object *from = x->call->op->kind == OP_DELETE
				       ? json_get_object(x->properties, "delete")
				       : x->properties;
	struct json_object *body = json_get(from, "body");

	x->is_json = body != NULL && !json_object_is_type(body, json_type_string);
	if (x->is_json)
		json_add(&x->body, body);
	else if (body != NULL)
		str_add_mem(&x->body, json_object_get_string(body),
		    (size_t)json_object_get_string_len(body));
}

static enum local_step
exchange(struct local_call *call, struct json_object *properties)
{
	struct local_exchange *x = xcalloc(1, sizeof(*x));
	struct err             err = { 0 };

	call->exchange = x;
	call->stop = exchange_stop;
	x->call = call;
	task_init(&x->task, on_task);
	fetch_init(&x->fetch, "", "", on_fetched);
	str_init(&x->body, BODY_MAX);
	str_init(&x->why, WHY_MAX);
	call->mask = mask_create(call->local->key, properties);
	x->properties = unseal(call->local->key, properties, &err);
	if (x->properties == NULL) {
		op_answer(call->op, OP_INVALID, "%s", err.detail);
		return LOCAL_DONE;
	}
	x->tries_left = local_number(x->properties, "retries", 0, LOCAL_TRIES_MAX, TRIES);
	write_body(x);
	if (!fits(x))
		return LOCAL_DONE;
	send_it(x);
	return LOCAL_LATER;
}

/* ---- the operations ---- */

static enum local_step
request_read(struct local_call *call)
{
	struct op          *op = call->op;
	enum op_result      known = local_index_read(&call->local->root, op, &call->record);
	struct json_object *properties = json_get_object(call->record, "properties");

	if (known == OP_ABSENT)
		op_answer(op, OP_ABSENT, "%s", "");
	else if (known == OP_OK && local_record_is_done(call->record) &&
		 is_safe(method_of(properties, false)))
		return exchange(call, properties);
	else if (known == OP_OK)
		answer_found(call, local_record_is_done(call->record));
	return LOCAL_DONE;
}

/* This very execution may have sent it: whoever answers for its own record began to, and did not live to hear of it. */
static bool
may_have_arrived(const struct op *op, struct json_object *record)
{
	return !local_record_is_done(record) && op->token != NULL &&
	       str_eq(json_get_str(record, "sent_by"), op->token) &&
	       !is_idempotent(op->desired, false);
}

/* A rollback may bring back what was there before: one that did not end well, and so lacks its URL. Nothing is sent then. */
static enum local_step
restore(struct local_call *call)
{
	call->record = local_record_start(call->op, call->op->token);
	if (local_index_write(&call->local->root, call->op, call->record))
		answer_found(call, true);
	return LOCAL_DONE;
}

/* One that was cut short is sent again with the key that it had. */
static enum local_step
request_send(struct local_call *call)
{
	struct op          *op = call->op;
	struct json_object *record = NULL;
	enum op_result      known = local_index_read(&call->local->root, op, &record);
	const char         *key = op->token;

	if (known != OP_OK && known != OP_ABSENT)
		return LOCAL_DONE;
	if (!json_has(op->desired, "url")) {
		json_object_put(record);
		return restore(call);
	}
	if (known == OP_OK && may_have_arrived(op, record)) {
		op_answer(op, OP_FAILED,
		    "it may have been sent already: nobody knows whether it took effect, and it is "
		    "not idempotent");
		json_object_put(record);
		return LOCAL_DONE;
	}
	if (known == OP_OK && !local_record_is_done(record))
		key = json_get_str(record, "token");
	call->record = local_record_start(op, key);
	json_set_str(call->record, "sent_by", op->token);
	json_object_put(record);
	if (!local_index_write(&call->local->root, op, call->record))
		return LOCAL_DONE;
	return exchange(call, op->desired);
}

static enum local_step
request_delete(struct local_call *call)
{
	struct op          *op = call->op;
	enum op_result      known = local_index_read(&call->local->root, op, &call->record);
	struct json_object *properties = json_get_object(call->record, "properties");

	if (known == OP_ABSENT)
		op_answer(op, OP_ABSENT, "%s", "");
	else if (known == OP_OK && json_has(properties, "delete"))
		return exchange(call, properties);
	else if (known == OP_OK && local_index_remove(&call->local->root, op))
		op_answer(op, OP_OK, "%s", "");
	return LOCAL_DONE;
}

/* As a check of another resource: nothing is recorded, and nothing else comes of it. */
static enum local_step
request_check(struct local_call *call)
{
	return exchange(call, call->op->desired);
}

static void
validate_url(const struct local *local, struct json_object *url, const char *pointer,
    const char *where, struct problems *problems)
{
	struct local_refusal refusal = { pointer, where, "asks", "URLs", "--http-allow",
		json_object_get_string(url) };

	if (json_object_is_type(url, json_type_string) && !local_is_reference(refusal.url) &&
	    !local_allow_url(&local->allow, refusal.url))
		local_allow_refuse(&local->allow, &refusal, problems);
}

static void
request_validate(const struct local *local, struct json_object *properties, const char *pointer,
    struct problems *problems)
{
	validate_url(local, json_get(properties, "url"), pointer, "/url", problems);
	validate_url(local, json_get(json_get_object(properties, "delete"), "url"), pointer,
	    "/delete/url", problems);
}

const struct local_kind local_request = {
	.type = "http:request",
	.run = { [OP_READ] = request_read,
	    [OP_CREATE] = request_send,
	    [OP_UPDATE] = request_send,
	    [OP_DELETE] = request_delete,
	    [OP_CHECK] = request_check },
	.validate = request_validate,
	.opens = "",
};
