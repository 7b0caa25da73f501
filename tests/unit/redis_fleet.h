/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_fleet.h - a Redis Cluster of three primaries on loopback, for tests.
 */
#ifndef UNIT_REDIS_FLEET_H
#define UNIT_REDIS_FLEET_H

#include <sys/types.h>

#include "util/check.h"

#define FLEET_N 3

/* A port of loopback that nobody uses now. */
int port_free(void);

struct redis_fleet {
	char *dir;
	int   ports[FLEET_N];
	pid_t pids[FLEET_N];
};

void fleet_start(struct redis_fleet *fleet); /* until all of it agrees that it is well */
void fleet_stop(struct redis_fleet *fleet);
void fleet_flush(const struct redis_fleet *fleet);

/* redis-cluster:// of one node; the caller frees it. */
char *fleet_url(const struct redis_fleet *fleet, int node);

/* Which node has this slot at the start. */
int fleet_node_of(unsigned slot);

/* Says one command to a node; its answer as text: a number in digits, of a list nothing. */
const char *
fleet_say(const struct redis_fleet *fleet, int node, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
