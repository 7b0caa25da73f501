/* SPDX-License-Identifier: Apache-2.0
 * test_aws_again.c - what had no effect is made again, a few times; what may have had one is not. */
#include <check.h>

#include "loop/loop.h"
#include "interpreter/again.h"
#include "tests/unit/call_wire.h"
#include "util/json.h"

#define SECOND_US 1000000

static struct call_wire wire;
static struct loop     *loop;
static struct again    *again;
static struct calls     calls;
static struct call      call;
static unsigned         answered;
static int64_t          now_us;

static void
on_done(struct call *done)
{
	ck_assert_ptr_eq(done, &call);
	ck_assert_ptr_null(done->impl);
	answered++;
}

static void
setup(void)
{
	const struct calls wires = call_wire_calls(&wire);

	wire = (struct call_wire){ 0 };
	answered = 0;
	now_us = SECOND_US;
	loop = loop_create();
	loop_turn(loop, now_us, 0);
	again = again_create(loop, &wires);
	calls = again_calls(again);
	call = (struct call){
		.service = "sqs",
		.operation = "ListQueues",
		.region = "eu-west-1",
		.token = "t",
		.done = on_done,
	};
	calls.start(calls.arg, &call);
}

static void
teardown(void)
{
	call_fini(&call);
	ck_assert_uint_eq(wire.n, 0);
	ck_assert(loop_next_due_us(loop) == LOOP_NEVER);
	again_destroy(again);
	loop_destroy(loop);
}

static void
pass(int64_t us)
{
	now_us += us;
	loop_turn(loop, now_us, 0);
}

START_TEST(what_has_no_effect_is_made_again_after_a_moment)
{
	static const enum op_result results[] = { OP_THROTTLED, OP_TRANSIENT };

	call_wire_answer(&wire, results[_i], NULL);
	ck_assert_uint_eq(wire.n, 0);
	pass(SECOND_US / 1000);
	ck_assert_uint_eq(wire.n, 0); /* not at once */
	pass(SECOND_US);
	ck_assert_uint_eq(wire.n, 1);
	ck_assert_str_eq(wire.items[0]->operation, "ListQueues");
	ck_assert_str_eq(wire.items[0]->token, "t");
	call_wire_answer(&wire, OP_OK, json_object_new_object());
	ck_assert_uint_eq(answered, 1);
	ck_assert_int_eq(call.result, OP_OK);
	ck_assert_ptr_nonnull(call.out);
	ck_assert(call.throttled == (results[_i] == OP_THROTTLED));
}
END_TEST

START_TEST(what_stays_in_vain_is_the_result)
{
	while (answered == 0) {
		call_wire_answer(&wire, OP_THROTTLED, NULL);
		pass(SECOND_US);
	}
	ck_assert_uint_eq(wire.started, 5);
	ck_assert_int_eq(call.result, OP_THROTTLED);
	ck_assert_str_eq(call.code, "Code");
	ck_assert_str_eq(call.message, "no");
}
END_TEST

START_TEST(what_may_have_had_an_effect_or_will_not_have_one_is_made_once)
{
	static const enum op_result results[] = { OP_UNKNOWN, OP_DENIED, OP_INVALID, OP_NOT_FOUND };

	call_wire_answer(&wire, results[_i], NULL);
	ck_assert_uint_eq(answered, 1);
	ck_assert_int_eq(call.result, results[_i]);
}
END_TEST

START_TEST(who_is_told_to_wait_for_long_does_not_hold_on)
{
	wire.items[0]->retry_after_ms = 3000;
	call_wire_answer(&wire, OP_THROTTLED, NULL);
	ck_assert_uint_eq(answered, 1);
	ck_assert_int_eq(call.retry_after_ms, 3000);
}
END_TEST

START_TEST(as_long_as_aws_says_it_waits)
{
	wire.items[0]->retry_after_ms = 1500;
	call_wire_answer(&wire, OP_THROTTLED, NULL);
	pass(1400 * SECOND_US / 1000);
	ck_assert_uint_eq(wire.n, 0);
	pass(200 * SECOND_US / 1000);
	call_wire_answer(&wire, OP_OK, json_object_new_object());
	ck_assert_uint_eq(answered, 1);
}
END_TEST

START_TEST(what_is_cancelled_is_neither_made_again_nor_answered)
{
	if (_i == 1)
		call_wire_answer(&wire, OP_THROTTLED, NULL);
	calls.cancel(calls.arg, &call);
	ck_assert_ptr_null(call.impl);
	pass(SECOND_US);
	ck_assert_uint_eq(answered, 0);
	ck_assert_uint_eq(wire.started, 1);
}
END_TEST

Suite *suite_aws_again(void);

Suite *
suite_aws_again(void)
{
	Suite *suite = suite_create("aws_again");
	TCase *tcase = tcase_create("again");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, what_has_no_effect_is_made_again_after_a_moment, 0, 2);
	tcase_add_test(tcase, what_stays_in_vain_is_the_result);
	tcase_add_loop_test(
	    tcase, what_may_have_had_an_effect_or_will_not_have_one_is_made_once, 0, 4);
	tcase_add_test(tcase, who_is_told_to_wait_for_long_does_not_hold_on);
	tcase_add_test(tcase, as_long_as_aws_says_it_waits);
	tcase_add_loop_test(tcase, what_is_cancelled_is_neither_made_again_nor_answered, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
