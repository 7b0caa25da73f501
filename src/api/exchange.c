/* SPDX-License-Identifier: Apache-2.0
 * exchange.c - the life of a request in the API, its answers, and its questions to the store. */
#include "api/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "api/audit.h"
#include "api/once.h"
#include "api/pass_on.h"
#include "api/traffic.h"
#include "api/wait.h"
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
	if (x->goes_on)
		wait_hasten(x);
	else
		exchange_end(x);
}

struct exchange *
exchange_create(struct api *api, struct http_request *request)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	x->api = api;
	x->request = request;
	x->is_local = request == NULL || pass_on_is_local(request);
	timer_init(&x->timer, NULL);
	LIST_INSERT_HEAD(api_exchanges(api), x, entry);
	if (request != NULL) {
		x->began_us = loop_now_us(api_options_of(api)->loop);
		http_on_close(request, on_client_gone, x);
	}
	return x;
}

/* Whoever has ended it may still be in the midst of a part's callback. */
static void
exchange_free(void *arg)
{
	struct exchange      *x = arg;
	struct exchange_part *part;

	while ((part = SLIST_FIRST(&x->parts)) != NULL) {
		SLIST_REMOVE_HEAD(&x->parts, entry);
		free(part);
	}
	free(x);
}

void
exchange_timer_init(struct exchange *x, void (*fire)(struct timer *))
{
	timer_init(&x->timer, fire);
	timer_set_lane(api_options_of(x->api)->loop, &x->timer, lane_of(x->tenant));
}

void
exchange_hush(struct exchange *x)
{
	struct api_options   *options = api_options_of(x->api);
	struct exchange_part *part;

	if (x->next != NULL)
		store_forget(options->store, &x->op);
	x->next = NULL;
	store_op_fini(&x->op);
	archive_read_fini(&x->archived);
	SLIST_FOREACH(part, &x->parts, entry)
	{
		if (part->type->forget != NULL)
			part->type->forget(part);
	}
	execution_unwatch(&x->watch);
	timer_disarm(options->loop, &x->timer);
}

void
exchange_end(struct exchange *x)
{
	struct api_options   *options = api_options_of(x->api);
	struct exchange_part *part;

	traffic_ended(api_traffic(x->api), x);
	exchange_hush(x);
	once_forget(x);
	audit_end(x);
	seat_leave(&x->seat);
	tenant_release(x->of);
	LIST_REMOVE(x, entry);
	SLIST_FOREACH(part, &x->parts, entry)
	{
		if (part->type->fini != NULL)
			part->type->fini(part);
	}
	json_put(x->out.body);
	keyring_fini(&x->start.keyring);
	graph_destroy(x->graph);
	spec_unref(x->spec);
	json_wipe(x->body); /* credentials may be anywhere in what was refused */
	json_put(x->body);
	loop_bury(options->loop, exchange_free, x);
}

/* ---- parts ---- */

void *
exchange_part_if_any(const struct exchange *x, const struct exchange_part_type *type)
{
	struct exchange_part *part;

	SLIST_FOREACH(part, &x->parts, entry)
	{
		if (part->type == type)
			return part;
	}
	return NULL;
}

void *
exchange_part(struct exchange *x, const struct exchange_part_type *type)
{
	struct exchange_part *part = exchange_part_if_any(x, type);

	if (part != NULL)
		return part;
	part = xcalloc(1, type->size);
	part->type = type;
	part->x = x;
	SLIST_INSERT_HEAD(&x->parts, part, entry);
	return part;
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
	x->op.may_breathe = true;
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
