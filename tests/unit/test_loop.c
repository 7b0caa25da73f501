/* SPDX-License-Identifier: Apache-2.0
 * test_loop.c - the loop on a clock turned by hand. */
#include <check.h>
#include <string.h>

#include "loop/fiber.h"
#include "loop/loop.h"
#include "util/breath.h"
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

/* On a clock that goes on by so much whenever it is looked at. */
static int64_t
tick(void *arg)
{
	static int64_t now_us;

	return now_us += *(int64_t *)arg;
}

START_TEST(who_has_had_less_time_goes_first_and_nobody_waits_for_long)
{
	struct loop *loop = loop_create();
	struct probe many[100] = { 0 }, few[50] = { 0 };
	int64_t      each_us = 30;
	int          begun;

	turn_order = 0;
	loop_meter(loop, tick, &each_us);
	wake_in_lane(loop, many, 100, lane_of("many"));
	while (turn_order < 56)
		loop_turn(loop, 1, 0);
	begun = turn_order;
	wake_in_lane(loop, few, 50, lane_of("few"));
	while (loop_next_due_us(loop) == 0)
		loop_turn(loop, 1, 0);
	ck_assert_int_eq(few[30].order, begun + 31); /* it has rested */
	ck_assert_int_gt(few[49].order, begun + 50); /* what it has not had is not all made good, */
	ck_assert_int_lt(few[49].order, begun + 50 + 20); /* but it has every other turn */
	for (int i = 1; i < 100; i++)
		ck_assert_int_lt(many[i - 1].order, many[i].order);
	ck_assert_int_eq(turn_order, 150);
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

/* When a turn has begun, and three tasks have run, it is over. */
static int64_t
fourth(void *arg)
{
	int *looks = arg;

	return ++*looks / 4 * LOOP_TURN_US;
}

START_TEST(a_turn_is_over_when_its_time_is_and_the_rest_comes_in_the_next)
{
	struct loop *loop = loop_create();
	struct probe probes[5] = { 0 };
	int          looks = 0;

	turn_order = 0;
	loop_meter(loop, fourth, &looks);
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

struct breather_probe {
	struct loop *loop;
	struct task  task;
	int          breaths, taken;
	int         *ends;      /* is buried when it begins */
	bool         was_freed; /* in its midst */
};

static void
on_breathe(struct task *task)
{
	struct breather_probe *probe = container_of(task, struct breather_probe, task);

	loop_bury(probe->loop, on_end, probe->ends);
	while (probe->taken < probe->breaths) {
		probe->taken++;
		breathe();
		probe->was_freed |= *probe->ends > 0;
	}
	turn_order++;
}

static struct breather_probe
breathes_in(struct loop *loop, unsigned lane, int *ends)
{
	struct breather_probe probe = { .loop = loop, .breaths = 10, .ends = ends };

	task_init(&probe.task, on_breathe);
	task_may_breathe(&probe.task);
	task_set_lane(loop, &probe.task, lane);
	return probe;
}

START_TEST(others_run_in_the_midst_of_a_task_that_breathes_but_none_of_its_lane)
{
	struct loop          *loop = loop_create();
	int                   ends = 0, ends_before = 0;
	struct breather_probe probe = breathes_in(loop, 7, &ends);
	struct probe          same[1] = { 0 }, other[1] = { 0 };
	int64_t               each_us = LOOP_TURN_US;

	turn_order = 0;
	loop_meter(loop, tick, &each_us); /* each look at the clock ends a turn */
	loop_bury(loop, on_end, &ends_before);
	task_wake(loop, &probe.task);
	wake_in_lane(loop, same, 1, 7);
	timer_init(&same[0].timer, on_fire);
	timer_set_lane(loop, &same[0].timer, 7);
	timer_arm(loop, &same[0].timer, 0);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(probe.taken, 1);
	ck_assert_int_eq(ends_before, 1);
	wake_in_lane(loop, other, 1, 8);
	while (turn_order == 0)
		loop_turn(loop, 1, 0);
	ck_assert(other[0].ran == 1 && probe.taken < 10);
	while (loop_next_due_us(loop) == 0)
		loop_turn(loop, 1, 0);
	ck_assert(probe.taken == 10 && !probe.was_freed && ends == 1);
	ck_assert(same[0].ran == 1 && same[0].fired == 1 && same[0].order == 4);
	loop_destroy(loop);
}
END_TEST

START_TEST(many_are_in_their_midst_at_once_and_are_settled)
{
	struct loop          *loop = loop_create();
	struct breather_probe probes[20];
	int                   ends[20] = { 0 };
	int64_t               each_us = LOOP_TURN_US;

	turn_order = 0;
	loop_meter(loop, tick, &each_us);
	for (unsigned i = 0; i < 20; i++) {
		probes[i] = breathes_in(loop, 1 + i, &ends[i]);
		task_wake(loop, &probes[i].task);
	}
	for (int i = 0; i < 40; i++)
		loop_turn(loop, 1, 0);
	for (int i = 0; i < 20; i++)
		ck_assert(probes[i].taken == 2 && ends[i] == 0);
	ck_assert(!loop_settle(loop, 10 * each_us)); /* they take 160 */
	ck_assert_int_lt(turn_order, 20);
	ck_assert(loop_settle(loop, 1000 * each_us));
	ck_assert_int_eq(turn_order, 20);
	ck_assert_int_eq(loop_next_due_us(loop), LOOP_NEVER);
	loop_destroy(loop); /* buries the rest */
	for (int i = 0; i < 20; i++)
		ck_assert(probes[i].taken == 10 && ends[i] == 1);
}
END_TEST

START_TEST(nobody_s_lane_does_not_breathe_nor_does_who_has_not_said_so)
{
	struct loop          *loop = loop_create();
	int                   ends = 0;
	struct breather_probe nobodys = breathes_in(loop, 0, &ends), silent = nobodys;
	int64_t               each_us = LOOP_TURN_US;

	task_init(&silent.task, on_breathe);
	task_set_lane(loop, &silent.task, 7);
	loop_meter(loop, tick, &each_us);
	task_wake(loop, &nobodys.task);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(nobodys.taken, 10);
	task_wake(loop, &silent.task);
	loop_turn(loop, 1, 0);
	ck_assert_int_eq(silent.taken, 10);
	breathe(); /* outside of all: nothing */
	loop_destroy(loop);
}
END_TEST

static void
leave_again_and_again(void *arg)
{
	struct fiber **fiber = arg;

	for (;;)
		fiber_leave(*fiber);
}

/* Where AddressSanitizer would see what is not to be touched. */
static size_t
use_the_stack(void)
{
	char all[4096];

	memset(all, 'x', sizeof(all) - 1);
	all[sizeof(all) - 1] = '\0';
	return strlen(all);
}

START_TEST(who_enters_a_fiber_finds_all_of_the_own_stack_again)
{
	struct fiber *fiber = fiber_create(leave_again_and_again, &fiber);

	for (int i = 0; i < 3; i++) {
		fiber_enter(fiber);
		ck_assert_uint_eq(use_the_stack(), 4095);
	}
	fiber_destroy(fiber);
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
	tcase_add_test(tcase, who_has_had_less_time_goes_first_and_nobody_waits_for_long);
	tcase_add_test(tcase, a_task_changes_its_lane_at_any_time);
	tcase_add_test(tcase, a_turn_is_over_when_its_time_is_and_the_rest_comes_in_the_next);
	tcase_add_test(tcase, others_run_in_the_midst_of_a_task_that_breathes_but_none_of_its_lane);
	tcase_add_test(tcase, many_are_in_their_midst_at_once_and_are_settled);
	tcase_add_test(tcase, nobody_s_lane_does_not_breathe_nor_does_who_has_not_said_so);
	tcase_add_test(tcase, what_is_buried_is_freed_at_the_end_of_the_turn);
	tcase_add_test(tcase, who_enters_a_fiber_finds_all_of_the_own_stack_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
