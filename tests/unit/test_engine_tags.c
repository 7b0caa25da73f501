/* SPDX-License-Identifier: Apache-2.0
 * test_engine_tags.c - what becomes of tags: those of others, those that are ignored, those of whoever had it before. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/execution.h"
#include "engine_index.h"
#include "util/json.h"

#define ITEM(more) \
	CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','size':1}" more "}}}"
#define TAGGED         ",'tags':{'team':'web','cost/center':'7'}"
#define IGNORING(what) ITEM(TAGGED ",'ignore':[" what "]")
#define ADOPTING       ITEM(",'operation':'adopt'" TAGGED)
/* What comes behind it fails. */
#define FAILING(size, more)                                                                       \
	CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','size':" size "}" more \
		    "}," CONFIG_ITEM("b") ",'depends_on':['a']}}}"

static void
setup(void)
{
	engine_index_open(&the_world);
}

static void
start(const char *config, enum execution_kind kind, enum execution_mode mode,
    enum on_failure on_failure)
{
	ck_assert_int_eq(engine_world_start(&the_world, config, kind, mode, on_failure), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
}

static void
apply(const char *config)
{
	start(config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}

static struct json_object *
item(void)
{
	return json_get_object(the_world.items, "eu-west-1/na");
}

static struct json_object *
tags(void)
{
	return json_get_object(item(), "tags");
}

static void
expect_tag(const char *key, const char *value)
{
	const char *is = json_get_str(tags(), key);

	ck_assert_msg(value == NULL ? is == NULL : is != NULL && strcmp(is, value) == 0,
	    "%s: %s in %s", key, value != NULL ? value : "none", json_text(tags()));
}

static void
expect_plan(const char *config, const char *operation, const char *diff)
{
	struct json_object *planned;

	start(config, EXECUTION_APPLY, MODE_DRY_RUN, ON_FAILURE_CONTINUE);
	planned = json_path(the_world.plan, "operations.0");
	ck_assert_str_eq(json_get_str(planned, "operation"), operation);
	ck_assert_str_eq(
	    json_has(planned, "diff") ? json_text(json_get(planned, "diff")) : "", diff);
}

static void
expect_verdict(const char *config, const char *verdict)
{
	start(config, EXECUTION_VERIFY, MODE_DRY_RUN, ON_FAILURE_CONTINUE);
	ck_assert_str_eq(json_get_str(engine_world_verdict(&the_world, "a"), "verdict"), verdict);
}

/* ---- those of others ---- */

START_TEST(what_others_have_set_is_told_and_removed)
{
	apply(ITEM(TAGGED));
	json_set_str(tags(), "their/s", "x");
	json_set_str(tags(), "mgraph:mark:12345678", "y"); /* of another node */
	expect_verdict(ITEM(TAGGED), "drifted");
	expect_plan(ITEM(TAGGED), "update", "[{\"path\":\"/tags/their~1s\",\"before\":\"x\"}]");
	apply(ITEM(TAGGED));
	engine_world_expect(&the_world, "operations.0.operation", "update");
	expect_tag("their/s", NULL);
	expect_tag("team", "web");
	expect_plan(ITEM(TAGGED), "no_op", "");
}
END_TEST

START_TEST(what_the_config_drops_is_told_and_removed)
{
	apply(ITEM(TAGGED));
	expect_plan(ITEM(",'tags':{'team':'web'}"), "update",
	    "[{\"path\":\"/tags/cost~1center\",\"before\":\"7\"}]");
	apply(ITEM(",'tags':{'team':'web'}"));
	expect_tag("cost/center", NULL);
	expect_plan(ITEM(",'tags':{'team':'web'}"), "no_op", "");
}
END_TEST

START_TEST(what_the_cloud_has_for_itself_is_left)
{
	apply(ITEM(TAGGED));
	json_set_str(tags(), "cloud:of", "x");
	json_set(item(), "reserved", json_object_new_array());
	json_object_array_add(json_get(item(), "reserved"), json_object_new_string("cloud:of"));
	expect_verdict(ITEM(TAGGED), "in_sync");
	expect_plan(ITEM(TAGGED), "no_op", "");
}
END_TEST

/* It would be removed, and nobody has read that. */
START_TEST(what_has_come_since_the_plan_makes_it_stale)
{
	apply(ITEM(TAGGED));
	json_set_str(tags(), "theirs", "x");
	start(ITEM(TAGGED), EXECUTION_APPLY, MODE_DRY_RUN, ON_FAILURE_CONTINUE);
	the_world.held = true;
	json_set_str(tags(), "another", "y");
	start(ITEM(TAGGED), EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP);
	engine_world_expect(&the_world, "operations.0.error.type", "stale_plan");
	expect_tag("theirs", "x");
	expect_tag("another", "y");
}
END_TEST

START_TEST(a_verify_by_tags_reads_what_has_a_tag_of_others)
{
	apply(ITEM(TAGGED));
	the_world.by_tags = true;
	expect_verdict(ITEM(TAGGED), "in_sync");
	ck_assert_str_eq(json_get_str(engine_world_verdict(&the_world, "a"), "depth"), "tags");
	json_set_str(tags(), "theirs", "x");
	expect_verdict(ITEM(TAGGED), "drifted");
	expect_verdict(IGNORING("'/tags/theirs'"), "in_sync");
	ck_assert_str_eq(json_get_str(engine_world_verdict(&the_world, "a"), "depth"), "tags");
}
END_TEST

/* ---- those that are ignored ---- */

START_TEST(what_is_ignored_is_set_when_it_is_made_and_left_after_that)
{
	static const char *const configs[] = { IGNORING("'/tags/cost~1center','/tags/theirs'"),
		IGNORING("'/tags'") };
	const char              *config = configs[_i];

	apply(config);
	expect_tag("cost/center", "7");
	json_set_str(tags(), "cost/center", "8");
	json_set_str(tags(), "theirs", "x");
	expect_verdict(config, "in_sync");
	expect_plan(config, "no_op", "");
	json_set_i64(json_get_object(item(), "properties"), "size", 2);
	apply(config);
	engine_world_expect(&the_world, "operations.0.operation", "update");
	expect_tag("cost/center", "8");
	expect_tag("theirs", "x");
	expect_tag("team", "web");
	json_object_object_del(tags(), "cost/center");
	expect_plan(config, "no_op", "");
}
END_TEST

START_TEST(ignoring_one_ignores_no_other)
{
	apply(IGNORING("'/tags/cost~1center'"));
	json_object_object_del(tags(), "team");
	json_set_str(tags(), "theirs", "x");
	expect_plan(IGNORING("'/tags/cost~1center'"), "update",
	    "[{\"path\":\"/tags/team\",\"after\":\"web\"},"
	    "{\"path\":\"/tags/theirs\",\"before\":\"x\"}]");
}
END_TEST

/* ---- adoption ---- */

/* As a version of this config, of another deployment. */
static void
give_away(void)
{
	json_set_str(tags(), IDENTITY_DEPLOYMENT_TAG, "another");
	json_set_str(tags(), IDENTITY_NODE_TAG, "87654321");
}

START_TEST(what_is_anothers_is_adopted_though_it_is_as_the_config_says)
{
	char was[64];

	apply(ITEM(TAGGED));
	snprintf(was, sizeof(was), "%s", json_get_str(tags(), IDENTITY_NODE_TAG));
	give_away();
	start(ADOPTING, EXECUTION_APPLY, MODE_DRY_RUN, ON_FAILURE_CONTINUE);
	ck_assert_str_eq(
	    json_get_str(json_path(the_world.plan, "operations.0"), "operation"), "adopt");
	ck_assert_ptr_nonnull(strstr(json_text(the_world.plan),
	    "{\"path\":\"/tags/mgraph:deploy-id\",\"before\":\"another\",\"after\":\"test\"}"));
	apply(ADOPTING);
	engine_world_expect(&the_world, "operations.0.operation", "adopt");
	expect_tag(IDENTITY_DEPLOYMENT_TAG, "test");
	expect_tag(IDENTITY_NODE_TAG, was);
	expect_plan(ADOPTING, "no_op", "");
}
END_TEST

/* ---- undone ---- */

static void
fail_b(void)
{
	engine_world_fault(
	    &the_world, (struct fault){ "b", OP_CREATE, 99, OP_DENIED, false, false });
}

/* Runs it to its end; the process dies on the way, `crash_us` after the start, if that is not 0. False: it came to another end. */
static bool
roll_back(const char *config, int64_t crash_us)
{
	fail_b();
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_ROLLBACK),
	    ERR_OK);
	if (crash_us > 0) {
		engine_world_run(&the_world, crash_us);
		if (!the_world.begun || the_world.ended)
			return false;
		engine_world_crash(&the_world);
		ck_assert_int_eq(engine_world_resume(&the_world, config, false), ERR_OK);
	}
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	if (the_world.status == STATUS_COMPLETED) /* b was made after all, as the process died */
		return false;
	engine_world_expect(&the_world, "reason", "rolled_back");
	return true;
}

