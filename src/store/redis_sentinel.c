/* SPDX-License-Identifier: Apache-2.0
 * redis_sentinel.c - the route to the primary that sentinels name.
 *
 * A scout is connected to one sentinel after another. Its greeting asks where the primary is and
 * subscribes to the news that it is elsewhere, so a fail-over is followed when it is told, also while
 * the old connection looks well. Before each new connection a sentinel is asked again: who was the
 * primary may still think so when it comes back, until the sentinels get to it.
 *
 *   primary lost ──► scout goes to the next sentinel ──► "it is at A" ──► primary: connect to A
 *                        ▲            │                                        │
 *                        └── no answer┘◄────────── refused: a replica ─────────┘ */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/redis_greeting.h"
#include "store/redis_route.h"
#include "util/check.h"
#include "util/log.h"

#define SWITCH_CHANNEL "+switch-master"
#define SWITCH_WORDS_N 5

/* ---- what is asked of a sentinel ---- */

enum { STEP_AUTH, STEP_ADDRESS, STEP_MASTER, STEP_SUBSCRIBE, STEPS_N };

struct tidings {
	struct redis_address primary;
	bool                 is_known, is_news; /* it was asked for; or has changed since */
	int64_t              epoch; /* of what was asked for: of two answers, the newer */
	char                 refused[REDIS_WHY_SIZE];
};

static bool
tidings_say(const struct redis_url *url, int step, struct redis_say *say)
{
	if (step == STEP_AUTH)
		return redis_greeting_say_auth(url, say);
	if (step == STEP_SUBSCRIBE) {
		redis_say_text(say, "SUBSCRIBE");
		redis_say_text(say, SWITCH_CHANNEL);
		return true;
	}
	redis_say_text(say, "SENTINEL");
	redis_say_text(say, step == STEP_ADDRESS ? "GET-MASTER-ADDR-BY-NAME" : "MASTER");
	redis_say_text(say, url->master);
	return true;
}

/* "name old-host old-port new-host new-port"; of other primaries as well. */
static void
hear_switch(struct tidings *tidings, const struct redis_url *url, const char *text)
{
	char   copy[REDIS_WHY_SIZE + 2 * REDIS_HOST_SIZE], *rest = copy;
	char  *words[SWITCH_WORDS_N + 1] = { 0 };
	size_t n = 0;

	if (strlen(text) >= sizeof(copy))
		return;
	memcpy(copy, text, strlen(text) + 1);
	while (n <= SWITCH_WORDS_N && (words[n] = strsep(&rest, " ")) != NULL)
		n++;
	if (n != SWITCH_WORDS_N || strcmp(words[0], url->master) != 0)
		return;
	tidings->is_news = redis_address_set(&tidings->primary, words[3], words[4]);
}

/* A flat list of pairs: name, value. */
static void
hear_master(struct tidings *tidings, const struct redis_value *list)
{
	for (size_t i = 0; i + 1 < list->n; i += 2) {
		if (strcmp(redis_value_at(list, i).text, "config-epoch") == 0)
			tidings->epoch = strtoll(redis_value_at(list, i + 1).text, NULL, 10);
	}
}

static void
tidings_hear(void *heard, const struct redis_url *url, int step, const struct redis_value *value)
{
	struct tidings    *tidings = heard;
	struct redis_value first = redis_value_at(value, 0), second = redis_value_at(value, 1);

	if (step == STEP_ADDRESS && value->kind == REDIS_KIND_ERROR)
		snprintf(tidings->refused, sizeof(tidings->refused), "%s", value->text);
	else if (step == STEP_ADDRESS)
		tidings->is_known = redis_address_set(&tidings->primary, first.text, second.text);
	else if (step == STEP_MASTER)
		hear_master(tidings, value);
	else if (step == STEP_SUBSCRIBE && strcmp(first.text, "message") == 0)
		hear_switch(tidings, url, redis_value_at(value, 2).text);
}

/* That the password was refused is no matter: a sentinel mostly has none, else it says so next. */
static bool
tidings_judge(const void *heard, const struct redis_url *url, char ret_why[REDIS_WHY_SIZE])
{
	const struct tidings *tidings = heard;

	if (tidings->is_known)
		return true;
	if (tidings->refused[0] != '\0')
		snprintf(ret_why, REDIS_WHY_SIZE, "%s", tidings->refused);
	else
		snprintf(
		    ret_why, REDIS_WHY_SIZE, "the sentinel knows no primary named %s", url->master);
	return false;
}

