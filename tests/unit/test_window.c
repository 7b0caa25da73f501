/* SPDX-License-Identifier: Apache-2.0
 * test_window.c - slots in windows: how many, and who goes first. */
#include <check.h>

#include "engine/window.h"
#include "util/check.h"
#include "util/rng.h"

#define WANTS_MAX 200

static struct loop    *loop;
static struct windows *windows;

/* Somebody who wants a slot. */
struct want {
	struct slot slot;
	int         turn; /* 0: was not granted yet */
	bool        again;
};

static struct want wants[WANTS_MAX];
static int         turns_n;

static void
on_granted(struct slot *slot)
{
	struct want *want = container_of(slot, struct want, slot);

	ck_assert_int_eq(slot->state, SLOT_HELD);
	want->turn = ++turns_n;
}

static void
setup(void)
{
	loop = loop_create();
	windows = windows_create(loop);
	turns_n = 0;
	for (int i = 0; i < WANTS_MAX; i++)
		wants[i] = (struct want){ .slot = { .granted = on_granted } };
}

static void
teardown(void)
{
	for (int i = 0; i < WANTS_MAX; i++)
		slot_drop(windows, &wants[i].slot);
	loop_turn(loop, loop_now_us(loop), 0);
	windows_destroy(windows);
	loop_destroy(loop);
}

static void
turn(void)
{
	loop_turn(loop, loop_now_us(loop), 0);
}

static void
want_slot(int i, double priority, const char *name, unsigned size)
{
	wants[i].slot.priority = priority;
	slot_want(windows, &wants[i].slot, name, size);
}

START_TEST(a_slot_is_granted_from_a_task_and_not_at_once)
{
	want_slot(0, 0, "a", 1);
	ck_assert_int_eq(wants[0].turn, 0);
	ck_assert_int_eq(wants[0].slot.state, SLOT_WAITING);
	turn();
	ck_assert_int_eq(wants[0].turn, 1);
}
END_TEST

START_TEST(no_more_are_held_than_the_window_has)
{
	for (int i = 0; i < 10; i++)
		want_slot(i, 0, "a", 3);
	turn();
	ck_assert_int_eq(turns_n, 3);
	turn();
	ck_assert_int_eq(turns_n, 3);
	slot_drop(windows, &wants[1].slot);
	ck_assert_int_eq(turns_n, 3);
	turn();
	ck_assert_int_eq(turns_n, 4);
	ck_assert_int_eq(wants[3].turn, 4);
}
END_TEST

START_TEST(windows_of_other_names_do_not_wait_for_each_other)
{
	for (int i = 0; i < 10; i++)
		want_slot(i, 0, i % 2 == 0 ? "a" : "b", 2);
	turn();
	ck_assert_int_eq(turns_n, 4);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(wants[i].slot.state == SLOT_HELD, i < 4);
}
END_TEST

START_TEST(the_higher_priority_goes_first_then_first_come)
{
	static const double priorities[] = { 1, 5, 3, 5, 1, 9, 3 };
	static const int    turns[] = { 6, 2, 4, 3, 7, 1, 5 };

	for (int i = 0; i < (int)array_len(priorities); i++)
		want_slot(i, priorities[i], "a", array_len(priorities));
	turn();
	for (int i = 0; i < (int)array_len(priorities); i++)
		ck_assert_int_eq(wants[i].turn, turns[i]);
}
END_TEST

START_TEST(who_stops_waiting_is_never_granted_and_the_order_of_the_rest_stays)
{
	want_slot(WANTS_MAX - 1, 1000, "a", 1);
	turn();
	for (int i = 0; i < 100; i++)
		want_slot(i, i % 7, "a", 1);
	for (int i = 0; i < 100; i += 3)
		slot_drop(windows, &wants[i].slot);
	slot_drop(windows, &wants[WANTS_MAX - 1].slot);
	for (int expected = 2, priority = 6; priority >= 0; priority--) {
		for (int i = 0; i < 100; i++) {
			if (i % 7 != priority || i % 3 == 0)
				continue;
			turn();
			ck_assert_int_eq(wants[i].turn, expected++);
			slot_drop(windows, &wants[i].slot);
		}
	}
	turn();
	for (int i = 0; i < 100; i += 3)
		ck_assert_int_eq(wants[i].turn, 0);
}
END_TEST

START_TEST(dropping_what_is_not_wanted_is_harmless)
{
	slot_drop(windows, &wants[0].slot);
	want_slot(0, 0, "a", 1);
	slot_drop(windows, &wants[0].slot);
	slot_drop(windows, &wants[0].slot);
	turn();
	ck_assert_int_eq(turns_n, 0);
	want_slot(0, 0, "a", 1);
	turn();
	ck_assert_int_eq(turns_n, 1);
}
END_TEST

