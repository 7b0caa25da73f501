/* SPDX-License-Identifier: Apache-2.0
 * test_aws_steps.c - our type files make the right calls, in the right order, of every answer. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/str.h"

#define ROLE     "{'role_name':'r','assume_role_policy':{'V':1}}"
#define DOCUMENT "'{\\\"V\\\":1}'"
#define ROLE_GOT "'RoleName':'r','Arn':'arn:r','RoleId':'ID','Path':'/'"
#define NAME     "{'RoleName':'r'}"
#define TAGS     AWS_WORLD_TAG_LIST
#define ROLE_READ \
	"{'Role':{" ROLE_GOT ",'AssumeRolePolicyDocument':'%7B%22V%22%3A1%7D','Tags':" TAGS "}}"
#define FOREIGN \
	"{'Role':{" ROLE_GOT ",'AssumeRolePolicyDocument':'{}','Tags':[{'Key':'a','Value':'b'}]}}"
#define ROLE_TYPE "aws:iam:role"
#define GONE      "NoSuchEntity: it is not there"

/* ---- read ---- */

START_TEST(a_read_gives_properties_in_our_names_with_defaults_spelt_out)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_READ, ROLE,
	    (const struct aws_line[]){
		{ .operation = "GetRole", .params = NAME, .answer = ROLE_READ }, { 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "properties"),
	    "{'role_name':'r','assume_role_policy':{'V':1},'path':'/','description':'',"
	    "'max_session_duration':3600,'permissions_boundary':'','force_destroy':false}");
	aws_expect_json(
	    json_get(op->found, "outputs"), "{'arn':'arn:r','name':'r','role_id':'ID'}");
	ck_assert_str_eq(json_get_str(op->found, "id"), "r");
	aws_expect_json(json_get(op->found, "tags"), "{" AWS_WORLD_TAG_MEMBERS "}");
	ck_assert(!json_has(op->found, "incomplete"));
}
END_TEST

START_TEST(a_gone_code_means_absent_and_other_errors_keep_their_class)
{
	static const struct {
		enum op_result given;
		const char    *answer;
		enum op_result expected;
	} rows[] = {
		{ OP_NOT_FOUND, GONE, OP_ABSENT },
		{ OP_DENIED, "AccessDenied: you may not", OP_DENIED },
		{ OP_THROTTLED, "Throttling: slow down", OP_THROTTLED },
		{ OP_UNKNOWN, "InternalFailure: oh", OP_UNKNOWN },
		{ OP_FAILED, "ConcurrentModification: later", OP_TRANSIENT },
	};
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_READ, ROLE,
	    (const struct aws_line[]){
		{ "GetRole", NAME, rows[_i].given, rows[_i].answer, 0 }, { 0 } });

	aws_expect_result(op, rows[_i].expected);
	if (rows[_i].expected != OP_ABSENT) {
		ck_assert(str_starts(rows[_i].answer, op->code));
		ck_assert(str_starts(op->message, "GetRole: "));
	}
	ck_assert_ptr_null(op->found);
}
END_TEST

START_TEST(what_is_not_ours_is_a_conflict_unless_it_is_to_be_adopted)
{
	const struct aws_line script[] = {
		{ .operation = "GetRole", .params = NAME, .answer = FOREIGN }, { 0 }
	};
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_READ, ROLE, script);

	aws_expect_result(op, OP_CONFLICT);
	ck_assert_str_eq(op->message, "r exists and is not managed by this deployment");
	op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = ROLE_TYPE, .kind = OP_READ, .desired = ROLE, .adopt = true },
	    script);
	aws_expect_result(op, OP_OK);
	ck_assert(json_get_bool(op->found, "incomplete", false));
	aws_expect_json(json_get(op->found, "tags"), "{'a':'b'}");
}
END_TEST

START_TEST(whose_it_is_is_said_where_its_tags_say_it)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_READ, ROLE,
	    (const struct aws_line[]){ { .operation = "GetRole",
					   .params = NAME,
					   .answer = "{'Role':{'RoleName':'r','Tags':["
						     "{'Key':'mgraph:node-id','Value':'0a0b0c0d'},"
						     "{'Key':'mgraph:deploy-id','Value':'shop'},"
						     "{'Key':'mgraph:resource-id','Value':'clerk'}]"
						     "}}" },
		{ 0 } });

	aws_expect_result(op, OP_CONFLICT);
	ck_assert_str_eq(op->message,
	    "r exists and belongs to 'clerk' of the deployment 'shop', as its tags say");
}
END_TEST

