/* SPDX-License-Identifier: Apache-2.0
 * test_config.c - every problem of a config is told, at its place. */
#include <check.h>
#include <stdio.h>
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

static struct spec *
build(const char *text, struct problems *problems)
{
	struct json_object *config = fixture_json(text);
	struct spec        *spec;

	problems_init(problems);
	spec = spec_build(registry, "tenant", config, 0, problems);
	json_object_put(config);
	return spec;
}

#define ROLE    "'r':{'type':'test:iam:role','properties':{'role_name':'n'}}"
#define HEAD    "{'deployment_id':'app','targets':[{'provider':'test','regions':['us-east-1']}],"
#define WITH(x) HEAD "'resources':{" ROLE "," x "}}"
#define FN(x)   WITH("'f':{'type':'test:fn:function','properties':{'name':'fn'}," x "}")
#define PROP(x) WITH("'f':{'type':'test:fn:function','properties':{" x "}}")

static const struct row {
	const char *config, *pointer, *code;
} rows[] = {
	{ "{'resources':{" ROLE "}}", "", "missing_property" },
	{ "{'deployment_id':'app'}", "", "missing_property" },
	{ "{'deployment_id':'app','resources':{}}", "/resources", "bad_length" },
	{ "{'deployment_id':'app','resources':[]}", "/resources", "wrong_type" },
	{ "{'deployment_id':'-a','resources':{" ROLE "}}", "/deployment_id", "bad_pattern" },
	{ "{'deployment_id':1,'resources':{" ROLE "}}", "/deployment_id", "wrong_type" },
	{ HEAD "'version':2,'resources':{" ROLE "}}", "/version", "wrong_type" },
	{ HEAD "'resorces':{},'resources':{" ROLE "}}", "/resorces", "unknown_property" },
	{ WITH("'-x':{'type':'test:iam:role','properties':{'role_name':'n'}}"), "/resources/-x",
	    "bad_pattern" },
	{ WITH("'x':1"), "/resources/x", "wrong_type" },
	{ WITH("'x':{}"), "/resources/x", "missing_property" },
	{ WITH("'x':{'type':1}"), "/resources/x/type", "wrong_type" },
	{ WITH("'x':{'type':'test:iam:rol'}"), "/resources/x/type", "unknown_type" },
	{ FN("'operation':'ensured'"), "/resources/f/operation", "not_in_enum" },
	{ FN("'dependson':[]"), "/resources/f/dependson", "unknown_property" },
	{ FN("'depends_on':['s']"), "/resources/f/depends_on/0", "dangling_reference" },
	{ FN("'depends_on':['r','r']"), "/resources/f/depends_on/1", "not_unique" },
	{ FN("'depends_on':['f']"), "/resources/f/depends_on/0", "self_reference" },
	{ FN("'depends_on':'r'"), "/resources/f/depends_on", "wrong_type" },
	{ FN("'references':{'role':'s'}"), "/resources/f/references/role", "dangling_reference" },
	{ FN("'references':{'role':'f'}"), "/resources/f/references/role", "self_reference" },
	{ FN("'references':{'role':'r.anr'}"), "/resources/f/references/role", "unknown_output" },
	{ FN("'references':{'rolle':'r'}"), "/resources/f/references/rolle", "unknown_property" },
	{ FN("'references':{'name':'r'}"), "/resources/f/references/name", "not_unique" },
	{ FN("'references':{'role':'@r'}"), "/resources/f/references/role", "bad_pattern" },
	{ FN("'references':{'role':1}"), "/resources/f/references/role", "wrong_type" },
	{ FN("'references':{'role_from':'x'}"), "/resources/f/references/role_from",
	    "dangling_reference" },
	{ FN("'regions':['us-east']"), "/resources/f/regions/0", "bad_pattern" },
	{ FN("'regions':['eu-west-1']"), "/resources/f/regions/0", "bad_region" },
	{ FN("'regions':[]"), "/resources/f/regions", "bad_length" },
	{ WITH("'g':{'type':'test:iam:role','properties':{'role_name':'n'},'regions':['us-east-1']"
	       "}"),
	    "/resources/g/regions", "bad_region" },
	{ FN("'tags':{'aws:x':'1'}"), "/resources/f/tags/aws:x", "bad_pattern" },
	{ FN("'tags':{'MGraph:x':'1'}"), "/resources/f/tags/MGraph:x", "bad_pattern" },
	{ FN("'tags':{'x':1}"), "/resources/f/tags/x", "wrong_type" },
	{ FN("'tags':{'':'1'}"), "/resources/f/tags/", "bad_length" },
	{ PROP("'nam':'fn','name':'fn'"), "/resources/f/properties/nam", "unknown_property" },
	{ PROP("'memory':128"), "/resources/f/properties", "missing_property" },
	{ PROP("'name':'Fn'"), "/resources/f/properties/name", "bad_pattern" },
	{ PROP("'name':'fn','memory':'x'"), "/resources/f/properties/memory", "wrong_type" },
	{ PROP("'name':'fn','memory':64"), "/resources/f/properties/memory", "out_of_range" },
	{ PROP("'name':'fn','role':'@s.arn'"), "/resources/f/properties/role",
	    "dangling_reference" },
	{ PROP("'name':'fn','policy':{'a':['x','y @{s.arn}']}"),
	    "/resources/f/properties/policy/a/1", "dangling_reference" },
	{ PROP("'name':'fn','policy':{'a':'@{r.id}'}"), "/resources/f/properties/policy/a",
	    "unknown_output" },
	{ PROP("'name':'fn','policy':{'a':'@{r'}"), "/resources/f/properties/policy/a",
	    "bad_reference" },
	{ PROP("'name':'fn','policy':{'a':'@{}'}"), "/resources/f/properties/policy/a",
	    "bad_reference" },
	{ PROP("'name':'@@fn'"), "/resources/f/properties/name", NULL },
	{ PROP("'name':'taken'"), "/resources/f/properties", "taken" },
	{ HEAD "'resources':{" ROLE "},'edges':[{'from':'r','to':'x'}]}", "/edges/0/to",
	    "dangling_reference" },
	{ HEAD "'resources':{" ROLE "},'edges':[{'from':'r','to':'r'}]}", "/edges/0",
	    "self_reference" },
	{ HEAD "'resources':{" ROLE "},'edges':[{'from':'r'}]}", "/edges/0", "missing_property" },
	{ HEAD "'resources':{" ROLE ",'s':{'type':'test:net:vpc'}},'edges':[{'from':'r','to':'s'},"
	       "{'from':'r','to':'s','type':'pause'},{'to':'s','from':'r','type':'dependency'}]}",
	    "/edges/2", "not_unique" },
	{ HEAD "'resources':{" ROLE "},'edges':[{'from':'r','to':'r','type':'x'}]}",
	    "/edges/0/type", "not_in_enum" },
	{ "{'deployment_id':'a','resources':{'v':{'type':'test:net:vpc'}}}", "/resources/v",
	    "missing_region" },
	{ "{'deployment_id':'a','targets':[{'provider':'test','regions':['us-east-1','us-east-1']}]"
	  ","
	  "'resources':{" ROLE "}}",
	    "/targets/0/regions/1", "not_unique" },
	{ "{'deployment_id':'a','targets':[{'provider':'test','regions':['US-EAST-1']}],"
	  "'resources':{" ROLE "}}",
	    "/targets/0/regions/0", "bad_pattern" },
	{ "{'deployment_id':'a','targets':[{'provider':'gcp'}],'resources':{" ROLE "}}",
	    "/targets/0/provider", "unknown_provider" },
	{ "{'deployment_id':'a','targets':[{'provider':'test'},{'provider':'test'}],"
	  "'resources':{" ROLE "}}",
	    "/targets/1/provider", "not_unique" },
	{ "{'deployment_id':'a','credentials':{'test':{'region':'AKIASECRET'}},"
	  "'resources':{'v':{'type':'test:net:vpc'}}}",
	    "/credentials/test/region", "bad_pattern" },
};

