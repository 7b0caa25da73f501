/* SPDX-License-Identifier: Apache-2.0
 * test_checks.c - entries of `verify` become resources of their own, and their problems are told where they were written. */
#include <check.h>
#include <string.h>

#include "tests/unit/plan_fixture.h"
#include "util/json.h"
#include "util/str.h"

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

#define PROBE(url) "{'type':'test:net:probe','properties':{'url':'" url "'}}"
#define VPC(more)  "{'type':'test:net:vpc'" more "}"

static bool
waits(const struct spec *spec, const char *to, const char *from)
{
	for (size_t i = 0; i < spec->edges_n; i++) {
		if (spec->edges[i].from == fixture_node(spec, from) &&
		    spec->edges[i].to == fixture_node(spec, to))
			return true;
	}
	return false;
}

START_TEST(each_entry_becomes_a_resource_that_waits_for_its_own)
{
	struct spec            *spec = fixture_spec(registry,
		       "{'net':" VPC(",'verify':[" PROBE("u") "," PROBE("@net") "]") ",'y':" VPC("") "}");
	const struct spec_node *second;

	ck_assert_uint_eq(spec->nodes_n, 4);
	ck_assert_str_eq(spec->nodes[1].resource_id, "net-check");
	ck_assert_str_eq(spec->nodes[1].check_of, "net");
	second = &spec->nodes[fixture_node(spec, "net-check-2")];
	ck_assert_str_eq(second->check_of, "net");
	ck_assert_int_eq(second->operation, SPEC_VERIFY);
	ck_assert_uint_eq(second->targets_n, 1);
	ck_assert(waits(spec, "net-check", "net") && waits(spec, "net-check-2", "net"));
	ck_assert_ptr_null(spec->nodes[0].check_of);
	ck_assert(!json_has(json_path(spec->config, "resources.net"), "verify"));
	spec_unref(spec);
}
END_TEST

START_TEST(what_is_stored_has_them_and_is_the_same_graph)
{
	struct spec *spec = fixture_spec(registry, "{'net':" VPC(",'verify':[" PROBE("u") "]") "}");
	struct json_object *mgraph = spec_to_mgraph(spec);
	struct err          err = { 0 };
	struct spec        *back = spec_from_mgraph(registry, "tenant", mgraph, &err);

	ck_assert_msg(back != NULL, "%s", err.detail);
	ck_assert_str_eq(back->graph_id, spec->graph_id);
	ck_assert_str_eq(back->nodes[fixture_node(back, "net-check")].check_of, "net");
	json_object_put(mgraph);
	spec_unref(back);
	spec_unref(spec);
}
END_TEST

START_TEST(one_that_changes_something_and_is_stored_can_still_be_read)
{
	struct spec *spec = fixture_spec(registry,
	    "{'net':" VPC(
		"") ",'net-check':{'type':'test:net:probe','operation':'verify','check_of':"
		    "'net','properties':{'url':'u','method':'PUT'}}}");

	ck_assert_str_eq(spec->nodes[fixture_node(spec, "net-check")].check_of, "net");
	spec_unref(spec);
}
END_TEST

START_TEST(what_is_known_later_is_not_judged_yet)
{
	spec_unref(fixture_spec(
	    registry, "{'net':" VPC(",'verify':[" PROBE("u','method':'@net.id") "]") "}"));
}
END_TEST

START_TEST(a_composite_is_checked_when_all_its_parts_are_there)
{
	struct spec *spec = fixture_spec(registry,
	    "{'api':{'type':'test:fn:service','properties':{'name':'app'},'verify':[" PROBE(
		"@{api.arn}") "]}}");

	ck_assert_str_eq(spec->nodes[fixture_node(spec, "api-check")].check_of, "api");
	ck_assert(waits(spec, "api-check", "api-function"));
	spec_unref(spec);
}
END_TEST

START_TEST(of_what_is_to_go_there_is_nothing_to_check)
{
	struct spec *spec = fixture_spec(
	    registry, "{'net':" VPC(",'operation':'delete','verify':[" PROBE("u") "]") "}");

	ck_assert_uint_eq(spec->nodes_n, 1);
	spec_unref(spec);
}
END_TEST

#define LONG "a234567890123456789012345678901234567890123456789012345678901234"

static const struct {
	const char *resources, *pointer, *code;
} wrong[] = {
	{ "{'net':" VPC(",'verify':[" PROBE("u") ",{'type':'test:net:probe'}]") "}",
	    "/resources/net/verify/1/properties", "missing_property" },
	{ "{'net':" VPC(",'verify':[" PROBE("@gone") "]") "}",
	    "/resources/net/verify/0/properties/url", "dangling_reference" },
	{ "{'net':" VPC(",'verify':[{'type':'test:net:vpc'}]") "}", "/resources/net/verify/0/type",
	    "bad_check" },
	{ "{'net':" VPC(",'verify':[{'type':'test:net:prob'}]") "}", "/resources/net/verify/0/type",
	    "unknown_type" },
	{ "{'net':" VPC(",'verify':[" PROBE("u") "]") ",'net-check':" VPC("") "}",
	    "/resources/net/verify/0", "not_unique" },
	{ "{'" LONG "':" VPC(",'verify':[" PROBE("u") "]") "}", "/resources/" LONG "/verify/0",
	    "bad_length" },
	{ "{'net':" PROBE("u") "}", "/resources/net/type", "bad_check" },
	{ "{'net':" VPC(",'check_of':'x'") "}", "/resources/net/type", "bad_check" },
	{ "{'net':{'type':'test:net:probe','properties':{'url':'u'},'check_of':'x','operation':"
	  "'verify'}}",
	    "/resources/net/check_of", "dangling_reference" },
	{ "{'x':" VPC("") ",'net':{'type':'test:net:probe','properties':{'url':'u'},'check_of':"
			  "'x'}}",
	    "/resources/net/check_of", "bad_check" },
	{ "{'net':" VPC(",'verify':[7]") "}", "/resources/net/verify/0", "wrong_type" },
	{ "{'net':" VPC(
	      ",'verify':[" PROBE("u','method':'GET") "," PROBE("u','method':'PUT") "]") "}",
	    "/resources/net/verify/1/properties/method", "bad_check" },
};

START_TEST(a_problem_is_told_where_it_was_written)
{
	struct json_object *config = fixture_config(wrong[_i].resources);
	struct problems     problems;

	problems_init(&problems);
	ck_assert_ptr_null(spec_build(registry, "tenant", config, 0, &problems));
	ck_assert_msg(fixture_has(&problems, wrong[_i].pointer, wrong[_i].code), "%s: %s: %s",
	    problems.items[0].pointer, problems.items[0].code, problems.items[0].detail);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

Suite *suite_checks(void);

Suite *
suite_checks(void)
{
	Suite *suite = suite_create("checks");
	TCase *tcase = tcase_create("checks");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, each_entry_becomes_a_resource_that_waits_for_its_own);
	tcase_add_test(tcase, what_is_stored_has_them_and_is_the_same_graph);
	tcase_add_test(tcase, a_composite_is_checked_when_all_its_parts_are_there);
	tcase_add_test(tcase, one_that_changes_something_and_is_stored_can_still_be_read);
	tcase_add_test(tcase, what_is_known_later_is_not_judged_yet);
	tcase_add_test(tcase, of_what_is_to_go_there_is_nothing_to_check);
	tcase_add_loop_test(
	    tcase, a_problem_is_told_where_it_was_written, 0, sizeof(wrong) / sizeof(*wrong));
	suite_add_tcase(suite, tcase);
	return suite;
}