START_TEST(an_empty_window_is_forgotten_and_may_come_back_with_another_size)
{
	want_slot(0, 0, "a", 1);
	turn();
	slot_drop(windows, &wants[0].slot);
	turn();
	for (int i = 0; i < 5; i++)
		want_slot(i, 0, "a", 4);
	turn();
	ck_assert_int_eq(turns_n, 1 + 4);
}
END_TEST

/* In granted(): gives the slot back at once, and the first time wants another. */
static void
on_granted_drop(struct slot *slot)
{
	struct want *want = container_of(slot, struct want, slot);

	on_granted(slot);
	slot_drop(windows, slot);
	if (want->again) {
		want->again = false;
		slot_want(windows, slot, "a", 1);
	}
}

START_TEST(a_slot_may_be_given_back_and_wanted_again_while_it_is_granted)
{
	for (int i = 0; i < 20; i++) {
		wants[i].slot.granted = on_granted_drop;
		wants[i].again = true;
		want_slot(i, 0, "a", 1);
	}
	for (int i = 0; i < 100; i++)
		turn();
	ck_assert_int_eq(turns_n, 40);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(wants[i].slot.state, SLOT_NONE);
}
END_TEST

/* The first of those who wait in a window, looked for the slow way; -1: nobody. */
static int
first_waiting(const int *window_of, int window)
{
	int first = -1;

	for (int i = 0; i < WANTS_MAX; i++) {
		if (wants[i].slot.state != SLOT_WAITING || window_of[i] != window)
			continue;
		if (first < 0 || wants[i].slot.priority > wants[first].slot.priority)
			first = i;
	}
	return first;
}

/* What must hold after a turn: full windows, or nobody waits; none waits who would go before one that
 * was granted in this turn. */
static void
check_windows(const int *window_of, const char *names, int size, int granted_before)
{
	for (int window = 0; names[window] != '\0'; window++) {
		int first = first_waiting(window_of, window), held = 0;

		for (int i = 0; i < WANTS_MAX; i++) {
			if (wants[i].slot.state != SLOT_HELD || window_of[i] != window)
				continue;
			held++;
			if (first >= 0 && wants[i].turn > granted_before)
				ck_assert(wants[i].slot.priority >= wants[first].slot.priority);
		}
		ck_assert_int_le(held, size);
		ck_assert(first < 0 || held == size);
	}
}

START_TEST(any_order_of_wanting_and_dropping_keeps_the_rules)
{
	static const char names[] = "abc";
	int               window_of[WANTS_MAX] = { 0 };
	struct rng        rng;

	rng_init(&rng, (uint64_t)_i);
	for (int step = 0; step < 500; step++) {
		int before = turns_n;

		for (int k = 0; k < 10; k++) {
			int  i = (int)rng_below(&rng, WANTS_MAX);
			char name[2] = { 0 };

			if (wants[i].slot.state != SLOT_NONE) {
				slot_drop(windows, &wants[i].slot);
				continue;
			}
			window_of[i] = (int)rng_below(&rng, sizeof(names) - 1);
			name[0] = names[window_of[i]];
			want_slot(i, (double)rng_below(&rng, 5), name, 8);
		}
		turn();
		check_windows(window_of, names, 8, before);
	}
}
END_TEST

Suite *suite_window(void);

Suite *
suite_window(void)
{
	Suite *suite = suite_create("window");
	TCase *tcase = tcase_create("window");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_slot_is_granted_from_a_task_and_not_at_once);
	tcase_add_test(tcase, no_more_are_held_than_the_window_has);
	tcase_add_test(tcase, windows_of_other_names_do_not_wait_for_each_other);
	tcase_add_test(tcase, the_higher_priority_goes_first_then_first_come);
	tcase_add_test(tcase, who_stops_waiting_is_never_granted_and_the_order_of_the_rest_stays);
	tcase_add_test(tcase, dropping_what_is_not_wanted_is_harmless);
	tcase_add_test(tcase, an_empty_window_is_forgotten_and_may_come_back_with_another_size);
	tcase_add_test(tcase, a_slot_may_be_given_back_and_wanted_again_while_it_is_granted);
	tcase_add_loop_test(tcase, any_order_of_wanting_and_dropping_keeps_the_rules, 0, 10);
	suite_add_tcase(suite, tcase);
	return suite;
}
