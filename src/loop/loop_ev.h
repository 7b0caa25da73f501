/* SPDX-License-Identifier: Apache-2.0
 *
 * loop_ev.h - libevent turns the loop: one base, one timer, file descriptors and signals.
 *
 * The only module that asks for the time. After every batch of ready descriptors the loop is turned
 * once, so a watch's callback only records facts and wakes tasks. The loop's time is fresh when a
 * watch or a signal calls back; other libraries on the same base must not arm timers in theirs.
 */
#ifndef LOOP_LOOP_EV_H
#define LOOP_LOOP_EV_H

#include <stdbool.h>

#include "loop/loop.h"

struct event_base;
struct loop_ev;

struct loop_ev *loop_ev_create(void);
void            loop_ev_destroy(struct loop_ev *ev);

struct loop       *loop_ev_loop(struct loop_ev *ev);
struct event_base *loop_ev_base(struct loop_ev *ev); /* for libraries that speak libevent */

/* Until stopped. False: there are tasks in their midst that would take long. Then all that is left to do is to end the process, as it is. */
bool loop_ev_run(struct loop_ev *ev);
void loop_ev_stop(struct loop_ev *ev); /* at the end of the turn */

/* A descriptor to watch. The caller's memory; `ready` is called while the descriptor is. */
enum { WATCH_READ = 1, WATCH_WRITE = 2 };

struct watch {
	void (*ready)(struct watch *, int what); /* what: WATCH_READ | WATCH_WRITE */
	struct loop_ev *ev;
	struct event   *impl; /* NULL: not watching */
};

/* what 0 stops watching. The descriptor must stay open until then. */
void watch_set(struct loop_ev *ev, struct watch *watch, int fd, int what);

/* `arg` is handed to `caught`, which runs in the loop, not in the signal handler. */
void
loop_ev_on_signal(struct loop_ev *ev, int signo, void (*caught)(void *arg, int signo), void *arg);

#endif
