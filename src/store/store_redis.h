/* SPDX-License-Identifier: Apache-2.0
 *
 * store_redis.h - the store in Redis 7, over pipelined connections that mend themselves.
 *
 * On connecting it refuses a Redis whose maxmemory-policy is not noeviction, and logs which
 * persistence it found. An op for a server that is not there is answered with STORE_DOWN; while
 * it is only on its way (a first connection, a fail-over, slots that are moving) an op waits.
 */
#ifndef STORE_STORE_REDIS_H
#define STORE_STORE_REDIS_H

#include "store/store.h"
#include "util/err.h"

struct loop_ev;

struct store_redis_options {
	const char *url;      /* see redis_url.h */
	const char *owner;    /* who takes leases: stable for a data directory */
	int64_t     lease_ms; /* how long a lease lives without renewal */
	bool        archives; /* there is an archive: what is to be written there is remembered */
	uint64_t    format;   /* which one this version reads and writes; 0: STORE_FORMAT */
	int64_t     patience_ms; /* how long an answer, or a way, is waited for; 0: 5,000 */
};

/* NULL and *err when the URL cannot be understood. Connecting goes on in the background. */
MUSTCHECK struct store *
store_redis_create(struct loop_ev *ev, const struct store_redis_options *options, struct err *err);

#endif
