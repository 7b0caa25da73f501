/* SPDX-License-Identifier: Apache-2.0
 * test_engine_steer.c - steps, pauses, ends, skips, cancels, timeouts, rollbacks, and going on with what a process
 * has left; on a make-believe cloud and a clock turned by hand. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "util/json.h"
#include "util/str.h"

/* a <- b <- c, d alone; with more edges, and more about a */
#define CHAIN(edges, more)                                             \
	CONFIG_HEAD CONFIG_ITEM("a") more                              \
	    "}," CONFIG_ITEM("b") ",'depends_on':['a']}," CONFIG_ITEM( \
		"c") ",'depends_on':["                                 \
		     "'b']}," CONFIG_ITEM("d") "}},'edges':[" edges "]}"
#define EDGE(from, to, type) "{'from':'" from "','to':'" to "','type':'" type "'}"

static void
start(const char *config, enum execution_mode mode, enum on_failure on_failure)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, mode, on_failure), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
}

static void
go_on(enum until until, const char *from, const char *skip)
{
	ck_assert_msg(engine_world_continue(&the_world, until, from, skip) == ERR_OK, "%s",
	    the_world.err.detail);
	engine_world_run(&the_world, HOUR_US);
}

static void
expect_items(const char *names)
{
	struct str all;

	str_init(&all, 1000);
	json_object_object_foreach (the_world.items, key, item) {
		(void)item;
		str_add(&all, strchr(key, '/') + 2);
	}
	ck_assert_str_eq(all.data, names);
	str_fini(&all);
}

/* The stored execution's member; of an operation: "a.status". */
static void
expect(const char *member, const char *text)
{
	struct json_object *view = engine_world_view(&the_world);
	struct json_object *list = json_get_array(view, "operations");
	const char         *dot = strchr(member, '.');
	const char         *is = json_get_str(view, member);

	for (size_t i = 0; dot != NULL && i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (strncmp(json_get_str(item, "resource_id"), member, (size_t)(dot - member)) == 0)
			is = json_get_str(item, dot + 1);
	}
	ck_assert_msg(is != NULL && strcmp(is, text) == 0, "%s is %s", member, is);
	json_object_put(view);
}

static void
expect_next(const char *resource_id)
{
	struct json_object *view = engine_world_view(&the_world);

	ck_assert_str_eq(
	    json_get_str(json_get_object(view, "next_operation"), "resource_id"), resource_id);
	json_object_put(view);
}

START_TEST(step_mode_does_one_node_at_a_time)
{
	start(CHAIN("", ""), MODE_STEP, ON_FAILURE_STOP);
	ck_assert(the_world.paused);
	expect_items("a"); /* the longest way is behind it */
	expect("status", "paused");
	expect("reason", "step");
	go_on(UNTIL_STEP, NULL, NULL);
	expect_items("ab");
	go_on(UNTIL_STEP, "d", NULL);
	expect_items("abd");
	go_on(UNTIL_STEP, NULL, NULL);
	ck_assert(the_world.ended); /* nothing is left to pause before */
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	expect_items("abdc");
}
END_TEST

START_TEST(a_pause_edge_holds_what_is_behind_it)
{
	start(CHAIN(EDGE("a", "b", "pause"), ""), MODE_FULL, ON_FAILURE_STOP);
	ck_assert(the_world.paused);
	expect_items("ad");
	expect("reason", "pause_edge");
	expect("b.status", "pending");
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_PAUSE, "c", NULL), ERR_CONFLICT);
	the_world.err.code = ERR_OK;
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert(the_world.ended);
	expect_items("adbc");
}
END_TEST

