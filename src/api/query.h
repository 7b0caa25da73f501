/* SPDX-License-Identifier: Apache-2.0
 *
 * query.h - the parameters of a request's query, as its route declares them.
 */
#ifndef API_QUERY_H
#define API_QUERY_H

#include "api/exchange.h"
#include "util/check.h"

/* False: one has a value that it can't have, and that was answered. */
MUSTCHECK bool query_is_good(struct exchange *x);

/* Of a parameter with a list of values: the one that the request says, else the first. */
const char *query_value(const struct exchange *x, const char *name);

#endif
