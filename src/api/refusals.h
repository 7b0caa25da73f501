/* SPDX-License-Identifier: Apache-2.0
 *
 * refusals.h - with which problems a route may answer: what follows from its row, and what is its own.
 */
#ifndef API_REFUSALS_H
#define API_REFUSALS_H

#include <stdbool.h>

#include "util/err.h"

struct route;

/* By code. */
void refusals_of(const struct route *route, bool ret_may[ERR_N]);

#endif
