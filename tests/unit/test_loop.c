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
	tcase_add_test(tcase, what_is_buried_is_freed_at_the_end_of_the_turn);
	suite_add_tcase(suite, tcase);
	return suite;
}
