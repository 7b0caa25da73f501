/* SPDX-License-Identifier: Apache-2.0
 *
 * peer.h - another process: where it is, how it is asked, and what its answers are taken for before anybody looks into them.
 */
#ifndef SISTER_PEER_H
#define SISTER_PEER_H

#include "net/fetch.h"
#include "provider/provider.h"
#include "providers/sister/sister.h"

#define PEER_URL_MAX  2048
#define PEER_WHY_SIZE 512

struct peer {
	struct loop    *loop;
	struct fetcher *fetcher;
	char           *name, *place; /* for people: "aws", and its URL as it was given */
	char           *base;         /* what paths are put behind */
	char           *socket, *ca;  /* may be NULL */
	struct secret  *key;          /* may be NULL */
	bool            is_private;   /* nobody reads on the way to it */
};

/* What became of a question that was not answered as it should be. */
struct peer_failure {
	enum op_result result;
	int64_t        retry_after_ms;
	char           code[96];
	char           message[PEER_WHY_SIZE];
};

/* False and *err: such a URL can't be. peer_fini() is for either end. */
MUSTCHECK bool peer_init(struct peer *peer, const struct sister_options *options, struct err *err);
void           peer_fini(struct peer *peer);

/* A request to it, but for its body; `url` is the caller's memory, and what it is then. */
void peer_prepare(const struct peer *peer, struct fetch *fetch, char url[PEER_URL_MAX],
    const char *method, const char *path, void (*done)(struct fetch *));

/* The JSON of an answer with 200, which the caller puts; else NULL, and what is to be made of that. */
struct json_object *
peer_read(const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure);
/* Of a fetch that brought no answer at all. */
void peer_fail_unanswered(
    const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure);
/* When it is to be asked again, if the answer says so. */
void
peer_fail_later(const struct peer *peer, const struct fetch *fetch, struct peer_failure *failure);
void peer_fail(const struct peer *peer, struct peer_failure *failure, enum op_result result,
    const char *code, const char *fmt, ...) PRINTF_LIKE(5, 6);
void peer_fail_op(const struct peer_failure *failure, struct op *op);

#endif
