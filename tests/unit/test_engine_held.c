/* SPDX-License-Identifier: Apache-2.0
 * test_engine_held.c - an apply that is held to a plan: what has changed since stops its own subgraph, and nothing else. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "util/json.h"

#define EVERY_MS 5000

/* c waits for a; b and d for nobody. */
#define FOUR(size)                                                                             \
	CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','size':" size "}}," \
		    "'b':{'type':'fake:box:item','properties':{'name':'nb','size':" size "}}," \
		    "'c':{'type':'fake:box:item','properties':{'name':'nc','size':" size       \
		    ",'link':'@a.arn'}},"                                                      \
		    "'d':{'type':'fake:box:item','properties':{'name':'nd','size':1}}}}"

static void
start(const char *config, enum execution_mode mode, enum on_failure on_failure, int64_t for_us)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, mode, on_failure), ERR_OK);
	engine_world_run(&the_world, for_us);
}

static void
apply(const char *config)
{
	start(config, MODE_FULL, ON_FAILURE_STOP, HOUR_US);
	ck_assert(the_world.ended);
	engine_world_expect(&the_world, "status", "completed");
}

static void
plan(const char *config)
{
	start(config, MODE_DRY_RUN, ON_FAILURE_CONTINUE, HOUR_US);
	ck_assert_ptr_nonnull(the_world.saved);
	the_world.held = true;
}

static void
apply_plan(const char *config, enum on_failure on_failure)
{
	start(config, MODE_FULL, on_failure, HOUR_US);
	ck_assert(the_world.ended);
}

static struct json_object *
item(const char *name)
{
	char key[32];

	snprintf(key, sizeof(key), "eu-west-1/%s", name);
	return json_get_object(the_world.items, key);
}

static int64_t
size_of(const char *name)
{
	return json_get_i64(json_get_object(item(name), "properties"), "size", -1);
}

static void
drift(const char *name)
{
	json_set_i64(json_get_object(item(name), "properties"), "size", 99);
}

static const char *
status_of(struct json_object *view, const char *resource_id)
{
	struct json_object *list = json_get_array(view, "operations");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *operation = json_object_array_get_idx(list, i);

		if (strcmp(json_get_str(operation, "resource_id"), resource_id) == 0)
			return json_get_str(operation, "status");
	}
	ck_abort_msg("no operation of %s", resource_id);
}

static void
expect(const char *resource_id, const char *status)
{
	struct json_object *view = engine_world_view(&the_world);

	ck_assert_str_eq(status_of(view, resource_id), status);
	json_object_put(view);
}

START_TEST(a_plan_that_is_still_true_is_done)
{
	plan(FOUR("1"));
	apply_plan(FOUR("1"), ON_FAILURE_STOP);
	engine_world_expect(&the_world, "status", "completed");
	ck_assert_int_eq(the_world.creates_applied, 4);
	the_world.held = false;
	plan(FOUR("2"));
	apply_plan(FOUR("2"), ON_FAILURE_STOP);
	engine_world_expect(&the_world, "status", "completed");
	ck_assert_int_eq(size_of("nc"), 2);
}
END_TEST

START_TEST(a_stale_node_stops_its_own_subgraph_and_nothing_else)
{
	apply(FOUR("1"));
	plan(FOUR("2"));
	drift("na");
	apply_plan(FOUR("2"), ON_FAILURE_STOP);
	engine_world_expect(&the_world, "status", "failed");
	engine_world_expect(&the_world, "failed_operation.resource_id", "a");
	engine_world_expect(&the_world, "failed_operation.error.type", "stale_plan");
	engine_world_expect(&the_world, "failed_operation.error.message",
	    "since the plan was made, size has changed");
	expect("c", "blocked");
	expect("b", "completed");
	expect("d", "completed");
	ck_assert_int_eq(size_of("na"), 99);
	ck_assert_int_eq(size_of("nb"), 2);
	ck_assert_int_eq(size_of("nc"), 1);
}
END_TEST

