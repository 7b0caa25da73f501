/* SPDX-License-Identifier: Apache-2.0
 * test_aws_sealed.c - what is sealed is open in a call, and nowhere else. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/check.h"
#include "util/json.h"

#define TYPE   "aws:lambda:function"
#define SECRET "open sesame"
#define OTHERS \
	"'function_name':'f','runtime':'python3.12','handler':'app.run','code':{'s3_key':'k'}"
#define KNOWN "{'id':'f','outputs':{'arn':'arn:f'},'tags':{" AWS_WORLD_TAG_MEMBERS "}}"

/* A function with a secret among its variables. */
static char *
wants(const char *box)
{
	static char text[1024];

	snprintf(text, sizeof(text),
	    "{" OTHERS ",'environment':{'variables':{'P':{'$sealed':'%s'},'S':'t'}}}", box);
	return text;
}

static const struct op *
update(const char *box, const struct aws_line *script)
{
	return aws_world_update(aws, TYPE, wants(box), "['environment']", KNOWN, script);
}

/* What is there, under a digest among its tags. */
static const struct op *
read(const char *box, const char *digest)
{
	char answer[2048];

	snprintf(answer, sizeof(answer),
	    "{'Configuration':{'FunctionName':'f','FunctionArn':'arn:f','Environment':{'Variables':"
	    "{'P':'" SECRET "','S':'by hand'}}},'Tags':{" AWS_WORLD_TAG_MEMBERS
	    ",'mgraph:digest':'%s'}}",
	    digest);
	return aws_world_do(aws, TYPE, OP_READ, wants(box),
	    (const struct aws_line[]){
		{ .operation = "GetFunction", .params = "{'FunctionName':'f'}", .answer = answer },
		{ 0 } });
}

static bool
is_box(struct json_object *found, const char *box)
{
	return str_eq(
	    json_get_str(json_path(found, "properties.environment.variables.P"), "$sealed"), box);
}

static void
expect_no_trace(const struct op *op)
{
	ck_assert_ptr_null(strstr(json_text(op->found), SECRET));
	ck_assert_ptr_null(strstr(op->message, SECRET));
}

START_TEST(a_call_has_it_open_and_what_is_found_has_it_sealed)
{
	char            *box = aws_world_box(aws, SECRET), digest[128];
	const struct op *op = update(
	    box, (const struct aws_line[]){
		     { .operation = "UpdateFunctionConfiguration",
			 .params = "{'FunctionName':'f','Environment':{'Variables':{'P':'" SECRET
				   "','S':'t'}}}",
			 .answer = "{'Environment':{'Variables':{'P':'" SECRET "','S':'t'}}}" },
		     { .operation = "TagResource" }, { 0 } });

	aws_expect_result(op, OP_OK);
	ck_assert(is_box(op->found, box));
	expect_no_trace(op);

	/* The tags say which box it was made of: the same is there, whatever else has changed. */
	snprintf(digest, sizeof(digest), "%s",
	    json_get_str(json_get(op->found, "tags"), "mgraph:digest"));
	op = read(box, digest);
	aws_expect_result(op, OP_OK);
	ck_assert(is_box(op->found, box));
	ck_assert_str_eq(
	    json_get_str(json_path(op->found, "properties.environment.variables"), "S"), "by hand");
	expect_no_trace(op);
	free(box);
}
END_TEST

START_TEST(what_was_made_of_another_box_is_not_shown)
{
	char            *box = aws_world_box(aws, SECRET);
	const struct op *op = read(box, "0000");

	aws_expect_result(op, OP_OK);
	aws_expect_json(
	    json_path(op->found, "properties.environment"), "{'variables':{'S':'by hand'}}");
	expect_no_trace(op);
	free(box);
}
END_TEST

START_TEST(an_error_that_says_it_back_is_masked)
{
	static const struct {
		const char *says, *expected;
	} rows[] = {
		{ "'" SECRET "' is too easy, " SECRET,
		    "UpdateFunctionConfiguration: '***********' is too easy, ***********" },
		{ "cut in the midst: open ses",
		    "UpdateFunctionConfiguration: cut in the midst: ********" },
		{ "open", "UpdateFunctionConfiguration: ****" },
		{ "nothing of it", "UpdateFunctionConfiguration: nothing of it" },
	};
	char            *box = aws_world_box(aws, SECRET), says[256];
	const struct op *op;

	snprintf(says, sizeof(says), "ValidationException: %s", rows[_i].says);
	op = update(
	    box, (const struct aws_line[]){
		     { "UpdateFunctionConfiguration", NULL, OP_INVALID, says, 400 }, { 0 } });
	aws_expect_result(op, OP_INVALID);
	ck_assert_str_eq(op->message, rows[_i].expected);
	free(box);
}
END_TEST

START_TEST(what_is_not_for_us_ends_the_op_before_its_call)
{
	const struct op *op = update("AAAA", (const struct aws_line[]){ { 0 } });

	aws_expect_result(op, OP_INVALID);
	ck_assert_ptr_nonnull(strstr(op->message, "no sealed box"));
}
END_TEST

Suite *suite_aws_sealed(void);

Suite *
suite_aws_sealed(void)
{
	Suite *suite = suite_create("aws_sealed");
	TCase *tcase = aws_world_case("sealed");

	tcase_add_test(tcase, a_call_has_it_open_and_what_is_found_has_it_sealed);
	tcase_add_test(tcase, what_was_made_of_another_box_is_not_shown);
	tcase_add_loop_test(tcase, an_error_that_says_it_back_is_masked, 0, 4);
	tcase_add_test(tcase, what_is_not_for_us_ends_the_op_before_its_call);
	suite_add_tcase(suite, tcase);
	return suite;
}
