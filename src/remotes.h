/* SPDX-License-Identifier: Apache-2.0
 *
 * remotes.h - the providers whose drivers are in other processes: NAME=URL[,key=FILE][,ca=FILE][,NAME=URL...].
 */
#ifndef REMOTES_H
#define REMOTES_H

#include <stddef.h>

#include "util/err.h"

#define REMOTES_MAX 16

struct remote {
	const char *name, *url;
	const char *key; /* file with the API key; NULL: none is needed */
	const char *ca;  /* file of certificates to trust; NULL: the system's */
};

struct remotes {
	char         *text; /* owned; all the rest is in it */
	struct remote items[REMOTES_MAX];
	size_t        n;
};

MUSTCHECK enum err_code remotes_read(struct remotes *remotes, const char *text, struct err *err);
void                    remotes_fini(struct remotes *remotes);
const struct remote    *remotes_find(const struct remotes *remotes, const char *name);

#endif
