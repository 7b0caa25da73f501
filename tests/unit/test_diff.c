/* SPDX-License-Identifier: Apache-2.0
 * test_diff.c - what differs by the annotations of a schema, and what does not. */
#include <check.h>
#include <string.h>
#include <stdio.h>

#include "plan/diff.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

static struct registry            *registry;
static const struct resource_type *type;

static void
set_up(void)
{
	registry = fixture_registry();
	type = registry_type(registry, "test:fn:function");
	ck_assert_ptr_nonnull(type);
}

static void
tear_down(void)
{
	fixture_end(registry);
}

/* `list` is the whole list, as JSON; [] when nothing differs. */
static const struct row {
	const char *desired, *found, *list;
	bool        replace;
} rows[] = {
	/* only what is named is compared */
	{ "{'name':'f'}", "{'name':'f','ratio':2,'unheard':1}", "[]", false },
	{ "{'name':'f'}", "{'name':'g'}",
	    "[{'path':'/name','before':'g','after':'f','requires_replacement':true}]", true },
	{ "{'ratio':1}", "{'ratio':1.0}", "[]", false },
	{ "{'ratio':1}", "{'ratio':1.5}", "[{'path':'/ratio','before':1.5,'after':1}]", false },
	{ "{'ratio':1}", "{}", "[{'path':'/ratio','after':1}]", false },
	{ "{'ratio':null}", "{}", "[]", false },
	{ "{'ratio':null}", "{'ratio':1}", "[{'path':'/ratio','before':1}]", false },
	{ "{'commands':'a'}", "{'commands':['a']}",
	    "[{'path':'/commands','before':['a'],'after':'a'}]", false },
	/* defaults */
	{ "{}", "{'memory':128}", "[]", false },
	{ "{}", "{'memory':256}", "[{'path':'/memory','before':256,'after':128}]", false },
	{ "{}", "{}", "[]", false },
	/* never compared */
	{ "{'password':'a'}", "{'password':'b'}", "[]", false },
	{ "{'password':'a'}", "{}", "[]", false },
	{ "{'last_modified':'a'}", "{'last_modified':'b'}", "[]", false },
	/* arrays and sets */
	{ "{'commands':['a','b']}", "{'commands':['b','a']}",
	    "[{'path':'/commands','before':['b','a'],'after':['a','b']}]", false },
	{ "{'layers':['a','b']}", "{'layers':['b','a']}", "[]", false },
	{ "{'layers':['a','a']}", "{'layers':['a','b']}",
	    "[{'path':'/layers','before':['a','b'],'after':['a','a']}]", false },
	{ "{'layers':['a']}", "{'layers':['a','a']}",
	    "[{'path':'/layers','before':['a','a'],'after':['a']}]", false },
	{ "{'rules':[{'port':1},{'port':2,'from':'x'}]}",
	    "{'rules':[{'port':2,'from':'x','id':'9'},{'port':1,'from':'y'}]}", "[]", false },
	/* maps count every member, structures only what is named */
	{ "{'environment':{'A':'1'}}", "{'environment':{'A':'1','B':'2'}}",
	    "[{'path':'/environment/B','before':'2'}]", false },
	{ "{'environment':{'A/x':'1'}}", "{'environment':{'A/x':'2'}}",
	    "[{'path':'/environment/A~1x','before':'2','after':'1'}]", false },
	{ "{'parameters':{'A':'1'}}", "{'parameters':{'A':'1','B':'2'}}", "[]", false },
	{ "{'parameters':{'A':'1'}}", "{'parameters':{'A':'2','B':'2'}}",
	    "[{'path':'/parameters/A','before':'2','after':'1'}]", false },
	{ "{'parameters':{'A':'1','B':'2'}}", "{'parameters':{'A':'1'}}",
	    "[{'path':'/parameters/B','after':'2'}]", false },
	{ "{'network':{'subnets':['a','b']}}",
	    "{'network':{'subnets':['b','a'],'vpc':'v','id':'x','dual':false}}", "[]", false },
	{ "{'network':{'vpc':'v'}}", "{'network':{'vpc':'w','dual':true}}",
	    "[{'path':'/network/vpc','before':'w','after':'v','requires_replacement':true},"
	    "{'path':'/network/dual','before':true,'after':false}]",
	    true },
	{ "{'network':{'vpc':'v','key':'secret'}}", "{}",
	    "[{'path':'/network','after':{'vpc':'v'},'sensitive':true}]", false },
	/* documents */
	{ "{'policy':{'a':[1,2],'b':1}}", "{'policy':'{\\'b\\':1.0,\\'a\\':[1,2]}'}", "[]", false },
	{ "{'policy':'{\\'a\\': 1}'}", "{'policy':'{\\'a\\':1}'}", "[]", false },
	{ "{'policy':{'a':1}}", "{'policy':{'a':1,'b':2}}",
	    "[{'path':'/policy','before':{'a':1,'b':2},'after':{'a':1}}]", false },
	{ "{'policy':'no json'}", "{'policy':'no json'}", "[]", false },
	/* names of domains */
	{ "{'host':'*.A.b'}", "{'host':'\\\\052.a.B.'}", "[]", false },
	{ "{'host':'a.b'}", "{'host':'a.c.'}", "[{'path':'/host','before':'a.c.','after':'a.b'}]",
	    false },
	{ "{'host':'a.b'}", "{}", "[{'path':'/host','after':'a.b'}]", false },
	/* texts whose case does not matter */
	{ "{'owners':['Ann','bob']}", "{'owners':['BOB','ann']}", "[]", false },
	{ "{'owners':['ann']}", "{'owners':['bob']}",
	    "[{'path':'/owners','before':['bob'],'after':['ann']}]", false },
	/* what is known only later */
	{ "{'role':'@r.arn'}", "{}", "[{'path':'/role','after_unknown':true}]", false },
	{ "{'role':'@r.arn'}", "{'role':'arn:x'}", "[]", false },
	{ "{'environment':{'A':'x@{r.arn}','B':'1'}}", "{'environment':{'A':'y','B':'2'}}",
	    "[{'path':'/environment/B','before':'2','after':'1'}]", false },
	{ "{'layers':['@a','b']}", "{'layers':['b','c']}", "[]", false },
	{ "{'layers':['@a','b']}", "{'layers':['c','d']}",
	    "[{'path':'/layers','before':['c','d'],'after_unknown':true}]", false },
	{ "{'policy':{'a':'@r'}}", "{'policy':{'a':'arn'}}", "[]", false },
	/* a driver has put what is sealed into what it has found; where it has not, that was made of another box */
	{ "{'ratio':{'$sealed':'AAAA'}}", "{'ratio':{'$sealed':'AAAA'}}", "[]", false },
	{ "{'ratio':{'$sealed':'AAAA'}}", "{}",
	    "[{'path':'/ratio','after':{'$sealed':'AAAA'},'sensitive':true}]", false },
	{ "{'environment':{'A':{'$sealed':'AAAA'},'B':'1'}}", "{'environment':{'B':'1'}}",
	    "[{'path':'/environment/A','after':{'$sealed':'AAAA'},'sensitive':true}]", false },
	{ "{'network':{'vpc':'v','key':{'$sealed':'AAAA'}}}", "{'network':{'vpc':'v'}}",
	    "[{'path':'/network/key','after':{'$sealed':'AAAA'},'sensitive':true}]", false },
};

