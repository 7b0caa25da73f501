/* SPDX-License-Identifier: Apache-2.0
 * call.c - one call: built, sent page after page, its answer put together. */
#include "providers/github/call.h"
#include "providers/github/call_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "providers/github/fault.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define ENDPOINT          "https://api.github.com"
#define API_VERSION       "2022-11-28"
#define ANSWER_MAX        (16 * 1024 * 1024)
#define TIMEOUT_MS        60000
#define URL_MAX           16384
#define BODY_MAX          (64 * 1024 * 1024)
#define AUTHORIZATION_MAX 8192
#define METHOD_MAX        8
#define LINK_MAX          8192
#define PAGES_MAX         100

struct github_caller {
	struct loop    *loop;
	struct fetcher *fetcher;
	char           *endpoint; /* without a slash at its end */
	struct service  service;  /* the one there is: no model, plain JSON */
	size_t          flying;
};

struct flight {
	struct github_caller *caller;
	struct call          *call;
	struct task           task;
	struct fetch          fetch;
	char                  method[METHOD_MAX];
	struct str            url, body, authorization;
	size_t                path_len; /* of the URL before its query */
	struct json_object   *out;      /* of the pages so far */
	unsigned              pages;
	bool                  fetching;
};

struct github_caller *
github_caller_create(struct loop *loop, struct fetcher *fetcher, const char *endpoint)
{
	struct github_caller *caller = xcalloc(1, sizeof(*caller));
	size_t                len;

	caller->loop = loop;
	caller->fetcher = fetcher;
	caller->endpoint = xstrdup(endpoint != NULL && *endpoint != '\0' ? endpoint : ENDPOINT);
	len = strlen(caller->endpoint);
	while (len > 0 && caller->endpoint[len - 1] == '/')
		caller->endpoint[--len] = '\0';
	caller->service = (struct service){ .name = "github" };
	return caller;
}

void
github_caller_destroy(struct github_caller *caller)
{
	if (caller == NULL)
		return;
	must(caller->flying == 0);
	free(caller->endpoint);
	free(caller);
}

/* ---- the request ---- */

static void
add_encoded(struct str *out, struct json_object *value, const char *keep)
{
	const char *text = json_object_is_type(value, json_type_string)
			       ? json_object_get_string(value)
			       : json_text(value);

	str_add_percent(out, text, strlen(text), keep);
}

/* The path, from the template that the operation is; of `rest`, what goes into it is taken out. */
static bool
build_path(struct flight *flight, const char *template, struct json_object *rest)
{
	struct str name;
	bool       good = true;

	str_init(&name, URL_MAX);
	while (*template != '\0' && good) {
		const char         *end = *template == '{' ? strchr(template, '}') : NULL;
		bool                whole = end != NULL && template[1] == '+';
		struct json_object *value;

		if (end == NULL) {
			str_add_char(&flight->url, *template ++);
			continue;
		}
		str_clear(&name);
		template += whole ? 2 : 1;
		str_add_mem(&name, template, (size_t)(end - template));
		template = end + 1;
		value = json_get(flight->call->params, name.data);
		good = value != NULL && *json_object_get_string(value) != '\0';
		if (good)
			add_encoded(&flight->url, value, whole ? "/" : NULL);
		else
			call_refuse(flight->call, OP_INVALID, "InvalidParameters",
			    "a part of the path has no value");
		json_object_object_del(rest, name.data);
	}
	str_fini(&name);
	return good;
}

static void
build_query(struct flight *flight, struct json_object *rest)
{
	char join = '?';

	json_object_object_foreach (rest, name, value) {
		str_add_char(&flight->url, join);
		str_add_percent(&flight->url, name, strlen(name), NULL);
		str_add_char(&flight->url, '=');
		add_encoded(&flight->url, value, NULL);
		join = '&';
	}
}

/* A shallow copy: parts are taken out of it, never changed. */
static struct json_object *
copy_members(struct json_object *params)
{
	struct json_object *copy = json_object_new_object();

	if (params == NULL)
		return copy;
	json_object_object_foreach (params, name, value)
		json_set(copy, name, json_object_get(value));
	return copy;
}

