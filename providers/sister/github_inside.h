/* SPDX-License-Identifier: Apache-2.0
 *
 * github_inside.h - between the files of the GitHub Service's driver: the service, and one op on it.
 */
#ifndef SISTER_GITHUB_INSIDE_H
#define SISTER_GITHUB_INSIDE_H

#include "providers/sister/github_service.h"
#include "providers/sister/peer.h"
#include "util/sealed.h"

/* The meaning that this driver gives to provider.h's struct. */
struct credentials {
	struct secret *pat;
	bool           is_sealed; /* for the service, as its client gave it */
};

struct github_service {
	struct provider provider;
	struct peer     peer;

	/* its key, until it is there */
	struct fetch fetch;
	char         url[PEER_URL_MAX];
	struct timer again;
	unsigned     tries;
	char         why[PEER_WHY_SIZE];
	char         public_key[SEALED_KEY_HEX]; /* "": not known yet */
};

/* A member of a request, and the property that it is. */
struct github_member {
	const char *name, *property; /* NULL: the end */
};

/* A type that the service has routes for. */
struct github_route {
	const char          *type, *path;
	struct github_member places[4];  /* where the secret is */
	struct github_member options[3]; /* what goes with its value */
};

const struct github_route *github_route_of(const char *type); /* NULL: it has none */

void github_op_start(struct github_service *service, struct op *op);
void github_op_cancel(struct op *op);

#endif
