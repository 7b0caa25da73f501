/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.h - turns one op into the calls that its type file lists, one after the other.
 */
#ifndef INTERPRETER_STEPS_H
#define INTERPRETER_STEPS_H

#include "loop/loop.h"
#include "interpreter/call_type.h"
#include "provider/provider.h"

/* op->type->impl is the struct call_type. The contract is provider.h's start and cancel. */
void steps_start(struct loop *loop, struct op *op);
void steps_cancel(struct op *op);

#endif
