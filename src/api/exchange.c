/* SPDX-License-Identifier: Apache-2.0
 * exchange.c - the life of a request in the API, its answers, and its questions to the store. */
#include "api/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "api/check.h"
#include "api/discovery.h"
#include "api/routes.h"
#include "api/traffic.h"
#include "api/upgrade.h"
#include "api/watcher.h"
#include "api/whose.h"
#include "http/problem.h"
#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"

static void on_store_answered(struct store_op *op);

/* ---- life ---- */

/* Nobody hears it. */
static void
on_answered_in_vain(struct exchange *x, struct json_object *body)
{
	(void)x;
	(void)body;
}

static void
on_client_gone(void *arg)
{
	struct exchange *x = arg;

	x->request = NULL;
	x->answered = on_answered_in_vain;
	if (!x->goes_on)
		exchange_end(x);
}

struct exchange *
exchange_create(struct api *api, struct http_request *request)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	x->api = api;
	x->request = request;
	x->is_local = request == NULL || http_is_local(request);
	timer_init(&x->timer, NULL);
	if (request != NULL) {
		x->began_us = loop_now_us(api_options_of(api)->loop);
		http_on_close(request, on_client_gone, x);
	}
	return x;
}

static void
exchange_free(void *arg)
{
	free(arg);
}

void
exchange_end(struct exchange *x)
{
	struct api_options *options = api_options_of(x->api);

	if (x->next != NULL)
		store_forget(options->store, &x->op);
	traffic_ended(api_traffic(x->api), x);
	store_op_fini(&x->op);
	archive_read_fini(&x->archived);
	whose_forget(x);
	check_forget(x);
	discovery_forget(x);
	if (x->errand.asked != NULL)
		x->errand.asked->cancel_errand(x->errand.asked, &x->errand.errand);
	json_object_put(x->errand.params);
	execution_unwatch(&x->watch);
	timer_disarm(options->loop, &x->timer);
	watcher_forget(x);
	keyring_fini(&x->start.keyring);
	graph_destroy(x->graph);
	spec_unref(x->spec);
	spec_unref(x->from);
	spec_unref(x->base);
	free(x->base_gone);
	json_object_put(x->target);
	json_object_put(x->answer);
	json_object_put(x->saved);
	json_object_put(x->lag);
	json_object_put(x->list);
	json_object_put(x->summary);
	json_wipe(x->body); /* credentials may be anywhere in what was refused */
	json_object_put(x->body);
	free(x->text);
	loop_bury(options->loop, exchange_free, x);
}

/* ---- answers ---- */

static void
reply(struct exchange *x, int status, const struct http_header *headers, size_t headers_n,
    const char *text, size_t len)
{
	struct http_request *request = x->request;

	must(request != NULL);
	x->request = NULL;
	x->status = status;
	http_on_close(request, NULL, NULL);
	http_reply(request, status, headers, headers_n, text, len);
	exchange_end(x);
}

void
reply_text(struct exchange *x, int status, const char *content_type, const char *text)
{
	const struct http_header header = { "Content-Type", content_type };

	reply(x, status, &header, 1, text, strlen(text));
}

static void
reply_body(struct exchange *x, int status, struct http_header *headers, size_t headers_n,
    struct json_object *body)
{
	size_t      len;
	const char *text = json_text_len(body, &len);

	if (x->request == NULL) {
		x->answered(x, body);
		exchange_end(x);
	} else {
		reply(x, status, headers, headers_n, text, len);
	}
	json_object_put(body);
}

void
reply_json(struct exchange *x, int status, struct json_object *body)
{
	struct http_header header = { "Content-Type", "application/json" };

	reply_body(x, status, &header, 1, body);
}

void
reply_json_at(struct exchange *x, int status, const char *location, struct json_object *body)
{
	struct http_header headers[] = {
		{ "Content-Type", "application/json" },
		{ "Location", location },
	};

	reply_body(x, status, headers, array_len(headers), body);
}