static const struct redis_greeting_kind tidings_greeting = {
	.size = sizeof(struct tidings),
	.steps_n = STEPS_N,
	.say = tidings_say,
	.hear = tidings_hear,
	.judge = tidings_judge,
	.down = "store.scout",
};

/* ---- the route ---- */

struct sentinel {
	struct redis_route   route;
	struct redis_link   *scout, *primary;
	size_t               asked;  /* which sentinel */
	struct redis_address newest; /* that was believed; port 0: none yet */
	int64_t              epoch;  /* of it, or of the one before */
};

static void
scout_go_on(struct sentinel *sentinel)
{
	const struct redis_url *url = &sentinel->route.url;

	sentinel->asked = (sentinel->asked + 1) % url->addresses_n;
	redis_link_aim(sentinel->scout, &url->addresses[sentinel->asked]);
}

/* While the primary's link is open, what a sentinel says that has slept is no reason to leave it. */
static bool
is_believed(const struct sentinel *sentinel, const struct tidings *tidings)
{
	return redis_link_way(sentinel->primary) != REDIS_WAY_OPEN || tidings->is_news ||
	       tidings->epoch > sentinel->epoch;
}

static void
primary_follow(struct sentinel *sentinel, const struct tidings *tidings)
{
	const struct redis_address *told = &tidings->primary;
	char                        name[REDIS_ADDRESS_NAME_SIZE];

	if (!is_believed(sentinel, tidings))
		return;
	sentinel->epoch = tidings->epoch;
	if (!redis_address_equal(told, &sentinel->newest)) {
		log_info("store.primary", "master=%s primary=%s", sentinel->route.url.master,
		    redis_address_name(told, name));
		sentinel->newest = *told;
		redis_link_move(sentinel->primary, told);
	} else if (redis_link_address(sentinel->primary) == NULL) {
		redis_link_aim(sentinel->primary, told);
	}
}

static void
on_scout_changed(void *arg)
{
	struct sentinel      *sentinel = arg;
	const struct tidings *tidings = redis_link_heard(sentinel->scout);

	if (redis_link_way(sentinel->scout) == REDIS_WAY_OPEN)
		primary_follow(sentinel, tidings);
	else
		scout_go_on(sentinel);
	redis_route_changed(&sentinel->route);
}

static void
on_primary_changed(void *arg)
{
	struct sentinel *sentinel = arg;

	if (redis_link_way(sentinel->primary) != REDIS_WAY_OPEN) {
		redis_link_aim(sentinel->primary, NULL);
		if (redis_link_way(sentinel->scout) == REDIS_WAY_OPEN)
			scout_go_on(sentinel);
	}
	redis_route_changed(&sentinel->route);
}

static void
sentinel_start(struct redis_route *route)
{
	struct sentinel *sentinel = container_of(route, struct sentinel, route);

	sentinel->scout = redis_route_scout(route, &tidings_greeting, on_scout_changed, sentinel);
	sentinel->primary = redis_route_link(route, on_primary_changed, sentinel);
	redis_link_aim(sentinel->scout, &route->url.addresses[0]);
}

static void
sentinel_end(struct redis_route *route)
{
	struct sentinel *sentinel = container_of(route, struct sentinel, route);

	redis_link_destroy(sentinel->primary);
	redis_link_destroy(sentinel->scout);
}

/* Nobody has told where it is. */
static bool
is_in_the_dark(const struct sentinel *sentinel)
{
	return redis_link_address(sentinel->primary) == NULL &&
	       redis_link_way(sentinel->scout) == REDIS_WAY_SHUT;
}

static enum redis_way
sentinel_find(struct redis_route *route, const char *key, const struct redis_address *ask,
    struct redis_link **ret_link)
{
	struct sentinel *sentinel = container_of(route, struct sentinel, route);

	(void)key;
	(void)ask;
	*ret_link = sentinel->primary;
	return is_in_the_dark(sentinel) ? REDIS_WAY_SHUT : redis_link_way(sentinel->primary);
}

static const char *
sentinel_why(const struct redis_route *route)
{
	const struct sentinel *sentinel = (const struct sentinel *)route;

	return redis_link_why(is_in_the_dark(sentinel) ? sentinel->scout : sentinel->primary);
}

static const struct redis_address *
sentinel_ear(struct redis_route *route, const struct redis_address *now)
{
	(void)now;
	return redis_link_address(container_of(route, struct sentinel, route)->primary);
}

const struct redis_route_kind redis_route_sentinel = {
	.size = sizeof(struct sentinel),
	.start = sentinel_start,
	.end = sentinel_end,
	.find = sentinel_find,
	.why = sentinel_why,
	.ear = sentinel_ear,
};
