/* SPDX-License-Identifier: Apache-2.0
 * test_engine.c - whole executions, on a make-believe cloud and a clock turned by hand. */
#include <check.h>
#include <string.h>

#include "engine_world.h"
#include "store/store_mem.h"
#include "util/json.h"
#include "util/str.h"

#define REGIONS_1     "'targets':[{'provider':'fake','regions':['eu-west-1']}]"
#define REGIONS_2     "'targets':[{'provider':'fake','regions':['eu-west-1','us-east-1']}]"
#define HEAD(regions) "{'deployment_id':'test','version':'v1'," regions ",'resources':{"

/* a <- b <- c by references, d alone */
#define CHAIN                                                                                     \
	HEAD(REGIONS_1)                                                                           \
	"'c':{'type':'fake:box:item','properties':{'name':'nc'},'references':{'link':'b.name'}}," \
	"'b':{'type':'fake:box:item','properties':{'name':'nb','link':'@a.arn'}},"                \
	"'a':{'type':'fake:box:item','properties':{'name':'na','size':3}},"                       \
	"'d':{'type':'fake:box:item','properties':{'name':'nd'}}}}"

static void
run(const char *config, enum execution_kind kind)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, kind, MODE_FULL, ON_FAILURE_STOP), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
}

static struct json_object *
operation(struct json_object *view, const char *resource_id, const char *region)
{
	struct json_object *list = json_get_array(view, "operations");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (str_eq(json_get_str(item, "resource_id"), resource_id) &&
		    (region == NULL || str_eq(json_get_str(item, "region"), region)))
			return item;
	}
	ck_abort_msg("no operation of %s", resource_id);
	return NULL;
}

/* The member of the stored execution's operation is this text. */
static void
expect(const char *resource_id, const char *member, const char *text)
{
	struct json_object *view = engine_world_view(&the_world);

	ck_assert_str_eq(json_get_str(operation(view, resource_id, NULL), member), text);
	json_object_put(view);
}

static int64_t
summary(const char *member)
{
	struct json_object *view = engine_world_view(&the_world);
	int64_t             n = json_get_i64(json_get_object(view, "summary"), member, -1);

	json_object_put(view);
	return n;
}

static int
order_of(const char *resource_id)
{
	for (size_t i = 0; i < json_object_array_length(the_world.order); i++) {
		if (str_eq(json_object_get_string(json_object_array_get_idx(the_world.order, i)),
			resource_id))
			return (int)i;
	}
	return -1;
}

START_TEST(an_apply_creates_every_resource_after_what_it_refers_to)
{
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 4);
	ck_assert_int_lt(order_of("a"), order_of("b"));
	ck_assert_int_lt(order_of("b"), order_of("c"));
	ck_assert_str_eq(
	    json_get_str(json_path(the_world.items, "eu-west-1/nb.properties"), "link"),
	    "arn:eu-west-1/na");
	ck_assert_str_eq(
	    json_get_str(json_path(the_world.items, "eu-west-1/nc.properties"), "link"), "nb");
	ck_assert_int_eq(summary("add"), 4);
}
END_TEST

START_TEST(the_longest_way_goes_first)
{
	the_world.provider.window_size = 1;
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_lt(order_of("b"), order_of("d"));
	ck_assert_int_eq(the_world.in_flight_most, 1);
}
END_TEST

START_TEST(an_unchanged_config_is_a_no_op)
{
	run(CHAIN, EXECUTION_APPLY);
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 4);
	ck_assert_int_eq(the_world.asked[OP_UPDATE], 0);
	ck_assert_int_eq(summary("no_op"), 4);
}
END_TEST

START_TEST(a_changed_property_is_updated_in_place)
{
	const char *config = HEAD(REGIONS_1) "'a':{'type':'fake:box:item',"
					     "'properties':{'name':'na','size':4}}}}";

	run(CHAIN, EXECUTION_APPLY);
	run(config, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.asked[OP_UPDATE], 1);
	ck_assert_int_eq(
	    json_get_i64(json_path(the_world.items, "eu-west-1/na.properties"), "size", 0), 4);
	ck_assert_int_eq(summary("change"), 1);
}
END_TEST

