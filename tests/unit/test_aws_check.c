/* SPDX-License-Identifier: Apache-2.0
 * test_aws_check.c - a check that is a type file: a function is invoked, and its answer held to what is expected of it. */
#include <check.h>
#include <string.h>

#include "tests/unit/aws_world.h"
#include "util/json.h"

#define INVOCATION "aws:lambda:invocation"
#define WANTS                                                                       \
	"{'function_name':'f','payload':{'a':1},'expect':{'json':{'state':'good'}," \
	"'contains':'state'}}"

/* {"a":1} */
#define ASKED "{'FunctionName':'f','InvocationType':'RequestResponse','Payload':'eyJhIjoxfQ=='}"
/* {"state":"good"}, {"state":"bad"}, {"errorMessage":"boom"} */
#define GOOD "{'StatusCode':200,'Payload':'eyJzdGF0ZSI6Imdvb2QifQ=='}"
#define BAD  "{'StatusCode':200,'Payload':'eyJzdGF0ZSI6ImJhZCJ9'}"
#define FAULT                                                       \
	"{'StatusCode':200,'FunctionError':'Unhandled','Payload':'" \
	"eyJlcnJvck1lc3NhZ2UiOiJib29tIn0='}"

START_TEST(an_answer_as_expected_holds)
{
	const struct op *op = aws_world_do(aws, INVOCATION, OP_CHECK, WANTS,
	    (const struct aws_line[]){ { "Invoke", ASKED, OP_OK, GOOD, 0 }, { 0 } });

	aws_expect_result(op, OP_OK);
	aws_expect_json(json_get(op->found, "outputs"),
	    "{'status':200,'answer':'{\\\"state\\\":\\\"good\\\"}'}");
}
END_TEST

static const struct {
	enum op_result result;
	const char    *answer, *says;
	enum op_result is;
} others[] = {
	{ OP_OK, BAD, "state is \"bad\" there, and not \"good\"", OP_FAILED },
	{ OP_OK, FAULT, "boom", OP_FAILED },
	{ OP_OK, "{'StatusCode':200}", "does not stand in it", OP_FAILED },
	{ OP_NOT_FOUND, "ResourceNotFoundException: no function", "no function", OP_FAILED },
	{ OP_DENIED, "AccessDeniedException: not you", "not you", OP_DENIED },
};

START_TEST(any_other_does_not_and_says_why)
{
	const struct op *op = aws_world_do(aws, INVOCATION, OP_CHECK, WANTS,
	    (const struct aws_line[]){
		{ "Invoke", ASKED, others[_i].result, others[_i].answer, 0 }, { 0 } });

	aws_expect_result(op, others[_i].is);
	ck_assert_msg(strstr(op->message, others[_i].says) != NULL, "%s", op->message);
}
END_TEST

START_TEST(without_an_expectation_it_must_not_fail)
{
	const struct op *op = aws_world_do(aws, INVOCATION, OP_CHECK, "{'function_name':'f'}",
	    (const struct aws_line[]){
		{ "Invoke", "{'FunctionName':'f','InvocationType':'RequestResponse'}", OP_OK, BAD,
		    0 },
		{ 0 } });

	aws_expect_result(op, OP_OK);
}
END_TEST

Suite *suite_aws_check(void);

Suite *
suite_aws_check(void)
{
	Suite *suite = suite_create("aws_check");
	TCase *tcase = aws_world_case("aws_check");

	tcase_add_test(tcase, an_answer_as_expected_holds);
	tcase_add_loop_test(
	    tcase, any_other_does_not_and_says_why, 0, sizeof(others) / sizeof(*others));
	tcase_add_test(tcase, without_an_expectation_it_must_not_fail);
	suite_add_tcase(suite, tcase);
	return suite;
}
