/* SPDX-License-Identifier: Apache-2.0
 * test_window_limit.c - how what the calls are answered sets how many slots a window has. */
#include <check.h>

#include "engine/window.h"
#include "util/check.h"

#define SLOTS_N   64
#define SIZE      16
#define MINUTE_US (60LL * 1000 * 1000)

static struct loop    *loop;
static struct windows *windows;
static struct slot     slots[SLOTS_N];

static void
on_granted(struct slot *slot)
{
	ck_assert_int_eq(slot->state, SLOT_HELD);
}

static void
turn(void)
{
	loop_turn(loop, loop_now_us(loop), 0);
}

static void
want_all(const char *name)
{
	for (int i = 0; i < SLOTS_N; i++)
		slot_want(windows, &slots[i], name, SIZE, "t");
	turn();
}

static void
drop_all(void)
{
	for (int i = 0; i < SLOTS_N; i++)
		slot_drop(&slots[i]);
	turn();
}

static void
setup(void)
{
	loop = loop_create();
	windows = windows_create(loop, SLOTS_N);
	for (int i = 0; i < SLOTS_N; i++)
		slots[i] = (struct slot){ .granted = on_granted };
	want_all("a");
}

static void
teardown(void)
{
	drop_all();
	windows_destroy(windows);
	loop_destroy(loop);
}

static int
held_n(void)
{
	int n = 0;

	for (int i = 0; i < SLOTS_N; i++)
		n += slots[i].state == SLOT_HELD;
	return n;
}

static void
answer_all(enum op_result result)
{
	for (int i = 0; i < SLOTS_N; i++)
		slot_answered(&slots[i], result, 0);
}

/* All give their slots back and want one again: as many are held as the limit says. */
static int
limit_now(void)
{
	drop_all();
	want_all("a");
	return held_n();
}

START_TEST(a_window_begins_with_its_size)
{
	ck_assert_int_eq(held_n(), SIZE);
}
END_TEST

START_TEST(a_throttled_answer_halves_the_window)
{
	slot_answered(&slots[3], OP_THROTTLED, 0);
	turn();
	ck_assert_int_eq(held_n(), SIZE);
	for (int i = 0; i < SIZE / 2; i++) {
		slot_drop(&slots[i]);
		turn();
		ck_assert_int_eq(held_n(), SIZE - 1 - i);
	}
	slot_drop(&slots[SIZE / 2]);
	turn();
	ck_assert_int_eq(held_n(), SIZE / 2);
}
END_TEST

START_TEST(calls_that_were_under_way_at_a_cut_do_not_cut_again)
{
	answer_all(OP_THROTTLED);
	ck_assert_int_eq(limit_now(), SIZE / 2);
}
END_TEST

START_TEST(calls_that_were_made_after_a_cut_do_cut_again)
{
	answer_all(OP_THROTTLED);
	answer_all(OP_THROTTLED); /* the next ones, made with the same slots */
	ck_assert_int_eq(limit_now(), SIZE / 4);
	answer_all(OP_THROTTLED);
	ck_assert_int_eq(limit_now(), SIZE / 8);
}
END_TEST

START_TEST(one_slot_is_always_left)
{
	for (int i = 0; i < 20; i++)
		answer_all(OP_THROTTLED);
	ck_assert_int_eq(limit_now(), 1);
}
END_TEST

START_TEST(about_as_many_good_answers_as_there_are_slots_bring_one_more)
{
	answer_all(OP_THROTTLED);
	for (int limit = SIZE / 2; limit < SIZE; limit++) {
		ck_assert_int_eq(limit_now(), limit);
		for (int i = 0; i < limit; i++)
			slot_answered(&slots[i], OP_OK, 0);
		slot_answered(&slots[0], OP_NOT_FOUND, 0);
	}
	for (int i = 0; i < 10; i++)
		answer_all(OP_OK);
	ck_assert_int_eq(limit_now(), SIZE);
}
END_TEST

START_TEST(a_window_that_grows_grants_at_once)
{
	answer_all(OP_THROTTLED);
	ck_assert_int_eq(limit_now(), SIZE / 2);
	for (int round = 0; round < 2; round++)
		answer_all(OP_ABSENT);
	turn();
	ck_assert_int_gt(held_n(), SIZE / 2);
}
END_TEST

