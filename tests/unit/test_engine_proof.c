/* SPDX-License-Identifier: Apache-2.0
 * test_engine_proof.c - a destroy takes along what it was told to, and ends with what else there is of its deployment. */
#include <check.h>
#include <string.h>

#include "engine_index.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define A       CONFIG_HEAD CONFIG_ITEM("a") "}}}"
#define A_AND_B CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM("b") ",'depends_on':['a']}}}"

static struct json_object *view;

static void
setup(void)
{
	engine_index_open(&the_world);
}

static void
teardown(void)
{
	json_object_put(view);
	view = NULL;
}

static void
start(const char *config, enum execution_kind kind)
{
	the_world.swept = 0;
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, kind, MODE_FULL, ON_FAILURE_CONTINUE), ERR_OK);
}

static void
apply(const char *config)
{
	start(config, EXECUTION_APPLY);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.swept, 0);
}

static void
look(void)
{
	json_object_put(view);
	view = engine_world_view(&the_world);
}

static void
destroy(const char *config)
{
	start(config, EXECUTION_DESTROY);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	look();
}

static struct json_object *
proof(const char *member)
{
	ck_assert_ptr_nonnull(json_get_object(view, "proof"));
	return json_get(json_get_object(view, "proof"), member);
}

static void
expect_nothing_left(void)
{
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert(json_get_bool(view, "success", false));
	ck_assert_ptr_null(json_get_str(view, "reason"));
	ck_assert_str_eq(json_text(proof("left")), "[]");
	ck_assert_str_eq(json_text(proof("left_n")), "0");
}

START_TEST(nothing_is_left_and_a_second_destroy_says_so_again)
{
	apply(A_AND_B);
	destroy(A_AND_B);
	expect_nothing_left();
	ck_assert_int_eq(the_world.swept, 1);
	ck_assert_str_eq(json_text(proof("swept")),
	    "[{\"provider\":\"fake\",\"account\":\"\",\"region\":\"eu-west-1\"}]");
	ck_assert_str_eq(json_text(proof("warnings")), "[]");
	the_world.asked[OP_DELETE] = 0;
	destroy(A_AND_B);
	expect_nothing_left();
	ck_assert_int_eq(the_world.swept, 1);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 0);
	ck_assert_int_eq(json_get_i64(json_get(view, "summary"), "no_op", -1), 2);
}
END_TEST

START_TEST(what_was_never_applied_is_destroyed_by_looking)
{
	destroy(A_AND_B);
	expect_nothing_left();
	ck_assert_int_eq(the_world.asked[OP_READ], 2);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 0);
	ck_assert_int_eq(the_world.swept, 1);
}
END_TEST

START_TEST(each_region_is_swept_once)
{
	const char *config =
	    "{'deployment_id':'test','targets':[{'provider':'fake','regions':['eu-west-1','us-east-"
	    "1']}],'resources':{" CONFIG_ITEM("a") "}," CONFIG_ITEM(
		"b") "},'root':{'type':'fake:box:root','properties':{'name':'root'}}}}";

	the_world.account = "111111111111";
	apply(config);
	destroy(config);
	expect_nothing_left();
	ck_assert_int_eq(the_world.swept, 3);
	ck_assert_uint_eq(json_object_array_length(proof("swept")), 3);
	ck_assert_str_eq(
	    json_get_str(json_object_array_get_idx(proof("swept"), 0), "account"), "111111111111");
}
END_TEST

/* An older version had one more, and nobody said that it was to go. */
START_TEST(what_the_graph_does_not_name_is_told)
{
	struct json_object *left;

	apply(A_AND_B);
	destroy(A);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_str_eq(json_get_str(view, "reason"), "something_left");
	ck_assert(!json_get_bool(view, "success", true));
	ck_assert_uint_eq(json_object_array_length(proof("left")), 1);
	left = json_object_array_get_idx(proof("left"), 0);
	ck_assert_str_eq(json_get_str(left, "id"), "eu-west-1/nb");
	ck_assert_str_eq(json_get_str(left, "resource_id"), "b");
	ck_assert_str_eq(json_get_str(left, "region"), "eu-west-1");
	ck_assert_str_eq(json_get_str(json_get(left, "tags"), "mgraph:deploy-id"), "test");
}
END_TEST

/* An index of tags tells of what is gone for a while. */
START_TEST(what_was_just_seen_gone_is_not_left)
{
	apply(A_AND_B);
	the_world.indexed = json_copy(the_world.items);
	destroy(A_AND_B);
	expect_nothing_left();
	ck_assert_str_eq(json_text(proof("lagging_n")), "2");
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
}
END_TEST

START_TEST(a_sweep_that_is_refused_is_a_warning)
{
	apply(A);
	the_world.sweep_answer = OP_DENIED;
	the_world.sweep_times = 1;
	destroy(A);
	expect_nothing_left();
	ck_assert_int_eq(the_world.swept, 1);
	ck_assert_str_eq(json_text(proof("swept")), "[]");
	ck_assert_str_eq(json_text(proof("warnings")),
	    "[\"what there is in eu-west-1 of fake can't be asked for as a whole, so what else is "
	    "left there is not known: as the test said\"]");
}
END_TEST

