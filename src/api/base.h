/* SPDX-License-Identifier: Apache-2.0
 *
 * base.h - what a deployment is as far as is known, before something is done to it: its last Spec Graph.
 */
#ifndef API_BASE_H
#define API_BASE_H

#include "api/exchange.h"

struct base {
	struct exchange_part part;
	struct spec *
	    spec; /* owned, as is what follows. NULL: it was never applied, is destroyed, or nobody knows */
	bool               *gone;       /* per vertex; NULL: nothing has gone */
	bool                is_rebuilt; /* from tags */
	struct json_object *regions;    /* that were looked in for it */
	struct {
		uint64_t number; /* in the history; 0: it is not looked into yet */
		char     execution[STORE_EXECUTION_SIZE];
		char     newest[STORE_ID_SIZE +
                            STORE_EXECUTION_SIZE]; /* of it, "G:E"; "": there is none */
	} look;
	exchange_step *then;
};

struct base *base_of(struct exchange *x);

/* Of x->spec's deployment, into base_of(x). */
void base_load(struct exchange *x, exchange_step *then);

/* x->spec becomes what an apply of it is to do, given its base. False: that can't be built, and was answered. */
MUSTCHECK bool base_change(struct exchange *x, bool prune);

#endif