START_TEST(what_differs_is_listed_by_its_path)
{
	const struct row   *row = &rows[_i];
	struct json_object *desired = fixture_json(row->desired), *found, *want;
	struct diff         diff;

	found = fixture_json(row->found);
	want = fixture_json(row->list);
	diff_make(&diff, type, desired, found);
	ck_assert_msg(json_same(diff.list, want), "%s", json_text(diff.list));
	ck_assert_int_eq(diff.replace, row->replace);
	ck_assert_int_eq(diff_is_empty(&diff), json_object_array_length(want) == 0);
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(found);
	json_object_put(want);
}
END_TEST

START_TEST(what_is_fixed_needs_a_new_resource_itself_or_above_or_below)
{
	static const struct {
		const char *fixed;
		bool        replace;
	} places[] = {
		{ "['/environment/A']", true },
		{ "['/environment']", true },
		{ "['/ratio/a/b']", true },
		{ "['/environment/B']", false },
		{ "['/environment/AA']", false },
		{ "['/env']", false },
		{ "['/memory','/ratio']", true },
		{ "[]", false },
	};
	struct json_object *desired =
	    fixture_json("{'name':'f','environment':{'A':'1'},'ratio':1}");
	struct json_object *found = fixture_json("{'name':'f','environment':{'A':'0'},'ratio':2}");
	struct json_object *fixed = fixture_json(places[_i].fixed);
	struct diff         diff;

	diff_make(&diff, type, desired, found);
	diff_fix(&diff, NULL);
	ck_assert(!diff.replace);
	diff_fix(&diff, fixed);
	ck_assert_int_eq(diff.replace, places[_i].replace);
	ck_assert_int_eq(
	    strstr(json_text(diff.list), "requires_replacement") != NULL, diff.replace);
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(found);
	json_object_put(fixed);
}
END_TEST

