/* SPDX-License-Identifier: Apache-2.0
 * test_aws_session.c - calls wait until their role's keys are there, and not longer. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "loop/loop.h"
#include "providers/aws/session.h"
#include "providers/aws/call_keys.h"
#include "util/stamp.h"
#include "tests/unit/call_wire.h"
#include "util/json.h"
#include "util/str.h"

#define HOUR_MS 3600000

static struct call_wire wire;
static struct calls     calls;
static struct loop     *loop;
static struct secret   *secret;
static struct call_keys base;
static struct session  *session;
static unsigned         answered;

static void
on_done(struct call *call)
{
	(void)call;
	answered++;
}

static struct call
make_call(void)
{
	return (struct call){ .service = "sqs", .operation = "ListQueues", .done = on_done };
}

static struct json_object *
keys_for(int64_t for_ms)
{
	struct json_object *out;
	struct str          text;

	str_init(&text, 1024);
	str_add(&text, "{\"Credentials\":{\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"theirs\","
		       "\"SessionToken\":\"token\",\"Expiration\":\"");
	stamp_add(&text, STAMP_RFC3339, loop_wall_ms(loop) + for_ms);
	str_add(&text, "\"}}");
	out = json_read(text.data, text.len, NULL);
	str_fini(&text);
	return out;
}

/* The first in the air is the question for the role. */
static void
answer(enum op_result result, int64_t for_ms)
{
	ck_assert_str_eq(wire.items[0]->operation, "AssumeRole");
	call_wire_answer(&wire, result, result == OP_OK ? keys_for(for_ms) : NULL);
}

static void
setup(void)
{
	const struct aws_role role = {
		.arn = "arn:aws:iam::123456789012:role/deploy",
		.external_id = "x",
		.name = "test",
		.region = "us-east-1",
		.duration_s = 3600,
	};

	wire = (struct call_wire){ 0 };
	calls = call_wire_calls(&wire);
	answered = 0;
	loop = loop_create();
	secret = secret_create("ours", 4);
	base = (struct call_keys){ .access_key_id = "AKIA", .secret_access_key = secret };
	session = aws_session_create(&role, &base);
}

static void
teardown(void)
{
	aws_session_destroy(session);
	ck_assert_uint_eq(wire.n, 0);
	secret_destroy(secret);
	loop_destroy(loop);
}

START_TEST(one_question_serves_all_who_wait_and_those_who_come_later)
{
	struct call a = make_call(), b = make_call(), c = make_call();

	session_start(session, loop, &calls, &a);
	session_start(session, loop, &calls, &b);
	ck_assert_uint_eq(wire.n, 1);
	ck_assert_ptr_eq(wire.items[0]->keys, &base);
	ck_assert_str_eq(json_get_str(wire.items[0]->params, "RoleArn"),
	    "arn:aws:iam::123456789012:role/deploy");
	ck_assert_str_eq(json_get_str(wire.items[0]->params, "ExternalId"), "x");
	answer(OP_OK, HOUR_MS);
	session_start(session, loop, &calls, &c);
	ck_assert_uint_eq(wire.started, 4);
	ck_assert_uint_eq(wire.n, 3);
	ck_assert_ptr_eq(wire.items[0], &a);
	ck_assert_ptr_eq(wire.items[2], &c);
	ck_assert_str_eq(c.keys->access_key_id, "ASIA");
	ck_assert_str_eq(secret_open(c.keys->secret_access_key), "theirs");
	ck_assert_str_eq(secret_open(c.keys->session_token), "token");
	wire.n = 0;
}
END_TEST

START_TEST(keys_that_are_about_to_expire_are_asked_for_anew)
{
	struct call a = make_call(), b = make_call();

	session_start(session, loop, &calls, &a);
	answer(OP_OK, 60000);
	ck_assert_ptr_eq(wire.items[0], &a);
	wire.n = 0;
	session_start(session, loop, &calls, &b);
	ck_assert_uint_eq(wire.started, 3);
	answer(OP_OK, HOUR_MS);
	ck_assert_ptr_eq(wire.items[0], &b);
	wire.n = 0;
}
END_TEST

static const struct {
	enum op_result result, becomes;
} refusals[] = {
	{ OP_DENIED, OP_DENIED }, { OP_THROTTLED, OP_THROTTLED },
	{ OP_UNKNOWN, OP_TRANSIENT }, /* the call itself was never sent */
};

START_TEST(a_role_that_cannot_be_had_is_the_result_of_those_who_wait)
{
	struct call a = make_call(), b = make_call();

	session_start(session, loop, &calls, &a);
	session_start(session, loop, &calls, &b);
	answer(refusals[_i].result, 0);
	ck_assert_uint_eq(answered, 2);
	ck_assert_int_eq(a.result, refusals[_i].becomes);
	ck_assert_int_eq(b.result, refusals[_i].becomes);
	ck_assert_str_eq(a.code, "Code");
	ck_assert_str_eq(
	    a.message, "the role arn:aws:iam::123456789012:role/deploy can't be taken on: no");
	ck_assert_uint_eq(wire.n, 0);
	session_start(session, loop, &calls, &a); /* it may be there by now */
	ck_assert_uint_eq(wire.started, 2);
	answer(OP_OK, HOUR_MS);
	wire.n = 0;
}
END_TEST

static struct call again;

static void
on_refused(struct call *call)
{
	on_done(call);
	session_start(session, loop, &calls, &again);
}

START_TEST(who_asks_again_at_once_waits_for_the_next_answer)
{
	struct call a = make_call();

	again = make_call();
	a.done = on_refused;
	session_start(session, loop, &calls, &a);
	answer(OP_TRANSIENT, 0);
	ck_assert_uint_eq(answered, 1);
	ck_assert_uint_eq(wire.started, 2);
	answer(OP_OK, HOUR_MS);
	ck_assert_ptr_eq(wire.items[0], &again);
	wire.n = 0;
}
END_TEST

static void
on_last(struct call *call)
{
	on_done(call);
	aws_session_destroy(session);
	session = NULL;
}

START_TEST(it_may_go_while_it_tells_the_last_and_who_is_cancelled_is_not_told)
{
	struct call a = make_call(), b = make_call();

	b.done = on_last;
	session_start(session, loop, &calls, &a);
	session_start(session, loop, &calls, &b);
	session_cancel(session, &a);
	ck_assert_ptr_null(a.impl);
	answer(OP_DENIED, 0);
	ck_assert_uint_eq(answered, 1);
}
END_TEST

START_TEST(a_question_that_nobody_waits_for_goes_with_it)
{
	struct call a = make_call();

	session_start(session, loop, &calls, &a);
	session_cancel(session, &a);
	ck_assert_uint_eq(wire.n, 1); /* and the wire is empty at the end of the test */
}
END_TEST

Suite *suite_aws_session(void);

Suite *
suite_aws_session(void)
{
	Suite *suite = suite_create("aws_session");
	TCase *tcase = tcase_create("aws_session");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, one_question_serves_all_who_wait_and_those_who_come_later);
	tcase_add_test(tcase, keys_that_are_about_to_expire_are_asked_for_anew);
	tcase_add_loop_test(tcase, a_role_that_cannot_be_had_is_the_result_of_those_who_wait, 0,
	    array_len(refusals));
	tcase_add_test(tcase, who_asks_again_at_once_waits_for_the_next_answer);
	tcase_add_test(tcase, it_may_go_while_it_tells_the_last_and_who_is_cancelled_is_not_told);
	tcase_add_test(tcase, a_question_that_nobody_waits_for_goes_with_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
