/* SPDX-License-Identifier: Apache-2.0
 * test_engine_change.c - what is replaced where it is, goes, is left, is protected, is ignored, and is not selected; on a
 * make-believe cloud and a clock turned by hand. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "provider/provider.h"
#include "util/json.h"
#include "util/str.h"

#define ITEM(name, properties, more)                                                              \
	"'" name "':{'type':'fake:box:item','properties':{'name':'n" name "'" properties "}" more \
	"}"
#define CONFIG(items) CONFIG_HEAD items "}}"
#define LINKED        ",'link':'@a'"

static void
start(const char *config, enum execution_kind kind, enum on_failure on_failure)
{
	ck_assert_msg(engine_world_start(&the_world, config, kind, MODE_FULL, on_failure) == ERR_OK,
	    "%s", the_world.err.detail);
}

static void
run(const char *config, enum execution_kind kind)
{
	start(config, kind, ON_FAILURE_STOP);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
}

static void
apply(const char *config)
{
	run(config, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}

/* The item of this name; NULL: it is not there. */
static struct json_object *
item(const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "eu-west-1/n%s", name);
	return json_get(the_world.items, key);
}

static int64_t
number(const char *name, const char *property)
{
	return json_get_i64(json_get_object(item(name), "properties"), property, -1);
}

/* "a.status" of the operations that are stored. */
static void
expect(const char *member, const char *text)
{
	struct json_object *view = engine_world_view(&the_world);
	struct json_object *list = json_get_array(view, "operations");
	size_t              len = strcspn(member, ".");
	const char         *is = NULL;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *operation = json_object_array_get_idx(list, i);
		const char         *id = json_get_str(operation, "resource_id");

		if (strlen(id) == len && strncmp(id, member, len) == 0)
			is = json_get_str(operation, member + len + 1);
	}
	ck_assert_msg(str_eq(is, text), "%s is %s", member, is);
	json_object_put(view);
}

static void
expect_error(const char *id, const char *part)
{
	struct json_object *view = engine_world_view(&the_world);
	struct json_object *failed = json_get_object(view, "failed_operation");
	const char         *why = json_get_str(json_get_object(failed, "error"), "message");

	ck_assert_str_eq(json_get_str(failed, "resource_id"), id);
	ck_assert_msg(strstr(why, part) != NULL, "%s", why);
	json_object_put(view);
}

/* Creates and deletes, in the order in which they came in, since this was asked last. */
static void
expect_order(const char *ids)
{
	struct str all;

	str_init(&all, 1000);
	for (size_t i = 0; i < json_object_array_length(the_world.order); i++)
		str_addf(&all, "%s%s", i > 0 ? " " : "",
		    json_object_get_string(json_object_array_get_idx(the_world.order, i)));
	ck_assert_str_eq(all.data, ids);
	str_fini(&all);
	json_object_put(the_world.order);
	the_world.order = json_object_new_array();
}

static void
fault(const char *id, enum op_kind kind, int times, enum op_result answer, bool takes_effect)
{
	engine_world_fault(
	    &the_world, (struct fault){ id, kind, times, answer, takes_effect, false });
}

/* ---- replacing ---- */

#define OLD CONFIG(ITEM("a", ",'grade':1", "") "," ITEM("b", LINKED, ""))
#define NEW CONFIG(ITEM("a", ",'grade':2", "") "," ITEM("b", LINKED, ""))

START_TEST(what_only_a_new_one_can_have_is_replaced_where_it_is)
{
	apply(OLD);
	expect_order("a b");
	fault("a", OP_SETTLE, 2, OP_NOT_YET, false); /* the old one is there for a while */
	apply(NEW);
	expect_order("a a"); /* a delete, a create; what depends on it stays */
	ck_assert_int_eq(number("a", "grade"), 2);
	expect("a.operation", "replace");
	expect("b.operation", "no_op");
	ck_assert_int_eq(the_world.creates_applied, 3);
	engine_world_expect(&the_world, "summary.replace", "1");
	engine_world_expect(&the_world, "summary.add", "0");
	apply(NEW);
	expect_order("");
}
END_TEST

