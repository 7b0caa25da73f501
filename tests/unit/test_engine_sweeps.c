/* SPDX-License-Identifier: Apache-2.0
 * test_engine_sweeps.c - a verify by tags: one question for each region, and reads where its answer will not do. */
#include <check.h>
#include <string.h>

#include "engine_index.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define ITEM(name, more)                                                           \
	"'" name "':{'type':'fake:box:item','properties':{'name':'n" name "'" more \
	"},'tags':{'team':'web'}}"
#define ITEMS CONFIG_HEAD ITEM("a", "") "," ITEM("b", ",'link':'@a.arn'") "," ITEM("c", "") "}}"

static void
setup(void)
{
	engine_index_open(&the_world);
}

static void
apply(const char *config)
{
	the_world.by_tags = false;
	the_world.swept = 0;
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	the_world.asked[OP_READ] = 0;
}

static void
start(const char *config)
{
	the_world.by_tags = true;
	ck_assert_int_eq(engine_world_start(&the_world, config, EXECUTION_VERIFY, MODE_DRY_RUN,
			     ON_FAILURE_CONTINUE),
	    ERR_OK);
}

static void
verify(const char *config)
{
	start(config);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended && the_world.plan != NULL);
}

static void
expect(const char *resource_id, const char *verdict, const char *depth)
{
	ck_assert_str_eq(
	    json_get_str(engine_world_verdict(&the_world, resource_id), "verdict"), verdict);
	ck_assert_str_eq(
	    json_get_str(engine_world_verdict(&the_world, resource_id), "depth"), depth);
}

static size_t
warnings_n(void)
{
	return json_object_array_length(json_get_array(the_world.plan, "warnings"));
}

static struct json_object *
tags_of(const char *key)
{
	return json_get_object(json_get(the_world.items, key), "tags");
}

START_TEST(what_has_its_tags_is_in_sync_without_a_read)
{
	apply(ITEMS);
	ck_assert_int_eq(the_world.swept, 0);
	verify(ITEMS);
	ck_assert(json_get_bool(the_world.plan, "success", false));
	expect("a", "in_sync", "tags");
	expect("b", "in_sync", "tags");
	ck_assert_int_eq(the_world.swept, 1);
	ck_assert_int_eq(the_world.asked[OP_READ], 0);
	ck_assert_uint_eq(warnings_n(), 0);
}
END_TEST

START_TEST(each_region_is_asked_once)
{
	const char *config =
	    "{'deployment_id':'test','targets':[{'provider':'fake','regions':['eu-west-1','eu-west-"
	    "2','us-east-1']}],"
	    "'resources':{" ITEM("a", "") "," ITEM(
		"b", "") ","
			 "'root':{'type':'fake:box:root','properties':{'name':'root'}}}}";

	apply(config);
	verify(config);
	ck_assert_int_eq(json_get_i64(json_get(the_world.plan, "summary"), "in_sync", -1), 7);
	ck_assert_int_eq(the_world.swept, 4);
	ck_assert_int_eq(the_world.asked[OP_READ], 0);
}
END_TEST

/* What the tags alone do not say is looked up. */
START_TEST(what_the_tags_do_not_settle_is_read)
{
	apply(ITEMS);
	json_object_object_del(the_world.items, "eu-west-1/na");
	json_set_str(tags_of("eu-west-1/nb"), "team", "app");
	json_set_str(tags_of("eu-west-1/nc"), "mgraph:spec-hash", "0000000000000000");
	verify(ITEMS);
	expect("a", "missing", "full");
	expect("b", "drifted", "full");
	expect("c", "drifted", "full");
	ck_assert_str_eq(json_text(json_get(engine_world_verdict(&the_world, "b"), "diff")),
	    "[{\"path\":\"/tags/team\",\"before\":\"app\",\"after\":\"web\"}]");
}
END_TEST

