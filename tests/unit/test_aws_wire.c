/* SPDX-License-Identifier: Apache-2.0
 * test_aws_wire.c - operations of real services as requests, and their answers as JSON. The protocols
 * in their full breadth are tests/published/. AWS_MODELS_DIR says where the models are. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/call.h"
#include "providers/aws/model.h"
#include "providers/aws/stamp.h"
#include "providers/aws/wire.h"
#include "loop/loop.h"
#include "util/json.h"
#include "util/mem.h"

#define TOKEN "execution-1/node-2"
#define UUID  "3f1c0b9e-7d6a-4a51-9c3e-0d2f6b8a7c11"

static struct aws_models *models;

static const char *
models_folder(void)
{
	const char *folder = getenv("AWS_MODELS_DIR");

#ifdef TEST_AWS_MODELS
	if (folder == NULL)
		folder = TEST_AWS_MODELS;
#endif
	ck_assert_msg(folder != NULL, "AWS_MODELS_DIR is not set");
	return folder;
}

static void
load(void)
{
	models = aws_models_create(models_folder());
}

static void
unload(void)
{
	aws_models_destroy(models);
}

static const struct aws_service *
service_of(const char *name)
{
	struct err                err = { ERR_OK, "" };
	const struct aws_service *service = aws_models_service(models, name, &err);

	ck_assert_msg(service != NULL, "%s", err.detail);
	return service;
}

static struct json_object *
json_of(const char *text)
{
	struct err          err = { ERR_OK, "" };
	struct json_object *json = json_read(text, strlen(text), &err);

	ck_assert_msg(json != NULL, "%s in %s", err.detail, text);
	return json;
}

/* ---- requests ---- */

