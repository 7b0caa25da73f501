/* SPDX-License-Identifier: Apache-2.0
 * call_wire.c - a row of calls. */
#include "tests/unit/call_wire.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static void
start(void *arg, struct call *call)
{
	struct call_wire *wire = arg;

	ck_assert_uint_lt(wire->n, CALL_WIRE_MAX);
	ck_assert_ptr_null(call->impl);
	call->impl = wire;
	wire->items[wire->n++] = call;
	wire->started++;
}

static void
drop(struct call_wire *wire, size_t at)
{
	wire->items[at]->impl = NULL;
	wire->n--;
	memmove(&wire->items[at], &wire->items[at + 1], (wire->n - at) * sizeof(struct call *));
}

static void
cancel(void *arg, struct call *call)
{
	struct call_wire *wire = arg;

	for (size_t i = 0; i < wire->n; i++) {
		if (wire->items[i] == call)
			drop(wire, i--);
	}
}

struct calls
call_wire_calls(struct call_wire *wire)
{
	return (struct calls){ wire, start, cancel, NULL };
}

void
call_wire_answer(struct call_wire *wire, enum op_result result, struct json_object *out)
{
	struct call *call = wire->items[0];

	ck_assert_uint_gt(wire->n, 0);
	drop(wire, 0);
	call->result = result;
	call->out = out;
	if (result != OP_OK) {
		snprintf(call->code, sizeof(call->code), "Code");
		snprintf(call->message, sizeof(call->message), "no");
	}
	call->done(call);
}
