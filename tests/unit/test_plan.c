/* SPDX-License-Identifier: Apache-2.0
 * test_plan.c - a graph and its decisions as the answer of /plan. */
#include <check.h>

#include "plan/plan.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

static struct registry *registry;

static void
set_up(void)
{
	registry = fixture_registry();
}

static void
tear_down(void)
{
	fixture_end(registry);
}

/* 8 s, then 5 s and 1 s side by side; `last` waits for both. */
#define RESOURCES                                                                    \
	"{'role':{'type':'test:iam:role','properties':{'role_name':'n'}},"           \
	"'net':{'type':'test:net:vpc','depends_on':['role']},"                       \
	"'fn':{'type':'test:fn:function','properties':{'name':'f','role':'@role'}}," \
	"'last':{'type':'test:iam:role','properties':{'role_name':'@fn'},'depends_on':['net']}}"

static void
assert_member(struct json_object *json, const char *key, const char *text)
{
	struct json_object *want = fixture_json(text);

	ck_assert_msg(
	    json_same(json_get(json, key), want), "%s: %s", key, json_text(json_get(json, key)));
	json_object_put(want);
}

START_TEST(a_plan_that_was_not_compared_ensures_all)
{
	struct spec        *spec = fixture_spec(registry, RESOURCES);
	struct graph       *graph = graph_create(spec, false);
	struct json_object *plan = plan_to_json(graph, NULL, NULL), *first;

	ck_assert(json_get_bool(plan, "success", false));
	ck_assert_str_eq(json_get_str(plan, "spec_graph_id"), spec->graph_id);
	ck_assert_str_eq(json_get_str(plan, "deployment_id"), "app");
	assert_member(
	    plan, "parallel_groups", "[['role'],['fn@us-east-1','net@us-east-1'],['last']]");
	assert_member(plan, "estimated_time", "21.0");
	assert_member(plan, "warnings", "[]");
	assert_member(plan, "validation_errors", "[]");
	assert_member(plan, "summary",
	    "{'add':0,'move':0,'change':0,'replace':0,'destroy':0,'adopt':0,'no_op':0,'undecided':"
	    "4}");
	ck_assert_uint_eq(json_object_array_length(json_get(plan, "operations")), 4);
	first = json_path(plan, "operations.1");
	ck_assert_str_eq(json_get_str(first, "resource_id"), "fn");
	ck_assert_str_eq(json_get_str(first, "region"), "us-east-1");
	ck_assert_str_eq(json_get_str(first, "type"), "test:fn:function");
	ck_assert_str_eq(json_get_str(first, "operation"), "ensure");
	ck_assert_str_eq(json_get_str(first, "node_id"), spec->nodes[2].node_id);
	json_object_put(plan);
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

START_TEST(decisions_are_counted_weighed_and_warned_of)
{
	struct spec        *spec = fixture_spec(registry, RESOURCES);
	struct graph       *graph = graph_create(spec, false);
	struct json_object *diff = fixture_json("[{'path':'/name','before':'g','after':'f'}]"),
			   *plan;
	struct plan_action actions[] = {
		{ .act = PLAN_NO_OP },
		{ .act = PLAN_CREATE },
		{ .act = PLAN_REPLACE, .diff = diff },
		{ .act = PLAN_UNDECIDED, .error = "access was denied" },
	};

	plan = plan_to_json(graph, actions, NULL);
	assert_member(plan, "summary",
	    "{'add':1,'move':0,'change':0,'replace':1,'destroy':0,'adopt':0,'no_op':1,'undecided':"
	    "1}");
	assert_member(plan, "parallel_groups", "[['fn@us-east-1','net@us-east-1'],['last']]");
	assert_member(plan, "estimated_time", "18.0"); /* 2 x 5, and 8 */
	ck_assert_str_eq(json_get_str(json_path(plan, "operations.0"), "operation"), "no_op");
	ck_assert(json_same(json_get(json_path(plan, "operations.1"), "diff"), diff));
	ck_assert_str_eq(
	    json_get_str(json_path(plan, "operations.3"), "reason"), "access was denied");
	ck_assert_uint_eq(json_object_array_length(json_get(plan, "warnings")), 1);
	ck_assert_str_eq(
	    json_object_get_string(json_path(plan, "warnings.0")), "last: access was denied");
	json_object_put(plan);
	json_object_put(diff);
	graph_destroy(graph);
	spec_unref(spec);
}
END_TEST

static const struct {
	const char   *properties; /* of a function */
	enum plan_act act;
	const char   *diff, *why; /* why NULL: it can be undone */
} undos[] = {
	{ "{'name':'f'}", PLAN_CREATE, NULL, "nobody knows how, without a role" },
	{ "{'name':'f','role':'arn:x'}", PLAN_CREATE, NULL, NULL },
	{ "{'name':'f'}", PLAN_DELETE, NULL, "what is deleted is gone" },
	{ "{'name':'f'}", PLAN_NO_OP, NULL, NULL },
	{ "{'name':'f'}", PLAN_UNDECIDED, NULL, NULL },
	{ "{'name':'f','memory':256}", PLAN_UPDATE, "[{'path':'/memory'}]", NULL },
	{ "{'name':'f','password':'x'}", PLAN_UPDATE, "[{'path':'/tags/mgraph:spec-hash'}]", NULL },
	{ "{'name':'f','password':'x','memory':256}", PLAN_UPDATE, "[{'path':'/memory'}]", NULL },
	{ "{'name':'f','password':'x'}", PLAN_UPDATE, "[{'path':'/memory'},{'path':'/password'}]",
	    "what \"password\" was before can't be read back" },
	{ "{'name':'f','network':{'dual':true}}", PLAN_UPDATE, "[{'path':'/network/dual'}]", NULL },
	{ "{'name':'f','network':{'dual':true,'key':'k'}}", PLAN_UPDATE,
	    "[{'path':'/network/dual'}]", "what \"network\" was before can't be read back" },
	{ "{'name':'f','code':'c'}", PLAN_UPDATE, "[{'path':'/code'}]",
	    "what \"code\" was before can't be read back" },
	{ "{'name':'f'}", PLAN_UPDATE, "[{'path':'/code'}]",
	    "what \"code\" was before can't be read back" },
};

START_TEST(what_a_rollback_cannot_undo_is_named_with_its_reason)
{
	struct json_object *resources = fixture_json("{'f':{'type':'test:fn:function'}}");
	struct json_object *diff = undos[_i].diff != NULL ? fixture_json(undos[_i].diff) : NULL;
	struct plan_action  action = { .act = undos[_i].act, .diff = diff };
	const char         *why = undos[_i].why;
	struct spec        *spec;
	struct graph       *graph;
	struct json_object *plan;

	json_set(json_get(resources, "f"), "properties", fixture_json(undos[_i].properties));
	spec = fixture_spec(registry, json_text(resources));
	graph = graph_create(spec, false);
	plan = plan_to_json(graph, &action, &(struct plan_options){ .rolls_back = true });
	ck_assert_pstr_eq(json_get_str(json_path(plan, "operations.0"), "irreversible"), why);
	ck_assert_uint_eq(json_object_array_length(json_get(plan, "warnings")), why != NULL);
	json_object_put(plan);
	plan = plan_to_json(graph, &action, NULL); /* nobody asked */
	ck_assert_pstr_eq(json_get_str(json_path(plan, "operations.0"), "irreversible"), why);
	ck_assert_uint_eq(json_object_array_length(json_get(plan, "warnings")), 0);
	json_object_put(plan);
	graph_destroy(graph);
	spec_unref(spec);
	json_object_put(diff);
	json_object_put(resources);
}
END_TEST

START_TEST(each_act_is_found_again_by_its_name)
{
	for (unsigned act = 0; act < PLAN_ACTS_N; act++)
		ck_assert_int_eq(plan_act_from(plan_act_name((enum plan_act)act)), act);
	ck_assert_int_eq(plan_act_from("nonsense"), PLAN_UNDECIDED);
	ck_assert_int_eq(plan_act_from(NULL), PLAN_UNDECIDED);
}
END_TEST

Suite *suite_plan(void);

Suite *
suite_plan(void)
{
	Suite *suite = suite_create("plan");
	TCase *tcase = tcase_create("plan");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_plan_that_was_not_compared_ensures_all);
	tcase_add_test(tcase, decisions_are_counted_weighed_and_warned_of);
	tcase_add_loop_test(
	    tcase, what_a_rollback_cannot_undo_is_named_with_its_reason, 0, (int)array_len(undos));
	tcase_add_test(tcase, each_act_is_found_again_by_its_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
