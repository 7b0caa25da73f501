/* SPDX-License-Identifier: Apache-2.0
 * redis_cluster.c - the route to the node of a cluster that has the key's slot.
 *
 * A scout is connected to one node after another, those of the URL and those of the map. Its greeting
 * asks for the map (CLUSTER SLOTS); to ask again is to go on to the next. That is done when a key was
 * said to have moved, when a node was lost, and when the scout was. A link for each primary comes with
 * the map; one that -ASK names may not be in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/redis_greeting.h"
#include "store/redis_route.h"
#include "store/redis_slots.h"
#include "util/check.h"
#include "util/log.h"
#include "util/mem.h"

/* ---- what is asked of any node ---- */

enum { STEP_AUTH, STEP_SLOTS, STEPS_N };

struct survey {
	char               refused[REDIS_WHY_SIZE];
	bool               is_read;
	struct redis_slots slots;
};

static bool
survey_say(const struct redis_url *url, int step, struct redis_say *say)
{
	if (step == STEP_AUTH)
		return redis_greeting_say_auth(url, say);
	redis_say_text(say, "CLUSTER");
	redis_say_text(say, "SLOTS");
	return true;
}

static void
survey_hear(void *heard, const struct redis_url *url, int step, const struct redis_value *value)
{
	struct survey *survey = heard;

	(void)url;
	if (value->kind == REDIS_KIND_ERROR && survey->refused[0] == '\0')
		snprintf(survey->refused, sizeof(survey->refused), "%s", value->text);
	else if (step == STEP_SLOTS)
		survey->is_read = redis_slots_read(&survey->slots, value);
}

static bool
survey_judge(const void *heard, const struct redis_url *url, char ret_why[REDIS_WHY_SIZE])
{
	const struct survey *survey = heard;

	(void)url;
	if (survey->refused[0] != '\0')
		snprintf(ret_why, REDIS_WHY_SIZE, "%s", survey->refused);
	else if (!survey->is_read)
		snprintf(ret_why, REDIS_WHY_SIZE, "the map of its slots can't be read");
	else if (survey->slots.owned_n == 0)
		snprintf(ret_why, REDIS_WHY_SIZE, "it knows no slot of the cluster");
	else
		return true;
	return false;
}

static const struct redis_greeting_kind survey_greeting = {
	.size = sizeof(struct survey),
	.steps_n = STEPS_N,
	.say = survey_say,
	.hear = survey_hear,
	.judge = survey_judge,
	.down = "store.scout",
};

/* ---- the route ---- */

struct node {
	struct cluster    *cluster;
	struct redis_link *link;
	bool               is_used; /* since the last map came */
};

struct cluster {
	struct redis_route route;
	struct redis_link *scout;
	int                asked;    /* how many nodes */
	int                heard;    /* at how many of them what is published was to be heard */
	struct redis_slots slots;    /* the map, and what was told since */
	int                mapped_n; /* of its servers, those that came with the map */
	struct node       *nodes[REDIS_SLOT_SERVERS_MAX]; /* of its servers; NULL: no link yet */
};

static void
scout_go_on(struct cluster *cluster)
{
	const struct redis_url *url = &cluster->route.url;
	int                     seeds_n = (int)url->addresses_n;
	int                     at = cluster->asked++ % (seeds_n + cluster->mapped_n);

	redis_link_aim(cluster->scout,
	    at < seeds_n ? &url->addresses[at] : &cluster->slots.servers[at - seeds_n]);
}

/* If the scout is not open, it is about to ask. */
static void
map_refresh(struct cluster *cluster)
{
	if (redis_link_way(cluster->scout) == REDIS_WAY_OPEN)
		scout_go_on(cluster);
}

/* ---- nodes ---- */

static void
on_node_changed(void *arg)
{
	struct node *node = arg;

	if (redis_link_way(node->link) != REDIS_WAY_OPEN)
		map_refresh(node->cluster);
	redis_route_changed(&node->cluster->route);
}

static struct node *
node_at(struct cluster *cluster, int server)
{
	struct node *node = cluster->nodes[server];

	if (node != NULL)
		return node;
	node = xcalloc(1, sizeof(*node));
	node->cluster = cluster;
	node->link = redis_route_link(&cluster->route, on_node_changed, node);
	redis_link_aim(node->link, &cluster->slots.servers[server]);
	cluster->nodes[server] = node;
	return node;
}

static void
node_destroy(struct node *node)
{
	redis_link_destroy(node->link);
	free(node);
}

/* Into the new map, unless that does not name it and nobody needs it. */
static void
node_take_over(struct cluster *cluster, struct node *node)
{
	bool is_needed = node->is_used || !redis_link_is_idle(node->link);
	int  at = redis_slots_server(&cluster->slots, redis_link_address(node->link));

	if (at < 0 || cluster->nodes[at] != NULL || (at >= cluster->mapped_n && !is_needed)) {
		node_destroy(node);
		return;
	}
	node->is_used = false;
	cluster->nodes[at] = node;
}

