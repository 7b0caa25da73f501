/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_access.h - who may come in, as the options say it; the keys file is read again on SIGHUP.
 */
#ifndef SERVE_ACCESS_H
#define SERVE_ACCESS_H

#include "api/access.h"
#include "data_dir.h"
#include "loop/loop_ev.h"
#include "serve_options.h"

/* NULL and *err when the keys, or what is said of limits, can't be used. */
MUSTCHECK struct access *serve_access(const struct serve_options *options,
    const struct data_dir *data, struct loop_ev *ev, struct store *store, struct err *err);

#endif
