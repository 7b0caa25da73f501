/* SPDX-License-Identifier: Apache-2.0
 *
 * credentials.h - from the credentials of a request to those of an execution.
 */
#ifndef API_CREDENTIALS_H
#define API_CREDENTIALS_H

#include "api/exchange.h"

/* Opens the credentials of every provider that x->spec uses, into x->start; or `only_given`: of those that
 * `json` has. It is at `pointer` in the body, which outlives this; NULL: none were sent. Then asks whose they are, and goes on
 * with `then`. Those that can't be used are answered. */
void credentials_open(struct exchange *x, struct json_object *json, const char *pointer,
    bool only_given, exchange_step *then);

/* Opens one provider's alone, which are the body's own members, into x->start. False: it has answered. */
MUSTCHECK bool
credentials_open_one(struct exchange *x, struct provider *provider, struct json_object *json);

#endif