static void
reply_problem(struct exchange *x, int status, const char *allow, struct json_object *problem)
{
	struct http_header headers[4] = { { "Content-Type", PROBLEM_CONTENT_TYPE } };
	size_t             n = 1;

	if (upgrade_refuses(x, status, problem)) {
		json_object_put(problem);
		return;
	}
	if (upgrade_is_wanted(x))
		headers[n++] =
		    (struct http_header){ "Sec-WebSocket-Version", WEBSOCKET_VERSION_TEXT };
	if (allow != NULL)
		headers[n++] = (struct http_header){ "Allow", allow };
	if (status == 401)
		headers[n++] = (struct http_header){ "WWW-Authenticate", "Bearer" };
	if (status == 503)
		headers[n++] = (struct http_header){ "Retry-After", "1" };
	reply_body(x, status, headers, n, problem);
}

void
reply_err(struct exchange *x, const struct err *err)
{
	int status = err_status(err->code);

	reply_problem(x, status, NULL,
	    problem_json(status, err_name(err->code), err_title(err->code), err->detail));
}

void
reply_not_allowed(struct exchange *x, const char *allow)
{
	enum err_code code = ERR_METHOD_NOT_ALLOWED;

	reply_problem(x, err_status(code), allow,
	    problem_json(err_status(code), err_name(code), err_title(code), allow));
}

void
reply_problems(struct exchange *x, enum err_code code, const struct problems *problems)
{
	reply_problem(x, err_status(code), NULL, problems_json(code, problems));
}

/* ---- questions to the store ---- */

void
exchange_ask_op(struct exchange *x, const struct store_op *ask, exchange_step *next)
{
	struct api_options *options = api_options_of(x->api);

	must(x->next == NULL);
	store_op_fini(&x->op);
	x->next = next;
	x->op = *ask;
	x->op.key = x->key;
	x->op.now_ms = loop_wall_ms(options->loop);
	x->op.done = on_store_answered;
	store_start(options->store, &x->op);
}

void
exchange_ask(struct exchange *x, enum store_verb verb, const char *text, exchange_step *next)
{
	exchange_ask_op(x, &(struct store_op){ .verb = verb, .text = text }, next);
}

static void
on_store_answered(struct store_op *op)
{
	struct exchange *x = container_of(op, struct exchange, op);
	exchange_step   *next = x->next;
	struct err       err;

	x->next = NULL;
	switch (op->result) {
	case STORE_OK:
	case STORE_ABSENT:
	case STORE_EXISTS:
	case STORE_LEFT:
	case STORE_LOST: next(x); return;
	case STORE_DOWN:
	case STORE_UNKNOWN:
	case STORE_FAILED:
		err_set(&err, ERR_STORE_DOWN, "%s%s%s", store_result_name(op->result),
		    op->error[0] != '\0' ? ": " : "", op->error);
		reply_err(x, &err);
		return;
	case STORE_FENCED:
	case STORE_STALE:
	case STORE_PENDING:
	case STORE_RESULTS_N: break;
	}
	must(!"no request of the API takes a lease");
}

/* ---- questions to the archive ---- */

static void
on_archive_answered(struct archive_read *read)
{
	struct exchange *x = container_of(read, struct exchange, archived);

	x->key = read->key;
	if (read->err.code == ERR_OK || read->err.code == ERR_NOT_FOUND || x->can_do_without)
		x->then_archived(x);
	else
		reply_err(x, &read->err);
}

void
exchange_ask_archive(struct exchange *x, enum archive_what what, exchange_step *next)
{
	struct archive *archive = api_options_of(x->api)->archive;

	must(archive != NULL);
	x->then_archived = next;
	x->can_do_without = false;
	x->archived.what = what;
	x->archived.key = x->key;
	x->archived.execution = x->execution[0] != '\0' ? x->execution : NULL;
	x->archived.done = on_archive_answered;
	archive_read_start(archive, &x->archived);
}

void
exchange_try_archive(struct exchange *x, enum archive_what what, exchange_step *next)
{
	exchange_ask_archive(x, what, next);
	x->can_do_without = true;
}
