/* SPDX-License-Identifier: Apache-2.0
 *
 * access.h - who may come in: the keys and tenants of the keys file, and those of the store, as they are now.
 *
 * The file is read again when it is told to be; the store is looked at every second, so each process on it sees a change soon.
 * What the file says of a key or a tenant holds; the store adds to it. Whose key is gone, over, or may no longer do it, loses its
 * seats at that moment. While the store can't be asked, what was known last holds.
 */
#ifndef API_ACCESS_H
#define API_ACCESS_H

#include "api/keys.h"
#include "api/tenant.h"

struct access;
struct loop;

struct access_options {
	struct loop  *loop;
	struct store *store;
	const char *path; /* of the keys file; borrowed. NULL: the keys were made here, and stay */
	struct limits defaults; /* of a tenant of which nothing else is said */
};

/* Takes the keys. */
struct access *access_create(const struct access_options *options, struct keys *keys);
void           access_destroy(struct access *access); /* no request may be open; NULL is fine */

/* The file, which there is, once more. When it has a problem, all stays as it is. */
MUSTCHECK enum err_code access_reload(struct access *access, struct err *err);
const char             *access_path(const struct access *access); /* "": there is no file */

/* Whose key this is, if it is good now, with its tenant; NULL: nobody's. */
const struct key *access_find(const struct access *access, const char *text);
/* Has the store been heard once? Before that, a key that is not known may be one of its. */
bool access_is_whole(const struct access *access);

/* What it may be used for: admin only where its tenant is an operator. */
unsigned access_scopes(const struct key *key);

struct tenant *
access_tenant(const struct access *access, const char *name); /* NULL: it is not known */

/* For who administers: what there is, the file's first, and what an answer of STORE_ACCESS_GET says there is now. */
const struct keys *access_of_file(const struct access *access);
const struct keys *access_of_store(const struct access *access);
uint64_t           access_seq(const struct access *access);
struct tenants    *access_tenants(struct access *access);
void               access_take(struct access *access, const struct store_op *answer);

#endif
