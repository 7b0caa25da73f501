/* SPDX-License-Identifier: Apache-2.0
 *
 * call_wire.h - a wire where calls wait until the test answers them.
 */
#ifndef TESTS_CALL_WIRE_H
#define TESTS_CALL_WIRE_H

#include "interpreter/calls.h"

#define CALL_WIRE_MAX 8

struct call_wire {
	struct call *items[CALL_WIRE_MAX]; /* in the air, in the order in which they came */
	size_t       n;
	unsigned     started; /* ever */
};

struct calls call_wire_calls(struct call_wire *wire);

/* The first in the air lands: its result is set, a code with it where it is none of OP_OK. `out` is taken over. */
void call_wire_answer(struct call_wire *wire, enum op_result result, struct json_object *out);

#endif
