/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch.h - one HTTP exchange: a request goes in, one result comes out, or it is cancelled.
 *
 * fetch_start() never calls done() before it returns; after fetch_cancel() returns, done() is never
 * called. The fetch is the caller's memory; it and all it points to must outlive both calls. The
 * result says whether the server may have seen the request: FETCH_UNSENT is safe to repeat,
 * FETCH_BROKEN is not. Redirects are never followed. No curl type leaves this folder.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/str.h"
#include "util/trace.h"

struct loop_ev;
struct fetcher;

#define FETCH_HEADERS_MAX 32

enum fetch_result {
	FETCH_PENDING,  /* in flight, or never started */
	FETCH_DONE,     /* an answer came: see status */
	FETCH_UNSENT,   /* no byte of the request left: name, connection or TLS failed */
	FETCH_BROKEN,   /* sent, and no whole answer came: the outcome is unknown */
	FETCH_TIMEOUT,  /* as broken, by the clock */
	FETCH_TOO_LARGE /* the answer is longer than body_max */
};

struct fetch_header {
	const char *name; /* as sent; compared without case when looked up */
	const char *value;
};

struct fetch {
	/* the request; borrowed */
	const char         *method;
	const char         *url; /* http:// or https://, already encoded: sent byte for byte */
	struct fetch_header headers[FETCH_HEADERS_MAX];
	size_t              headers_n;
	char                trace[TRACE_SIZE]; /* by fetch_trace() */
	const void         *body;
	size_t              body_len;
	size_t              body_max; /* of the answer, in bytes */
	bool
	    refuses_link; /* no connection to an address of the link: a cloud's own services are there */
	bool
		only_connects; /* nothing is sent: FETCH_DONE when somebody takes the connection, which ends at once */
	int64_t timeout_ms; /* for the whole exchange; 0: none (streams) */
	int64_t silence_ms; /* so long without a byte is FETCH_TIMEOUT; 0: any */
	/* Of a unix socket to connect to instead, the path; or "@NAME" in the abstract namespace, where anybody may take a name: so it
	 * must be of a process of our own user. NULL: none */
	const char *socket;
	const char *ca; /* file of the certificates to trust instead of the system's; NULL: those */
	const char *cert;     /* file of our own certificate, for who asks for one; NULL: none */
	const char *cert_key; /* file of its key; NULL: it is in there as well */

	/* a stream: called with each piece of a 2xx body as it comes, instead of keeping it; from a
	 * task of the loop, so that it may start, cancel and release fetches, this one as well */
	void (*on_data)(struct fetch *fetch, const char *data, size_t len);

	/* the result; owned by the fetch until fetch_fini() */
	enum fetch_result result;
	int               status; /* HTTP status */
	struct str        body_in;
	struct str headers_in;  /* "name: value\n" lines of the final answer, names in lower case */
	char       error[256];  /* for people, when result is not FETCH_DONE */
	bool       unreachable; /* then: there is no such host, or it takes no connection there */

	void (*done)(struct fetch *fetch);
	void *impl;
};

struct fetcher *fetcher_create(struct loop_ev *ev);
void            fetcher_destroy(struct fetcher *fetcher); /* cancels what is in flight */

void
fetch_init(struct fetch *fetch, const char *method, const char *url, void (*done)(struct fetch *));
void fetch_header_add(struct fetch *fetch, const char *name, const char *value); /* borrowed */

/* Says what work this belongs to; a trace that is "" or NULL says nothing. */
void fetch_trace(struct fetch *fetch, const char *trace);
void fetch_start(struct fetcher *fetcher, struct fetch *fetch);
void fetch_cancel(struct fetcher *fetcher, struct fetch *fetch); /* harmless when not in flight */
void fetch_fini(struct fetch *fetch);                            /* releases the result */

/* A header of the answer (lower-case name), copied into buf; NULL when it is not there. */
const char *fetch_header_in(const struct fetch *fetch, const char *name, char *buf, size_t size);

/* How long not to ask again (Retry-After, RFC 9110 section 10.2.3: seconds, or a date, which `wall_ms` is held against), and
 * no longer than most_ms. False, and 0: the answer does not say. */
bool
fetch_retry_after(const struct fetch *fetch, int64_t wall_ms, int64_t most_ms, int64_t *ret_ms);

#endif