START_TEST(a_problem_is_told_at_its_place)
{
	const struct row *row = &rows[_i];
	struct problems   problems;
	struct spec      *spec = build(row->config, &problems);

	if (row->code == NULL) {
		/* "@@fn" is the plain text "@fn", which looks like what is known later. */
		ck_assert_ptr_nonnull(spec);
		spec_unref(spec);
		problems_fini(&problems);
		return;
	}
	ck_assert_ptr_null(spec);
	ck_assert_msg(fixture_has(&problems, row->pointer, row->code), "%s %s: got %s %s %s",
	    row->pointer, row->code, problems.items[0].pointer, problems.items[0].code,
	    problems.items[0].detail);
	for (size_t i = 0; i < problems.n; i++)
		ck_assert_ptr_null(strstr(problems.items[i].detail, "AKIASECRET"));
	problems_fini(&problems);
}
END_TEST

START_TEST(all_problems_come_at_once)
{
	struct problems problems;
	struct spec    *spec = build(
	       "{'deployment_id':'app','tagz':1,'targets':[{'provider':'test','regions':['x']}],"
		  "'resources':{'a':{'type':'test:iam:rol'},'b':{'type':'test:fn:function','properties':"
		  "{'nme':1,'role':'@zz'}},'c':{'type':'test:net:vpc','depends_on':['d']},"
		  "'d':{'type':'test:net:vpc','depends_on':['c','q']}}}",
	       &problems);

	ck_assert_ptr_null(spec);
	ck_assert(fixture_has(&problems, "/tagz", "unknown_property"));
	ck_assert(fixture_has(&problems, "/targets/0/regions/0", "bad_pattern"));
	ck_assert_ptr_nonnull(strstr(
	    fixture_detail(&problems, "/resources/a/type"), "did you mean 'test:iam:role'?"));
	ck_assert_ptr_nonnull(strstr(
	    fixture_detail(&problems, "/resources/b/properties/nme"), "did you mean 'name'?"));
	ck_assert(fixture_has(&problems, "/resources/b/properties", "missing_property"));
	ck_assert(fixture_has(&problems, "/resources/b/properties/role", "dangling_reference"));
	ck_assert(fixture_has(&problems, "/resources/d/depends_on/1", "dangling_reference"));
	ck_assert(fixture_has(&problems, "/resources/c", "cycle"));
	ck_assert_uint_eq(problems.n, 8);
	problems_fini(&problems);
}
END_TEST

