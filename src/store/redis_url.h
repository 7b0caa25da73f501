/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_url.h - where a Redis is: redis://[[user]:password@]host[:port][/db] or unix:///path.
 *
 * User and password may be percent-encoded. The password is a secret from here on.
 */
#ifndef STORE_REDIS_URL_H
#define STORE_REDIS_URL_H

#include "util/err.h"
#include "util/secret.h"

#define REDIS_URL_DB_MAX 9999

struct redis_url {
	char          *path; /* of a unix socket; NULL: TCP */
	char          *host;
	int            port;
	char          *user;     /* NULL: the default one */
	struct secret *password; /* NULL: none */
	int            db;
	char          *name; /* for people: without the password */
};

MUSTCHECK bool redis_url_parse(struct redis_url *ret_url, const char *text, struct err *err);
void           redis_url_fini(struct redis_url *url);

#endif
