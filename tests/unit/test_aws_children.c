/* SPDX-License-Identifier: Apache-2.0
 * test_aws_children.c - what has no tags: found in its parent's list or by its name, and ours or only claimed. */
#include <check.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define ATTACHMENT_TYPE "aws:iam:role_policy_attachment"
#define ATTACHMENT      "{'role_name':'r','policy_arn':'arn:aws:iam::1:policy/p'}"
#define GROUP_TYPE      "aws:iam:group"
#define POLICY_TYPE     "aws:iam:policy"
#define GONE            "NoSuchEntity: it is not there"

START_TEST(a_child_is_picked_from_its_parents_list_on_whatever_page)
{
	const struct op *op = aws_world_do(aws, ATTACHMENT_TYPE, OP_READ, ATTACHMENT,
	    (const struct aws_line[]){
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r'}",
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'arn:aws:iam::1:policy/q'}],"
			      "'IsTruncated':true,'Marker':'m'}" },
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r','Marker':'m'}",
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'arn:aws:iam::1:policy/p'}],"
			      "'IsTruncated':false}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "properties"), ATTACHMENT);
	ck_assert(json_get_bool(op->found, "claimed", false));
	ck_assert(!json_has(op->found, "incomplete"));
	ck_assert(!json_has(op->found, "tags"));
}
END_TEST

START_TEST(what_is_in_no_list_is_absent_as_is_what_has_no_parent)
{
	static const struct aws_line lines[] = {
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r'}",
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'arn:aws:iam::1:policy/q'}]}" },
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r'}",
		    .answer = "{}" },
		{ "ListAttachedRolePolicies", "{'RoleName':'r'}", OP_NOT_FOUND, GONE, 404 },
	};
	const struct op *op = aws_world_do(aws, ATTACHMENT_TYPE, OP_READ, ATTACHMENT,
	    (const struct aws_line[]){ lines[_i], { 0 } });

	aws_expect_result(op, OP_ABSENT);
}
END_TEST

/* A queue's policy is one attribute, which no list holds; without one it is empty, or not there. */
START_TEST(what_is_no_list_is_the_only_item)
{
	static const struct {
		const char    *answer;
		enum op_result expected;
	} rows[] = {
		{ "{'Attributes':{'Policy':'{}'}}", OP_OK },
		{ "{'Attributes':{'Policy':''}}", OP_ABSENT },
		{ "{}", OP_ABSENT },
	};
	const struct op *op = aws_world_do(aws, "aws:sqs:queue_policy", OP_READ,
	    "{'queue_url':'https://q','policy':{}}",
	    (const struct aws_line[]){
		{ .operation = "GetQueueAttributes",
		    .params = "{'QueueUrl':'https://q','AttributeNames':['Policy']}",
		    .answer = rows[_i].answer },
		{ 0 } });

	aws_expect_result(op, rows[_i].expected);
	if (op->found != NULL)
		aws_expect_json(json_path(op->found, "properties.policy"), "{}");
}
END_TEST

START_TEST(what_is_adopted_is_not_only_claimed)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){
		.type = ATTACHMENT_TYPE, .kind = OP_READ, .desired = ATTACHMENT, .adopt = true },
	    (const struct aws_line[]){
		{ .operation = "ListAttachedRolePolicies",
		    .params = "{'RoleName':'r'}",
		    .answer = "{'AttachedPolicies':[{'PolicyArn':'arn:aws:iam::1:policy/p'}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert(!json_has(op->found, "claimed"));
}
END_TEST

START_TEST(a_name_that_carries_the_node_is_ours_without_tags)
{
	static const struct {
		const char *desired, *params;
		bool        claimed;
	} rows[] = {
		{ "{'group_name':'g'}", "{'GroupName':'g-bbbbbbbb'}", false },
		{ "{'group_name':'g','name_suffix':false}", "{'GroupName':'g'}", true },
	};
	const struct op *op = aws_world_do(aws, GROUP_TYPE, OP_READ, rows[_i].desired,
	    (const struct aws_line[]){ { .operation = "GetGroup",
					   .params = rows[_i].params,
					   .answer = "{'Group':{'Arn':'arn:g','GroupId':'ID'}}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert(json_get_bool(op->found, "claimed", false) == rows[_i].claimed);
	ck_assert(!json_has(op->found, "incomplete"));
}
END_TEST

#define OF_VERSION(id) "{'PolicyArn':'arn:p','VersionId':'" id "'}"

/* The one in force can't be deleted, and need not be. */
START_TEST(a_step_goes_through_the_list_that_the_one_before_it_was_answered_with)
{
	const struct op *op = aws_world_update(aws, POLICY_TYPE,
	    "{'policy_name':'p','policy_document':{'V':2}}", "['policy_document']",
	    "{'id':'p','outputs':{'arn':'arn:p'},'tags':{" AWS_WORLD_TAG_MEMBERS "}}",
	    (const struct aws_line[]){
		{ .operation = "ListPolicyVersions",
		    .params = "{'PolicyArn':'arn:p'}",
		    .answer = "{'Versions':[{'VersionId':'v2'},{'VersionId':'v1'}]}" },
		{ "DeletePolicyVersion", OF_VERSION("v2"), OP_CONFLICT, "DeleteConflict: no", 409 },
		{ .operation = "DeletePolicyVersion", .params = OF_VERSION("v1") },
		{ .operation = "CreatePolicyVersion",
		    .params = "{'PolicyArn':'arn:p','PolicyDocument':'{\\\"V\\\":2}',"
			      "'SetAsDefault':true}" },
		{ .operation = "GetPolicy",
		    .params = "{'PolicyArn':'arn:p'}",
		    .answer = "{'Policy':{'Arn':'arn:p','DefaultVersionId':'v3'}}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "default_version_id"), "v3");
}
END_TEST

Suite *suite_aws_children(void);

Suite *
suite_aws_children(void)
{
	Suite *suite = suite_create("aws_children");
	TCase *tcase = aws_world_case("aws_children");

	tcase_add_test(tcase, a_child_is_picked_from_its_parents_list_on_whatever_page);
	tcase_add_loop_test(tcase, what_is_in_no_list_is_absent_as_is_what_has_no_parent, 0, 3);
	tcase_add_loop_test(tcase, what_is_no_list_is_the_only_item, 0, 3);
	tcase_add_test(tcase, what_is_adopted_is_not_only_claimed);
	tcase_add_loop_test(tcase, a_name_that_carries_the_node_is_ours_without_tags, 0, 2);
	tcase_add_test(
	    tcase, a_step_goes_through_the_list_that_the_one_before_it_was_answered_with);
	suite_add_tcase(suite, tcase);
	return suite;
}
