/* SPDX-License-Identifier: Apache-2.0
 * redis_calls.c - lists of calls: a list takes one at its end, and gives up any. Lanes of lists, which take turns. */
#include "store/redis_calls.h"

/* In flight of one lane, unless one call alone is larger: what Redis does in about a millisecond. Where another one has asked a moment ago,
 * only so much that an answer to that one is hardly later. */
#define ALONE_CALLS_MAX   64
#define ALONE_WEIGHT_MAX  (64 << 10)
#define BESIDE_CALLS_MAX  8
#define BESIDE_WEIGHT_MAX (8 << 10)
#define BESIDE_US         1000000
#define PAGE_WEIGHT       (16 << 10) /* of what reads a page, or a whole execution */

void
redis_calls_push(struct redis_calls *calls, struct redis_call *call)
{
	call->next = NULL;
	call->prev = calls->tail;
	if (calls->tail != NULL)
		calls->tail->next = call;
	else
		calls->head = call;
	calls->tail = call;
	calls->n++;
}

void
redis_calls_take(struct redis_calls *calls, struct redis_call *call)
{
	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		calls->head = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	else
		calls->tail = call->prev;
	calls->n--;
}

struct redis_call *
redis_calls_pop(struct redis_calls *calls)
{
	struct redis_call *call = calls->head;

	if (call != NULL)
		redis_calls_take(calls, call);
	return call;
}

/* ---- lanes ---- */

/* Nobody's lane is in nobody's way. */
static void
note_who_asks(struct redis_lanes *lanes, unsigned lane, int64_t now_us)
{
	if (lane == 0 || lane == lanes->asked_last)
		return;
	if (lanes->asked_last != 0)
		lanes->beside_until_us = now_us + BESIDE_US;
	lanes->asked_last = lane;
}

void
redis_lanes_push(struct redis_lanes *lanes, struct redis_call *call, int64_t now_us)
{
	struct redis_lane *lane = &lanes->lanes[call->lane];

	note_who_asks(lanes, call->lane, now_us);
	redis_calls_push(call->step > 0 || call->has_begun ? &lane->begun : &lane->waiting, call);
}

static bool
lane_may_fly(const struct redis_lane *lane, bool is_alone)
{
	return lane->flying_n < (is_alone ? ALONE_CALLS_MAX : BESIDE_CALLS_MAX) &&
	       lane->flying_weight < (is_alone ? ALONE_WEIGHT_MAX : BESIDE_WEIGHT_MAX);
}

static struct redis_call *
lane_pop(struct redis_lane *lane)
{
	struct redis_call *call = redis_calls_pop(&lane->begun);

	return call != NULL ? call : redis_calls_pop(&lane->waiting);
}

struct redis_call *
redis_lanes_pop(struct redis_lanes *lanes, int64_t now_us)
{
	bool               is_alone = now_us >= lanes->beside_until_us;
	struct redis_call *call = NULL;

	for (size_t i = 0; i < LOOP_LANES && call == NULL; i++) {
		struct redis_lane *lane = &lanes->lanes[lanes->turn];

		lanes->turn = (lanes->turn + 1) % LOOP_LANES;
		if (lane_may_fly(lane, is_alone))
			call = lane_pop(lane);
	}
	return call;
}

struct redis_call *
redis_lanes_drain(struct redis_lanes *lanes)
{
	struct redis_call *call = NULL;

	for (size_t i = 0; i < LOOP_LANES && call == NULL; i++)
		call = lane_pop(&lanes->lanes[i]);
	return call;
}

static bool
reads_much(const struct redis_call *call)
{
	enum store_verb verb = call->op->verb;

	return verb == STORE_EVENTS || verb == STORE_TOLD || verb == STORE_GET_EXEC ||
	       verb == STORE_GET_SPEC;
}

void
redis_lanes_fly(struct redis_lanes *lanes, struct redis_call *call)
{
	struct redis_lane *lane = &lanes->lanes[call->lane];

	call->weight = call->bytes + (reads_much(call) ? PAGE_WEIGHT : 0);
	lane->flying_n++;
	lane->flying_weight += call->weight;
}

void
redis_lanes_land(struct redis_lanes *lanes, const struct redis_call *call)
{
	struct redis_lane *lane = &lanes->lanes[call->lane];

	lane->flying_n--;
	lane->flying_weight -= call->weight;
}
