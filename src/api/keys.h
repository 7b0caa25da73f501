/* SPDX-License-Identifier: Apache-2.0
 *
 * keys.h - API keys: who is asking, and for which tenant.
 *
 * Only the SHA-256 of a key is kept, and it is compared in constant time. A keys file is JSON:
 *   {"keys": [{"id": "ci", "tenant": "acme", "sha256": "<64 hex>"}]}
 */
#ifndef API_KEYS_H
#define API_KEYS_H

#include "store/store.h"
#include "util/err.h"

#define KEY_ID_SIZE 65

struct keys;
struct secret;

struct key {
	char          id[KEY_ID_SIZE]; /* for the audit trail; not secret */
	char          tenant[STORE_TENANT_SIZE];
	unsigned char sha256[DIGEST_SHA256_BYTES];
};

/* NULL and *err when the file can't be read or has a problem. */
MUSTCHECK struct keys *keys_load(const char *path, struct err *err);

/* One key for the tenant "default", kept in `path` (mode 0600) and made when it is not there yet. */
MUSTCHECK struct keys *keys_generate(const char *path, struct err *err);

/* The text of a key, from a file with one line. NULL and *err when there is none. */
MUSTCHECK struct secret *keys_read_one(const char *path, struct err *err);

void keys_destroy(struct keys *keys); /* NULL is fine */

/* Whose key this is; NULL: nobody's. */
const struct key *keys_find(const struct keys *keys, const char *text);

#endif