START_TEST(changes_name_each_top_level_property_once)
{
	struct json_object *desired =
	    fixture_json("{'name':'f','environment':{'A':'1','B':'2'},'ratio':1}");
	struct json_object *found =
	    fixture_json("{'name':'f','environment':{'A':'0','C':'2'},'ratio':2,'memory':512}");
	struct json_object *want = fixture_json("['environment','ratio','memory']");
	struct diff         diff;

	diff_make(&diff, type, desired, found);
	ck_assert_msg(json_same(diff.changes, want), "%s", json_text(diff.changes));
	ck_assert_uint_eq(json_object_array_length(diff.list), 5);
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(found);
	json_object_put(want);
}
END_TEST

START_TEST(where_nothing_is_all_is_new_and_secrets_are_not_shown)
{
	struct json_object *desired =
	    fixture_json("{'name':'f','password':'hunter2','role':'@r','network':{'key':'hunter2'},"
			 "'rules':[{'port':1}]}");
	struct json_object *want = fixture_json(
	    "[{'path':'/name','after':'f'},{'path':'/password','sensitive':true},{'path':'/"
	    "role','after_unknown':true},"
	    "{'path':'/network','after':{},'sensitive':true},{'path':'/"
	    "rules','after':[{'port':1}]}]");
	struct diff diff;

	diff_make(&diff, type, desired, NULL);
	ck_assert_msg(json_same(diff.list, want), "%s", json_text(diff.list));
	ck_assert(!diff.replace);
	ck_assert_uint_eq(json_object_array_length(diff.changes), 5);
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(want);
}
END_TEST

START_TEST(when_all_is_known_text_that_looks_like_a_reference_is_compared)
{
	struct json_object *desired = fixture_json("{'environment':{'A':'@alice'}}");
	struct json_object *found = fixture_json("{'environment':{'A':'@bob'}}");
	struct diff         diff;

	diff_make(&diff, type, desired, found);
	ck_assert(diff_is_empty(&diff));
	diff_fini(&diff);
	diff_make_known(&diff, type, desired, found);
	ck_assert_uint_eq(json_object_array_length(diff.list), 1);
	ck_assert_str_eq(json_get_str(json_object_array_get_idx(diff.list, 0), "after"), "@alice");
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(found);
}
END_TEST

/* What another one will say once it is there. */
START_TEST(a_value_that_is_only_known_later_may_be_another_one)
{
	static const struct {
		const char *desired, *found, *list;
	} cases[] = {
		{ "{'role':'@r'}", "{'role':'arn:r'}",
		    "[{'path':'/role','before':'arn:r','after_unknown':true}]" },
		{ "{'role':'arn:r'}", "{'role':'arn:r'}", "[]" },
		{ "{'environment':{'A':'1','B':'@{r.name}-x'}}",
		    "{'environment':{'A':'1','B':'x'}}",
		    "[{'path':'/environment/B','before':'x','after_unknown':true}]" },
		{ "{'password':'@r'}", "{'password':'x'}", "[]" }, /* nobody can read it back */
	};
	struct json_object *desired = fixture_json(cases[_i].desired);
	struct json_object *found = fixture_json(cases[_i].found);
	struct json_object *list = fixture_json(cases[_i].list);
	struct diff         diff;

	diff_make_moving(&diff, type, desired, found);
	ck_assert_msg(json_same(diff.list, list), "%s", json_text(diff.list));
	diff_fini(&diff);
	diff_make(&diff, type, desired, found);
	ck_assert_msg(diff_is_empty(&diff), "%s", json_text(diff.list));
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(found);
	json_object_put(list);
}
END_TEST

