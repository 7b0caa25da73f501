/* SPDX-License-Identifier: Apache-2.0
 *
 * type_files.h - the JSON files below a folder, in order.
 */
#ifndef PROVIDER_TYPE_FILES_H
#define PROVIDER_TYPE_FILES_H

#include <stddef.h>

#include "util/err.h"

struct type_files {
	char **paths;
	size_t n;
};

/* Every *.json, but for those in the subfolder `api` (schemas of requests). Free it also when it failed. */
MUSTCHECK enum err_code
     type_files_list(struct type_files *files, const char *folder, struct err *err);
void type_files_free(struct type_files *files);

#endif