START_TEST(what_was_not_to_be_changed_is_not)
{
	apply(FOUR("1"));
	plan(FOUR("2"));
	drift("nd");
	apply_plan(FOUR("2"), ON_FAILURE_STOP);
	engine_world_expect(&the_world, "failed_operation.resource_id", "d");
	engine_world_expect(&the_world, "failed_operation.error.type", "stale_plan");
	ck_assert_int_eq(size_of("nd"), 99);
	ck_assert_int_eq(size_of("nc"), 2);
}
END_TEST

START_TEST(what_has_gone_is_not_made_and_what_has_come_is_not_taken)
{
	apply(FOUR("1"));
	plan(FOUR("2"));
	json_object_object_del(the_world.items, "eu-west-1/nb");
	apply_plan(FOUR("2"), ON_FAILURE_STOP);
	engine_world_expect(&the_world, "failed_operation.error.message",
	    "it was there when the plan was made, and it is gone");
	ck_assert_ptr_null(item("nb"));
	the_world.held = false;
	plan(FOUR("2"));
	the_world.held = false;
	apply(FOUR("2"));
	the_world.held = true;
	apply_plan(FOUR("2"), ON_FAILURE_STOP);
	engine_world_expect(&the_world, "failed_operation.resource_id", "b");
	engine_world_expect(&the_world, "failed_operation.error.message",
	    "it was not there when the plan was made, and it is now");
}
END_TEST

START_TEST(what_is_stale_undoes_nothing)
{
	apply(FOUR("1"));
	plan(FOUR("2"));
	drift("na");
	apply_plan(FOUR("2"), ON_FAILURE_ROLLBACK);
	engine_world_expect(&the_world, "status", "failed");
	ck_assert_int_eq(size_of("nb"), 2);
}
END_TEST

START_TEST(another_failure_stops_as_ever)
{
	apply(FOUR("1"));
	plan(FOUR("2"));
	drift("nd");
	engine_world_fault(&the_world,
	    (struct fault){
		.resource_id = "c", .kind = OP_UPDATE, .times = 1, .answer = OP_DENIED });
	apply_plan(FOUR("2"), ON_FAILURE_ROLLBACK);
	engine_world_expect(&the_world, "status", "failed");
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_int_eq(size_of("na"), 1);
}
END_TEST