START_TEST(a_cycle_is_printed_the_way_it_waits)
{
	struct problems problems;
	struct spec    *spec =
	    build(HEAD "'resources':{'x':{'type':'test:net:vpc','depends_on':['a']},"
		       "'a':{'type':'test:net:vpc','depends_on':['b']},"
		       "'b':{'type':'test:net:vpc','properties':{'peer':'@c'}},"
		       "'c':{'type':'test:net:vpc','references':{'peer':'a.arn'}}},"
		       "'edges':[{'from':'x','to':'b','type':'pause'}]}",
		&problems);

	ck_assert_ptr_null(spec);
	ck_assert_uint_eq(problems.n, 2);
	ck_assert_ptr_nonnull(
	    strstr(fixture_detail(&problems, "/resources/a"), ": a -> b -> c -> a"));
	ck_assert_ptr_nonnull(
	    strstr(fixture_detail(&problems, "/resources/x"), ": x -> a -> b -> x"));
	problems_fini(&problems);
}
END_TEST

/* "v0" waits for "v1", and so on; the last one waits for `last`, if that is not negative. */
static struct json_object *
chain(int n, int last)
{
	struct json_object *resources = json_object_new_object();
	struct json_object *config = fixture_config("{}");

	for (int i = 0; i < n; i++) {
		struct json_object *resource = json_object_new_object();
		struct json_object *on = json_object_new_array();
		char                id[32];
		int                 next = i + 1 < n ? i + 1 : last;

		json_set_str(resource, "type", "test:net:vpc");
		if (next >= 0) {
			snprintf(id, sizeof(id), "v%d", next);
			json_object_array_add(on, json_object_new_string(id));
		}
		json_set(resource, "depends_on", on);
		snprintf(id, sizeof(id), "v%d", i);
		json_set(resources, id, resource);
	}
	json_set(config, "resources", resources);
	return config;
}