START_TEST(two_hits_are_no_hit)
{
	apply(ITEMS);
	json_set(the_world.items, "eu-west-1/other",
	    json_copy(json_get(the_world.items, "eu-west-1/na")));
	verify(ITEMS);
	expect("a", "in_sync", "full");
	expect("b", "in_sync", "tags");
}
END_TEST

START_TEST(what_is_to_go_is_read)
{
	const char *config = CONFIG_HEAD "'a':{'type':'fake:box:item','operation':'delete',"
					 "'properties':{'name':'na'},'tags':{'team':'web'}}}}";

	apply(CONFIG_HEAD ITEM("a", "") "}}");
	verify(config);
	expect("a", "drifted", "full");
}
END_TEST

START_TEST(a_question_that_is_refused_leaves_the_reads_and_is_told)
{
	apply(ITEMS);
	the_world.sweep_answer = OP_DENIED;
	the_world.sweep_times = 1;
	verify(ITEMS);
	ck_assert(json_get_bool(the_world.plan, "success", false));
	expect("a", "in_sync", "full");
	ck_assert_int_eq(the_world.swept, 1);
	ck_assert_uint_eq(warnings_n(), 1);
}
END_TEST

START_TEST(a_question_that_may_be_answered_later_is_asked_again)
{
	apply(ITEMS);
	the_world.sweep_answer = OP_THROTTLED;
	the_world.sweep_times = 3;
	verify(ITEMS);
	expect("a", "in_sync", "tags");
	ck_assert_int_eq(the_world.swept, 4);
	ck_assert_int_eq(the_world.asked[OP_READ], 0);
}
END_TEST

START_TEST(a_question_that_is_never_answered_is_given_up)
{
	apply(ITEMS);
	the_world.sweep_answer = OP_TRANSIENT;
	the_world.sweep_times = 1000;
	verify(ITEMS);
	expect("a", "in_sync", "full");
	ck_assert_int_eq(the_world.swept, 9);
	ck_assert_uint_eq(warnings_n(), 1);
}
END_TEST

START_TEST(where_there_is_no_such_question_all_is_read)
{
	the_world.provider.start_sweep = NULL;
	apply(ITEMS);
	verify(ITEMS);
	ck_assert(json_get_bool(the_world.plan, "success", false));
	expect("a", "in_sync", "full");
	ck_assert_uint_eq(warnings_n(), 0);
}
END_TEST

/* In the air, or waiting for its next try. */
START_TEST(a_question_ends_with_its_process)
{
	apply(ITEMS);
	the_world.sweep_answer = OP_TRANSIENT;
	the_world.sweep_times = _i;
	start(ITEMS);
	for (int i = 0; i <= 2 * _i; i++) {
		the_world.now_us += the_world.latency_us;
		engine_world_turn(&the_world);
	}
	ck_assert(!the_world.ended);
	engine_world_crash(&the_world);
	the_world.watch.execution = NULL;
	apply(ITEMS);
}
END_TEST

Suite *suite_engine_sweeps(void);

Suite *
suite_engine_sweeps(void)
{
	Suite *suite = suite_create("engine_sweeps");
	TCase *tcase = engine_world_case("engine_sweeps");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, what_has_its_tags_is_in_sync_without_a_read);
	tcase_add_test(tcase, each_region_is_asked_once);
	tcase_add_test(tcase, what_the_tags_do_not_settle_is_read);
	tcase_add_test(tcase, two_hits_are_no_hit);
	tcase_add_test(tcase, what_is_to_go_is_read);
	tcase_add_test(tcase, a_question_that_is_refused_leaves_the_reads_and_is_told);
	tcase_add_test(tcase, a_question_that_may_be_answered_later_is_asked_again);
	tcase_add_test(tcase, a_question_that_is_never_answered_is_given_up);
	tcase_add_test(tcase, where_there_is_no_such_question_all_is_read);
	tcase_add_loop_test(tcase, a_question_ends_with_its_process, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