static const struct request_case {
	const char *service, *operation, *params;
	const char *method, *path, *query, *body;
	const char *header, *value; /* one that must be there; NULL: none */
} requests[] = {
	{ "sts", "GetCallerIdentity", "{}", "POST", "/", "",
	    "Action=GetCallerIdentity&Version=2011-06-15", "Content-Type",
	    "application/x-www-form-urlencoded; charset=utf-8" },
	{ "iam", "CreateRole",
	    "{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":\"{}\",\"MaxSessionDuration\":3600,"
	    "\"Tags\":[{\"Key\":\"a b\",\"Value\":\"\xc3\xbc&\"},{\"Key\":\"c\",\"Value\":\"\"}]}",
	    "POST", "/", "",
	    "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%7D"
	    "&MaxSessionDuration=3600&Tags.member.1.Key=a%20b&Tags.member.1.Value=%C3%BC%26"
	    "&Tags.member.2.Key=c&Tags.member.2.Value=",
	    NULL, NULL },
	{ "ec2", "CreateVpc",
	    "{\"CidrBlock\":\"10.0.0.0/16\",\"AmazonProvidedIpv6CidrBlock\":false,"
	    "\"TagSpecifications\":[{\"ResourceType\":\"vpc\",\"Tags\":[{\"Key\":\"k\","
	    "\"Value\":\"v\"}]}]}",
	    "POST", "/", "",
	    "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16"
	    "&AmazonProvidedIpv6CidrBlock=false&TagSpecification.1.ResourceType=vpc"
	    "&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v",
	    NULL, NULL },
	{ "ec2", "DescribeVpcs", "{\"Filters\":[{\"Name\":\"tag:a\",\"Values\":[\"b\",\"c\"]}]}",
	    "POST", "/", "",
	    "Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=tag%3Aa&Filter.1.Value.1=b"
	    "&Filter.1.Value.2=c",
	    NULL, NULL },
	{ "dynamodb", "DescribeTable", "{\"TableName\":\"t\"}", "POST", "/", "",
	    "{\"TableName\":\"t\"}", "X-Amz-Target", "DynamoDB_20120810.DescribeTable" },
	{ "dynamodb", "PutItem",
	    "{\"TableName\":\"t\",\"Item\":{\"k\":{\"B\":\"aGk=\"},\"n\":{\"NULL\":true},"
	    "\"l\":{\"L\":[{\"S\":\"x/y\"}]}}}",
	    "POST", "/", "",
	    "{\"TableName\":\"t\",\"Item\":{\"k\":{\"B\":\"aGk=\"},\"n\":{\"NULL\":true},"
	    "\"l\":{\"L\":[{\"S\":\"x/y\"}]}}}",
	    "Content-Type", "application/x-amz-json-1.0" },
	{ "lambda", "CreateFunction",
	    "{\"FunctionName\":\"f\",\"Role\":\"arn\",\"Code\":{\"ZipFile\":\"UEs=\"},"
	    "\"Timeout\":3,\"Publish\":true,\"Tags\":{\"a\":\"b\"},\"Handler\":null}",
	    "POST", "/2015-03-31/functions", "",
	    "{\"FunctionName\":\"f\",\"Role\":\"arn\",\"Code\":{\"ZipFile\":\"UEs=\"},"
	    "\"Timeout\":3,\"Publish\":true,\"Tags\":{\"a\":\"b\"}}",
	    "Content-Type", "application/json" },
	{ "lambda", "GetFunction", "{\"FunctionName\":\"a:b/c\",\"Qualifier\":\"$LATEST\"}", "GET",
	    "/2015-03-31/functions/a%3Ab%2Fc", "Qualifier=%24LATEST", "", NULL, NULL },
	{ "lambda", "UntagResource", "{\"Resource\":\"arn:x\",\"TagKeys\":[\"a\",\"b c\"]}",
	    "DELETE", "/2017-03-31/tags/arn%3Ax", "tagKeys=a&tagKeys=b%20c", "", NULL, NULL },
	{ "lambda", "Invoke",
	    "{\"FunctionName\":\"f\",\"InvocationType\":\"Event\",\"Payload\":\"eyJhIjoxfQ==\"}",
	    "POST", "/2015-03-31/functions/f/invocations", "", "{\"a\":1}", "X-Amz-Invocation-Type",
	    "Event" },
	{ "s3", "CreateBucket", "{\"Bucket\":\"b\"}", "PUT", "/b", "", "", NULL, NULL },
	{ "s3", "CreateBucket",
	    "{\"Bucket\":\"b\",\"ACL\":\"private\",\"CreateBucketConfiguration\":"
	    "{\"LocationConstraint\":\"eu-west-1\"}}",
	    "PUT", "/b", "",
	    "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
	    "<LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
	    "x-amz-acl", "private" },
	{ "s3", "PutBucketTagging",
	    "{\"Bucket\":\"b\",\"Tagging\":{\"TagSet\":[{\"Key\":\"a\",\"Value\":\"<\"}]}}", "PUT",
	    "/b", "tagging",
	    "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>a</Key>"
	    "<Value>&lt;</Value></Tag></TagSet></Tagging>",
	    "Content-MD5", "jN0GKR+twEtTc1kishDAvw==" },
	{ "s3", "PutObject",
	    "{\"Bucket\":\"b\",\"Key\":\"a b/\xc3\xbc\",\"Body\":\"AAEC\","
	    "\"Metadata\":{\"k\":\"v\"}}",
	    "PUT", "/b/a%20b/%C3%BC", "", "", "x-amz-meta-k", "v" },
	{ "s3", "PutBucketVersioning",
	    "{\"Bucket\":\"b\",\"ChecksumAlgorithm\":\"SHA256\",\"VersioningConfiguration\":{}}",
	    "PUT", "/b", "versioning",
	    "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
	    "</VersioningConfiguration>",
	    "x-amz-sdk-checksum-algorithm", "SHA256" },
	{ "s3", "ListObjectsV2", "{\"Bucket\":\"b\",\"Prefix\":\"a/b\",\"MaxKeys\":5}", "GET", "/b",
	    "list-type=2&prefix=a%2Fb&max-keys=5", "", NULL, NULL },
};

START_TEST(an_operation_becomes_its_request)
{
	const struct request_case *c = &requests[_i];
	struct json_object        *params = json_of(c->params);
	struct wire_request        r;
	struct err                 err = { ERR_OK, "" };
	bool built = wire_build(service_of(c->service), c->operation, params, NULL, &r, &err);

	ck_assert_msg(built, "%s", err.detail);
	ck_assert_str_eq(r.method, c->method);
	ck_assert_str_eq(r.path.data, c->path);
	ck_assert_str_eq(r.query.data, c->query);
	ck_assert_str_eq(r.body.data, c->body);
	ck_assert_str_eq(r.host_prefix.data, "");
	ck_assert(r.is_signed);
	if (c->header != NULL) {
		ck_assert_ptr_nonnull(wire_header_of(&r, c->header));
		ck_assert_str_eq(wire_header_of(&r, c->header), c->value);
	}
	wire_request_fini(&r);
	json_object_put(params);
}
END_TEST

