/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_hooks.h - whose a webhook is for now, and up to which number of its tenant it has been told.
 */
#ifndef STORE_REDIS_HOOKS_H
#define STORE_REDIS_HOOKS_H

#include "store/redis_verbs.h"

extern const struct redis_step redis_hook;

#endif
