/* SPDX-License-Identifier: Apache-2.0
 * test_store_once.c - what has a name is done by one at a time, and told to whoever comes later. */
#include <check.h>

#include "tests/unit/store_ask.h"

static enum store_result
take(struct world *world, struct store *store, const char *holder, const char *record)
{
	return ASK(world, store, .verb = STORE_ONCE_TAKE, .key = ask_key(NULL, NULL), .once = "k1",
	    .holder = holder, .text = record);
}

static enum store_result
put(struct world *world, struct store *store, const char *holder, enum store_once how,
    const char *record)
{
	return ASK(world, store, .verb = STORE_ONCE_PUT, .key = ask_key(NULL, NULL), .once = "k1",
	    .holder = holder, .how = how, .text = record);
}

static void
expire(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	if (world->kind == WORLD_MEM)
		world_expire_lease(world, &key); /* that is time */
	else
		world_say(world, "DEL mg:{acme}:once:k1:by");
}

static void
what_is_done_is_told_to_whoever_asks(struct world *world)
{
	ck_assert_int_eq(take(world, world->store, "a 1", "{}"), STORE_OK);
	ck_assert_ptr_null(asked.text_out);
	ck_assert_int_eq(
	    put(world, world->store, "a 1", STORE_ONCE_DONE, "{\"status\":200}"), STORE_OK);
	ck_assert_int_eq(take(world, world->other, "b 1", "{}"), STORE_OK);
	ck_assert_str_eq(asked.text_out, "{\"status\":200}");
	ck_assert_int_eq(take(world, world->store, "a 2", "{}"), STORE_OK);
	ck_assert_str_eq(asked.text_out, "{\"status\":200}");
	ck_assert_int_eq(
	    put(world, world->store, "a 1", STORE_ONCE_DONE, "{\"status\":500}"), STORE_FENCED);
	ck_assert_int_eq(put(world, world->store, "a 1", STORE_ONCE_DROP, NULL), STORE_FENCED);
}

static void
while_one_is_at_it_nobody_else_is(struct world *world)
{
	ck_assert_int_eq(take(world, world->store, "a 1", "{}"), STORE_OK);
	ck_assert_int_eq(take(world, world->store, "a 2", "{}"), STORE_EXISTS);
	ck_assert_int_eq(take(world, world->other, "a 1", "{}"), STORE_EXISTS);
	ck_assert_int_eq(put(world, world->other, "b 1", STORE_ONCE_HOLD, NULL), STORE_FENCED);
	ck_assert_int_eq(put(world, world->store, "a 1", STORE_ONCE_HOLD, NULL), STORE_OK);
	ck_assert_int_eq(take(world, world->store, "a 1", "{}"), STORE_LEFT); /* asked again */
}

static void
what_an_earlier_life_left_is_taken_up_at_once(struct world *world)
{
	ck_assert_int_eq(take(world, world->store, "a 1", "{\"n\":1}"), STORE_OK);
	ck_assert_int_eq(put(world, world->store, "a 1", STORE_ONCE_NOTE, "{\"n\":2}"), STORE_OK);
	ck_assert_int_eq(take(world, world->store, "c 1", "{\"n\":3}"), STORE_LEFT);
	ck_assert_str_eq(asked.text_out, "{\"n\":2}");
	ck_assert_int_eq(
	    put(world, world->store, "a 1", STORE_ONCE_NOTE, "{\"n\":4}"), STORE_FENCED);
	ck_assert_int_eq(put(world, world->store, "c 1", STORE_ONCE_DONE, "{}"), STORE_OK);
}

static void
what_another_process_left_is_taken_up_when_its_time_is_over(struct world *world)
{
	ck_assert_int_eq(take(world, world->store, "a 1", "{\"n\":1}"), STORE_OK);
	ck_assert_int_eq(take(world, world->other, "b 1", "{\"n\":3}"), STORE_EXISTS);
	expire(world);
	ck_assert_int_eq(take(world, world->other, "b 1", "{\"n\":3}"), STORE_LEFT);
	ck_assert_str_eq(asked.text_out, "{\"n\":1}");
	ck_assert_int_eq(put(world, world->store, "a 1", STORE_ONCE_HOLD, NULL), STORE_FENCED);
}

static void
what_is_given_back_is_left_as_it_is_or_was_never_begun(struct world *world)
{
	ck_assert_int_eq(take(world, world->store, "a 1", "{\"n\":1}"), STORE_OK);
	ck_assert_int_eq(put(world, world->store, "a 1", STORE_ONCE_LEAVE, NULL), STORE_OK);
	ck_assert_int_eq(take(world, world->other, "b 1", "{\"n\":2}"), STORE_LEFT);
	ck_assert_str_eq(asked.text_out, "{\"n\":1}");
	ck_assert_int_eq(put(world, world->other, "b 1", STORE_ONCE_DROP, NULL), STORE_OK);
	ck_assert_int_eq(put(world, world->other, "b 1", STORE_ONCE_NOTE, "{}"), STORE_FENCED);
	ck_assert_int_eq(take(world, world->store, "a 2", "{\"n\":3}"), STORE_OK);
	ck_assert_ptr_null(asked.text_out);
}

static void (*const scenarios[])(struct world *) = {
	what_is_done_is_told_to_whoever_asks,
	while_one_is_at_it_nobody_else_is,
	what_an_earlier_life_left_is_taken_up_at_once,
	what_another_process_left_is_taken_up_when_its_time_is_over,
	what_is_given_back_is_left_as_it_is_or_was_never_begun,
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

Suite *suite_store_once(void);

Suite *
suite_store_once(void)
{
	Suite *suite = suite_create("store_once");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_scenario_holds_in_memory, 0, array_len(scenarios));
	tcase_add_loop_test(tcase, every_scenario_holds_on_redis, 0, array_len(scenarios));
	suite_add_tcase(suite, tcase);
	return suite;
}
