/* SPDX-License-Identifier: Apache-2.0
 *
 * emptying.h - a destroy may be told to take along what is in some resources: as if their configs said force_destroy.
 */
#ifndef ENGINE_EMPTYING_H
#define ENGINE_EMPTYING_H

#include "engine/work.h"

/* Properties for the node's delete, which are put in the place of the work's. */
void emptying_take(struct work *work);

#endif