START_TEST(a_blob_payload_is_sent_as_bytes)
{
	struct json_object *params =
	    json_of("{\"Bucket\":\"b\",\"Key\":\"k\",\"Body\":\"AAEC/w==\"}");
	struct wire_request r;

	ck_assert(wire_build(service_of("s3"), "PutObject", params, NULL, &r, NULL));
	ck_assert_uint_eq(r.body.len, 4);
	ck_assert_int_eq(memcmp(r.body.data, "\0\1\2\xff", 4), 0);
	ck_assert_str_eq(wire_header_of(&r, "content-type"), "application/octet-stream");
	wire_request_fini(&r);
	json_object_put(params);
}
END_TEST

static const struct {
	const char *service, *operation, *params, *why;
} refusals[] = {
	{ "iam", "NoSuchOperation", "{}", "no operation named 'NoSuchOperation'" },
	{ "iam", "CreateRole", "[]", "/: expected an object" },
	{ "iam", "CreateRole", "{}", "required member" },
	{ "iam", "GetRole", "{\"RoleName\":null}", "required member 'RoleName' is missing" },
	{ "iam", "GetRole", "{\"RoleName\":1}", "/RoleName: expected a string" },
	{ "iam", "GetRole", "{\"RoleName\":\"a\",\"role_name\":\"a\"}",
	    "no member is named 'role_name'" },
	{ "iam", "TagRole", "{\"RoleName\":\"a\",\"Tags\":{}}", "/Tags: expected an array" },
	{ "iam", "TagRole", "{\"RoleName\":\"a\",\"Tags\":[{\"Key\":\"k\",\"Value\":true}]}",
	    "/Tags/0/Value: expected a string" },
	{ "iam", "TagRole", "{\"RoleName\":\"a\",\"Tags\":[{\"Key\":\"k\"}]}",
	    "/Tags/0: required member 'Value' is missing" },
	{ "sts", "GetCallerIdentity", "{\"a\":1}", "no member is named 'a'" },
	{ "lambda", "CreateFunction",
	    "{\"FunctionName\":\"f\",\"Role\":\"r\",\"Code\":{\"ZipFile\":\"no base64!\"}}",
	    "/Code/ZipFile: this is not base64" },
	{ "lambda", "CreateFunction",
	    "{\"FunctionName\":\"f\",\"Role\":\"r\",\"Code\":{},\"Timeout\":1.5}",
	    "/Timeout: expected a whole number" },
	{ "lambda", "CreateFunction",
	    "{\"FunctionName\":\"f\",\"Role\":\"r\",\"Code\":{},\"Publish\":\"true\"}",
	    "/Publish: expected true or false" },
	{ "lambda", "GetFunction", "{\"FunctionName\":\"\"}", "/FunctionName: must not be empty" },
	{ "s3", "HeadBucket", "{\"Bucket\":\"\"}", "/Bucket: must not be empty" },
	{ "s3", "PutObject",
	    "{\"Bucket\":\"b\",\"Key\":\"k\",\"Metadata\":{\"a\":\"b\\r\\nX: y\"}}",
	    "a control character" },
	{ "s3", "PutObject", "{\"Bucket\":\"b\",\"Key\":\"k\",\"Metadata\":{\"a:b\":\"c\"}}",
	    "can't name a header" },
	{ "s3", "PutObject", "{\"Bucket\":\"b\",\"Key\":\"k\",\"ContentType\":\"a\\u0000b\"}",
	    "can't be sent as a header" },
	{ "s3", "PutObject",
	    "{\"Bucket\":\"b\",\"Key\":\"k\",\"ObjectLockRetainUntilDate\":\"soon\"}",
	    "/ObjectLockRetainUntilDate: expected a time" },
	{ "s3", "PutBucketTagging",
	    "{\"Bucket\":\"b\",\"Tagging\":{\"TagSet\":[{\"Key\":\"a\\u0001\",\"Value\":\"\"}]}}",
	    "XML can't hold" },
	{ "s3", "PutBucketVersioning",
	    "{\"Bucket\":\"b\",\"ChecksumAlgorithm\":\"CRC32\",\"VersioningConfiguration\":{}}",
	    "only SHA256" },
};

