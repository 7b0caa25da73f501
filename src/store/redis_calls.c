/* SPDX-License-Identifier: Apache-2.0
 * redis_calls.c - lists of calls: a list takes one at its end, and gives up any. */
#include "store/redis_calls.h"

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
