/* SPDX-License-Identifier: Apache-2.0
 * calls.c - what a call owns, and how it ends without an answer. */
#include "interpreter/calls.h"

#include <stdio.h>

#include "net/fetch.h"
#include "util/check.h"

void
call_fini(struct call *call)
{
	must(call->impl == NULL);
	json_object_put(call->out);
	json_object_put(call->rate);
	call->out = call->rate = NULL;
}

void
call_refuse(struct call *call, enum op_result result, const char *code, const char *message)
{
	call->result = result;
	snprintf(call->code, sizeof(call->code), "%s", code);
	snprintf(call->message, sizeof(call->message), "%s", message);
}

void
call_take_broken(struct call *call, const struct fetch *fetch, bool is_read)
{
	enum op_result unknown = is_read ? OP_TRANSIENT : OP_UNKNOWN;

	switch (fetch->result) {
	case FETCH_UNSENT: call_refuse(call, OP_TRANSIENT, "Unreachable", fetch->error); return;
	case FETCH_BROKEN: call_refuse(call, unknown, "ConnectionBroken", fetch->error); return;
	case FETCH_TIMEOUT: call_refuse(call, unknown, "Timeout", fetch->error); return;
	case FETCH_TOO_LARGE: /* it did happen, but what came can't be had */
		call_refuse(call, is_read ? OP_FAILED : OP_UNKNOWN, "AnswerTooLarge", fetch->error);
		return;
	case FETCH_DONE:
	case FETCH_PENDING: break;
	}
	must(!"unreachable");
}