START_TEST(a_rollback_brings_the_tags_back)
{
	struct json_object *before;

	the_world.cancelled_arrive = _i % 2 == 1;
	apply(ITEM(TAGGED));
	before = json_copy(tags());
	if (roll_back(
		FAILING("2", ",'tags':{'team':'app','new':'x'},'protect':true"), _i / 2 * 500))
		ck_assert_msg(json_same(tags(), before), "%s", json_text(tags()));
	else
		ck_assert_int_ne(_i, 0);
	json_object_put(before);
}
END_TEST

START_TEST(after_a_rollback_the_old_version_has_nothing_to_do)
{
	apply(ITEM(TAGGED));
	ck_assert(roll_back(FAILING("2", ",'tags':{'team':'app'}"), 0));
	expect_plan(ITEM(TAGGED), "no_op", "");
}
END_TEST

START_TEST(what_was_adopted_is_given_back)
{
	struct json_object *before;

	the_world.cancelled_arrive = _i % 2 == 1;
	apply(ITEM(TAGGED));
	give_away();
	before = json_copy(tags());
	if (roll_back(FAILING("2", ",'operation':'adopt'"), _i / 2 * 500))
		ck_assert_msg(json_same(tags(), before), "%s", json_text(tags()));
	else
		ck_assert_int_ne(_i, 0);
	json_object_put(before);
}
END_TEST

