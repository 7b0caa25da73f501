/* SPDX-License-Identifier: Apache-2.0
 *
 * credential_name.h - which members of credentials are secret: given plain as `pat`, or sealed as `encrypted_pat`.
 */
#ifndef UTIL_CREDENTIAL_NAME_H
#define UTIL_CREDENTIAL_NAME_H

#include <json-c/json.h>
#include <stdbool.h>

#define CREDENTIAL_SEALED "encrypted_"

/* Their names, in the plain form; NULL behind the last. */
extern const char *const credential_secrets[];

bool credential_is_secret(const char *name);

/* Of a member "encrypted_x": "x"; NULL for any other. */
const char *credential_sealed_name(const char *member);

/* Do they hold a secret in plain text, on any level? Such are for TLS, loopback and unix sockets only. */
bool credentials_hold_plain(struct json_object *json);

#endif