START_TEST(a_look_tells_which_tags_are_the_clouds_own)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = ROLE_TYPE, .kind = OP_READ, .desired = ROLE, .adopt = true },
	    (const struct aws_line[]){
		{ .operation = "GetRole",
		    .params = NAME,
		    .answer = "{'Role':{'RoleName':'r','Arn':'arn:r','Tags':["
			      "{'Key':'aws:a','Value':'x'},{'Key':'b',"
			      "'Value':'y'}]}}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "tags"), "{'aws:a':'x','b':'y'}");
	aws_expect_json(json_get(op->found, "reserved"), "['aws:a']");
}
END_TEST

START_TEST(lists_are_read_page_by_page)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_READ,
	    "{'role_name':'r','assume_role_policy':{'V':1},'managed_policy_arns':[]}",
	    (const struct aws_line[]){
		{ .operation = "GetRole", .params = NAME, .answer = ROLE_READ },
		{ .operation = "ListAttachedRolePolicies",
		    .params = NAME,
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'p1'}],'IsTruncated':true,"
			      "'Marker':'m'}" },
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r','Marker':'m'}",
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'p2'}],'IsTruncated':false}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_path(op->found, "properties.managed_policy_arns"), "['p1','p2']");
}
END_TEST

/* Somebody attached a policy while the list was read, so p1 is on both pages. */
START_TEST(what_moves_between_two_pages_is_one)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_READ,
	    "{'role_name':'r','assume_role_policy':{'V':1},'managed_policy_arns':[]}",
	    (const struct aws_line[]){
		{ .operation = "GetRole", .params = NAME, .answer = ROLE_READ },
		{ .operation = "ListAttachedRolePolicies",
		    .params = NAME,
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'p0'},{'PolicyArn':'p1'}],"
			      "'IsTruncated':true,'Marker':'m'}" },
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r','Marker':'m'}",
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'p1'},{'PolicyArn':'p2'}],"
			      "'IsTruncated':false}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_path(op->found, "properties.managed_policy_arns"), "['p0','p1','p2']");
}
END_TEST

/* ---- create ---- */

#define CREATE_ROLE "{'RoleName':'r','AssumeRolePolicyDocument':" DOCUMENT ",'Tags':" TAGS "}"
#define CREATED     "{'Role':{" ROLE_GOT "}}"

START_TEST(a_create_sends_all_that_is_set_and_the_tags_in_the_same_call)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_CREATE,
	    "{'role_name':'r','assume_role_policy':{'V':1},'max_session_duration':7200,"
	    "'managed_policy_arns':['p1','p2']}",
	    (const struct aws_line[]){
		{ .operation = "CreateRole",
		    .params = "{'RoleName':'r','AssumeRolePolicyDocument':" DOCUMENT
			      ",'MaxSessionDuration':7200,'Tags':" TAGS "}",
		    .answer = CREATED },
		{ .operation = "AttachRolePolicy", .params = "{'RoleName':'r','PolicyArn':'p1'}" },
		{ .operation = "AttachRolePolicy", .params = "{'RoleName':'r','PolicyArn':'p2'}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "r");
	aws_expect_json(
	    json_get(op->found, "outputs"), "{'arn':'arn:r','name':'r','role_id':'ID'}");
	aws_expect_json(json_get(op->found, "tags"), "{" AWS_WORLD_TAG_MEMBERS "}");
	aws_expect_json(json_path(op->found, "properties.managed_policy_arns"), "['p1','p2']");
}
END_TEST

START_TEST(a_create_that_finds_its_own_work_goes_on_behind_it)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_CREATE,
	    "{'role_name':'r','assume_role_policy':{'V':1},'managed_policy_arns':['p1']}",
	    (const struct aws_line[]){
		{ "CreateRole", CREATE_ROLE, OP_CONFLICT, "EntityAlreadyExists: it is", 409 },
		{ .operation = "GetRole", .params = NAME, .answer = ROLE_READ },
		{ .operation = "ListAttachedRolePolicies", .params = NAME, .answer = "{}" },
		{ .operation = "AttachRolePolicy", .params = "{'RoleName':'r','PolicyArn':'p1'}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "arn"), "arn:r");
}
END_TEST

START_TEST(a_create_that_finds_what_is_not_ours_is_a_conflict)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_CREATE, ROLE,
	    (const struct aws_line[]){
		{ "CreateRole", CREATE_ROLE, OP_CONFLICT, "EntityAlreadyExists: it is", 409 },
		{ .operation = "GetRole", .params = NAME, .answer = FOREIGN }, { 0 } });

	aws_expect_result(op, OP_CONFLICT);
	ck_assert_ptr_null(op->found);
}
END_TEST

