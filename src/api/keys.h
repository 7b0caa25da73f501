/* SPDX-License-Identifier: Apache-2.0
 *
 * keys.h - API keys and tenants as they are written down: who is asking, for which tenant, and what for.
 *
 * Only the SHA-256 of a key is kept, and it is compared in constant time. A keys file is JSON:
 *   {"keys": [{"id": "ci", "tenant": "acme", "sha256": "<64 hex>", "scopes": ["read"], "expires": "2027-01-01T00:00:00Z"}],
 *    "tenants": {"acme": {"limits": {"nodes": 500}}, "ops": {"operator": true}}}
 * The store has each key and each tenant as a text of its own, in the same words.
 */
#ifndef API_KEYS_H
#define API_KEYS_H

#include "api/limits.h"
#include "store/store.h"
#include "util/err.h"

#define KEY_ID_SIZE        65
#define KEYS_STORED_KEY    "key:" /* before its id */
#define KEYS_STORED_TENANT "tenant:"

struct secret;
struct tenant;

struct key {
	char           id[KEY_ID_SIZE]; /* for the audit trail; not secret */
	char           tenant[STORE_TENANT_SIZE];
	unsigned char  sha256[DIGEST_SHA256_BYTES];
	unsigned       scopes;
	int64_t        expires_ms; /* since 1970; 0: never */
	struct tenant *of;         /* access.c: the tenant, while it has this key */
};

/* What is said of a tenant. */
struct settings {
	char          tenant[STORE_TENANT_SIZE];
	bool          is_operator;
	struct limits limits; /* those that are said */
};

struct keys {
	struct key      *items;
	size_t           n;
	struct settings *tenants;
	size_t           tenants_n;
};

/* NULL and *err when the file can't be read or has a problem. */
MUSTCHECK struct keys *keys_load(const char *path, struct err *err);

/* One key for the tenant "default", kept in `path` (mode 0600) and made when it is not there yet. It may do everything. */
MUSTCHECK struct keys *keys_generate(const char *path, struct err *err);

/* The text of a key, from a file with one line. NULL and *err when there is none, or others may read the file. */
MUSTCHECK struct secret *keys_read_one(const char *path, struct err *err);

/* None, and what the store has: "key:ID" and "tenant:NAME". What can't be read is logged and left out. */
struct keys *keys_create(void);
void         keys_take_stored(struct keys *keys, const char *name, const char *text);

void keys_destroy(struct keys *keys); /* NULL is fine */

/* Whose key this is; NULL: nobody's. It may have expired. */
const struct key *keys_find(const struct keys *keys, const char *text);
const struct key *keys_find_digest(const struct keys *keys, const unsigned char *sha256);

const struct key      *keys_find_id(const struct keys *keys, const char *id);
const struct settings *keys_find_tenant(const struct keys *keys, const char *tenant);

/* One key, or what is said of a tenant, as JSON and back. */
MUSTCHECK enum err_code key_read(struct json_object *json, struct key *key, struct err *err);
struct json_object     *key_json(const struct key *key);
MUSTCHECK enum err_code settings_read(
    const char *tenant, struct json_object *json, struct settings *settings, struct err *err);
struct json_object *settings_json(const struct settings *settings);

/* A member that is not known is a mistake that would go unseen: "scope", "expire". `known` ends with NULL. */
MUSTCHECK enum err_code key_check_members(
    struct json_object *json, const char *const *known, const char *what, struct err *err);

bool key_is_over(const struct key *key, int64_t now_ms); /* it has expired */

#endif
