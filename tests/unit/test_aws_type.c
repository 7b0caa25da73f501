/* SPDX-License-Identifier: Apache-2.0
 * test_aws_type.c - type files are what their vocabulary says, and a slip of the pen is found. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interpreter/call_type.h"
#include "providers/aws/hooks.h"
#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/json_schema.h"

#define FILE_MAX (1024 * 1024)

static const char *const types[] = { "aws:autoscaling:group", "aws:cloudformation:stack",
	"aws:codebuild:project", "aws:codepipeline:execution", "aws:codepipeline:pipeline",
	"aws:dynamodb:table", "aws:ecs:cluster", "aws:ecs:service", "aws:ecs:task_definition",
	"aws:elbv2:listener", "aws:elbv2:listener_certificate", "aws:elbv2:listener_rule",
	"aws:elbv2:load_balancer", "aws:elbv2:target", "aws:elbv2:target_group", "aws:iam:group",
	"aws:iam:instance_profile", "aws:iam:policy", "aws:iam:role", "aws:iam:role_policy",
	"aws:iam:role_policy_attachment", "aws:iam:user", "aws:lambda:alias",
	"aws:lambda:event_source_mapping", "aws:lambda:function", "aws:lambda:function_url",
	"aws:lambda:layer_version", "aws:lambda:permission", "aws:rds:instance",
	"aws:rds:subnet_group", "aws:s3:bucket", "aws:s3:bucket_cors", "aws:s3:bucket_lifecycle",
	"aws:s3:bucket_policy", "aws:s3:bucket_website", "aws:s3:object", "aws:sqs:queue_policy" };

static struct json_object *
vocabulary(void)
{
	const char         *root = getenv("srcdir");
	struct json_object *json;
	struct err          err = { 0 };
	char                path[4096];

	snprintf(
	    path, sizeof(path), "%s/schemas/api/resource-type.json", root != NULL ? root : ".");
	json = json_read_file(path, FILE_MAX, &err);
	ck_assert_msg(json != NULL, "%s", err.detail);
	return json;
}

START_TEST(every_type_file_is_written_in_the_vocabulary)
{
	struct json_object *schema = vocabulary();
	struct json_object *file = json_copy(aws_world_type(aws, types[_i])->file);
	struct problems     problems;

	problems_init(&problems);
	json_schema_check(schema, &problems);
	ck_assert_uint_eq(problems.n, 0);
	json_object_object_del(file, "x-provider");
	json_schema_validate(schema, file, "", NULL, &problems);
	ck_assert_msg(
	    problems.n == 0, "%s: %s", problems.items[0].pointer, problems.items[0].detail);
	problems_fini(&problems);
	json_object_put(file);
	json_object_put(schema);
}
END_TEST

static void
check_described(struct json_object *schema, const char *name)
{
	struct json_object *properties = json_get_object(schema, "properties");

	if (!json_has(schema, "$ref"))
		ck_assert_msg(
		    json_get_str(schema, "description") != NULL, "%s has no description", name);
	if (properties == NULL)
		return;
	json_object_object_foreach (properties, key, part) {
		check_described(part, key);
	}
}

START_TEST(every_property_says_what_it_is)
{
	struct json_object *properties =
	    json_get_object(aws_world_type(aws, types[_i])->properties, "properties");

	json_object_object_foreach (properties, name, schema) {
		check_described(schema, name);
		ck_assert_str_ne(name, "tags"); /* "/tags" are those that any resource has */
	}
}
END_TEST

/* A whole type, in which one member is replaced by a slip of the pen. */
#define TYPE                                                                                 \
	"{'type':'aws:x:y','title':'t','service':'x','identity':{'class':'tagged',"          \
	"'properties':['a']},'reference':'arn','outputs':{'arn':{'member':'Arn'}},"          \
	"'properties':{'type':'object','additionalProperties':false,'properties':{'a':{}}}," \
	"'read':[{'call':'R'}],'create':[{'call':'C'}],'delete':[{'call':'D'}]}"

