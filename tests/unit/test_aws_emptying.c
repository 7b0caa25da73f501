/* SPDX-License-Identifier: Apache-2.0
 * test_aws_emptying.c - what is in the way of a delete is told, or, where a config says so, taken away first, page by page. */
#include <check.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/str.h"

#define BUCKET "{'bucket_name':'b','name_suffix':false}"
#define FORCED "{'bucket_name':'b','name_suffix':false,'force_destroy':true}"
#define KNOWN  "{'id':'b','properties':{},'outputs':{}}"
#define NAMED  "{'Bucket':'b'}"

#define UPLOADS        "{'Bucket':'b','MaxUploads':500}"
#define VERSIONS       "{'Bucket':'b','MaxKeys':1000}"
#define OBJECTS(these) "{'Bucket':'b','Delete':{'Quiet':true,'Objects':[" these "]}}"
#define NOT_EMPTY      "BucketNotEmpty: it is not empty"

static const struct op *
delete_bucket(const char *desired, const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){
		.type = "aws:s3:bucket", .kind = OP_DELETE, .desired = desired, .known = KNOWN },
	    script);
}

START_TEST(a_bucket_with_objects_is_left_alone_and_says_how_it_goes)
{
	const struct op *op = delete_bucket(
	    BUCKET, (const struct aws_line[]){
			{ "DeleteBucket", NAMED, OP_CONFLICT, NOT_EMPTY, 409 }, { 0 } });

	aws_expect_result(op, OP_FAILED);
	ck_assert_str_eq(op->code, "BucketNotEmpty");
	ck_assert_str_eq(op->message,
	    "DeleteBucket: it is not empty; with force_destroy: true, a destroy empties it first");
}
END_TEST

