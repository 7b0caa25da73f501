/* SPDX-License-Identifier: Apache-2.0
 *
 * planned.h - has the store forget graphs that were planned, and that nobody has run in their time.
 *
 * Nobody waits for it, and nothing hangs on it: what is not forgotten now is in the next round, of this process or another.
 */
#ifndef ENGINE_PLANNED_H
#define ENGINE_PLANNED_H

#include "engine/engine.h"

struct planned;

struct planned *planned_create(const struct engine_options *options); /* NULL: it is not looked */
void            planned_destroy(struct planned *planned);             /* NULL is fine */

#endif
