/* SPDX-License-Identifier: Apache-2.0
 *
 * redis_route.h - which link a command takes: that of the only server, of the primary that sentinels
 * name, or of the node of a cluster that has the key's slot.
 *
 * A route owns its links. They mend themselves; it tells them where to.
 */
#ifndef STORE_REDIS_ROUTE_H
#define STORE_REDIS_ROUTE_H

#include "store/redis_link.h"
#include "store/redis_url.h"
#include "util/err.h"

struct redis_route;

struct redis_route_kind {
	size_t size; /* of a route of this kind, which begins with a struct redis_route */
	void (*start)(struct redis_route *route);
	void (*end)(struct redis_route *route);
	/* `ask`, if not NULL: this once, the server that an -ASK names. */
	enum redis_way (*find)(struct redis_route *route, const char *key,
	    const struct redis_address *ask, struct redis_link **ret_link);
	/* NULL: it has no map that could be wrong. */
	void (*moved)(struct redis_route *route, unsigned slot, const struct redis_address *to);
	const char *(*why)(const struct redis_route *route);
	/* Where to hear what is published. `now`: there it was heard so far, and may be still; NULL: it failed there. NULL:
	 * that is not known now. */
	const struct redis_address *(*ear)(
	    struct redis_route *route, const struct redis_address *now);
};

struct redis_route_options {
	int64_t patience_ms; /* see redis_link.h */
	/* Ways have opened, or have shut. From a task. */
	void (*changed)(void *arg);
	void *arg;
};

struct redis_route {
	const struct redis_route_kind *kind;
	struct loop_ev                *ev;
	struct redis_url               url;
	struct redis_route_options     options;
};

extern const struct redis_route_kind redis_route_single, redis_route_sentinel, redis_route_cluster;

/* NULL and *err when the URL can't be understood. */
MUSTCHECK struct redis_route *redis_route_create(struct loop_ev *ev, const char *url,
    const struct redis_route_options *options, struct err *err);

/* What is due is answered with NULL on the way. */
void redis_route_destroy(struct redis_route *route);

/* The way of a command on this key now; *ret_link is set when it is open. */
enum redis_way redis_route_find(struct redis_route *route, const char *key,
    const struct redis_address *ask, struct redis_link **ret_link);

/* A server says that the slot is elsewhere. */
void redis_route_moved(struct redis_route *route, unsigned slot, const struct redis_address *to);

/* All keys lie on the same server. */
bool redis_route_is_one(const struct redis_route *route);

/* Why not every way is open, for people; "" if all are. */
const char *redis_route_why(const struct redis_route *route);

const struct redis_address *
redis_route_ear(struct redis_route *route, const struct redis_address *now);

/* For kinds of route: a link to a server that keeps our data, and one to ask for the way. */
struct redis_link *
redis_route_link(struct redis_route *route, void (*changed)(void *arg), void *arg);
struct redis_link *redis_route_scout(struct redis_route *route,
    const struct redis_greeting_kind *greeting, void (*changed)(void *arg), void *arg);

void redis_route_changed(struct redis_route *route); /* tells our user */

#endif
