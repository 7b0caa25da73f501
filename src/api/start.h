/* SPDX-License-Identifier: Apache-2.0
 *
 * start.h - from a spec to its execution, for routes that have a spec of their own.
 */
#ifndef API_START_H
#define API_START_H

#include "api/exchange.h"

/* Saves x->spec, which may become the same with another id; sets x->key. */
void start_save_spec(struct exchange *x, exchange_step *then);

/* Starts x->start on x->spec, which is saved. x->watch is told, and the answer waited for unless it is a DRY_RUN. */
void start_launch(struct exchange *x);

#endif
