/* SPDX-License-Identifier: Apache-2.0
 * test_aws_call.c - calls that end before anything is sent. */
#include <check.h>

#include "loop/loop.h"
#include "providers/aws/call.h"
#include "providers/aws/call_keys.h"
#include "tests/unit/aws_real.h"
#include "util/check.h"
#include "util/secret.h"

/* No answer came, so this field is free to count in. */
static void
on_done(struct call *call)
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
	struct aws_caller_options options = { aws_real_folder(), stillborn[_i].endpoint };
	struct loop              *loop = loop_create();
	struct aws_caller        *caller = aws_caller_create(loop, NULL, &options);
	struct secret            *secret = secret_create("s", 1);
	struct call_keys          keys = { .access_key_id = "id", .secret_access_key = secret };
	struct call               call = { .service = stillborn[_i].service,
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
	call_fini(&call);
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

Suite *suite_aws_call(void);

Suite *
suite_aws_call(void)
{
	Suite *suite = suite_create("aws_call");
	TCase *tcase = tcase_create("call");

	tcase_add_loop_test(tcase, a_call_that_cannot_be_made_is_done_in_the_next_turn, 0,
	    (int)array_len(stillborn));
	suite_add_tcase(suite, tcase);
	return suite;
}
