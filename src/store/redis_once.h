/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_once.h - the steps by which something is done once.
 */
#ifndef STORE_REDIS_ONCE_H
#define STORE_REDIS_ONCE_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_once_take, redis_once_put;

#endif