START_TEST(a_dry_run_says_what_would_be_done_and_does_nothing)
{
	struct json_object *counts;

	ck_assert_int_eq(engine_world_start(
			     &the_world, CHAIN, EXECUTION_APPLY, MODE_DRY_RUN, ON_FAILURE_CONTINUE),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended && the_world.plan != NULL);
	ck_assert_int_eq(the_world.asked[OP_CREATE], 0);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
	counts = json_get_object(the_world.plan, "summary");
	ck_assert_int_eq(json_get_i64(counts, "add", -1), 4);
	ck_assert_int_eq(json_get_i64(counts, "no_op", -1), 0);
}
END_TEST

START_TEST(a_destroy_goes_the_other_way_and_a_second_one_is_a_no_op)
{
	run(CHAIN, EXECUTION_APPLY);
	json_object_put(the_world.order);
	the_world.order = json_object_new_array();
	run(CHAIN, EXECUTION_DESTROY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
	ck_assert_int_lt(order_of("c"), order_of("b"));
	ck_assert_int_lt(order_of("b"), order_of("a"));
	ck_assert_int_eq(summary("destroy"), 4);
	run(CHAIN, EXECUTION_DESTROY);
	ck_assert_int_eq(the_world.asked[OP_DELETE], 4);
	ck_assert_int_eq(summary("no_op"), 4);
}
END_TEST

START_TEST(a_regional_resource_is_made_in_every_region_and_a_global_one_once)
{
	run(HEAD(REGIONS_2) "'r':{'type':'fake:box:root','properties':{'name':'nr'}},"
			    "'i':{'type':'fake:box:item','properties':{'name':'ni'},"
			    "'references':{'link':'r'}}}}",
	    EXECUTION_APPLY);
	ck_assert_msg(engine_world_items_n(&the_world) == 3, "%s", json_text(the_world.items));
	ck_assert(json_has(the_world.items, "/nr"));
	ck_assert(json_has(the_world.items, "eu-west-1/ni"));
	ck_assert(json_has(the_world.items, "us-east-1/ni"));
	ck_assert_str_eq(
	    json_get_str(json_path(the_world.items, "us-east-1/ni.properties"), "link"), "arn:/nr");
}
END_TEST

START_TEST(a_failure_blocks_its_descendants_and_stops_the_rest)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 1, OP_DENIED, false, false });
	the_world.provider.window_size = 1;
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("a", "status", "failed");
	expect("b", "status", "blocked");
	expect("c", "status", "blocked");
	expect("d", "status", "pending");
	ck_assert_uint_eq(engine_world_items_n(&the_world), 0);
}
END_TEST

START_TEST(told_to_continue_it_does_what_does_not_depend_on_the_failure)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 1, OP_DENIED, false, false });
	the_world.provider.window_size = 1;
	ck_assert_int_eq(
	    engine_world_start(&the_world, CHAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_CONTINUE),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("b", "status", "blocked");
	expect("d", "status", "completed");
}
END_TEST

/* Whatever a call answers in passing, it ends with one of each. */
static const struct fault passing[] = {
	{ "a", OP_CREATE, 3, OP_THROTTLED, false, false },
	{ "a", OP_CREATE, 2, OP_TRANSIENT, false, false },
	{ "a", OP_CREATE, 1, OP_UNKNOWN, true, false },
	{ "a", OP_CREATE, 1, OP_UNKNOWN, false, false },
	{ "a", OP_CREATE, 1, OP_TRANSIENT, true, false }, /* it said it did not, but it did */
	{ "a", OP_CREATE, 1, OP_CONFLICT, true, false },  /* it met an earlier one of its own */
	{ "a", OP_CREATE, 1, OP_CONFLICT, false, false },
	{ "a", OP_READ, 3, OP_TRANSIENT, false, false },
	{ "a", OP_SETTLE, 5, OP_NOT_YET, false, false },
	{ "a", OP_SETTLE, 2, OP_ABSENT, false, false },
	{ "b", OP_READ, 2, OP_THROTTLED, false, false },
	{ "c", OP_CREATE, 2, OP_UNKNOWN, true, false },
};

START_TEST(a_passing_fault_neither_doubles_nor_loses_anything)
{
	engine_world_fault(&the_world, passing[_i]);
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 4);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

/* What was done is told as done, though its answer got lost and the next look found it so. */
START_TEST(a_lost_answer_does_not_hide_what_was_done)
{
	const char *config = HEAD(REGIONS_1) "'a':{'type':'fake:box:item',"
					     "'properties':{'name':'na','size':4}}}}";

	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 1, OP_UNKNOWN, true, false });
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(summary("add"), 4);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_UPDATE, 1, OP_UNKNOWN, true, false });
	run(config, EXECUTION_APPLY);
	ck_assert_int_eq(summary("change"), 1);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_DELETE, 1, OP_UNKNOWN, true, false });
	run(config, EXECUTION_DESTROY);
	ck_assert_int_eq(summary("destroy"), 1);
}
END_TEST

