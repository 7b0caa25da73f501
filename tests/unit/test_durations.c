/* SPDX-License-Identifier: Apache-2.0
 * test_durations.c - how long nodes of a type take, as far as it is known. */
#include <check.h>

#include "engine/durations.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

static struct registry            *registry;
static struct durations           *durations;
static const struct resource_type *role, *fn;

static void
setup(void)
{
	registry = fixture_registry();
	durations = durations_create();
	role = registry_type(registry, "test:iam:role");
	fn = registry_type(registry, "test:fn:function");
}

static void
teardown(void)
{
	durations_destroy(durations);
	fixture_end(registry);
}

START_TEST(until_one_was_measured_it_is_what_the_types_file_says)
{
	ck_assert_double_eq(durations_of(durations, role, PLAN_CREATE), role->seconds);
	durations_add(durations, role, PLAN_CREATE, 30);
	ck_assert_double_eq(durations_of(durations, role, PLAN_CREATE), 30);
	ck_assert_double_eq(durations_of(durations, role, PLAN_DELETE), role->seconds);
	ck_assert_double_eq(durations_of(durations, fn, PLAN_CREATE), fn->seconds);
}
END_TEST

START_TEST(the_first_few_count_alike)
{
	for (int i = 1; i <= 8; i++)
		durations_add(durations, role, PLAN_UPDATE, i);
	ck_assert_double_eq_tol(durations_of(durations, role, PLAN_UPDATE), 4.5, 1e-9);
}
END_TEST

START_TEST(what_was_long_ago_fades)
{
	for (int i = 0; i < 100; i++)
		durations_add(durations, role, PLAN_DELETE, 1000);
	for (int i = 0; i < 100; i++)
		durations_add(durations, role, PLAN_DELETE, 10);
	ck_assert_double_eq_tol(durations_of(durations, role, PLAN_DELETE), 10, 0.01);
}
END_TEST

START_TEST(a_graph_is_weighed_by_what_was_measured)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1']}],"
	    "'resources':{'r':{'type':'test:iam:role','properties':{'role_name':'n'}},"
	    "'f':{'type':'test:fn:function','properties':{'name':'f','role':'@r'}}}}");
	struct problems problems;
	struct spec    *spec;
	struct graph   *graph;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_ptr_nonnull(spec);
	graph = graph_create(spec, false);
	durations_add(durations, role, PLAN_CREATE, 30);
	durations_weigh(durations, graph);
	ck_assert_double_eq(
	    graph->vertices[graph->first[fixture_node(spec, "f")]].behind, fn->seconds);
	ck_assert_double_eq(
	    graph->vertices[graph->first[fixture_node(spec, "r")]].behind, 30 + fn->seconds);
	graph_destroy(graph);
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

Suite *suite_durations(void);

Suite *
suite_durations(void)
{
	Suite *suite = suite_create("durations");
	TCase *tcase = tcase_create("durations");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, until_one_was_measured_it_is_what_the_types_file_says);
	tcase_add_test(tcase, the_first_few_count_alike);
	tcase_add_test(tcase, what_was_long_ago_fades);
	tcase_add_test(tcase, a_graph_is_weighed_by_what_was_measured);
	suite_add_tcase(suite, tcase);
	return suite;
}
