/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_hooks.h - webhooks as the options say them: which there are is in a file, to where they may go is in a list.
 *
 * The file is JSON: {"webhooks": [{"id": "ci", "tenant": "acme", "url": "https://…", "secrets": ["whsec_…"], "types": ["execution"]}]}
 */
#ifndef SERVE_HOOKS_H
#define SERVE_HOOKS_H

#include "hooks/hooks.h"
#include "serve_options.h"

/* *ret NULL: there are none. */
MUSTCHECK enum err_code serve_hooks(const struct serve_options *options,
    const struct hooks_options *made, struct hooks **ret, struct err *err);

#endif
