/* SPDX-License-Identifier: Apache-2.0
 *
 * data_dir.h - the folder that outlives the process: locked, so that it serves one process at a time.
 */
#ifndef DATA_DIR_H
#define DATA_DIR_H

#include "util/err.h"

#define OWNER_SIZE 33

struct data_dir {
	char *path;              /* absolute */
	char  owner[OWNER_SIZE]; /* who takes leases: the same after a restart */
	int   lock;
};

/* Makes the folder (mode 0700) when it is not there. */
MUSTCHECK enum err_code data_dir_open(struct data_dir *dir, const char *path, struct err *err);
void                    data_dir_close(struct data_dir *dir);

/* PATH/name; the caller frees it. */
char *data_dir_path(const struct data_dir *dir, const char *name);

#endif
