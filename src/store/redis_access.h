/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_access.h - the steps that keep who may come in.
 */
#ifndef STORE_REDIS_ACCESS_H
#define STORE_REDIS_ACCESS_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_access_look, redis_access_get, redis_access_put;

#endif
