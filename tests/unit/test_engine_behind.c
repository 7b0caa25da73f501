/* SPDX-License-Identifier: Apache-2.0
 * test_engine_behind.c - who asks while the last execution is on its way out need not ask twice. */
#include <check.h>
#include <string.h>

#include "engine_world.h"
#include "util/json.h"

#define PLAIN CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM("b") ",'depends_on':['a']}}}"
#define PAUSED                                         \
	CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM( \
	    "b") ",'depends_on':['a']}}"               \
		 ",'edges':[{'from':'a','to':'b','type':'pause'}]}"

static enum err_code
start(const char *config)
{
	return engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP);
}

static void
expect_completed(void)
{
	ck_assert_msg(the_world.ended, "%s", the_world.err.detail);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 2);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
}

/* At any moment in which the process, which has none, takes it up and parks it. */
START_TEST(credentials_are_taken_while_it_is_parked_for_want_of_them)
{
	the_world.account = "111111111111";
	the_world.provider.needs_credentials = true;
	the_world.recover_ms = 5000;
	ck_assert_int_eq(start(PAUSED), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	engine_world_crash(&the_world);
	for (int i = 0; i < _i; i++)
		engine_world_turn(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, PAUSED, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_msg(the_world.paused, "%s", the_world.err.detail);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	expect_completed();
}
END_TEST

/* One that stays is not waited for. */
START_TEST(what_is_taken_up_and_goes_on_is_not_run_beside)
{
	the_world.recover_ms = 5000;
	ck_assert_int_eq(start(PAUSED), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	engine_world_crash(&the_world);
	for (int i = 0; i < _i; i++)
		engine_world_turn(&the_world);
	if (start(PLAIN) == ERR_OK)
		engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.err.code, ERR_BUSY);
	ck_assert_uint_le(engine_running_n(the_world.engine), 1);
	ck_assert_int_eq(the_world.creates_applied, 1);
}
END_TEST

/* Its end is stored, and its lease not yet given back. */
static void
run_to_the_stored_end(void)
{
	struct json_object *view;
	bool                is_stored = false;

	while (!the_world.begun)
		engine_world_run(&the_world, 0);
	while (!is_stored) {
		ck_assert(!the_world.ended);
		engine_world_turn(&the_world);
		the_world.now_us += 100;
		view = engine_world_view(&the_world);
		is_stored = strcmp(json_get_str(view, "status"), "completed") == 0;
		json_object_put(view);
	}
}

START_TEST(who_has_seen_the_end_of_one_may_start_another)
{
	ck_assert_int_eq(start(PLAIN), ERR_OK);
	run_to_the_stored_end();
	execution_unwatch(&the_world.watch);
	ck_assert_int_eq(start(PLAIN), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	expect_completed();
}
END_TEST

Suite *suite_engine_behind(void);

Suite *
suite_engine_behind(void)
{
	Suite *suite = suite_create("engine_behind");
	TCase *tcase = engine_world_case("engine_behind");

	tcase_add_loop_test(
	    tcase, credentials_are_taken_while_it_is_parked_for_want_of_them, 0, 40);
	tcase_add_loop_test(tcase, what_is_taken_up_and_goes_on_is_not_run_beside, 0, 40);
	tcase_add_test(tcase, who_has_seen_the_end_of_one_may_start_another);
	suite_add_tcase(suite, tcase);
	return suite;
}
