/* SPDX-License-Identifier: Apache-2.0
 * test_aws_provider.c - what the provider says before any call: of configs, credentials, windows. */
#include <check.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/json_schema.h"

/* ---- configs ---- */

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
	const struct resource_type *type = aws_world_type(aws, validations[_i].type);
	struct json_object         *properties = aws_json(validations[_i].properties);
	struct problems             problems;

	problems_init(&problems);
	aws_world_provider(aws)->validate(
	    aws_world_provider(aws), type, properties, "/p", &problems);
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
	const struct resource_type *type = aws_world_type(aws, configs[_i].type);
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

#define ROLE "arn:aws:iam::123456789012:role/deploy"
#define WITH_ACCOUNT(json) \
	"{'access_key_id':'A','secret_access_key':'s','accounts':{'audit':" json "}}"

static const struct {
	const char *json, *pointer; /* of the first problem */
	size_t      n;
	const char *account;
} credentials[] = {
	{ "{'access_key_id':'A','secret_access_key':'s'}", NULL, 0, "" },
	{ "{'access_key_id':'A','secret_access_key':'s','session_token':'t','region':'eu-west-1',"
	  "'account_id':'123456789012'}",
	    NULL, 0, "" },
	{ "{}", "/c/access_key_id", 2, "" },
	{ "[]", "/c", 1, "" },
	{ "{'access_key_id':'A','encrypted_secret_access_key':'x'}",
	    "/c/encrypted_secret_access_key", 1, "" },
	{ "{'access_key_id':'A b','secret_access_key':'s'}", "/c/access_key_id", 1, "" },
	{ "{'access_key_id':'A','secret_access_key':1}", "/c/secret_access_key", 1, "" },
	{ "{'access_key_id':'A','secret_access_key':'s','profile':'x'}", "/c/profile", 1, "" },
	{ "{'access_key_id':'A','secret_access_key':'s','account_id':'12'}", "/c/account_id", 1,
	    "" },
	{ "{'access_key_id':'A','secret_access_key':'s','role_arn':'" ROLE "'}", NULL, 0, "" },
	{ "{'access_key_id':'A','secret_access_key':'s','role_arn':'x','duration_seconds':1}",
	    "/c/role_arn", 2, "" },
	{ WITH_ACCOUNT("{'role_arn':'" ROLE "','external_id':'e'}"), NULL, 0, "audit" },
	{ WITH_ACCOUNT("{'access_key_id':'B','secret_access_key':'t'}"), NULL, 0, "audit" },
	{ WITH_ACCOUNT("{}"), NULL, 0, "" },
	{ WITH_ACCOUNT("{}"), "/c/accounts/other", 1, "other" },
	{ WITH_ACCOUNT("{}"), "/c/accounts/audit/access_key_id", 2, "audit" },
	{ WITH_ACCOUNT("{'access_key_id':'B'}"), "/c/accounts/audit/secret_access_key", 1,
	    "audit" },
	{ WITH_ACCOUNT("{'role_arn':'" ROLE "','session_name':'a b'}"),
	    "/c/accounts/audit/session_name", 1, "audit" },
	{ WITH_ACCOUNT("{'role_arn':'" ROLE "','accounts':{}}"), "/c/accounts/audit/accounts", 1,
	    "audit" },
	{ "{'accounts':{'audit':{'role_arn':'" ROLE "'}}}", "/c/access_key_id", 2, "audit" },
	{ "{'accounts':{'audit':{'access_key_id':'B','secret_access_key':'t'}}}", NULL, 0,
	    "audit" },
};

START_TEST(credentials_are_opened_or_refused_with_all_reasons)
{
	struct provider    *provider = aws_world_provider(aws);
	struct json_object *json = aws_json(credentials[_i].json);
	struct problems     problems;
	struct credentials *opened;

	problems_init(&problems);
	opened = provider->open(provider, json, credentials[_i].account, "/c", &problems);
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
	struct provider    *provider = aws_world_provider(aws);
	struct json_object *json =
	    aws_json("{'access_key_id':'A','secret_access_key':'s','account_id':'123456789012'}");
	struct problems       problems;
	const struct identity identity = { .region = "eu-west-1" };
	struct op             op = { .identity = &identity,
			    .type = aws_world_type(aws, "aws:lambda:function") };
	char                  window[64];

	problems_init(&problems);
	op.credentials = provider->open(provider, json, "", "", &problems);
	provider->window(provider, &op, window, sizeof(window));
	ck_assert_str_eq(window, "aws:123456789012:eu-west-1:lambda");
	ck_assert_uint_eq(provider->window_size, 10);
	provider->close(op.credentials);
	problems_fini(&problems);
	json_object_put(json);
}
END_TEST

Suite *suite_aws_provider(void);

Suite *
suite_aws_provider(void)
{
	Suite *suite = suite_create("aws_provider");
	TCase *tcase = aws_world_case("aws_provider");

	tcase_add_loop_test(tcase, validate_finds_what_no_schema_can, 0, array_len(validations));
	tcase_add_loop_test(tcase, a_wrong_config_is_found_before_any_call, 0, array_len(configs));
	tcase_add_loop_test(
	    tcase, credentials_are_opened_or_refused_with_all_reasons, 0, array_len(credentials));
	tcase_add_test(tcase, a_window_is_an_account_a_region_and_a_service);
	suite_add_tcase(suite, tcase);
	return suite;
}
