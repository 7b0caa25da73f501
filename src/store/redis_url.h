/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_url.h - where a Redis is, and how the server of a command is found there:
 *
 *   redis://[[user]:password@]host[:port][/db]                       one server
 *   unix:///path                                                     one server
 *   redis-sentinel://[[user]:password@]host[:port][,...]/name[/db]   the primary that sentinels name
 *   redis-cluster://[[user]:password@]host[:port][,...]              the nodes of a cluster
 *
 * User and password may be percent-encoded. The password is a secret from here on.
 */
#ifndef STORE_REDIS_URL_H
#define STORE_REDIS_URL_H

#include "store/redis_address.h"
#include "util/err.h"
#include "util/secret.h"

#define REDIS_URL_DB_MAX        9999
#define REDIS_URL_ADDRESSES_MAX 16
#define REDIS_URL_MASTER_SIZE   128

enum redis_scheme {
	REDIS_SCHEME_UNIX,
	REDIS_SCHEME_SERVER,
	REDIS_SCHEME_SENTINEL,
	REDIS_SCHEME_CLUSTER,
	REDIS_SCHEMES_N
};

struct redis_url {
	enum redis_scheme scheme;
	struct redis_address
		       addresses[REDIS_URL_ADDRESSES_MAX]; /* of the server, the sentinels, ... */
	size_t         addresses_n;
	char           master[REDIS_URL_MASTER_SIZE]; /* what the sentinels call it */
	char          *user;                          /* NULL: the default one */
	struct secret *password;                      /* NULL: none */
	int            db;
};

MUSTCHECK bool redis_url_parse(struct redis_url *ret_url, const char *text, struct err *err);
void           redis_url_fini(struct redis_url *url);

#endif
