/* SPDX-License-Identifier: Apache-2.0
 *
 * retention.h - has the store forget a deployment's oldest executions, whenever one of it has ended.
 *
 * Nobody waits for it, and nothing hangs on it: what is not forgotten now is the next time.
 */
#ifndef ENGINE_RETENTION_H
#define ENGINE_RETENTION_H

#include "engine/engine.h"

struct retention;

struct retention *retention_create(const struct engine_options *options); /* NULL: all is kept */
void              retention_destroy(struct retention *retention);         /* NULL is fine */

/* An execution of that deployment has ended. NULL is fine. */
void retention_look(struct retention *retention, const struct store_key *key);

#endif