/* At every moment. */
START_TEST(what_a_dead_process_has_done_is_not_stale)
{
	the_world.recover_ms = EVERY_MS;
	engine_world_crash(&the_world);
	plan(FOUR("1"));
	start(FOUR("1"), MODE_FULL, ON_FAILURE_STOP, _i * 500);
	if (the_world.ended)
		return;
	engine_world_crash(&the_world);
	the_world.err.code = ERR_OK;
	engine_world_run(&the_world, HOUR_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	if (!the_world.begun && engine_world_items_n(&the_world) == 0)
		return; /* it had not begun */
	engine_world_expect(&the_world, "status", "completed");
	engine_world_expect(&the_world, "plan_id", json_get_str(the_world.saved, "plan_id"));
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

static void
crash_before_the_second_half(void)
{
	the_world.recover_ms = EVERY_MS;
	engine_world_crash(&the_world);
	apply(FOUR("1"));
	plan(FOUR("2"));
	the_world.latency_us = 10 * SECOND_US;
	start(FOUR("2"), MODE_FULL, ON_FAILURE_STOP, 15 * SECOND_US); /* c is yet to begin */
	ck_assert(!the_world.ended);
	drift("nc");
	engine_world_crash(&the_world);
	the_world.latency_us = 1000;
	the_world.err.code = ERR_OK;
	engine_world_run(&the_world, HOUR_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
}

START_TEST(who_takes_it_over_is_held_to_the_plan_as_well)
{
	crash_before_the_second_half();
	engine_world_expect(&the_world, "failed_operation.resource_id", "c");
	engine_world_expect(&the_world, "failed_operation.error.type", "stale_plan");
	ck_assert_int_eq(size_of("na"), 2);
	ck_assert_int_eq(size_of("nb"), 2);
	ck_assert_int_eq(size_of("nc"), 99);
}
END_TEST

START_TEST(without_its_plan_nothing_more_is_done)
{
	the_world.forgets = true;
	crash_before_the_second_half();
	engine_world_expect(&the_world, "status", "failed");
	engine_world_expect(
	    &the_world, "failed_operation.error.message", "the plan is no longer kept");
	ck_assert_int_eq(size_of("nc"), 99);
}
END_TEST

#define SHAPED(shape)                                                                              \
	CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','shape':'" shape "'}}," \
		    "'b':{'type':'fake:box:item','properties':{'name':'nb','link':'@a.arn'}}}}"

START_TEST(what_refers_to_what_is_replaced_is_known_afterwards)
{
	struct json_object *operation;

	apply(SHAPED("round"));
	plan(SHAPED("flat"));
	operation = json_path(the_world.plan, "operations.0");
	ck_assert_str_eq(json_get_str(operation, "operation"), "replace");
	ck_assert_str_eq(json_get_str(operation, "reason"),
	    "shape differs, and only a new one can have another");
	operation = json_path(the_world.plan, "operations.1");
	ck_assert_str_eq(json_get_str(operation, "operation"), "update");
	ck_assert_str_eq(json_text(json_get(operation, "unknown")), "[\"/link\"]");
	ck_assert_str_eq(json_text(json_get(operation, "patch")), "[]");
}
END_TEST

#define ADOPTED                                                                       \
	CONFIG_HEAD "'a':{'type':'fake:box:item','operation':'adopt','properties':{'" \
		    "name':'na','size':1}}}}"

START_TEST(what_is_there_and_not_ours_is_adopted_once)
{
	json_set(the_world.items, "eu-west-1/na", json_object_new_object());
	json_set(item("na"), "tags", json_object_new_object());
	json_set(item("na"), "properties", json_object_new_object());
	json_set_str(json_get_object(item("na"), "properties"), "name", "na");
	json_set_i64(json_get_object(item("na"), "properties"), "size", 1);
	plan(ADOPTED);
	ck_assert_str_eq(
	    json_get_str(json_path(the_world.plan, "operations.0"), "operation"), "adopt");
	ck_assert_str_eq(json_get_str(json_path(the_world.plan, "operations.0"), "reason"),
	    "it is there, and not ours yet");
	ck_assert_int_eq(json_get_i64(json_get(the_world.plan, "summary"), "adopt", -1), 1);
	apply_plan(ADOPTED, ON_FAILURE_STOP);
	engine_world_expect(&the_world, "status", "completed");
	engine_world_expect(&the_world, "operations.0.operation", "adopt");
	the_world.held = false;
	apply(ADOPTED);
	engine_world_expect(&the_world, "operations.0.operation", "no_op");
}
END_TEST

Suite *suite_engine_held(void);

Suite *
suite_engine_held(void)
{
	Suite *suite = suite_create("engine_held");
	TCase *tcase = engine_world_case("held");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_plan_that_is_still_true_is_done);
	tcase_add_test(tcase, a_stale_node_stops_its_own_subgraph_and_nothing_else);
	tcase_add_test(tcase, what_was_not_to_be_changed_is_not);
	tcase_add_test(tcase, what_has_gone_is_not_made_and_what_has_come_is_not_taken);
	tcase_add_test(tcase, what_is_stale_undoes_nothing);
	tcase_add_test(tcase, another_failure_stops_as_ever);
	tcase_add_loop_test(tcase, what_a_dead_process_has_done_is_not_stale, 0, 60);
	tcase_add_test(tcase, who_takes_it_over_is_held_to_the_plan_as_well);
	tcase_add_test(tcase, without_its_plan_nothing_more_is_done);
	tcase_add_test(tcase, what_refers_to_what_is_replaced_is_known_afterwards);
	tcase_add_test(tcase, what_is_there_and_not_ours_is_adopted_once);
	suite_add_tcase(suite, tcase);
	return suite;
}
