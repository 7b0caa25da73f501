/* SPDX-License-Identifier: Apache-2.0
 * test_aws_wire_in.c - answers of real services as JSON, or as errors. */
#include <check.h>
#include <string.h>

#include "providers/aws/wire.h"
#include "tests/unit/aws_real.h"
#include "tests/unit/json_of.h"
#include "util/json.h"

static const struct answer_case {
	const char *service, *operation;
	int         status;
	const char *headers, *body;
	const char *out; /* NULL: an error */
	const char *code, *message, *request_id;
} answers[] = {
	{ "sts", "GetCallerIdentity", 200, "",
	    "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
	    "<GetCallerIdentityResult><Arn>arn:x</Arn><Account>1</Account></"
	    "GetCallerIdentityResult>"
	    "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
	    "</GetCallerIdentityResponse>",
	    "{\"Account\":\"1\",\"Arn\":\"arn:x\"}", "", "", "id-1" },
	{ "iam", "ListRoles", 200, "",
	    "<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles><member>"
	    "<RoleName>a</RoleName><CreateDate>2012-05-09T15:45:35Z</CreateDate>"
	    "<MaxSessionDuration>3600</MaxSessionDuration></member><member/></Roles>"
	    "</ListRolesResult></ListRolesResponse>",
	    "{\"Roles\":[{\"RoleName\":\"a\",\"CreateDate\":\"2012-05-09T15:45:35.000Z\","
	    "\"MaxSessionDuration\":3600},{}],\"IsTruncated\":false}",
	    "", "", "" },
	{ "iam", "DeleteRole", 200, "x-amzn-requestid: id-2\n", "<DeleteRoleResponse/>", "{}", "",
	    "", "id-2" },
	{ "iam", "GetRole", 404, "",
	    "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no "
	    "r</Message>"
	    "</Error><RequestId>id-3</RequestId></ErrorResponse>",
	    NULL, "NoSuchEntity", "no r", "id-3" },
	{ "iam", "GetRole", 200, "content-type: text/html\n", "<html><body>Hi<br></body></html>",
	    NULL, WIRE_UNREADABLE, "a web page came instead of an answer", "" },
	{ "iam", "GetRole", 200, "", "<GetRoleResponse>", NULL, WIRE_UNREADABLE,
	    "not XML we can read: no element found (line 1)", "" },
	{ "ec2", "DescribeVpcs", 200, "",
	    "<DescribeVpcsResponse><requestId>id-4</requestId><vpcSet><item><vpcId>vpc-1</vpcId>"
	    "<isDefault>true</isDefault><tagSet><item><key>k</key><value>v</value></item></tagSet>"
	    "</item></vpcSet></DescribeVpcsResponse>",
	    "{\"Vpcs\":[{\"VpcId\":\"vpc-1\",\"IsDefault\":true,"
	    "\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}]}",
	    "", "", "id-4" },
	{ "ec2", "CreateVpc", 400, "",
	    "<Response><Errors><Error><Code>VpcLimitExceeded</Code><Message>m</Message></Error>"
	    "</Errors><RequestID>id-5</RequestID></Response>",
	    NULL, "VpcLimitExceeded", "m", "id-5" },
	{ "dynamodb", "DescribeTable", 200, "x-amzn-requestid: id-6\n",
	    "{\"Table\":{\"TableName\":\"t\",\"CreationDateTime\":1.363729002358E9,\"New\":1,"
	    "\"ItemCount\":null}}",
	    "{\"Table\":{\"TableName\":\"t\",\"CreationDateTime\":\"2013-03-19T21:36:42.358Z\"}}",
	    "", "", "id-6" },
	{ "dynamodb", "DescribeTable", 400, "",
	    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\","
	    "\"message\":\"no t\"}",
	    NULL, "ResourceNotFoundException", "no t", "" },
	{ "dynamodb", "DescribeTable", 400, "x-amzn-query-error: Old.Code;Sender\n",
	    "{\"__type\":\"NewCode\"}", NULL, "Old.Code",
	    "the service refuses the request (HTTP 400)", "" },
	{ "dynamodb", "DescribeTable", 200, "", "{\"Table\":", NULL, WIRE_UNREADABLE,
	    "line 1, column 10: unexpected end", "" },
	{ "lambda", "Invoke", 200,
	    "x-amz-executed-version: $LATEST\nx-amz-function-error: Unhandled\n", "\x01\x02",
	    "{\"StatusCode\":200,\"FunctionError\":\"Unhandled\",\"ExecutedVersion\":"
	    "\"$LATEST\",\"Payload\":\"AQI=\"}",
	    "", "", "" },
	{ "lambda", "GetFunction", 404,
	    "x-amzn-errortype: ResourceNotFoundException:http://x/\nx-amzn-requestid: id-7\n",
	    "{\"Message\":\"no f\",\"Type\":\"User\"}", NULL, "ResourceNotFoundException", "no f",
	    "id-7" },
	/* In headers there are any bytes; what is kept is text. */
	{ "lambda", "GetFunction", 404, "x-amzn-errortype: Not\xff\nx-amzn-requestid: id\xff-7\n",
	    "{\"Message\":\"no f\"}", NULL, "Not", "no f", "id" },
	{ "lambda", "DeleteFunctionConcurrency", 204, "", "", "{}", "", "", "" },
	{ "s3", "GetBucketTagging", 200, "x-amz-request-id: id-8\n",
	    "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
	    "{\"TagSet\":[{\"Key\":\"k\",\"Value\":\"v\"}]}", "", "", "id-8" },
	{ "s3", "GetBucketLocation", 200, "",
	    "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1"
	    "</LocationConstraint>",
	    "{\"LocationConstraint\":\"eu-west-1\"}", "", "", "" },
	{ "s3", "GetBucketLocation", 200, "", "<LocationConstraint/>", "{}", "", "", "" },
	{ "s3", "GetBucketNotificationConfiguration", 200, "",
	    "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
	    "{\"EventBridgeConfiguration\":{}}", "", "", "" },
	{ "s3", "GetBucketNotificationConfiguration", 200, "",
	    "<NotificationConfiguration></NotificationConfiguration>", "{}", "", "", "" },
	{ "s3", "GetObject", 200,
	    "content-length: 2\nx-amz-meta-a: 1\nX-Amz-Meta-B: 2\netag: \"e\"\n"
	    "last-modified: Tue, 24 Nov 2026 02:17:16 GMT\n",
	    "hi",
	    "{\"Body\":\"aGk=\",\"ContentLength\":2,\"ETag\":\"\\\"e\\\"\",\"LastModified\":"
	    "\"2026-11-24T02:17:16.000Z\",\"Metadata\":{\"a\":\"1\",\"B\":\"2\"}}",
	    "", "", "" },
	{ "s3", "ListObjectsV2", 200, "",
	    "<ListBucketResult><Contents><Key>a</Key></Contents><Name>b</Name>"
	    "<Contents><Key>c</Key></Contents></ListBucketResult>",
	    "{\"Contents\":[{\"Key\":\"a\"},{\"Key\":\"c\"}],\"Name\":\"b\"}", "", "", "" },
	{ "s3", "CopyObject", 200, "",
	    "<Error><Code>InternalError</Code><Message>late</Message><RequestId>id-9</RequestId>"
	    "</Error>",
	    NULL, "InternalError", "late", "id-9" },
	{ "s3", "HeadBucket", 404, "content-type: text/html\nx-amz-request-id: id-10\n", "", NULL,
	    "NotFound", "there is no such thing (HTTP 404)", "id-10" },
	{ "s3", "HeadBucket", 301, "x-amz-bucket-region: eu-west-1\n", "", NULL,
	    "PermanentRedirect", "it is in another region (HTTP 301) (the bucket is in eu-west-1)",
	    "" },
	{ "s3", "GetBucketTagging", 503, "content-type: text/html\n", "<html>busy</html>", NULL,
	    "ServiceUnavailable", "the service is not available (HTTP 503, with a web page)", "" },
	{ "s3", "GetBucketTagging", 501, "content-type: text/html\n", "Unsupported method", NULL,
	    "NotImplemented",
	    "the service does not know this operation (HTTP 501, with a web page)", "" },
	{ "s3", "GetBucketTagging", 418, "", "", NULL, "UnknownError",
	    "the service refuses (HTTP 418)", "" },
};

START_TEST(an_answer_becomes_json_or_an_error)
{
	const struct answer_case *c = &answers[_i];
	const struct wire_answer  answer = { c->status, c->headers, c->body, strlen(c->body) };
	struct wire_result        result;

	wire_parse(aws_real_service(c->service), c->operation, &answer, &result);
	ck_assert_str_eq(result.code, c->code);
	ck_assert_str_eq(result.message, c->message);
	ck_assert_str_eq(result.request_id, c->request_id);
	ck_assert_int_eq(result.out != NULL, c->out != NULL);
	if (c->out != NULL) {
		struct json_object *want = json_of(c->out);

		ck_assert_msg(json_same(want, result.out), "%s", json_text(result.out));
		json_object_put(want);
	}
	json_object_put(result.out);
}
END_TEST

Suite *suite_aws_wire_in(void);

Suite *
suite_aws_wire_in(void)
{
	Suite *suite = suite_create("aws_wire_in");
	TCase *tcase = tcase_create("aws_wire_in");

	tcase_add_checked_fixture(tcase, aws_real_open, aws_real_close);
	tcase_add_loop_test(tcase, an_answer_becomes_json_or_an_error, 0, (int)array_len(answers));
	suite_add_tcase(suite, tcase);
	return suite;
}