/* Nobody's: it is nobody's again. */
START_TEST(what_had_no_tags_has_none_again)
{
	apply(ITEM(""));
	json_set(item(), "tags", json_object_new_object());
	ck_assert(roll_back(FAILING("2", ",'operation':'adopt','tags':{'team':'app'}"), 0));
	ck_assert_str_eq(json_text(tags()), "{}");
}
END_TEST

/* What has been recorded by a version that kept no tags: those of the config stay. */
START_TEST(a_record_without_tags_is_undone_without_them)
{
	const char *config = FAILING("2", ",'tags':{'team':'app'}");

	apply(ITEM(TAGGED));
	fail_b();
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_STEP, ON_FAILURE_ROLLBACK),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	for (size_t v = 0; v < 2; v++) {
		struct node *node = &the_world.execution->nodes[v];

		json_object_put(node->before_tags);
		node->before_tags = NULL;
	}
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_int_eq(json_get_i64(json_get_object(item(), "properties"), "size", 0), 1);
	expect_tag("team", "app");
}
END_TEST

Suite *suite_engine_tags(void);

Suite *
suite_engine_tags(void)
{
	Suite *suite = suite_create("engine_tags");
	TCase *tcase = engine_world_case("engine_tags");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, what_others_have_set_is_told_and_removed);
	tcase_add_test(tcase, what_the_config_drops_is_told_and_removed);
	tcase_add_test(tcase, what_the_cloud_has_for_itself_is_left);
	tcase_add_test(tcase, what_has_come_since_the_plan_makes_it_stale);
	tcase_add_test(tcase, a_verify_by_tags_reads_what_has_a_tag_of_others);
	tcase_add_loop_test(
	    tcase, what_is_ignored_is_set_when_it_is_made_and_left_after_that, 0, 2);
	tcase_add_test(tcase, ignoring_one_ignores_no_other);
	tcase_add_test(tcase, what_is_anothers_is_adopted_though_it_is_as_the_config_says);
	tcase_add_loop_test(tcase, a_rollback_brings_the_tags_back, 0, 80);
	tcase_add_test(tcase, after_a_rollback_the_old_version_has_nothing_to_do);
	tcase_add_loop_test(tcase, what_was_adopted_is_given_back, 0, 80);
	tcase_add_test(tcase, what_had_no_tags_has_none_again);
	tcase_add_test(tcase, a_record_without_tags_is_undone_without_them);
	suite_add_tcase(suite, tcase);
	return suite;
}
