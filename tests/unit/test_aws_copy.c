/* SPDX-License-Identifier: Apache-2.0
 * test_aws_copy.c - two listings side by side: what of the one is not in the other. */
#include <check.h>
#include <stdio.h>
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
#define BEGIN      "2026-01-01T12:00:00.000Z"
#define END        "2026-01-01T13:00:00.000Z"
#define LATE       "2026-01-02T00:00:00.000Z"
#define NOW        "2026-01-01T12:30:00.000Z"
#define NOW_MS     1767270600000
#define A          O("a", "1", "ea", EARLY)
#define B          O("b", "1", "eb", EARLY)
#define C          O("c", "1", "ec", EARLY)
#define LAST(all)  "{'IsTruncated':false,'Contents':[" all "]}"
#define FIRST(all) "{'IsTruncated':true,'NextContinuationToken':'t','Contents':[" all "]}"

static const struct op *
ask(enum op_kind kind, const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){ .type = "aws:s3:copy",
		.kind = kind,
		.region = "us-east-1",
		.desired = COPY,
		.at_ms = NOW_MS },
	    script);
}

/* What is in the target beside does not matter. */
static const struct {
	const char *from, *to;
	bool        same;
} rows[] = {
	{ LAST(A "," B), LAST(A "," B), true }, { LAST(B), LAST(A "," B "," C), true },
	{ "{}", "{}", true }, { "{}", LAST(A), true }, { LAST(A), "{}", false },
	{ LAST(A "," C), LAST(A "," B), false },
	{ LAST(A), LAST(O("a", "2", "other", EARLY)), false },
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
	aws_expect_json(json_get(op->found, "kept"), "{'until':'" NOW "'}");
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
	aws_expect_json(op->found, "{'kept':{'since':'" NOW "'}}");
}
END_TEST

START_TEST(a_bucket_is_not_copied_into_itself)
{
	const struct op *op = aws_world_do(aws, "aws:s3:copy", OP_READ,
	    "{'bucket':'from','source_bucket':'from','source_region':'eu-west-1'}",
	    (const struct aws_line[]){ { .operation = "ListObjectsV2", .answer = LAST(A) },
		{ .operation = "ListObjectsV2", .answer = LAST(A) }, { 0 } });

	aws_expect_result(op, OP_INVALID);
}
END_TEST

/* ---- undone ---- */

static const struct op *
undo(const char *kept, const struct aws_line *script)
{
	return aws_world_ask(aws,
	    &(struct aws_ask){ .type = "aws:s3:copy",
		.kind = OP_DELETE,
		.region = "us-east-1",
		.desired = COPY,
		.undo = true,
		.kept = kept },
	    script);
}

#define KEPT "{'since':'" BEGIN "','until':'" END "'}"
#define CUT  "{'since':'" BEGIN "'}" /* it never came to its end */

#define V(key, version, size, etag, time)                                          \
	"{'Key':'" key "','VersionId':'" version "','Size':" size ",'ETag':'" etag \
	"','LastModified':'" time "'}"
#define VERSIONS(all) "{'IsTruncated':false,'Versions':[" all "]}"
#define MARKS(params) "{'Bucket':'to','Prefix':''," params "'MaxKeys':1000}"
#define GONE(all)     "{'Bucket':'to','Delete':{'Quiet':true,'Objects':[" all "]}}"
#define GONE_A        GONE("{'Key':'a','VersionId':'1'}")

/* The source has A, as it was before all. */
static const struct {
	const char *kept, *version;
	bool        goes;
} versions[] = {
	{ KEPT, V("a", "1", "1", "ea", BEGIN), true },
	{ KEPT, V("a", "1", "1", "ea", EARLY), false },  /* it was there already */
	{ KEPT, V("a", "1", "1", "ea", LATE), true },    /* the source has the same */
	{ KEPT, V("a", "1", "2", "other", END), false }, /* somebody's own */
	{ KEPT, V("b", "1", "1", "ea", END), false },    /* nowhere else any more */
	{ KEPT, V("a", "1", "1", "in-2-parts", END), true },
	{ KEPT, V("a", "1", "1", "in-2-parts", LATE), false }, /* written since */
	{ CUT, V("a", "1", "1", "in-2-parts", LATE), true },
	{ NULL, V("a", "1", "1", "ea", END), false }, /* when it began is not known */
};

