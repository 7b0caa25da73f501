/* SPDX-License-Identifier: Apache-2.0
 *
 * exchange.h - one request on its way to its answer: what every route needs, in one place.
 *
 * A route's handler starts something and returns; what it waits for (the store, an execution, the
 * feed) calls back into the exchange, which answers once and is gone. When the client goes away first,
 * a change is done all the same; of a request that only reads all that it waits for is forgotten.
 */
#ifndef API_EXCHANGE_H
#define API_EXCHANGE_H

#include <json-c/json.h>
#include <sys/queue.h>

#include "api/api.h"
#include "api/keys.h"
#include "api/tenant.h"

#define ALLOW_SIZE        64
#define JSON_CONTENT_TYPE "application/json"

struct asset;
struct route;
struct exchange_once;
struct exchange;
struct exchange_part_type;

typedef void exchange_step(struct exchange *x);

/* What one piece remembers between its steps, and nobody else has to know of: the first member of a struct of its own. */
struct exchange_part {
	SLIST_ENTRY(exchange_part) entry;
	const struct exchange_part_type *type;
	struct exchange                 *x;
};

struct exchange_part_type {
	size_t size;
	/* What it waits for calls back no more; it may be used again after that. NULL: it waits for nothing. */
	void (*forget)(struct exchange_part *part);
	void (*fini)(struct exchange_part *part); /* of what it owns; NULL: of nothing */
};

struct exchange {
	LIST_ENTRY(exchange) entry; /* of all that are open */
	struct api          *api;
	struct http_request *request;
	bool                 is_local; /* it came from this host */
	int64_t              began_us; /* 0: no client waits */
	int                  status;   /* of the answer; 0: there is none yet */
	bool                 goes_on;  /* and is answered in vain, if the client goes away first */
	const struct route  *route;
	char                 tenant[STORE_TENANT_SIZE];
	char                 key_id[KEY_ID_SIZE];
	struct tenant *of; /* the same tenant, with its limits; NULL: nobody's key came with it */
	unsigned char  key_sha256[DIGEST_SHA256_BYTES];
	unsigned       scopes;        /* that the key has */
	struct seat    seat;          /* of a stream */
	const char    *missing_scope; /* admit.c: the key has not got it */
	struct {
		bool       is_over;
		enum limit limit;
	} over; /* admit.c: it was refused for that */
	bool is_audited;
	char parameter[STORE_DEPLOYMENT_SIZE];    /* the path's {…} */
	char on_behalf_of[EXECUTION_BEHALF_SIZE]; /* of whom, as the client says */
	char trace[TRACE_SIZE];   /* traceparent, as the client says; "": it does not */
	struct json_object *body; /* checked against the route's schema; NULL when it has none */

	struct exchange_once *once; /* once.h; NULL: it has no Idempotency-Key */

	/* answer.h: what is answered; "" and NULL are left out */
	struct {
		int                 status; /* 0: nothing yet */
		const char         *content_type;
		struct json_object *body; /* owned */
		char                location[64], etag[48], allow[ALLOW_SIZE], link[512];
		bool                is_replayed, retries;
		const struct asset *asset;  /* that is answered; NULL: none */
		const char         *policy; /* Content-Security-Policy */
	} out;

	/* where no client waits: told what it would be told, before the exchange ends */
	void (*answered)(struct exchange *x, struct json_object *body);

	/* what is waited for */
	struct store_op        op;
	exchange_step         *next; /* once op is answered; NULL: none is asked */
	struct archive_read    archived;
	exchange_step         *then_archived; /* once it is read; NULL: nothing is */
	bool                   can_do_without;
	struct execution_watch watch;
	struct timer           timer;
	bool                   has_room; /* a stream's client takes more */
	SLIST_HEAD(, exchange_part) parts;

	/* what is known so far; owned */
	struct store_key key;
	char          execution[STORE_EXECUTION_SIZE]; /* which one of the graph's; "": the last */
	struct spec  *spec;
	bool          from_archive; /* the store does not have it */
	struct graph *graph;
	struct execution_request start; /* its keyring, until the engine takes it */
};

LIST_HEAD(exchanges, exchange);

struct schedules;
struct schemas;
struct assets;
struct traffic;
struct exchanges   *api_exchanges(struct api *api);
struct api_options *api_options_of(struct api *api);
struct schemas     *api_schemas(struct api *api);
struct assets      *api_assets(struct api *api);
struct schedules   *api_schedules(struct api *api);
struct traffic     *api_traffic(struct api *api);
const char         *api_openapi(struct api *api);

/* request NULL: no client waits; set `answered` then. */
struct exchange *exchange_create(struct api *api, struct http_request *request);
void             exchange_end(struct exchange *x); /* answered, or the client is gone */

/* The part of this type, made and zeroed when it is asked for first. It goes with the exchange. */
void *exchange_part(struct exchange *x, const struct exchange_part_type *type);
/* NULL: nobody has asked for it yet. */
void *exchange_part_if_any(const struct exchange *x, const struct exchange_part_type *type);

/* Its timer, which fires in the lane of its tenant. */
void exchange_timer_init(struct exchange *x, void (*fire)(struct timer *));

/* What it waits for is forgotten: nothing calls back into it any more, but what it asks after this. */
void exchange_hush(struct exchange *x);

/* Each answers, and ends the exchange. reply_json puts the body. (answer.c) */
void reply_json(struct exchange *x, int status, struct json_object *body);
void reply_json_at(struct exchange *x, int status, const char *location, struct json_object *body);
void reply_text(struct exchange *x, int status, const char *content_type, const char *text);
void reply_asset(struct exchange *x, const struct asset *asset, const char *policy);
void reply_nothing(struct exchange *x, const char *allow); /* 204 */

/* Begins an answer that comes bit by bit, as Server-Sent Events; `room` is called when there is some again.
 * False: only its head was asked for, and the exchange is over. */
MUSTCHECK bool reply_stream(struct exchange *x, void (*room)(void *arg));
void           reply_stream_end(struct exchange *x); /* ends the exchange */
void           reply_websocket(struct exchange *x, void (*room)(void *arg));
/* Ends the exchange; its stream is the caller's to end. */
struct http_request *reply_stream_take(struct exchange *x);

void reply_err(struct exchange *x, const struct err *err);
/* What another process has answered. `location` may be NULL. */
void
reply_passed_on(struct exchange *x, int status, const char *location, struct json_object *body);
void reply_problems(struct exchange *x, enum err_code code, const struct problems *problems);
void reply_problem_at(struct exchange *x, const char *pointer, const char *code,
    const char *detail); /* the only one of an invalid request */
void reply_not_allowed(struct exchange *x, const char *allow);

/* Asks the store; x->op is answered (STORE_OK, STORE_ABSENT or STORE_EXISTS) when `next` is called. A
 * store that does not answer ends the exchange with its problem before that. */
void exchange_ask(struct exchange *x, enum store_verb verb, const char *text, exchange_step *next);

/* The same of what `ask` says beside the key and the time; may be answered STORE_LEFT and STORE_LOST as well. */
void exchange_ask_op(struct exchange *x, const struct store_op *ask, exchange_step *next);

/* The same of the archive, for x->key; there must be one. x->archived has what came, or its err is ERR_NOT_FOUND. */
void exchange_ask_archive(struct exchange *x, enum archive_what what, exchange_step *next);
/* The same where nobody has to have it: whatever x->archived.err says, `next` is called. */
void exchange_try_archive(struct exchange *x, enum archive_what what, exchange_step *next);

#endif