static bool
add_token(struct flight *flight)
{
	const struct call_keys *keys = flight->call->keys;
	const struct secret    *token = keys != NULL ? keys->token : NULL;

	if (token == NULL || strpbrk(secret_open(token), "\r\n") != NULL) {
		call_refuse(flight->call, OP_EXPIRED, "InvalidCredentials",
		    "there is no token to call with");
		return false;
	}
	str_addf(&flight->authorization, "Bearer %s", secret_open(token));
	return true;
}

/* False when the call is over before it began: its result says why. */
static bool
prepare(struct flight *flight)
{
	const char         *operation = flight->call->operation;
	size_t              len = strcspn(operation, " ");
	struct json_object *rest = copy_members(flight->call->params);
	bool                good;

	must(len < sizeof(flight->method) && operation[len] == ' ');
	memcpy(flight->method, operation, len);
	str_add(&flight->url, flight->caller->endpoint);
	good = build_path(flight, operation + len + 1, rest) && add_token(flight);
	flight->path_len = flight->url.len;
	if (good && github_fault_is_read(operation))
		build_query(flight, rest);
	else if (good && json_object_object_length(rest) > 0)
		str_add(&flight->body, json_text(rest));
	json_object_put(rest);
	if (good && (flight->url.overflow || flight->body.overflow)) {
		call_refuse(
		    flight->call, OP_INVALID, "InvalidParameters", "the request is too long");
		good = false;
	}
	return good;
}

static void on_fetched(struct fetch *fetch);

static void
send_page(struct flight *flight)
{
	fetch_init(&flight->fetch, flight->method, flight->url.data, on_fetched);
	flight->fetch.body = flight->body.data;
	flight->fetch.body_len = flight->body.len;
	flight->fetch.body_max = ANSWER_MAX;
	flight->fetch.timeout_ms = TIMEOUT_MS;
	fetch_header_add(&flight->fetch, "Accept", "application/vnd.github+json");
	fetch_header_add(&flight->fetch, "X-GitHub-Api-Version", API_VERSION);
	fetch_header_add(&flight->fetch, "User-Agent", "mgraph-deploy");
	fetch_header_add(&flight->fetch, "Authorization", flight->authorization.data);
	if (flight->body.len > 0)
		fetch_header_add(&flight->fetch, "Content-Type", "application/json");
	flight->fetching = true;
	flight->pages++;
	fetch_start(flight->caller->fetcher, &flight->fetch);
}

/* ---- pages ---- */

/* `<https://host/path?page=2>; rel="next", <...>; rel="last"`: the query of the next page. Where it is, is ours to say: the
 * token goes nowhere else. */
static bool
find_next(struct flight *flight, struct str *query)
{
	char        link[LINK_MAX];
	const char *at = fetch_header_in(&flight->fetch, "link", link, sizeof(link));

	for (; at != NULL && (at = strchr(at, '<')) != NULL; at++) {
		const char *end = strchr(at, '>');
		const char *from = end != NULL ? memchr(at, '?', (size_t)(end - at)) : NULL;
		const char *rel = end != NULL ? end + 1 + strspn(end + 1, "; ") : "";

		if (from != NULL && str_starts(rel, "rel=\"next\"")) {
			str_add_mem(query, from, (size_t)(end - from));
			return true;
		}
	}
	return false;
}

static void
append(struct json_object *list, struct json_object *more)
{
	for (size_t i = 0; i < json_object_array_length(more); i++)
		json_object_array_add(list, json_object_get(json_object_array_get_idx(more, i)));
}

/* Takes the page over. */
static void
add_page(struct flight *flight, struct json_object *page)
{
	struct json_object *out = flight->out;

	if (out == NULL) {
		flight->out = page;
		return;
	}
	if (json_object_is_type(out, json_type_array) && json_object_is_type(page, json_type_array))
		append(out, page);
	if (json_object_is_type(out, json_type_object) &&
	    json_object_is_type(page, json_type_object)) {
		json_object_object_foreach (out, name, list) {
			struct json_object *more = json_get_array(page, name);

			if (more != NULL && json_object_is_type(list, json_type_array))
				append(list, more);
		}
	}
	json_object_put(page);
}

/* ---- the answer ---- */

/* An empty one is an object without members; NULL: it is no JSON. */
static struct json_object *
read_body(const struct fetch *fetch)
{
	return fetch->body_in.len == 0 ? json_object_new_object()
				       : json_read(fetch->body_in.data, fetch->body_in.len, NULL);
}

