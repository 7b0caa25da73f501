/* SPDX-License-Identifier: Apache-2.0
 * private_store.c - makes a folder, starts redis-server in it, connects; and takes all of it down. */
#include "private_store.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/redis_child.h"
#include "store/store_redis.h"
#include "util/check.h"
#include "util/log.h"
#include "util/secret.h"

#define TREE_FDS_MAX 16

static void
on_died(void *arg)
{
	(void)arg;
	must(!"redis-server can't be kept running");
}

void
private_store_start(struct private_store *p, int64_t lease_ms)
{
	struct store_redis_options options = { .owner = PRIVATE_STORE_OWNER, .lease_ms = lease_ms };
	struct err                 err = { 0 };

	must(secret_setup());
	log_set_level(LOG_WARN);
	*p = (struct private_store){ .dir = "/tmp/mgraph-bench-XXXXXX" };
	must(mkdtemp(p->dir) != NULL);
	p->ev = loop_ev_create();
	p->child = redis_child_start(p->ev, p->dir, on_died, NULL, &p->url, &err);
	if (p->child == NULL)
		fprintf(stderr, "%s\n", err.detail);
	must(p->child != NULL);
	options.url = p->url;
	p->store = store_redis_create(p->ev, &options, &err);
	must(p->store != NULL);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

void
private_store_stop(struct private_store *p)
{
	store_destroy(p->store);
	redis_child_stop(p->child);
	loop_ev_destroy(p->ev);
	nftw(p->dir, remove_one, TREE_FDS_MAX, FTW_DEPTH | FTW_PHYS);
	free(p->url);
}
