/* SPDX-License-Identifier: Apache-2.0
 * test_hangs.c - what is not found: may a resource of the same config make it, or does it never come? */
#include <check.h>

#include "plan/hangs.h"
#include "tests/unit/change_fixture.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

#define LEAF(repo) "'l':{'type':'test:site:leaf','properties':{'name':'" repo "','of':'x'}}"

static void
set_up(void)
{
	struct json_object *file;
	struct err          err = { 0 };

	change_setup();
	file = fixture_json(
	    "{'type':'test:site:leaf','title':'T','identity':{'class':'child','properties':"
	    "['of']},'global':true,'read':{},'hangs_on':['test:site:repo'],'properties':{'type':"
	    "'object','additionalProperties':false,'properties':{'name':{'type':'string'},'of':"
	    "{'type':'string'}}},'reference':'arn','outputs':{'arn':{}}}");
	ck_assert_int_eq(
	    registry_add_file(change_types, "test:site:leaf", file, "types", &err), ERR_OK);
	json_object_put(file);
}

static const struct {
	const char *resources;
	bool        may_come;
} rows[] = {
	{ "{" LEAF("r") "}", false },
	{ "{" LEAF("r") "," REPO("other", "q") "}", false },
	{ "{" LEAF("r") "," ZONE("other", "r", "") "}", false },
	{ "{" LEAF("r") ",'it':{'type':'test:site:repo','operation':'verify','properties':{"
			"'name':'r'}}}",
	    false },
	{ "{" LEAF("r") ",'it':{'type':'test:site:repo','operation':'leave','properties':{"
			"'name':'r'}}}",
	    false },
	{ "{" LEAF("r") "," REPO("it", "r") "}", true },
	{ "{" LEAF("r") "," REPO("other", "q") "," REPO("it", "r") "}", true },
	/* what it will be called is not known yet */
	{ "{" LEAF("r") "," REPO("it", "@d.arn") "," DISK("d", "") "}", true },
	{ "{" LEAF("@it.arn") "," REPO("it", "q") "}", true },
};

START_TEST(it_comes_if_the_config_makes_it)
{
	struct spec *spec = change_first(rows[_i].resources);

	ck_assert(hangs_may_come(spec, change_node(spec, "l")) == rows[_i].may_come);
}
END_TEST

START_TEST(whose_type_names_nothing_may_find_it_later)
{
	struct spec *spec = change_first("{" DISK("d", "") "}");

	ck_assert(hangs_may_come(spec, change_node(spec, "d")));
}
END_TEST

Suite *suite_hangs(void);

Suite *
suite_hangs(void)
{
	Suite *suite = suite_create("hangs");
	TCase *tcase = tcase_create("hangs");

	tcase_add_checked_fixture(tcase, set_up, change_teardown);
	tcase_add_loop_test(
	    tcase, it_comes_if_the_config_makes_it, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tcase, whose_type_names_nothing_may_find_it_later);
	suite_add_tcase(suite, tcase);
	return suite;
}
