/* SPDX-License-Identifier: Apache-2.0
 *
 * notify.h - tells the service manager that started this process how it is (sd_notify(3)); says nothing where there is none.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

struct loop;
struct notify;

/* It is ready. Where the manager wants signs of life (WatchdogSec=), the loop gives them from now on. */
struct notify *notify_ready(struct loop *loop, const char *url);

/* It stops; NULL is fine. */
void notify_stopping(struct notify *notify);
void notify_destroy(struct notify *notify);

#endif
