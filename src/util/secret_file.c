/* SPDX-License-Identifier: Apache-2.0
 * secret_file.c - looks at the file that was opened, not at what has its name. */
#include "util/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS (S_IRWXO | S_IWGRP)

int
secret_file_open(const char *path, struct err *err)
{
	int         fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
	} else if ((st.st_mode & OTHERS) != 0) {
		err_set(err, ERR_INTERNAL, "%s: others may read or change it: chmod 0400 (or 0440)",
		    path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}
