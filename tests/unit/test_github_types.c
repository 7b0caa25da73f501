/* SPDX-License-Identifier: Apache-2.0
 * test_github_types.c - what GitHub's types need of the vocabulary beside AWS's: nulls, defaults that are always sent, texts whose
 * case does not matter, plain values behind lists, and parts of a path. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define AT           "'owner':'o','repo':'r'"
#define MARK         "{" AT ",'name':'MGRAPH_bbbbbbbb'}"
#define NEW_MARK     "POST /repos/{owner}/{repo}/actions/variables"
#define READ_MARK    "GET /repos/{owner}/{repo}/actions/variables/{name}"
#define MARKED       "{'name':'MGRAPH_BBBBBBBB','value':'{\\'mgraph:node-id\\':\\'x\\'}'}"
#define BRANCH       "github:repo:branch_protection"
#define PROTECT      "PUT /repos/{owner}/{repo}/branches/{branch}/protection"
#define ENVIRONMENT  "github:repo:environment"
#define COLLABORATOR "github:repo:collaborator"

/* ---- null ---- */

/* GitHub asks for these four in any case. */
START_TEST(what_has_no_value_is_null_where_the_template_says_so)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){
		.type = BRANCH, .kind = OP_CREATE, .desired = "{" AT ",'branch':'b'}" },
	    (const struct aws_line[]){
		{ .operation = PROTECT,
		    .params = "{" AT ",'branch':'b','required_status_checks':null,"
			      "'enforce_admins':null,'restrictions':null,"
			      "'required_pull_request_reviews':null}" },
		{ .operation = NEW_MARK }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

#define OFF                                                                                     \
	"'required_linear_history':false,'allow_force_pushes':false,'allow_deletions':false,"   \
	"'block_creations':false,'required_conversation_resolution':false,'lock_branch':false," \
	"'allow_fork_syncing':false"

/* The value of ours that is null there, said or by default; structures go out as a whole. */
START_TEST(a_value_that_stands_for_null_is_sent_as_null)
{
	const struct op *op = aws_world_update(aws, BRANCH,
	    "{" AT ",'branch':'b','enforce_admins':true,'restrictions':false,"
	    "'required_pull_request_reviews':{}}",
	    "['restrictions','required_pull_request_reviews']", "{'id':'b'}",
	    (const struct aws_line[]){
		{ .operation = PROTECT,
		    .params = "{" AT ",'branch':'b','required_status_checks':null,"
			      "'enforce_admins':true,'restrictions':null,"
			      "'required_pull_request_reviews':{'dismiss_stale_reviews':false,"
			      "'require_code_owner_reviews':false,"
			      "'required_approving_review_count':1,"
			      "'require_last_push_approval':false}," OFF "}" },
		{ .operation = NEW_MARK }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- defaults ---- */

START_TEST(a_default_that_is_always_sent_is_sent_by_a_create)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = "github:variable:org",
		.kind = OP_CREATE,
		.desired = "{'org':'o','variable_name':'a-b','value':'1'}" },
	    (const struct aws_line[]){
		{ .operation = "POST /orgs/{org}/actions/variables",
		    .params =
			"{'org':'o','name':'a_b__bbbbbbbb','value':'1','visibility':'private'}" },
		{ .operation = "POST /orgs/{org}/actions/variables" }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- what is read ---- */

START_TEST(a_plain_value_is_the_first_of_a_list)
{
	static const struct {
		const char *answer, *properties;
	} cases[] = {
		{ "{'protection_rules':[{'type':'branch_policy'},{'type':'wait_timer','wait_timer':"
		  "30},{'type':'required_reviewers','prevent_self_review':true,'reviewers':[{'type'"
		  ":"
		  "'Team','reviewer':{'id':7,'slug':'t'}}]}],'deployment_branch_policy':"
		  "{'protected_branches':true,'custom_branch_policies':false}}",
		    "{" AT ",'environment_name':'e','wait_timer':30,'prevent_self_review':true,"
		    "'reviewers':[{'type':'Team','id':7}],'deployment_branch_policy':"
		    "{'protected_branches':true,'custom_branch_policies':false}}" },
		{ "{'protection_rules':[],'deployment_branch_policy':null}",
		    "{" AT ",'environment_name':'e','wait_timer':0,'prevent_self_review':false,"
		    "'reviewers':[],'deployment_branch_policy':false}" },
	};

	for (size_t i = 0; i < array_len(cases); i++) {
		const struct op *op = aws_world_ask(aws,
		    &(struct aws_ask){ .type = ENVIRONMENT,
			.kind = OP_READ,
			.adopt = true,
			.desired = "{" AT ",'environment_name':'e'}" },
		    (const struct aws_line[]){
			{ .operation = "GET /repos/{owner}/{repo}/environments/{environment_name}",
			    .params = "{" AT ",'environment_name':'e'}",
			    .answer = cases[i].answer },
			{ READ_MARK, MARK, OP_NOT_FOUND, "404: Not Found", 404 }, { 0 } });

		aws_expect_result(op, OP_OK);
		aws_expect_json(json_get(op->found, "properties"), cases[i].properties);
	}
}
END_TEST

/* GitHub breaks base64 into lines. */
START_TEST(a_file_is_its_text_whatever_lines_its_base64_has)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = "github:repo:file",
		.kind = OP_READ,
		.adopt = true,
		.desired = "{" AT ",'path':'a/b','content':'x'}" },
	    (const struct aws_line[]){
		{ .operation = "GET /repos/{owner}/{repo}/contents/{+path}",
		    .params = "{" AT ",'path':'a/b'}",
		    .answer = "{'path':'a/b','sha':'s','content':'R3LDvM\\nOfZQo=\\n'}" },
		{ READ_MARK, MARK, OP_NOT_FOUND, "404: Not Found", 404 }, { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "properties"), "content"),
	    "Gr\xc3\xbc\xc3\x9f"
	    "e\n");
}
END_TEST

#define READ_ALL     "GET /repos/{owner}/{repo}/collaborators"
#define READ_INVITED "GET /repos/{owner}/{repo}/invitations"

/* A name is the same in any case; who is invited is as good as there. */
START_TEST(a_collaborator_is_found_in_any_case_and_while_invited)
{
	const struct aws_ask ask = { .type = COLLABORATOR,
		.kind = OP_READ,
		.adopt = true,
		.desired = "{" AT ",'username':'OctoCat'}" };
	const struct op     *op = aws_world_ask(aws, &ask,
		(const struct aws_line[]){ { .operation = READ_ALL,
					       .answer = "[{'login':'x','role_name':'admin'},{'login':"
							     "'octocat','role_name':'write'}]" },
		    { READ_MARK, MARK, OP_NOT_FOUND, "404: Not Found", 404 }, { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "properties"), "permission"), "push");
	op = aws_world_ask(aws, &ask,
	    (const struct aws_line[]){ { .operation = READ_ALL, .answer = "[]" },
		{ .operation = READ_INVITED,
		    .answer =
			"[{'id':4,'invitee':{'login':'Octocat'},'permissions':'read','expired':"
			"false}]" },
		{ READ_MARK, MARK, OP_NOT_FOUND, "404: Not Found", 404 }, { 0 } });
	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "properties"), "permission"), "pull");
	ck_assert_int_eq(json_get_i64(json_get(op->found, "outputs"), "invitation_id", 0), 4);
	op = aws_world_ask(aws, &ask,
	    (const struct aws_line[]){ { .operation = READ_ALL, .answer = "[]" },
		{ .operation = READ_INVITED, .answer = "[]" }, { 0 } });
	aws_expect_result(op, OP_ABSENT);
}
END_TEST

