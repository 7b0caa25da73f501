/* SPDX-License-Identifier: Apache-2.0
 *
 * credentials.h - an account of the config's `credentials.github`, opened: its token in guarded memory.
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
#include "util/secret.h"

/* The meaning that this driver gives to provider.h's struct. */
struct credentials {
	struct secret   *pat;
	struct call_keys keys;
	char             who[DIGEST_SHA256_HEX]; /* one for each token; GitHub counts by it */
};

/* `account` is its name; "": the unnamed one. NULL and problems when they can't be used. */
struct credentials *github_credentials_open(
    struct json_object *json, const char *account, const char *pointer, struct problems *problems);
void github_credentials_close(struct credentials *credentials); /* wipes; NULL is fine */

#endif
