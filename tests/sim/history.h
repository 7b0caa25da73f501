/* SPDX-License-Identifier: Apache-2.0
 *
 * history.h - the versions that were asked for, and which of them were run: what a client, and a server, go by.
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "version.h"

struct client;

/* What the next version is compared with, as the store says; false: there is nothing. As src/api/base.c has it. */
bool history_base(struct client *client, struct deployment *deployment, struct base *ret_base);

/* Of the newest execution, however it ended; NULL: there was none. */
struct version *history_newest(struct client *client, const struct deployment *deployment);

#endif
