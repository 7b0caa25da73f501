/* SPDX-License-Identifier: Apache-2.0
 * test_aws_type.c - type files are what their vocabulary says, and the pieces that read them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/call.h"
#include "providers/aws/meaning.h"
#include "providers/aws/members.h"
#include "providers/aws/paths.h"
#include "providers/aws/type.h"
#include "providers/aws/waiter.h"
#include "providers/aws/zip.h"
#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/json_schema.h"

#define FILE_MAX (1024 * 1024)

static struct aws_world *world;

static void
setup(void)
{
	world = aws_world_create();
}

static void
teardown(void)
{
	aws_world_destroy(world);
}

static const char *const types[] = { "aws:iam:role", "aws:s3:bucket", "aws:lambda:function",
	"aws:dynamodb:table" };

/* ---- the files ---- */

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
	struct json_object *file = json_copy(aws_world_type(world, types[_i])->file);
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
	    json_get_object(aws_world_type(world, types[_i])->properties, "properties");

	json_object_object_foreach (properties, name, schema) {
		check_described(schema, name);
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
	{ "update", "[{'call':'U','if':{'text':'x'}}]", "a condition has" },
	{ "update", "[{'call':'U','if':{'text':'x','is':[],'isnt':[]}}]", "a condition has" },
	{ "read", "[{'call':'R','take':{'b':'X'}}]", "b is no property" },
	{ "read", "[{'call':'R','take':{'a':1}}]", "no path for a" },
	{ "read", "[{'call':'R','take_if':{'is':[]}}]", "no \"path\"" },
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
};

START_TEST(a_slip_of_the_pen_is_found_when_the_file_is_loaded)
{
	struct json_object  *file = aws_json(TYPE);
	struct resource_type rt = { .name = "aws:x:y", .file = file };
	struct aws_type     *type = NULL;
	struct err           err = { 0 };
	enum err_code        code;
	char                 text[1024];

	snprintf(text, sizeof(text), "[%s]", slips[_i].value);
	json_set(file, slips[_i].member, aws_json(text));
	json_set(file, slips[_i].member,
	    json_object_get(json_object_array_get_idx(json_get(file, slips[_i].member), 0)));
	rt.properties = json_get(file, "properties");
	rt.outputs = json_get(file, "outputs");
	code = aws_type_parse(&rt, &type, &err);
	if (slips[_i].says == NULL) {
		ck_assert_msg(code == ERR_OK, "%s", err.detail);
		aws_type_free(type);
	} else {
		ck_assert_int_eq(code, ERR_INVALID_CONFIG);
		ck_assert_msg(strstr(err.detail, slips[_i].says) != NULL, "%s", err.detail);
	}
	json_object_put(file);
}
END_TEST

/* ---- validate ---- */

static const struct {
	const char *type, *properties, *pointer; /* NULL: no problem */
} validations[] = {
	{ "aws:s3:bucket",
	    "{'bucket_name':'a123456789012345678901234567890123456789012345678901234'}",
	    "/p/bucket_name" },
	{ "aws:s3:bucket",
	    "{'bucket_name':'a12345678901234567890123456789012345678901234567890123'}", NULL },
	{ "aws:s3:bucket",
	    "{'bucket_name':'a123456789012345678901234567890123456789012345678901234',"
	    "'name_suffix':false}",
	    NULL },
	{ "aws:s3:bucket",
	    "{'bucket_name':'@a123456789012345678901234567890123456789012345678901234'}", NULL },
	{ "aws:lambda:function", "{'code':{'inline':'x'},'runtime':'java21','handler':'a.b'}",
	    "/p/code" },
	{ "aws:lambda:function", "{'code':{'inline':'x'},'runtime':'python3.12','handler':'a.b'}",
	    NULL },
	{ "aws:lambda:function",
	    "{'code':{'inline':'x','filename':'A.java'},'runtime':'java21','handler':'a'}", NULL },
	{ "aws:lambda:function", "{'code':'@elsewhere'}", NULL },
};

