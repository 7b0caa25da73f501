/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_greeting.h - what a new connection says to a Redis that shall keep our data, and whether
 * that Redis will do.
 *
 * It must take our password, be no replica, and never evict: what is evicted is an execution
 * that is forgotten. The scripts are loaded on the way.
 */
#ifndef STORE_REDIS_GREETING_H
#define STORE_REDIS_GREETING_H

#include "store/redis_link.h"
#include "store/redis_scripts.h"

extern const struct redis_greeting_kind redis_greeting;

/* The digest of a script, as the server at the other end of a link that is up has told it. */
const char *redis_greeting_script(const struct redis_link *link, enum redis_script script);

/* The step that every greeting begins with; false when this URL has no password. */
bool redis_greeting_say_auth(const struct redis_url *url, struct redis_say *say);

#endif
