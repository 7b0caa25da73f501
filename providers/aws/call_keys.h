/* SPDX-License-Identifier: Apache-2.0
 *
 * call_keys.h - who calls AWS: the meaning that this driver gives to the interpreter's struct. All borrowed.
 */
#ifndef AWS_CALL_KEYS_H
#define AWS_CALL_KEYS_H

#include "util/secret.h"

struct session;

struct call_keys {
	const char          *access_key_id;
	const struct secret *secret_access_key;
	const struct secret *session_token; /* NULL: none */
	struct session
	    *session; /* a role that they take on for every call (session.h); NULL: none */
};

#endif