START_TEST(validate_finds_what_no_schema_can)
{
	const struct resource_type *type = aws_world_type(world, validations[_i].type);
	struct json_object         *properties = aws_json(validations[_i].properties);
	struct problems             problems;

	problems_init(&problems);
	aws_world_provider(world)->validate(
	    aws_world_provider(world), type, properties, "/p", &problems);
	ck_assert_uint_eq(problems.n, validations[_i].pointer != NULL ? 1 : 0);
	if (validations[_i].pointer != NULL)
		ck_assert_str_eq(problems.items[0].pointer, validations[_i].pointer);
	problems_fini(&problems);
	json_object_put(properties);
}
END_TEST

/* What a config may say of the four types; NULL: nothing wrong. */
static const struct {
	const char *type, *properties, *code;
} configs[] = {
	{ "aws:iam:role", "{'role_name':'r','assume_role_policy':{'V':1}}", NULL },
	{ "aws:iam:role", "{'role_name':'r','assume_role_policy':'{}'}", NULL },
	{ "aws:iam:role", "{'role_name':'r r','assume_role_policy':{'V':1}}", "bad_pattern" },
	{ "aws:iam:role", "{'role_name':'r'}", "missing_property" },
	{ "aws:iam:role",
	    "{'role_name':'r','assume_role_policy':{'V':1},'max_session_duration':60}",
	    "out_of_range" },
	{ "aws:s3:bucket", "{'bucket_name':'my.bucket-1'}", NULL },
	{ "aws:s3:bucket", "{'bucket_name':'MyBucket'}", "bad_pattern" },
	{ "aws:s3:bucket", "{'bucket_name':'a..b'}", "bad_pattern" },
	{ "aws:s3:bucket", "{'bucket_name':'bucket','versioning':'on'}", "not_in_enum" },
	{ "aws:s3:bucket", "{'bucket_name':'bucket','encryption':{}}", "missing_property" },
	{ "aws:lambda:function",
	    "{'function_name':'f','role':'arn:aws:iam::123456789012:role/r','runtime':'python3.12',"
	    "'handler':'app.run','code':{'inline':'x'}}",
	    NULL },
	{ "aws:lambda:function",
	    "{'function_name':'f','role':'arn:aws:iam::123456789012:role/r',"
	    "'package_type':'Image','code':{'image_uri':'x'}}",
	    NULL },
	{ "aws:lambda:function",
	    "{'function_name':'f','role':'arn:aws:iam::123456789012:role/r','handler':'app.run',"
	    "'code':{'inline':'x'}}",
	    "missing_property" },
	{ "aws:lambda:function",
	    "{'function_name':'f','role':'arn:aws:iam::123456789012:role/r','runtime':'python3.12',"
	    "'handler':'app.run','code':{'inline':'x','zip_file':'eHh4'}}",
	    "no_match" },
	{ "aws:dynamodb:table",
	    "{'table_name':'tab','key_schema':[{'attribute_name':'k','key_type':'HASH'}],"
	    "'attribute_definitions':[{'attribute_name':'k','attribute_type':'S'}],"
	    "'billing_mode':'PAY_PER_REQUEST'}",
	    NULL },
	{ "aws:dynamodb:table",
	    "{'table_name':'tab','key_schema':[{'attribute_name':'k','key_type':'HASH'}],"
	    "'attribute_definitions':[{'attribute_name':'k','attribute_type':'S'}]}",
	    "missing_property" },
	{ "aws:dynamodb:table",
	    "{'table_name':'tab','key_schema':[{'attribute_name':'k','key_type':'SORT'}],"
	    "'attribute_definitions':[{'attribute_name':'k','attribute_type':'S'}],"
	    "'billing_mode':'PAY_PER_REQUEST'}",
	    "not_in_enum" },
};

START_TEST(a_wrong_config_is_found_before_any_call)
{
	const struct resource_type *type = aws_world_type(world, configs[_i].type);
	struct json_object         *properties = aws_json(configs[_i].properties);
	struct problems             problems;

	problems_init(&problems);
	json_schema_validate(type->properties, properties, "", NULL, &problems);
	if (configs[_i].code == NULL)
		ck_assert_msg(
		    problems.n == 0, "%s", problems.n > 0 ? problems.items[0].detail : "");
	else
		ck_assert_uint_ge(problems.n, 1);
	if (configs[_i].code != NULL)
		ck_assert_str_eq(problems.items[0].code, configs[_i].code);
	problems_fini(&problems);
	json_object_put(properties);
}
END_TEST

/* ---- credentials, window ---- */

