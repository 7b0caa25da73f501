/* SPDX-License-Identifier: Apache-2.0
 * test_engine_verify.c - how things stand: a verdict for each resource, whatever becomes of the others. */
#include <check.h>
#include <string.h>

#include "engine_world.h"
#include "util/check.h"
#include "util/json.h"
#include "util/str.h"

#define ITEM(name, more) \
	"'" name "':{'type':'fake:box:item','properties':{'name':'n" name "'" more "}}"

/* c refers to b, b to a; d to nobody. */
#define CHAIN                                                                          \
	CONFIG_HEAD ITEM("a", ",'size':3") "," ITEM("b", ",'link':'@a.arn'") "," ITEM( \
	    "c", ",'link':'@b.arn'") "," ITEM("d", "") "}}"

static void
apply(const char *config)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}

/* All that it asks are reads. */
static void
verify(const char *config)
{
	int asked[OP_KINDS_N];

	memcpy(asked, the_world.asked, sizeof(asked));
	ck_assert_int_eq(engine_world_start(&the_world, config, EXECUTION_VERIFY, MODE_DRY_RUN,
			     ON_FAILURE_CONTINUE),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended && the_world.plan != NULL);
	for (int kind = 0; kind < OP_KINDS_N; kind++)
		ck_assert(kind == OP_READ || the_world.asked[kind] == asked[kind]);
}

static void
expect(const char *resource_id, const char *verdict)
{
	ck_assert_str_eq(
	    json_get_str(engine_world_verdict(&the_world, resource_id), "verdict"), verdict);
}

static void
expect_diff(const char *resource_id, const char *diff)
{
	ck_assert_str_eq(
	    json_text(json_get(engine_world_verdict(&the_world, resource_id), "diff")), diff);
}

static int64_t
count(const char *verdict)
{
	return json_get_i64(json_get_object(the_world.plan, "summary"), verdict, -1);
}

START_TEST(what_was_just_applied_is_in_sync)
{
	apply(CHAIN);
	verify(CHAIN);
	ck_assert(json_get_bool(the_world.plan, "success", false));
	ck_assert_int_eq(count("in_sync"), 4);
	expect_diff("a", "[]");
}
END_TEST

START_TEST(what_was_changed_has_drifted_and_the_diff_says_where)
{
	apply(CHAIN);
	json_set_i64(json_path(the_world.items, "eu-west-1/na.properties"), "size", 5);
	verify(CHAIN);
	ck_assert(!json_get_bool(the_world.plan, "success", true));
	expect("a", "drifted");
	expect_diff("a", "[{\"path\":\"/size\",\"before\":5,\"after\":3}]");
	ck_assert_int_eq(count("in_sync"), 3);
}
END_TEST

START_TEST(what_was_deleted_is_missing_and_what_refers_to_it_is_not)
{
	apply(CHAIN);
	json_object_object_del(the_world.items, "eu-west-1/na");
	verify(CHAIN);
	expect("a", "missing");
	expect_diff("a", "[]");
	ck_assert_int_eq(count("in_sync"), 3);
}
END_TEST

static const struct {
	enum op_result answer;
	const char    *verdict;
} unread[] = {
	{ OP_CONFLICT, "not_ours" }, { OP_AMBIGUOUS, "ambiguous" }, { OP_DENIED, "unreadable" },
	{ OP_EXPIRED, "unreadable" },
	{ OP_TRANSIENT, "unreadable" }, /* once it was tried often enough */
};

START_TEST(what_can_not_be_read_keeps_nobody_from_looking_at_the_rest)
{
	apply(CHAIN);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_READ, 1000, unread[_i].answer, false, false });
	verify(CHAIN);
	expect("a", unread[_i].verdict);
	ck_assert_str_eq(
	    json_get_str(engine_world_verdict(&the_world, "a"), "reason"), "as the test said");
	ck_assert_int_eq(count("in_sync"), 3);
}
END_TEST

