/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_verified.h - the steps that keep how a deployment was last found.
 */
#ifndef STORE_REDIS_VERIFIED_H
#define STORE_REDIS_VERIFIED_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_verified_get, redis_verified_put;

#endif