START_TEST(a_plan_says_so_and_does_nothing)
{
	apply(OLD);
	ck_assert_int_eq(
	    engine_world_start(&the_world, NEW, EXECUTION_APPLY, MODE_DRY_RUN, ON_FAILURE_CONTINUE),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(json_get_i64(json_get_object(the_world.plan, "summary"), "replace", 0), 1);
	expect_order("a b");
}
END_TEST

START_TEST(an_answer_that_got_lost_on_the_way_neither_doubles_nor_deletes_what_was_made)
{
	static const enum op_kind kinds[] = { OP_DELETE, OP_CREATE };

	apply(OLD);
	expect_order("a b");
	fault("a", kinds[_i / 2], 1, OP_UNKNOWN, _i % 2 == 1);
	apply(NEW);
	ck_assert_int_eq(number("a", "grade"), 2);
	ck_assert_int_eq(the_world.creates_applied, 3);
	expect("a.operation", "replace");
}
END_TEST

START_TEST(what_could_not_be_made_again_is_made_by_the_next_apply)
{
	apply(OLD);
	fault("a", OP_CREATE, 1, OP_DENIED, false);
	run(NEW, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("a.status", "failed");
	expect("a.operation", "replace");
	ck_assert_ptr_null(item("a"));
	apply(NEW);
	ck_assert_int_eq(number("a", "grade"), 2);
}
END_TEST

/* Each half is given up, answered, or lands when its process is dead. */
START_TEST(a_crash_at_any_moment_of_a_replace_ends_well)
{
	apply(OLD);
	the_world.cancelled_arrive = _i % 2 == 1;
	start(NEW, EXECUTION_APPLY, ON_FAILURE_STOP);
	engine_world_run(&the_world, _i / 2 * 500);
	if (!the_world.begun || the_world.ended)
		return;
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, NEW, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(number("a", "grade"), 2);
	ck_assert_int_eq(the_world.creates_applied, 3);
	expect("a.operation", "replace");
	expect("b.status", "completed");
}
END_TEST

#define FAILING                                                                               \
	CONFIG(ITEM("a", ",'grade':2", "") "," ITEM("c", "", ",'depends_on':['a']") "," ITEM( \
	    "d", "", ",'depends_on':['c']"))

START_TEST(a_rollback_leaves_what_has_replaced_something)
{
	apply(OLD);
	fault("d", OP_CREATE, 99, OP_DENIED, false);
	start(FAILING, EXECUTION_APPLY, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	engine_world_expect(&the_world, "reason", "rollback_incomplete");
	ck_assert_int_eq(number("a", "grade"), 2);
	ck_assert_ptr_null(item("c"));
	expect("a.operation", "replace");
	expect("a.irreversible", "what is replaced is gone");
	expect("c.status", "rolled_back");
}
END_TEST

/* t is called otherwise now, needs r, and u has turned to it. */
#define TAKEN(more)                                                                              \
	CONFIG("'t':{'type':'fake:box:item','properties':{'name':'nt2','link':'@r'}}," ITEM(     \
	    "r", "", "") "," ITEM("u", ",'link':'@t'",                                           \
	    "") ",'t--old':{"                                                                    \
		"'type':'fake:box:item','operation':'delete','formerly':'t','depends_on':['u']," \
		"'properties':{'name':'nt'}}" more)
#define TAKEN_AND_FAILING \
	TAKEN("," ITEM("c", "", "") "," ITEM("d", "", ",'depends_on':['t--old','c']"))

/* Its old one can't be put back: to take it away as well would leave neither. */
static void
expect_taken(void)
{
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	engine_world_expect(&the_world, "reason", "rollback_incomplete");
	ck_assert_ptr_nonnull(item("t2"));
	ck_assert_ptr_null(item("t"));
	ck_assert_ptr_nonnull(item("r"));
	ck_assert_str_eq(
	    json_get_str(json_get_object(item("u"), "properties"), "link"), "arn:eu-west-1/nt2");
	ck_assert_ptr_null(item("c"));
	expect("t--old.irreversible", "what is deleted is gone");
	expect("t--old.status", "completed");
	expect("t.status", "completed");
	expect("c.status", "rolled_back");
}

START_TEST(a_rollback_leaves_what_has_taken_the_place_of_what_is_gone)
{
	apply(CONFIG(ITEM("t", "", "") "," ITEM("u", ",'link':'@t'", "")));
	fault("d", OP_CREATE, 99, OP_DENIED, false);
	start(TAKEN_AND_FAILING, EXECUTION_APPLY, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	expect_taken();
}
END_TEST

START_TEST(also_when_a_process_dies_on_its_way)
{
	apply(CONFIG(ITEM("t", "", "") "," ITEM("u", ",'link':'@t'", "")));
	fault("d", OP_CREATE, 99, OP_DENIED, false);
	start(TAKEN_AND_FAILING, EXECUTION_APPLY, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, _i * 500);
	if (the_world.ended)
		return;
	engine_world_crash(&the_world);
	if (engine_world_resume(&the_world, TAKEN_AND_FAILING, false) != ERR_OK)
		return; /* it had not begun */
	engine_world_run(&the_world, HOUR_US);
	if (the_world.status == STATUS_FAILED)
		expect_taken();
}
END_TEST

/* One of that name that somebody else has made. */
START_TEST(what_is_not_ours_is_nothing_to_delete)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_READ, 99, OP_CONFLICT, false, false });
	run(CONFIG(ITEM("a", "", "") "," ITEM("b", "", "")), EXECUTION_DESTROY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	expect("a.operation", "no_op");
	ck_assert_int_eq(the_world.asked[OP_DELETE], 0);
}
END_TEST

START_TEST(also_when_a_process_dies_on_the_way_there_or_back)
{
	apply(OLD);
	the_world.cancelled_arrive = _i % 2 == 1;
	fault("d", OP_CREATE, 99, OP_DENIED, false);
	start(FAILING, EXECUTION_APPLY, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, _i / 2 * 500);
	if (!the_world.begun || the_world.ended)
		return;
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, FAILING, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	ck_assert_int_eq(number("a", "grade"), 2);
	if (the_world.status == STATUS_FAILED) /* else d was made as the process died */
		ck_assert_ptr_null(item("c"));
}
END_TEST

/* ---- what goes ---- */

START_TEST(of_two_that_go_the_one_that_refers_to_the_other_goes_first)
{
	static const char *const configs[] = {
		CONFIG(ITEM("a", "", ",'operation':'delete'") "," ITEM(
		    "b", LINKED, ",'operation':'delete'") "," ITEM("c", "", "")),
		CONFIG(ITEM("c", "", "") "," ITEM("b", LINKED, ",'operation':'delete'") "," ITEM(
		    "a", "", ",'operation':'delete'")),
	};

	apply(CONFIG(ITEM("a", "", "") "," ITEM("b", LINKED, "")));
	expect_order("a b");
	fault("b", OP_SETTLE, 3, OP_NOT_YET, false);
	apply(configs[_i / 2]);
	ck_assert_ptr_null(item("a"));
	expect("b.operation", "delete");
	apply(CONFIG(ITEM("a", "", "") "," ITEM("b", LINKED, "")));
	if (_i % 2 == 0)
		return;
	json_object_put(the_world.order);
	the_world.order = json_object_new_array();
	run(configs[_i / 2], EXECUTION_DESTROY); /* also on the way back */
	expect_order("b c a");
}
END_TEST

START_TEST(what_goes_waits_for_what_refers_to_it_and_stays)
{
	apply(CONFIG(ITEM("a", "", "") "," ITEM("b", LINKED, "")));
	expect_order("a b");
	fault("b", OP_UPDATE, 99, OP_DENIED, false);
	run(CONFIG(ITEM("a", "", ",'operation':'delete','depends_on':['b']") "," ITEM(
		"b", ",'link':'none'", "")),
	    EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("a.status", "blocked");
	ck_assert_ptr_nonnull(item("a"));
	expect_order("");
}
END_TEST

START_TEST(what_goes_does_not_have_to_find_what_it_refers_to)
{
	apply(CONFIG(ITEM("a", "", "") "," ITEM("b", LINKED, "")));
	json_object_object_del(the_world.items, "eu-west-1/na");
	apply(CONFIG(
	    ITEM("a", "", ",'operation':'delete'") "," ITEM("b", LINKED, ",'operation':'delete'")));
	ck_assert_int_eq(json_object_object_length(the_world.items), 0);
}
END_TEST

/* ---- what is left ---- */

START_TEST(what_is_left_is_not_asked_for)
{
	const char *left =
	    CONFIG(ITEM("a", ",'grade':7", ",'operation':'leave'") "," ITEM("b", "", ""));
	int reads;

	apply(CONFIG(ITEM("a", ",'grade':1", "") "," ITEM("b", "", "")));
	reads = the_world.asked[OP_READ];
	apply(left);
	ck_assert_int_eq(the_world.asked[OP_READ], reads + 1); /* b */
	ck_assert_int_eq(number("a", "grade"), 1);
	expect("a.operation", "leave");
	expect("a.status", "completed");
	run(left, EXECUTION_DESTROY);
	ck_assert_ptr_null(item("a"));
}
END_TEST

START_TEST(a_rollback_has_nothing_to_do_with_what_is_left)
{
	apply(CONFIG(ITEM("a", "", "")));
	fault("c", OP_CREATE, 99, OP_DENIED, false);
	start(CONFIG(ITEM("a", "", ",'operation':'leave'") "," ITEM("b", "", "") "," ITEM(
		  "c", "", ",'depends_on':['a','b']")),
	    EXECUTION_APPLY, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_ptr_nonnull(item("a"));
	ck_assert_ptr_null(item("b"));
}
END_TEST

/* ---- what is protected ---- */

#define PROTECTED(properties) CONFIG(ITEM("a", properties, ",'protect':true"))
#define WHY                   "it is protected"

START_TEST(what_is_protected_is_neither_deleted_nor_replaced)
{
	apply(PROTECTED(",'grade':1"));
	run(PROTECTED(",'grade':2"), EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect_error("a", WHY);
	run(PROTECTED(",'grade':1"), EXECUTION_DESTROY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect_error("a", WHY);
	run(CONFIG(ITEM("a", "", ",'protect':true,'operation':'delete'")), EXECUTION_APPLY);
	expect_error("a", WHY);
	ck_assert_int_eq(number("a", "grade"), 1);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 0);
	apply(PROTECTED(",'grade':1,'size':3")); /* changed it may be */
	ck_assert_int_eq(number("a", "size"), 3);
}
END_TEST

START_TEST(its_tags_protect_it_until_a_version_without_it_was_applied)
{
	apply(PROTECTED(",'grade':1"));
	ck_assert(json_has(json_get_object(item("a"), "tags"), IDENTITY_PROTECT_TAG));
	run(CONFIG(ITEM("a", ",'grade':2", "")), EXECUTION_APPLY);
	expect_error("a", WHY);
	run(CONFIG(ITEM("a", "", ",'operation':'delete'")), EXECUTION_APPLY);
	expect_error("a", WHY);
	run(CONFIG(ITEM("a", ",'grade':1", "")), EXECUTION_DESTROY);
	expect_error("a", WHY);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 0);
	apply(CONFIG(ITEM("a", ",'grade':1", "")));
	ck_assert(!json_has(json_get_object(item("a"), "tags"), IDENTITY_PROTECT_TAG));
	apply(CONFIG(ITEM("a", ",'grade':2", "")));
	run(CONFIG(ITEM("a", "", "")), EXECUTION_DESTROY);
	ck_assert_ptr_null(item("a"));
}
END_TEST

START_TEST(a_rollback_takes_away_what_it_has_made_itself)
{
	fault("b", OP_CREATE, 99, OP_DENIED, false);
	start(CONFIG(ITEM("a", "", ",'protect':true") "," ITEM("b", "", ",'depends_on':['a']")),
	    EXECUTION_APPLY, ON_FAILURE_ROLLBACK);
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_ptr_null(item("a"));
}
END_TEST

/* ---- what is ignored ---- */

#define IGNORING(size, more) CONFIG(ITEM("a", ",'size':" size more, ",'ignore':['/size','/grade']"))

START_TEST(what_is_ignored_is_set_once_and_left_alone_after_that)
{
	struct json_object *properties;

	apply(IGNORING("1", ",'grade':1"));
	ck_assert_int_eq(number("a", "size"), 1);
	properties = json_get_object(item("a"), "properties");
	json_set_i64(properties, "size", 9); /* somebody scales it */
	apply(IGNORING("1", ",'grade':1"));
	ck_assert_int_eq(the_world.asked[OP_UPDATE], 0);
	apply(IGNORING("2", ",'grade':2,'link':'x'"));
	ck_assert_int_eq(the_world.asked[OP_UPDATE], 1);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 0); /* not even one that wants a new one */
	ck_assert_int_eq(number("a", "size"), 9);
	ck_assert_int_eq(number("a", "grade"), 1);
}
END_TEST

/* ---- what is selected ---- */

#define CHAIN                                                        \
	CONFIG(ITEM("a", "", "") "," ITEM("b", LINKED, "") "," ITEM( \
	    "c", "", ",'depends_on':['b']") "," ITEM("d", "", ""))

START_TEST(only_what_is_named_and_what_it_waits_for_is_run)
{
	the_world.only = "['b']";
	apply(CHAIN);
	expect_order("a b");
	expect("c.status", "skipped");
	expect("d.status", "skipped");
	the_world.only = "['c@eu-west-1','d']";
	apply(CHAIN);
	expect("a.operation", "no_op");
	ck_assert_ptr_nonnull(item("c"));
	ck_assert_ptr_nonnull(item("d"));
}
END_TEST

START_TEST(all_but_what_is_named_and_what_waits_for_it_is_run)
{
	the_world.except = "['b']";
	apply(CHAIN);
	expect("b.status", "skipped");
	expect("c.status", "skipped");
	ck_assert_ptr_nonnull(item("d"));
	ck_assert_ptr_null(item("c"));
}
END_TEST

START_TEST(a_destroy_turns_that_around)
{
	apply(CHAIN);
	expect_order("a d b c");
	the_world.only = "['b']";
	run(CHAIN, EXECUTION_DESTROY);
	expect_order("c b");
	the_world.only = NULL;
	apply(CHAIN);
	the_world.except = "['b']";
	run(CHAIN, EXECUTION_DESTROY);
	ck_assert_ptr_nonnull(item("a"));
	ck_assert_ptr_nonnull(item("b"));
	ck_assert_ptr_null(item("c"));
	ck_assert_ptr_null(item("d"));
}
END_TEST

START_TEST(who_goes_on_with_it_knows_what_was_selected)
{
	the_world.only = _i % 2 == 0 ? "['b']" : NULL;
	the_world.except = _i % 2 == 0 ? NULL : "['c','d']";
	start(CHAIN, EXECUTION_APPLY, ON_FAILURE_STOP);
	engine_world_run(&the_world, _i / 2 * 500);
	if (!the_world.begun || the_world.ended)
		return;
	engine_world_crash(&the_world);
	the_world.only = the_world.except = NULL;
	ck_assert_int_eq(engine_world_resume(&the_world, CHAIN, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_ptr_nonnull(item("b"));
	ck_assert_ptr_null(item("c"));
	ck_assert_ptr_null(item("d"));
}
END_TEST

/* ---- what it knows of ---- */

START_TEST(what_was_made_of_an_older_state_does_not_begin)
{
	char newest[64];

	the_world.newest = "";
	apply(CONFIG(ITEM("a", "", "")));
	start(CONFIG(ITEM("b", "", "")), EXECUTION_APPLY, ON_FAILURE_STOP);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(!the_world.begun);
	ck_assert_int_eq(the_world.err.code, ERR_BUSY);
	ck_assert_ptr_null(item("b"));
	the_world.newest = NULL;
	apply(CONFIG(ITEM("a", "", "")));
	snprintf(newest, sizeof(newest), "%s", "0:1");
	the_world.newest = newest;
	start(CONFIG(ITEM("b", "", "")), EXECUTION_APPLY, ON_FAILURE_STOP);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.err.code, ERR_BUSY);
}
END_TEST

Suite *suite_engine_change(void);

Suite *
suite_engine_change(void)
{
	Suite *suite = suite_create("engine_change");
	TCase *tcase = engine_world_case("engine_change");

	tcase_add_test(tcase, what_only_a_new_one_can_have_is_replaced_where_it_is);
	tcase_add_test(tcase, a_plan_says_so_and_does_nothing);
	tcase_add_loop_test(tcase,
	    an_answer_that_got_lost_on_the_way_neither_doubles_nor_deletes_what_was_made, 0, 4);
	tcase_add_test(tcase, what_could_not_be_made_again_is_made_by_the_next_apply);
	tcase_add_loop_test(tcase, a_crash_at_any_moment_of_a_replace_ends_well, 0, 60);
	tcase_add_test(tcase, a_rollback_leaves_what_has_replaced_something);
	tcase_add_test(tcase, a_rollback_leaves_what_has_taken_the_place_of_what_is_gone);
	tcase_add_loop_test(tcase, also_when_a_process_dies_on_its_way, 0, 60);
	tcase_add_test(tcase, what_is_not_ours_is_nothing_to_delete);
	tcase_add_loop_test(tcase, also_when_a_process_dies_on_the_way_there_or_back, 0, 80);
	tcase_add_loop_test(
	    tcase, of_two_that_go_the_one_that_refers_to_the_other_goes_first, 0, 4);
	tcase_add_test(tcase, what_goes_waits_for_what_refers_to_it_and_stays);
	tcase_add_test(tcase, what_goes_does_not_have_to_find_what_it_refers_to);
	tcase_add_test(tcase, what_is_left_is_not_asked_for);
	tcase_add_test(tcase, a_rollback_has_nothing_to_do_with_what_is_left);
	tcase_add_test(tcase, what_is_protected_is_neither_deleted_nor_replaced);
	tcase_add_test(tcase, its_tags_protect_it_until_a_version_without_it_was_applied);
	tcase_add_test(tcase, a_rollback_takes_away_what_it_has_made_itself);
	tcase_add_test(tcase, what_is_ignored_is_set_once_and_left_alone_after_that);
	tcase_add_test(tcase, only_what_is_named_and_what_it_waits_for_is_run);
	tcase_add_test(tcase, all_but_what_is_named_and_what_waits_for_it_is_run);
	tcase_add_test(tcase, a_destroy_turns_that_around);
	tcase_add_loop_test(tcase, who_goes_on_with_it_knows_what_was_selected, 0, 24);
	tcase_add_test(tcase, what_was_made_of_an_older_state_does_not_begin);
	suite_add_tcase(suite, tcase);
	return suite;
}
