/* SPDX-License-Identifier: Apache-2.0
 *
 * once.h - Idempotency-Key: what has one is done once, however often it is sent, and whoever dies on the way.
 *
 *   taken ─► (noted: which execution it is going to be) ─► done ─► its answer is kept ─► answered
 *
 * Who sends the same again is given that answer. If there is none, since the process died, the note says what to look
 * for; nothing is noted before it is this request's alone, and no execution begins before it is noted under the id that it has in
 * the note. The store begins no execution a second time under one id, so nobody does, however late it wakes.
 */
#ifndef API_ONCE_H
#define API_ONCE_H

#include "api/exchange.h"

/* Goes on with `then` if it is to be done now; else it is answered. */
void once_begin(struct exchange *x, exchange_step *then);

/* An execution of x->spec is about to begin: goes on with `then` when that is noted. x->key is its graph's. */
void once_note(struct exchange *x, exchange_step *then);

/* x->out is to be answered, and `then` follows. False: no key was given, so there is nothing to be kept. */
MUSTCHECK bool once_keeps(struct exchange *x, exchange_step *then);

void once_forget(struct exchange *x);

#endif
