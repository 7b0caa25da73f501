/* SPDX-License-Identifier: Apache-2.0
 * test_aws_copy.c - two listings side by side: what of the one is not in the other. */
#include <check.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"
#include "util/str.h"

#define COPY "{'bucket':'to','source_bucket':'from','source_region':'eu-west-1'}"

#define FROM(after) "{'Bucket':'from','Prefix':''," after "'MaxKeys':500}"
#define TO(after)   "{'Bucket':'to','Prefix':''" after "}"
#define AFTER(key)  "'StartAfter':'" key "',"
#define BEHIND(key) ",'StartAfter':'" key "'"

/* Objects by key, size, ETag and time. */
#define O(key, size, etag, time) \
	"{'Key':'" key "','Size':" size ",'ETag':'" etag "','LastModified':'" time "'}"
#define EARLY      "2026-01-01T00:00:00.000Z"
#define LATE       "2026-01-02T00:00:00.000Z"
#define A          O("a", "1", "ea", EARLY)
#define B          O("b", "1", "eb", EARLY)
#define C          O("c", "1", "ec", EARLY)
#define LAST(all)  "{'IsTruncated':false,'Contents':[" all "]}"
#define FIRST(all) "{'IsTruncated':true,'NextContinuationToken':'t','Contents':[" all "]}"

static const struct op *
ask(enum op_kind kind, const struct aws_line *script)
{
	return aws_world_do(aws, "aws:s3:copy", kind, COPY, script);
}

/* What is in the target beside does not matter. */
static const struct {
	const char *from, *to;
	bool        same;
} rows[] = {
	{ LAST(A "," B), LAST(A "," B), true }, { LAST(B), LAST(A "," B "," C), true },
	{ "{}", "{}", true }, { "{}", LAST(A), true }, { LAST(A), "{}", false },
	{ LAST(A "," C), LAST(A "," B), false }, { LAST(A), LAST(O("a", "2", "other", EARLY)), false },
	{ LAST(A), LAST(O("a", "1", "other", EARLY)), false },
	{ LAST(A), LAST(O("a", "1", "in-2-parts", LATE)), true }, /* copied since */
	{ LAST(A), LAST(O("a", "2", "other", LATE)), true },      /* another one since */
};

START_TEST(a_copy_is_there_when_all_of_the_source_is)
{
	const struct op *op = ask(OP_READ,
	    (const struct aws_line[]){
		{ .operation = "ListObjectsV2", .params = FROM(""), .answer = rows[_i].from },
		{ .operation = "ListObjectsV2", .params = TO(""), .answer = rows[_i].to }, { 0 } });

	aws_expect_result(op, rows[_i].same ? OP_OK : OP_ABSENT);
	if (rows[_i].same)
		aws_expect_json(json_get(op->found, "outputs"), "{'bucket':'to'}");
}
END_TEST

/* As far as both pages reach; what is behind that is the next round's. */
START_TEST(pages_go_on_from_the_shorter_one)
{
	const struct op *op = ask(OP_CREATE,
	    (const struct aws_line[]){
		{ .operation = "ListObjectsV2", .params = FROM(""), .answer = FIRST(A "," C) },
		{ .operation = "ListObjectsV2", .params = TO(""), .answer = FIRST(B) },
		{ .operation = "CopyObject",
		    .params = "{'Bucket':'to','Key':'a','CopySource':'from/a'}" },
		{ .operation = "ListObjectsV2", .params = FROM(AFTER("b")), .answer = FIRST(C) },
		{ .operation = "ListObjectsV2", .params = TO(BEHIND("b")), .answer = LAST(C) },
		{ .operation = "ListObjectsV2",
		    .params = FROM(AFTER("c")),
		    .answer = LAST(O("d e+ü", "1", "ed", EARLY) "," O("e", "1", "ee", EARLY)) },
		{ .operation = "ListObjectsV2", .params = TO(BEHIND("c")), .answer = "{}" },
		{ .operation = "CopyObject",
		    .params = "{'Bucket':'to','Key':'d e+ü','CopySource':'from/d%20e%2B%C3%BC'}" },
		{ "CopyObject", "{'Bucket':'to','Key':'e','CopySource':'from/e'}", OP_NOT_FOUND,
		    "NoSuchKey: it has gone since", 404 },
		{ .operation = "HeadBucket", .params = "{'Bucket':'to'}" }, { 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

START_TEST(a_read_ends_with_the_first_page_that_differs)
{
	const struct op *op = ask(OP_READ,
	    (const struct aws_line[]){
		{ .operation = "ListObjectsV2", .params = FROM(""), .answer = FIRST(A) },
		{ .operation = "ListObjectsV2", .params = TO(""), .answer = LAST(A) },
		{ .operation = "ListObjectsV2", .params = FROM(AFTER("a")), .answer = FIRST(B) },
		{ .operation = "ListObjectsV2", .params = TO(BEHIND("a")), .answer = "{}" },
		{ 0 } });

	aws_expect_result(op, OP_ABSENT);
}
END_TEST

Suite *suite_aws_copy(void);

Suite *
suite_aws_copy(void)
{
	Suite *suite = suite_create("aws_copy");
	TCase *tcase = aws_world_case("aws_copy");

	tcase_add_loop_test(tcase, a_copy_is_there_when_all_of_the_source_is, 0,
	    (int)(sizeof(rows) / sizeof(*rows)));
	tcase_add_test(tcase, pages_go_on_from_the_shorter_one);
	tcase_add_test(tcase, a_read_ends_with_the_first_page_that_differs);
	suite_add_tcase(suite, tcase);
	return suite;
}
