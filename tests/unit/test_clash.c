/* SPDX-License-Identifier: Apache-2.0
 * test_clash.c - what stands in the way of having a config made: two resources that are one thing, and regions that can't be. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/change_fixture.h"
#include "tests/unit/plan_fixture.h"
#include "provider/provider.h"
#include "util/json.h"
#include "util/near.h"
#include "util/str.h"

#define COPY(id, more) "'" id "':{'type':'test:site:copy'" more ",'properties':{'to':'t'}}"
#define NAMED(id, name, more) \
	"'" id "':{'type':'test:site:zone'" more ",'properties':{'name':'" name "'}}"
#define PAIR(id) "'" id "':{'type':'test:site:pair','properties':{'name':'n'}}"

static void
set_up(void)
{
	struct json_object *file;
	struct err          err = { 0 };

	change_setup();
	file = fixture_json("{'type':'test:site:copy','title':'T','identity':{'class':'child',"
			    "'properties':['to'],'shared':true},'read':{},'properties':{'type':"
			    "'object','additionalProperties':false,'required':['to'],'properties':"
			    "{'to':{'type':'string'}}},'reference':'arn','outputs':{'arn':{}}}");
	ck_assert_int_eq(
	    registry_add_file(change_types, "test:site:copy", file, "types", &err), ERR_OK);
	json_object_put(file);
}

/* The config is sound as such. */
static void
check(struct json_object *config, struct problems *problems)
{
	struct spec *spec;

	problems_init(problems);
	spec = spec_build(change_types, "tenant", config, 0, problems);
	ck_assert_msg(spec != NULL, "%s: %s", problems->n > 0 ? problems->items[0].pointer : "",
	    problems->n > 0 ? problems->items[0].detail : "");
	spec_check(spec, problems);
	spec_unref(spec);
}

static void
check_of(const char *resources, struct problems *problems)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1',"
	    "'eu-west-1']}]}");

	json_set(config, "resources", fixture_json(resources));
	check(config, problems);
	json_object_put(config);
}

static const struct {
	const char *resources, *pointer, *of;
} clashes[] = {
	{ "{" NAMED("a", "n", "") "," NAMED("b", "n", "") "}", "/resources/b/properties/name",
	    "'a', in us-east-1" },
	{ "{" NAMED("a", "n", ",'regions':['eu-west-1']") "," NAMED("b", "n", "") "}",
	    "/resources/b/properties/name", "'a', in eu-west-1" },
	{ "{" REPO("a", "n") "," REPO("b", "n") "}", "/resources/b/properties/name", "'a':" },
	{ "{" NAMED("a", "n", ",'operation':'adopt'") "," NAMED(
	      "b", "n", ",'operation':'create'") "}",
	    "/resources/b/properties/name", "'a'" },
	/* a child: by the same reference, whichever way that is said, and the same key */
	{ "{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "," RECORD("r2", "z", "k") "}",
	    "/resources/r2/properties/key", "'r1'" },
	{ "{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "," RECORD("r2", "z.arn", "k") "}",
	    "/resources/r2/properties/key", "'r1'" },
	{ "{" ZONE("z", "n", "") "," ZONE("y", "m", "") "," RECORD(
	      "r1", "z", "@y") ","
			       "'r2':{'type':'test:site:record','references':{'zone_from':'z','key_"
			       "from':'y'}}}",
	    "/resources/r2/references/zone_from", "'r1'" },
	{ "{" NAMED("b", "n", "") "," PAIR("p") "}", "/resources/p/properties/name",
	    "of its 'p-zone': it would be the same test:site:zone as 'b'" },
	{ "{" PAIR("p") "," PAIR("q") "}", "/resources/q/properties/name", "'p-zone'" },
};

START_TEST(what_another_one_is_already_is_told_where_it_says_so)
{
	struct problems problems;
	const char     *detail;

	check_of(clashes[_i].resources, &problems);
	ck_assert_msg(fixture_has(&problems, clashes[_i].pointer, "same_resource"), "%s: %s",
	    problems.n > 0 ? problems.items[0].pointer : "nothing",
	    problems.n > 0 ? problems.items[0].detail : "");
	ck_assert_uint_eq(problems.n, 1);
	detail = fixture_detail(&problems, clashes[_i].pointer);
	ck_assert_msg(strstr(detail, clashes[_i].of) != NULL, "%s", detail);
	problems_fini(&problems);
}
END_TEST

/* ---- regions ---- */

static enum region_standing
no_west(struct provider *provider, const char *region, struct near *near)
{
	(void)provider;
	near_offer(near, "us-east-1");
	return strstr(region, "esat") != NULL ? REGION_NONE : REGION_KNOWN;
}

