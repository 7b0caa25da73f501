/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_wire.h - a socket to a Redis, spoken by hiredis on our loop: commands go out, answers come.
 *
 * It connects once when told, and ends once: what a connection means, and when to try again, is
 * redis_link.c's. Its users' functions are called from within hiredis: to record facts only.
 */
#ifndef STORE_REDIS_WIRE_H
#define STORE_REDIS_WIRE_H

#include "loop/loop_ev.h"
#include "store/redis_address.h"
#include "store/redis_say.h"
#include "store/redis_value.h"

struct redisAsyncContext;

struct redis_wire_user {
	void (*connected)(void *arg);
	/* It ended, or never began. What is due has been heard as NULL. */
	void (*lost)(void *arg, const char *why);
	/* One answer, in the order of the commands. */
	void (*heard)(void *arg, void *token, const struct redis_value *value);
};

struct redis_wire {
	struct loop_ev               *ev;
	const struct redis_wire_user *user;
	void                         *arg;
	struct redisAsyncContext     *context; /* NULL: none */
	struct watch                  watch;
	int                           fd;
	int                           wanted;   /* what hiredis wants to be told about */
	int64_t                       heard_us; /* when something was heard last */
	const char                   *leaving;  /* why we break the connection; NULL: we do not */
};

/* Once, before all else. */
void redis_wire_init(
    struct redis_wire *wire, struct loop_ev *ev, const struct redis_wire_user *user, void *arg);

/* False: lost() has told why. */
MUSTCHECK bool redis_wire_connect(struct redis_wire *wire, const struct redis_address *address);

/* We leave a connection that there is; lost() comes on the way. */
void redis_wire_break(struct redis_wire *wire, const char *why);

/* The command is copied. */
void redis_wire_send(struct redis_wire *wire, const struct redis_say *say, void *token);

#endif
