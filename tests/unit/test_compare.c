/* SPDX-License-Identifier: Apache-2.0
 * test_compare.c - what differs between two configs, and that the patch makes the one of the other. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/compare.h"
#include "tests/unit/plan_fixture.h"
#include "util/check.h"
#include "util/json.h"

#define BOX  "{'$sealed':'AAAA'}"
#define BOX2 "{'$sealed':'BBBB'}"

/* Of each: the whole of what is said of resources, edges and the rest. */
static const struct row {
	const char *from, *to, *resources, *edges, *config;
	bool        same;
} rows[] = {
	{ "{'resources':{'a':{'type':'t','properties':{'x':1}}}}",
	    "{'resources':{'a':{'properties':{'x':1.0},'type':'t'}}}", "[]",
	    "{'added':[],'removed':[]}", "[]", true },
	/* what they are called is no difference */
	{ "{'version':'v1','resources':{}}", "{'version':'v2','resources':{}}", "[]",
	    "{'added':[],'removed':[]}", "[]", true },
	{ "{'version':'v1','resources':{}}", "{'resources':{}}", "[]", "{'added':[],'removed':[]}",
	    "[]", true },
	/* property by property */
	{ "{'resources':{'a':{'type':'t','properties':{'x':1,'y':{'z':'u','gone':null}}}}}",
	    "{'resources':{'a':{'type':'t','properties':{'x':2,'y':{'z':'u','new':[1]}}}}}",
	    "[{'resource_id':'a','change':'changed','type':'t','diff':["
	    "{'path':'/properties/x','before':1,'after':2},"
	    "{'path':'/properties/y/gone','before':null},"
	    "{'path':'/properties/y/new','after':[1]}]}]",
	    "{'added':[],'removed':[]}", "[]", false },
	/* what was null, and what is */
	{ "{'resources':{'a':{'type':'t','properties':{'x':null,'y':1}}}}",
	    "{'resources':{'a':{'type':'t','properties':{'x':1,'y':null}}}}",
	    "[{'resource_id':'a','change':'changed','type':'t','diff':["
	    "{'path':'/properties/x','before':null,'after':1},"
	    "{'path':'/properties/y','before':1,'after':null}]}]",
	    "{'added':[],'removed':[]}", "[]", false },
	/* lists of one length item by item, else as a whole; another kind of value as a whole */
	{ "{'resources':{'a':{'type':'t','properties':{'l':[1,{'k':1},3],'m':[1],'n':{'o':1}}}}}",
	    "{'resources':{'a':{'type':'t','properties':{'l':[1,{'k':2},3],'m':[1,2],'n':[1]}}}}",
	    "[{'resource_id':'a','change':'changed','type':'t','diff':["
	    "{'path':'/properties/l/1/k','before':1,'after':2},"
	    "{'path':'/properties/m','before':[1],'after':[1,2]},"
	    "{'path':'/properties/n','before':{'o':1},'after':[1]}]}]",
	    "{'added':[],'removed':[]}", "[]", false },
	/* a box is one value */
	{ "{'resources':{'a':{'type':'t','properties':{'s':" BOX ",'u':" BOX "}}}}",
	    "{'resources':{'a':{'type':'t','properties':{'s':" BOX2 ",'u':" BOX "}}}}",
	    "[{'resource_id':'a','change':'changed','type':'t','diff':["
	    "{'path':'/properties/s','before':" BOX ",'after':" BOX2 "}]}]",
	    "{'added':[],'removed':[]}", "[]", false },
	/* resources that come and go, and names that need escapes */
	{ "{'resources':{'a/b':{'type':'t'},'c':{'type':'u'}}}",
	    "{'resources':{'c':{'type':'v'},'d~':{'type':'w','tags':{'k':'v'}}}}",
	    "[{'resource_id':'a/b','change':'removed','type':'t','before':{'type':'t'}},"
	    "{'resource_id':'c','change':'changed','type':'v','diff':["
	    "{'path':'/type','before':'u','after':'v'}]},"
	    "{'resource_id':'d~','change':'added','type':'w','after':{'type':'w','tags':{'k':'v'}}}"
	    "]",
	    "{'added':[],'removed':[]}", "[]", false },
	/* edges are a set */
	{ "{'resources':{},'edges':[{'from':'a','to':'b'},{'from':'b','to':'c'}]}",
	    "{'resources':{},'edges':[{'to':'c','from':'b'},{'from':'a','to':'b'}]}", "[]",
	    "{'added':[],'removed':[]}", "[]", true },
	{ "{'resources':{},'edges':[{'from':'a','to':'b'}]}",
	    "{'resources':{},'edges':[{'from':'a','to':'b','type':'pause'}]}", "[]",
	    "{'added':[{'from':'a','to':'b','type':'pause'}],'removed':[{'from':'a','to':'b'}]}",
	    "[]", false },
	{ "{'resources':{}}", "{'resources':{},'edges':[{'from':'a','to':'b'}]}", "[]",
	    "{'added':[{'from':'a','to':'b'}],'removed':[]}", "[]", false },
	/* targets and tags */
	{ "{'resources':{},'targets':[{'provider':'aws','regions':['a']}],'tags':{'k':'1'}}",
	    "{'resources':{},'targets':[{'provider':'aws','regions':['b']}],'tags':{'k':'2','l':'3'"
	    "}}",
	    "[]", "{'added':[],'removed':[]}",
	    "[{'path':'/targets/0/regions/0','before':'a','after':'b'},"
	    "{'path':'/tags/k','before':'1','after':'2'},{'path':'/tags/l','after':'3'}]",
	    false },
	{ "{'resources':{},'tags':{'k':'1'}}", "{'resources':{},'targets':[]}", "[]",
	    "{'added':[],'removed':[]}",
	    "[{'path':'/tags','before':{'k':'1'}},{'path':'/targets','after':[]}]", false },
};