/* ---- the map ---- */

static void
log_map(const struct cluster *cluster, const struct redis_slots *newer)
{
	if (newer->servers_n == cluster->mapped_n &&
	    memcmp(newer->owners, cluster->slots.owners, sizeof(newer->owners)) == 0)
		return;
	log_line(newer->owned_n == REDIS_SLOTS_N ? LOG_INFO : LOG_WARN, "store.slots",
	    "servers=%d slots=%d", newer->servers_n, newer->owned_n);
}

static void
map_take(struct cluster *cluster)
{
	const struct survey *survey = redis_link_heard(cluster->scout);
	struct node         *before[REDIS_SLOT_SERVERS_MAX];

	log_map(cluster, &survey->slots);
	memcpy(before, cluster->nodes, sizeof(before));
	memset(cluster->nodes, 0, sizeof(cluster->nodes));
	cluster->slots = survey->slots;
	cluster->mapped_n = cluster->slots.servers_n;
	redis_slots_fill_in(&cluster->slots, redis_link_address(cluster->scout));
	for (size_t i = 0; i < array_len(before); i++) {
		if (before[i] != NULL)
			node_take_over(cluster, before[i]);
	}
	for (int i = 0; i < cluster->mapped_n; i++)
		node_at(cluster, i);
}

static void
on_scout_changed(void *arg)
{
	struct cluster *cluster = arg;

	if (redis_link_way(cluster->scout) == REDIS_WAY_OPEN)
		map_take(cluster);
	else
		scout_go_on(cluster);
	redis_route_changed(&cluster->route);
}

static void
cluster_moved(struct redis_route *route, unsigned slot, const struct redis_address *to)
{
	struct cluster *cluster = container_of(route, struct cluster, route);
	int             server = redis_slots_server(&cluster->slots, to);

	if (server >= 0)
		redis_slots_give(&cluster->slots, slot, server);
	map_refresh(cluster);
}

/* ---- the route's functions ---- */

static void
cluster_start(struct redis_route *route)
{
	struct cluster *cluster = container_of(route, struct cluster, route);

	cluster->scout = redis_route_scout(route, &survey_greeting, on_scout_changed, cluster);
	scout_go_on(cluster);
}

static void
cluster_end(struct redis_route *route)
{
	struct cluster *cluster = container_of(route, struct cluster, route);

	for (size_t i = 0; i < array_len(cluster->nodes); i++) {
		if (cluster->nodes[i] != NULL)
			node_destroy(cluster->nodes[i]);
	}
	redis_link_destroy(cluster->scout);
}

static enum redis_way
cluster_find(struct redis_route *route, const char *key, const struct redis_address *ask,
    struct redis_link **ret_link)
{
	struct cluster *cluster = container_of(route, struct cluster, route);
	int             server = ask != NULL ? redis_slots_server(&cluster->slots, ask)
					     : redis_slots_owner(&cluster->slots, redis_slot_of(key));
	struct node    *node;

	if (server < 0) { /* of a slot without a server the next map may know one */
		map_refresh(cluster);
		return redis_link_way(cluster->scout) == REDIS_WAY_SHUT ? REDIS_WAY_SHUT
									: REDIS_WAY_COMING;
	}
	node = node_at(cluster, server);
	node->is_used = true;
	*ret_link = node->link;
	return redis_link_way(node->link);
}

static const char *
cluster_why(const struct redis_route *route)
{
	const struct cluster *cluster = (const struct cluster *)route;
	const char           *why = "";

	if (cluster->mapped_n == 0)
		return redis_link_why(cluster->scout);
	if (cluster->slots.owned_n < REDIS_SLOTS_N)
		return "not every slot of the cluster has a server";
	for (int i = 0; i < cluster->mapped_n && why[0] == '\0'; i++)
		why = redis_link_why(cluster->nodes[i]->link);
	return why;
}

/* Any node hears what is published at another. */
static const struct redis_address *
cluster_ear(struct redis_route *route, const struct redis_address *now)
{
	struct cluster *cluster = container_of(route, struct cluster, route);

	for (int i = 0; now != NULL && i < cluster->mapped_n; i++) {
		if (redis_address_equal(&cluster->slots.servers[i], now))
			return now;
	}
	if (cluster->mapped_n == 0)
		return NULL;
	return &cluster->slots.servers[cluster->heard++ % cluster->mapped_n];
}

const struct redis_route_kind redis_route_cluster = {
	.size = sizeof(struct cluster),
	.start = cluster_start,
	.end = cluster_end,
	.find = cluster_find,
	.moved = cluster_moved,
	.why = cluster_why,
	.ear = cluster_ear,
};
