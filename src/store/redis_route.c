/* SPDX-License-Identifier: Apache-2.0
 * redis_route.c - what all routes have in common, and which kind a URL asks for. */
#include "store/redis_route.h"

#include <stdlib.h>

#include "store/redis_greeting.h"
#include "util/check.h"
#include "util/mem.h"

#define SCOUT_PATIENCE_MS 1000 /* there are others to ask */

static const struct redis_route_kind *const kinds[] = {
	[REDIS_SCHEME_UNIX] = &redis_route_single,
	[REDIS_SCHEME_SERVER] = &redis_route_single,
	[REDIS_SCHEME_SENTINEL] = &redis_route_sentinel,
	[REDIS_SCHEME_CLUSTER] = &redis_route_cluster,
};
_Static_assert(array_len(kinds) == REDIS_SCHEMES_N, "each scheme has its route");

struct redis_route *
redis_route_create(
    struct loop_ev *ev, const char *url, const struct redis_route_options *options, struct err *err)
{
	struct redis_url    parsed;
	struct redis_route *route;

	if (!redis_url_parse(&parsed, url, err))
		return NULL;
	route = xcalloc(1, kinds[parsed.scheme]->size);
	route->kind = kinds[parsed.scheme];
	route->ev = ev;
	route->url = parsed;
	route->options = *options;
	route->kind->start(route);
	return route;
}

void
redis_route_destroy(struct redis_route *route)
{
	route->kind->end(route);
	redis_url_fini(&route->url);
	free(route);
}

enum redis_way
redis_route_find(struct redis_route *route, const char *key, const struct redis_address *ask,
    struct redis_link **ret_link)
{
	must(key != NULL);
	return route->kind->find(route, key, ask, ret_link);
}

void
redis_route_moved(struct redis_route *route, unsigned slot, const struct redis_address *to)
{
	if (route->kind->moved != NULL)
		route->kind->moved(route, slot, to);
}

bool
redis_route_is_one(const struct redis_route *route)
{
	return route->kind->moved == NULL;
}

const char *
redis_route_why(const struct redis_route *route)
{
	return route->kind->why(route);
}

const struct redis_address *
redis_route_ear(struct redis_route *route, const struct redis_address *now)
{
	return route->kind->ear(route, now);
}

static struct redis_link *
link_create(struct redis_route *route, const struct redis_greeting_kind *greeting,
    int64_t patience_ms, void (*changed)(void *arg), void *arg)
{
	struct redis_link_options options = {
		.greeting = greeting,
		.url = &route->url,
		.patience_ms = patience_ms,
		.changed = changed,
		.arg = arg,
	};

	return redis_link_create(route->ev, &options);
}

struct redis_link *
redis_route_link(struct redis_route *route, void (*changed)(void *arg), void *arg)
{
	return link_create(route, &redis_greeting, route->options.patience_ms, changed, arg);
}

struct redis_link *
redis_route_scout(struct redis_route *route, const struct redis_greeting_kind *greeting,
    void (*changed)(void *arg), void                                          *arg)
{
	return link_create(route, greeting, SCOUT_PATIENCE_MS, changed, arg);
}

void
redis_route_changed(struct redis_route *route)
{
	route->options.changed(route->options.arg);
}