/* RFC 6902, as far as it is needed: no item of a list comes or goes. */
static void
patch(struct json_object *config, struct json_object *op)
{
	const char         *path = json_get_str(op, "path");
	char                parent_path[256], name[64] = { 0 };
	size_t              len = 0;
	struct json_object *parent;

	snprintf(parent_path, sizeof(parent_path), "%.*s", (int)(strrchr(path, '/') - path), path);
	for (const char *c = strrchr(path, '/') + 1; *c != '\0'; c++)
		name[len++] = *c != '~' ? *c : *++c == '1' ? '/' : '~';
	ck_assert_int_eq(json_pointer_get(config, parent_path, &parent), 0);
	if (json_object_is_type(parent, json_type_array)) {
		ck_assert_str_eq(json_get_str(op, "op"), "replace");
		json_object_array_put_idx(
		    parent, strtoul(name, NULL, 10), json_copy(json_get(op, "value")));
		return;
	}
	ck_assert_int_eq(json_has(parent, name), !str_eq(json_get_str(op, "op"), "add"));
	if (str_eq(json_get_str(op, "op"), "remove"))
		json_object_object_del(parent, name);
	else
		json_set(parent, name, json_copy(json_get(op, "value")));
}

static void
assert_same(struct json_object *is, const char *wanted)
{
	struct json_object *json = fixture_json(wanted);

	ck_assert_msg(json_same(is, json), "%s is not %s", json_text(is), wanted);
	json_object_put(json);
}

START_TEST(two_configs_are_held_against_each_other)
{
	struct json_object *from = fixture_json(rows[_i].from), *to = fixture_json(rows[_i].to);
	struct json_object *compared = compare_configs(from, to);
	struct json_object *ops = json_get_array(compared, "patch");

	assert_same(json_get(compared, "resources"), rows[_i].resources);
	assert_same(json_get(compared, "edges"), rows[_i].edges);
	assert_same(json_get(compared, "config"), rows[_i].config);
	ck_assert_int_eq(json_get_bool(compared, "same", !rows[_i].same), rows[_i].same);
	for (size_t i = 0; i < json_object_array_length(ops); i++)
		patch(from, json_object_array_get_idx(ops, i));
	ck_assert_msg(json_same(from, to), "%s", json_text(compared));
	json_object_put(compared);
	json_object_put(from);
	json_object_put(to);
}
END_TEST

START_TEST(resources_are_counted_by_what_became_of_them)
{
	struct json_object *from = fixture_json("{'resources':{'a':{'type':'t'},'b':{'type':'t'},"
						"'c':{'type':'t'},'d':{'type':'t'}}}");
	struct json_object *to =
	    fixture_json("{'resources':{'a':{'type':'t'},'b':{'type':'u'},"
			 "'e':{'type':'t'},'f':{'type':'t'},'g':{'type':'t'}}}");
	struct json_object *compared = compare_configs(from, to);

	assert_same(
	    json_get(compared, "summary"), "{'added':3,'removed':2,'changed':1,'unchanged':1}");
	json_object_put(compared);
	json_object_put(from);
	json_object_put(to);
}
END_TEST

Suite *suite_compare(void);

Suite *
suite_compare(void)
{
	Suite *suite = suite_create("compare");
	TCase *tcase = tcase_create("compare");

	tcase_add_loop_test(
	    tcase, two_configs_are_held_against_each_other, 0, (int)array_len(rows));
	tcase_add_test(tcase, resources_are_counted_by_what_became_of_them);
	suite_add_tcase(suite, tcase);
	return suite;
}