static const struct {
	const char *member, *value, *says; /* says NULL: it is fine */
} slips[] = {
	{ "title", "'t'", NULL },
	{ "update", "[{'call':'U','with':['a']}]", NULL },
	{ "create", "[{'call':'C'},'tag','read','update']", NULL },
	{ "colour", "'red'", "unknown word \"colour\"" },
	{ "service", "1", "\"service\" is of the wrong JSON type" },
	{ "service", "null", "wrong JSON type" },
	{ "read", "[]", "no steps to read it" },
	{ "read", "[{'params':{}}]", "a step has a \"call\"" },
	{ "read", "[{'call':'R','parms':{}}]", "read[0]: unknown word \"parms\"" },
	{ "read", "['tags']", "a step is an object" },
	{ "update", "['update']", "a step is an object" },
	{ "update", "[{'call':'U','with':'all'}]", "or \"*\"" },
	{ "update", "[{'call':'U','with':['b']}]", "\"b\" is no property" },
	{ "update", "[{'call':'U','when':[1]}]", "1 is no property" },
	{ "update", "[{'call':'U','each':{'removed':'b'}}]", "\"each\" names a property" },
	{ "update", "[{'call':'U','each':{'some':'a'}}]", "\"each\" names a property" },
	{ "delete", "[{'call':'L'},{'call':'D','each':{'answered':'L[].Id'}}]", NULL },
	{ "delete", "[{'call':'D','each':{'answered':'L','added':'a'}}]", "\"each\" names" },
	{ "update", "[{'call':'U','if':{'text':'x'}}]", "a condition has" },
	{ "update", "[{'call':'U','if':{'text':'x','is':[],'isnt':[]}}]", "a condition has" },
	{ "read", "[{'call':'R','take':{'b':'X'}}]", "b is no property or output" },
	{ "read", "[{'call':'R','take':{'a':1}}]", "no path for a" },
	{ "read", "[{'call':'R','take_if':{'is':[]}}]", "no \"path\"" },
	{ "read", "[{'call':'R','take':{'arn':'X'}}]", NULL },
	{ "read", "[{'call':'R','pick':{'from':'X','unless':{'path':'Y','is':['z']}}}]", NULL },
	{ "read", "[{'call':'R','pick':{'where':{'X':'y'}}}]", "\"pick\" has a \"from\"" },
	{ "read", "[{'call':'R','pick':{'from':'X','where':{'Y':['z','{a}']}}}]", NULL },
	{ "read", "[{'call':'R','pick':{'from':'X','unless':[{'path':'Y','is':['z']}]}}]", NULL },
	{ "read", "[{'call':'R','pick':{'from':'X','unless':[{'is':[]}]}}]", "no \"path\"" },
	{ "update", "[{'call':'U','when':['$tags','a']}]", NULL },
	{ "why", "[{'call':'W'}]", NULL },
	{ "in_the_way", "[{'call':'W','note':{'those':'X'}}]", NULL },
	{ "delete", "[{'call':'L'},{'call':'D','back_to':'L','help':{'X':'y'}}]", NULL },
	{ "delete", "[{'call':'D','back_to':'L'},{'call':'L'}]",
	    "there is no \"L\" to go back to" },
	{ "delete", "[{'call':'D','back_to':'D'}]", "there is no \"D\" to go back to" },
	{ "delete", "[{'call':'D','back_to':{'to':'D','if':{'text':'x','is':['y']}}}]", NULL },
	{ "delete",
	    "[{'call':'D','name':'n','at':'{a}'},{'call':'D','back_to':{'to':'n','if':{'text':'x',"
	    "'is':['y']}}}]",
	    NULL },
	{ "delete", "[{'call':'D','back_to':{'to':'D'}}]", "\"back_to\" is a name" },
	{ "settle_seconds", "5", NULL },
	{ "settle", "{'create':{'waiter':'X','in':'Y'}}", NULL },
	{ "outputs", "{'arn':{'pairs':'X'}}", NULL },
	{ "outputs", "{'arn':{'pairs':'X','member':'Y'}}", "output arn has one of" },
	{ "read", "[{'call':'R','pick':{'from':'X','unless':{'is':[]}}}]", "no \"path\"" },
	{ "read", "[{'call':'R','pick':{'from':'X','last':true}}]", NULL },
	{ "delete", "[{'call':'R','fails':{'code':'X','message':'Y'}}]", NULL },
	{ "delete", "[{'call':'R','fails':{'message':'Y'}}]", "no \"code\"" },
	{ "delete", "[{'call':'R','fails':{'code':'X','why':'Y'}}]", "\"why\"" },
	{ "identity", "{'class':'tagged','name':{'output':'arn'}}", NULL },
	{ "identity", "{'class':'tagged','name':{'output':'id'}}", "\"id\" is no output" },
	{ "read", "[{'call':'R','region':{'where':'X'}}]", "unknown word \"where\"" },
	{ "read", "[{'call':'R','errors':{'broken':[]}}]", "errors can't mean \"broken\"" },
	{ "errors", "{'gone':'X'}", "errors.gone is no array" },
	{ "errors", "{'ok':['X']}", "errors can't mean \"ok\"" },
	{ "settle", "{'create':{'params':{}}}", "settle has no waiter" },
	{ "settle", "{'settle':{'waiter':'X'}}", "settle after \"settle\"?" },
	{ "outputs", "{'arn':{}}", "output arn has one of" },
	{ "identity", "{'class':'tagged'}", "neither a name template nor properties" },
	{ "identity", "{'class':'tagged','properties':['b']}", "\"b\" is no property" },
	{ "identity", "{'class':'tagged','name':{'first':'x'}}", "unknown word \"first\"" },
	{ "properties", "{'properties':{'a':{'x-hook':'nobody'}}}", "names the hook \"nobody\"" },
	{ "properties",
	    "{'properties':{'a':{'$ref':'#/$defs/h'}},'$defs':{'h':{'x-hook':'nobody'}}}",
	    "names the hook \"nobody\"" },
	{ "settle", "{'create':{'waiter':'X','every':0.5}}", NULL },
	{ "settle", "{'create':{'waiter':'X','every':0}}", "\"every\" of settle" },
	{ "settle", "{'create':{'waiter':'X','every':1e300}}", "\"every\" of settle" },
};

