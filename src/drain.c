/* SPDX-License-Identifier: Apache-2.0
 * drain.c - from the signal to the loop's end. */
#include "drain.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/log.h"
#include "util/mem.h"

#define LOOK_US 20000

static bool
has_left(struct drain *drain, int64_t now_us)
{
	if (drain->leave_until_us == 0)
		drain->leave_until_us = now_us + DRAIN_LEAVE_MAX_US;
	return drain->options.leave == NULL || drain->options.leave(drain->options.arg) == 0 ||
	       now_us >= drain->leave_until_us;
}

static void
on_look(struct timer *timer)
{
	struct drain *drain = container_of(timer, struct drain, timer);
	struct loop  *loop = loop_ev_loop(drain->ev);

	if ((drain->options.busy_n(drain->options.arg) == 0 ||
		loop_now_us(loop) >= drain->until_us) &&
	    has_left(drain, loop_now_us(loop)))
		loop_ev_stop(drain->ev);
	else
		timer_arm(loop, &drain->timer, LOOK_US);
}

static void
on_signal(void *arg, int signo)
{
	struct drain *drain = arg;
	struct loop  *loop = loop_ev_loop(drain->ev);

	log_info(
	    "stopping", "signal=%d running=%zu", signo, drain->options.busy_n(drain->options.arg));
	if (drain->until_us != 0) { /* the second one */
		loop_ev_stop(drain->ev);
		return;
	}
	drain->options.begin(drain->options.arg);
	drain->until_us = loop_now_us(loop) + DRAIN_MAX_US;
	timer_arm(loop, &drain->timer, 0);
}

void
drain_init(struct drain *drain, struct loop_ev *ev, const struct drain_options *options)
{
	*drain = (struct drain){ .ev = ev, .options = *options };
	timer_init(&drain->timer, on_look);
	loop_ev_on_signal(ev, SIGTERM, on_signal, drain);
	loop_ev_on_signal(ev, SIGINT, on_signal, drain);
}

void
drain_run(struct drain *drain, const bool *failed)
{
	if (loop_ev_run(drain->ev))
		return;
	log_warn("stopping", "why=\"what is being computed takes too long, and is given up\"");
	_exit(failed != NULL && *failed
		  ? EXIT_FAILURE
		  : EXIT_SUCCESS); /* its memory is in use: nothing is freed */
}