START_TEST(to_the_end_passes_all_pauses)
{
	const char *config = CHAIN(EDGE("a", "b", "pause") "," EDGE("b", "c", "pause"), "");

	start(config, MODE_STEP, ON_FAILURE_STOP);
	go_on(UNTIL_END, NULL, NULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	expect_items("abdc");
}
END_TEST

START_TEST(an_end_edge_is_the_end_of_a_partial_deployment)
{
	start(CHAIN(EDGE("b", "c", "end"), ""), MODE_FULL, ON_FAILURE_STOP);
	ck_assert(the_world.ended);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	expect_items("adb");
	expect("reason", "end_edge");
	expect("c.status", "pending");
}
END_TEST

START_TEST(a_skipped_node_is_passed)
{
	start(CHAIN(EDGE("a", "b", "pause"), ""), MODE_FULL, ON_FAILURE_STOP);
	go_on(UNTIL_PAUSE, NULL, "b");
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	expect_items("adc");
	expect("b.status", "skipped");
}
END_TEST

START_TEST(what_is_not_pending_is_not_skipped)
{
	start(CHAIN(EDGE("a", "b", "pause"), ""), MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_PAUSE, NULL, "a"), ERR_CONFLICT);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_PAUSE, NULL, "z"), ERR_NOT_FOUND);
	ck_assert_int_eq(execution_status(the_world.execution), STATUS_PAUSED);
	the_world.err.code = ERR_OK;
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}
END_TEST

/* At every moment of an apply, gently and by force: it ends as cancelled, all that it made is recorded with its
 * outputs, and the next apply doubles nothing. */
