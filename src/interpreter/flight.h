/* SPDX-License-Identifier: Apache-2.0
 *
 * flight.h - a call on its way: built, sent, fetched, once or page after page, and told of when that is over, never before its
 * start has returned. What is sent and what an answer means is its kind's.
 */
#ifndef INTERPRETER_FLIGHT_H
#define INTERPRETER_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "interpreter/calls.h"
#include "loop/loop.h"
#include "net/fetch.h"
#include "util/str.h"

struct flight;

struct flight_kind {
	size_t size;       /* of a struct whose first member is a struct flight; zeroed */
	size_t answer_max; /* bytes */
	void (*init)(struct flight *flight);
	bool (*build)(struct flight *flight); /* false: it is over; the call's result says why */
	void (*send)(struct flight *flight);  /* what was built: flight_prepare(), flight_send() */
	bool (*take)(struct flight *flight);  /* an answer; true: it has sent for the rest of it */
	void (*fini)(struct flight *flight);
	bool (*is_read)(const char *operation);
};

/* All that are on their way. */
struct flights {
	const struct flight_kind *kind;
	struct loop              *loop;
	struct fetcher           *fetcher; /* borrowed, both */
	size_t                    n;
};

struct flight {
	struct flights *of;
	struct call    *call;
	struct task     task;
	struct fetch    fetch;
	bool            fetching;
};

/* A fetch without headers. Method, URL and body are borrowed until it is over. */
void
flight_prepare(struct flight *flight, const char *method, const char *url, const struct str *body);

/* ... with them. */
void flight_send(struct flight *flight);

/* As struct calls has them. */
void flight_start(struct flights *flights, struct call *call);
void flight_cancel(struct flights *flights, struct call *call);

#endif