START_TEST(a_chain_of_100000_is_no_deeper_than_one_of_two)
{
	struct json_object *config = chain(100000, -1);
	struct problems     problems;
	struct spec        *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_ptr_nonnull(spec);
	ck_assert_uint_eq(spec->nodes_n, 100000);
	ck_assert_uint_eq(spec->edges_n, 99999);
	spec_unref(spec);
	json_object_put(config);

	config = chain(100000, 0);
	ck_assert_ptr_null(spec_build(registry, "tenant", config, 0, &problems));
	ck_assert_uint_eq(problems.n, 1);
	ck_assert_str_eq(problems.items[0].code, "cycle");
	ck_assert_ptr_nonnull(
	    strstr(problems.items[0].detail, "v19 -> (99975 more) -> v99995 -> "));
	ck_assert(str_ends(problems.items[0].detail, "v99999 -> v0"));
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

START_TEST(tags_of_the_deployment_reach_each_resource_and_count)
{
	struct json_object *config = fixture_config("{" ROLE "}"), *own, *all;
	struct problems     problems;
	struct spec        *spec;

	json_set(config, "tags", fixture_json("{'team':'a','stage':'prod'}"));
	own = fixture_json("{'team':'b'}");
	json_set(json_path(config, "resources.r"), "tags", own);
	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_ptr_nonnull(spec);
	ck_assert_str_eq(json_get_str(spec->nodes[0].tags, "team"), "b");
	ck_assert_str_eq(json_get_str(spec->nodes[0].tags, "stage"), "prod");
	spec_unref(spec);
	all = json_get_object(config, "tags");
	for (int i = 0; i < 38; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%d", i);
		json_set_str(all, key, "v");
	}
	json_set_str(own, "one-more", "v");
	ck_assert_ptr_null(spec_build(registry, "tenant", config, 0, &problems));
	ck_assert_uint_eq(problems.n, 1);
	ck_assert(fixture_has(&problems, "/resources/r/tags", "bad_length"));
	problems_fini(&problems);
	json_object_put(config);
}
END_TEST

START_TEST(the_region_of_the_credentials_is_the_default_and_goes_into_the_copy)
{
	struct problems problems;
	struct spec    *spec =
	    build("{'deployment_id':'a','credentials':{'test':{'region':'eu-west-1','key':'AKIA'}},"
		  "'targets':[{'provider':'test'}],'resources':{'v':{'type':'test:net:vpc'}}}",
		&problems);
	struct spec *again;

	ck_assert_ptr_nonnull(spec);
	ck_assert_uint_eq(spec->nodes[0].regions_n, 1);
	ck_assert_str_eq(spec->nodes[0].regions[0], "eu-west-1");
	ck_assert(!json_has(spec->config, "credentials"));
	ck_assert_ptr_null(strstr(json_text(spec->config), "AKIA"));
	ck_assert_str_eq(
	    json_object_get_string(json_path(spec->config, "targets.0.regions.0")), "eu-west-1");
	again =
	    build("{'deployment_id':'a','targets':[{'provider':'test','regions':['eu-west-1']}],"
		  "'resources':{'v':{'type':'test:net:vpc'}}}",
		&problems);
	ck_assert_ptr_nonnull(again);
	ck_assert_str_eq(again->graph_id, spec->graph_id);
	spec_unref(again);
	spec_unref(spec);
	problems_fini(&problems);
}
END_TEST

START_TEST(a_resource_narrows_the_regions_of_its_provider)
{
	struct problems problems;
	struct spec    *spec =
	    build("{'deployment_id':'a','targets':[{'provider':'test','regions':['us-east-1','eu-"
		  "west-1']}],"
		  "'resources':{'v':{'type':'test:net:vpc'},'w':{'type':'test:net:vpc','regions':"
		  "['eu-west-1']}," ROLE "}}",
		&problems);

	ck_assert_ptr_nonnull(spec);
	ck_assert_uint_eq(spec->nodes[0].regions_n, 2);
	ck_assert_uint_eq(spec->nodes[1].regions_n, 1);
	ck_assert_str_eq(spec->nodes[1].regions[0], "eu-west-1");
	ck_assert_uint_eq(spec->nodes[2].regions_n, 0);
	spec_unref(spec);
	problems_fini(&problems);
}
END_TEST

START_TEST(what_is_posted_is_not_changed)
{
	const char         *text = "{'deployment_id':'a','$schema':'https://x/config.json',"
				   "'credentials':{'test':{'region':'eu-west-1'}},"
				   "'resources':{'v':{'type':'test:net:vpc'},'r':{'type':'test:iam:role',"
				   "'properties':{'role_name':'n'},'references':{'value':'v'}}}}";
	struct json_object *config = fixture_json(text), *copy = fixture_json(text);
	struct problems     problems;
	struct spec        *spec;

	problems_init(&problems);
	spec = spec_build(registry, "tenant", config, 0, &problems);
	ck_assert_ptr_nonnull(spec);
	ck_assert(json_same(config, copy));
	json_object_put(config); /* nothing of it is kept */
	ck_assert_str_eq(json_get_str(spec->nodes[1].properties, "value"), "@v");
	spec_unref(spec);
	problems_fini(&problems);
	json_object_put(copy);
}
END_TEST

START_TEST(the_schema_of_a_config_must_be_there_and_sound)
{
	struct err err = { 0 };

	ck_assert_int_eq(plan_setup("/nowhere", &err), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(plan_config_schema());
	ck_assert_ptr_nonnull(json_get_str(plan_config_schema(), "title"));
}
END_TEST

static const struct slip {
	const char *property, *says; /* says NULL: it is fine */
} slips[] = {
	{ "'type':'array','x-join':','", NULL },
	{ "'type':'string','x-join':','", "/properties/properties/a/type" },
	{ "'x-read':['A.B',5]", "/properties/properties/a/x-read" },
	{ "'x-hook':'lambda_code'", NULL },
	{ "'properties':{'b':{'x-hook':'lambda_code'}}",
	    "/properties/properties/a/properties/b/x-hook" },
	{ "'items':{'x-set':'yes'}", "/properties/properties/a/items/x-set" },
};

START_TEST(a_type_file_is_held_to_its_schema)
{
	struct json_object  *file;
	struct resource_type type = { .name = "test:a:b" };
	struct err           err = { 0 };
	char                 text[1024];
	enum err_code        code;

	snprintf(text, sizeof(text),
	    "{'type':'test:a:b','title':'t','reference':'id','identity':{'class':'tagged'},"
	    "'outputs':{'id':{}},'properties':{'type':'object','additionalProperties':false,"
	    "'properties':{'a':{%s}}}}",
	    slips[_i].property);
	file = fixture_json(text);
	type.file = file;
	code = plan_check_type(registry, &type, &err);
	ck_assert_msg((code == ERR_OK) == (slips[_i].says == NULL), "%s", err.detail);
	if (slips[_i].says != NULL)
		ck_assert_msg(strstr(err.detail, slips[_i].says) != NULL, "%s", err.detail);
	json_object_put(file);
}
END_TEST

Suite *suite_config(void);

Suite *
suite_config(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = tcase_create("config");

	tcase_add_unchecked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_problem_is_told_at_its_place, 0, (int)array_len(rows));
	tcase_add_test(tcase, all_problems_come_at_once);
	tcase_add_test(tcase, a_cycle_is_printed_the_way_it_waits);
	tcase_add_test(tcase, a_chain_of_100000_is_no_deeper_than_one_of_two);
	tcase_add_test(tcase, tags_of_the_deployment_reach_each_resource_and_count);
	tcase_add_test(tcase, the_region_of_the_credentials_is_the_default_and_goes_into_the_copy);
	tcase_add_test(tcase, a_resource_narrows_the_regions_of_its_provider);
	tcase_add_test(tcase, what_is_posted_is_not_changed);
	tcase_add_test(tcase, the_schema_of_a_config_must_be_there_and_sound);
	tcase_add_loop_test(tcase, a_type_file_is_held_to_its_schema, 0, (int)array_len(slips));
	suite_add_tcase(suite, tcase);
	return suite;
}
