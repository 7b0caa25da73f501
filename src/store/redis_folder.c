/* SPDX-License-Identifier: Apache-2.0
 * redis_folder.c - what a private redis-server has on disk: its folder, config, socket and lock. */
#include "store/redis_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/check.h"
#include "util/log.h"
#include "util/secret.h"
#include "util/str.h"

#define PATH_BYTES_MAX  4096
#define SOCKET_LINK     "redis.sock"
#define SOCKET_RANDOM   4 /* bytes */
#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

/*
 * With appendfsync everysec a write may be answered before it has left the process, while the disk
 * is busy with the last fsync: a Redis killed then has lost what we built upon. Writes of one turn
 * share one fsync.
 *
 * Behind it comes the name of the socket. Paths are relative: the server's working folder is its
 * own, so their length does not matter.
 */
static const char config_text[] = "# Written by mgraph-deploy at every start; changes are lost.\n"
				  "port 0\n"
				  "unixsocketperm 600\n"
				  "dir .\n"
				  "logfile redis.log\n"
				  "loglevel notice\n"
				  "daemonize no\n"
				  "databases 1\n"
				  "save \"\"\n"
				  "appendonly yes\n"
				  "appendfsync always\n"
				  "maxmemory-policy noeviction\n";

/* An open folder for the owner's eyes only; -1 and *err. */
static int
folder_open(int at, const char *path, struct err *err)
{
	int fd;

	if (mkdirat(at, path, 0700) < 0 && errno != EEXIST) {
		err_set(err, ERR_INTERNAL, "cannot create %s: %s", path, strerror(errno));
		return -1;
	}
	fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err_set(err, ERR_INTERNAL, "cannot open %s: %s", path, strerror(errno));
	return fd;
}

static int
folders_open(const char *dir, struct err *err)
{
	int parent = folder_open(AT_FDCWD, dir, err), fd;

	if (parent < 0)
		return -1;
	fd = folder_open(parent, "redis", err);
	close(parent);
	if (fd < 0)
		return -1;
	if (fchmod(fd, 0700) == 0)
		return fd;
	err_set(err, ERR_INTERNAL, "cannot protect %s/redis: %s", dir, strerror(errno));
	close(fd);
	return -1;
}

bool
redis_folder_open(struct redis_folder *folder, const char *dir, struct err *err)
{
	char       name[2 * SOCKET_RANDOM + 1];
	struct str path;

	folder->fd = folder->lock_fd = -1;
	secret_random_hex(name, SOCKET_RANDOM);
	snprintf(folder->socket, sizeof(folder->socket), "redis-%s.sock", name);
	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/redis", dir);
	folder->path = str_take(&path);
	folder->fd = folders_open(dir, err);
	if (folder->fd < 0)
		return false;
	folder->lock_fd = openat(folder->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (folder->lock_fd < 0)
		err_set(
		    err, ERR_INTERNAL, "cannot open %s/lock: %s", folder->path, strerror(errno));
	return folder->lock_fd >= 0;
}

void
redis_folder_close(struct redis_folder *folder)
{
	if (folder->lock_fd >= 0)
		close(folder->lock_fd);
	if (folder->fd >= 0)
		close(folder->fd);
	free(folder->path);
}

bool
redis_folder_lock(struct redis_folder *folder)
{
	return flock(folder->lock_fd, LOCK_EX | LOCK_NB) == 0;
}

bool
redis_folder_write_config(const struct redis_folder *folder)
{
	struct str config;
	int  fd = openat(folder->fd, "redis.conf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok;

	if (fd < 0)
		return false;
	str_init(&config, PATH_BYTES_MAX);
	str_addf(&config, "%sunixsocket %s\n", config_text, folder->socket);
	ok = write(fd, config.data, config.len) == (ssize_t)config.len;
	str_fini(&config);
	return (close(fd) == 0) && ok;
}

/*
 * Each start has a socket name of its own. A store whose server waits for the folder can't connect
 * to the redis-server of another process by mistake: as the same owner it would take away leases
 * that are in use. For people, SOCKET_LINK leads to the one that is current. Called with the lock
 * held, so what the link led to before belongs to nobody.
 */
void
redis_folder_link_socket(const struct redis_folder *folder)
{
	char    old[REDIS_SOCKET_SIZE];
	ssize_t len = readlinkat(folder->fd, SOCKET_LINK, old, sizeof(old) - 1);

	if (len > 0) {
		old[len] = '\0';
		if (strchr(old, '/') == NULL)
			unlinkat(folder->fd, old, 0);
	}
	unlinkat(folder->fd, SOCKET_LINK, 0);
	if (symlinkat(folder->socket, folder->fd, SOCKET_LINK) < 0)
		log_warn("redis.link_failed", "dir=%s errno=%d", folder->path, errno);
}

/*
 * How this process reaches the socket. A path that is too long for a socket address goes through
 * the open folder instead: it is short, and nobody else can put anything else there.
 */
char *
redis_folder_url(const struct redis_folder *folder)
{
	struct str url;

	str_init(&url, PATH_BYTES_MAX);
	if (strlen(folder->path) + 1 + strlen(folder->socket) <= SOCKET_PATH_MAX)
		str_addf(&url, "unix://%s/%s", folder->path, folder->socket);
	else
		str_addf(&url, "unix:///proc/self/fd/%d/%s", folder->fd, folder->socket);
	must(!url.overflow);
	return str_take(&url);
}
