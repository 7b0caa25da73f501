/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.h - turns one op into the calls that its type file lists, one after the other.
 */
#ifndef AWS_STEPS_H
#define AWS_STEPS_H

#include "loop/loop.h"
#include "providers/aws/calls.h"
#include "providers/aws/type.h"
#include "provider/provider.h"

/* op->type->impl is the struct aws_type. The contract is provider.h's start and cancel. */
void aws_steps_start(struct loop *loop, const struct aws_calls *calls, struct op *op);
void aws_steps_cancel(struct op *op);

#endif
