/* SPDX-License-Identifier: Apache-2.0
 * test_aws_files.c - the type files of buckets, functions and tables: what is particular to each. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define TAGS AWS_WORLD_TAG_LIST

/* ---- buckets: names for all the aws, and no tags in the create ---- */

#define BUCKET_TYPE    "aws:s3:bucket"
#define BUCKET         "{'bucket_name':'b'}"
#define PLAIN          "{'bucket_name':'plain','name_suffix':false}"
#define P1             "{'Bucket':'plain'}"
#define B1             "{'Bucket':'b-bbbbbbbb'}"
#define B2             "{'Bucket':'b-bbbbbbbb-us-east-1'}"
#define B3             "{'Bucket':'b-bbbbbbbb-eu-west-1'}"
#define AT(name)       "{'Bucket':'" name "','ExpectedBucketOwner':'123456789012'}"
#define NO_BUCKET      OP_NOT_FOUND, "NoSuchBucket: none", 404
#define DENIED         OP_DENIED, "AccessDenied: no", 403
#define NO_TAGS        OP_NOT_FOUND, "NoSuchTagSet: none", 404
#define TAG_SET        "{'TagSet':" TAGS "}"
#define PUT_TAGS(name) "{'Bucket':'" name "','Tagging':{'TagSet':" TAGS "}}"

START_TEST(a_bucket_is_read_under_both_of_its_names)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_READ, BUCKET,
	    (const struct aws_line[]){ { "GetBucketLocation", AT("b-bbbbbbbb"), NO_BUCKET },
		{ .operation = "GetBucketLocation", .params = AT("b-bbbbbbbb-us-east-1") },
		{ .operation = "GetBucketTagging", .params = B2, .answer = TAG_SET },
		{ .operation = "GetBucketVersioning",
		    .params = B2,
		    .answer = "{'Status':'Enabled'}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "b-bbbbbbbb-us-east-1");
	ck_assert_str_eq(json_get_str(json_get(op->found, "properties"), "versioning"), "Enabled");
	aws_expect_json(json_get(op->found, "outputs"),
	    "{'name':'b-bbbbbbbb-us-east-1','arn':'arn:aws:s3:::b-bbbbbbbb-us-east-1',"
	    "'region':'us-east-1'}");
}
END_TEST

START_TEST(two_buckets_that_claim_to_be_one_node_are_ambiguous)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_READ, BUCKET,
	    (const struct aws_line[]){
		{ .operation = "GetBucketLocation", .params = AT("b-bbbbbbbb") },
		{ .operation = "GetBucketTagging", .params = B1, .answer = TAG_SET },
		{ .operation = "GetBucketVersioning", .params = B1 },
		{ .operation = "GetBucketLocation", .params = AT("b-bbbbbbbb-us-east-1") },
		{ .operation = "GetBucketTagging", .params = B2, .answer = TAG_SET },
		{ .operation = "GetBucketVersioning", .params = B2 }, { 0 } });

	aws_expect_result(op, OP_AMBIGUOUS);
	ck_assert_ptr_null(op->found);
}
END_TEST

START_TEST(a_bucket_in_another_region_is_not_a_hit)
{
	static const struct aws_line elsewhere[] = {
		{ .operation = "GetBucketLocation",
		    .params = AT("b-bbbbbbbb"),
		    .answer = "{'LocationConstraint':'EU'}" },
		{ "GetBucketLocation", AT("b-bbbbbbbb"), OP_FAILED, "PermanentRedirect: over there",
		    301 },
		{ "GetBucketLocation", AT("b-bbbbbbbb"), OP_INVALID,
		    "AuthorizationHeaderMalformed: eu", 400 },
	};
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_READ, BUCKET,
	    (const struct aws_line[]){ elsewhere[_i],
		{ "GetBucketLocation", AT("b-bbbbbbbb-us-east-1"), NO_BUCKET }, { 0 } });

	aws_expect_result(op, OP_ABSENT);
}
END_TEST

