/* SPDX-License-Identifier: Apache-2.0
 * test_engine_pace.c - the engine's calls keep the pace that the answers ask for, and it learns how long things take. */
#include <check.h>

#include "engine/durations.h"
#include "engine/execution.h"
#include "engine_world.h"
#include "util/json.h"

#define HEAD                                                                                   \
	"{'deployment_id':'test','version':'v1','targets':[{'provider':'fake','regions':['eu-" \
	"west-1']}],'resources':{"
#define ITEM(id) "'" id "':{'type':'fake:box:item','properties':{'name':'n" id "'}}"

#define CONFIG_1 HEAD ITEM("a") "}}"
#define CONFIG_8                                                                         \
	HEAD ITEM("a") "," ITEM("b") "," ITEM("c") "," ITEM("d") "," ITEM("e") "," ITEM( \
	    "f") "," ITEM("g") "," ITEM("h") "}}"

static void
start(const char *config, enum execution_kind kind, enum execution_mode mode)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, kind, mode, ON_FAILURE_STOP), ERR_OK);
}

static void
run(const char *config, enum execution_kind kind, enum execution_mode mode)
{
	start(config, kind, mode);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}

/* What it has learned, in round trips to the cloud; as in the type's file: it has learned nothing. */
static double
learned(enum plan_act act)
{
	const struct resource_type *type = registry_type(the_world.registry, "fake:box:item");

	return durations_of(the_world.engine->durations, type, act) * SECOND_US /
	       the_world.latency_us;
}

START_TEST(a_throttled_call_holds_its_whole_account_until_the_time_it_names)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 1, OP_THROTTLED, false, false });
	the_world.retry_after_ms = 5000;
	start(CONFIG_8, EXECUTION_APPLY, MODE_FULL);
	engine_world_run(&the_world, 4 * SECOND_US);
	ck_assert_int_eq(the_world.in_flight, 0);
	ck_assert_int_lt(the_world.creates_applied, 8 - 1); /* those that had begun went on */
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 8);
}
END_TEST

START_TEST(a_throttled_account_is_asked_less_at_once)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 1, OP_THROTTLED, false, false });
	the_world.retry_after_ms = 5000;
	the_world.provider.window_size = 4;
	start(CONFIG_8, EXECUTION_APPLY, MODE_FULL);
	engine_world_run(&the_world, 4 * SECOND_US);
	ck_assert_int_eq(the_world.in_flight_most, 4);
	the_world.in_flight_most = 0;
	while (the_world.in_flight_most == 0)
		engine_world_run(&the_world, loop_next_due_us(the_world.loop) - the_world.now_us);
	ck_assert_int_lt(the_world.in_flight_most, 4);
}
END_TEST

START_TEST(it_learns_how_long_a_create_and_a_delete_take)
{
	run(CONFIG_8, EXECUTION_APPLY, MODE_FULL);
	ck_assert_double_eq_tol(learned(PLAN_CREATE), 3, 0.01); /* read, create, settle */
	ck_assert_double_gt(learned(PLAN_DELETE), 100);
	the_world.latency_us *= 10;
	run(CONFIG_8, EXECUTION_DESTROY, MODE_FULL);
	ck_assert_double_eq_tol(learned(PLAN_DELETE), 3, 0.01);
	ck_assert_double_eq_tol(learned(PLAN_CREATE), 0.3, 0.01);
}
END_TEST

START_TEST(a_dry_run_and_a_try_that_failed_teach_nothing)
{
	double before = learned(PLAN_CREATE);

	run(CONFIG_1, EXECUTION_APPLY, MODE_DRY_RUN);
	ck_assert_double_eq(learned(PLAN_CREATE), before);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 1, OP_TRANSIENT, false, false });
	run(CONFIG_1, EXECUTION_APPLY, MODE_FULL);
	ck_assert_double_eq(learned(PLAN_CREATE), before);
}
END_TEST

START_TEST(what_was_learned_weighs_the_next_run)
{
	double seconds;

	run(CONFIG_1, EXECUTION_APPLY, MODE_FULL);
	seconds = learned(PLAN_CREATE) * (double)the_world.latency_us / SECOND_US;
	start(CONFIG_8, EXECUTION_APPLY, MODE_FULL);
	ck_assert_double_eq(
	    execution_graph(the_world.engine->executions)->vertices[0].behind, seconds);
	engine_world_run(&the_world, HOUR_US);
}
END_TEST

Suite *suite_engine_pace(void);

Suite *
suite_engine_pace(void)
{
	Suite *suite = suite_create("engine_pace");
	TCase *tcase = engine_world_case("engine_pace");

	tcase_add_test(tcase, a_throttled_call_holds_its_whole_account_until_the_time_it_names);
	tcase_add_test(tcase, a_throttled_account_is_asked_less_at_once);
	tcase_add_test(tcase, it_learns_how_long_a_create_and_a_delete_take);
	tcase_add_test(tcase, a_dry_run_and_a_try_that_failed_teach_nothing);
	tcase_add_test(tcase, what_was_learned_weighs_the_next_run);
	suite_add_tcase(suite, tcase);
	return suite;
}
