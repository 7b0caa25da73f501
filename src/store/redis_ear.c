/* SPDX-License-Identifier: Apache-2.0
 * redis_ear.c - a link whose greeting subscribes. What comes lies in a ring until the task reads it; if it has run over,
 * all that is known is that something was missed. */
#include "store/redis_ear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/redis_greeting.h"
#include "store/redis_told.h"
#include "util/check.h"
#include "util/mem.h"

#define RING_N   256
#define TEXT_MAX 320 /* "T:D:G SEQ NUMBER" */

_Static_assert(
    STORE_TENANT_SIZE + STORE_DEPLOYMENT_SIZE + STORE_ID_SIZE + 2 * REDIS_NUMBER_SIZE < TEXT_MAX,
    "each fits in");

enum { STEP_AUTH, STEP_SUBSCRIBE, STEPS_N };

struct heard {
	char   refused[REDIS_WHY_SIZE];
	bool   is_subscribed;
	size_t n; /* that came; the last of them are in the ring */
	char   ring[RING_N][TEXT_MAX];
};

static bool
heard_say(const struct redis_url *url, int step, struct redis_say *say)
{
	if (step == STEP_AUTH)
		return redis_greeting_say_auth(url, say);
	redis_say_text(say, "SUBSCRIBE");
	redis_say_text(say, REDIS_TOLD_CHANNEL);
	return true;
}

static void
heard_hear(void *arg, const struct redis_url *url, int step, const struct redis_value *value)
{
	struct heard      *heard = arg;
	struct redis_value first = redis_value_at(value, 0);

	(void)url;
	if (value->kind == REDIS_KIND_ERROR)
		snprintf(heard->refused, sizeof(heard->refused), "%s", value->text);
	else if (step == STEP_SUBSCRIBE && strcmp(first.text, "message") == 0)
		snprintf(heard->ring[heard->n++ % RING_N], TEXT_MAX, "%s",
		    redis_value_at(value, 2).text);
	else if (step == STEP_SUBSCRIBE)
		heard->is_subscribed = true;
}

static bool
heard_judge(const void *arg, const struct redis_url *url, char ret_why[REDIS_WHY_SIZE])
{
	const struct heard *heard = arg;

	(void)url;
	if (!heard->is_subscribed)
		snprintf(ret_why, REDIS_WHY_SIZE, "%s", heard->refused);
	return heard->is_subscribed;
}

static const struct redis_greeting_kind heard_greeting = {
	.size = sizeof(struct heard),
	.steps_n = STEPS_N,
	.say = heard_say,
	.hear = heard_hear,
	.judge = heard_judge,
	.down = "store.ear",
};

/* ---- the ear ---- */

struct redis_ear {
	struct redis_route *route;
	struct redis_link  *link;
	store_listener     *told;
	void               *arg;
	bool                is_up;
	size_t              taken; /* of what was heard */
};

static void
tell(struct redis_ear *ear, const char *text)
{
	struct store_key   key;
	char               name[TEXT_MAX];
	unsigned long long seq, number;

	if (sscanf(text, "%319s %llu %llu", name, &seq, &number) == 3 && store_key_read(&key, name))
		ear->told(ear->arg, &key, seq, number);
}

static void
take(struct redis_ear *ear)
{
	const struct heard *heard = redis_link_heard(ear->link);

	if (heard->n - ear->taken > RING_N) {
		ear->taken = heard->n;
		ear->told(ear->arg, NULL, 0, 0);
	}
	while (ear->taken < heard->n)
		tell(ear, heard->ring[ear->taken++ % RING_N]);
}

static void
on_changed(void *arg)
{
	struct redis_ear *ear = arg;
	bool              was_up = ear->is_up;

	ear->is_up = redis_link_way(ear->link) == REDIS_WAY_OPEN;
	if (!ear->is_up) {
		redis_link_aim(ear->link, redis_route_ear(ear->route, NULL));
		return;
	}
	if (!was_up) {
		ear->taken = 0;
		ear->told(ear->arg, NULL, 0, 0);
	}
	take(ear);
}

void
redis_ear_look(struct redis_ear *ear)
{
	const struct redis_address *now, *there;

	if (ear == NULL)
		return;
	now = redis_link_address(ear->link);
	there = redis_route_ear(ear->route, now);
	if (there == NULL || (now != NULL && redis_address_equal(there, now)))
		return;
	ear->is_up = false;
	if (now == NULL)
		redis_link_aim(ear->link, there);
	else
		redis_link_move(ear->link, there);
}

struct redis_ear *
redis_ear_create(struct redis_route *route, store_listener *told, void *arg)
{
	struct redis_ear *ear = xcalloc(1, sizeof(*ear));

	ear->route = route;
	ear->told = told;
	ear->arg = arg;
	ear->link = redis_route_scout(route, &heard_greeting, on_changed, ear);
	redis_ear_look(ear);
	return ear;
}

void
redis_ear_destroy(struct redis_ear *ear)
{
	if (ear == NULL)
		return;
	redis_link_destroy(ear->link);
	free(ear);
}
