/* SPDX-License-Identifier: Apache-2.0
 * test_base64.c - bytes to base64 and back, strictly. */
#include <check.h>
#include <json-c/json.h>
#include <string.h>

#include "util/base64.h"

static const struct {
	const char *bytes;
	size_t      len;
	const char *text;
} pairs[] = {
	{ "", 0, "" },
	{ "f", 1, "Zg==" },
	{ "fo", 2, "Zm8=" },
	{ "foo", 3, "Zm9v" },
	{ "foob", 4, "Zm9vYg==" },
	{ "\0\xff\xfe", 3, "AP/+" },
};

START_TEST(bytes_become_text_and_the_same_bytes_again)
{
	struct json_object *json = base64_json(pairs[_i].bytes, pairs[_i].len);
	struct str          text, bytes;

	str_init(&text, 64);
	str_init(&bytes, 64);
	base64_add(&text, pairs[_i].bytes, pairs[_i].len);
	ck_assert_str_eq(text.data, pairs[_i].text);
	ck_assert_str_eq(json_object_get_string(json), pairs[_i].text);
	ck_assert(base64_decode(&bytes, text.data, text.len, NULL));
	ck_assert_uint_eq(bytes.len, pairs[_i].len);
	ck_assert_int_eq(memcmp(bytes.data, pairs[_i].bytes, pairs[_i].len), 0);
	json_object_put(json);
	str_fini(&bytes);
	str_fini(&text);
}
END_TEST

static const char *const wrong[] = { "Z", "Zg", "Zg=", "Zg==Zg==", "Zm9v!", "Zm9v\n", "Z-_v",
	" Zm9v", "Zh==" };

START_TEST(what_is_not_base64_is_refused)
{
	struct str bytes;

	str_init(&bytes, 64);
	ck_assert(!base64_decode(&bytes, wrong[_i], strlen(wrong[_i]), NULL));
	ck_assert_uint_eq(bytes.len, 0);
	str_fini(&bytes);
}
END_TEST

START_TEST(line_breaks_are_passed_over_where_they_may_be)
{
	struct str bytes;

	str_init(&bytes, 64);
	ck_assert(base64_decode(&bytes, "Zm9v\r\nYmFy\n", 11, "\r\n"));
	ck_assert_str_eq(bytes.data, "foobar");
	ck_assert(!base64_decode(&bytes, "Zm9v YmFy", 9, "\r\n"));
	str_fini(&bytes);
}
END_TEST

START_TEST(bytes_past_the_maximum_are_an_overflow)
{
	struct str bytes;

	str_init(&bytes, 2);
	ck_assert(!base64_decode(&bytes, "Zm9v", 4, NULL));
	ck_assert(bytes.overflow);
	str_fini(&bytes);
}
END_TEST

Suite *suite_base64(void);

Suite *
suite_base64(void)
{
	Suite *suite = suite_create("base64");
	TCase *tcase = tcase_create("base64");

	tcase_add_loop_test(
	    tcase, bytes_become_text_and_the_same_bytes_again, 0, (int)array_len(pairs));
	tcase_add_loop_test(tcase, what_is_not_base64_is_refused, 0, (int)array_len(wrong));
	tcase_add_test(tcase, line_breaks_are_passed_over_where_they_may_be);
	tcase_add_test(tcase, bytes_past_the_maximum_are_an_overflow);
	suite_add_tcase(suite, tcase);
	return suite;
}
