/* SPDX-License-Identifier: Apache-2.0
 * test_aws_pick.c - what AWS names itself is found by its tags, and a child by its parent and a key. */
#include <check.h>
#include <stdio.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define NAT       "aws:ec2:nat_gateway"
#define NAT_WANTS "{'subnet_id':'s','allocation_id':'e'}"
#define BY_TAGS                                             \
	"'Filter':[{'Name':'tag:mgraph:node-id','Values':[" \
	"'bbbbbbbb']},{'Name':'tag:mgraph:deploy-id','Values':['dep']}]"
#define NAT_IS(id, state)                                                                          \
	"{'NatGatewayId':'" id "','State':'" state "','SubnetId':'s','ConnectivityType':'public'," \
	"'NatGatewayAddresses':[{'AllocationId':'e'}],"                                            \
	"'Tags':" AWS_WORLD_TAG_LIST "}"
#define TAGGED(kind) \
	"'TagSpecifications':[{'ResourceType':'" kind "','Tags':" AWS_WORLD_TAG_LIST "}]"
#define ROUTE  "{'route_table_id':'t','destination_cidr_block':'0.0.0.0/0','gateway_id':'g'}"
#define TABLES "{'RouteTableIds':['t']}"

START_TEST(what_has_our_tags_is_it_and_its_id_its_name)
{
	const struct op *op = aws_world_do(aws, NAT, OP_READ, NAT_WANTS,
	    (const struct aws_line[]){ { .operation = "DescribeNatGateways",
					   .params = "{" BY_TAGS "}",
					   .answer = "{'NatGateways':[" NAT_IS("n1",
					       "deleted") "," NAT_IS("n2", "available") "]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "n2");
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "nat_gateway_id"), "n2");
	aws_expect_json(json_get(op->found, "properties"),
	    "{'subnet_id':'s','allocation_id':'e','connectivity_type':'public'}");
	aws_expect_json(json_get(op->found, "tags"), "{" AWS_WORLD_TAG_MEMBERS "}");
	ck_assert(!json_has(op->found, "incomplete"));
}
END_TEST

START_TEST(none_is_absent_and_two_are_ambiguous_whatever_page_they_are_on)
{
	static const struct {
		const char    *page, *next;
		enum op_result result;
	} rows[] = {
		{ "", "", OP_ABSENT },
		{ NAT_IS("n1", "deleting"), NAT_IS("n2", "deleted"), OP_ABSENT },
		{ "", NAT_IS("n1", "pending"), OP_OK },
		{ NAT_IS("n1", "pending"), NAT_IS("n2", "available"), OP_AMBIGUOUS },
	};
	char             first[2048], second[2048];
	const struct op *op;

	snprintf(first, sizeof(first), "{'NatGateways':[%s],'NextToken':'t'}", rows[_i].page);
	snprintf(second, sizeof(second), "{'NatGateways':[%s]}", rows[_i].next);
	op = aws_world_do(aws, NAT, OP_READ, NAT_WANTS,
	    (const struct aws_line[]){
		{ .operation = "DescribeNatGateways", .params = "{" BY_TAGS "}", .answer = first },
		{ .operation = "DescribeNatGateways",
		    .params = "{" BY_TAGS ",'NextToken':'t'}",
		    .answer = second },
		{ 0 } });
	aws_expect_result(op, rows[_i].result);
	if (rows[_i].result == OP_AMBIGUOUS)
		ck_assert_str_eq(
		    op->message, "DescribeNatGateways: 2 of them claim to be this node");
}
END_TEST

START_TEST(a_create_tags_in_the_same_call_and_takes_the_id_from_its_answer)
{
	const struct op *op = aws_world_do(aws, NAT, OP_CREATE, NAT_WANTS,
	    (const struct aws_line[]){
		{ .operation = "CreateNatGateway",
		    .params = "{'SubnetId':'s','AllocationId':'e'," TAGGED("natgateway") "}",
		    .answer = "{'NatGateway':" NAT_IS("n1", "pending") "}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "n1");
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "nat_gateway_id"), "n1");
}
END_TEST

START_TEST(after_a_delete_its_waiter_says_whether_it_is_gone)
{
	static const struct {
		enum op_result given;
		const char    *answer;
		enum op_result result;
	} rows[] = {
		{ OP_OK, "{'NatGateways':[{'State':'deleting'}]}", OP_NOT_YET },
		{ OP_OK, "{'NatGateways':[{'State':'deleted'}]}", OP_OK },
		{ OP_NOT_FOUND, "NatGatewayNotFound: no", OP_OK },
		{ OP_THROTTLED, "RequestLimitExceeded: slow down", OP_THROTTLED },
	};
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = NAT,
		.kind = OP_SETTLE,
		.after = OP_DELETE,
		.region = "us-east-1",
		.desired = NAT_WANTS,
		.known = "{'id':'n1','outputs':{'nat_gateway_id':'n1'}}" },
	    (const struct aws_line[]){ { "DescribeNatGateways", "{'NatGatewayIds':['n1']}",
					   rows[_i].given, rows[_i].answer, 0 },
		{ 0 } });

	aws_expect_result(op, rows[_i].result);
}
END_TEST

