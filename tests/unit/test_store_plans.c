/* SPDX-License-Identifier: Apache-2.0
 * test_store_plans.c - plans are kept under their graph, and told again. */
#include <check.h>

#include "tests/unit/store_ask.h"

static void
put(struct world *world, struct store_key key, const char *plan, const char *text)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_PLAN_PUT, .key = key, .plan = plan,
			     .text = text),
	    STORE_OK);
}

static enum store_result
get(struct world *world, struct store_key key, const char *plan)
{
	return ASK(world, world->other, .verb = STORE_PLAN_GET, .key = key, .plan = plan);
}

static void
a_plan_is_told_as_it_was_put(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	ck_assert_int_eq(get(world, key, "p1"), STORE_ABSENT);
	put(world, key, "p1", "{\"plan_id\":\"p1\"}");
	put(world, key, "p2", "{\"plan_id\":\"p2\"}");
	put(world, key, "p1", "{\"plan_id\":\"p1\"}");
	ck_assert_int_eq(get(world, key, "p1"), STORE_OK);
	ck_assert_str_eq(asked.text_out, "{\"plan_id\":\"p1\"}");
	ck_assert_int_eq(get(world, key, "p2"), STORE_OK);
	ck_assert_str_eq(asked.text_out, "{\"plan_id\":\"p2\"}");
}

static void
a_plan_is_of_its_graph_alone(struct world *world)
{
	put(world, ask_key("app", "0000000a"), "p1", "{}");
	ck_assert_int_eq(get(world, ask_key("app", "0000000b"), "p1"), STORE_ABSENT);
	ck_assert_int_eq(get(world, ask_key("lib", "0000000a"), "p1"), STORE_ABSENT);
}

static void (*const scenarios[])(struct world *) = {
	a_plan_is_told_as_it_was_put,
	a_plan_is_of_its_graph_alone,
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

Suite *suite_store_plans(void);

Suite *
suite_store_plans(void)
{
	Suite *suite = suite_create("store_plans");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_scenario_holds_in_memory, 0, array_len(scenarios));
	tcase_add_loop_test(tcase, every_scenario_holds_on_redis, 0, array_len(scenarios));
	suite_add_tcase(suite, tcase);
	return suite;
}
