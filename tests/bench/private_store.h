/* SPDX-License-Identifier: Apache-2.0
 *
 * private_store.h - the store of a server that has no Redis of its own: a redis-server in a folder that is gone afterwards.
 */
#ifndef BENCH_PRIVATE_STORE_H
#define BENCH_PRIVATE_STORE_H

#include <stdint.h>
#include <sys/types.h>

#include "loop/loop_ev.h"
#include "store/store.h"

#define PRIVATE_STORE_OWNER "bench"

struct private_store {
	struct loop_ev     *ev;
	struct redis_child *child;
	struct store       *store; /* may not be up yet */
	char                dir[32];
	char               *url;
};

void private_store_start(struct private_store *private_store, int64_t lease_ms);
void private_store_stop(struct private_store *private_store);

#endif
