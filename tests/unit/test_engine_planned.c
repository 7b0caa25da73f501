/* SPDX-License-Identifier: Apache-2.0
 * test_engine_planned.c - graphs that nobody has run in their time are forgotten, as many as there are. */
#include <check.h>
#include <stdio.h>

#include "engine/planned.h"
#include "store/store_mem.h"

#define WALL_MS   1795000000000
#define EVERY_MS  600000
#define MONTH_MS  ((int64_t)STORE_PLAN_S * 1000)
#define MANY      (STORE_PAGE_MAX + 5)
#define US_PER_MS 1000
#define TURNS     6

static struct loop    *loop;
static struct store   *store;
static struct planned *planned;
static int64_t         now_us;
static struct store_op op;
static bool            is_done;

static void
turn(int64_t at_us)
{
	now_us = at_us;
	loop_turn(loop, now_us, WALL_MS + now_us / US_PER_MS);
}

/* From one due time to the next. */
static void
pass(int64_t for_ms)
{
	int64_t until_us = now_us + for_ms * US_PER_MS;

	while (loop_next_due_us(loop) <= until_us)
		turn(loop_next_due_us(loop));
	turn(until_us);
}

static void
on_done(struct store_op *done)
{
	(void)done;
	is_done = true;
}

static enum store_result
ask(enum store_verb verb, unsigned graph)
{
	char id[STORE_ID_SIZE];

	store_op_fini(&op);
	snprintf(id, sizeof(id), "%08x", graph);
	op = (struct store_op){
		.verb = verb, .text = "{}", .now_ms = WALL_MS + now_us / US_PER_MS, .done = on_done
	};
	ck_assert(store_key_set(&op.key, "acme", "app", id));
	is_done = false;
	store_start(store, &op);
	while (!is_done)
		turn(now_us);
	return op.result;
}

/* Of the first `n`, how many there are. */
static unsigned
there(unsigned n)
{
	unsigned count = 0;

	for (unsigned i = 0; i < n; i++)
		count += ask(STORE_FIND, i) == STORE_OK;
	return count;
}

static void
setup(void)
{
	struct engine_options options = { .planned_ms = EVERY_MS };

	now_us = 0;
	loop = loop_create();
	turn(now_us);
	store = store_mem_create(loop, "alice");
	options.loop = loop;
	options.store = store;
	planned = planned_create(&options);
}

static void
teardown(void)
{
	store_op_fini(&op);
	planned_destroy(planned);
	store_destroy(store);
	loop_destroy(loop);
}

START_TEST(all_go_whose_time_is_over_and_no_others)
{
	for (unsigned i = 0; i < MANY; i++)
		ck_assert_int_eq(ask(STORE_PUT_SPEC, i), STORE_OK);
	pass(EVERY_MS);
	ck_assert_int_eq(ask(STORE_PUT_SPEC, MANY), STORE_OK);
	pass(MONTH_MS - EVERY_MS - 1);
	ck_assert_uint_eq(there(MANY + 1), MANY + 1);
	pass(EVERY_MS);
	ck_assert_uint_eq(there(MANY), 0);
	ck_assert_uint_eq(there(MANY + 1), 1);
	pass(2 * EVERY_MS);
	ck_assert_uint_eq(there(MANY + 1), 0);
}
END_TEST

START_TEST(a_store_that_is_away_is_asked_again)
{
	ck_assert_int_eq(ask(STORE_PUT_SPEC, 0), STORE_OK);
	store_mem_set_up(store, false);
	pass(MONTH_MS + EVERY_MS);
	store_mem_set_up(store, true);
	ck_assert_uint_eq(there(1), 1);
	pass(EVERY_MS / 10);
	ck_assert_uint_eq(there(1), 0);
}
END_TEST

START_TEST(it_may_end_in_the_middle)
{
	ck_assert_int_eq(ask(STORE_PUT_SPEC, 0), STORE_OK);
	now_us += MONTH_MS * US_PER_MS;
	for (int i = 0; i < _i; i++)
		turn(now_us);
	planned_destroy(planned);
	planned = NULL;
	turn(now_us);
}
END_TEST

Suite *suite_engine_planned(void);

Suite *
suite_engine_planned(void)
{
	Suite *suite = suite_create("engine_planned");
	TCase *tcase = tcase_create("planned");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, all_go_whose_time_is_over_and_no_others);
	tcase_add_test(tcase, a_store_that_is_away_is_asked_again);
	tcase_add_loop_test(tcase, it_may_end_in_the_middle, 0, TURNS);
	suite_add_tcase(suite, tcase);
	return suite;
}
