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

struct loop_ev;

struct serve_hooks {
	const struct serve_options *options; /* borrowed */
	struct hooks               *hooks;   /* for the caller to destroy; NULL: there are none */
};

/* From now on the file is read again on SIGHUP; one that is no good then is told in the log, and all stays as it was. */
MUSTCHECK enum err_code serve_hooks(struct serve_hooks *hooks, const struct serve_options *options,
    struct loop_ev *ev, const struct hooks_options *made, struct err *err);

#endif
