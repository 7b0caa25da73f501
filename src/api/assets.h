/* SPDX-License-Identifier: Apache-2.0
 *
 * assets.h - the files of the page, as they were built: read once, and given out from memory.
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/digest.h"
#include "util/err.h"

struct asset {
	char       *name; /* of the file */
	const char *type; /* Content-Type */
	char       *data;
	size_t      len;
	char       *packed; /* the same in gzip; NULL: there is none */
	size_t      packed_len;
	char        hash[DIGEST_SHA256_HEX];
	bool        lasts; /* its name changes with what is in it */
};

struct assets;

/* All files of the folder; none where there is no such folder. NULL and *err when one can't be read. */
MUSTCHECK struct assets *assets_load(const char *folder, struct err *err);
void                     assets_destroy(struct assets *assets); /* NULL is fine */

const struct asset *assets_find(const struct assets *assets, const char *name); /* NULL: none */

#endif
