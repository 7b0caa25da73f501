/* SPDX-License-Identifier: Apache-2.0
 * test_aws_stack.c - the words that load balancers, databases, scaling groups, stacks and pipelines need. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define TAGS "'Tags':" AWS_WORLD_TAG_LIST

static void
expect_property(const struct op *op, const char *name, const char *text)
{
	aws_expect_json(json_get(json_get(op->found, "properties"), name), text);
}

/* ---- an object where AWS has pairs ---- */

#define BALANCER       "aws:elbv2:load_balancer"
#define BALANCER_WANTS "{'name':'n','attributes':{'idle_timeout_seconds':5,'http2_enabled':false}}"
#define PAIRS                                                  \
	"'Attributes':[{'Key':'idle_timeout.timeout_seconds'," \
	"'Value':'5'},{'Key':'routing.http2.enabled','Value':'false'}]"

START_TEST(an_object_goes_out_as_pairs_by_their_own_keys)
{
	const struct op *op = aws_world_update(aws, BALANCER, BALANCER_WANTS, "['attributes']",
	    "{'id':'n','outputs':{'arn':'a'},'tags':{" AWS_WORLD_TAG_MEMBERS "}}",
	    (const struct aws_line[]){ { .operation = "ModifyLoadBalancerAttributes",
					   .params = "{'LoadBalancerArn':'a'," PAIRS "}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(pairs_are_read_as_an_object_of_what_the_schema_names)
{
	const struct op *op = aws_world_do(aws, BALANCER, OP_READ, BALANCER_WANTS,
	    (const struct aws_line[]){
		{ .operation = "DescribeLoadBalancers",
		    .params = "{'Names':['n']}",
		    .answer = "{'LoadBalancers':[{'LoadBalancerArn':'a'}]}" },
		{ .operation = "DescribeTags",
		    .params = "{'ResourceArns':['a']}",
		    .answer = "{'TagDescriptions':[{" TAGS "}]}" },
		{ .operation = "DescribeLoadBalancerAttributes",
		    .params = "{'LoadBalancerArn':'a'}",
		    .answer = "{" PAIRS "}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	expect_property(op, "attributes", "{'idle_timeout_seconds':5,'http2_enabled':false}");
}
END_TEST

/* ---- outputs of what is usable ---- */

#define DATABASE "aws:rds:instance"

START_TEST(outputs_that_only_a_usable_resource_has_are_taken_when_it_is_one)
{
	static const struct {
		const char    *state;
		enum op_result result;
	} rows[] = { { "creating", OP_NOT_YET }, { "available", OP_OK } };
	char             answer[256];
	const struct op *op;

	snprintf(answer, sizeof(answer),
	    "{'DBInstances':[{'DBInstanceStatus':'%s','Endpoint':{'Address':'host','Port':5}}]}",
	    rows[_i].state);
	op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = DATABASE,
		.kind = OP_SETTLE,
		.after = OP_CREATE,
		.region = "us-east-1",
		.desired = "{'db_instance_identifier':'d'}",
		.known = "{'id':'d','properties':{'port':5},'outputs':{'arn':'a'}}" },
	    (const struct aws_line[]){ { .operation = "DescribeDBInstances",
					   .params = "{'DBInstanceIdentifier':'d'}",
					   .answer = answer },
		{ 0 } });
	aws_expect_result(op, rows[_i].result);
	if (rows[_i].result == OP_OK)
		aws_expect_json(op->found,
		    "{'id':'d','properties':{'port':5},'outputs':{'arn':'a','name':'d',"
		    "'endpoint_address':'host','endpoint_port':5}}");
}
END_TEST

/* ---- what is found is as wanted ---- */

START_TEST(the_beginning_of_a_version_is_met_and_what_is_pending_counts)
{
	static const struct {
		const char *want, *have, *pending, *read;
	} rows[] = {
		{ "16", "16.3", "", "'16'" },
		{ "16.3", "16.3", "", "'16.3'" },
		{ "16", "160.1", "", "'160.1'" },
		{ "16.4", "16.3", "", "'16.3'" },
		{ "16.4", "16.3", "'EngineVersion':'16.4','MultiAZ':true", "'16.4'" },
	};
	char             wants[128], answer[1024];
	const struct op *op;

	snprintf(wants, sizeof(wants), "{'db_instance_identifier':'d','engine_version':'%s'}",
	    rows[_i].want);
	snprintf(answer, sizeof(answer),
	    "{'DBInstances':[{'EngineVersion':'%s','MultiAZ':false,'PendingModifiedValues':{%s},"
	    "'TagList':" AWS_WORLD_TAG_LIST "}]}",
	    rows[_i].have, rows[_i].pending);
	op = aws_world_do(aws, DATABASE, OP_READ, wants,
	    (const struct aws_line[]){ { .operation = "DescribeDBInstances",
					   .params = "{'DBInstanceIdentifier':'d'}",
					   .answer = answer },
		{ 0 } });
	aws_expect_result(op, OP_OK);
	expect_property(op, "engine_version", rows[_i].read);
	expect_property(op, "multi_az", rows[_i].pending[0] != '\0' ? "true" : "false");
}
END_TEST

START_TEST(a_default_that_is_ours_alone_is_spelt_out_to_aws)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = DATABASE,
		.kind = OP_DELETE,
		.region = "us-east-1",
		.desired = "{'db_instance_identifier':'d','final_db_snapshot_identifier':'s'}",
		.known = "{'id':'d'}" },
	    (const struct aws_line[]){
		{ .operation = "DeleteDBInstance",
		    .params = "{'DBInstanceIdentifier':'d','SkipFinalSnapshot':false,"
			      "'FinalDBSnapshotIdentifier':'s','DeleteAutomatedBackups':true}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- tags with more to them, and in an update of their own ---- */

#define GROUP "aws:autoscaling:group"
#define GROUP_WANTS                                                                        \
	"{'auto_scaling_group_name':'g','min_size':0,'max_size':1,'vpc_zone_identifier':[" \
	"'s','t'],'propagate_tags_at_launch':true}"
#define TAG(key, value)                                                                       \
	"{'Key':'" key "','Value':'" value "','ResourceId':'g','ResourceType':'auto-scaling-" \
	"group','PropagateAtLaunch':true}"
#define OUR_TAGS                                                                             \
	TAG("mgraph:graph-id", "aaaaaaaa")                                                   \
	"," TAG("mgraph:node-id", "bbbbbbbb") "," TAG("mgraph:edge-id", "cccccccc") "," TAG( \
	    "mgraph:deploy-id", "dep") "," TAG("mgraph:resource-id",                         \
	    "res") "," TAG("mgraph:spec-hash", "0123456789abcdef")
#define GROUP_TAGS "'Tags':[" OUR_TAGS "]"
#define DESCRIBE                                                                               \
	{                                                                                      \
		.operation = "DescribeAutoScalingGroups",                                      \
		.params = "{'AutoScalingGroupNames':['g']}",                                   \
		.answer = "{'AutoScalingGroups':[{'VPCZoneIdentifier':'t,s'," GROUP_TAGS "}]}" \
	}

START_TEST(each_tag_has_the_members_beside_it_and_a_list_is_one_text)
{
	const struct op *op = aws_world_do(aws, GROUP, OP_CREATE, GROUP_WANTS,
	    (const struct aws_line[]){ { .operation = "DescribeAutoScalingGroups",
					   .params = "{'AutoScalingGroupNames':['g']}",
					   .answer = "{'AutoScalingGroups':[]}" },
		{ .operation = "CreateAutoScalingGroup",
		    .params = "{'AutoScalingGroupName':'g','MinSize':0,'MaxSize':1,"
			      "'VPCZoneIdentifier':'s,t'," GROUP_TAGS "}" },
		DESCRIBE, { 0 } });

	aws_expect_result(op, OP_OK);
	expect_property(op, "vpc_zone_identifier", "['t','s']");
	expect_property(op, "propagate_tags_at_launch", "true");
}
END_TEST

/* No property has changed: what tags bring along is all that is done, if they differ. */
START_TEST(tags_that_differ_are_all_sent_by_the_update_and_old_ones_removed)
{
	static const char *const known[] = {
		"{'id':'g','tags':{" AWS_WORLD_TAG_MEMBERS "}}",
		"{'id':'g','tags':{'old':'x','aws:y':'z'}}",
	};
	static const struct aws_line scripts[][3] = {
		{ { 0 } },
		{ { .operation = "DeleteTags",
		      .params = "{'Tags':[{'Key':'old','ResourceId':'g',"
				"'ResourceType':'auto-scaling-group'}]}" },
		    { .operation = "CreateOrUpdateTags",
			.params = "{'Tags':[" OUR_TAGS "," TAG("aws:y", "z") "]}" },
		    { 0 } },
	};
	const struct op *op =
	    aws_world_update(aws, GROUP, GROUP_WANTS, "[]", known[_i], scripts[_i]);

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- stacks: outputs, reasons, what is not told ---- */

#define STACK "aws:cloudformation:stack"
#define STACK_WANTS                                                           \
	"{'stack_name':'s','template_url':'https://t','parameters':{'A':'1'," \
	"'Secret':'x'}}"
#define STACK_TAG(key, value) "{'Key':'mgraph:" key "','Value':'" value "'}"
#define STACK_IS(hash, parameters)                                                            \
	"{'Stacks':[{'StackId':'i','StackStatus':'CREATE_COMPLETE','Parameters':[" parameters \
	"],'Tags':[" STACK_TAG("node-id", "bbbbbbbb") "," STACK_TAG("deploy-id",              \
	    "dep") "," STACK_TAG("resource-id", "res") "," STACK_TAG("spec-hash", hash) "]}]}"
#define PARAMETERS                                                                        \
	"{'ParameterKey':'A','ParameterValue':'1'},{'ParameterKey':'B','ParameterValue':" \
	"'2'},{'ParameterKey':'Secret','ParameterValue':'****'}"

START_TEST(what_aws_does_not_tell_is_as_wanted_if_it_was_made_of_this_config)
{
	static const struct {
		const char *answer, *url, *parameters;
	} rows[] = {
		{ STACK_IS("0123456789abcdef", PARAMETERS), "'https://t'",
		    "{'A':'1','B':'2','Secret':'x'}" },
		{ STACK_IS("another", PARAMETERS), "null", "{'A':'1','B':'2','Secret':'****'}" },
	};
	const struct op *op = aws_world_do(aws, STACK, OP_READ, STACK_WANTS,
	    (const struct aws_line[]){ { .operation = "DescribeStacks",
					   .params = "{'StackName':'s'}",
					   .answer = rows[_i].answer },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_int_eq(json_has(json_get(op->found, "properties"), "template_url"), _i == 0);
	expect_property(op, "parameters", rows[_i].parameters);
}
END_TEST

static const struct op *
settle_stack(const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){ .type = STACK,
		.kind = OP_SETTLE,
		.after = OP_CREATE,
		.region = "us-east-1",
		.desired = STACK_WANTS,
		.known = "{'id':'s','outputs':{'id':'i'}}" },
	    script);
}

START_TEST(what_a_stack_puts_out_is_an_object_once_it_is_there)
{
	const struct op *op = settle_stack(
	    (const struct aws_line[]){ { .operation = "DescribeStacks",
					   .params = "{'StackName':'i'}",
					   .answer = "{'Stacks':[{'StackStatus':'CREATE_COMPLETE',"
						     "'Outputs':[{'OutputKey':'Url',"
						     "'OutputValue':'u'}]}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(
	    json_get(op->found, "outputs"), "{'id':'i','name':'s','outputs':{'Url':'u'}}");
}
END_TEST

#define ROLLED_BACK                                                           \
	{                                                                     \
		.operation = "DescribeStacks", .params = "{'StackName':'i'}", \
		.answer = "{'Stacks':[{'StackStatus':'ROLLBACK_COMPLETE'}]}"  \
	}

START_TEST(a_bad_end_has_the_reason_that_was_asked_for)
{
	static const struct {
		enum op_result result;
		const char    *events, *message;
	} rows[] = {
		{ OP_OK,
		    "{'StackEvents':[{'ResourceStatus':'ROLLBACK_COMPLETE'},{'ResourceStatus':"
		    "'CREATE_FAILED','ResourceStatusReason':'Resource creation cancelled'},"
		    "{'ResourceStatus':'CREATE_FAILED','ResourceStatusReason':'no room'},"
		    "{'ResourceStatus':'CREATE_FAILED','ResourceStatusReason':'older'}],"
		    "'NextToken':'t'}",
		    "DescribeStackEvents: it came to a bad end: no room" },
		{ OP_OK, "{'StackEvents':[]}",
		    "DescribeStackEvents: it came to a bad end: no reason is given" },
		{ OP_DENIED, "AccessDenied: you may not",
		    "DescribeStackEvents: it came to a bad end: no reason is given" },
	};
	const struct op *op = settle_stack((const struct aws_line[]){ ROLLED_BACK,
	    { "DescribeStackEvents", "{'StackName':'i'}", rows[_i].result, rows[_i].events, 0 },
	    { 0 } });

	aws_expect_result(op, OP_FAILED);
	ck_assert_str_eq(op->message, rows[_i].message);
}
END_TEST

/* ---- runs of pipelines: found by a mark on the pipeline ---- */

#define RUN       "aws:codepipeline:execution"
#define RUN_WANTS "{'pipeline_name':'p','trigger':'v1'}"
#define ARN       "'resourceArn':'arn:aws:codepipeline:us-east-1:123456789012:p'"
#define MARKS                                                  \
	"{'tags':[{'key':'mgraph:mark:bbbbbbbb','value':'e'}," \
	"{'key':'mgraph:mark:bbbbbbbb:trigger','value':'v0'}]}"
#define MARKED                                                                             \
	{                                                                                  \
		.operation = "ListTagsForResource", .params = "{" ARN "}", .answer = MARKS \
	}
#define EXECUTION "{'pipelineName':'p','pipelineExecutionId':'e'}"

START_TEST(a_run_is_found_by_its_mark_unless_it_failed)
{
	static const struct {
		const char    *state;
		enum op_result result;
	} rows[] = { { "Succeeded", OP_OK }, { "InProgress", OP_OK }, { "Failed", OP_ABSENT } };
	char             answer[128];
	const struct op *op;

	snprintf(answer, sizeof(answer), "{'pipelineExecution':{'status':'%s'}}", rows[_i].state);
	op = aws_world_do(aws, RUN, OP_READ, RUN_WANTS,
	    (const struct aws_line[]){ MARKED, MARKED,
		{ .operation = "GetPipelineExecution", .params = EXECUTION, .answer = answer },
		{ 0 } });
	aws_expect_result(op, rows[_i].result);
	if (rows[_i].result == OP_OK) {
		expect_property(op, "trigger", "'v0'");
		ck_assert(!json_has(op->found, "claimed"));
	}
}
END_TEST

START_TEST(another_trigger_starts_it_again_and_marks_the_pipeline)
{
	const struct op *op = aws_world_update(aws, RUN, RUN_WANTS, "['trigger']",
	    "{'id':'p-bbbbbbbb','outputs':{'execution_id':'e'}}",
	    (const struct aws_line[]){ { .operation = "StartPipelineExecution",
					   .params = "{'name':'p','clientRequestToken':'token'}",
					   .answer = "{'pipelineExecutionId':'f'}" },
		{ .operation = "TagResource",
		    .params = "{" ARN ",'tags':[{'key':'mgraph:mark:bbbbbbbb','value':'f'},"
			      "{'key':'mgraph:mark:bbbbbbbb:trigger','value':'v1'}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "execution_id"), "f");
}
END_TEST

START_TEST(a_pipeline_keeps_the_marks_that_runs_have_left_on_it)
{
	const struct op *op = aws_world_update(aws, "aws:codepipeline:pipeline", "{'name':'p'}",
	    "[]",
	    "{'id':'p','tags':{" AWS_WORLD_TAG_MEMBERS ",'mgraph:mark:dddddddd':'e','old':'x'}}",
	    (const struct aws_line[]){
		{ .operation = "UntagResource", .params = "{" ARN ",'tagKeys':['old']}" }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

Suite *suite_aws_stack(void);

Suite *
suite_aws_stack(void)
{
	Suite *suite = suite_create("aws_stack");
	TCase *tcase = aws_world_case("aws_stack");

	tcase_add_test(tcase, an_object_goes_out_as_pairs_by_their_own_keys);
	tcase_add_test(tcase, pairs_are_read_as_an_object_of_what_the_schema_names);
	tcase_add_loop_test(
	    tcase, outputs_that_only_a_usable_resource_has_are_taken_when_it_is_one, 0, 2);
	tcase_add_loop_test(
	    tcase, the_beginning_of_a_version_is_met_and_what_is_pending_counts, 0, 5);
	tcase_add_test(tcase, a_default_that_is_ours_alone_is_spelt_out_to_aws);
	tcase_add_test(tcase, each_tag_has_the_members_beside_it_and_a_list_is_one_text);
	tcase_add_loop_test(
	    tcase, tags_that_differ_are_all_sent_by_the_update_and_old_ones_removed, 0, 2);
	tcase_add_loop_test(
	    tcase, what_aws_does_not_tell_is_as_wanted_if_it_was_made_of_this_config, 0, 2);
	tcase_add_test(tcase, what_a_stack_puts_out_is_an_object_once_it_is_there);
	tcase_add_loop_test(tcase, a_bad_end_has_the_reason_that_was_asked_for, 0, 3);
	tcase_add_loop_test(tcase, a_run_is_found_by_its_mark_unless_it_failed, 0, 3);
	tcase_add_test(tcase, another_trigger_starts_it_again_and_marks_the_pipeline);
	tcase_add_test(tcase, a_pipeline_keeps_the_marks_that_runs_have_left_on_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
