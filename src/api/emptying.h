/* SPDX-License-Identifier: Apache-2.0
 *
 * emptying.h - what a request to destroy says is to be taken along with what is in it.
 */
#ifndef API_EMPTYING_H
#define API_EMPTYING_H

#include "api/exchange.h"

/* Of x->graph; then it stands in x->start. False: some name is none, or of nothing that can be emptied, and that was answered. */
MUSTCHECK bool emptying_is_read(struct exchange *x);

#endif
