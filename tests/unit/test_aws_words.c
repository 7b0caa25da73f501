/* SPDX-License-Identifier: Apache-2.0
 * test_aws_words.c - words of type files that few types need: failures within an answer, the last of several, a
 * condition on every item, documents in templates, what structures mean. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define TARGET       "{'rule':'r','target_id':'t','arn':'arn:q'}"
#define TARGET_FOUND "{'properties':" TARGET ",'id':'default/r/t'}"
#define PUT          "{'Rule':'r','Targets':[{'Id':'t','Arn':'arn:q'}]}"
#define REMOVE       "{'Rule':'r','Ids':['t']}"
#define FAILED(code) \
	"{'FailedEntryCount':1,'FailedEntries':[{'ErrorCode':'" code "','ErrorMessage':'no'}]}"

#define VERSION_TYPE "aws:lambda:version"
#define PUBLISHED    "{'function_name':'f','code_sha256':'x'}"
#define VERSIONS(number) \
	"{'Version':'" number "','FunctionArn':'arn:f:" number "','CodeSha256':'x" number "'}"

/* ---- failures within an answer ---- */

START_TEST(an_answer_that_says_that_it_failed_is_that_error)
{
	static const struct {
		const char    *answer;
		enum op_result result;
	} rows[] = {
		{ "{'FailedEntryCount':0,'FailedEntries':[]}", OP_OK },
		{ "{'FailedEntryCount':0}", OP_OK },
		{ FAILED("ConcurrentModificationException"), OP_TRANSIENT },
		{ FAILED("ManagedRuleException"), OP_FAILED },
		{ FAILED("ResourceNotFoundException"), OP_NOT_FOUND },
		{ FAILED("AccessDeniedException"), OP_DENIED },
		{ "{'FailedEntries':[{'ErrorCode':'ThrottlingException'}]}", OP_THROTTLED },
	};
	const struct op *op = aws_world_do(aws, "aws:events:target", OP_CREATE, TARGET,
	    (const struct aws_line[]){
		{ .operation = "PutTargets", .params = PUT, .answer = rows[_i].answer }, { 0 } });

	aws_expect_result(op, rows[_i].result);
	if (strstr(rows[_i].answer, "'no'") != NULL) {
		ck_assert_str_eq(op->message, "PutTargets: no");
		ck_assert_ptr_nonnull(strstr(rows[_i].answer, op->code));
	}
}
END_TEST

START_TEST(what_is_to_go_and_is_not_there_has_gone)
{
	const struct aws_ask ask = { .type = "aws:events:target",
		.kind = OP_DELETE,
		.desired = TARGET,
		.known = TARGET_FOUND };
	const struct op     *op = aws_world_ask(aws, &ask,
		(const struct aws_line[]){ { .operation = "RemoveTargets",
					       .params = REMOVE,
					       .answer = FAILED("ResourceNotFoundException") },
		    { 0 } });

	aws_expect_result(op, OP_ABSENT);
}
END_TEST

/* ---- the last of several, and a condition on every item ---- */

