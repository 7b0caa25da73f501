/* SPDX-License-Identifier: Apache-2.0
 * engine_index.c - of the make-believe cloud's items, those of a deployment and a region. */
#include "engine_index.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/str.h"

#define PREFIX_SIZE 64

struct sweeping {
	struct engine_world *world;
	struct sweep        *sweep;
	struct timer         timer;
};

static void
add_hits(struct json_object *from, struct sweep *sweep)
{
	char   prefix[PREFIX_SIZE];
	size_t len = (size_t)snprintf(prefix, sizeof(prefix), "%s/", sweep->region);

	sweep->hits = json_object_new_array();
	json_object_object_foreach (from, key, item) {
		struct json_object *tags = json_get_object(item, "tags");
		struct json_object *hit;

		if (strncmp(key, prefix, len) != 0 ||
		    !str_eq(json_get_str(tags, IDENTITY_DEPLOYMENT_TAG), sweep->deployment_id))
			continue;
		hit = json_object_new_object();
		json_set_str(hit, "id", key);
		json_set(hit, "tags", json_copy(tags));
		json_object_array_add(sweep->hits, hit);
	}
}

static void
on_swept(struct timer *timer)
{
	struct sweeping     *sweeping = container_of(timer, struct sweeping, timer);
	struct engine_world *world = sweeping->world;
	struct sweep        *sweep = sweeping->sweep;

	sweep->impl = NULL;
	free(sweeping);
	sweep->result = world->sweep_times-- > 0 ? world->sweep_answer : OP_OK;
	snprintf(sweep->message, sizeof(sweep->message), "as the test said");
	if (sweep->result == OP_OK)
		add_hits(world->indexed != NULL ? world->indexed : world->items, sweep);
	sweep->done(sweep);
}

static void
fake_start_sweep(struct provider *provider, struct sweep *sweep)
{
	struct engine_world *world = container_of(provider, struct engine_world, provider);
	struct sweeping     *sweeping = xcalloc(1, sizeof(*sweeping));

	ck_assert_int_eq(sweep->result, OP_PENDING);
	ck_assert_ptr_null(sweep->impl);
	sweeping->world = world;
	sweeping->sweep = sweep;
	sweep->impl = sweeping;
	world->swept++;
	timer_init(&sweeping->timer, on_swept);
	timer_arm(world->loop, &sweeping->timer, world->latency_us);
}

static void
fake_cancel_sweep(struct provider *provider, struct sweep *sweep)
{
	struct engine_world *world = container_of(provider, struct engine_world, provider);
	struct sweeping     *sweeping = sweep->impl;

	if (sweeping == NULL)
		return;
	timer_disarm(world->loop, &sweeping->timer);
	sweep->impl = NULL;
	free(sweeping);
}

void
engine_index_open(struct engine_world *world)
{
	world->provider.start_sweep = fake_start_sweep;
	world->provider.cancel_sweep = fake_cancel_sweep;
}
