/* SPDX-License-Identifier: Apache-2.0
 * flight.c - from a call's start to its end, whoever makes it. */
#include "interpreter/flight.h"

#include <stdlib.h>

#include "util/mem.h"

#define TIMEOUT_MS 60000

static void
on_fetched(struct fetch *fetch)
{
	struct flight *flight = container_of(fetch, struct flight, fetch);

	task_wake(flight->of->loop, &flight->task);
}

void
flight_prepare(struct flight *flight, const char *method, const char *url, const struct str *body)
{
	fetch_fini(&flight->fetch);
	fetch_init(&flight->fetch, method, url, on_fetched);
	flight->fetch.body = body->data;
	flight->fetch.body_len = body->len;
	flight->fetch.body_max = flight->of->kind->answer_max;
	flight->fetch.timeout_ms = TIMEOUT_MS;
}

void
flight_send(struct flight *flight)
{
	flight->fetching = true;
	fetch_start(flight->of->fetcher, &flight->fetch);
}

static void
end(struct flight *flight)
{
	struct flights *of = flight->of;

	flight->call->impl = NULL;
	of->n--;
	of->kind->fini(flight);
	fetch_fini(&flight->fetch);
	loop_bury(of->loop, free, flight);
}

/* True: there is more to come. */
static bool
take(struct flight *flight)
{
	const struct flight_kind *kind = flight->of->kind;
	struct call              *call = flight->call;

	if (flight->fetch.result == FETCH_DONE)
		return kind->take(flight);
	call_take_broken(call, &flight->fetch, kind->is_read(call->operation));
	return false;
}

static void
on_task(struct task *task)
{
	struct flight *flight = container_of(task, struct flight, task);
	struct call   *call = flight->call;

	if (flight->fetching && take(flight))
		return;
	end(flight);
	call->done(call);
}

void
flight_start(struct flights *flights, struct call *call)
{
	struct flight *flight = xcalloc(1, flights->kind->size);

	must(call->impl == NULL && call->done != NULL);
	call->result = OP_PENDING;
	call->status = 0;
	call->at_ms = 0;
	call->retry_after_ms = 0;
	call->out = NULL;
	call->code[0] = call->message[0] = call->request_id[0] = '\0';
	call->impl = flight;
	flights->n++;
	flight->of = flights;
	flight->call = call;
	task_init(&flight->task, on_task);
	task_set_lane(flights->loop, &flight->task, lane_here(flights->loop));
	fetch_init(&flight->fetch, "", "", on_fetched);
	flights->kind->init(flight);
	if (flights->kind->build(flight))
		flights->kind->send(flight);
	else
		task_wake(flights->loop, &flight->task);
}

void
flight_cancel(struct flights *flights, struct call *call)
{
	struct flight *flight = call->impl;

	if (flight == NULL)
		return;
	if (flight->fetching)
		fetch_cancel(flights->fetcher, &flight->fetch);
	task_cancel(flights->loop, &flight->task);
	end(flight);
}