static bool
ask_next(struct flight *flight)
{
	struct str query;
	bool       next;

	str_init(&query, URL_MAX);
	next = github_fault_is_read(flight->call->operation) && flight->pages < PAGES_MAX &&
	       find_next(flight, &query);
	if (next) {
		str_cut(&flight->url, flight->path_len);
		str_add(&flight->url, query.data);
		fetch_fini(&flight->fetch);
		send_page(flight);
	}
	str_fini(&query);
	return next;
}

/* True: there is more to come. */
static bool
take_answer(struct flight *flight)
{
	const struct fetch *fetch = &flight->fetch;
	struct call        *call = flight->call;
	struct json_object *body = read_body(fetch);

	call->status = fetch->status;
	json_object_put(call->rate);
	call->rate = github_rate(fetch);
	(void)fetch_header_in(
	    fetch, "x-github-request-id", call->request_id, sizeof(call->request_id));
	if (fetch->status < 200 || fetch->status > 299) {
		github_fault_take(call, fetch, body, loop_wall_ms(flight->caller->loop));
		json_object_put(body);
		return false;
	}
	if (body == NULL) {
		call_refuse(call, github_fault_unanswered(call->operation), "Unreadable",
		    "the answer is not JSON");
		return false;
	}
	add_page(flight, body);
	if (ask_next(flight))
		return true;
	call->result = OP_OK;
	call->out = flight->out;
	flight->out = NULL;
	return false;
}

/* True: there is more to come. */
static bool
take_result(struct flight *flight)
{
	struct call *call = flight->call;

	if (flight->fetch.result == FETCH_DONE)
		return take_answer(flight);
	call_take_broken(call, &flight->fetch, github_fault_is_read(call->operation));
	return false;
}

static void
flight_free(void *ptr)
{
	free(ptr);
}

static void
flight_end(struct flight *flight)
{
	flight->call->impl = NULL;
	flight->caller->flying--;
	json_object_put(flight->out);
	fetch_fini(&flight->fetch);
	str_fini(&flight->url);
	str_fini(&flight->body);
	str_fini(&flight->authorization);
	loop_bury(flight->caller->loop, flight_free, flight);
}

static void
on_fetched(struct fetch *fetch)
{
	struct flight *flight = container_of(fetch, struct flight, fetch);

	task_wake(flight->caller->loop, &flight->task);
}

static void
on_task(struct task *task)
{
	struct flight *flight = container_of(task, struct flight, task);
	struct call   *call = flight->call;

	if (flight->fetching && take_result(flight))
		return;
	flight_end(flight);
	call->done(call);
}

/* ---- the contract ---- */

static void
start(void *arg, struct call *call)
{
	struct github_caller *caller = arg;
	struct flight        *flight = xcalloc(1, sizeof(*flight));

	must(call->impl == NULL);
	call->result = OP_PENDING;
	call->out = NULL;
	call->impl = flight;
	caller->flying++;
	flight->caller = caller;
	flight->call = call;
	task_init(&flight->task, on_task);
	str_init(&flight->url, URL_MAX);
	str_init(&flight->body, BODY_MAX);
	str_init(&flight->authorization, AUTHORIZATION_MAX);
	fetch_init(&flight->fetch, "", "", on_fetched);
	if (prepare(flight))
		send_page(flight);
	else
		task_wake(caller->loop, &flight->task);
}

static void
cancel(void *arg, struct call *call)
{
	struct github_caller *caller = arg;
	struct flight        *flight = call->impl;

	if (flight == NULL)
		return;
	if (flight->fetching)
		fetch_cancel(caller->fetcher, &flight->fetch);
	task_cancel(caller->loop, &flight->task);
	flight_end(flight);
}

static const struct service *
find_service(void *arg, const char *name, struct err *err)
{
	struct github_caller *caller = arg;

	if (str_eq(name, caller->service.name))
		return &caller->service;
	(void)err_set(err, ERR_INVALID_CONFIG, "GitHub has no service \"%s\"", name);
	return NULL;
}

struct calls
github_caller_calls(struct github_caller *caller)
{
	return (struct calls){ caller, start, cancel, find_service };
}
