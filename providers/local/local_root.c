/* SPDX-License-Identifier: Apache-2.0
 * local_root.c - opens and writes below the root folder, confined by the kernel. */
#include "providers/local/local_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/str.h"

/* openat2() may answer EAGAIN while somebody renames folders; it is asked again this often. */
#define OPEN_TRIES_MAX 16

bool
local_root_init(struct local_root *root, const char *path)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		return false;
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return false;
	root->path = realpath(path, NULL);
	if (root->path == NULL) {
		close(root->fd);
		return false;
	}
	return true;
}

void
local_root_fini(struct local_root *root)
{
	close(root->fd);
	free(root->path);
}

static bool
part_ok(const char *part, size_t len)
{
	bool dots = len <= 2 && strspn(part, ".") >= len;

	return len > 0 && !dots;
}

bool
local_path_ok(const char *path)
{
	size_t first = strcspn(path, "/");

	if (strlen(path) > LOCAL_PATH_MAX)
		return false;
	if (first == strlen(LOCAL_RECORD_DIR) && strncmp(path, LOCAL_RECORD_DIR, first) == 0)
		return false;
	for (const char *part = path;; part++) {
		size_t len = strcspn(part, "/");

		if (!part_ok(part, len))
			return false;
		part += len;
		if (*part == '\0')
			return true;
	}
}

static int
open_beneath(const struct local_root *root, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS };
	long            fd = -1;

	for (int i = 0; i < OPEN_TRIES_MAX; i++) {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

int
local_root_open(const struct local_root *root, const char *path, int flags)
{
	must((flags & (O_CREAT | O_TRUNC)) == 0);
	if (path == NULL)
		return open_beneath(root, ".", flags);
	if (!local_path_ok(path)) {
		errno = EXDEV;
		return -1;
	}
	return open_beneath(root, path, flags);
}

int
local_root_parent(const struct local_root *root, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char       *parent;
	int         fd;

	if (!local_path_ok(path)) {
		errno = EXDEV;
		return -1;
	}
	parent = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path));
	/* Not O_PATH: the folder is to be made durable through this descriptor. */
	fd = open_beneath(root, parent, O_RDONLY | O_DIRECTORY);
	free(parent);
	if (fd >= 0)
		*ret_name = slash == NULL ? path : slash + 1;
	return fd;
}

int
local_root_records(const struct local_root *root, bool make)
{
	int fd = open_beneath(root, LOCAL_RECORD_DIR, O_RDONLY | O_DIRECTORY);
	int top;

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(root->fd, LOCAL_RECORD_DIR, 0700) != 0 && errno != EEXIST)
		return -1;
	top = open_beneath(root, ".", O_RDONLY | O_DIRECTORY);
	if (top < 0)
		return -1;
	if (fsync(top) == 0)
		fd = open_beneath(root, LOCAL_RECORD_DIR, O_RDONLY | O_DIRECTORY);
	close(top);
	return fd;
}

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
rename_durably(int from_dir, const struct local_write *w)
{
	unsigned flags = w->replace ? 0 : RENAME_NOREPLACE;

	return renameat2(from_dir, w->temporary, w->dir, w->name, flags) == 0 && fsync(w->dir) == 0;
}

bool
local_root_write(const struct local_root *root, const struct local_write *w)
{
	int  records = local_root_records(root, true);
	int  flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int  fd = -1, error;
	bool ok = false;

	if (records < 0)
		return false;
	/* What a crash has left of that name is ours: only this node writes under it. */
	unlinkat(records, w->temporary, 0);
	fd = openat(records, w->temporary, flags, 0600);
	if (fd < 0)
		goto out;
	ok = write_all(fd, w->data, w->len) && fchmod(fd, w->mode) == 0 && fsync(fd) == 0 &&
	     rename_durably(records, w);
out:
	error = errno;
	if (fd >= 0)
		close(fd);
	if (!ok && fd >= 0)
		unlinkat(records, w->temporary, 0);
	close(records);
	errno = error;
	return ok;
}