START_TEST(a_cancel_at_any_moment_loses_no_id)
{
	bool                force = _i % 2 == 1;
	struct json_object *view, *outputs;
	struct err          err;

	the_world.cancelled_arrive = force;
	ck_assert_int_eq(engine_world_start(&the_world, CHAIN("", ""), EXECUTION_APPLY, MODE_FULL,
			     ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, _i / 2 * 500);
	if (the_world.execution == NULL || the_world.ended)
		return;
	if (execution_cancel(
		the_world.execution, &(struct cancel_request){ .force = force }, &err) != ERR_OK)
		return; /* it was about to end */
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	ck_assert_int_eq(the_world.status, STATUS_CANCELLED);
	expect("status", "cancelled");
	view = engine_world_view(&the_world);
	outputs = json_get_object(view, "outputs");
	ck_assert_int_eq(json_object_object_length(outputs), (int)engine_world_items_n(&the_world));
	json_object_put(view);
	start(CHAIN("", ""), MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

static enum err_code
pause_it(void)
{
	return execution_pause(the_world.execution, &the_world.err);
}

/* At every moment of an apply: what is under way comes to its end, nothing else starts, and it goes on from there. */
START_TEST(a_pause_at_any_moment_is_one)
{
	size_t before;

	ck_assert_int_eq(engine_world_start(&the_world, CHAIN("", ""), EXECUTION_APPLY, MODE_FULL,
			     ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, _i * 500);
	if (the_world.execution == NULL || the_world.ended || pause_it() != ERR_OK)
		return; /* it had not begun, or was about to end */
	engine_world_run(&the_world, HOUR_US);
	before = engine_world_items_n(&the_world);
	if (the_world.ended) {
		ck_assert_int_eq(before, 4);
		return;
	}
	ck_assert(the_world.paused);
	expect("status", "paused");
	expect("reason", "asked");
	ck_assert_int_eq(pause_it(), ERR_OK);
	ck_assert_uint_eq(engine_world_items_n(&the_world), before);
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

START_TEST(a_pause_does_not_pass_an_edge_on_the_way_to_the_end)
{
	start(CHAIN(EDGE("a", "b", "pause") "," EDGE("b", "c", "pause"), ""), MODE_FULL,
	    ON_FAILURE_STOP);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	ck_assert_int_eq(pause_it(), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	expect("c.status", "pending");
	go_on(UNTIL_END, NULL, NULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}
END_TEST

START_TEST(what_is_being_cancelled_is_not_paused)
{
	engine_world_fault(&the_world, (struct fault){ "a", OP_CREATE, 1, OP_OK, true, true });
	ck_assert_int_eq(engine_world_start(&the_world, CHAIN("", ""), EXECUTION_APPLY, MODE_FULL,
			     ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, SECOND_US);
	ck_assert_int_eq(
	    execution_cancel(the_world.execution, &(struct cancel_request){ 0 }, &the_world.err),
	    ERR_OK);
	ck_assert_int_eq(pause_it(), ERR_CONFLICT);
}
END_TEST

START_TEST(a_paused_execution_is_cancelled_at_once)
{
	struct err err;

	start(CHAIN(EDGE("a", "b", "pause"), ""), MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(
	    execution_cancel(the_world.execution, &(struct cancel_request){ 0 }, &err), ERR_OK);
	the_world.paused = false;
	engine_world_run(&the_world, SECOND_US);
	ck_assert_int_eq(the_world.status, STATUS_CANCELLED);
}
END_TEST

START_TEST(a_node_that_takes_too_long_has_failed_and_is_looked_at)
{
	engine_world_fault(&the_world, (struct fault){ "a", OP_CREATE, 1, OP_OK, true, true });
	start(CHAIN("", ",'timeout':5"), MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_lt(the_world.now_us, 10 * SECOND_US);
	expect("a.status", "failed");
	expect_items("ad");
	start(CHAIN("", ",'timeout':5"), MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

START_TEST(a_rollback_deletes_what_was_created_and_restores_what_was_changed)
{
	const char *before =
	    CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','size':1}}}}";
	const char *after =
	    CONFIG_HEAD "'a':{'type':'fake:box:item','properties':{'name':'na','size':2}}"
			"," CONFIG_ITEM("b") ",'depends_on':['a']}," CONFIG_ITEM(
			    "c") ",'depends_on':['b']}," CONFIG_ITEM("e") "}}}";

	start(before, MODE_FULL, ON_FAILURE_STOP);
	engine_world_fault(
	    &the_world, (struct fault){ "c", OP_CREATE, 1, OP_DENIED, false, false });
	start(after, MODE_FULL, ON_FAILURE_ROLLBACK);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("reason", "rolled_back");
	expect("a.status", "rolled_back");
	expect("b.status", "rolled_back");
	expect("c.status", "failed");
	expect_items("a");
	ck_assert_int_eq(
	    json_get_i64(json_path(the_world.items, "eu-west-1/na.properties"), "size", 0), 1);
}
END_TEST

/* Dies at every moment of an apply that fails and rolls back; whoever resumes it comes to the same end. */
START_TEST(a_rollback_survives_a_crash_at_any_moment)
{
	const char *config = CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM(
	    "b") ",'depends_on':['a']}," CONFIG_ITEM("c") ",'depends_on':['b']}}}";

	the_world.cancelled_arrive = _i % 2 == 1;
	engine_world_fault(
	    &the_world, (struct fault){ "c", OP_CREATE, 99, OP_DENIED, false, false });
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_ROLLBACK),
	    ERR_OK);
	engine_world_run(&the_world, _i / 2 * 500);
	if (!the_world.begun || the_world.ended)
		return;
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, config, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	if (the_world.status == STATUS_COMPLETED) { /* c was made after all, as the process died */
		expect_items("abc");
		return;
	}
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("reason", "rolled_back");
	expect_items("");
}
END_TEST

START_TEST(what_was_left_goes_on_under_its_id)
{
	struct json_object *view;
	char                id[64];

	engine_world_start(&the_world, CHAIN("", ""), EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP);
	engine_world_run(&the_world, 3000);
	ck_assert(the_world.begun && !the_world.ended);
	snprintf(id, sizeof(id), "%s", execution_id(the_world.execution));
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, CHAIN("", ""), false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	expect("execution_id", id);
	view = engine_world_view(&the_world);
	ck_assert_int_eq(json_get_i64(json_get_object(view, "summary"), "add", 0), 4);
	json_object_put(view);
	ck_assert_int_eq(engine_world_resume(&the_world, CHAIN("", ""), false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.err.code, ERR_CONFLICT); /* nothing is unfinished any more */
}
END_TEST

START_TEST(what_was_left_paused_pauses_there_again)
{
	start(CHAIN(EDGE("a", "b", "pause") "," EDGE("b", "c", "pause"), ""), MODE_FULL,
	    ON_FAILURE_STOP);
	go_on(UNTIL_PAUSE, NULL, NULL);
	expect_items("adb");
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world,
			     CHAIN(EDGE("a", "b", "pause") "," EDGE("b", "c", "pause"), ""), false),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	expect_items("adb");
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

/* After a crash what was done is looked at again, and that is no step: the pause is where it was. */
START_TEST(what_was_done_before_a_crash_is_no_step)
{
	start(CHAIN("", ""), MODE_STEP, ON_FAILURE_STOP);
	go_on(UNTIL_STEP, NULL, NULL);
	expect_items("ab");
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, CHAIN("", ""), false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	expect("reason", "step");
	expect("b.status", "completed");
	expect_next("c");
	go_on(UNTIL_STEP, NULL, NULL);
	expect_items("abc");
	ck_assert_int_eq(the_world.creates_applied, 3);
}
END_TEST

static void
hold_after_crash(const char *config)
{
	engine_world_crash(&the_world);
	the_world.hold = true;
	ck_assert_int_eq(engine_world_resume(&the_world, config, false), ERR_OK);
	engine_world_run(&the_world, SECOND_US);
	ck_assert(the_world.begun && !the_world.paused && !the_world.ended);
}

/* Whoever goes on after a crash says how at once, before what was done is looked at again. */
START_TEST(what_is_held_after_a_crash_goes_on_as_told)
{
	static const struct {
		enum until  until;
		const char *from, *skip, *items;
	} rows[] = {
		{ UNTIL_STEP, NULL, NULL, "abc" },
		{ UNTIL_STEP, "d", NULL, "abd" },
		{ UNTIL_STEP, NULL, "c", "abd" },
		{ UNTIL_PAUSE, NULL, NULL, "abdc" },
		{ UNTIL_PAUSE, NULL, "d", "abc" },
	};

	start(CHAIN("", ""), MODE_STEP, ON_FAILURE_STOP);
	go_on(UNTIL_STEP, NULL, NULL);
	hold_after_crash(CHAIN("", ""));
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_STEP, "b", NULL), ERR_CONFLICT);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_STEP, NULL, "b"), ERR_CONFLICT);
	the_world.err.code = ERR_OK;
	go_on(rows[_i].until, rows[_i].from, rows[_i].skip);
	expect_items(rows[_i].items);
	ck_assert_int_eq(the_world.creates_applied, (int)strlen(rows[_i].items));
}
END_TEST

START_TEST(a_pause_is_passed_after_a_crash_if_it_was_come_to)
{
	const char *config = CHAIN(EDGE("a", "b", "pause") "," EDGE("b", "c", "pause"), "");

	start(config, MODE_FULL, ON_FAILURE_STOP);
	hold_after_crash(config);
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert(the_world.paused);
	expect_items("adb");
	expect("reason", "pause_edge");
	expect_next("c");
}
END_TEST

/* It was still at work on d when the process died: nobody has seen the pause before b yet. */
START_TEST(a_pause_that_nobody_has_seen_is_not_passed)
{
	const char *config = CHAIN(EDGE("a", "b", "pause"), "");

	engine_world_fault(&the_world, (struct fault){ "d", OP_CREATE, 1, OP_OK, false, true });
	start(config, MODE_FULL, ON_FAILURE_STOP);
	hold_after_crash(config);
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert(the_world.paused);
	expect_items("ad");
	expect_next("b");
}
END_TEST

START_TEST(a_step_short_of_a_pause_does_not_pass_it)
{
	start(CHAIN(EDGE("a", "b", "pause"), ""), MODE_STEP, ON_FAILURE_STOP);
	expect_next("d");
	go_on(UNTIL_PAUSE, NULL, NULL);
	ck_assert(the_world.paused);
	expect_items("ad");
	expect("reason", "pause_edge");
	expect_next("b");
}
END_TEST

/* Whoever says what is next goes on from that pause, and from no other. */
START_TEST(a_pause_is_left_once_by_whoever_names_what_is_next)
{
	static const struct {
		const char   *next;
		enum err_code code;
	} rows[] = {
		{ "a", ERR_CONFLICT },
		{ "b@us-east-1", ERR_CONFLICT },
		{ "b@", ERR_CONFLICT },
		{ "z", ERR_CONFLICT },
		{ "b@eu-west-1", ERR_OK },
		{ "b", ERR_OK },
	};
	struct continue_request request = { .until = UNTIL_STEP, .next = rows[_i].next };

	start(CHAIN("", ""), MODE_STEP, ON_FAILURE_STOP);
	ck_assert_int_eq(
	    execution_continue(the_world.execution, &request, &the_world.err), rows[_i].code);
	ck_assert(request.refused == (rows[_i].code == ERR_OK ? NULL : rows[_i].next));
	if (rows[_i].code != ERR_OK)
		return;
	the_world.paused = false;
	engine_world_run(&the_world, HOUR_US);
	expect_items("ab");
	ck_assert_int_eq(
	    execution_continue(the_world.execution, &request, &the_world.err), ERR_CONFLICT);
}
END_TEST

START_TEST(what_was_left_of_another_graph_is_named_and_can_be_cancelled)
{
	engine_world_start(&the_world, CHAIN("", ""), EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP);
	engine_world_run(&the_world, 3000);
	engine_world_crash(&the_world);
	engine_world_start(&the_world, CONFIG_HEAD CONFIG_ITEM("a") "}}}", EXECUTION_APPLY,
	    MODE_FULL, ON_FAILURE_STOP);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.err.code, ERR_BUSY);
	ck_assert_ptr_nonnull(strstr(the_world.err.detail, "unfinished"));
	ck_assert_int_eq(engine_world_resume(&the_world, CHAIN("", ""), true), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_CANCELLED);
	start(CONFIG_HEAD CONFIG_ITEM("a") "}}}", MODE_FULL, ON_FAILURE_STOP);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_le(the_world.creates_applied, 4);
}
END_TEST

/* It is left at every moment; nothing new starts, answers that come in time are recorded. */
START_TEST(a_drained_execution_is_left_to_be_gone_on_with)
{
	engine_world_start(&the_world, CHAIN("", ""), EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP);
	engine_world_run(&the_world, _i * 500);
	engine_drain(the_world.engine, SECOND_US);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	if (the_world.status == STATUS_COMPLETED)
		return;                 /* it had ended by itself */
	engine_world_crash(&the_world); /* the next process */
	ck_assert_int_eq(engine_world_resume(&the_world, CHAIN("", ""), false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

Suite *suite_engine_steer(void);

Suite *
suite_engine_steer(void)
{
	Suite *suite = suite_create("engine_steer");
	TCase *tcase = engine_world_case("engine_steer");

	tcase_add_test(tcase, step_mode_does_one_node_at_a_time);
	tcase_add_test(tcase, a_pause_edge_holds_what_is_behind_it);
	tcase_add_test(tcase, to_the_end_passes_all_pauses);
	tcase_add_test(tcase, an_end_edge_is_the_end_of_a_partial_deployment);
	tcase_add_test(tcase, a_skipped_node_is_passed);
	tcase_add_test(tcase, what_is_not_pending_is_not_skipped);
	tcase_add_loop_test(tcase, a_cancel_at_any_moment_loses_no_id, 0, 80);
	tcase_add_loop_test(tcase, a_pause_at_any_moment_is_one, 0, 60);
	tcase_add_test(tcase, a_pause_does_not_pass_an_edge_on_the_way_to_the_end);
	tcase_add_test(tcase, what_is_being_cancelled_is_not_paused);
	tcase_add_test(tcase, a_paused_execution_is_cancelled_at_once);
	tcase_add_test(tcase, a_node_that_takes_too_long_has_failed_and_is_looked_at);
	tcase_add_test(tcase, a_rollback_deletes_what_was_created_and_restores_what_was_changed);
	tcase_add_loop_test(tcase, a_rollback_survives_a_crash_at_any_moment, 0, 80);
	tcase_add_test(tcase, what_was_left_goes_on_under_its_id);
	tcase_add_test(tcase, what_was_left_paused_pauses_there_again);
	tcase_add_test(tcase, what_was_done_before_a_crash_is_no_step);
	tcase_add_loop_test(tcase, what_is_held_after_a_crash_goes_on_as_told, 0, 5);
	tcase_add_test(tcase, a_pause_is_passed_after_a_crash_if_it_was_come_to);
	tcase_add_test(tcase, a_pause_that_nobody_has_seen_is_not_passed);
	tcase_add_test(tcase, a_step_short_of_a_pause_does_not_pass_it);
	tcase_add_loop_test(tcase, a_pause_is_left_once_by_whoever_names_what_is_next, 0, 6);
	tcase_add_test(tcase, what_was_left_of_another_graph_is_named_and_can_be_cancelled);
	tcase_add_loop_test(tcase, a_drained_execution_is_left_to_be_gone_on_with, 0, 40);
	suite_add_tcase(suite, tcase);
	return suite;
}
