/* SPDX-License-Identifier: Apache-2.0
 *
 * hooks.h - tells others, by signed HTTP requests, what becomes of a tenant's executions, and what verifies find.
 *
 * A webhook follows the feed of its tenant, one message at a time, and how far it has come is in the store: the feed is the
 * queue, so one that is not answered holds nobody up and takes no memory. Of several processes on one store, one at a time
 * serves a webhook. A message is sent at least once, in order, and has the same id each time. One that can't be
 * delivered is tried again, ever more slowly, and given up after some tries.
 */
#ifndef HOOKS_HOOKS_H
#define HOOKS_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "feed/feed.h"
#include "store/store.h"

struct fetcher;
struct hooks;
struct metrics;
struct secret;

#define HOOKS_MAX        1000
#define HOOK_SECRETS_MAX 2
#define HOOK_TYPES_MAX   16
#define HOOK_TYPE_SIZE   32
#define HOOK_ID_SIZE     65 /* [a-z0-9-]{1,64} and a NUL */

/* Zeroed; then filled in. */
struct hook_config {
	char  id[HOOK_ID_SIZE]; /* its own among its tenant's */
	char  tenant[STORE_TENANT_SIZE];
	char *url; /* owned */
	struct secret
	    *secrets[HOOK_SECRETS_MAX]; /* owned; the first, and perhaps the one before it */
	char types[HOOK_TYPES_MAX][HOOK_TYPE_SIZE]; /* "execution", "execution.failed", "verify" */
	size_t types_n;                             /* 0: all */
	bool   refuses_link;                        /* see fetch.h */
};

void hook_config_fini(struct hook_config *config);

struct hooks_options {
	struct loop    *loop;
	struct store   *store;
	struct feed    *feed;
	struct fetcher *fetcher;
	struct metrics *metrics; /* NULL: nobody counts */
};

/* None yet. */
struct hooks *hooks_create(const struct hooks_options *options);
void          hooks_destroy(struct hooks *hooks); /* NULL is fine */

/* These are all from now on; takes the configs, what they own with them. One that is as it was is not disturbed; one that has changed
 * goes on where it was, and what was just being sent is sent again. */
void hooks_set(struct hooks *hooks, struct hook_config *configs, size_t n);

#endif