START_TEST(a_bucket_that_was_made_but_never_tagged_is_ours_and_incomplete)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_READ, BUCKET,
	    (const struct aws_line[]){
		{ .operation = "GetBucketLocation", .params = AT("b-bbbbbbbb") },
		{ "GetBucketTagging", B1, NO_TAGS },
		{ .operation = "GetBucketVersioning", .params = B1 },
		{ "GetBucketLocation", AT("b-bbbbbbbb-us-east-1"), NO_BUCKET }, { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert(json_get_bool(op->found, "incomplete", false));
	aws_expect_json(json_get(op->found, "tags"), "{}");
	op = aws_world_update(aws, BUCKET_TYPE, BUCKET, "[]", "{'id':'b-bbbbbbbb','tags':{}}",
	    (const struct aws_line[]){
		{ .operation = "PutBucketTagging", .params = PUT_TAGS("b-bbbbbbbb") }, { 0 } });
	aws_expect_result(op, OP_OK);
	ck_assert(!json_has(op->found, "incomplete"));
}
END_TEST

START_TEST(a_bucket_of_another_deployment_under_our_name_is_a_conflict)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_READ, BUCKET,
	    (const struct aws_line[]){
		{ .operation = "GetBucketLocation", .params = AT("b-bbbbbbbb") },
		{ .operation = "GetBucketTagging",
		    .params = B1,
		    .answer = "{'TagSet':[{'Key':'mgraph:node-id','Value':'dddddddd'}]}" },
		{ .operation = "GetBucketVersioning", .params = B1 },
		{ "GetBucketLocation", AT("b-bbbbbbbb-us-east-1"), NO_BUCKET }, { 0 } });

	aws_expect_result(op, OP_CONFLICT);
}
END_TEST

START_TEST(a_bucket_is_made_then_tagged_then_set_up)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_CREATE,
	    "{'bucket_name':'b','encryption':{'sse_algorithm':'AES256'},"
	    "'public_access_block':{'block_public_acls':true},'versioning':'Enabled'}",
	    (const struct aws_line[]){ { "GetBucketLocation", AT("b-bbbbbbbb"), NO_BUCKET },
		{ .operation = "CreateBucket", .params = B1 },
		{ .operation = "PutBucketTagging", .params = PUT_TAGS("b-bbbbbbbb") },
		{ .operation = "PutPublicAccessBlock",
		    .params = "{'Bucket':'b-bbbbbbbb','PublicAccessBlockConfiguration':"
			      "{'BlockPublicAcls':true}}" },
		{ .operation = "PutBucketEncryption",
		    .params = "{'Bucket':'b-bbbbbbbb','ServerSideEncryptionConfiguration':"
			      "{'Rules':[{'ApplyServerSideEncryptionByDefault':"
			      "{'SSEAlgorithm':'AES256'},'BucketKeyEnabled':false}]}}" },
		{ .operation = "PutBucketVersioning",
		    .params = "{'Bucket':'b-bbbbbbbb','VersioningConfiguration':"
			      "{'Status':'Enabled'}}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "b-bbbbbbbb");
}
END_TEST

START_TEST(the_names_of_buckets_differ_between_regions)
{
	const struct op *op = aws_world_ask(aws,
	    &(struct aws_ask){ .type = BUCKET_TYPE,
		.kind = OP_CREATE,
		.region = "eu-west-1",
		.elsewhere = true,
		.desired = BUCKET },
	    (const struct aws_line[]){
		{ .operation = "CreateBucket",
		    .params = "{'Bucket':'b-bbbbbbbb-eu-west-1','CreateBucketConfiguration':"
			      "{'LocationConstraint':'eu-west-1'}}" },
		{ .operation = "PutBucketTagging", .params = PUT_TAGS("b-bbbbbbbb-eu-west-1") },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	/* The first region moved here; its name is still taken where it was before. */
	op = aws_world_ask(aws,
	    &(struct aws_ask){
		.type = BUCKET_TYPE, .kind = OP_CREATE, .region = "eu-west-1", .desired = BUCKET },
	    (const struct aws_line[]){
		{ .operation = "GetBucketLocation", .params = AT("b-bbbbbbbb") },
		{ "GetBucketLocation", AT("b-bbbbbbbb-eu-west-1"), NO_BUCKET },
		{ .operation = "CreateBucket",
		    .params = "{'Bucket':'b-bbbbbbbb-eu-west-1','CreateBucketConfiguration':"
			      "{'LocationConstraint':'eu-west-1'}}" },
		{ .operation = "PutBucketTagging", .params = PUT_TAGS("b-bbbbbbbb-eu-west-1") },
		{ 0 } });
	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "b-bbbbbbbb-eu-west-1");
}
END_TEST

/* Names are one for all accounts: what is another's is not seen, but can't be taken either. */
START_TEST(a_bucket_of_another_account_is_not_a_hit)
{
	static const char *const     listed[] = { "{'Buckets':[{'Name':'b-bbbbbbbb-other'}]}",
		    "{'Buckets':[{'Name':'b-bbbbbbbb'}]}" };
	static const struct aws_line rest[] = {
		{ "GetBucketLocation", AT("b-bbbbbbbb-us-east-1"), NO_BUCKET },
		{ "GetBucketLocation", AT("b-bbbbbbbb"), DENIED },
	};
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_READ, BUCKET,
	    (const struct aws_line[]){ { "GetBucketLocation", AT("b-bbbbbbbb"), DENIED },
		{ .operation = "ListBuckets", .params = "{}", .answer = listed[_i] }, rest[_i],
		{ 0 } });

	aws_expect_result(op, _i == 0 ? OP_ABSENT : OP_DENIED);
}
END_TEST

START_TEST(a_name_that_is_another_accounts_is_passed_over)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_CREATE, BUCKET,
	    (const struct aws_line[]){ { "GetBucketLocation", AT("b-bbbbbbbb"), DENIED },
		{ "CreateBucket", B1, OP_CONFLICT, "BucketAlreadyExists: somebody's", 409 },
		{ "GetBucketLocation", AT("b-bbbbbbbb-us-east-1"), NO_BUCKET },
		{ .operation = "CreateBucket", .params = B2 },
		{ .operation = "PutBucketTagging", .params = PUT_TAGS("b-bbbbbbbb-us-east-1") },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "b-bbbbbbbb-us-east-1");
	op = aws_world_do(aws, BUCKET_TYPE, OP_CREATE, PLAIN,
	    (const struct aws_line[]){ { "GetBucketLocation", AT("plain"), NO_BUCKET },
		{ "CreateBucket", P1, OP_CONFLICT, "BucketAlreadyExists: somebody's", 409 },
		{ 0 } });
	aws_expect_result(op, OP_CONFLICT);
}
END_TEST