START_TEST(a_slip_of_the_pen_is_found_when_the_file_is_loaded)
{
	struct json_object  *file = aws_json(TYPE);
	struct resource_type rt = { .name = "aws:x:y", .file = file };
	struct call_type    *type = NULL;
	const struct driver  driver = { .hooks = aws_hooks, .hooks_n = aws_hooks_n };
	struct err           err = { 0 };
	enum err_code        code;
	char                 text[1024];

	snprintf(text, sizeof(text), "[%s]", slips[_i].value);
	json_set(file, slips[_i].member, aws_json(text));
	json_set(file, slips[_i].member,
	    json_object_get(json_object_array_get_idx(json_get(file, slips[_i].member), 0)));
	rt.properties = json_get(file, "properties");
	rt.outputs = json_get(file, "outputs");
	code = call_type_parse(&driver, &rt, &type, &err);
	if (slips[_i].says == NULL) {
		ck_assert_msg(code == ERR_OK, "%s", err.detail);
		call_type_free(type);
	} else {
		ck_assert_int_eq(code, ERR_INVALID_CONFIG);
		ck_assert_msg(strstr(err.detail, slips[_i].says) != NULL, "%s", err.detail);
	}
	json_object_put(file);
}
END_TEST

Suite *suite_aws_type(void);

Suite *
suite_aws_type(void)
{
	Suite *suite = suite_create("aws_type");
	TCase *tcase = aws_world_case("call_type");

	tcase_add_loop_test(
	    tcase, every_type_file_is_written_in_the_vocabulary, 0, array_len(types));
	tcase_add_loop_test(tcase, every_property_says_what_it_is, 0, array_len(types));
	tcase_add_loop_test(
	    tcase, a_slip_of_the_pen_is_found_when_the_file_is_loaded, 0, array_len(slips));
	suite_add_tcase(suite, tcase);
	return suite;
}
