/* SPDX-License-Identifier: Apache-2.0
 * test_loop.c - the loop on a clock turned by hand. */
#include <check.h>

#include "loop/loop.h"
#include "util/check.h"

struct probe {
	struct loop *loop;
	struct timer timer;
	struct task  task;
	int          fired, ran, order;
};

static int turn_order;

static void
on_fire(struct timer *timer)
{
	struct probe *probe = container_of(timer, struct probe, timer);

	probe->fired++;
	probe->order = ++turn_order;
}

static void
on_run(struct task *task)
{
	struct probe *probe = container_of(task, struct probe, task);

	probe->ran++;
	probe->order = ++turn_order;
}

static void
on_end(void *ptr)
{
	*(int *)ptr += 1;
}

START_TEST(timers_fire_in_the_order_they_are_due)
{
	struct loop *loop = loop_create();
	struct probe probes[64] = { 0 };

	turn_order = 0;
	for (int i = 0; i < 64; i++) {
		timer_init(&probes[i].timer, on_fire);
		timer_arm(loop, &probes[i].timer, (i * 37) % 64);
	}
	ck_assert_int_eq(loop_next_due_us(loop), 0);
	loop_turn(loop, 100, 0);
	for (int i = 0; i < 64; i++)
		ck_assert_int_eq(probes[i].order, (i * 37) % 64 + 1);
	ck_assert_int_eq(loop_next_due_us(loop), LOOP_NEVER);
	loop_destroy(loop);
}
END_TEST

START_TEST(a_disarmed_timer_never_fires)
{
	struct loop *loop = loop_create();
	struct probe probes[8] = { 0 };

	for (int i = 0; i < 8; i++) {
		timer_init(&probes[i].timer, on_fire);
		timer_arm(loop, &probes[i].timer, 10 + i);
	}
	timer_disarm(loop, &probes[3].timer);
	timer_disarm(loop, &probes[3].timer);
	timer_arm(loop, &probes[5].timer, 100);
	loop_turn(loop, 50, 0);
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(probes[i].fired, i != 3 && i != 5);
	ck_assert(timer_is_armed(&probes[5].timer));
	loop_turn(loop, 100, 0);
	ck_assert_int_eq(probes[5].fired, 1);
	loop_destroy(loop);
}
END_TEST

START_TEST(a_task_woken_twice_runs_once_and_a_cancelled_one_never)
{
	struct loop *loop = loop_create();
	struct probe a = { 0 }, b = { 0 }, c = { 0 };

	task_init(&a.task, on_run);
	task_init(&b.task, on_run);
	task_init(&c.task, on_run);
	task_wake(loop, &a.task);
	task_wake(loop, &b.task);
	task_wake(loop, &a.task);
	task_cancel(loop, &b.task);
	task_wake(loop, &c.task);
	ck_assert_int_eq(loop_next_due_us(loop), 0);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(a.ran, 1);
	ck_assert_int_eq(b.ran, 0);
	ck_assert_int_eq(c.ran, 1);
	loop_destroy(loop);
}
END_TEST

static void
wake_in_lane(struct loop *loop, struct probe *probes, int n, unsigned lane)
{
	for (int i = 0; i < n; i++) {
		task_init(&probes[i].task, on_run);
		task_set_lane(loop, &probes[i].task, lane);
		task_wake(loop, &probes[i].task);
	}
}

START_TEST(who_has_less_to_do_goes_first_and_nobody_waits_for_long)
{
	struct loop *loop = loop_create();
	struct probe many[100] = { 0 }, few[20] = { 0 };

	turn_order = 0;
	wake_in_lane(loop, many, 100, lane_of("many"));
	wake_in_lane(loop, few, 20, lane_of("few"));
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(few[0].order, 1);
	ck_assert_int_lt(few[19].order, 27); /* behind six of the others', and not a hundred */
	ck_assert_int_lt(many[0].order, 7);
	for (int i = 1; i < 100; i++)
		ck_assert_int_lt(many[i - 1].order, many[i].order);
	ck_assert_int_eq(turn_order, 120);
	loop_destroy(loop);
}
END_TEST

START_TEST(a_task_changes_its_lane_at_any_time)
{
	struct loop *loop = loop_create();
	struct probe probes[3] = { 0 };

	wake_in_lane(loop, probes, 3, 7);
	task_set_lane(loop, &probes[1].task, 8);
	task_cancel(loop, &probes[2].task);
	task_set_lane(loop, &probes[2].task, 9);
	loop_turn(loop, 1, 0);
	ck_assert(probes[0].ran == 1 && probes[1].ran == 1 && probes[2].ran == 0);
	wake_in_lane(loop, probes, 1, 7);
	task_cancel(loop, &probes[0].task); /* of a lane that nothing else is in */
	ck_assert_int_eq(loop_next_due_us(loop), LOOP_NEVER);
	loop_destroy(loop);
}
END_TEST

static bool
is_over(void *arg)
{
	return ++*(int *)arg % 3 == 0;
}

START_TEST(a_turn_is_over_when_its_time_is_and_the_rest_comes_in_the_next)
{
	struct loop *loop = loop_create();
	struct probe probes[5] = { 0 };
	int          asked = 0;

	turn_order = 0;
	loop_limit(loop, is_over, &asked);
	wake_in_lane(loop, probes, 5, 0);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(turn_order, 3);
	ck_assert_int_eq(loop_next_due_us(loop), 0);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(turn_order, 5);
	loop_destroy(loop);
}
END_TEST

START_TEST(what_is_buried_is_freed_at_the_end_of_the_turn)
{
	struct loop *loop = loop_create();
	int          ends = 0;

	loop_bury(loop, on_end, &ends);
	ck_assert_int_eq(ends, 0);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(ends, 1);
	loop_destroy(loop);
}
END_TEST

Suite *suite_loop(void);

Suite *
suite_loop(void)
{
	Suite *suite = suite_create("loop");
	TCase *tcase = tcase_create("loop");

	tcase_add_test(tcase, timers_fire_in_the_order_they_are_due);
	tcase_add_test(tcase, a_disarmed_timer_never_fires);
	tcase_add_test(tcase, a_task_woken_twice_runs_once_and_a_cancelled_one_never);
	tcase_add_test(tcase, who_has_less_to_do_goes_first_and_nobody_waits_for_long);
	tcase_add_test(tcase, a_task_changes_its_lane_at_any_time);
	tcase_add_test(tcase, a_turn_is_over_when_its_time_is_and_the_rest_comes_in_the_next);
	tcase_add_test(tcase, what_is_buried_is_freed_at_the_end_of_the_turn);
	suite_add_tcase(suite, tcase);
	return suite;
}
