/* SPDX-License-Identifier: Apache-2.0
 * test_window.c - slots in windows: how many, who goes first, and that all get their share. */
#include <check.h>

#include "engine/window.h"
#include "tests/unit/busy_lane.h"
#include "util/check.h"
#include "util/rng.h"

#define WANTS_MAX 200
#define MOST      100 /* in all windows together */
#define NAMES_N   3

static struct loop    *loop;
static struct windows *windows;

/* Somebody who wants a slot. */
struct want {
	struct slot slot;
	int         turn; /* 0: was not granted yet */
	bool        again;
	int         window, tenant; /* by number, in the test of all rules */
};

static const char *const names[NAMES_N] = { "a", "b", "c" };

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
	windows = windows_create(loop, MOST);
	turns_n = 0;
	for (int i = 0; i < WANTS_MAX; i++)
		wants[i] = (struct want){ .slot = { .granted = on_granted } };
}

static void
teardown(void)
{
	for (int i = 0; i < WANTS_MAX; i++)
		slot_drop(&wants[i].slot);
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
want_for(const char *tenant, int i, double priority, const char *name, unsigned size)
{
	wants[i].slot.priority = priority;
	slot_want(windows, &wants[i].slot, name, size, tenant);
}

static void
want_slot(int i, double priority, const char *name, unsigned size)
{
	want_for("t", i, priority, name, size);
}

/* How many of wants[from .. to - 1] hold a slot. */
static int
held_n(int from, int to)
{
	int n = 0;

	for (int i = from; i < to; i++)
		n += wants[i].slot.state == SLOT_HELD;
	return n;
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
	slot_drop(&wants[1].slot);
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
		slot_drop(&wants[i].slot);
	slot_drop(&wants[WANTS_MAX - 1].slot);
	for (int expected = 2, priority = 6; priority >= 0; priority--) {
		for (int i = 0; i < 100; i++) {
			if (i % 7 != priority || i % 3 == 0)
				continue;
			turn();
			ck_assert_int_eq(wants[i].turn, expected++);
			slot_drop(&wants[i].slot);
		}
	}
	turn();
	for (int i = 0; i < 100; i += 3)
		ck_assert_int_eq(wants[i].turn, 0);
}
END_TEST

START_TEST(dropping_what_is_not_wanted_is_harmless)
{
	slot_drop(&wants[0].slot);
	want_slot(0, 0, "a", 1);
	slot_drop(&wants[0].slot);
	slot_drop(&wants[0].slot);
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
	slot_drop(&wants[0].slot);
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
	slot_drop(slot);
	if (want->again) {
		want->again = false;
		slot_want(windows, slot, "a", 1, "t");
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

/* ---- tenants ---- */

START_TEST(tenants_share_a_window_whatever_their_priorities)
{
	for (int i = 0; i < 50; i++)
		want_for("many", i, 100, "a", 6);
	for (int i = 50; i < 60; i++)
		want_for("few", i, 1, "a", 6);
	for (int i = 60; i < 62; i++)
		want_for("two", i, 0, "a", 6);
	turn();
	ck_assert_int_eq(held_n(0, 50), 2);
	ck_assert_int_eq(held_n(50, 60), 2);
	ck_assert_int_eq(held_n(60, 62), 2);
}
END_TEST

START_TEST(who_comes_late_gets_the_next_slots_until_it_has_as_many)
{
	for (int i = 0; i < 50; i++)
		want_for("early", i, 100, "a", 4);
	turn();
	ck_assert_int_eq(held_n(0, 50), 4);
	for (int i = 50; i < 60; i++)
		want_for("late", i, 1, "a", 4);
	slot_drop(&wants[0].slot);
	slot_drop(&wants[1].slot);
	turn();
	ck_assert_int_eq(held_n(0, 50), 2);
	ck_assert_int_eq(held_n(50, 60), 2);
	slot_drop(&wants[2].slot);
	turn();
	ck_assert_int_eq(held_n(0, 50), 2);
	ck_assert_int_eq(held_n(50, 60), 2);
}
END_TEST

START_TEST(tenants_take_turns_where_there_is_one_slot)
{
	for (int i = 0; i < 30; i++)
		want_for(names[i % 3], i, i % 3, "w", 1);
	for (int n = 0; n < 30; n++) {
		turn();
		ck_assert_int_eq(wants[n].turn, n + 1);
		slot_drop(&wants[n].slot);
	}
}
END_TEST

START_TEST(a_tenant_that_is_alone_uses_all)
{
	for (int i = 0; i < 10; i++)
		want_for("only", i, 0, "a", 8);
	turn();
	ck_assert_int_eq(held_n(0, 10), 8);
}
END_TEST

START_TEST(a_quarter_is_left_to_others_for_a_minute_after_there_were_any)
{
	for (int i = 0; i < 10; i++)
		want_for("only", i, 0, "a", 8);
	want_for("other", 10, 0, "a", 8);
	turn();
	ck_assert_int_eq(held_n(0, 10), 6);
	ck_assert_int_eq(held_n(10, 11), 1);
	slot_drop(&wants[10].slot);
	turn();
	ck_assert_int_eq(held_n(0, 10), 6);
	want_for("other", 11, 0, "a", 8); /* and finds room at once */
	turn();
	ck_assert_int_eq(held_n(11, 12), 1);
	slot_drop(&wants[11].slot);
	loop_turn(loop, loop_now_us(loop) + 60000000, 0);
	slot_drop(&wants[0].slot);
	turn();
	ck_assert_int_eq(held_n(0, 10), 8);
}
END_TEST

/* _i: from the same window, or from another one of a process that is full. */
START_TEST(what_a_busy_tenant_gives_back_is_granted_to_others_at_once)
{
	for (int i = 0; i < MOST; i++)
		want_for("busy", i, 0, "a", MOST);
	turn();
	ck_assert_int_eq(held_n(0, MOST), MOST);
	want_for("busy", MOST, 0, "a", MOST); /* and it would be next in its own window */
	want_for("other", MOST + 1, 0, _i == 0 ? "a" : "b", MOST);
	turn();
	ck_assert_int_eq(held_n(MOST, MOST + 2), 0);
	busy_lane_begin(loop, "busy");
	for (int i = 0; i < MOST; i++)
		slot_drop(&wants[i].slot);
	busy_lane_turn(loop, loop_now_us(loop));
	ck_assert_int_eq(held_n(MOST, MOST + 2), 2);
	busy_lane_end();
}
END_TEST

/* ---- the process ---- */

START_TEST(no_more_are_held_in_all_windows_than_the_process_may)
{
	for (int i = 0; i < WANTS_MAX; i++)
		want_slot(i, 0, names[i % 2], 90);
	turn();
	ck_assert_int_eq(turns_n, MOST);
	for (int i = 0; i < WANTS_MAX; i++)
		ck_assert_int_eq(wants[i].slot.state == SLOT_HELD, i < MOST);
	slot_drop(&wants[0].slot);
	slot_drop(&wants[1].slot);
	turn();
	ck_assert_int_eq(turns_n, MOST + 2);
}
END_TEST

START_TEST(a_full_process_serves_the_window_that_has_the_fewest)
{
	for (int i = 0; i < 150; i++)
		want_slot(i, 100, "a", WANTS_MAX);
	turn();
	ck_assert_int_eq(held_n(0, 150), MOST);
	for (int i = 150; i < 160; i++)
		want_slot(i, 0, "b", WANTS_MAX);
	for (int i = 0; i < 10; i++) {
		slot_drop(&wants[i].slot);
		turn();
		ck_assert_int_eq(held_n(150, 160), i + 1);
	}
}
END_TEST

/* ---- all rules at once ---- */

static int
held_by(int window, int tenant)
{
	int n = 0;

	for (int i = 0; i < WANTS_MAX; i++)
		n += wants[i].slot.state == SLOT_HELD && wants[i].window == window &&
		     (tenant < 0 || wants[i].tenant == tenant);
	return n;
}

/* After a turn: full windows, or nobody waits; none waits who would go before one that was granted. */
static void
check_wait(const struct want *want, int size, int before)
{
	ck_assert_int_eq(held_by(want->window, -1), size);
	for (int i = 0; i < WANTS_MAX; i++) {
		const struct want *other = &wants[i];

		if (other->slot.state != SLOT_HELD || other->turn <= before ||
		    other->window != want->window)
			continue;
		if (other->tenant == want->tenant)
			ck_assert(other->slot.priority >= want->slot.priority);
		else
			ck_assert_int_le(held_by(want->window, other->tenant),
			    held_by(want->window, want->tenant) + 1);
	}
}

static void
check_rules(int size, int before)
{
	for (int window = 0; window < NAMES_N; window++)
		ck_assert_int_le(held_by(window, -1), size);
	for (int i = 0; i < WANTS_MAX; i++) {
		if (wants[i].slot.state == SLOT_WAITING)
			check_wait(&wants[i], size, before);
	}
}

START_TEST(any_order_of_wanting_and_dropping_keeps_the_rules)
{
	struct rng rng;

	rng_init(&rng, (uint64_t)_i);
	for (int step = 0; step < 200; step++) {
		int before = turns_n;

		for (int k = 0; k < 10; k++) {
			int i = (int)rng_below(&rng, WANTS_MAX);

			if (wants[i].slot.state != SLOT_NONE) {
				slot_drop(&wants[i].slot);
				continue;
			}
			wants[i].window = (int)rng_below(&rng, NAMES_N);
			wants[i].tenant = (int)rng_below(&rng, NAMES_N);
			want_for(names[wants[i].tenant], i, (double)rng_below(&rng, 5),
			    names[wants[i].window], 8);
		}
		turn();
		check_rules(8, before);
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
	tcase_add_test(tcase, tenants_share_a_window_whatever_their_priorities);
	tcase_add_test(tcase, who_comes_late_gets_the_next_slots_until_it_has_as_many);
	tcase_add_test(tcase, tenants_take_turns_where_there_is_one_slot);
	tcase_add_test(tcase, a_tenant_that_is_alone_uses_all);
	tcase_add_test(tcase, a_quarter_is_left_to_others_for_a_minute_after_there_were_any);
	tcase_add_loop_test(
	    tcase, what_a_busy_tenant_gives_back_is_granted_to_others_at_once, 0, 2);
	tcase_add_test(tcase, no_more_are_held_in_all_windows_than_the_process_may);
	tcase_add_test(tcase, a_full_process_serves_the_window_that_has_the_fewest);
	tcase_add_loop_test(tcase, any_order_of_wanting_and_dropping_keeps_the_rules, 0, 10);
	suite_add_tcase(suite, tcase);
	return suite;
}