static const struct {
	const char *config, *pointer;
} regions[] = {
	{ "{'targets':[{'provider':'test','regions':['us-east-1','us-esat-1']}],'resources':"
	  "{" DISK("a", "") "}}",
	    "/targets/0/regions/1" },
	{ "{'resources':{'a':{'type':'test:site:disk','regions':['us-esat-1']}}}",
	    "/resources/a/regions/0" },
	{ "{'resources':{'p':{'type':'test:site:pair','properties':{'name':'n'},'regions':"
	  "['us-esat-1']}}}",
	    "/resources/p/regions/0" },
	{ "{'resources':{" DISK("a", "") "},'credentials':{'test':{'region':'us-esat-1'}}}",
	    "/credentials/test/region" },
};

START_TEST(a_region_that_can_not_be_is_told_where_it_is)
{
	struct json_object *config = fixture_json(regions[_i].config);
	struct problems     problems;
	struct spec        *spec;

	json_set_str(config, "deployment_id", "app");
	registry_provider(change_types, "test")->region = no_west;
	problems_init(&problems);
	spec = spec_build(change_types, "tenant", config, 0, &problems);
	if (spec != NULL)
		spec_check(spec, &problems);
	ck_assert_msg(fixture_has(&problems, regions[_i].pointer, "bad_region"), "%s: %s",
	    problems.n > 0 ? problems.items[0].pointer : "nothing",
	    problems.n > 0 ? problems.items[0].detail : "");
	ck_assert_ptr_nonnull(strstr(fixture_detail(&problems, regions[_i].pointer),
	    "'us-esat-1' can't be a region of test; did you mean 'us-east-1'?"));
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

/* What is past may be where nothing can be any more. */
START_TEST(of_what_is_left_or_goes_no_region_is_refused)
{
	struct problems problems;

	registry_provider(change_types, "test")->region = no_west;
	check_of("{'a':{'type':'test:site:disk','operation':'leave','regions':['us-esat-1']}}",
	    &problems);
	ck_assert_uint_eq(problems.n, 0);
	problems_fini(&problems);
}
END_TEST

/* ---- what may be ---- */

static const char *const good[] = {
	"{" NAMED("a", "n", "") "," NAMED("b", "m", "") "}",
	"{" NAMED("a", "n", ",'regions':['eu-west-1']") "," NAMED(
	    "b", "n", ",'regions':['us-east-1']") "}",
	"{" NAMED("a", "n", "") "," NAMED("b", "n", ",'account':'two'") "}",
	/* found by its tags; not a thing of its own */
	"{" DISK("a", "") "," DISK("b", "") "}",
	"{" COPY("a", "") "," COPY("b", "") "}",
	/* who only looks, and who leaves it or lets it go */
	"{" NAMED("a", "n", "") "," NAMED("b", "n", ",'operation':'verify'") "}",
	"{" NAMED("a", "n", ",'operation':'verify'") "," NAMED(
	    "b", "n", ",'operation':'verify'") "}",
	"{" NAMED("a", "n", "") "," NAMED("b", "n", ",'operation':'leave'") "}",
	"{" NAMED("a", "n", ",'operation':'delete'") "," NAMED("b", "n", "") "}",
	"{" ZONE("z", "n", "") "," ZONE("y", "m", "") "," RECORD("r1", "z", "k") "," RECORD(
	    "r2", "y", "k") "}",
	"{" ZONE("z", "n", "") "," RECORD("r1", "z", "k") "," RECORD("r2", "z", "@{z.arn}") "}",
};

START_TEST(what_may_be_side_by_side_is_not)
{
	struct problems problems;

	check_of(good[_i], &problems);
	ck_assert_msg(problems.n == 0, "%s", problems.n > 0 ? problems.items[0].detail : "");
	problems_fini(&problems);
}
END_TEST

/* In each of a row of regions the same, and one that has two of them. */
START_TEST(of_many_each_is_told_once)
{
	struct json_object *config = fixture_json(
	    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1',"
	    "'eu-west-1']}],'resources':{}}");
	struct json_object *resources = json_get_object(config, "resources");
	struct problems     problems;
	char                id[16];

	for (int i = 0; i < 500; i++) {
		snprintf(id, sizeof(id), "a%d", i);
		json_set(resources, id,
		    fixture_json("{'type':'test:site:zone','properties':{'name':'n'}}"));
	}
	check(config, &problems);
	ck_assert_uint_eq(problems.n, 499);
	for (size_t i = 0; i < problems.n; i++)
		ck_assert_ptr_nonnull(strstr(problems.items[i].detail, "as 'a0', in us-east-1"));
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

Suite *suite_clash(void);

Suite *
suite_clash(void)
{
	Suite *suite = suite_create("clash");
	TCase *tcase = tcase_create("clash");

	tcase_add_checked_fixture(tcase, set_up, change_teardown);
	tcase_add_loop_test(tcase, what_another_one_is_already_is_told_where_it_says_so, 0,
	    sizeof(clashes) / sizeof(clashes[0]));
	tcase_add_loop_test(
	    tcase, what_may_be_side_by_side_is_not, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_test(tcase, of_many_each_is_told_once);
	tcase_add_loop_test(tcase, a_region_that_can_not_be_is_told_where_it_is, 0,
	    sizeof(regions) / sizeof(regions[0]));
	tcase_add_test(tcase, of_what_is_left_or_goes_no_region_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
