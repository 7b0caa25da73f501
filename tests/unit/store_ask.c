/* SPDX-License-Identifier: Apache-2.0
 * store_ask.c - ops of a store in one line. */
#include "tests/unit/store_ask.h"

#include <check.h>
#include <string.h>

struct store_op asked;

struct store_key
ask_key(const char *deployment, const char *graph)
{
	struct store_key key;

	ck_assert(store_key_set(&key, "acme", deployment, graph));
	return key;
}

enum store_result
ask_run(struct world *world, struct store *store, const struct store_op *ask)
{
	store_op_fini(&asked);
	asked = *ask;
	world_op(world, store, &asked);
	return asked.result;
}

uint64_t
ask_begin(struct world *world, struct store *store, struct store_key key)
{
	ck_assert_int_eq(ASK(world, store, .verb = STORE_BEGIN, .key = key, .text = "{\"v\":1}",
			     .execution = "e1", .now_ms = NOW_MS),
	    STORE_OK);
	return asked.fence_out;
}

const struct store_item ask_events[3] = { { .text = "{\"n\":1}" }, { .text = "{\"n\":2}" },
	{ .text = "{\"n\":3}" } };

enum store_result
ask_append(struct world *world, struct store *store, struct store_key key, uint64_t fence,
    uint64_t seq, size_t n)
{
	return ASK(world, store, .verb = STORE_APPEND, .key = key, .fence = fence, .seq = seq,
	    .events = ask_events + seq % 3, .events_n = n);
}

size_t
ask_events_after(struct world *world, struct store_key key, uint64_t seq)
{
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_EVENTS, .key = key, .seq = seq), STORE_OK);
	return asked.items_n;
}

enum store_result
ask_lease(struct world *world, struct store *store, enum store_verb verb, struct store_key key,
    uint64_t fence)
{
	return ASK(world, store, .verb = verb, .key = key, .fence = fence);
}

const char *
ask_field(const char *name)
{
	for (size_t i = 0; i < asked.items_n; i++) {
		if (strcmp(asked.items_out[i].name, name) == 0)
			return asked.items_out[i].text;
	}
	return NULL;
}

void
store_play(enum world_kind kind, void (*scenario)(struct world *))
{
	struct world world;

	store_world_init(&world, kind);
	scenario(&world);
	store_op_fini(&asked);
	store_world_fini(&world);
}
