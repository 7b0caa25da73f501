/* SPDX-License-Identifier: Apache-2.0
 *
 * seal.h - seals secrets for the server, so that they are nowhere in plain text on their way.
 */
#ifndef CLI_SEAL_H
#define CLI_SEAL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "util/check.h"

struct answer;
struct client;

/* Seals what is plain among the credentials in a body, or in a config: `pat` becomes `encrypted_pat`. The keys are the server's, or
 * all are `key` (hex or base64; NULL: the server's). False: they can't be sent so, and the answer says why. Where a server
 * has no key, they stay plain, but only on a way that nobody else listens on. */
MUSTCHECK bool seal_credentials(
    struct client *client, struct json_object *body, const char *key, struct answer *answer);

/* The answer to `GET /public-keys/{provider}`: its key; borrowed from the answer, which is to be ended in either case. NULL: there
 * is none. */
const char *seal_key(struct client *client, const char *provider, struct answer *answer);

#endif
