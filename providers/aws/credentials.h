/* SPDX-License-Identifier: Apache-2.0
 *
 * credentials.h - an account of the config's `credentials.aws`, opened: secrets in guarded memory.
 *
 * The unnamed account is that of the members themselves. `accounts` holds others by name: each has keys of its own, or the
 * unnamed one's take on its role.
 */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <json-c/json.h>

#include "providers/aws/call.h"
#include "providers/aws/call_keys.h"
#include "util/err.h"
#include "util/sealed.h"

/* The meaning that this driver gives to provider.h's struct. */
struct credentials {
	char            *access_key_id;
	struct secret   *secret_access_key;
	struct secret   *session_token; /* NULL: none */
	char            *region;        /* for global types; NULL: us-east-1 */
	char            *account_id;    /* NULL: not told */
	struct call_keys base; /* borrows from the above; what takes on the role, if there is one */
	struct call_keys keys; /* for calls */
};

/* `account` is its name; "": the unnamed one. NULL and problems when they can't be used. `key` opens what is
 * sealed among them; it may be NULL. */
struct credentials *aws_credentials_open(const struct sealed_key *key, struct json_object *json,
    const char *account, const char *pointer, struct problems *problems);
void aws_credentials_close(struct credentials *credentials); /* wipes; NULL is fine */

#endif
