/* SPDX-License-Identifier: Apache-2.0
 * test_str.c - strings that grow up to a maximum, times as text, and looks at plain strings. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "util/check.h"
#include "util/clock_text.h"
#include "util/str.h"

START_TEST(an_empty_string_is_a_string)
{
	struct str s;
	char      *taken;

	str_init(&s, 10);
	ck_assert_str_eq(s.data, "");
	str_add(&s, "");
	str_add_mem(&s, NULL, 0);
	ck_assert_uint_eq(s.len, 0);
	str_clear(&s);
	taken = str_take(&s);
	ck_assert_str_eq(taken, "");
	free(taken);
	str_fini(&s);
	str_fini(&s);
}
END_TEST

START_TEST(everything_that_is_added_is_there_with_a_nul_behind_it)
{
	struct str s;

	str_init(&s, 1000);
	str_add(&s, "a");
	str_add_char(&s, 'b');
	str_add_mem(&s, "c\0d", 3);
	str_addf(&s, "%d%s", 12, "e");
	ck_assert_uint_eq(s.len, 8);
	ck_assert_mem_eq(s.data, "abc\0d12e", 9);
	str_clear(&s);
	ck_assert_uint_eq(s.len, 0);
	ck_assert_str_eq(s.data, "");
	str_add(&s, "x");
	ck_assert_str_eq(s.data, "x");
	str_fini(&s);
}
END_TEST

START_TEST(the_maximum_fits_and_one_more_byte_overflows_for_good)
{
	struct str s;

	str_init(&s, 4);
	str_add(&s, "abcd");
	ck_assert(!s.overflow);
	str_add_char(&s, 'e');
	ck_assert(s.overflow);
	ck_assert_str_eq(s.data, "abcd");
	str_clear(&s);
	ck_assert(!s.overflow);
	str_add(&s, "abc");
	str_add(&s, "de");
	str_add_char(&s, 'f'); /* would fit, but what was before it is missing */
	ck_assert(s.overflow);
	ck_assert_str_eq(s.data, "abc");
	str_fini(&s);
}
END_TEST

START_TEST(a_string_grows_through_every_size)
{
	struct str s;

	str_init(&s, 100000);
	for (size_t i = 0; i < 100000; i++) {
		ck_assert_uint_eq(s.len, i);
		str_add_char(&s, (char)('a' + i % 26));
	}
	ck_assert(!s.overflow);
	ck_assert_uint_eq(strlen(s.data), 100000);
	for (size_t i = 0; i < 100000; i++)
		ck_assert_int_eq(s.data[i], (char)('a' + i % 26));
	str_fini(&s);
}
END_TEST

/* 255, 256 and 257 bytes lie around the size of the buffer that printing tries first. */
START_TEST(printing_is_whole_at_any_length)
{
	for (int len = 250; len < 260; len++) {
		struct str s;

		str_init(&s, 1000);
		str_addf(&s, "%*d", len, 7);
		ck_assert_uint_eq(s.len, (size_t)len);
		ck_assert_uint_eq(strlen(s.data), (size_t)len);
		ck_assert_int_eq(s.data[len - 1], '7');
		str_fini(&s);
	}
}
END_TEST

START_TEST(what_is_taken_is_the_callers_and_the_builder_starts_again)
{
	struct str s;
	char      *taken;

	str_init(&s, 10);
	str_add(&s, "abc");
	taken = str_take(&s);
	str_add(&s, "0123456789");
	ck_assert(!s.overflow);
	ck_assert_str_eq(taken, "abc");
	ck_assert_str_eq(s.data, "0123456789");
	free(taken);
	str_fini(&s);
}
END_TEST

START_TEST(percent_encoding_leaves_only_unreserved_characters)
{
	struct str s;

	str_init(&s, 1000);
	str_add_percent(&s, "AZaz09-._~ /%+\xff\0:", 17, NULL);
	ck_assert_str_eq(s.data, "AZaz09-._~%20%2F%25%2B%FF%00%3A");
	str_clear(&s);
	str_add_percent(&s, "a/b:c\0", 6, "/:");
	ck_assert_str_eq(s.data, "a/b:c%00");
	str_fini(&s);
}
END_TEST

START_TEST(plain_strings_are_looked_at_whole)
{
	ck_assert(str_eq(NULL, NULL));
	ck_assert(!str_eq(NULL, ""));
	ck_assert(!str_eq("", NULL));
	ck_assert(str_eq("a", "a"));
	ck_assert(!str_eq("a", "ab"));
	ck_assert(str_starts("abc", "ab"));
	ck_assert(str_starts("abc", ""));
	ck_assert(!str_starts("a", "ab"));
	ck_assert(str_ends("abc", "bc"));
	ck_assert(str_ends("abc", ""));
	ck_assert(str_ends("abc", "abc"));
	ck_assert(!str_ends("c", "bc"));
	ck_assert(!str_ends("abc", "ab"));
}
END_TEST

