/* SPDX-License-Identifier: Apache-2.0
 * test_engine_cleanup.c - where a failure is rolled back, what goes goes last: then nothing is lost by it. */
#include <check.h>
#include <stdio.h>

#include "engine_world.h"
#include "util/json.h"

#define GONE(more) "'type':'fake:box:item','operation':'delete'" more
#define LAST(more) \
	"'d':{'type':'fake:box:item','depends_on':['c'" more "],'properties':{'name':'nd'}}"

/* t is called otherwise, and u turns to it; x goes; c is new, and d behind it. */
#define BEFORE CONFIG_HEAD CONFIG_ITEM("t") "}," CONFIG_ITEM("x") "}," U "}}"
#define AFTER(last)                                                                       \
	CONFIG_HEAD                                                                       \
	"'t':{'type':'fake:box:item','properties':{'name':'nt2'}}," U ",'t--old':{" GONE( \
	    ",'formerly':'t','depends_on':['u']") ",'properties':{"                       \
						  "'name':'nt'}},'x':{" GONE(             \
						      "") ",'properties':{'name':'nx'}}"  \
							  "," CONFIG_ITEM("c") "}," last "}}"
#define U "'u':{'type':'fake:box:item','properties':{'name':'nu','link':'@t'}}"

static struct json_object *
item(const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "eu-west-1/n%s", name);
	return json_get(the_world.items, key);
}

static void
start(const char *config, enum execution_mode mode, enum on_failure on_failure)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, mode, on_failure), ERR_OK);
}

static void
setup(void)
{
	start(BEFORE, MODE_FULL, ON_FAILURE_STOP);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	json_object_put(the_world.order);
	the_world.order = json_object_new_array();
}

static void
fail_to_create(const char *id)
{
	engine_world_fault(
	    &the_world, (struct fault){ id, OP_CREATE, 99, OP_DENIED, false, false });
}

/* In which turn it was created or deleted for the first time, from 1. */
static size_t
turn_of(const char *id)
{
	size_t n = json_object_array_length(the_world.order);

	for (size_t i = 0; i < n; i++) {
		if (str_eq(
			json_object_get_string(json_object_array_get_idx(the_world.order, i)), id))
			return i + 1;
	}
	ck_abort_msg("nothing is done about %s", id);
}

/* All is as it was. */
static void
expect_undone(void)
{
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_ptr_nonnull(item("t"));
	ck_assert_ptr_nonnull(item("x"));
	ck_assert_ptr_null(item("t2"));
	ck_assert_ptr_null(item("c"));
	ck_assert_str_eq(
	    json_get_str(json_get_object(item("u"), "properties"), "link"), "arn:eu-west-1/nt");
}

static void
step_to_the_end(void)
{
	struct continue_request step = { .until = UNTIL_STEP };

	while (!the_world.ended) {
		ck_assert(the_world.paused);
		the_world.paused = false;
		ck_assert_int_eq(
		    execution_continue(the_world.execution, &step, &the_world.err), ERR_OK);
		engine_world_run(&the_world, HOUR_US);
	}
}

START_TEST(what_goes_goes_last)
{
	start(AFTER(LAST("")), _i == 0 ? MODE_FULL : MODE_STEP, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	step_to_the_end();
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_ptr_null(item("t"));
	ck_assert_ptr_null(item("x"));
	ck_assert_uint_eq(json_object_array_length(the_world.order), 5);
	ck_assert_uint_gt(turn_of("x"), 3);
	ck_assert_uint_gt(turn_of("t--old"), 3);
}
END_TEST

START_TEST(but_for_what_others_wait_for)
{
	start(AFTER(LAST(",'x'")), MODE_FULL, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_uint_lt(turn_of("x"), turn_of("d"));
	ck_assert_uint_eq(turn_of("t--old"), 5);
}
END_TEST

START_TEST(and_in_its_turn_where_nothing_is_rolled_back)
{
	fail_to_create("d");
	start(AFTER(LAST("")), MODE_FULL, ON_FAILURE_CONTINUE);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_ptr_null(item("t"));
	ck_assert_ptr_null(item("x"));
}
END_TEST

START_TEST(a_failure_is_undone_as_a_whole)
{
	fail_to_create("d");
	start(AFTER(LAST("")), MODE_FULL, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	expect_undone();
}
END_TEST

/* Of those that go last one can't: what is new stays, and so does what has not gone. */
START_TEST(once_something_is_gone_there_is_no_way_back)
{
	engine_world_fault(
	    &the_world, (struct fault){ "x", OP_DELETE, 99, OP_DENIED, false, false });
	start(AFTER(LAST("")), MODE_FULL, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_ptr_nonnull(item("t2"));
	ck_assert_ptr_nonnull(item("c"));
	ck_assert_ptr_nonnull(item("d"));
	ck_assert_ptr_nonnull(item("x"));
	ck_assert_ptr_null(item("t"));
	ck_assert_str_eq(
	    json_get_str(json_get_object(item("u"), "properties"), "link"), "arn:eu-west-1/nt2");
}
END_TEST

START_TEST(also_by_a_process_that_takes_over_at_any_moment)
{
	fail_to_create("d");
	start(AFTER(LAST("")), MODE_FULL, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, _i * 500);
	if (the_world.ended)
		return;
	engine_world_crash(&the_world);
	if (engine_world_resume(&the_world, AFTER(LAST("")), false) != ERR_OK)
		return; /* it had not begun */
	engine_world_run(&the_world, HOUR_US);
	expect_undone();
}
END_TEST

Suite *suite_engine_cleanup(void);

Suite *
suite_engine_cleanup(void)
{
	Suite *suite = suite_create("engine_cleanup");
	TCase *tcase = engine_world_case("cleanup");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, what_goes_goes_last, 0, 2);
	tcase_add_test(tcase, but_for_what_others_wait_for);
	tcase_add_test(tcase, and_in_its_turn_where_nothing_is_rolled_back);
	tcase_add_test(tcase, a_failure_is_undone_as_a_whole);
	tcase_add_test(tcase, once_something_is_gone_there_is_no_way_back);
	tcase_add_loop_test(tcase, also_by_a_process_that_takes_over_at_any_moment, 0, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}
