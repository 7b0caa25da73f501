/* SPDX-License-Identifier: Apache-2.0
 *
 * credentials.h - an account of the config's `credentials.github`, opened: a token, or an app that gets one; in guarded memory.
 *
 * The unnamed account is that of the members themselves; `accounts` holds others by name.
 */
#ifndef GITHUB_CREDENTIALS_H
#define GITHUB_CREDENTIALS_H

#include <json-c/json.h>

#include "providers/github/call.h"
#include "providers/github/call_keys.h"
#include "util/digest.h"
#include "util/err.h"
#include "util/sealed.h"

/* The meaning that this driver gives to provider.h's struct. */
struct credentials {
	struct secret   *pat; /* NULL: it is an app */
	struct call_keys keys;
	char who[DIGEST_SHA256_HEX]; /* one for each token or installation: GitHub counts by it */
};

/* `account` is its name; "": the unnamed one. NULL and problems when they can't be used. `key` opens what is
 * sealed among them; it may be NULL. */
struct credentials *github_credentials_open(const struct sealed_key *key, struct json_object *json,
    const char *account, const char *pointer, struct problems *problems);
void github_credentials_close(struct credentials *credentials); /* wipes; NULL is fine */

#endif