START_TEST(of_versions_the_last_of_the_last_page_is_meant)
{
	const struct op *op = aws_world_do(aws, VERSION_TYPE, OP_READ, PUBLISHED,
	    (const struct aws_line[]){ { .operation = "ListVersionsByFunction",
					   .params = "{'FunctionName':'f'}",
					   .answer = "{'NextMarker':'m','Versions':[" VERSIONS(
					       "$LATEST") "," VERSIONS("1") "]}" },
		{ .operation = "ListVersionsByFunction",
		    .params = "{'FunctionName':'f','Marker':'m'}",
		    .answer = "{'Versions':[" VERSIONS("2") "," VERSIONS("3") "]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "version"), "3");
	ck_assert_str_eq(json_get_str(json_get(op->found, "properties"), "code_sha256"), "x3");
}
END_TEST

START_TEST(a_function_that_was_never_published_has_no_version)
{
	const struct op *op = aws_world_do(aws, VERSION_TYPE, OP_READ, PUBLISHED,
	    (const struct aws_line[]){ { .operation = "ListVersionsByFunction",
					   .params = "{'FunctionName':'f'}",
					   .answer = "{'Versions':[" VERSIONS("$LATEST") "]}" },
		{ 0 } });

	aws_expect_result(op, OP_ABSENT);
}
END_TEST

START_TEST(a_condition_is_asked_of_every_item)
{
	const struct aws_ask ask = { .type = VERSION_TYPE,
		.kind = OP_DELETE,
		.desired = PUBLISHED,
		.known =
		    "{'properties':" PUBLISHED ",'outputs':{'version':'2'},'id':'f/version'}" };
	const struct op     *op = aws_world_ask(aws, &ask,
		(const struct aws_line[]){
		    { .operation = "ListVersionsByFunction",
			.params = "{'FunctionName':'f'}",
			.answer = "{'Versions':[" VERSIONS("$LATEST") "," VERSIONS("1") "," VERSIONS(
			    "2") "]}" },
		    { .operation = "DeleteFunction",
			.params = "{'FunctionName':'f:1'}",
			.answer = "{}" },
		    { .operation = "DeleteFunction",
			.params = "{'FunctionName':'f:2'}",
			.answer = "{}" },
		    { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- documents, and what structures mean ---- */

START_TEST(a_structure_where_aws_has_text_goes_out_as_json)
{
	const struct aws_ask ask = { .type = "aws:sns:topic_policy",
		.kind = OP_DELETE,
		.desired = "{'topic_arn':'arn:t','policy':{'a':1}}",
		.known = "{'id':'arn:t/policy'}" };
	const struct op     *op = aws_world_ask(aws, &ask,
		(const struct aws_line[]){
		    { .operation = "SetTopicAttributes",
			.params =
			    "{'TopicArn':'arn:t','AttributeName':'Policy','AttributeValue':'"
				"{\\\"Version\\\":\\\"2008-10-17\\\","
				"\\\"Id\\\":\\\"__default_policy_ID\\\","
				"\\\"Statement\\\":[{\\\"Sid\\\":\\\"__default_statement_ID\\\","
				"\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"*\\\"},"
				"\\\"Action\\\":[\\\"SNS:GetTopicAttributes\\\",\\\"SNS:"
				"SetTopicAttributes\\\","
				"\\\"SNS:AddPermission\\\",\\\"SNS:RemovePermission\\\",\\\"SNS:"
				"DeleteTopic\\\","
				"\\\"SNS:Subscribe\\\",\\\"SNS:ListSubscriptionsByTopic\\\",\\\"SNS:"
				"Publish\\\"],"
				"\\\"Resource\\\":\\\"arn:t\\\",\\\"Condition\\\":{\\\"StringEquals\\\":"
				"{\\\"AWS:SourceOwner\\\":\\\"123456789012\\\"}}}]}'}",
			.answer = "{}" },
		    { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(a_structure_may_mean_a_value_and_an_empty_answer_nothing)
{
	static const struct {
		const char    *answer;
		enum op_result result;
		const char    *properties;
	} rows[] = {
		{ "{}", OP_ABSENT, NULL },
		{ "{'EventBridgeConfiguration':{}}", OP_OK,
		    "{'bucket':'b','event_bridge':true,'lambda_function_configurations':[],"
		    "'queue_configurations':[],'topic_configurations':[]}" },
		{ "{'TopicConfigurations':[{'Id':'i','TopicArn':'arn:t','Events':['s3:X:*'],"
		  "'Filter':{'Key':{'FilterRules':[{'Name':'Prefix','Value':'p'}]}}}]}",
		    OP_OK,
		    "{'bucket':'b','event_bridge':false,'lambda_function_configurations':[],"
		    "'queue_configurations':[],'topic_configurations':[{'id':'i','topic_arn':'arn:"
		    "t',"
		    "'events':['s3:X:*'],'filter':{'key':{'filter_rules':[{'name':'prefix','value':"
		    "'p'"
		    "}]}}}]}" },
	};
	const struct op *op = aws_world_do(aws, "aws:s3:bucket_notification", OP_READ,
	    "{'bucket':'b','event_bridge':true}",
	    (const struct aws_line[]){ { .operation = "GetBucketNotificationConfiguration",
					   .params = "{'Bucket':'b'}",
					   .answer = rows[_i].answer },
		{ 0 } });

	aws_expect_result(op, rows[_i].result);
	if (rows[_i].properties != NULL)
		aws_expect_json(json_get(op->found, "properties"), rows[_i].properties);
}
END_TEST

Suite *suite_aws_words(void);

Suite *
suite_aws_words(void)
{
	Suite *suite = suite_create("aws_words");
	TCase *tcase = aws_world_case("aws_words");

	tcase_add_loop_test(tcase, an_answer_that_says_that_it_failed_is_that_error, 0, 7);
	tcase_add_test(tcase, what_is_to_go_and_is_not_there_has_gone);
	tcase_add_test(tcase, of_versions_the_last_of_the_last_page_is_meant);
	tcase_add_test(tcase, a_function_that_was_never_published_has_no_version);
	tcase_add_test(tcase, a_condition_is_asked_of_every_item);
	tcase_add_test(tcase, a_structure_where_aws_has_text_goes_out_as_json);
	tcase_add_loop_test(tcase, a_structure_may_mean_a_value_and_an_empty_answer_nothing, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
