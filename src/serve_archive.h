/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_archive.h - the archive, as the options want it.
 */
#ifndef SERVE_ARCHIVE_H
#define SERVE_ARCHIVE_H

#include "archive/archive.h"
#include "serve_options.h"

/* Of *made, all but the services is set. *ret is NULL when none is wanted. */
MUSTCHECK enum err_code serve_archive(const struct serve_options *options,
    struct archive_options *made, struct archive **ret, struct err *err);

#endif
