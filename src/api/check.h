/* SPDX-License-Identifier: Apache-2.0
 *
 * check.h - has those check the resources of a config whose drivers are in another process.
 */
#ifndef API_CHECK_H
#define API_CHECK_H

#include "api/exchange.h"

/* Of x->spec. `then` follows when they find nothing; their problems are answered by `refuse`, whose pointers are within
 * the config; and that one can't be asked ends the exchange. */
void check_ask(struct exchange *x, exchange_step *then,
    void (*refuse)(struct exchange *x, const struct problems *problems));

#endif