START_TEST(what_passes_is_waited_for)
{
	apply(CHAIN);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_READ, 3, OP_THROTTLED, false, false });
	verify(CHAIN);
	ck_assert_int_eq(count("in_sync"), 4);
}
END_TEST

START_TEST(what_is_found_by_something_unread_can_not_be_read_either)
{
	const char *config = CONFIG_HEAD ITEM(
	    "a", "") ","
		     "'b':{'type':'fake:box:item','properties':{'name':'@a.name'}}}}";

	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_READ, 1000, OP_DENIED, false, false });
	verify(config);
	expect("b", "unreadable");
	ck_assert_str_eq(json_get_str(engine_world_verdict(&the_world, "b"), "reason"),
	    "\"a\", which it refers to, can't be read");
	the_world.faults[0].times = 0;
	verify(config);
	expect("b", "missing");
}
END_TEST

#define TO_BE(operation)                                                  \
	CONFIG_HEAD "'a':{'type':'fake:box:item','operation':'" operation \
		    "','properties':{'name':'na','size':3}}}}"

static const struct {
	const char *config, *there, *gone;
} wishes[] = {
	{ TO_BE("ensure"), "in_sync", "missing" },
	{ TO_BE("create"), "in_sync", "missing" },
	{ TO_BE("update"), "in_sync", "missing" },
	{ TO_BE("verify"), "in_sync", "missing" },
	{ TO_BE("adopt"), "in_sync", "missing" },
	{ TO_BE("delete"), "drifted", "in_sync" },
};

START_TEST(how_it_was_to_come_there_is_no_matter)
{
	apply(TO_BE("ensure"));
	verify(wishes[_i].config);
	expect("a", wishes[_i].there);
	json_object_object_del(the_world.items, "eu-west-1/na");
	verify(wishes[_i].config);
	expect("a", wishes[_i].gone);
}
END_TEST

START_TEST(pauses_and_ends_are_for_those_who_change_something)
{
	verify(CONFIG_HEAD ITEM("a", "") "," ITEM("b", "") "},'edges':[{'from':'a','to':'b','type':"
							   "'end'}]}");
	ck_assert_int_eq(count("missing"), 2);
}
END_TEST

START_TEST(a_verify_is_in_nobodys_way)
{
	json_object_put(the_world.plan);
	the_world.plan = NULL;
	apply(CHAIN);
	ck_assert_int_eq(engine_world_start(&the_world, CHAIN, EXECUTION_VERIFY, MODE_DRY_RUN,
			     ON_FAILURE_CONTINUE),
	    ERR_OK);
	engine_world_turn(&the_world);
	engine_world_crash(&the_world); /* in the middle of it: nothing was left to be taken up */
	the_world.watch.execution = NULL;
	apply(CHAIN);
}
END_TEST

Suite *suite_engine_verify(void);

Suite *
suite_engine_verify(void)
{
	Suite *suite = suite_create("engine_verify");
	TCase *tcase = engine_world_case("engine_verify");

	tcase_add_test(tcase, what_was_just_applied_is_in_sync);
	tcase_add_test(tcase, what_was_changed_has_drifted_and_the_diff_says_where);
	tcase_add_test(tcase, what_was_deleted_is_missing_and_what_refers_to_it_is_not);
	tcase_add_loop_test(tcase, what_can_not_be_read_keeps_nobody_from_looking_at_the_rest, 0,
	    (int)array_len(unread));
	tcase_add_test(tcase, what_passes_is_waited_for);
	tcase_add_test(tcase, what_is_found_by_something_unread_can_not_be_read_either);
	tcase_add_loop_test(
	    tcase, how_it_was_to_come_there_is_no_matter, 0, (int)array_len(wishes));
	tcase_add_test(tcase, pauses_and_ends_are_for_those_who_change_something);
	tcase_add_test(tcase, a_verify_is_in_nobodys_way);
	suite_add_tcase(suite, tcase);
	return suite;
}
