/* SPDX-License-Identifier: Apache-2.0
 *
 * secret_file.h - opens a file that holds a secret, if nobody else on the host may read it.
 */
#ifndef UTIL_SECRET_FILE_H
#define UTIL_SECRET_FILE_H

#include "util/err.h"

/* To be read, and closed by the caller. -1 and *err: it can't be opened, others may read or change it, or its group may change it. */
MUSTCHECK int secret_file_open(const char *path, struct err *err);

#endif
