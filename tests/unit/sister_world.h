/* SPDX-License-Identifier: Apache-2.0
 *
 * sister_world.h - for tests: a driver that does as it is told, a host that serves it, and a sister that uses it, all on one
 * loop with a real connection between them.
 */
#ifndef TESTS_SISTER_WORLD_H
#define TESTS_SISTER_WORLD_H

#include <stdbool.h>

#include "host/host.h"
#include "http/http.h"
#include "loop/loop_ev.h"
#include "net/fetch.h"
#include "provider/provider.h"
#include "provider/registry.h"
#include "util/str.h"

#define SISTER_KEY "a key of sixteen or more"

struct sister_world {
	struct loop_ev     *ev;
	struct fetcher     *fetcher;
	struct registry    *far_types, *near_types;
	struct provider    *far, *near; /* `test` on either side */
	struct host        *host;
	struct http_server *http;
	char               *url;
	struct secret      *key;
	struct timer        guard, look;
	bool (*met)(void);

	/* what the driver does */
	bool         holds;    /* it does not answer */
	int64_t      takes_ms; /* before it does */
	struct op    op;       /* answers, of which the world owns what is owned */
	struct whose whose;
	struct sweep sweep;

	/* what the driver saw */
	struct str    asked; /* the last question, as the protocol writes it */
	struct op    *asked_op;
	struct whose *asked_whose;
	struct sweep *asked_sweep;
	struct timer  answer;
	size_t        started_n, cancelled_n, opened_n, closed_n;
	char          opened[128]; /* account and secret of the last credentials */
};

extern struct sister_world sister_world;

/* The driver, the host and its port; then the sister, which begins to ask for what there is. */
void sister_world_open(const struct host_options *options);
void sister_world_meet(const char *url, const char *key); /* NULL: the right ones */
void sister_world_close(void);

/* Runs the loop until it is so; fails the test after 10 s. */
void sister_world_until(bool (*met)(void));
bool sister_world_is_there(void); /* the first contact is made */

#endif
