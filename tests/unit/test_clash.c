/* SPDX-License-Identifier: Apache-2.0
 * test_clash.c - two resources of one config that are one thing: which, where it is told, and what may be side by side. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/change_fixture.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"
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
	suite_add_tcase(suite, tcase);
	return suite;
}
