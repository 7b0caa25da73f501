/* SPDX-License-Identifier: Apache-2.0
 *
 * zip.h - a zip archive of one stored file, the same bytes for the same input at any time.
 *
 * Enough for a Lambda function that is written out in a config. Libraries write archives of any
 * kind, but stamp the local time into them, and the hash of the archive is what we compare.
 */
#ifndef AWS_ZIP_H
#define AWS_ZIP_H

#include <stddef.h>

#include "util/str.h"

#define ZIP_OVERHEAD_MAX 1024 /* what an archive adds to its file's bytes, at most */
#define ZIP_NAME_MAX     255

/* Adds the archive to `out`, which must have room for it. */
void zip_one(struct str *out, const char *name, const void *data, size_t len);

#endif
