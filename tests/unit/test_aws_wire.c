/* SPDX-License-Identifier: Apache-2.0
 * test_aws_wire.c - operations of real services as requests. The protocols in their full breadth are
 * tests/published/. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "providers/aws/wire.h"
#include "tests/unit/aws_real.h"
#include "tests/unit/json_of.h"
#include "util/json.h"
#include "util/mem.h"

#define TOKEN "execution-1/node-2"
#define UUID  "3f1c0b9e-7d6a-4a51-9c3e-0d2f6b8a7c11"

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
	bool built = wire_build(aws_real_service(c->service), c->operation, params, NULL, &r, &err);

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

	ck_assert(wire_build(aws_real_service("s3"), "PutObject", params, NULL, &r, NULL));
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

	ck_assert(!wire_build(aws_real_service(refusals[_i].service), refusals[_i].operation,
	    params, NULL, &r, &err));
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

	ck_assert(wire_build(aws_real_service("ec2"), "CreateNatGateway", params, token, &r, NULL));
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

Suite *suite_aws_wire(void);

Suite *
suite_aws_wire(void)
{
	Suite *suite = suite_create("aws_wire");
	TCase *tcase = tcase_create("aws_wire");

	tcase_add_checked_fixture(tcase, aws_real_open, aws_real_close);
	tcase_add_loop_test(tcase, an_operation_becomes_its_request, 0, (int)array_len(requests));
	tcase_add_test(tcase, a_blob_payload_is_sent_as_bytes);
	tcase_add_loop_test(tcase, parameters_that_do_not_fit_are_refused_with_their_place, 0,
	    (int)array_len(refusals));
	tcase_add_test(tcase, an_idempotency_token_is_filled_in_once_and_stays_the_same);
	suite_add_tcase(suite, tcase);
	return suite;
}
