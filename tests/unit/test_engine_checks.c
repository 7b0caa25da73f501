/* SPDX-License-Identifier: Apache-2.0
 * test_engine_checks.c - checks of a resource: when they are asked, when they are not, and what becomes of those that don't
 * hold. */
#include <check.h>

#include "engine_world.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define CHECKED                                                                              \
	CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na'},'verify':["      \
		    "{'type':'fake:box:check','properties':{'name':'c','link':'@a.arn'}}]}," \
		    "'b':{'type':'fake:box:item','properties':{'name':'nb'},'depends_on':['" \
		    "a-check']}}}"

static void
run(enum execution_kind kind, enum execution_mode mode)
{
	enum on_failure on_failure =
	    kind == EXECUTION_VERIFY ? ON_FAILURE_CONTINUE : ON_FAILURE_STOP;

	ck_assert_int_eq(engine_world_start(&the_world, CHECKED, kind, mode, on_failure), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
}

static struct json_object *
operation_of(struct json_object *operations, const char *resource_id)
{
	for (size_t i = 0; i < json_object_array_length(operations); i++) {
		struct json_object *one = json_object_array_get_idx(operations, i);

		if (str_eq(json_get_str(one, "resource_id"), resource_id))
			return one;
	}
	must(!"there is no such operation");
}

static void
fail_check(int times, enum op_result answer)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a-check", OP_CHECK, times, answer, false, false });
}

START_TEST(an_apply_asks_it_after_its_resource_and_before_who_waits_for_it)
{
	struct json_object *view, *check;

	run(EXECUTION_APPLY, MODE_FULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 1);
	ck_assert_str_eq(json_text(the_world.order), "[\"a\",\"b\"]");
	view = engine_world_view(&the_world);
	check = operation_of(json_get(view, "operations"), "a-check");
	ck_assert_str_eq(json_get_str(check, "operation"), "verify");
	ck_assert_str_eq(json_get_str(check, "check_of"), "a");
	ck_assert_str_eq(json_get_str(check, "status"), "completed");
	json_object_put(view);
	run(EXECUTION_APPLY, MODE_FULL); /* what is there already must hold as well */
	ck_assert_int_eq(the_world.asked[OP_CHECK], 2);
}
END_TEST

START_TEST(a_move_asks_it_as_well_and_its_plan_does_not)
{
	run(EXECUTION_MOVE, MODE_DRY_RUN);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 0);
	run(EXECUTION_MOVE, MODE_FULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 1);
}
END_TEST

START_TEST(one_that_does_not_hold_is_tried_again_as_its_properties_say)
{
	int64_t before_us = the_world.now_us;

	fail_check(3, OP_FAILED);
	run(EXECUTION_APPLY, MODE_FULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 4);
	ck_assert_int_ge(the_world.now_us - before_us, 6 * SECOND_US);
}
END_TEST

START_TEST(one_that_does_not_hold_is_a_failed_operation)
{
	fail_check(1000, OP_FAILED);
	run(EXECUTION_APPLY, MODE_FULL);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 4);
	engine_world_expect(&the_world, "failed_operation.resource_id", "a-check");
	engine_world_expect(&the_world, "failed_operation.error.message", "as the test said");
	ck_assert_uint_eq(engine_world_items_n(&the_world), 1); /* who waits for it is not made */
}
END_TEST

START_TEST(one_that_does_not_hold_brings_a_rollback_about)
{
	fail_check(1000, OP_FAILED);
	ck_assert_int_eq(engine_world_start(
			     &the_world, CHECKED, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_ROLLBACK),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 4);
}
END_TEST

START_TEST(a_plan_asks_nothing_of_it)
{
	struct json_object *check;

	run(EXECUTION_APPLY, MODE_DRY_RUN);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 0);
	check = operation_of(json_get(the_world.plan, "operations"), "a-check");
	ck_assert_str_eq(json_get_str(check, "operation"), "verify");
	ck_assert_str_eq(json_get_str(check, "reason"), "it is checked after the apply");
	ck_assert_int_eq(json_get_i64(json_get(the_world.plan, "summary"), "add", 0), 2);
	ck_assert_uint_eq(json_object_array_length(json_get(the_world.plan, "warnings")), 0);
}
END_TEST

START_TEST(a_destroy_asks_nothing_of_it)
{
	run(EXECUTION_APPLY, MODE_FULL);
	run(EXECUTION_DESTROY, MODE_FULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 1);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
}
END_TEST

static void
expect_verdict(const char *verdict, const char *reason)
{
	struct json_object *check = engine_world_verdict(&the_world, "a-check");

	ck_assert_str_eq(json_get_str(check, "verdict"), verdict);
	ck_assert_str_eq(json_get_str(check, "check_of"), "a");
	if (reason != NULL)
		ck_assert_str_eq(json_get_str(check, "reason"), reason);
}

static const struct {
	enum op_result answer;
	const char    *verdict;
} answers[] = {
	{ OP_FAILED, "failing" },
	{ OP_ABSENT, "failing" },
	{ OP_DENIED, "unreadable" },
	{ OP_AMBIGUOUS, "unreadable" },
};

START_TEST(a_verify_asks_it_once_and_tells)
{
	run(EXECUTION_APPLY, MODE_FULL);
	run(EXECUTION_VERIFY, MODE_DRY_RUN);
	expect_verdict("in_sync", NULL);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 2);
	fail_check(1000, answers[_i].answer);
	the_world.by_tags = _i % 2 == 1; /* the tags of what it checks say nothing of it */
	run(EXECUTION_VERIFY, MODE_DRY_RUN);
	expect_verdict(answers[_i].verdict, NULL);
	ck_assert_int_eq(the_world.asked[OP_CHECK], 3);
	ck_assert(!json_get_bool(the_world.plan, "success", true));
}
END_TEST

START_TEST(what_it_refers_to_must_be_there)
{
	run(EXECUTION_VERIFY, MODE_DRY_RUN);
	expect_verdict("failing", "\"a\", which it refers to, is not there");
	ck_assert_int_eq(the_world.asked[OP_CHECK], 0);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_READ, 1000, OP_DENIED, false, false });
	run(EXECUTION_VERIFY, MODE_DRY_RUN);
	expect_verdict("unreadable", "\"a\", which it refers to, can't be read");
}
END_TEST

Suite *suite_engine_checks(void);

Suite *
suite_engine_checks(void)
{
	Suite *suite = suite_create("engine_checks");
	TCase *tcase = engine_world_case("engine_checks");

	tcase_add_test(tcase, an_apply_asks_it_after_its_resource_and_before_who_waits_for_it);
	tcase_add_test(tcase, a_move_asks_it_as_well_and_its_plan_does_not);
	tcase_add_test(tcase, one_that_does_not_hold_is_tried_again_as_its_properties_say);
	tcase_add_test(tcase, one_that_does_not_hold_is_a_failed_operation);
	tcase_add_test(tcase, one_that_does_not_hold_brings_a_rollback_about);
	tcase_add_test(tcase, a_plan_asks_nothing_of_it);
	tcase_add_test(tcase, a_destroy_asks_nothing_of_it);
	tcase_add_loop_test(tcase, a_verify_asks_it_once_and_tells, 0, (int)array_len(answers));
	tcase_add_test(tcase, what_it_refers_to_must_be_there);
	suite_add_tcase(suite, tcase);
	return suite;
}
