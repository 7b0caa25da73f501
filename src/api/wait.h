/* SPDX-License-Identifier: Apache-2.0
 *
 * wait.h - a request that waits for an execution, and is answered with it.
 *
 * The answer comes when the execution has ended or is paused (200), or when the client does not want to wait any
 * longer (202). The header Prefer (RFC 7240) says how long that is.
 */
#ifndef API_WAIT_H
#define API_WAIT_H

#include "api/exchange.h"

/* Reads Prefer, and sets x->watch up. First of all. */
void wait_init(struct exchange *x);

/* What it comes to is handed on to be answered, not only that it has begun. */
void
wait_to_tell(struct exchange *x, void (*tells)(struct exchange *x, struct json_object *execution));

/* What x->watch does when it is told that the execution has begun, unless a route has something to say first. */
void wait_begun(struct execution_watch *watch, struct execution *execution, const struct err *err);

/* The execution is watched from now on: what it comes to is the answer. */
void wait_begin(struct exchange *x);

/* Its client has gone: what it is waited for is only that it has begun, or goes on. Harmless where nothing is waited for. */
void wait_hasten(struct exchange *x);

/* An execution as the answer; the body is taken over. */
void wait_reply(struct exchange *x, struct json_object *execution);

#endif