START_TEST(no_step_follows_one_whose_outcome_is_unknown)
{
	const struct op *op = aws_world_do(aws, ROLE_TYPE, OP_CREATE, ROLE,
	    (const struct aws_line[]){
		{ "CreateRole", CREATE_ROLE, OP_UNKNOWN, "Timeout: no answer", 0 }, { 0 } });

	aws_expect_result(op, OP_UNKNOWN);
}
END_TEST

START_TEST(what_the_model_does_not_have_is_refused_before_any_call)
{
	const struct op *op = aws_world_do(aws, "aws:dynamodb:table", OP_CREATE,
	    "{'table_name':'tab','key_schema':[],'attribute_definitions':[],"
	    "'deletion_protection_enabled':true}",
	    (const struct aws_line[]){ { 0 } });

	aws_expect_result(op, OP_INVALID);
	ck_assert_ptr_nonnull(strstr(op->message, "deletion_protection_enabled"));
}
END_TEST

/* ---- update, delete ---- */

#define KNOWN                                                                                   \
	"{'id':'r','outputs':{'arn':'arn:r'},'properties':{'managed_policy_arns':['p1','p2']}," \
	"'tags':{'mgraph:graph-id':'older','mgraph:node-id':'bbbbbbbb','mgraph:edge-id':'"      \
	"cccccccc',"                                                                            \
	"'mgraph:deploy-id':'dep','mgraph:resource-id':'res','mgraph:spec-hash':"               \
	"'0123456789abcdef','old':'x','aws:cloud':'y'}}"

