/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_ear.h - hears what all processes have told (redis_told.h), on a connection of its own.
 *
 * It is no part of the way of any op. While it is down nothing is heard; when it is up again its user is told that it may
 * have missed something.
 */
#ifndef STORE_REDIS_EAR_H
#define STORE_REDIS_EAR_H

#include "store/redis_route.h"
#include "store/store.h"

struct redis_ear;

/* `told` is called from a task. */
struct redis_ear *redis_ear_create(struct redis_route *route, store_listener *told, void *arg);
void              redis_ear_destroy(struct redis_ear *ear); /* NULL is fine */

void redis_ear_look(struct redis_ear *ear); /* the ways have changed: where to hear may have, too */

#endif
