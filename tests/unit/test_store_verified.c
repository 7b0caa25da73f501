/* SPDX-License-Identifier: Apache-2.0
 * test_store_verified.c - how a deployment was last found: kept and told, but never while an execution may change it. */
#include <check.h>

#include "tests/unit/store_ask.h"

static const struct store_item event = { .text = "{\"seq\":3}" };

static enum store_result
put(struct world *world, struct store_key key, const char *text, uint64_t seq, size_t events_n)
{
	return ASK(world, world->store, .verb = STORE_VERIFIED_PUT, .key = key, .text = text,
	    .seq = seq, .events = &event, .events_n = events_n, .now_ms = NOW_MS);
}

static void
expect(struct world *world, struct store_key key, const char *text, uint64_t seq)
{
	ck_assert_int_eq(
	    ASK(world, world->other, .verb = STORE_VERIFIED_GET, .key = key), STORE_OK);
	ck_assert_str_eq(asked.text_out, text);
	ck_assert_uint_eq(asked.seq_out, seq);
}

static void
finish(struct world *world, struct store_key key, uint64_t fence)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FINISH, .key = key, .fence = fence,
			     .now_ms = NOW_MS),
	    STORE_OK);
}

static void
what_was_found_is_kept_for_all_graphs_of_the_deployment(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	expect(world, key, "", 0);
	ck_assert_int_eq(put(world, key, "one", 0, 0), STORE_OK);
	expect(world, ask_key("app", "0000000b"), "one", 0);
	expect(world, ask_key("app", NULL), "one", 0);
	expect(world, ask_key("lib", "0000000a"), "", 0);
	expect(world, ask_key("lib", NULL), "", 0);
}

static void
an_event_follows_those_of_executions_and_they_follow_it(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 2), STORE_OK);
	finish(world, key, fence);
	ck_assert_int_eq(put(world, key, "one", 2, 1), STORE_OK);
	expect(world, key, "one", 3);
	ck_assert_int_eq(
	    ASK(world, world->other, .verb = STORE_EVENTS, .key = key, .seq = 2), STORE_OK);
	ck_assert_uint_eq(asked.items_n, 1);
	ck_assert_uint_eq(asked.items_out[0].number, 3);
	ck_assert_str_eq(asked.items_out[0].text, event.text);
	ck_assert_int_eq(put(world, key, "one", 2, 1), STORE_OK); /* its answer was lost */
	ck_assert_int_eq(put(world, key, "two", 2, 1), STORE_LOST);
	expect(world, key, "one", 3);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = "e2", .now_ms = NOW_MS + 1),
	    STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 3);
}

static void
nothing_is_said_of_what_an_execution_may_change(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence;

	ck_assert_int_eq(put(world, key, "one", 0, 0), STORE_OK);
	fence = ask_begin(world, world->store, ask_key("app", "0000000b"));
	ck_assert_int_eq(put(world, key, "two", 0, 0), STORE_LEFT);
	ck_assert_int_eq(put(world, key, "two", 0, 1), STORE_LEFT);
	expect(world, key, "one", 0);
	finish(world, ask_key("app", "0000000b"), fence);
	ck_assert_int_eq(put(world, key, "two", 0, 0), STORE_OK);
}

static void (*const scenarios[])(struct world *) = {
	what_was_found_is_kept_for_all_graphs_of_the_deployment,
	an_event_follows_those_of_executions_and_they_follow_it,
	nothing_is_said_of_what_an_execution_may_change,
};

START_TEST(every_scenario_holds_in_memory)
{
	store_play(WORLD_MEM, scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	store_play(WORLD_REDIS, scenarios[_i]);
}
END_TEST

Suite *suite_store_verified(void);

Suite *
suite_store_verified(void)
{
	Suite *suite = suite_create("store_verified");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_scenario_holds_in_memory, 0, array_len(scenarios));
	tcase_add_loop_test(tcase, every_scenario_holds_on_redis, 0, array_len(scenarios));
	suite_add_tcase(suite, tcase);
	return suite;
}