START_TEST(what_the_copy_has_put_there_goes_and_nothing_else)
{
	char            answer[512];
	struct aws_line script[] = {
		{ .operation = "ListObjectsV2", .params = FROM(""), .answer = LAST(A) },
		{ .operation = "ListObjectVersions", .params = MARKS(""), .answer = answer }, { 0 },
		{ 0 }
	};
	const struct op *op;

	snprintf(
	    answer, sizeof(answer), "{'IsTruncated':false,'Versions':[%s]}", versions[_i].version);
	if (versions[_i].goes)
		script[2] = (struct aws_line){ .operation = "DeleteObjects", .params = GONE_A };
	op = undo(versions[_i].kept, script);
	aws_expect_result(op, OP_OK);
}
END_TEST

#define VA           V("a", "1", "1", "ea", END)
#define VB           V("b", "1", "1", "eb", END)
#define VC           V("c", "1", "1", "ec", END)
#define OWN(key, v)  V(key, v, "7", "own", END)
#define MARK(key, v) "'KeyMarker':'" key "','VersionIdMarker':'" v "',"
#define MORE(key, all)                                                                             \
	"{'IsTruncated':true,'NextKeyMarker':'" key "','NextVersionIdMarker':'1','Versions':[" all \
	"]}"

/* A mark names what is still there. */
START_TEST(pages_are_deleted_behind_the_next_one)
{
	const struct op *op = undo(KEPT,
	    (const struct aws_line[]){
		{ .operation = "ListObjectsV2", .params = FROM(""), .answer = FIRST(A) },
		{ .operation = "ListObjectVersions",
		    .params = MARKS(""),
		    .answer = MORE("b", VA "," VB) },
		{ .operation = "ListObjectsV2",
		    .params = FROM(AFTER("a")),
		    .answer = LAST(B "," C) },
		{ .operation = "ListObjectVersions",
		    .params = MARKS(MARK("a", "1")),
		    .answer = MORE("b", OWN("aa", "1") "," VB) },
		{ .operation = "DeleteObjects", .params = GONE_A },
		{ .operation = "ListObjectsV2",
		    .params = FROM(AFTER("a")),
		    .answer = LAST(B "," C) },
		{ .operation = "ListObjectVersions",
		    .params = MARKS(MARK("b", "1")),
		    .answer = VERSIONS(VC) },
		{ .operation = "DeleteObjects", .params = GONE("{'Key':'b','VersionId':'1'}") },
		{ .operation = "DeleteObjects", .params = GONE("{'Key':'c','VersionId':'1'}") },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

/* The source stays before the key whose versions go on. */
START_TEST(many_versions_of_a_key_are_gone_through)
{
	const struct op *op = undo(KEPT,
	    (const struct aws_line[]){
		{ .operation = "ListObjectsV2", .params = FROM(""), .answer = LAST(A "," B) },
		{ .operation = "ListObjectVersions",
		    .params = MARKS(""),
		    .answer = MORE("b", OWN("b", "2")) },
		{ .operation = "ListObjectsV2", .params = FROM(AFTER("a")), .answer = LAST(B) },
		{ .operation = "ListObjectVersions",
		    .params = MARKS(MARK("b", "1")),
		    .answer = VERSIONS(VB "," OWN("b", "0")) },
		{ .operation = "DeleteObjects", .params = GONE("{'Key':'b','VersionId':'1'}") },
		{ 0 } });

	aws_expect_result(op, OP_OK);
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
	tcase_add_test(tcase, a_bucket_is_not_copied_into_itself);
	tcase_add_loop_test(tcase, what_the_copy_has_put_there_goes_and_nothing_else, 0,
	    (int)(sizeof(versions) / sizeof(*versions)));
	tcase_add_test(tcase, pages_are_deleted_behind_the_next_one);
	tcase_add_test(tcase, many_versions_of_a_key_are_gone_through);
	suite_add_tcase(suite, tcase);
	return suite;
}
