/* SPDX-License-Identifier: Apache-2.0
 *
 * whose.h - asks which accounts the credentials of a request are for, before they are used.
 */
#ifndef API_WHOSE_H
#define API_WHOSE_H

#include "api/exchange.h"
#include "util/str.h"

/* Of all in x->start.keyring, which came from this place in the body. Credentials that their provider refuses are
 * answered here. A provider that can't be reached leaves its account unknown: what the execution then meets is the engine's
 * to judge. */
void whose_ask(struct exchange *x, const char *pointer, exchange_step *then);
/* Adds the JSON Pointer of an account's credentials, among those at the pointer. */
void whose_place(
    struct str *out, const char *pointer, const struct provider *provider, const char *account);

#endif
