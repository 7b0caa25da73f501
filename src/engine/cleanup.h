/* SPDX-License-Identifier: Apache-2.0
 *
 * cleanup.h - of an apply that would be rolled back, what goes goes last: a delete can't be undone, so nothing is deleted
 * before all else has worked. But what something else waits for, its place for example, goes in its turn.
 */
#ifndef ENGINE_CLEANUP_H
#define ENGINE_CLEANUP_H

#include <stdbool.h>

struct execution;

/* Has them wait, once there are nodes. */
void cleanup_defer(struct execution *e);

/* All else has come to its end: now they go. False: none has waited for that. */
bool cleanup_begin(struct execution *e);

#endif
