/* SPDX-License-Identifier: Apache-2.0
 * test_aws_sign.c - signatures against vectors: AWS's documented example of a signing key, and
 * requests signed by AWS's own Python library. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "providers/aws/sign.h"
#include "util/check.h"

#define KEY_ID   "AKIAIOSFODNN7EXAMPLE"
#define SECRET   "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define WALL_MS  INT64_C(1795486636042) /* 2026-11-24T02:17:16.042Z */
#define DATE     "20261124T021716Z"
#define TEXT_MAX 8192

/* Each was signed by botocore 1.43 at that time, with an X-Custom header of "  a   b ". */
static const struct vector {
	const char *service, *region, *method, *host, *path, *query, *body, *token, *signature;
} vectors[] = {
	{ "iam", "us-east-1", "POST", "iam.amazonaws.com", "/", "",
	    "Action=ListRoles&Version=2010-05-08", NULL,
	    "b5d07e248c2fd783df81447c2646dccc230b36cd5f970d7ccf99bdae5cabdcfd" },
	{ "dynamodb", "eu-west-1", "POST", "dynamodb.eu-west-1.amazonaws.com", "/", "",
	    "{\"TableName\":\"t\"}", NULL,
	    "5f013a872071ceef6c86a8b05cc3c6e21cf3a93e512e49c1ce2a299d9a90bd0c" },
	{ "lambda", "us-east-1", "GET", "lambda.us-east-1.amazonaws.com",
	    "/2015-03-31/functions/a%3Ab/configuration", "Qualifier=%24LATEST", "", NULL,
	    "92710a8410fb2871af4a41b0a3bfd319028d838d3cb00f0b9fb83e13fb5a69ff" },
	{ "lambda", "us-east-1", "GET", "lambda.us-east-1.amazonaws.com",
	    "/2015-03-31/functions/a//b/../c", "", "", NULL,
	    "21e8691f336690394b98820de3e0c4a59c744f6f67f0695a5271358e8aa2e344" },
	{ "lambda", "us-east-1", "GET", "lambda.us-east-1.amazonaws.com", "/2015-03-31/functions/",
	    "b=2&a=1&a=0&c", "", NULL,
	    "55efee839ec3ed6a3b566dcecec73d2d80aed22b454b9b60a8e289cfa0dbada5" },
	{ "s3", "us-east-1", "PUT", "s3.us-east-1.amazonaws.com", "/bucket/a%20b/%C3%BC", "tagging",
	    "<Tagging/>", NULL,
	    "92f99840a1f3a87337627d255e82bfa21ebf6a1944a440b621011370f0bd62c2" },
	{ "s3", "us-east-1", "GET", "s3.us-east-1.amazonaws.com", "/bucket//a/../b", "", "", NULL,
	    "aeb80192b90d55cef806c615dac37cfae8a747e5444742f3bac749e2ba30601c" },
	{ "s3", "eu-west-1", "GET", "s3.eu-west-1.amazonaws.com", "/bucket",
	    "list-type=2&prefix=a%2Fb%20c", "",
	    "tok/en+==", "a351a392eb1942cdae605a528bb4b8929a69ef22dd0c9402343717589c147894" },
	{ "ec2", "cn-north-1", "POST", "ec2.cn-north-1.amazonaws.com.cn", "/", "",
	    "Action=DescribeVpcs", "token2",
	    "e10bcaa666f2fee01ead18deb5ee10f201bdcab81353ca69a80ed3161e26eb66" },
	{ "apigateway", "us-east-1", "GET", "apigateway.us-east-1.amazonaws.com",
	    "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fx", "", "", NULL,
	    "bd3044910fbae30fda2abe91ff153bf176b304aacc05a8058e8efbd1ed65b54f" },
	{ "sts", "us-east-1", "POST", "sts.us-east-1.amazonaws.com", "/", "",
	    "Action=GetCallerIdentity&Version=2011-06-15", NULL,
	    "7a528b12b04346a5738c21fa5c278fee1007ffc7b3c4d9301deb26c73ebe2394" },
};

