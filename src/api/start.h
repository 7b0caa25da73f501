/* SPDX-License-Identifier: Apache-2.0
 *
 * start.h - what every request shares that comes to an execution.
 */
#ifndef API_START_H
#define API_START_H

#include "api/exchange.h"

/* x->start says which kind, and how: a dry run is answered when it has looked, all else as the client wants to wait. */
void start_init(struct exchange *x);

/* From the config of the body: x->spec, and on; or what is wrong with it is answered. */
void start_build_spec(struct exchange *x, exchange_step *then);

/* x->spec is what is run: on to credentials, and to its start. */
void start_with_spec(struct exchange *x);

/* Saves x->spec, which may become the same with another id; sets x->key. */
void start_save_spec(struct exchange *x, exchange_step *then);

/* Hands x->start on x->spec to the engine, as asked for by this exchange's client. False: it was refused, and that was answered. */
MUSTCHECK bool start_in_engine(struct exchange *x);

/* Starts x->start on x->spec, which is saved. x->watch is told, and the answer waited for unless it is a DRY_RUN. */
void start_launch(struct exchange *x);

#endif
