/* SPDX-License-Identifier: Apache-2.0
 *
 * waiter.h - what one look says, by a waiter in the form of AWS's waiters-2.json.
 */
#ifndef INTERPRETER_WAITER_H
#define INTERPRETER_WAITER_H

#include <json-c/json.h>

#include "interpreter/calls.h"

enum wait_verdict {
	WAIT_READY,
	WAIT_AGAIN,
	WAIT_FAILED,
	WAIT_ERROR /* an error that the waiter has no rule for: the call's own result counts */
};

/* The first acceptor that fits decides. One whose path is not plain (paths.h) never fits. */
enum wait_verdict waiter_judge(struct json_object *waiter, const struct call *call);

#endif