START_TEST(good_answers_to_calls_from_before_a_cut_do_not_bring_it_back)
{
	slot_answered(&slots[0], OP_THROTTLED, 0);
	answer_all(OP_OK);
	ck_assert_int_eq(limit_now(), SIZE / 2);
}
END_TEST

START_TEST(answers_that_never_came_say_nothing)
{
	answer_all(OP_THROTTLED);
	for (int i = 0; i < 10; i++) {
		answer_all(OP_UNKNOWN);
		answer_all(OP_TRANSIENT);
	}
	ck_assert_int_eq(limit_now(), SIZE / 2);
}
END_TEST

START_TEST(until_the_time_that_a_throttled_answer_names_nobody_is_granted_a_slot)
{
	slot_answered(&slots[0], OP_THROTTLED, 2000);
	slot_answered(&slots[1], OP_THROTTLED, 1000); /* the later time counts */
	for (int i = 0; i < SIZE; i++)
		slot_drop(&slots[i]);
	turn();
	ck_assert_int_eq(held_n(), 0);
	ck_assert_int_eq(loop_next_due_us(loop), 2000000);
	loop_turn(loop, 1999999, 0);
	ck_assert_int_eq(held_n(), 0);
	loop_turn(loop, 2000000, 0);
	ck_assert_int_eq(held_n(), SIZE / 2);
}
END_TEST

START_TEST(other_windows_are_not_held)
{
	slot_answered(&slots[0], OP_THROTTLED, 2000);
	drop_all();
	want_all("b");
	ck_assert_int_eq(held_n(), SIZE);
}
END_TEST

START_TEST(a_time_is_waited_for_only_while_somebody_wants_a_slot)
{
	slot_answered(&slots[0], OP_THROTTLED, 2000);
	drop_all();
	ck_assert_int_eq(loop_next_due_us(loop), LOOP_NEVER);
	want_all("a");
	ck_assert_int_eq(held_n(), 0);
	loop_turn(loop, 2000000, 0);
	ck_assert_int_eq(held_n(), SIZE / 2);
}
END_TEST

START_TEST(a_cut_is_remembered_for_a_minute_without_use)
{
	answer_all(OP_THROTTLED);
	drop_all();
	loop_turn(loop, MINUTE_US - 1, 0);
	ck_assert_int_eq(limit_now(), SIZE / 2);
	drop_all();
	loop_turn(loop, 2 * MINUTE_US, 0);
	want_all("b"); /* in any window: who is to be forgotten is looked for then */
	drop_all();
	want_all("a");
	ck_assert_int_eq(held_n(), SIZE);
}
END_TEST

START_TEST(an_answer_without_a_slot_is_nobodys)
{
	struct slot waiting = { .granted = on_granted }, none = { .granted = on_granted };

	slot_want(windows, &waiting, "a", SIZE, "t");
	slot_answered(&waiting, OP_THROTTLED, 1000);
	slot_answered(&none, OP_THROTTLED, 1000);
	slot_drop(&waiting);
	ck_assert_int_eq(limit_now(), SIZE);
}
END_TEST

Suite *suite_window_limit(void);

Suite *
suite_window_limit(void)
{
	Suite *suite = suite_create("window_limit");
	TCase *tcase = tcase_create("window_limit");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_window_begins_with_its_size);
	tcase_add_test(tcase, a_throttled_answer_halves_the_window);
	tcase_add_test(tcase, calls_that_were_under_way_at_a_cut_do_not_cut_again);
	tcase_add_test(tcase, calls_that_were_made_after_a_cut_do_cut_again);
	tcase_add_test(tcase, one_slot_is_always_left);
	tcase_add_test(tcase, about_as_many_good_answers_as_there_are_slots_bring_one_more);
	tcase_add_test(tcase, a_window_that_grows_grants_at_once);
	tcase_add_test(tcase, good_answers_to_calls_from_before_a_cut_do_not_bring_it_back);
	tcase_add_test(tcase, answers_that_never_came_say_nothing);
	tcase_add_test(
	    tcase, until_the_time_that_a_throttled_answer_names_nobody_is_granted_a_slot);
	tcase_add_test(tcase, other_windows_are_not_held);
	tcase_add_test(tcase, a_time_is_waited_for_only_while_somebody_wants_a_slot);
	tcase_add_test(tcase, a_cut_is_remembered_for_a_minute_without_use);
	tcase_add_test(tcase, an_answer_without_a_slot_is_nobodys);
	suite_add_tcase(suite, tcase);
	return suite;
}