START_TEST(a_sweep_that_may_be_answered_later_is_asked_again)
{
	apply(A);
	the_world.sweep_answer = OP_THROTTLED;
	the_world.sweep_times = 3;
	destroy(A);
	expect_nothing_left();
	ck_assert_int_eq(the_world.swept, 4);
	ck_assert_uint_eq(json_object_array_length(proof("swept")), 1);
}
END_TEST

START_TEST(where_nothing_can_be_swept_each_was_looked_at)
{
	the_world.provider.start_sweep = NULL;
	apply(A_AND_B);
	destroy(A_AND_B);
	expect_nothing_left();
	ck_assert_str_eq(json_text(proof("swept")), "[]");
	ck_assert_str_eq(json_text(proof("looked_at")), "{\"fake\":2}");
}
END_TEST

START_TEST(what_has_failed_proves_nothing)
{
	apply(A_AND_B);
	engine_world_fault(
	    &the_world, (struct fault){ "b", OP_DELETE, 1, OP_DENIED, false, false });
	destroy(A_AND_B);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_eq(the_world.swept, 0);
	ck_assert(!json_has(view, "proof"));
}
END_TEST

static void
run_until_swept(void)
{
	while (the_world.swept == 0) {
		ck_assert(!the_world.ended);
		the_world.now_us = loop_next_due_us(the_world.loop);
		engine_world_turn(&the_world);
	}
}

START_TEST(who_takes_over_sweeps_again)
{
	apply(A_AND_B);
	start(A_AND_B, EXECUTION_DESTROY);
	run_until_swept();
	engine_world_crash(&the_world);
	the_world.watch.execution = NULL;
	the_world.swept = 0;
	ck_assert_int_eq(engine_world_resume(&the_world, A_AND_B, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	look();
	expect_nothing_left();
	ck_assert_int_eq(the_world.swept, 1);
	ck_assert_uint_eq(json_object_array_length(proof("swept")), 1);
}
END_TEST

#define BIN(name) "'" name "':{'type':'fake:box:bin','properties':{'name':'n" name "'}}"
#define BINS      CONFIG_HEAD BIN("a") "," BIN("b") "," CONFIG_ITEM("c") "}}}"

/* Nothing that was not named is taken along with what is in it, also by who takes over. */
START_TEST(what_is_to_be_emptied_is_recorded)
{
	static const struct {
		const char *empty;
		int         forced;
	} rows[] = { { NULL, 0 }, { "['b']", 1 }, { "['b@eu-west-1','a']", 2 }, { "true", 2 },
		{ "false", 0 } };
	bool crashes = _i % 2 == 1;

	apply(BINS);
	the_world.empty = rows[_i / 2].empty;
	start(BINS, EXECUTION_DESTROY);
	if (crashes) {
		engine_world_turn(&the_world);
		engine_world_turn(&the_world);
		engine_world_crash(&the_world);
		the_world.watch.execution = NULL;
		ck_assert_int_eq(engine_world_resume(&the_world, BINS, false), ERR_OK);
	}
	engine_world_run(&the_world, HOUR_US);
	look();
	expect_nothing_left();
	ck_assert_int_eq(the_world.forced, rows[_i / 2].forced);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
}
END_TEST

START_TEST(it_can_be_cancelled_while_it_sweeps)
{
	struct err err;

	apply(A);
	the_world.sweep_answer = OP_TRANSIENT;
	the_world.sweep_times = 1000;
	start(A, EXECUTION_DESTROY);
	run_until_swept();
	ck_assert_int_eq(
	    execution_cancel(the_world.execution, &(struct cancel_request){ 0 }, &err), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	look();
	ck_assert_int_eq(the_world.status, STATUS_CANCELLED);
	ck_assert(!json_has(view, "proof"));
}
END_TEST

Suite *suite_engine_proof(void);

Suite *
suite_engine_proof(void)
{
	Suite *suite = suite_create("engine_proof");
	TCase *tcase = engine_world_case("engine_proof");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, nothing_is_left_and_a_second_destroy_says_so_again);
	tcase_add_test(tcase, what_was_never_applied_is_destroyed_by_looking);
	tcase_add_test(tcase, each_region_is_swept_once);
	tcase_add_test(tcase, what_the_graph_does_not_name_is_told);
	tcase_add_test(tcase, what_was_just_seen_gone_is_not_left);
	tcase_add_test(tcase, a_sweep_that_is_refused_is_a_warning);
	tcase_add_test(tcase, a_sweep_that_may_be_answered_later_is_asked_again);
	tcase_add_test(tcase, where_nothing_can_be_swept_each_was_looked_at);
	tcase_add_test(tcase, what_has_failed_proves_nothing);
	tcase_add_test(tcase, who_takes_over_sweeps_again);
	tcase_add_loop_test(tcase, what_is_to_be_emptied_is_recorded, 0, 10);
	tcase_add_test(tcase, it_can_be_cancelled_while_it_sweeps);
	suite_add_tcase(suite, tcase);
	return suite;
}