START_TEST(a_request_is_signed_as_aws_would)
{
	const struct vector   *v = &vectors[_i];
	bool                   s3 = strcmp(v->service, "s3") == 0;
	const struct sign_keys keys = { KEY_ID, SECRET, strlen(SECRET), v->region, v->service };
	char                   hash[DIGEST_SHA256_HEX], date[SIGN_DATE_SIZE];
	struct sign_header     headers[5] = { { "X-Custom", "  a   b " }, { "Host", v->host },
		    { "X-Amz-Date", date } };
	struct sign_request    request = { v->method, v->path, v->query, headers, 3, hash, s3 };
	struct str             out;
	const char            *signature;

	sign_date(date, WALL_MS);
	ck_assert_str_eq(date, DATE);
	digest_sha256_hex(v->body, strlen(v->body), hash);
	if (s3)
		headers[request.headers_n++] = (struct sign_header){ "X-Amz-Content-SHA256", hash };
	if (v->token != NULL)
		headers[request.headers_n++] =
		    (struct sign_header){ "X-Amz-Security-Token", v->token };
	str_init(&out, TEXT_MAX);
	sign_authorization(&request, &keys, date, &out);
	signature = strstr(out.data, "Signature=");
	ck_assert_ptr_nonnull(signature);
	ck_assert_str_eq(signature + strlen("Signature="), v->signature);
	str_fini(&out);
}
END_TEST

/* The example request of AWS's own description of Signature Version 4. */
START_TEST(the_documented_example_gives_the_documented_signature)
{
	const struct sign_header headers[] = {
		{ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" },
		{ "Host", "iam.amazonaws.com" }, { "X-Amz-Date", "20150830T123600Z" }
	};
	const struct sign_keys keys = { "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
		40, "us-east-1", "iam" };
	char                   hash[DIGEST_SHA256_HEX];
	const struct sign_request request = { "GET", "/", "Action=ListUsers&Version=2010-05-08",
		headers, array_len(headers), hash, false };
	struct str                out;

	digest_sha256_hex("", 0, hash);
	str_init(&out, TEXT_MAX);
	sign_authorization(&request, &keys, "20150830T123600Z", &out);
	ck_assert_str_eq(out.data,
	    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
	    "SignedHeaders=content-type;host;x-amz-date, "
	    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
	str_fini(&out);
}
END_TEST

/* What stands between method and headers of the canonical request. */
static const struct {
	const char *path, *query;
	bool        s3;
	const char *canonical;
} urls[] = {
	{ "", "", false, "GET\n/\n\n" },
	{ "/", "", false, "GET\n/\n\n" },
	{ "//a/./b/../c/", "", false, "GET\n/a/c/\n\n" },
	{ "/../..", "", false, "GET\n/\n\n" },
	{ "/a%20b", "", false, "GET\n/a%2520b\n\n" },
	{ "/a%20b//c/../d", "", true, "GET\n/a%20b//c/../d\n\n" },
	{ "/", "tagging", true, "GET\n/\ntagging=\n" },
	{ "/", "b&a=&=c", true, "GET\n/\n=c&a=&b=\n" },
	{ "/", "a=%2f&A=%zz&&a=%2E", false, "GET\n/\nA=%25zz&a=%2F&a=.\n" },
	{ "/", "a=x=y&a-b=1&a.b=2", false, "GET\n/\na=x%3Dy&a-b=1&a.b=2\n" },
};

START_TEST(path_and_query_have_one_canonical_form)
{
	const struct sign_header  host = { "Host", "h" };
	const struct sign_request request = { "GET", urls[_i].path, urls[_i].query, &host, 1, "x",
		urls[_i].s3 };
	struct str                out;
	char                      want[256];

	snprintf(want, sizeof(want), "%shost:h\n\nhost\nx", urls[_i].canonical);
	str_init(&out, TEXT_MAX);
	sign_canonical_request(&request, &out);
	ck_assert_str_eq(out.data, want);
	str_fini(&out);
}
END_TEST

START_TEST(headers_of_one_name_are_joined_in_their_order)
{
	const struct sign_header headers[] = { { "My", "b" }, { "host", "h" }, { "mY", " a \t c " },
		{ "My-Other", "x" } };
	const struct sign_request request = { "GET", "/", "", headers, array_len(headers), "x",
		false };
	struct str                out;

	str_init(&out, TEXT_MAX);
	sign_canonical_request(&request, &out);
	ck_assert_str_eq(out.data, "GET\n/\n\nhost:h\nmy:b,a c\nmy-other:x\n\nhost;my;my-other\nx");
	str_fini(&out);
}
END_TEST

Suite *suite_aws_sign(void);

Suite *
suite_aws_sign(void)
{
	Suite *suite = suite_create("aws_sign");
	TCase *tcase = tcase_create("aws_sign");

	tcase_add_loop_test(tcase, a_request_is_signed_as_aws_would, 0, (int)array_len(vectors));
	tcase_add_test(tcase, the_documented_example_gives_the_documented_signature);
	tcase_add_loop_test(tcase, path_and_query_have_one_canonical_form, 0, (int)array_len(urls));
	tcase_add_test(tcase, headers_of_one_name_are_joined_in_their_order);
	suite_add_tcase(suite, tcase);
	return suite;
}
