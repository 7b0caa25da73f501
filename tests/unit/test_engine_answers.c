/* SPDX-License-Identifier: Apache-2.0
 * test_engine_answers.c - what an answer of each class does to the run that gets it. */
#include <check.h>
#include <string.h>

#include "engine_world.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define DAY_US (24 * HOUR_US)

#define ONE          CONFIG_HEAD CONFIG_ITEM("a") "}}}"
#define PAIR         CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM("b") ",'depends_on':['a']}}"
#define PLAIN        PAIR "}"
#define PAUSED       PAIR ",'edges':[{'from':'a','to':'b','type':'pause'}]}"
#define LARGER       CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','size':4}}}}"
#define ACCOUNT      "111111111111"
#define DEADLINE_US  (20 * 60 * SECOND_US)
#define WAITS_LONGER 100000

static void
run(const char *config, enum execution_kind kind)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, kind, MODE_FULL, ON_FAILURE_STOP), ERR_OK);
	engine_world_run(&the_world, DAY_US);
}

static const enum op_result final_answers[] = {
	OP_DENIED, OP_INVALID, OP_QUOTA, OP_FAILED, OP_AMBIGUOUS, OP_EXPIRED, /* at its first use */
};

START_TEST(what_no_other_try_can_mend_fails_at_once)
{
	enum op_result answer = final_answers[_i];

	engine_world_fault(&the_world, (struct fault){ "a", OP_CREATE, 1, answer, false, false });
	run(PLAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_eq(the_world.asked[OP_CREATE], 1);
	ck_assert_int_lt(the_world.now_us, SECOND_US);
	engine_world_expect(&the_world, "failed_operation.resource_id", "a");
	engine_world_expect(&the_world, "failed_operation.error.type", op_result_name(answer));
	engine_world_expect(&the_world, "operations_blocked", "1");
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
}
END_TEST

/* Which of the two is ours, nobody can say: neither is touched, and there is no third. */
START_TEST(two_that_claim_to_be_one_node_are_an_error)
{
	enum execution_kind kind = _i == 0 ? EXECUTION_APPLY : EXECUTION_DESTROY;

	run(ONE, EXECUTION_APPLY);
	memset(the_world.asked, 0, sizeof(the_world.asked));
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_READ, 99, OP_AMBIGUOUS, false, false });
	run(kind == EXECUTION_APPLY ? LARGER : ONE, kind);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	engine_world_expect(&the_world, "failed_operation.error.type", "ambiguous");
	ck_assert_int_eq(
	    the_world.asked[OP_CREATE] + the_world.asked[OP_UPDATE] + the_world.asked[OP_DELETE],
	    0);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 1);
}
END_TEST

/* It is given twenty minutes, and is recorded as what it is: there, and not usable; or not gone. */
START_TEST(what_never_settles_fails_at_its_deadline)
{
	static const enum op_result never[] = { OP_NOT_YET, OP_TRANSIENT, OP_THROTTLED };
	enum execution_kind         kind = _i % 2 == 0 ? EXECUTION_APPLY : EXECUTION_DESTROY;
	int64_t                     start_us;

	if (kind == EXECUTION_DESTROY)
		run(ONE, EXECUTION_APPLY);
	start_us = the_world.now_us;
	engine_world_fault(&the_world,
	    (struct fault){ "a", OP_SETTLE, WAITS_LONGER, never[_i / 2], false, false });
	run(ONE, kind);
	ck_assert(the_world.ended);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_ge(the_world.now_us - start_us, DEADLINE_US);
	ck_assert_int_lt(the_world.now_us - start_us, DEADLINE_US + 60 * SECOND_US);
	the_world.faults_n = 0;
	run(ONE, kind);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 1);
}
END_TEST

/* What was begun has failed for good: looking again would not help, and its token would only be answered with that. */
START_TEST(a_create_that_settles_for_good_as_a_failure_is_begun_anew_under_another_token)
{
	static const struct {
		enum op_result answer;
		int            creates;
	} rows[] = {
		{ OP_THROTTLED, 4 },
		{ OP_TRANSIENT, 4 },
		{ OP_UNKNOWN, 4 },
		{ OP_CONFLICT, 4 },
		{ OP_NOT_FOUND, 4 },
		{ OP_FAILED, 1 },
		{ OP_QUOTA, 1 },
		{ OP_INVALID, 1 },
	};
	bool good = rows[_i].creates > 1;

	the_world.settles_over = true;
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_SETTLE, 3, rows[_i].answer, false, false });
	run(ONE, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, good ? STATUS_COMPLETED : STATUS_FAILED);
	ck_assert_int_eq(the_world.creates_applied, rows[_i].creates);
	ck_assert_int_eq(json_object_object_length(the_world.tokens), rows[_i].creates);
	ck_assert_uint_eq(engine_world_items_n(&the_world), good ? 1 : 0);
	if (!good)
		engine_world_expect(
		    &the_world, "failed_operation.error.type", op_result_name(rows[_i].answer));
}
END_TEST

/* Its type knows that it takes longer. */
START_TEST(a_type_may_take_as_long_to_settle_as_its_file_says)
{
	int64_t start_us = the_world.now_us;

	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_SETTLE, WAITS_LONGER, OP_NOT_YET, false, false });
	run(CONFIG_HEAD "'a':{'type':'fake:box:root','properties':{'name':'na'}}}}",
	    EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_ge(the_world.now_us - start_us, 6 * DEADLINE_US);
	ck_assert_int_lt(the_world.now_us - start_us, 6 * DEADLINE_US + 60 * SECOND_US);
}
END_TEST