START_TEST(an_update_calls_only_what_changed_and_tags_last)
{
	const struct op *op = aws_world_update(aws, ROLE_TYPE,
	    "{'role_name':'r','assume_role_policy':{'V':1},'managed_policy_arns':['p2','p3']}",
	    "['description','managed_policy_arns']", KNOWN,
	    (const struct aws_line[]){
		{ .operation = "UpdateRole",
		    .params = "{'RoleName':'r','Description':'','MaxSessionDuration':3600}" },
		{ .operation = "AttachRolePolicy", .params = "{'RoleName':'r','PolicyArn':'p3'}" },
		{ .operation = "DetachRolePolicy", .params = "{'RoleName':'r','PolicyArn':'p1'}" },
		{ .operation = "UntagRole", .params = "{'RoleName':'r','TagKeys':['old']}" },
		{ .operation = "TagRole",
		    .params = "{'RoleName':'r','Tags':[{'Key':'mgraph:graph-id',"
			      "'Value':'aaaaaaaa'}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "outputs"), "{'arn':'arn:r'}");
	aws_expect_json(json_path(op->found, "properties.managed_policy_arns"), "['p2','p3']");
	aws_expect_json(json_get(op->found, "tags"), "{" AWS_WORLD_TAG_MEMBERS "}");
}
END_TEST

/* Also those that say whose it is: here nobody's. */
START_TEST(what_is_put_back_has_the_tags_that_it_had_and_no_others)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = ROLE_TYPE,
		.kind = OP_UPDATE,
		.desired = ROLE,
		.known = "{'id':'r','tags':{'mgraph:node-id':'bbbbbbbb','mgraph:deploy-id':'dep',"
			 "'aws:cloud':'y'}}",
		.tags = "{'mgraph:deploy-id':'former','team':'web'}",
		.restores = true },
	    (const struct aws_line[]){
		{ .operation = "UntagRole",
		    .params = "{'RoleName':'r','TagKeys':['mgraph:node-id']}" },
		{ .operation = "TagRole",
		    .params = "{'RoleName':'r','Tags':[{'Key':'mgraph:deploy-id','Value':'former'},"
			      "{'Key':'team','Value':'web'}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "tags"), "{'mgraph:deploy-id':'former','team':'web'}");
}
END_TEST

START_TEST(conditions_choose_between_setting_and_taking_away)
{
	static const struct {
		const char *desired, *operation, *params;
	} rows[] = {
		{ "{'role_name':'r','permissions_boundary':'b'}", "PutRolePermissionsBoundary",
		    "{'RoleName':'r','PermissionsBoundary':'b'}" },
		{ "{'role_name':'r'}", "DeleteRolePermissionsBoundary", "{'RoleName':'r'}" },
	};
	const struct op *op = aws_world_update(aws, ROLE_TYPE, rows[_i].desired,
	    "['permissions_boundary']", "{'id':'r','tags':{" AWS_WORLD_TAG_MEMBERS "}}",
	    (const struct aws_line[]){
		{ .operation = rows[_i].operation, .params = rows[_i].params }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(a_change_that_no_step_can_make_is_refused_before_any_call)
{
	const struct op *op = aws_world_update(aws, "aws:dynamodb:table", "{'table_name':'tab'}",
	    "['ttl_attribute','local_secondary_indexes']", "{'id':'tab'}",
	    (const struct aws_line[]){ { 0 } });

	aws_expect_result(op, OP_INVALID);
	ck_assert_str_eq(op->message, "local_secondary_indexes can't be changed in place");
}
END_TEST

START_TEST(a_delete_says_whether_there_was_anything_to_delete)
{
	static const struct {
		enum op_result given;
		const char    *answer;
		enum op_result expected;
	} rows[] = {
		{ OP_OK, "{}", OP_OK },
		{ OP_NOT_FOUND, GONE, OP_ABSENT },
		{ OP_DENIED, "AccessDenied: not you", OP_DENIED },
	};
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){
		.type = ROLE_TYPE, .kind = OP_DELETE, .desired = ROLE, .known = KNOWN },
	    (const struct aws_line[]){
		{ "DeleteRole", NAME, rows[_i].given, rows[_i].answer, 0 }, { 0 } });

	aws_expect_result(op, rows[_i].expected);
	if (rows[_i].expected == OP_DENIED)
		ck_assert_str_eq(op->message, "DeleteRole: not you");
}
END_TEST

START_TEST(a_delete_first_takes_off_what_the_config_put_on)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = ROLE_TYPE,
		.kind = OP_DELETE,
		.desired = "{'role_name':'r','managed_policy_arns':['p1']}",
		.known = KNOWN },
	    (const struct aws_line[]){ { "DetachRolePolicy", "{'RoleName':'r','PolicyArn':'p1'}",
					   OP_NOT_FOUND, GONE, 404 },
		{ .operation = "DeleteRole", .params = NAME }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- settle ---- */

START_TEST(a_look_says_ready_not_yet_or_failed)
{
	static const struct {
		const char     *type;
		enum op_kind    after;
		struct aws_line line;
		enum op_result  expected;
		int64_t         again_ms;
	} rows[] = {
		{ ROLE_TYPE, OP_CREATE, { .operation = "GetRole", .params = "{'RoleName':'x'}" },
		    OP_OK, 0 },
		{ ROLE_TYPE, OP_CREATE, { "GetRole", "{'RoleName':'x'}", OP_NOT_FOUND, GONE, 404 },
		    OP_NOT_YET, 1000 },
		{ ROLE_TYPE, OP_CREATE,
		    { "GetRole", "{'RoleName':'x'}", OP_THROTTLED, "Throttling", 400 },
		    OP_THROTTLED, 0 },
		{ ROLE_TYPE, OP_DELETE, { .operation = "GetRole", .params = "{'RoleName':'x'}" },
		    OP_NOT_YET, 2000 },
		{ ROLE_TYPE, OP_DELETE, { "GetRole", "{'RoleName':'x'}", OP_NOT_FOUND, GONE, 404 },
		    OP_OK, 0 },
		{ "aws:lambda:function", OP_CREATE,
		    { .operation = "GetFunction",
			.params = "{'FunctionName':'x'}",
			.answer = "{'Configuration':{'State':'Pending'}}" },
		    OP_NOT_YET, 2000 },
		{ "aws:lambda:function", OP_CREATE,
		    { .operation = "GetFunction",
			.params = "{'FunctionName':'x'}",
			.answer = "{'Configuration':{'State':'Failed','StateReason':'no room'}}" },
		    OP_FAILED, 0 },
		{ "aws:lambda:function", OP_CREATE,
		    { .operation = "GetFunction",
			.params = "{'FunctionName':'x'}",
			.answer = "{'Configuration':{'State':'Active'}}" },
		    OP_OK, 0 },
	};
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = rows[_i].type,
		.kind = OP_SETTLE,
		.after = rows[_i].after,
		.region = "us-east-1",
		.known = "{'id':'x'}" },
	    (const struct aws_line[]){ rows[_i].line, { 0 } });

	aws_expect_result(op, rows[_i].expected);
	ck_assert_int_eq(op->retry_after_ms, rows[_i].again_ms);
	if (rows[_i].expected == OP_FAILED)
		ck_assert_str_eq(op->message, "GetFunction: it came to a bad end: no room");
}
END_TEST

START_TEST(after_a_role_was_only_read_there_is_nothing_to_wait_for)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){
		.type = ROLE_TYPE, .kind = OP_SETTLE, .after = OP_READ, .known = "{'id':'r'}" },
	    (const struct aws_line[]){ { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(what_needs_a_usable_table_is_done_once_it_is_usable)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = "aws:dynamodb:table",
		.kind = OP_SETTLE,
		.after = OP_CREATE,
		.region = "us-east-1",
		.desired = "{'table_name':'tab','ttl_attribute':'until'}",
		.known = "{'id':'tab'}" },
	    (const struct aws_line[]){ { .operation = "DescribeTable",
					   .params = "{'TableName':'tab'}",
					   .answer = "{'Table':{'TableStatus':'ACTIVE'}}" },
		{ "UpdateTimeToLive",
		    "{'TableName':'tab','TimeToLiveSpecification':{'Enabled':true,"
		    "'AttributeName':'until'}}",
		    OP_INVALID, "ValidationException: TimeToLive is already enabled", 400 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- cancel ---- */

START_TEST(after_a_cancel_nothing_comes_and_another_op_can_start)
{
	const struct aws_line script[] = {
		{ .operation = "GetRole", .params = NAME, .answer = ROLE_READ }, { 0 }
	};
	const struct aws_ask read = { .type = ROLE_TYPE, .kind = OP_READ, .desired = ROLE };

	aws_world_cancel(aws, &read, script);
	aws_expect_result(aws_world_ask(aws, &read, script), OP_OK);
}
END_TEST

Suite *suite_aws_steps(void);

Suite *
suite_aws_steps(void)
{
	Suite *suite = suite_create("aws_steps");
	TCase *tcase = aws_world_case("steps");

	tcase_add_test(tcase, a_read_gives_properties_in_our_names_with_defaults_spelt_out);
	tcase_add_loop_test(
	    tcase, a_gone_code_means_absent_and_other_errors_keep_their_class, 0, 5);
	tcase_add_test(tcase, what_is_not_ours_is_a_conflict_unless_it_is_to_be_adopted);
	tcase_add_test(tcase, whose_it_is_is_said_where_its_tags_say_it);
	tcase_add_test(tcase, a_look_tells_which_tags_are_the_clouds_own);
	tcase_add_test(tcase, lists_are_read_page_by_page);
	tcase_add_test(tcase, what_moves_between_two_pages_is_one);
	tcase_add_test(tcase, a_create_sends_all_that_is_set_and_the_tags_in_the_same_call);
	tcase_add_test(tcase, a_create_that_finds_its_own_work_goes_on_behind_it);
	tcase_add_test(tcase, a_create_that_finds_what_is_not_ours_is_a_conflict);
	tcase_add_test(tcase, no_step_follows_one_whose_outcome_is_unknown);
	tcase_add_test(tcase, what_the_model_does_not_have_is_refused_before_any_call);
	tcase_add_test(tcase, an_update_calls_only_what_changed_and_tags_last);
	tcase_add_test(tcase, what_is_put_back_has_the_tags_that_it_had_and_no_others);
	tcase_add_loop_test(tcase, conditions_choose_between_setting_and_taking_away, 0, 2);
	tcase_add_test(tcase, a_change_that_no_step_can_make_is_refused_before_any_call);
	tcase_add_loop_test(tcase, a_delete_says_whether_there_was_anything_to_delete, 0, 3);
	tcase_add_test(tcase, a_delete_first_takes_off_what_the_config_put_on);
	tcase_add_loop_test(tcase, a_look_says_ready_not_yet_or_failed, 0, 8);
	tcase_add_test(tcase, after_a_role_was_only_read_there_is_nothing_to_wait_for);
	tcase_add_test(tcase, what_needs_a_usable_table_is_done_once_it_is_usable);
	tcase_add_test(tcase, after_a_cancel_nothing_comes_and_another_op_can_start);
	suite_add_tcase(suite, tcase);
	return suite;
}
