/* SPDX-License-Identifier: Apache-2.0
 * redis_single.c - the route where there is one server. */
#include "store/redis_route.h"
#include "util/check.h"

struct single {
	struct redis_route route;
	struct redis_link *link;
};

static void
on_changed(void *arg)
{
	struct single *single = arg;

	redis_route_changed(&single->route);
}

static void
single_start(struct redis_route *route)
{
	struct single *single = container_of(route, struct single, route);

	single->link = redis_route_link(route, on_changed, single);
	redis_link_aim(single->link, &route->url.addresses[0]);
}

static void
single_end(struct redis_route *route)
{
	redis_link_destroy(container_of(route, struct single, route)->link);
}

static enum redis_way
single_find(struct redis_route *route, const char *key, const struct redis_address *ask,
    struct redis_link **ret_link)
{
	(void)key;
	(void)ask;
	*ret_link = container_of(route, struct single, route)->link;
	return redis_link_way(*ret_link);
}

static const char *
single_why(const struct redis_route *route)
{
	return redis_link_why(((const struct single *)route)->link);
}

static const struct redis_address *
single_ear(struct redis_route *route, const struct redis_address *now)
{
	(void)now;
	return &route->url.addresses[0];
}

const struct redis_route_kind redis_route_single = {
	.size = sizeof(struct single),
	.start = single_start,
	.end = single_end,
	.find = single_find,
	.why = single_why,
	.ear = single_ear,
};
