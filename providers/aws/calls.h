/* SPDX-License-Identifier: Apache-2.0
 *
 * calls.h - what the interpreter of type files asks of the wire: call.h, or a script in a test.
 */
#ifndef AWS_CALLS_H
#define AWS_CALLS_H

#include "providers/aws/call.h"
#include "providers/aws/model.h"

/* The contracts are those of call.h and model.h. `arg` is the first argument of each. */
struct aws_calls {
	void *arg;
	void (*start)(void *arg, struct aws_call *call);
	void (*cancel)(void *arg, struct aws_call *call);
	const struct aws_service *(*service)(void *arg, const char *name, struct err *err);
};

#endif
