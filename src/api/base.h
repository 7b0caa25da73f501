/* SPDX-License-Identifier: Apache-2.0
 *
 * base.h - what a deployment is as far as is known, before something is done to it: its last Spec Graph.
 */
#ifndef API_BASE_H
#define API_BASE_H

#include "api/exchange.h"

/* Of x->spec's deployment. Then x->base is there and x->base_gone says, per vertex, what of it has gone; or there is none: it was never
 * applied, is destroyed, or nobody knows. */
void base_load(struct exchange *x, exchange_step *then);

/* x->spec becomes what an apply of it is to do, given x->base. False: that can't be built, and was answered. */
MUSTCHECK bool base_change(struct exchange *x, bool prune);

#endif
