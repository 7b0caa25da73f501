/* SPDX-License-Identifier: Apache-2.0
 * test_hooks.c - what a webhook says, and how it is signed. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "hooks/message.h"
#include "hooks/sign.h"

/* The example of the specification's own libraries. */
#define KEY       "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID        "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIMESTAMP "1614265330"
#define BODY      "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

START_TEST(a_message_is_signed_as_the_specification_says)
{
	struct secret *key = sign_key(KEY);
	struct str     out;

	ck_assert_ptr_nonnull(key);
	str_init(&out, 256);
	sign_add(&out, key, ID, TIMESTAMP, BODY);
	ck_assert_str_eq(out.data, SIGNATURE);
	sign_add(&out, key, ID, TIMESTAMP, BODY);
	ck_assert_str_eq(out.data, SIGNATURE " " SIGNATURE);
	str_fini(&out);
	secret_destroy(key);
}
END_TEST

START_TEST(what_is_no_key_is_none)
{
	static const char *const bad[] = { "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"whsec_c2hvcnQ=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
		"whsec_!fKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"whsec_"
		"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
		"FBQUFBQUE=" };

	ck_assert_ptr_null(sign_key(bad[_i]));
}
END_TEST

#define EVENT(type, rest)                                                                        \
	"{\"seq\":7,\"graph_id\":\"0000000a\",\"execution_id\":\"0000000b\",\"time\":\"2026-11-" \
	"24T03:34:27.249Z\",\"type\":\"" type "\"" rest "}"

static const struct {
	const char *type, *event, *told; /* told NULL: nothing */
} says[] = {
	{ NULL, EVENT("execution", ",\"status\":\"completed\""), "execution.completed" },
	{ NULL, EVENT("verify", ""), "verify" },
	{ NULL, EVENT("node", ",\"status\":\"completed\""), NULL },
	{ NULL, EVENT("output", ",\"text\":\"\\\"type\\\":\\\"verify\\\"\""), NULL },
	{ NULL, EVENT("execution", ""), NULL },
	{ NULL, "{\"type\":\"execution\"", NULL },
	{ "execution", EVENT("execution", ",\"status\":\"failed\""), "execution.failed" },
	{ "execution.failed", EVENT("execution", ",\"status\":\"failed\""), "execution.failed" },
	{ "execution.fail", EVENT("execution", ",\"status\":\"failed\""), NULL },
	{ "execution.failed", EVENT("execution", ",\"status\":\"completed\""), NULL },
	{ "verify", EVENT("execution", ",\"status\":\"failed\""), NULL },
};

START_TEST(it_says_what_it_was_asked_for)
{
	struct hook_config config = { .types_n = says[_i].type != NULL };
	struct message     message;
	char               body[512];

	if (says[_i].type != NULL)
		memcpy(config.types[0], says[_i].type, strlen(says[_i].type) + 1);
	ck_assert(message_make(&message, &config, says[_i].event) == (says[_i].told != NULL));
	if (says[_i].told == NULL)
		return;
	ck_assert_str_eq(message.id, "0000000a.0000000b.7");
	snprintf(body, sizeof(body),
	    "{\"type\":\"%s\",\"timestamp\":\"2026-11-24T03:34:27.249Z\",\"data\":%s}",
	    says[_i].told, says[_i].event);
	ck_assert_str_eq(message.body, body);
	message_fini(&message);
}
END_TEST

Suite *suite_hooks(void);

Suite *
suite_hooks(void)
{
	Suite *suite = suite_create("hooks");
	TCase *tcase = tcase_create("hooks");

	tcase_add_test(tcase, a_message_is_signed_as_the_specification_says);
	tcase_add_loop_test(tcase, what_is_no_key_is_none, 0, 7);
	tcase_add_loop_test(
	    tcase, it_says_what_it_was_asked_for, 0, (int)(sizeof(says) / sizeof(*says)));
	suite_add_tcase(suite, tcase);
	return suite;
}