START_TEST(a_number_is_digits_only_and_fits)
{
	static const struct {
		const char *text;
		bool        is_number;
		uint64_t    value;
	} rows[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "18446744073709551620", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ "0x1", false, 0 },
		{ "1.0", false, 0 },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		uint64_t value = 42;

		ck_assert_msg(
		    str_to_u64(rows[i].text, &value) == rows[i].is_number, "%s", rows[i].text);
		ck_assert_uint_eq(value, rows[i].is_number ? rows[i].value : 42);
	}
}
END_TEST

START_TEST(a_time_becomes_text_and_comes_back)
{
	static const struct {
		int64_t     wall_ms;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ 951782399999, "2000-02-28T23:59:59.999Z" },
		{ 951782400000, "2000-02-29T00:00:00.000Z" },
		{ 1795486636042, "2026-11-24T02:17:16.042Z" },
		{ 2147483648000, "2038-01-19T03:14:08.000Z" },
		{ 253402300799999, "9999-12-31T23:59:59.999Z" },
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		char    buf[CLOCK_TEXT_SIZE];
		int64_t back;

		ck_assert_str_eq(clock_text(buf, rows[i].wall_ms), rows[i].text);
		ck_assert(clock_text_parse(buf, &back));
		ck_assert_int_eq(back, rows[i].wall_ms);
	}
}
END_TEST

START_TEST(what_is_no_time_is_not_read_as_one)
{
	static const char *const texts[] = {
		"",
		"2026-11-24",
		"2026-11-24T02:17:16Z",
		"2026-11-24T02:17:16.042",
		"2026-11-24T02:17:16.042Zx",
		"2026-11-24T02:17:16.042+01:00",
		"2026-11-24 02:17:16.042Z",
		"x2026-11-24T02:17:16.042Z",
	};

	for (size_t i = 0; i < array_len(texts); i++) {
		int64_t wall_ms = 42;

		ck_assert_msg(!clock_text_parse(texts[i], &wall_ms), "%s", texts[i]);
		ck_assert_int_eq(wall_ms, 42);
	}
}
END_TEST

START_TEST(a_string_is_cut_back_and_grows_again)
{
	struct str s;

	str_init(&s, 5);
	str_cut(&s, 0);
	str_add(&s, "abc");
	str_add(&s, "defg");
	ck_assert(s.overflow);
	str_cut(&s, 3); /* nothing to cut, but all is well again */
	ck_assert(!s.overflow);
	str_cut(&s, 1);
	ck_assert_str_eq(s.data, "a");
	str_cut(&s, 4);
	ck_assert_uint_eq(s.len, 1);
	str_add(&s, "xyz");
	ck_assert_str_eq(s.data, "axyz");
	str_fini(&s);
}
END_TEST

START_TEST(a_hex_digit_has_a_value_and_nothing_else_has)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	for (int c = -128; c < 128; c++) {
		const char *at = c != 0 ? strchr(digits, c) : NULL;
		int         value = at != NULL ? (int)(at - digits) : -1;

		ck_assert_int_eq(str_hex_value((char)c), value > 15 ? value - 6 : value);
	}
}
END_TEST

START_TEST(a_string_loses_its_beginning_and_grows_again)
{
	struct str s;

	str_init(&s, 8);
	str_drop(&s, 0);
	str_add(&s, "12345678");
	str_drop(&s, 3);
	ck_assert_str_eq(s.data, "45678");
	str_add(&s, "abc");
	ck_assert_str_eq(s.data, "45678abc");
	ck_assert(!s.overflow);
	str_drop(&s, 8);
	ck_assert_str_eq(s.data, "");
	str_fini(&s);
}
END_TEST

Suite *suite_str(void);

Suite *
suite_str(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");

	tcase_add_test(tcase, an_empty_string_is_a_string);
	tcase_add_test(tcase, everything_that_is_added_is_there_with_a_nul_behind_it);
	tcase_add_test(tcase, the_maximum_fits_and_one_more_byte_overflows_for_good);
	tcase_add_test(tcase, a_string_grows_through_every_size);
	tcase_add_test(tcase, printing_is_whole_at_any_length);
	tcase_add_test(tcase, what_is_taken_is_the_callers_and_the_builder_starts_again);
	tcase_add_test(tcase, percent_encoding_leaves_only_unreserved_characters);
	tcase_add_test(tcase, plain_strings_are_looked_at_whole);
	tcase_add_test(tcase, a_number_is_digits_only_and_fits);
	tcase_add_test(tcase, a_time_becomes_text_and_comes_back);
	tcase_add_test(tcase, what_is_no_time_is_not_read_as_one);
	tcase_add_test(tcase, a_string_is_cut_back_and_grows_again);
	tcase_add_test(tcase, a_string_loses_its_beginning_and_grows_again);
	tcase_add_test(tcase, a_hex_digit_has_a_value_and_nothing_else_has);
	suite_add_tcase(suite, tcase);
	return suite;
}
