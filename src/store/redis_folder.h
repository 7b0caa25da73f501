/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_folder.h - DIR/redis: what a private redis-server has on disk, and the lock on it.
 *
 * The lock is an flock() of DIR/redis/lock, which belongs to the open file, not to a process: a
 * child that inherits lock_fd holds it as well, and it is free only when all of them have closed it.
 */
#ifndef STORE_REDIS_FOLDER_H
#define STORE_REDIS_FOLDER_H

#include "util/err.h"

#define REDIS_SOCKET_SIZE 32

struct redis_folder {
	char *path; /* for people */
	char  socket[REDIS_SOCKET_SIZE];
	int   fd, lock_fd; /* -1: not open */
};

/* For the owner's eyes only. False and *err; it is to be closed either way. */
MUSTCHECK bool redis_folder_open(struct redis_folder *folder, const char *dir, struct err *err);
void           redis_folder_close(struct redis_folder *folder);

/* False: another process, or a redis-server that one left behind, has it still. */
MUSTCHECK bool redis_folder_lock(struct redis_folder *folder);

/* redis.conf. False and errno. */
MUSTCHECK bool redis_folder_write_config(const struct redis_folder *folder);

/* For people: redis.sock leads to the socket. Only with the lock held. */
void redis_folder_link_socket(const struct redis_folder *folder);

/* How this process reaches the socket, as a URL; the caller frees it. */
char *redis_folder_url(const struct redis_folder *folder);

#endif