START_TEST(each_class_of_faults_has_tries_of_its_own)
{
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 20, OP_THROTTLED, false, false });
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_CREATE, 7, OP_TRANSIENT, false, false });
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}
END_TEST

START_TEST(what_is_only_to_be_updated_is_never_made)
{
	const char *config = HEAD(REGIONS_1) "'a':{'type':'fake:box:item','operation':'update',"
					     "'properties':{'name':'na','size':4}}}}";

	run(CHAIN, EXECUTION_APPLY);
	engine_world_fault(
	    &the_world, (struct fault){ "a", OP_UPDATE, 1, OP_UNKNOWN, false, false });
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	while (the_world.asked[OP_UPDATE] == 0)
		engine_world_run(&the_world, the_world.latency_us);
	json_object_object_del(the_world.items, "eu-west-1/na"); /* somebody else deletes it */
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

START_TEST(more_references_than_can_be_looked_up_are_refused)
{
	struct str config, refs;

	str_init(&config, 1000000);
	str_init(&refs, 100000);
	str_add(&config, HEAD(REGIONS_1));
	for (int i = 0; i < 600; i++) {
		str_addf(
		    &config, "'r%d':{'type':'fake:box:item','properties':{'name':'n%d'}},", i, i);
		str_addf(&refs, "@{r%d.name}", i);
	}
	str_addf(&config, "'a':{'type':'fake:box:item','properties':{'name':'na','link':'%s'}}}}",
	    refs.data);
	the_world.latency_us = 1;
	run(config.data, EXECUTION_APPLY);
	expect("a", "status", "failed");
	ck_assert_int_eq(the_world.creates_applied, 600);
	str_fini(&config);
	str_fini(&refs);
}
END_TEST

START_TEST(a_fault_that_never_passes_is_given_up_with_its_reason)
{
	engine_world_fault(
	    &the_world, (struct fault){ "d", OP_CREATE, 1000, OP_TRANSIENT, false, false });
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("d", "status", "failed");
	ck_assert_int_ge(the_world.now_us, 10 * SECOND_US);
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
	struct json_object *theirs = json_object_new_object();

	json_set(theirs, "properties", json_object_new_object());
	json_set(theirs, "tags", json_object_new_object());
	json_set(the_world.items, "eu-west-1/nd", theirs);
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("d", "status", "failed");
	ck_assert_int_eq(json_object_object_length(json_get(theirs, "properties")), 0);
}
END_TEST

START_TEST(a_tag_that_somebody_took_away_is_put_back)
{
	const char *config =
	    HEAD(REGIONS_1) "'a':{'type':'fake:box:item','properties':{'name':'na'},"
			    "'tags':{'team':'web','cost/center':'7'}}}}";
	struct json_object *tags;

	run(config, EXECUTION_APPLY);
	tags = json_path(the_world.items, "eu-west-1/na.tags");
	json_object_object_del(tags, "team");
	json_set_str(tags, "cost/center", "8");
	json_set_str(tags, "theirs", "too");
	ck_assert_int_eq(engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_DRY_RUN,
			     ON_FAILURE_CONTINUE),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_str_eq(json_text(json_get(json_path(the_world.plan, "operations.0"), "diff")),
	    "[{\"path\":\"/tags/team\",\"after\":\"web\"},"
	    "{\"path\":\"/tags/cost~1center\",\"before\":\"8\",\"after\":\"7\"},"
	    "{\"path\":\"/tags/theirs\",\"before\":\"too\"}]");
	run(config, EXECUTION_APPLY);
	ck_assert_int_eq(summary("change"), 1);
	ck_assert_str_eq(
	    json_get_str(json_path(the_world.items, "eu-west-1/na.tags"), "team"), "web");
	run(config, EXECUTION_APPLY);
	ck_assert_int_eq(summary("no_op"), 1);
}
END_TEST

START_TEST(a_change_that_needs_a_new_resource_is_refused)
{
	const char *config = HEAD(REGIONS_1) "'a':{'type':'fake:box:item','operation':'create',"
					     "'properties':{'name':'na'}}}}";

	run(CHAIN, EXECUTION_APPLY);
	run(config, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_FAILED);
	expect("a", "status", "failed");
}
END_TEST

START_TEST(events_are_numbered_without_gap_and_end_once)
{
	struct json_object *events;
	int                 terminal = 0;
	size_t              n;

	run(CHAIN, EXECUTION_APPLY);
	run(CHAIN, EXECUTION_DESTROY);
	events = engine_world_events(&the_world);
	n = json_object_array_length(events);
	for (size_t i = 0; i < n; i++) {
		struct json_object *event = json_object_array_get_idx(events, i);
		const char         *status = json_get_str(event, "status");

		ck_assert_int_eq(json_get_i64(event, "seq", -1), (int64_t)i + 1);
		if (str_eq(json_get_str(event, "type"), "execution") &&
		    (str_eq(status, "completed") || str_eq(status, "failed")))
			terminal++;
	}
	ck_assert_int_eq(terminal, 2);
	ck_assert_str_eq(
	    json_get_str(json_object_array_get_idx(events, n - 1), "status"), "completed");
	json_object_put(events);
}
END_TEST

START_TEST(a_deployment_runs_one_execution_at_a_time)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, CHAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	ck_assert_int_eq(
	    engine_world_start(&the_world, CHAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_BUSY);
	the_world.err.code = ERR_OK;
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

/* It must not be tried for ever: what is gone can't come back. */
START_TEST(an_execution_whose_events_were_lost_ends)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, CHAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	while (!the_world.begun)
		engine_world_run(&the_world, 0);
	store_mem_lose_events(the_world.store, execution_key(the_world.watch.execution), 1);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	ck_assert_int_eq(the_world.status, STATUS_RUNNING);
}
END_TEST

/* Dies at every moment of an apply, in turn; the same apply afterwards makes it whole. */
START_TEST(after_a_crash_at_any_moment_the_next_apply_doubles_and_loses_nothing)
{
	int64_t moment_us = _i / 2 * 250;

	the_world.cancelled_arrive = _i % 2 == 1;
	the_world.provider.window_size = 2;
	ck_assert_int_eq(
	    engine_world_start(&the_world, CHAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, moment_us);
	engine_world_crash(&the_world);
	run(CHAIN, EXECUTION_APPLY);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 4);
	ck_assert_int_eq(the_world.creates_applied, 4);
}
END_TEST

Suite *suite_engine(void);

Suite *
suite_engine(void)
{
	Suite *suite = suite_create("engine");
	TCase *tcase = engine_world_case("engine");

	tcase_add_test(tcase, an_apply_creates_every_resource_after_what_it_refers_to);
	tcase_add_test(tcase, the_longest_way_goes_first);
	tcase_add_test(tcase, an_unchanged_config_is_a_no_op);
	tcase_add_test(tcase, a_changed_property_is_updated_in_place);
	tcase_add_test(tcase, a_dry_run_says_what_would_be_done_and_does_nothing);
	tcase_add_test(tcase, a_destroy_goes_the_other_way_and_a_second_one_is_a_no_op);
	tcase_add_test(tcase, a_regional_resource_is_made_in_every_region_and_a_global_one_once);
	tcase_add_test(tcase, a_failure_blocks_its_descendants_and_stops_the_rest);
	tcase_add_test(tcase, told_to_continue_it_does_what_does_not_depend_on_the_failure);
	tcase_add_loop_test(
	    tcase, a_passing_fault_neither_doubles_nor_loses_anything, 0, array_len(passing));
	tcase_add_test(tcase, a_lost_answer_does_not_hide_what_was_done);
	tcase_add_test(tcase, each_class_of_faults_has_tries_of_its_own);
	tcase_add_test(tcase, what_is_only_to_be_updated_is_never_made);
	tcase_add_test(tcase, more_references_than_can_be_looked_up_are_refused);
	tcase_add_test(tcase, a_fault_that_never_passes_is_given_up_with_its_reason);
	tcase_add_test(tcase, what_is_not_ours_is_left_alone);
	tcase_add_test(tcase, a_tag_that_somebody_took_away_is_put_back);
	tcase_add_test(tcase, a_change_that_needs_a_new_resource_is_refused);
	tcase_add_test(tcase, events_are_numbered_without_gap_and_end_once);
	tcase_add_test(tcase, a_deployment_runs_one_execution_at_a_time);
	tcase_add_test(tcase, an_execution_whose_events_were_lost_ends);
	tcase_add_loop_test(
	    tcase, after_a_crash_at_any_moment_the_next_apply_doubles_and_loses_nothing, 0, 160);
	suite_add_tcase(suite, tcase);
	return suite;
}
