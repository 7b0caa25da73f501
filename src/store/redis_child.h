/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_child.h - a private redis-server for whoever has none: on a unix socket in the data folder,
 * with an append-only file.
 *
 * It ends when this process ends, however that ends. Two servers never write to one folder: the
 * folder is locked, and the lock is held by the redis-server itself, so a successor waits until the
 * last one is really gone. One that dies is started again, some times.
 * DIR/redis/redis.sock is for people with redis-cli.
 */
#ifndef STORE_REDIS_CHILD_H
#define STORE_REDIS_CHILD_H

#include <sys/types.h>

#include "util/err.h"

struct loop_ev;
struct redis_child;

/*
 * Prepares DIR/redis and starts the server as soon as the folder is free; *ret_url (the caller
 * frees it) is for store_redis_create() of this process, which connects when it is there. NULL
 * and *err: no redis-server, or the folder can't be used. `died` is called from a task when it
 * can't be kept running: the folder stays locked, or it ends again and again; it may call
 * redis_child_stop().
 */
MUSTCHECK struct redis_child *redis_child_start(struct loop_ev *ev, const char *dir,
    void (*died)(void *arg), void *arg, char **ret_url, struct err *err);

/* Asks it to end and waits for that, for a bounded time. NULL is fine. */
void redis_child_stop(struct redis_child *child);

/* 0: not running now. */
pid_t redis_child_pid(const struct redis_child *child);

#endif
