/* SPDX-License-Identifier: Apache-2.0
 * call.c - one call: built, sent page after page, its answer put together. */
#include "providers/github/call.h"
#include "providers/github/call_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/flight.h"
#include "providers/github/fault.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define ENDPOINT          "https://api.github.com"
#define API_VERSION       "2022-11-28"
#define ANSWER_MAX        (16 * 1024 * 1024)
#define URL_MAX           16384
#define BODY_MAX          (64 * 1024 * 1024)
#define AUTHORIZATION_MAX 8192
#define METHOD_MAX        8
#define LINK_MAX          8192
#define PAGES_MAX         100

struct github_caller {
	struct flights flights;
	char          *endpoint; /* without a slash at its end */
	struct service service;  /* the one there is: no model, plain JSON */
};

/* Its flight is the first member. */
struct sending {
	struct flight       flight;
	char                method[METHOD_MAX];
	struct str          url, body, authorization;
	size_t              path_len; /* of the URL before its query */
	struct json_object *out;      /* of the pages so far */
	unsigned            pages;
};

static const struct flight_kind sendings;

static struct sending *
sending_of(struct flight *flight)
{
	return container_of(flight, struct sending, flight);
}

struct github_caller *
github_caller_create(struct loop *loop, struct fetcher *fetcher, const char *endpoint)
{
	struct github_caller *caller = xcalloc(1, sizeof(*caller));
	size_t                len;

	caller->flights = (struct flights){ &sendings, loop, fetcher, 0 };
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
	must(caller->flights.n == 0);
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
build_path(struct sending *s, const char *template, struct json_object *rest)
{
	struct str name;
	bool       good = true;

	str_init(&name, URL_MAX);
	while (*template != '\0' && good) {
		const char         *end = *template == '{' ? strchr(template, '}') : NULL;
		bool                whole = end != NULL && template[1] == '+';
		struct json_object *value;

		if (end == NULL) {
			str_add_char(&s->url, *template ++);
			continue;
		}
		str_clear(&name);
		template += whole ? 2 : 1;
		str_add_mem(&name, template, (size_t)(end - template));
		template = end + 1;
		value = json_get(s->flight.call->params, name.data);
		good = value != NULL && *json_object_get_string(value) != '\0';
		if (good)
			add_encoded(&s->url, value, whole ? "/" : NULL);
		else
			call_refuse(s->flight.call, OP_INVALID, "InvalidParameters",
			    "a part of the path has no value");
		json_object_object_del(rest, name.data);
	}
	str_fini(&name);
	return good;
}

static void
build_query(struct sending *s, struct json_object *rest)
{
	char join = '?';

	json_object_object_foreach (rest, name, value) {
		str_add_char(&s->url, join);
		str_add_percent(&s->url, name, strlen(name), NULL);
		str_add_char(&s->url, '=');
		add_encoded(&s->url, value, NULL);
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
add_token(struct sending *s)
{
	const struct call_keys *keys = s->flight.call->keys;
	const struct secret    *token = keys != NULL ? keys->token : NULL;

	if (token == NULL || strpbrk(secret_open(token), "\r\n") != NULL) {
		call_refuse(s->flight.call, OP_EXPIRED, "InvalidCredentials",
		    "there is no token to call with");
		return false;
	}
	str_addf(&s->authorization, "Bearer %s", secret_open(token));
	return true;
}

/* False when the call is over before it began: its result says why. */
static bool
build(struct flight *flight)
{
	const struct github_caller *caller =
	    container_of(flight->of, struct github_caller, flights);
	struct sending     *s = sending_of(flight);
	const char         *operation = flight->call->operation;
	size_t              len = strcspn(operation, " ");
	struct json_object *rest = copy_members(s->flight.call->params);
	bool                good;

	must(len < sizeof(s->method) && operation[len] == ' ');
	memcpy(s->method, operation, len);
	str_add(&s->url, caller->endpoint);
	good = build_path(s, operation + len + 1, rest) && add_token(s);
	s->path_len = s->url.len;
	snprintf(flight->call->place, sizeof(flight->call->place), "%s %s", s->method,
	    s->url.data + strlen(caller->endpoint));
	if (good && github_fault_is_read(operation))
		build_query(s, rest);
	else if (good && json_object_object_length(rest) > 0)
		str_add(&s->body, json_text(rest));
	json_object_put(rest);
	if (good && (s->url.overflow || s->body.overflow)) {
		call_refuse(
		    s->flight.call, OP_INVALID, "InvalidParameters", "the request is too long");
		good = false;
	}
	return good;
}

static void
send(struct flight *flight)
{
	struct sending *s = sending_of(flight);

	flight_prepare(flight, s->method, s->url.data, &s->body);
	fetch_header_add(&flight->fetch, "Accept", "application/vnd.github+json");
	fetch_header_add(&flight->fetch, "X-GitHub-Api-Version", API_VERSION);
	fetch_header_add(&flight->fetch, "User-Agent", "mgraph-deploy");
	fetch_header_add(&flight->fetch, "Authorization", s->authorization.data);
	if (s->body.len > 0)
		fetch_header_add(&flight->fetch, "Content-Type", "application/json");
	s->pages++;
	flight_send(flight);
}

/* ---- pages ---- */

/* `<https://host/path?page=2>; rel="next", <...>; rel="last"`: the query of the next page. Where it is, is ours to say: the
 * token goes nowhere else. */
static bool
find_next(struct sending *s, struct str *query)
{
	char        link[LINK_MAX];
	const char *at = fetch_header_in(&s->flight.fetch, "link", link, sizeof(link));

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
add_page(struct sending *s, struct json_object *page)
{
	struct json_object *out = s->out;

	if (out == NULL) {
		s->out = page;
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
ask_next(struct sending *s)
{
	struct str query;
	bool       next;

	str_init(&query, URL_MAX);
	next = github_fault_is_read(s->flight.call->operation) && s->pages < PAGES_MAX &&
	       find_next(s, &query);
	if (next) {
		str_cut(&s->url, s->path_len);
		str_add(&s->url, query.data);
		send(&s->flight);
	}
	str_fini(&query);
	return next;
}

static bool
take(struct flight *flight)
{
	struct sending     *s = sending_of(flight);
	const struct fetch *fetch = &flight->fetch;
	struct call        *call = flight->call;
	struct json_object *body = read_body(fetch);

	call->status = fetch->status;
	json_object_put(call->rate);
	call->rate = github_rate(fetch);
	(void)fetch_header_in(
	    fetch, "x-github-request-id", call->request_id, sizeof(call->request_id));
	if (fetch->status < 200 || fetch->status > 299) {
		github_fault_take(call, fetch, body, loop_wall_ms(s->flight.of->loop));
		json_object_put(body);
		return false;
	}
	if (body == NULL) {
		call_refuse(call, github_fault_unanswered(call->operation), "Unreadable",
		    "the answer is not JSON");
		return false;
	}
	add_page(s, body);
	if (ask_next(s))
		return true;
	call->result = OP_OK;
	call->out = s->out;
	s->out = NULL;
	return false;
}

static void
init(struct flight *flight)
{
	struct sending *s = sending_of(flight);

	str_init(&s->url, URL_MAX);
	str_init(&s->body, BODY_MAX);
	str_init(&s->authorization, AUTHORIZATION_MAX);
}

static void
fini(struct flight *flight)
{
	struct sending *s = sending_of(flight);

	json_object_put(s->out);
	str_fini(&s->url);
	str_fini(&s->body);
	str_fini(&s->authorization);
}

static const struct flight_kind sendings = {
	.size = sizeof(struct sending),
	.answer_max = ANSWER_MAX,
	.init = init,
	.build = build,
	.send = send,
	.take = take,
	.fini = fini,
	.is_read = github_fault_is_read,
};

/* ---- the contract ---- */

static void
start(void *arg, struct call *call)
{
	struct github_caller *caller = arg;

	flight_start(&caller->flights, call);
}

static void
cancel(void *arg, struct call *call)
{
	struct github_caller *caller = arg;

	flight_cancel(&caller->flights, call);
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
