/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_link.h - one pipelined connection to a Redis: it connects, greets, and mends itself.
 *
 * It is up when the Redis was found fit: password accepted, not a replica, maxmemory-policy
 * noeviction, scripts loaded. Commands are answered in order, each once; when the connection is
 * lost all that are due are answered with NULL. An answer that does not come breaks the
 * connection, so none is waited for longer than some seconds. What is in flight is for the user
 * to limit.
 */
#ifndef STORE_REDIS_LINK_H
#define STORE_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "store/redis_say.h"
#include "store/redis_scripts.h"
#include "store/redis_value.h"
#include "util/err.h"

struct loop_ev;
struct redis_link;

struct redis_link_user {
	/* One answer, NULL when it was lost. To record it only: no function of the link may be
	 * called from here but redis_link_leave(). */
	void (*heard)(void *token, const struct redis_value *value);
	/* It came up or went down. From a task. */
	void (*changed)(void *arg);
};

/*
 * NULL and *err when the URL can't be understood. patience_ms (0: 5,000) is how long a connection
 * may be silent while it is made or an answer is due. The time in which our own loop did not turn
 * is not held against it.
 */
MUSTCHECK struct redis_link *redis_link_create(struct loop_ev *ev, const char *url,
    int64_t patience_ms, const struct redis_link_user *user, void *arg, struct err *err);

/* What is due is answered with NULL on the way. */
void redis_link_destroy(struct redis_link *link);

bool        redis_link_is_up(const struct redis_link *link);
const char *redis_link_why(const struct redis_link *link); /* it is down; "" when it is up */
const char *redis_link_script(const struct redis_link *link, enum redis_script script); /* digest */

/* Only while it is up, from a task. The command is copied. */
void redis_link_send(struct redis_link *link, const struct redis_say *say, void *token);

/* This Redis can't serve us for now: break the connection soon, and try again later. */
void redis_link_leave(struct redis_link *link, const char *why);

#endif
