/* SPDX-License-Identifier: Apache-2.0
 * notify.c - a message at each turn of its life, and one every half of the watchdog's time. */
#include "notify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "loop/loop.h"
#include "util/check.h"
#include "util/mem.h"

struct notify {
	struct loop *loop;
	struct timer timer;
	uint64_t     watchdog_us; /* 0: nobody watches */
};

static void
on_watchdog(struct timer *timer)
{
	struct notify *notify = container_of(timer, struct notify, timer);

	(void)sd_notify(0, "WATCHDOG=1");
	timer_arm(notify->loop, timer, (int64_t)notify->watchdog_us / 2);
}

struct notify *
notify_ready(struct loop *loop, const char *url)
{
	struct notify *notify = xcalloc(1, sizeof(*notify));

	notify->loop = loop;
	timer_init(&notify->timer, on_watchdog);
	(void)sd_notifyf(0, "READY=1\nSTATUS=listening on %s", url);
	if (sd_watchdog_enabled(0, &notify->watchdog_us) > 0)
		on_watchdog(&notify->timer);
	return notify;
}

void
notify_stopping(struct notify *notify)
{
	if (notify != NULL)
		(void)sd_notify(0, "STOPPING=1");
}

void
notify_destroy(struct notify *notify)
{
	if (notify == NULL)
		return;
	timer_disarm(notify->loop, &notify->timer);
	free(notify);
}