/* ---- gone ---- */

/* A step that passes over what it does not find does not tell; the next one does. */
START_TEST(a_look_whether_it_is_gone_goes_on_to_the_step_that_tells)
{
	static const struct {
		const char    *invited;
		enum op_result result;
	} cases[] = { { "[]", OP_OK },
		{ "[{'id':4,'invitee':{'login':'a'},'permissions':'read'}]", OP_NOT_YET } };

	for (size_t i = 0; i < array_len(cases); i++) {
		const struct op *op = aws_world_ask(aws,
		    &(struct aws_ask){ .type = COLLABORATOR,
			.kind = OP_SETTLE,
			.after = OP_DELETE,
			.desired = "{" AT ",'username':'a'}",
			.known = "{'id':'a'}" },
		    (const struct aws_line[]){ { .operation = READ_ALL, .answer = "[]" },
			{ .operation = READ_INVITED, .answer = cases[i].invited }, { 0 } });

		aws_expect_result(op, cases[i].result);
	}
}
END_TEST

/* ---- paths ---- */

/* What a path names goes there under that name, and its member elsewhere is another matter. */
START_TEST(a_part_of_a_path_has_the_name_that_the_path_gives_it)
{
	const struct op *op = aws_world_do(aws, "github:repo", OP_DELETE,
	    "{'owner':'o','repo':'r','visibility':'private'}",
	    (const struct aws_line[]){
		{ .operation = "DELETE /repos/{owner}/{repo}/actions/variables/{name}",
		    .params = MARK },
		{ .operation = "DELETE /repos/{owner}/{repo}", .params = "{" AT "}" }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

Suite *suite_github_types(void);

Suite *
suite_github_types(void)
{
	Suite *suite = suite_create("github_types");
	TCase *tcase = aws_world_case("github_types");

	tcase_add_test(tcase, what_has_no_value_is_null_where_the_template_says_so);
	tcase_add_test(tcase, a_value_that_stands_for_null_is_sent_as_null);
	tcase_add_test(tcase, a_default_that_is_always_sent_is_sent_by_a_create);
	tcase_add_test(tcase, a_plain_value_is_the_first_of_a_list);
	tcase_add_test(tcase, a_file_is_its_text_whatever_lines_its_base64_has);
	tcase_add_test(tcase, a_collaborator_is_found_in_any_case_and_while_invited);
	tcase_add_test(tcase, a_look_whether_it_is_gone_goes_on_to_the_step_that_tells);
	tcase_add_test(tcase, a_part_of_a_path_has_the_name_that_the_path_gives_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