START_TEST(a_plain_name_is_looked_at_before_it_is_taken)
{
	const struct op *op = aws_world_do(aws, BUCKET_TYPE, OP_CREATE, PLAIN,
	    (const struct aws_line[]){ { .operation = "GetBucketLocation", .params = AT("plain") },
		{ "GetBucketTagging", P1, NO_TAGS },
		{ .operation = "GetBucketVersioning", .params = P1 }, { 0 } });

	aws_expect_result(op, OP_CONFLICT);
	op = aws_world_do(aws, BUCKET_TYPE, OP_CREATE, PLAIN,
	    (const struct aws_line[]){ { "GetBucketLocation", AT("plain"), NO_BUCKET },
		{ .operation = "CreateBucket", .params = P1 },
		{ .operation = "PutBucketTagging", .params = PUT_TAGS("plain") }, { 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(where_tags_are_replaced_as_a_whole_those_of_aws_are_kept)
{
	const struct op *op = aws_world_update(aws, BUCKET_TYPE, BUCKET, "[]",
	    "{'id':'b-bbbbbbbb','tags':{'mgraph:node-id':'bbbbbbbb','gone':'x','aws:y':'z'}}",
	    (const struct aws_line[]){
		{ .operation = "PutBucketTagging",
		    .params = "{'Bucket':'b-bbbbbbbb','Tagging':{'TagSet':["
			      "{'Key':'mgraph:graph-id','Value':'aaaaaaaa'},"
			      "{'Key':'mgraph:node-id','Value':'bbbbbbbb'},"
			      "{'Key':'mgraph:edge-id','Value':'cccccccc'},"
			      "{'Key':'mgraph:deploy-id','Value':'dep'},"
			      "{'Key':'mgraph:resource-id','Value':'res'},"
			      "{'Key':'mgraph:spec-hash','Value':'0123456789abcdef'},"
			      "{'Key':'aws:y','Value':'z'}]}}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	op = aws_world_update(aws, BUCKET_TYPE, BUCKET, "[]",
	    "{'id':'b-bbbbbbbb','tags':{" AWS_WORLD_TAG_MEMBERS ",'aws:y':'z'}}",
	    (const struct aws_line[]){ { 0 } });
	aws_expect_result(op, OP_OK);
}
END_TEST

/* ---- functions ---- */

#define FUNCTION_TYPE "aws:lambda:function"
#define FUNCTION                                                                          \
	"{'function_name':'f','role':'arn:r','runtime':'python3.12','handler':'app.run'," \
	"'code':{'inline':'x'}}"
#define ZIP                                                                                        \
	"UEsDBAoAAAgAAAAAIQCDFtyMAQAAAAEAAAAGAAAAYXBwLnB5eFBLAQIUAwoAAAgAAAAAIQCDFtyMAQAAAAEAAAAG" \
	"AAAAAAAAAAAAAACkgQAAAABhcHAucHlQSwUGAAAAAAEAAQA0AAAAJQAAAAAA"
#define ZIP_SHA "2MLPpQiNvoLTq9ZGjO7UOF59han6y5ii4+0J+vYlSBs="

START_TEST(a_role_that_lambda_cannot_assume_yet_is_worth_another_try)
{
	static const struct {
		const char    *answer;
		enum op_result expected;
	} rows[] = {
		{ "InvalidParameterValueException: The role defined for the function cannot be "
		  "assumed "
		  "by Lambda.",
		    OP_TRANSIENT },
		{ "InvalidParameterValueException: Unzipped size must be smaller", OP_INVALID },
	};
	const struct op *op = aws_world_do(aws, FUNCTION_TYPE, OP_CREATE, FUNCTION,
	    (const struct aws_line[]){
		{ "CreateFunction",
		    "{'FunctionName':'f','Role':'arn:r','Runtime':'python3.12','Handler':'app.run',"
		    "'Code':{'ZipFile':'" ZIP "'},'Tags':{" AWS_WORLD_TAG_MEMBERS "}}",
		    OP_INVALID, rows[_i].answer, 400 },
		{ 0 } });

	aws_expect_result(op, rows[_i].expected);
}
END_TEST

START_TEST(code_is_compared_by_what_we_can_know_of_it)
{
	static const struct {
		const char *code, *sha, *hash, *expected;
	} rows[] = {
		{ "{'inline':'x'}", ZIP_SHA, "other", "{'inline':'x'}" },
		{ "{'inline':'y'}", ZIP_SHA, "0123456789abcdef", "{'sha256':'" ZIP_SHA "'}" },
		{ "{'zip_file':'" ZIP "'}", ZIP_SHA, "other", "{'zip_file':'" ZIP "'}" },
		{ "{'s3_bucket':'b','s3_key':'k'}", "z", "0123456789abcdef",
		    "{'s3_bucket':'b','s3_key':'k'}" },
		{ "{'s3_bucket':'b','s3_key':'k'}", "z", "other", "{'sha256':'z'}" },
	};
	char             desired[1024], answer[1024];
	const struct op *op;

	snprintf(desired, sizeof(desired),
	    "{'function_name':'f','runtime':'python3.12','handler':'app.run','code':%s}",
	    rows[_i].code);
	snprintf(answer, sizeof(answer),
	    "{'Configuration':{'FunctionName':'f','FunctionArn':'arn:f','CodeSha256':'%s',"
	    "'Layers':[{'Arn':'l','CodeSize':1}]},'Tags':{'mgraph:node-id':'bbbbbbbb',"
	    "'mgraph:deploy-id':'dep','mgraph:resource-id':'res','mgraph:spec-hash':'%s'}}",
	    rows[_i].sha, rows[_i].hash);
	op = aws_world_do(aws, FUNCTION_TYPE, OP_READ, desired,
	    (const struct aws_line[]){
		{ .operation = "GetFunction", .params = "{'FunctionName':'f'}", .answer = answer },
		{ 0 } });
	aws_expect_result(op, OP_OK);
	aws_expect_json(json_path(op->found, "properties.code"), rows[_i].expected);
	aws_expect_json(json_path(op->found, "properties.layers"), "['l']");
	ck_assert_str_eq(json_get_str(json_get(op->found, "outputs"), "invoke_arn"),
	    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:f/invocations");
}
END_TEST

START_TEST(an_update_sends_changed_settings_then_code)
{
	const struct op *op = aws_world_update(aws, FUNCTION_TYPE, FUNCTION,
	    "['timeout','environment','code']",
	    "{'id':'f','outputs':{'arn':'arn:f'},'tags':{" AWS_WORLD_TAG_MEMBERS "}}",
	    (const struct aws_line[]){
		{ .operation = "UpdateFunctionConfiguration",
		    .params = "{'FunctionName':'f','Timeout':3,'Environment':{'Variables':{}}}" },
		{ "UpdateFunctionCode",
		    "{'FunctionName':'f','ZipFile':'" ZIP "','Architectures':['x86_64']}",
		    OP_CONFLICT, "ResourceConflictException: an update is in progress", 409 },
		{ 0 } });

	aws_expect_result(op, OP_TRANSIENT);
}
END_TEST

/* ---- tables ---- */

START_TEST(tags_are_read_by_an_output_and_page_by_page)
{
	const struct op *op =
	    aws_world_do(aws, "aws:dynamodb:table", OP_READ, "{'table_name':'tab'}",
		(const struct aws_line[]){
		    { .operation = "DescribeTable",
			.params = "{'TableName':'tab'}",
			.answer = "{'Table':{'TableName':'tab','TableArn':'arn:t',"
				  "'ProvisionedThroughput':{'ReadCapacityUnits':0,"
				  "'WriteCapacityUnits':0,'NumberOfDecreasesToday':0},"
				  "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'}}}" },
		    { .operation = "ListTagsOfResource",
			.params = "{'ResourceArn':'arn:t'}",
			.answer = "{'Tags':[{'Key':'a','Value':'b'}],'NextToken':'n'}" },
		    { .operation = "ListTagsOfResource",
			.params = "{'ResourceArn':'arn:t','NextToken':'n'}",
			.answer = "{'Tags':" TAGS "}" },
		    { .operation = "DescribeTimeToLive",
			.params = "{'TableName':'tab'}",
			.answer = "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED',"
				  "'AttributeName':'until'}}" },
		    { 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "properties"),
	    "{'table_name':'tab','billing_mode':'PAY_PER_REQUEST','global_secondary_indexes':[],"
	    "'local_secondary_indexes':[],'stream_specification':{'stream_enabled':false},"
	    "'table_class':'STANDARD','deletion_protection_enabled':false,'ttl_attribute':''}");
	ck_assert_str_eq(json_get_str(json_get(op->found, "tags"), "a"), "b");
}
END_TEST

START_TEST(indexes_come_and_go_by_name)
{
	const struct op *op = aws_world_update(aws, "aws:dynamodb:table",
	    "{'table_name':'tab','attribute_definitions':[{'attribute_name':'k','attribute_type':'"
	    "S'}],"
	    "'global_secondary_indexes':[{'index_name':'new','key_schema':[{'attribute_name':'k',"
	    "'key_type':'HASH'}],'projection':{'projection_type':'ALL'}}]}",
	    "['global_secondary_indexes']",
	    "{'id':'tab','outputs':{'arn':'arn:t'},'properties':{'global_secondary_indexes':"
	    "[{'index_name':'old'}]},'tags':{" AWS_WORLD_TAG_MEMBERS "}}",
	    (const struct aws_line[]){
		{ .operation = "UpdateTable",
		    .params = "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'k',"
			      "'AttributeType':'S'}],'GlobalSecondaryIndexUpdates':["
			      "{'Delete':{'IndexName':'old'}},{'Create':{'IndexName':'new',"
			      "'KeySchema':[{'AttributeName':'k','KeyType':'HASH'}],"
			      "'Projection':{'ProjectionType':'ALL'}}}]}" },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(a_key_is_found_by_another_service_unless_it_is_on_its_way_out)
{
	static const struct {
		const char    *state;
		enum op_result result;
	} rows[] = {
		{ "{'KeyMetadata':{'KeyId':'k','Arn':'arn:k','KeyState':'Enabled'}}", OP_OK },
		{ "{'KeyMetadata':{'KeyId':'k','KeyState':'PendingDeletion'}}", OP_ABSENT },
	};
	struct aws_line script[] = {
		{ .operation = "GetResources",
		    .params = "{'ResourceTypeFilters':['kms:key'],'TagFilters':["
			      "{'Key':'mgraph:node-id','Values':['bbbbbbbb']},"
			      "{'Key':'mgraph:deploy-id','Values':['dep']}]}",
		    .answer = "{'ResourceTagMappingList':[{'ResourceARN':'arn:k'}]}" },
		{ .operation = "DescribeKey",
		    .params = "{'KeyId':'arn:k'}",
		    .answer = rows[_i].state },
		{ .operation = rows[_i].result == OP_OK ? "ListResourceTags" : NULL,
		    .params = "{'KeyId':'k'}",
		    .answer = "{'Tags':" AWS_WORLD_TAG_LIST "}" },
		{ 0 },
	};
	const struct op *op = aws_world_do(aws, "aws:kms:key", OP_READ, "{}", script);

	aws_expect_result(op, rows[_i].result);
	if (rows[_i].result == OP_OK)
		ck_assert_str_eq(json_get_str(op->found, "id"), "k");
}
END_TEST

#define KEYS(more)                                          \
	"{'ResourceTypeFilters':['kms:key'],'TagFilters':[" \
	"{'Key':'mgraph:node-id','Values':['bbbbbbbb']},"   \
	"{'Key':'mgraph:deploy-id','Values':['dep']}]" more "}"

START_TEST(a_key_that_took_the_place_of_one_on_its_way_out_is_the_only_one)
{
	const struct op *op = aws_world_do(aws, "aws:kms:key", OP_READ, "{}",
	    (const struct aws_line[]){
		{ "GetResources", KEYS(""), OP_OK,
		    "{'ResourceTagMappingList':[{'ResourceARN':'arn:old'}],'PaginationToken':'p'}",
		    0 },
		{ "GetResources", KEYS(",'PaginationToken':'p'"), OP_OK,
		    "{'ResourceTagMappingList':[{'ResourceARN':'arn:gone'},{'ResourceARN':'arn:new'"
		    "}]}",
		    0 },
		{ "DescribeKey", "{'KeyId':'arn:old'}", OP_OK,
		    "{'KeyMetadata':{'KeyId':'old','KeyState':'PendingDeletion'}}", 0 },
		{ "DescribeKey", "{'KeyId':'arn:gone'}", OP_NOT_FOUND, "NotFoundException: gone",
		    0 },
		{ "DescribeKey", "{'KeyId':'arn:new'}", OP_OK,
		    "{'KeyMetadata':{'KeyId':'new','KeyState':'Enabled'}}", 0 },
		{ "ListResourceTags", "{'KeyId':'new'}", OP_OK, "{'Tags':" AWS_WORLD_TAG_LIST "}",
		    0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert_str_eq(json_get_str(op->found, "id"), "new");
}
END_TEST

START_TEST(where_no_key_has_the_tags_there_is_none)
{
	aws_expect_result(aws_world_do(aws, "aws:kms:key", OP_READ, "{}",
			      (const struct aws_line[]){ { "GetResources", KEYS(""), OP_OK,
							     "{'ResourceTagMappingList':[]}", 0 },
				  { 0 } }),
	    OP_ABSENT);
}
END_TEST

Suite *suite_aws_files(void);

Suite *
suite_aws_files(void)
{
	Suite *suite = suite_create("aws_files");
	TCase *tcase = aws_world_case("aws_files");

	tcase_add_test(tcase, a_bucket_is_read_under_both_of_its_names);
	tcase_add_test(tcase, two_buckets_that_claim_to_be_one_node_are_ambiguous);
	tcase_add_loop_test(tcase, a_bucket_in_another_region_is_not_a_hit, 0, 3);
	tcase_add_test(tcase, a_bucket_that_was_made_but_never_tagged_is_ours_and_incomplete);
	tcase_add_test(tcase, a_bucket_of_another_deployment_under_our_name_is_a_conflict);
	tcase_add_test(tcase, a_bucket_is_made_then_tagged_then_set_up);
	tcase_add_test(tcase, the_names_of_buckets_differ_between_regions);
	tcase_add_test(tcase, a_name_that_is_another_accounts_is_passed_over);
	tcase_add_loop_test(tcase, a_bucket_of_another_account_is_not_a_hit, 0, 2);
	tcase_add_test(tcase, a_plain_name_is_looked_at_before_it_is_taken);
	tcase_add_test(tcase, where_tags_are_replaced_as_a_whole_those_of_aws_are_kept);
	tcase_add_loop_test(tcase, a_role_that_lambda_cannot_assume_yet_is_worth_another_try, 0, 2);
	tcase_add_loop_test(tcase, code_is_compared_by_what_we_can_know_of_it, 0, 5);
	tcase_add_test(tcase, an_update_sends_changed_settings_then_code);
	tcase_add_test(tcase, tags_are_read_by_an_output_and_page_by_page);
	tcase_add_test(tcase, indexes_come_and_go_by_name);
	tcase_add_loop_test(
	    tcase, a_key_is_found_by_another_service_unless_it_is_on_its_way_out, 0, 2);
	tcase_add_test(tcase, a_key_that_took_the_place_of_one_on_its_way_out_is_the_only_one);
	tcase_add_test(tcase, where_no_key_has_the_tags_there_is_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