START_TEST(parameters_that_do_not_fit_are_refused_with_their_place)
{
	struct json_object *params = json_of(refusals[_i].params);
	struct wire_request r;
	struct err          err = { ERR_OK, "" };

	ck_assert(!wire_build(
	    service_of(refusals[_i].service), refusals[_i].operation, params, NULL, &r, &err));
	ck_assert_int_eq(err.code, ERR_INVALID_REQUEST);
	ck_assert_msg(strstr(err.detail, refusals[_i].why) != NULL, "'%s' is not in '%s'",
	    refusals[_i].why, err.detail);
	wire_request_fini(&r);
	json_object_put(params);
}
END_TEST

/* The ClientToken that a request for a NAT gateway carries; NULL: none. */
static char *
token_sent(const char *params_text, const char *token)
{
	struct json_object *params = json_of(params_text);
	struct wire_request r;
	const char         *at;
	char               *sent = NULL;

	ck_assert(wire_build(service_of("ec2"), "CreateNatGateway", params, token, &r, NULL));
	at = strstr(r.body.data, "ClientToken=");
	if (at != NULL)
		sent = xstrdup(at + strlen("ClientToken="));
	wire_request_fini(&r);
	json_object_put(params);
	return sent;
}

START_TEST(an_idempotency_token_is_filled_in_once_and_stays_the_same)
{
	static const char params[] = "{\"SubnetId\":\"s\"}";
	char             *made = token_sent(params, TOKEN), *again = token_sent(params, TOKEN);
	char             *other = token_sent(params, TOKEN "x"), *uuid = token_sent(params, UUID);
	char             *own = token_sent("{\"SubnetId\":\"s\",\"ClientToken\":\"mine\"}", TOKEN);

	ck_assert_uint_eq(strlen(made), strlen(UUID));
	ck_assert_str_eq(made, again);
	ck_assert_str_ne(made, other);
	ck_assert_str_eq(uuid, UUID);
	ck_assert_str_eq(own, "mine");
	ck_assert_ptr_null(token_sent(params, NULL));
	free(made);
	free(again);
	free(other);
	free(uuid);
	free(own);
}
END_TEST

/* ---- answers ---- */

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
	{ "lambda", "DeleteFunctionConcurrency", 204, "", "", "{}", "", "", "" },
	{ "s3", "GetBucketTagging", 200, "x-amz-request-id: id-8\n",
	    "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
	    "{\"TagSet\":[{\"Key\":\"k\",\"Value\":\"v\"}]}", "", "", "id-8" },
	{ "s3", "GetBucketLocation", 200, "",
	    "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1"
	    "</LocationConstraint>",
	    "{\"LocationConstraint\":\"eu-west-1\"}", "", "", "" },
	{ "s3", "GetBucketLocation", 200, "", "<LocationConstraint/>", "{}", "", "", "" },
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

	wire_parse(service_of(c->service), c->operation, &answer, &result);
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

/* ---- times ---- */

static const struct {
	const char *text;
	int64_t     ms;
	const char *iso8601, *seconds, *rfc822, *rfc3339;
} stamps[] = {
	{ "2014-04-29T18:30:38Z", 1398796238000, "2014-04-29T18:30:38Z", "1398796238",
	    "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.000Z" },
	{ "2014-04-29T20:30:38.1239+02:00", 1398796238123, "2014-04-29T18:30:38.123Z",
	    "1398796238.123", "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.123Z" },
	{ "Tue, 29 Apr 2014 18:30:38 GMT", 1398796238000, "2014-04-29T18:30:38Z", "1398796238",
	    "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.000Z" },
	{ "1.398796238123E9", 1398796238123, "2014-04-29T18:30:38.123Z", "1398796238.123",
	    "Tue, 29 Apr 2014 18:30:38 GMT", "2014-04-29T18:30:38.123Z" },
	{ "-0.5", -500, "1969-12-31T23:59:59.500Z", "-0.500", "Wed, 31 Dec 1969 23:59:59 GMT",
	    "1969-12-31T23:59:59.500Z" },
	{ "2026-11-24", 1795478400000, "2026-11-24T00:00:00Z", "1795478400",
	    "Tue, 24 Nov 2026 00:00:00 GMT", "2026-11-24T00:00:00.000Z" },
};

START_TEST(a_time_is_read_and_written_in_every_form)
{
	const char *const want[] = { stamps[_i].iso8601, stamps[_i].seconds, stamps[_i].rfc822,
		stamps[_i].rfc3339 };
	struct str        out;
	int64_t           ms;

	ck_assert(stamp_from_text(stamps[_i].text, &ms));
	ck_assert_int_eq(ms, stamps[_i].ms);
	str_init(&out, 64);
	for (size_t i = 0; i < array_len(want); i++) {
		str_clear(&out);
		stamp_add(&out, (enum stamp_format)i, ms);
		ck_assert_str_eq(out.data, want[i]);
	}
	str_fini(&out);
}
END_TEST

