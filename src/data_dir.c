/* SPDX-License-Identifier: Apache-2.0
 * data_dir.c - lock and identity of a data folder. */
#include "data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define PATH_BYTES_MAX 4096

char *
data_dir_path(const struct data_dir *dir, const char *name)
{
	struct str path;

	str_init(&path, PATH_BYTES_MAX);
	str_addf(&path, "%s/%s", dir->path, name);
	return str_take(&path);
}

/* The lock file holds the owner's name: it is read, or made, once it is locked. */
static enum err_code
read_owner(struct data_dir *dir, struct err *err)
{
	ssize_t len = read(dir->lock, dir->owner, OWNER_SIZE - 1);

	if (len == OWNER_SIZE - 1)
		return ERR_OK;
	secret_random_hex(dir->owner, (OWNER_SIZE - 1) / 2);
	if (ftruncate(dir->lock, 0) < 0 ||
	    pwrite(dir->lock, dir->owner, OWNER_SIZE - 1, 0) != OWNER_SIZE - 1)
		return err_set(err, ERR_INTERNAL, "%s: %s", dir->path, strerror(errno));
	return ERR_OK;
}

enum err_code
data_dir_open(struct data_dir *dir, const char *path, struct err *err)
{
	char *lock;

	*dir = (struct data_dir){ .lock = -1 };
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_set(err, ERR_INTERNAL, "--data %s: %s", path, strerror(errno));
	dir->path = realpath(path, NULL);
	if (dir->path == NULL)
		return err_set(err, ERR_INTERNAL, "--data %s: %s", path, strerror(errno));
	lock = data_dir_path(dir, "lock");
	dir->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	free(lock);
	if (dir->lock < 0)
		return err_set(err, ERR_INTERNAL, "--data %s: %s", path, strerror(errno));
	if (flock(dir->lock, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, ERR_BUSY, "--data %s: another process uses it", path);
	return read_owner(dir, err);
}

void
data_dir_close(struct data_dir *dir)
{
	if (dir->lock >= 0)
		close(dir->lock);
	free(dir->path);
}
