/* SPDX-License-Identifier: Apache-2.0
 * index.c - sweeps on their way, and the boxes that they find. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

#include "landing.h"
#include "util/json.h"
#include "util/mem.h"
#include "world.h"

#define TRAVEL_US (2 * SECOND)

/* A sweep under way: the process may die, and the sweep with it. */
struct sweeping {
	struct delivery     delivery;
	struct sweeping    *next, **at;
	struct cloud       *cloud;
	struct process     *process;
	const char         *provider;
	struct sweep       *sweep; /* NULL: nobody waits for the answer any more */
	struct timer        timer;
	enum op_result      result;
	struct json_object *hits;
};

static const struct {
	enum chance    chance;
	enum op_result answer;
} mishaps[] = {
	{ CHANCE_THROTTLED, OP_THROTTLED },
	{ CHANCE_TRANSIENT, OP_TRANSIENT },
	{ CHANCE_DENIED, OP_DENIED },
	{ CHANCE_LOST_REPLY, OP_UNKNOWN },
};

static void
sweeping_free(struct sweeping *sweeping)
{
	*sweeping->at = sweeping->next;
	if (sweeping->next != NULL)
		sweeping->next->at = sweeping->at;
	timer_disarm(sweeping->cloud->world->sky, &sweeping->timer);
	json_object_put(sweeping->hits);
	free(sweeping);
}

static bool
is_of(const struct box *box, const char *provider)
{
	size_t len = strlen(provider);

	return strncmp(box->type, provider, len) == 0 && box->type[len] == ':';
}

static bool
is_listed(const struct cloud *cloud, const struct box *box)
{
	struct world *world = cloud->world;
	int64_t       then_us = world->now_us;

	if (hits(world, CHANCE_STALE))
		then_us -= draw_between(world, 0, cloud->horizon_us);
	return box->visible_us <= then_us && (box->gone_us == 0 || box->gone_us > then_us);
}

static void
add_hits(struct sweeping *sweeping)
{
	const struct sweep *sweep = sweeping->sweep;

	sweeping->hits = json_object_new_array();
	for (const struct box *box = sweeping->cloud->boxes; box != NULL; box = box->next) {
		struct json_object *hit;

		if (strcmp(box->deployment, sweep->deployment_id) != 0 ||
		    strcmp(box->region, sweep->region) != 0 || !is_of(box, sweeping->provider) ||
		    !is_listed(sweeping->cloud, box))
			continue;
		hit = json_object_new_object();
		json_set_str(hit, "id", box->id);
		json_set(hit, "tags", json_copy(box->tags));
		json_object_array_add(sweeping->hits, hit);
	}
}

/* The process is told; or it has died since the answer came in. */
static void
deliver(struct delivery *delivery)
{
	struct sweeping *sweeping = container_of(delivery, struct sweeping, delivery);
	struct sweep    *sweep = sweeping->sweep;

	if (sweep != NULL) {
		sweep->impl = NULL;
		sweep->result = sweeping->result;
		sweep->hits = sweeping->hits;
		sweeping->hits = NULL;
		tell(sweeping->cloud->world, sweeping->process->owner, "swept",
		    op_result_name(sweep->result), 0);
	}
	sweeping_free(sweeping);
	if (sweep != NULL)
		sweep->done(sweep);
}

static void
on_timer(struct timer *timer)
{
	struct sweeping *sweeping = container_of(timer, struct sweeping, timer);

	if (sweeping->sweep == NULL) {
		deliver(&sweeping->delivery);
		return;
	}
	sweeping->result = OP_OK;
	for (size_t i = 0; i < array_len(mishaps) && sweeping->result == OP_OK; i++) {
		if (hits(sweeping->cloud->world, mishaps[i].chance))
			sweeping->result = mishaps[i].answer;
	}
	if (sweeping->result == OP_OK)
		add_hits(sweeping);
	process_deliver(sweeping->process, &sweeping->delivery);
}

void
index_start_sweep(struct provider *provider, struct sweep *sweep)
{
	struct process  *process = process_of(provider);
	struct cloud    *cloud = process->world->cloud;
	struct sweeping *sweeping = xcalloc(1, sizeof(*sweeping));

	must(sweep->result == OP_PENDING && sweep->impl == NULL);
	tell(cloud->world, process->owner, "sweep", sweep->region, 0);
	sweeping->delivery.deliver = deliver;
	sweeping->cloud = cloud;
	sweeping->process = process;
	sweeping->provider = provider->name;
	sweeping->sweep = sweep;
	sweep->impl = sweeping;
	sweeping->next = cloud->sweepings;
	sweeping->at = &cloud->sweepings;
	if (sweeping->next != NULL)
		sweeping->next->at = &sweeping->next;
	cloud->sweepings = sweeping;
	timer_init(&sweeping->timer, on_timer);
	timer_arm(cloud->world->sky, &sweeping->timer, draw_between(cloud->world, 1, TRAVEL_US));
}

void
index_cancel_sweep(struct provider *provider, struct sweep *sweep)
{
	struct sweeping *sweeping = sweep->impl;

	(void)provider;
	if (sweeping == NULL)
		return;
	sweeping->sweep = NULL;
	sweep->impl = NULL;
}

void
index_destroy(struct cloud *cloud)
{
	while (cloud->sweepings != NULL)
		sweeping_free(cloud->sweepings);
}