START_TEST(a_child_is_found_by_its_parent_and_its_key_and_has_no_tags)
{
	const struct op *op = aws_world_do(aws, "aws:ec2:route", OP_READ, ROUTE,
	    (const struct aws_line[]){
		{ .operation = "DescribeRouteTables",
		    .params = TABLES,
		    .answer =
			"{'RouteTables':[{'Routes':[{'DestinationCidrBlock':'10.0.0.0/16',"
			"'GatewayId':'local'},{'DestinationCidrBlock':'0.0.0.0/0','GatewayId':"
			"'g'}]}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "t_0.0.0.0/0");
	aws_expect_json(json_get(op->found, "properties"), ROUTE);
	ck_assert(!json_has(op->found, "tags"));
	ck_assert(!json_has(op->found, "incomplete"));
	op = aws_world_do(aws, "aws:ec2:route", OP_READ, ROUTE,
	    (const struct aws_line[]){ { .operation = "DescribeRouteTables",
					   .params = TABLES,
					   .answer = "{'RouteTables':[{'Routes':[]}]}" },
		{ 0 } });
	aws_expect_result(op, OP_ABSENT);
}
END_TEST

START_TEST(an_output_may_be_taken_from_anywhere_in_an_answer)
{
	const struct op *op = aws_world_do(aws, "aws:ec2:route_table_association", OP_CREATE,
	    "{'subnet_id':'s','route_table_id':'t'}",
	    (const struct aws_line[]){ { .operation = "AssociateRouteTable",
					   .params = "{'SubnetId':'s','RouteTableId':'t'}",
					   .answer = "{'AssociationId':'a'}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "outputs"), "{'association_id':'a'}");
}
END_TEST

START_TEST(a_step_of_an_update_has_the_output_that_the_one_before_it_took)
{
	const struct op *op = aws_world_update(aws, "aws:ec2:launch_template",
	    "{'launch_template_name':'l','launch_template_data':{'image_id':'i','user_data':'A'}}",
	    "['launch_template_data']",
	    "{'id':'l','outputs':{'launch_template_id':'lt','latest_version_number':1},'tags':"
	    "{" AWS_WORLD_TAG_MEMBERS "}}",
	    (const struct aws_line[]){
		{ .operation = "CreateLaunchTemplateVersion",
		    .params = "{'LaunchTemplateId':'lt','VersionDescription':'','"
			      "LaunchTemplateData':{'ImageId':'i',"
			      "'UserData':'QQ=='}}",
		    .answer = "{'LaunchTemplateVersion':{'VersionNumber':2}}" },
		{ .operation = "ModifyLaunchTemplate",
		    .params = "{'LaunchTemplateId':'lt','DefaultVersion':'2'}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_path(op->found, "outputs.latest_version_number"), "2");
}
END_TEST

START_TEST(a_text_that_aws_has_as_base64_goes_out_so)
{
	const struct op *op = aws_world_do(aws, "aws:ec2:key_pair", OP_CREATE,
	    "{'key_name':'k','public_key_material':'ssh-rsa A'}",
	    (const struct aws_line[]){
		{ .operation = "ImportKeyPair",
		    .params =
			"{'KeyName':'k','PublicKeyMaterial':'c3NoLXJzYSBB'," TAGGED("key-pair") "}",
		    .answer = "{'KeyPairId':'key-1'}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "key_pair_id"), "key-1");
}
END_TEST

Suite *suite_aws_pick(void);

Suite *
suite_aws_pick(void)
{
	Suite *suite = suite_create("aws_pick");
	TCase *tcase = aws_world_case("aws_pick");

	tcase_add_test(tcase, what_has_our_tags_is_it_and_its_id_its_name);
	tcase_add_loop_test(
	    tcase, none_is_absent_and_two_are_ambiguous_whatever_page_they_are_on, 0, 4);
	tcase_add_test(tcase, a_create_tags_in_the_same_call_and_takes_the_id_from_its_answer);
	tcase_add_loop_test(tcase, after_a_delete_its_waiter_says_whether_it_is_gone, 0, 4);
	tcase_add_test(tcase, a_child_is_found_by_its_parent_and_its_key_and_has_no_tags);
	tcase_add_test(tcase, an_output_may_be_taken_from_anywhere_in_an_answer);
	tcase_add_test(tcase, a_step_of_an_update_has_the_output_that_the_one_before_it_took);
	tcase_add_test(tcase, a_text_that_aws_has_as_base64_goes_out_so);
	suite_add_tcase(suite, tcase);
	return suite;
}