static const char *const no_stamps[] = { "", "soon", "2026-11-24T", "2026-11-24T02:17", "1e99",
	"nan", "inf", "0x10", "2026-11-24T02:17:16+2", "99999999999999999999", "-1e15",
	"Tue, 24 Nov 2026 02:17:16 CET", "Tue, 24 Foo 2026 02:17:16 GMT" };

START_TEST(what_is_no_time_is_refused)
{
	int64_t ms = 42;

	ck_assert(!stamp_from_text(no_stamps[_i], &ms));
	ck_assert_int_eq(ms, 42);
}
END_TEST

/* ---- calls that end before anything is sent ---- */

/* No answer came, so this field is free to count in. */
static void
on_done(struct aws_call *call)
{
	call->retry_after_ms++;
}

static const struct {
	const char    *service, *operation, *region, *endpoint;
	bool           keys;
	enum op_result result;
	const char    *code;
} stillborn[] = {
	{ "no-such", "GetRole", "us-east-1", NULL, true, OP_INVALID, "UnknownService" },
	{ "iam", "GetRole", "us-east-1", NULL, true, OP_INVALID, "InvalidParameters" },
	{ "sts", "GetCallerIdentity", "the-moon", NULL, true, OP_INVALID, "UnknownRegion" },
	{ "sts", "GetCallerIdentity", "us-east-1", "nowhere", true, OP_INVALID, "InvalidEndpoint" },
	{ "sts", "GetCallerIdentity", "us-east-1", NULL, false, OP_EXPIRED, "InvalidCredentials" },
};

START_TEST(a_call_that_cannot_be_made_is_done_in_the_next_turn)
{
	struct aws_caller_options options = { models_folder(), stillborn[_i].endpoint };
	struct loop              *loop = loop_create();
	struct aws_caller        *caller = aws_caller_create(loop, NULL, &options);
	struct secret            *secret = secret_create("s", 1);
	struct aws_keys           keys = { "id", secret, NULL };
	struct aws_call           call = { .service = stillborn[_i].service,
			  .operation = stillborn[_i].operation,
			  .region = stillborn[_i].region,
			  .keys = stillborn[_i].keys ? &keys : NULL,
			  .done = on_done };

	aws_call_start(caller, &call);
	ck_assert_int_eq(call.retry_after_ms, 0);
	loop_turn(loop, 1, 1);
	ck_assert_int_eq(call.retry_after_ms, 1);
	ck_assert_int_eq(call.result, stillborn[_i].result);
	ck_assert_str_eq(call.code, stillborn[_i].code);
	ck_assert_str_ne(call.message, "");
	aws_call_fini(&call);
	aws_call_start(caller, &call);
	aws_call_cancel(caller, &call);
	aws_call_cancel(caller, &call);
	loop_turn(loop, 2, 2);
	ck_assert_int_eq(call.retry_after_ms, 0);
	aws_caller_destroy(caller);
	loop_destroy(loop);
	secret_destroy(secret);
}
END_TEST

Suite *suite_aws_wire(void);

Suite *
suite_aws_wire(void)
{
	Suite *suite = suite_create("aws_wire");
	TCase *tcase = tcase_create("aws_wire");

	tcase_add_checked_fixture(tcase, load, unload);
	tcase_add_loop_test(tcase, an_operation_becomes_its_request, 0, (int)array_len(requests));
	tcase_add_test(tcase, a_blob_payload_is_sent_as_bytes);
	tcase_add_loop_test(tcase, parameters_that_do_not_fit_are_refused_with_their_place, 0,
	    (int)array_len(refusals));
	tcase_add_test(tcase, an_idempotency_token_is_filled_in_once_and_stays_the_same);
	tcase_add_loop_test(tcase, an_answer_becomes_json_or_an_error, 0, (int)array_len(answers));
	tcase_add_loop_test(
	    tcase, a_time_is_read_and_written_in_every_form, 0, (int)array_len(stamps));
	tcase_add_loop_test(tcase, what_is_no_time_is_refused, 0, (int)array_len(no_stamps));
	tcase_add_loop_test(tcase, a_call_that_cannot_be_made_is_done_in_the_next_turn, 0,
	    (int)array_len(stillborn));
	suite_add_tcase(suite, tcase);
	return suite;
}