/* Each page is deleted before the next is asked for: nothing is gathered. */
START_TEST(a_bucket_is_emptied_page_by_page)
{
	const struct op *op = delete_bucket(FORCED,
	    (const struct aws_line[]){
		{ "ListMultipartUploads", UPLOADS, OP_OK,
		    "{'Uploads':[{'Key':'u','UploadId':'1'},{'Key':'u','UploadId':'2'}]}", 0 },
		{ .operation = "AbortMultipartUpload",
		    .params = "{'Bucket':'b','Key':'u','UploadId':'1'}" },
		{ "AbortMultipartUpload", "{'Bucket':'b','Key':'u','UploadId':'2'}", OP_NOT_FOUND,
		    "NoSuchUpload: it is over", 404 },
		{ .operation = "ListMultipartUploads", .params = UPLOADS },
		{ "ListObjectVersions", VERSIONS, OP_OK,
		    "{'IsTruncated':true,'NextKeyMarker':'k','Versions':[{'Key':'k','VersionId':'1'"
		    ","
		    "'Size':3,'ETag':'e'}],'DeleteMarkers':[{'Key':'l','VersionId':'2'}]}",
		    0 },
		{ .operation = "DeleteObjects",
		    .params = OBJECTS("{'Key':'k','VersionId':'1'},{'Key':'l','VersionId':'2'}") },
		{ "ListObjectVersions", VERSIONS, OP_OK,
		    "{'DeleteMarkers':[{'Key':'m','VersionId':'null'}]}", 0 },
		{ .operation = "DeleteObjects",
		    .params = OBJECTS("{'Key':'m','VersionId':'null'}") },
		{ .operation = "ListObjectVersions", .params = VERSIONS, .answer = "{}" },
		{ .operation = "DeleteBucket", .params = NAMED }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* A batch answers well when some of it has failed. */
START_TEST(an_object_that_is_locked_ends_it)
{
	const struct op *op = delete_bucket(FORCED,
	    (const struct aws_line[]){
		{ .operation = "ListMultipartUploads", .params = UPLOADS, .answer = "{}" },
		{ "ListObjectVersions", VERSIONS, OP_OK,
		    "{'Versions':[{'Key':'k','VersionId':'1'}]}", 0 },
		{ "DeleteObjects", OBJECTS("{'Key':'k','VersionId':'1'}"), OP_OK,
		    "{'Errors':[{'Key':'k','Code':'AccessDenied','Message':'it is locked'}]}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_DENIED);
	ck_assert_str_eq(op->message, "DeleteObjects: it is locked");
}
END_TEST

/* Somebody writes to it all the time: another try empties it again. */
START_TEST(what_came_in_meanwhile_is_worth_another_try)
{
	const struct op *op = delete_bucket(
	    FORCED, (const struct aws_line[]){
			{ .operation = "ListMultipartUploads", .params = UPLOADS, .answer = "{}" },
			{ .operation = "ListObjectVersions", .params = VERSIONS, .answer = "{}" },
			{ "DeleteBucket", NAMED, OP_CONFLICT, NOT_EMPTY, 409 }, { 0 } });

	aws_expect_result(op, OP_CONFLICT);
}
END_TEST

/* More calls than one operation may make otherwise. */
START_TEST(there_may_be_any_number_of_pages)
{
	enum { PAGES = 700 };
	static struct aws_line script[3 + 2 * PAGES + 1];
	size_t                 n = 0;

	script[n++] = (struct aws_line){ .operation = "ListMultipartUploads", .answer = "{}" };
	for (int page = 0; page < PAGES; page++) {
		script[n++] = (struct aws_line){ .operation = "ListObjectVersions",
			.answer = "{'Versions':[{'Key':'k','VersionId':'1'}]}" };
		script[n++] = (struct aws_line){ .operation = "DeleteObjects", .answer = "{}" };
	}
	script[n++] = (struct aws_line){ .operation = "ListObjectVersions", .answer = "{}" };
	script[n++] = (struct aws_line){ .operation = "DeleteBucket" };
	aws_expect_result(delete_bucket(FORCED, script), OP_OK);
}
END_TEST

#define ROLE     "{'RoleName':'r'}"
#define CONFLICT "DeleteConflict: detach all first"

static const struct op *
delete_role(const char *desired, const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){ .type = "aws:iam:role",
		.kind = OP_DELETE,
		.desired = desired,
		.known = "{'id':'r','properties':{},'outputs':{}}" },
	    script);
}

START_TEST(what_others_have_put_on_a_role_is_named)
{
	const struct op *op = delete_role("{'role_name':'r'}",
	    (const struct aws_line[]){ { "DeleteRole", ROLE, OP_CONFLICT, CONFLICT, 409 },
		{ "ListAttachedRolePolicies", ROLE, OP_OK,
		    "{'AttachedPolicies':[{'PolicyName':'Read','PolicyArn':'x'},{'PolicyName':'"
		    "Write',"
		    "'PolicyArn':'y'}]}",
		    0 },
		{ "ListRolePolicies", ROLE, OP_DENIED, "AccessDenied: not you", 403 },
		{ "ListInstanceProfilesForRole", ROLE, OP_OK,
		    "{'InstanceProfiles':[{'InstanceProfileName':'web'}]}", 0 },
		{ 0 } });

	aws_expect_result(op, OP_CONFLICT);
	ck_assert_str_eq(op->code, "DeleteConflict");
	ck_assert_str_eq(op->message,
	    "DeleteRole: detach all first; with force_destroy: true, a destroy takes what others "
	    "have put on it off first; attached policies: Read, Write; instance profiles: web");
}
END_TEST

START_TEST(what_others_have_put_on_a_role_is_taken_off_where_the_config_says_so)
{
	const struct op *op = delete_role("{'role_name':'r','force_destroy':true}",
	    (const struct aws_line[]){
		{ "ListAttachedRolePolicies", ROLE, OP_OK,
		    "{'AttachedPolicies':[{'PolicyName':'Read','PolicyArn':'x'}]}", 0 },
		{ .operation = "DetachRolePolicy", .params = "{'RoleName':'r','PolicyArn':'x'}" },
		{ "ListRolePolicies", ROLE, OP_OK, "{'PolicyNames':['in','out']}", 0 },
		{ .operation = "DeleteRolePolicy", .params = "{'RoleName':'r','PolicyName':'in'}" },
		{ .operation = "DeleteRolePolicy",
		    .params = "{'RoleName':'r','PolicyName':'out'}" },
		{ .operation = "ListInstanceProfilesForRole", .params = ROLE, .answer = "{}" },
		{ .operation = "DeleteRole", .params = ROLE }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

Suite *suite_aws_emptying(void);

Suite *
suite_aws_emptying(void)
{
	Suite *suite = suite_create("aws_emptying");
	TCase *tcase = aws_world_case("aws_emptying");

	tcase_add_test(tcase, a_bucket_with_objects_is_left_alone_and_says_how_it_goes);
	tcase_add_test(tcase, a_bucket_is_emptied_page_by_page);
	tcase_add_test(tcase, an_object_that_is_locked_ends_it);
	tcase_add_test(tcase, what_came_in_meanwhile_is_worth_another_try);
	tcase_add_test(tcase, there_may_be_any_number_of_pages);
	tcase_add_test(tcase, what_others_have_put_on_a_role_is_named);
	tcase_add_test(tcase, what_others_have_put_on_a_role_is_taken_off_where_the_config_says_so);
	suite_add_tcase(suite, tcase);
	return suite;
}
