/* SPDX-License-Identifier: Apache-2.0
 * loop_ev.c - the loop on libevent, and the only file that asks for the time. */
#include "loop/loop_ev.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"

#define SIGNALS_MAX 8
#define US_PER_S    1000000
#define SETTLE_US   1000000
#define MS_PER_S    1000

struct signal_watch {
	struct loop_ev *ev;
	struct event   *event;
	void (*caught)(void *arg, int signo);
	void *arg;
};

struct loop_ev {
	struct event_base  *base;
	struct event       *due;
	struct loop        *loop;
	struct signal_watch signals[SIGNALS_MAX];
	size_t              signals_n;
	bool                stopping;
};

static int64_t
clock_us(clockid_t id)
{
	struct timespec ts;

	must(clock_gettime(id, &ts) == 0);
	return (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

static long long
wall_ms(void)
{
	return clock_us(CLOCK_REALTIME) / MS_PER_S;
}

static void
on_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg; /* waking up is all it is for: loop_ev_run() turns the loop */
}

static void
on_libevent_log(int severity, const char *text)
{
	char quoted[256];

	log_line(severity >= EVENT_LOG_WARN ? LOG_WARN : LOG_DEBUG, "libevent", "text=%s",
	    log_quote(quoted, sizeof(quoted), text));
}

static int64_t
meter_us(void *arg)
{
	(void)arg;
	return clock_us(CLOCK_MONOTONIC);
}

struct loop_ev *
loop_ev_create(void)
{
	struct loop_ev *ev = xcalloc(1, sizeof(*ev));

	event_set_log_callback(on_libevent_log);
	log_set_clock(wall_ms);
	ev->base = event_base_new();
	must(ev->base != NULL);
	ev->due = evtimer_new(ev->base, on_due, NULL);
	must(ev->due != NULL);
	ev->loop = loop_create();
	loop_meter(ev->loop, meter_us, NULL);
	loop_turn(ev->loop, clock_us(CLOCK_MONOTONIC), wall_ms());
	return ev;
}

void
loop_ev_destroy(struct loop_ev *ev)
{
	if (ev == NULL)
		return;
	for (size_t i = 0; i < ev->signals_n; i++)
		event_free(ev->signals[i].event);
	loop_destroy(ev->loop);
	event_free(ev->due);
	event_base_free(ev->base);
	free(ev);
}

struct loop *
loop_ev_loop(struct loop_ev *ev)
{
	return ev->loop;
}

struct event_base *
loop_ev_base(struct loop_ev *ev)
{
	return ev->base;
}

void
loop_ev_stop(struct loop_ev *ev)
{
	ev->stopping = true;
}

/* Sleeps until a descriptor is ready or the next timer is due, and lets libevent call back. */
static void
wait_for_events(struct loop_ev *ev)
{
	int64_t due = loop_next_due_us(ev->loop), now = clock_us(CLOCK_MONOTONIC);

	if (due <= now) {
		event_base_loop(ev->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		return;
	}
	if (due != LOOP_NEVER) {
		struct timeval wait = { (due - now) / US_PER_S, (due - now) % US_PER_S };

		evtimer_add(ev->due, &wait);
	}
	event_base_loop(ev->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
	evtimer_del(ev->due);
}

bool
loop_ev_run(struct loop_ev *ev)
{
	ev->stopping = false;
	while (!ev->stopping) {
		loop_turn(ev->loop, clock_us(CLOCK_MONOTONIC), wall_ms());
		if (!ev->stopping)
			wait_for_events(ev);
	}
	return loop_settle(ev->loop, SETTLE_US);
}

/* ---- descriptors and signals ---- */

static void
tell_time(struct loop_ev *ev)
{
	loop_clock(ev->loop, clock_us(CLOCK_MONOTONIC), wall_ms());
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	(void)fd;
	tell_time(watch->ev);
	watch->ready(
	    watch, (what & EV_READ ? WATCH_READ : 0) | (what & EV_WRITE ? WATCH_WRITE : 0));
}

void
watch_set(struct loop_ev *ev, struct watch *watch, int fd, int what)
{
	short events = (short)((what & WATCH_READ ? EV_READ : 0) |
			       (what & WATCH_WRITE ? EV_WRITE : 0) | EV_PERSIST);

	must(watch->ready != NULL);
	if (watch->impl != NULL) {
		event_free(watch->impl);
		watch->impl = NULL;
	}
	watch->ev = ev;
	if (what == 0)
		return;
	watch->impl = event_new(ev->base, fd, events, on_ready, watch);
	must(watch->impl != NULL);
	must(event_add(watch->impl, NULL) == 0);
}

static void
on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct signal_watch *watch = arg;

	(void)what;
	tell_time(watch->ev);
	watch->caught(watch->arg, (int)signo);
}

void
loop_ev_on_signal(struct loop_ev *ev, int signo, void (*caught)(void *arg, int signo), void *arg)
{
	struct signal_watch *watch = &ev->signals[ev->signals_n];

	must(ev->signals_n < SIGNALS_MAX);
	ev->signals_n++;
	watch->ev = ev;
	watch->caught = caught;
	watch->arg = arg;
	watch->event = evsignal_new(ev->base, signo, on_signal, watch);
	must(watch->event != NULL);
	must(event_add(watch->event, NULL) == 0);
}
