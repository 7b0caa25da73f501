/* SPDX-License-Identifier: Apache-2.0
 *
 * waiter.h - what one look says, by a waiter in the form of AWS's waiters-2.json.
 */
#ifndef AWS_WAITER_H
#define AWS_WAITER_H

#include <json-c/json.h>

#include "providers/aws/call.h"

enum aws_wait {
	AWS_WAIT_READY,
	AWS_WAIT_AGAIN,
	AWS_WAIT_FAILED,
	AWS_WAIT_ERROR /* an error that the waiter has no rule for: the call's own result counts */
};

/* The first acceptor that fits decides. One whose path is not plain (paths.h) never fits. */
enum aws_wait aws_waiter_judge(struct json_object *waiter, const struct aws_call *call);

#endif
