/* SPDX-License-Identifier: Apache-2.0
 *
 * drain.h - how a process that goes on running stops: told to, it takes in nothing new, and ends once nothing is under way, or
 * after a while; told twice, at once.
 */
#ifndef DRAIN_H
#define DRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/loop_ev.h"

#define DRAIN_MAX_US       10000000
#define DRAIN_LEAVE_MAX_US 500000 /* for goodbyes */

struct drain_options {
	size_t (*busy_n)(void *arg); /* how much is under way */
	void (*begin)(void *arg);    /* take in nothing new */
	/* Once nothing is under way, again and again for a moment: say goodbye to who only looks on. How many are still there;
	 * NULL: nobody does. */
	size_t (*leave)(void *arg);
	void *arg;
};

struct drain {
	struct loop_ev      *ev;
	struct drain_options options;
	struct timer         timer;
	int64_t              until_us;       /* 0: it is not told to stop */
	int64_t              leave_until_us; /* 0: not yet */
};

/* Runs the loop until it ends. What is computed then has a moment to come to its end; if it does not, this process ends here and now, as
 * if it had died. failed may be NULL. */
void drain_run(struct drain *drain, const bool *failed);

/* From now on SIGTERM and SIGINT are heard. */
void drain_init(struct drain *drain, struct loop_ev *ev, const struct drain_options *options);

#endif
