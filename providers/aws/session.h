/* SPDX-License-Identifier: Apache-2.0
 *
 * session.h - a role that keys take on: keys of its own, asked of STS (AssumeRole) when a call needs them, and anew before
 * they expire.
 */
#ifndef AWS_SESSION_H
#define AWS_SESSION_H

#include <stdint.h>

#include "interpreter/session.h"
#include "providers/aws/call_keys.h"

struct aws_role {
	const char *arn;
	const char *external_id; /* NULL: none */
	const char *name;        /* of the session, as the account's logs show it */
	const char *region;      /* whose STS is asked */
	int64_t     duration_s;
};

/* The role is copied; the keys that take it on are borrowed. */
struct session *aws_session_create(const struct aws_role *role, const struct call_keys *takes_on);
void aws_session_destroy(struct session *session); /* nobody waits for it; NULL is fine */

#endif
