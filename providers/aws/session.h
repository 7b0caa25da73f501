/* SPDX-License-Identifier: Apache-2.0
 *
 * session.h - a role that keys take on: keys of its own, asked of STS (AssumeRole) when a call needs them, and anew before
 * they expire.
 */
#ifndef AWS_SESSION_H
#define AWS_SESSION_H

#include <stdint.h>

#include "interpreter/calls.h"
#include "providers/aws/call_keys.h"

struct loop;
struct aws_session;

struct aws_role {
	const char *arn;
	const char *external_id; /* NULL: none */
	const char *name;        /* of the session, as the account's logs show it */
	const char *region;      /* whose STS is asked */
	int64_t     duration_s;
};

/* The role is copied; the keys that take it on are borrowed. */
struct aws_session *
aws_session_create(const struct aws_role *role, const struct call_keys *takes_on);
/* Nobody waits for it. NULL is fine. */
void aws_session_destroy(struct aws_session *session);

/* The contract is that of calls.h, with the role's keys. A role that can't be had is the call's result: it has had no effect. */
void aws_session_start(
    struct aws_session *session, struct loop *loop, const struct calls *calls, struct call *call);
void aws_session_cancel(struct aws_session *session, struct call *call); /* while it waits */

#endif