START_TEST(what_is_ignored_is_wanted_as_it_is)
{
	static const struct {
		const char *pointers, *desired, *found, *left;
	} cases[] = {
		{ "['/ratio']", "{'name':'f','ratio':1}", "{'name':'f','ratio':2}",
		    "{'name':'f','ratio':2}" },
		{ "['/ratio']", "{'name':'f','ratio':1}", "{'name':'f'}", "{'name':'f'}" },
		{ "['/environment/A']", "{'environment':{'A':'1','B':'2'}}",
		    "{'environment':{'A':'0','B':'0'}}", "{'environment':{'A':'0','B':'2'}}" },
		{ "['/environment/A']", "{'environment':{'A':'1','B':'2'}}", "{}",
		    "{'environment':{'B':'2'}}" },
		{ "['/environment']", "{'environment':{'A':'1'}}", "{'environment':{'C':'3'}}",
		    "{'environment':{'C':'3'}}" },
		{ "['/ratio','/name']", "{'name':'f','ratio':1}", "{'name':'g','ratio':2}",
		    "{'name':'g','ratio':2}" },
		{ "['/commands/0']", "{'commands':['a','b']}", "{'commands':['x','y']}",
		    "{'commands':['x','b']}" },
		{ "['/network/none/of/it']", "{'name':'f'}", "{'name':'g'}", "{'name':'f'}" },
		{ "['/ratio']", "{'name':'f'}", "{'name':'f','ratio':2}",
		    "{'name':'f','ratio':2}" },
		{ "['/environment/a~1b~0']", "{'environment':{'a/b~':'1','B':'2'}}", "{}",
		    "{'environment':{'B':'2'}}" },
	};
	struct json_object *pointers = fixture_json(cases[_i].pointers);
	struct json_object *desired = fixture_json(cases[_i].desired);
	struct json_object *before = json_copy(desired), *kept = json_object_get(desired);
	struct json_object *found = fixture_json(cases[_i].found);
	struct json_object *left = fixture_json(cases[_i].left);
	struct json_object *is = diff_ignore(desired, found, pointers);

	ck_assert_msg(json_same(is, left), "%s", json_text(is));
	ck_assert_msg(json_same(kept, before), "%s", json_text(kept)); /* others have it as well */
	json_object_put(kept);
	json_object_put(before);
	json_object_put(is);
	json_object_put(found);
	json_object_put(left);
	json_object_put(pointers);
}
END_TEST

START_TEST(large_sets_are_compared_regardless_of_order_too)
{
	struct json_object *desired = json_object_new_object(), *found = json_object_new_object();
	struct json_object *a = json_object_new_array(), *b = json_object_new_array();
	struct diff         diff;

	for (int i = 0; i < 3000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		json_object_array_add(a, json_object_new_string(text));
		snprintf(text, sizeof(text), "%d", 2999 - i);
		json_object_array_add(b, json_object_new_string(text));
	}
	json_set(desired, "layers", a);
	json_set(found, "layers", b);
	diff_make(&diff, type, desired, found);
	ck_assert(diff_is_empty(&diff));
	diff_fini(&diff);
	json_object_put(desired);
	json_object_put(found);
}
END_TEST

Suite *suite_diff(void);

Suite *
suite_diff(void)
{
	Suite *suite = suite_create("diff");
	TCase *tcase = tcase_create("diff");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, what_differs_is_listed_by_its_path, 0, (int)array_len(rows));
	tcase_add_test(tcase, changes_name_each_top_level_property_once);
	tcase_add_loop_test(
	    tcase, what_is_fixed_needs_a_new_resource_itself_or_above_or_below, 0, 8);
	tcase_add_test(tcase, where_nothing_is_all_is_new_and_secrets_are_not_shown);
	tcase_add_test(tcase, when_all_is_known_text_that_looks_like_a_reference_is_compared);
	tcase_add_loop_test(tcase, a_value_that_is_only_known_later_may_be_another_one, 0, 4);
	tcase_add_loop_test(tcase, what_is_ignored_is_wanted_as_it_is, 0, 10);
	tcase_add_test(tcase, large_sets_are_compared_regardless_of_order_too);
	suite_add_tcase(suite, tcase);
	return suite;
}
