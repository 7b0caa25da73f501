/* SPDX-License-Identifier: Apache-2.0
 *
 * local_root.h - the root folder, and the only way to what lies below it.
 *
 * Every look below the root is one openat2() that the kernel confines to it (RESOLVE_BENEATH) and
 * that follows no symbolic link, at whatever depth. Functions return -1 (or false) with errno set.
 */
#ifndef LOCAL_LOCAL_ROOT_H
#define LOCAL_LOCAL_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/check.h"

#define LOCAL_PATH_MAX   1024
#define LOCAL_RECORD_DIR ".mgraph"

struct local_root {
	int   fd;
	char *path; /* absolute, without symbolic links */
};

MUSTCHECK bool local_root_init(struct local_root *root, const char *path);
void           local_root_fini(struct local_root *root);

/* Relative, no empty, "." or ".." part, not too long, and not in the folder of our records. */
bool local_path_ok(const char *path);

/* Opens what is there; never makes anything. NULL is the root itself. */
int local_root_open(const struct local_root *root, const char *path, int flags);

/* The folder that holds `path`, and the last part of it (borrowed from path). */
int local_root_parent(const struct local_root *root, const char *path, const char **ret_name);

/* The folder of our records. ENOENT when there is none and it is not to be made. */
int local_root_records(const struct local_root *root, bool make);

struct local_write {
	const char *temporary; /* its name in the folder of our records until it is whole */
	const char *name;      /* its name in `dir` */
	int         dir;
	const void *data;
	size_t      len;
	mode_t      mode;
	bool        replace; /* false: EEXIST when there is something of that name */
};

/* All or nothing, and durable when it returns true. */
MUSTCHECK bool local_root_write(const struct local_root *root, const struct local_write *write);

#endif
