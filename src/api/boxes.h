/* SPDX-License-Identifier: Apache-2.0
 *
 * boxes.h - can everything that is sealed in a spec be opened? Asked before anything runs, not in the middle of it.
 */
#ifndef API_BOXES_H
#define API_BOXES_H

#include "api/exchange.h"

/* Of x->spec. False: some can't, and that was answered, each with its place in the config; where the body has none, at the id of
 * the graph. */
MUSTCHECK bool boxes_can_be_opened(struct exchange *x);

#endif