static const struct {
	const char *json, *pointer; /* of the first problem */
	size_t      n;
} credentials[] = {
	{ "{'access_key_id':'A','secret_access_key':'s'}", NULL, 0 },
	{ "{'access_key_id':'A','secret_access_key':'s','session_token':'t','region':'eu-west-1',"
	  "'account_id':'123456789012'}",
	    NULL, 0 },
	{ "{}", "/c/access_key_id", 2 },
	{ "[]", "/c", 1 },
	{ "{'access_key_id':'A','encrypted_secret_access_key':'x'}",
	    "/c/encrypted_secret_access_key", 1 },
	{ "{'access_key_id':'A b','secret_access_key':'s'}", "/c/access_key_id", 1 },
	{ "{'access_key_id':'A','secret_access_key':1}", "/c/secret_access_key", 1 },
	{ "{'access_key_id':'A','secret_access_key':'s','profile':'x'}", "/c/profile", 1 },
	{ "{'access_key_id':'A','secret_access_key':'s','account_id':'12'}", "/c/account_id", 1 },
};

START_TEST(credentials_are_opened_or_refused_with_all_reasons)
{
	struct provider    *provider = aws_world_provider(world);
	struct json_object *json = aws_json(credentials[_i].json);
	struct problems     problems;
	struct credentials *opened;

	problems_init(&problems);
	opened = provider->open(provider, json, "/c", &problems);
	ck_assert_uint_eq(problems.n, credentials[_i].n);
	ck_assert((opened != NULL) == (credentials[_i].n == 0));
	if (credentials[_i].pointer != NULL)
		ck_assert_str_eq(problems.items[0].pointer, credentials[_i].pointer);
	provider->close(opened);
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

START_TEST(a_window_is_an_account_a_region_and_a_service)
{
	struct provider    *provider = aws_world_provider(world);
	struct json_object *json =
	    aws_json("{'access_key_id':'A','secret_access_key':'s','account_id':'123456789012'}");
	struct problems       problems;
	const struct identity identity = { .region = "eu-west-1" };
	struct op             op = { .identity = &identity,
			    .type = aws_world_type(world, "aws:lambda:function") };
	char                  window[64];

	problems_init(&problems);
	op.credentials = provider->open(provider, json, "", &problems);
	provider->window(provider, &op, window, sizeof(window));
	ck_assert_str_eq(window, "aws:123456789012:eu-west-1:lambda");
	ck_assert_uint_eq(provider->window_size, 10);
	provider->close(op.credentials);
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

/* ---- pieces ---- */

static const struct {
	const char *json, *path, *expected; /* NULL: nothing there */
} paths[] = {
	{ "{'A':{'B':1}}", "A.B", "[1]" },
	{ "{'A':[{'B':1},{'B':2}]}", "A[].B", "[[1,2]]" },
	{ "{'A':[{'B':[1,2]},{'B':[3]},{}]}", "A[].B[]", "[[1,2,3]]" },
	{ "{'A':[{'B':[1]},{'B':[2]}]}", "A[].B", "[[[1],[2]]]" },
	{ "{'A':[5,6]}", "A[1]", "[6]" },
	{ "{'A':[{'B':7}]}", "A[0].B", "[7]" },
	{ "{'A':[5,6]}", "A.1", "[6]" },
	{ "{'A':[5]}", "A[1]", NULL },
	{ "{'A':1}", "A[]", NULL },
	{ "{'A':1}", "B.C", NULL },
	{ "{'A':1}", "", "[{'A':1}]" },
};

START_TEST(paths_go_into_members_and_lists)
{
	struct json_object *json = aws_json(paths[_i].json);
	struct json_object *found = aws_path(json, paths[_i].path);
	struct json_object *expected =
	    paths[_i].expected != NULL ? aws_json(paths[_i].expected) : NULL;

	ck_assert_msg(
	    json_same(found, expected != NULL ? json_object_array_get_idx(expected, 0) : NULL),
	    "%s: %s", paths[_i].path, json_text(found));
	ck_assert(aws_path_is_plain(paths[_i].path));
	json_object_put(expected);
	json_object_put(found);
	json_object_put(json);
}
END_TEST

START_TEST(a_path_beyond_our_subset_is_known_as_such)
{
	ck_assert(!aws_path_is_plain("length(Items[]) > `0`"));
	ck_assert(!aws_path_is_plain("Items[?State=='ok']"));
}
END_TEST

static const struct {
	const char    *acceptor, *out;
	enum op_result result;
	const char    *code;
	enum aws_wait  expected;
} looks[] = {
	{ "{'matcher':'path','argument':'A.B','expected':'x','state':'success'}", "{'A':{'B':'x'}}",
	    OP_OK, "", AWS_WAIT_READY },
	{ "{'matcher':'path','argument':'A.B','expected':'x','state':'success'}", "{'A':{'B':'y'}}",
	    OP_OK, "", AWS_WAIT_AGAIN },
	{ "{'matcher':'path','argument':'A','expected':true,'state':'failure'}", "{'A':true}",
	    OP_OK, "", AWS_WAIT_FAILED },
	{ "{'matcher':'pathAll','argument':'L[].S','expected':'x','state':'success'}",
	    "{'L':[{'S':'x'},{'S':'x'}]}", OP_OK, "", AWS_WAIT_READY },
	{ "{'matcher':'pathAll','argument':'L[].S','expected':'x','state':'success'}",
	    "{'L':[{'S':'x'},{'S':'y'}]}", OP_OK, "", AWS_WAIT_AGAIN },
	{ "{'matcher':'pathAll','argument':'L[].S','expected':'x','state':'success'}", "{'L':[]}",
	    OP_OK, "", AWS_WAIT_AGAIN },
	{ "{'matcher':'pathAny','argument':'L[].S','expected':'x','state':'failure'}",
	    "{'L':[{'S':'x'},{'S':'y'}]}", OP_OK, "", AWS_WAIT_FAILED },
	{ "{'matcher':'error','expected':'Gone','state':'success'}", "{}", OP_NOT_FOUND, "Gone",
	    AWS_WAIT_READY },
	{ "{'matcher':'error','expected':true,'state':'failure'}", "{}", OP_NOT_FOUND, "Any",
	    AWS_WAIT_FAILED },
	{ "{'matcher':'error','expected':'Gone','state':'success'}", "{}", OP_DENIED,
	    "AccessDenied", AWS_WAIT_ERROR },
	{ "{'matcher':'status','expected':404,'state':'retry'}", "{}", OP_NOT_FOUND, "404",
	    AWS_WAIT_AGAIN },
	{ "{'matcher':'path','argument':'length(A)','expected':1,'state':'success'}", "{'A':[1]}",
	    OP_OK, "", AWS_WAIT_AGAIN },
};

START_TEST(waiters_judge_by_all_their_matchers)
{
	char                text[512];
	struct json_object *waiter;
	struct aws_call     call = { .result = looks[_i].result, .out = aws_json(looks[_i].out) };

	call.status = call.result == OP_OK ? 200 : 404;
	snprintf(call.code, sizeof(call.code), "%s", looks[_i].code);
	snprintf(text, sizeof(text), "{'acceptors':[%s]}", looks[_i].acceptor);
	waiter = aws_json(text);
	ck_assert_int_eq(aws_waiter_judge(waiter, &call), looks[_i].expected);
	json_object_put(waiter);
	json_object_put(call.out);
}
END_TEST

static const struct {
	const char *schema, *value, *expected;
} reads[] = {
	{ "{'properties':{'kms_key_id':{}}}", "{'KMSKeyId':'k','Other':1}", "{'kms_key_id':'k'}" },
	{ "{'properties':{'a':{'x-member':'Bee'}}}", "{'Bee':1,'A':2}", "{'a':1}" },
	{ "{'properties':{'a':{'x-read':'B.C'}}}", "{'B':{'C':1},'A':2}", "{'a':1}" },
	{ "{'properties':{'a':{'default':3}}}", "{}", "{'a':3}" },
	{ "{'properties':{'a':{'default':3,'x-absent':4}}}", "{}", "{'a':4}" },
	{ "{'properties':{'a':{'x-unset':{'n':0},'properties':{'n':{}}}}}", "{'A':{'N':0}}", "{}" },
	{ "{'properties':{'l':{'x-item':'Arn'}}}", "{'L':[{'Arn':'x','Size':1}]}", "{'l':['x']}" },
	{ "{'properties':{'d':{'x-document':true}}}", "{'D':'%7B%22a%22%3A1%7D'}",
	    "{'d':{'a':1}}" },
	{ "{'properties':{'d':{'x-document':true}}}", "{'D':'no json'}", "{'d':'no json'}" },
	{ "{'properties':{'m':{'additionalProperties':{}}}}", "{'M':{'K_1':'v'}}",
	    "{'m':{'K_1':'v'}}" },
	{ "{'properties':{'r':{'$ref':'#/$defs/t'}},'$defs':{'t':{'properties':{'x_y':{}}}}}",
	    "{'R':{'XY':1,'Z':2}}", "{'r':{'x_y':1}}" },
};

START_TEST(answers_become_properties_as_the_schema_says)
{
	struct json_object *schema = aws_json(reads[_i].schema);
	struct json_object *value = aws_json(reads[_i].value);
	struct json_object *expected = aws_json(reads[_i].expected);
	struct json_object *read = aws_member_read(schema, schema, value);

	ck_assert_msg(json_same(read, expected), "%s", json_text(read));
	json_object_put(read);
	json_object_put(expected);
	json_object_put(value);
	json_object_put(schema);
}
END_TEST

START_TEST(tags_are_read_in_every_shape)
{
	static const char *const shapes[] = {
		"{'a':'b','c':''}",
		"[{'Key':'a','Value':'b'},{'Key':'c'}]",
		"[{'key':'a','value':'b'},{'key':'c','value':''}]",
		"[{'TagKey':'a','TagValue':'b'},{'TagKey':'c','TagValue':''}]",
	};
	struct json_object *value = aws_json(shapes[_i]);
	struct json_object *expected = aws_json(shapes[0]);
	struct json_object *tags = aws_tags_read(value);

	ck_assert_msg(json_same(tags, expected), "%s", json_text(tags));
	json_object_put(tags);
	json_object_put(expected);
	json_object_put(value);
}
END_TEST

START_TEST(a_zip_is_whole_and_the_same_every_time)
{
	struct str a, b;

	str_init(&a, 4096);
	str_init(&b, 4096);
	zip_one(&a, "app.py", "x", 1);
	zip_one(&b, "app.py", "x", 1);
	ck_assert_uint_eq(a.len, 30 + 6 + 1 + 46 + 6 + 22);
	ck_assert_mem_eq(a.data, b.data, a.len);
	ck_assert_mem_eq(a.data, "PK\003\004", 4);
	ck_assert_mem_eq(a.data + 14, "\203\026\334\214", 4); /* the CRC-32 of "x" */
	ck_assert_mem_eq(a.data + 37, "PK\001\002", 4);
	ck_assert_mem_eq(a.data + a.len - 22, "PK\005\006", 4);
	str_fini(&a);
	str_fini(&b);
}
END_TEST

Suite *suite_aws_type(void);

Suite *
suite_aws_type(void)
{
	Suite *suite = suite_create("aws_type");
	TCase *tcase = tcase_create("aws_type");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, every_type_file_is_written_in_the_vocabulary, 0, array_len(types));
	tcase_add_loop_test(tcase, every_property_says_what_it_is, 0, array_len(types));
	tcase_add_loop_test(
	    tcase, a_slip_of_the_pen_is_found_when_the_file_is_loaded, 0, array_len(slips));
	tcase_add_loop_test(tcase, validate_finds_what_no_schema_can, 0, array_len(validations));
	tcase_add_loop_test(tcase, a_wrong_config_is_found_before_any_call, 0, array_len(configs));
	tcase_add_loop_test(
	    tcase, credentials_are_opened_or_refused_with_all_reasons, 0, array_len(credentials));
	tcase_add_test(tcase, a_window_is_an_account_a_region_and_a_service);
	tcase_add_loop_test(tcase, paths_go_into_members_and_lists, 0, array_len(paths));
	tcase_add_test(tcase, a_path_beyond_our_subset_is_known_as_such);
	tcase_add_loop_test(tcase, waiters_judge_by_all_their_matchers, 0, array_len(looks));
	tcase_add_loop_test(
	    tcase, answers_become_properties_as_the_schema_says, 0, array_len(reads));
	tcase_add_loop_test(tcase, tags_are_read_in_every_shape, 0, 4);
	tcase_add_test(tcase, a_zip_is_whole_and_the_same_every_time);
	suite_add_tcase(suite, tcase);
	return suite;
}
