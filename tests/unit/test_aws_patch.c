/* SPDX-License-Identifier: Apache-2.0
 * test_aws_patch.c - changes that go to AWS as patch operations, or as what is to go from a map. */
#include <check.h>
#include <stdio.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define REST     "aws:apigateway:rest_api"
#define METHOD   "aws:apigateway:method"
#define STAGE    "aws:apigateway:stage"
#define OUR_TAGS "'tags':{" AWS_WORLD_TAG_MEMBERS "}"

START_TEST(values_and_items_of_lists_become_patch_operations)
{
	const struct op *op = aws_world_update(aws, REST,
	    "{'name':'b','binary_media_types':['image/png','x/~'],'vpc_endpoint_ids':['v2'],"
	    "'minimum_compression_size':5,'policy':{'a':1}}",
	    "['name','description','binary_media_types','vpc_endpoint_ids',"
	    "'minimum_compression_size','policy']",
	    "{'id':'r','outputs':{'rest_api_id':'r'},'properties':{'name':'a','description':'d',"
	    "'binary_media_types':['image/png','a/b'],'vpc_endpoint_ids':['v1']}," OUR_TAGS "}",
	    (const struct aws_line[]){
		{ "UpdateRestApi",
		    "{'restApiId':'r','patchOperations':["
		    "{'op':'replace','path':'/name','value':'b'},"
		    "{'op':'replace','path':'/description','value':''},"
		    "{'op':'remove','path':'/endpointConfiguration/vpcEndpointIds','value':'v1'},"
		    "{'op':'add','path':'/endpointConfiguration/vpcEndpointIds','value':'v2'},"
		    "{'op':'remove','path':'/binaryMediaTypes/a~1b'},"
		    "{'op':'add','path':'/binaryMediaTypes/x~1~0'},"
		    "{'op':'replace','path':'/minimumCompressionSize','value':'5'},"
		    "{'op':'replace','path':'/policy','value':'{\\\"a\\\":1}'}]}",
		    OP_OK, "{}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(what_aws_has_of_another_type_has_nothing_to_keep)
{
	const struct op *op = aws_world_update(aws, REST, "{'name':'a','binary_media_types':['x']}",
	    "['binary_media_types']",
	    "{'id':'r','outputs':{'rest_api_id':'r'},'properties':{'name':'a',"
	    "'binary_media_types':'x'}," OUR_TAGS "}",
	    (const struct aws_line[]){ { "UpdateRestApi",
					   "{'restApiId':'r','patchOperations':["
					   "{'op':'add','path':'/binaryMediaTypes/x'}]}",
					   OP_OK, "{}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(entries_of_a_map_are_added_replaced_and_removed_by_key)
{
	const struct op *op = aws_world_update(aws, METHOD,
	    "{'rest_api_id':'r','resource_id':'e','http_method':'GET','authorization_type':'NONE',"
	    "'request_parameters':{'same':true,'other':false,'new':true},"
	    "'responses':{'200':{'response_models':{'m':'M'}},'404':{}}}",
	    "['request_parameters','responses']",
	    "{'id':'x','properties':{'request_parameters':{'same':true,'other':true,'old':true},"
	    "'responses':{'200':{},'404':{},'500':{}}}}",
	    (const struct aws_line[]){
		{ "UpdateMethod",
		    "{'restApiId':'r','resourceId':'e','httpMethod':'GET','patchOperations':["
		    "{'op':'remove','path':'/requestParameters/old'},"
		    "{'op':'replace','path':'/requestParameters/other','value':'false'},"
		    "{'op':'add','path':'/requestParameters/new','value':'true'}]}",
		    OP_OK, "{}", 0 },
		{ "DeleteMethodResponse",
		    "{'restApiId':'r','resourceId':'e','httpMethod':'GET','statusCode':'200'}",
		    OP_OK, "{}", 0 },
		{ "DeleteMethodResponse",
		    "{'restApiId':'r','resourceId':'e','httpMethod':'GET','statusCode':'500'}",
		    OP_OK, "{}", 0 },
		{ "PutMethodResponse",
		    "{'restApiId':'r','resourceId':'e','httpMethod':'GET','statusCode':'200',"
		    "'responseModels':{'m':'M'}}",
		    OP_OK, "{}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

static const struct {
	const char *desired, *changes, *operations;
} stages[] = {
	{ "'variables':{'a':'2','c':'3'}", "['variables']",
	    "{'op':'remove','path':'/variables/b'},{'op':'replace','path':'/variables/"
	    "a','value':'2'},"
	    "{'op':'replace','path':'/variables/c','value':'3'}" },
	{ "'access_log_settings':{'destination_arn':'arn:d','format':'g'}",
	    "['access_log_settings']",
	    "{'op':'replace','path':'/accessLogSettings/format','value':'g'}" },
	{ "'tracing_enabled':true", "['access_log_settings']",
	    "{'op':'remove','path':'/accessLogSettings'}" },
	{ "'default_method_settings':{'throttling_burst_limit':7}", "['default_method_settings']",
	    "{'op':'replace','path':'/*/*/throttling/burstLimit','value':'7'}" },
};

START_TEST(a_structure_is_patched_by_its_parts_and_removed_as_a_whole)
{
	char             desired[512], params[512];
	const struct op *op;

	snprintf(desired, sizeof(desired),
	    "{'rest_api_id':'r','stage_name':'s','deployment_id':'d',%s}", stages[_i].desired);
	snprintf(params, sizeof(params), "{'restApiId':'r','stageName':'s','patchOperations':[%s]}",
	    stages[_i].operations);
	op = aws_world_update(aws, STAGE, desired, stages[_i].changes,
	    "{'id':'r/s','outputs':{'arn':'arn:s'},'properties':{'variables':{'a':'1','b':'1'},"
	    "'access_log_settings':{'destination_arn':'arn:d','format':'f'},"
	    "'default_method_settings':{'metrics_enabled':true}}," OUR_TAGS "}",
	    (const struct aws_line[]){ { "UpdateStage", params, OP_OK, "{}", 0 }, { 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(a_create_patches_what_is_set_and_makes_no_call_for_nothing)
{
	static const char made[] =
	    "{'restApiId':'r','stageName':'s','deploymentId':'d'," OUR_TAGS "}";
	const struct op *op = aws_world_do(aws, STAGE, OP_CREATE,
	    "{'rest_api_id':'r','stage_name':'s','deployment_id':'d','client_certificate_id':'c'}",
	    (const struct aws_line[]){ { "CreateStage", made, OP_OK, "{}", 0 },
		{ "UpdateStage",
		    "{'restApiId':'r','stageName':'s','patchOperations':["
		    "{'op':'replace','path':'/clientCertificateId','value':'c'}]}",
		    OP_OK, "{}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	op = aws_world_do(aws, STAGE, OP_CREATE,
	    "{'rest_api_id':'r','stage_name':'s','deployment_id':'d'}",
	    (const struct aws_line[]){ { "CreateStage", made, OP_OK, "{}", 0 }, { 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(what_is_to_go_from_a_map_that_is_added_to_is_said)
{
	const struct op *op = aws_world_update(aws, "aws:apigatewayv2:integration",
	    "{'api_id':'a','integration_type':'AWS_PROXY','request_parameters':{'b':'2'}}",
	    "['request_parameters']",
	    "{'id':'n','outputs':{'integration_id':'i'},'properties':{'request_parameters':{'a':'1'"
	    ","
	    "'b':'1'}}}",
	    (const struct aws_line[]){
		{ "UpdateIntegration",
		    "{'ApiId':'a','IntegrationId':'i','RequestParameters':{'a':'','b':'2'}}", OP_OK,
		    "{}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(
	    json_get(json_get(op->found, "properties"), "request_parameters"), "{'b':'2'}");
}
END_TEST

Suite *suite_aws_patch(void);

Suite *
suite_aws_patch(void)
{
	Suite *suite = suite_create("aws_patch");
	TCase *tcase = aws_world_case("aws_patch");

	tcase_add_test(tcase, values_and_items_of_lists_become_patch_operations);
	tcase_add_test(tcase, what_aws_has_of_another_type_has_nothing_to_keep);
	tcase_add_test(tcase, entries_of_a_map_are_added_replaced_and_removed_by_key);
	tcase_add_loop_test(tcase, a_structure_is_patched_by_its_parts_and_removed_as_a_whole, 0,
	    array_len(stages));
	tcase_add_test(tcase, a_create_patches_what_is_set_and_makes_no_call_for_nothing);
	tcase_add_test(tcase, what_is_to_go_from_a_map_that_is_added_to_is_said);
	suite_add_tcase(suite, tcase);
	return suite;
}