/* As long as it is there, what depends on it is not deleted; what others hold is asked for again. */
START_TEST(a_delete_that_something_is_in_the_way_of_is_tried_again)
{
	run(PLAIN, EXECUTION_APPLY);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_DELETE, 3, OP_CONFLICT, false, false });
	engine_world_fault(
	    &the_world, (struct fault){ "b", OP_SETTLE, 5, OP_NOT_YET, false, false });
	run(PLAIN, EXECUTION_DESTROY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 1 + 4);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
}
END_TEST

/* Network interfaces of others in a subnet take minutes to go; what stays is told in the end. */
START_TEST(what_is_in_the_way_of_a_delete_is_waited_for_as_long_as_its_type_says)
{
	static const struct {
		int  times;
		bool goes;
	} rows[] = { { 40, true }, { WAITS_LONGER, false } };
	int64_t start_us;

	run(ONE, EXECUTION_APPLY);
	start_us = the_world.now_us;
	engine_world_fault(&the_world,
	    (struct fault){ "a", OP_DELETE, rows[_i].times, OP_CONFLICT, false, false });
	run(ONE, EXECUTION_DESTROY);
	ck_assert_int_eq(the_world.status, rows[_i].goes ? STATUS_COMPLETED : STATUS_FAILED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), !rows[_i].goes);
	ck_assert_int_gt(
	    the_world.now_us - start_us, rows[_i].goes ? 4 * 60 * SECOND_US : DEADLINE_US);
	ck_assert_int_lt(the_world.now_us - start_us, DEADLINE_US + 60 * SECOND_US);
	if (!rows[_i].goes)
		engine_world_expect(&the_world, "failed_operation.error.type", "conflict");
}
END_TEST

/* Whatever it was that they were needed for. */
static const struct fault expiries[] = {
	{ "b", OP_READ, 1, OP_EXPIRED, false, false },
	{ "b", OP_CREATE, 1, OP_EXPIRED, false, false },
	{ "b", OP_CREATE, 1, OP_EXPIRED, true, false },
	{ "b", OP_SETTLE, 1, OP_EXPIRED, false, false },
};

START_TEST(credentials_that_expire_on_the_way_are_waited_for)
{
	the_world.account = ACCOUNT;
	the_world.provider.needs_credentials = true;
	engine_world_fault(&the_world, expiries[_i]);
	run(PLAIN, EXECUTION_APPLY);
	ck_assert(the_world.paused);
	engine_world_expect(&the_world, "status", "paused");
	engine_world_expect(&the_world, "reason", "awaiting_credentials");
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 2);
	ck_assert_int_eq(the_world.creates_applied, 2);
}
END_TEST

/* Longer than any cloud remembers a request or a token; in the end also without the process that paused. */
START_TEST(a_pause_of_eight_days_forgets_nothing)
{
	run(PAUSED, EXECUTION_APPLY);
	ck_assert(the_world.paused);
	the_world.paused = false;
	engine_world_run(&the_world, 8 * DAY_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 1);
	if (_i == 1) {
		engine_world_crash(&the_world);
		ck_assert_int_eq(engine_world_resume(&the_world, PAUSED, false), ERR_OK);
		engine_world_run(&the_world, HOUR_US);
		ck_assert(the_world.paused);
	}
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 2);
}
END_TEST

/* What waits, waits by a clock that nobody sets; the other one only says what time to show. */
START_TEST(a_clock_that_is_set_on_the_way_changes_nothing)
{
	static const int64_t jumps_ms[] = { 0, DAY_US / 1000, -DAY_US / 1000 };
	static int64_t       took_us;

	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 5, OP_TRANSIENT, false, false });
	for (size_t i = 0; i < array_len(jumps_ms); i++) {
		int64_t start_us = the_world.now_us;

		the_world.faults[0].times = 5;
		ck_assert_int_eq(engine_world_start(&the_world, PLAIN, EXECUTION_APPLY, MODE_FULL,
				     ON_FAILURE_STOP),
		    ERR_OK);
		engine_world_run(&the_world, SECOND_US / 2);
		the_world.wall_jump_ms = jumps_ms[i];
		engine_world_run(&the_world, HOUR_US);
		ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
		if (i == 0)
			took_us = the_world.now_us - start_us;
		/* Not the same to the microsecond: each wait is drawn from a range. */
		ck_assert_int_lt(the_world.now_us - start_us, 2 * took_us);
		run(PLAIN, EXECUTION_DESTROY);
	}
}
END_TEST

Suite *suite_engine_answers(void);

Suite *
suite_engine_answers(void)
{
	Suite *suite = suite_create("engine_answers");
	TCase *tcase = engine_world_case("engine_answers");

	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(
	    tcase, what_no_other_try_can_mend_fails_at_once, 0, (int)array_len(final_answers));
	tcase_add_loop_test(tcase, two_that_claim_to_be_one_node_are_an_error, 0, 2);
	tcase_add_loop_test(tcase, what_never_settles_fails_at_its_deadline, 0, 6);
	tcase_add_loop_test(tcase,
	    a_create_that_settles_for_good_as_a_failure_is_begun_anew_under_another_token, 0, 8);
	tcase_add_test(tcase, a_type_may_take_as_long_to_settle_as_its_file_says);
	tcase_add_test(tcase, a_delete_that_something_is_in_the_way_of_is_tried_again);
	tcase_add_loop_test(
	    tcase, what_is_in_the_way_of_a_delete_is_waited_for_as_long_as_its_type_says, 0, 2);
	tcase_add_loop_test(
	    tcase, credentials_that_expire_on_the_way_are_waited_for, 0, (int)array_len(expiries));
	tcase_add_loop_test(tcase, a_pause_of_eight_days_forgets_nothing, 0, 2);
	tcase_add_test(tcase, a_clock_that_is_set_on_the_way_changes_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
