/* SPDX-License-Identifier: Apache-2.0
 *
 * cache.h - one call of the user's Cache Service or Graph Service, and what its answer means.
 *
 * A status of 200 proves nothing here: each call says what a right answer has. Of what came back with an
 * error only its kind is told on: such a body may hold a stack trace.
 */
#ifndef ARCHIVE_CACHE_H
#define ARCHIVE_CACHE_H

#include <json-c/json.h>

#include "net/fetch.h"
#include "util/secret.h"

struct sister {
	struct fetcher *fetcher;
	const char     *name;     /* for people */
	char           *url;      /* without a slash at its end */
	char           *key_name; /* of the header */
	struct secret  *key;      /* NULL: none is sent */
};

/* `key` may be NULL. */
void sister_init(struct sister *sister, struct fetcher *fetcher, const char *name, const char *url,
    const char *key_name, const char *key);
void sister_fini(struct sister *sister);

enum cache_verdict {
	CACHE_OK,
	CACHE_ABSENT,  /* nothing is there, or not any more */
	CACHE_REFUSED, /* not this call; others may do */
	CACHE_TROUBLE, /* the service is of no use now */
};

struct cache_call;

/* Is it what a right answer has? */
typedef bool cache_expect(const struct cache_call *call, struct json_object *answer);

struct cache_call {
	struct sister *sister;
	struct fetch   fetch;
	const char    *trace;
	struct str     url; /* put together by who calls, after cache_call_init() */
	bool           busy;
	cache_expect  *expect;
	char           child[128]; /* what the answer to a child has to be named */
	/* the result */
	enum cache_verdict  verdict;
	struct json_object *json; /* of CACHE_OK; the call's own, until the next begins */
	char                error[200];
	void (*done)(struct cache_call *call);
};

cache_expect cache_expect_json, cache_expect_stored, cache_expect_updated, cache_expect_child,
    cache_expect_exists;

/* The URL is the service's then, and a path is to be added. The trace (fetch_trace()) is borrowed until it is sent; may be NULL. */
void cache_call_init(struct cache_call *call, struct sister *sister, const char *trace);

void cache_get(struct cache_call *call, cache_expect *expect, void (*done)(struct cache_call *));
/* The text is borrowed until done. */
void cache_post(struct cache_call *call, const char *text, size_t len, cache_expect *expect,
    void (*done)(struct cache_call *));

/* Puts a child of an entry there: name is its id, behind "key/" or not. */
void cache_put_child(struct cache_call *call, const char *ns, const char *cache_id,
    const char *name, const char *text, size_t len, void (*done)(struct cache_call *));

void cache_call_fini(struct cache_call *call); /* cancels it; harmless when it is not busy */

#endif
