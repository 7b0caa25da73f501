/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_calls.h - ops on their way to a Redis, in lists, and in lanes of tenants.
 */
#ifndef STORE_REDIS_CALLS_H
#define STORE_REDIS_CALLS_H

#include "loop/loop.h"
#include "store/redis_address.h"
#include "store/redis_link.h"
#include "store/redis_verbs.h"
#include "store/store.h"

struct store_redis;

/* Where a server has sent a call. */
struct redis_redirect {
	unsigned             slot;
	struct redis_address to;
	bool                 is_once; /* -ASK */
};

/* One op on its way. It outlives an op that is forgotten: the answer still comes. */
struct redis_call {
	struct redis_call     *next, *prev;
	struct store_redis    *redis;
	struct store_op       *op; /* NULL: forgotten */
	struct redis_hearer    hearer;
	struct redis_hearer    queued;                  /* of a transaction, all but its end */
	char                   refused[REDIS_WHY_SIZE]; /* why it won't happen; "": it may */
	struct redis_link     *link;                    /* in flight: whose answer is due */
	struct redis_redirect *redirect;
	int                    redirects; /* since it rested */
	int64_t                until_us;  /* put off, no longer than this; 0: it never was */
	unsigned               lane;      /* its tenant's */
	size_t                 bytes;
	size_t   weight; /* in flight: bytes of its lane's share, with what is read guessed */
	size_t   step;
	size_t   said[REDIS_STEPS_MAX]; /* in flight: which steps */
	size_t   said_n;
	uint64_t connection;   /* that the last step went by */
	bool     has_begun;    /* a step was answered: part of it has happened */
	bool     whole_script; /* it was not known there */
};

struct redis_calls {
	struct redis_call *head, *tail;
	size_t             n;
};

/* Those that are to be sent: first what has begun already. Lanes take turns, call by call; of each, only so much is in flight at once that a
 * call of another is not behind it for long. */
struct redis_lanes {
	struct redis_lane {
		struct redis_calls begun, waiting;
		size_t             flying_n, flying_weight;
	} lanes[LOOP_LANES];
	unsigned turn;
	unsigned asked_last;      /* 0: none has yet */
	int64_t  beside_until_us; /* so long more than one lane asks */
};

void redis_lanes_push(struct redis_lanes *lanes, struct redis_call *call, int64_t now_us);
/* NULL: none, or none that may fly now */
struct redis_call *redis_lanes_pop(struct redis_lanes *lanes, int64_t now_us);
struct redis_call *redis_lanes_drain(struct redis_lanes *lanes); /* any; NULL when empty */
void               redis_lanes_fly(struct redis_lanes *lanes, struct redis_call *call);
void               redis_lanes_land(struct redis_lanes *lanes, const struct redis_call *call);

void               redis_calls_push(struct redis_calls *calls, struct redis_call *call);
void               redis_calls_take(struct redis_calls *calls, struct redis_call *call);
struct redis_call *redis_calls_pop(struct redis_calls *calls); /* NULL when empty */

#endif
