/* SPDX-License-Identifier: Apache-2.0
 * test_utf8.c - characters, and where a text may be cut. */
#include <check.h>
#include <string.h>

#include "util/check.h"
#include "util/utf8.h"

static const struct {
	const char *text;
	size_t      good;
} cases[] = {
	{ "", 0 },
	{ "plain\x7f", 6 },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9 },
	{ "a\xff", 1 },
	{ "a\x80", 1 },            /* nothing begins like this */
	{ "\xc0\xaf", 0 },         /* overlong */
	{ "\xe0\x80\xaf", 0 },     /* overlong */
	{ "\xed\xa0\x80", 0 },     /* a surrogate */
	{ "\xf4\x90\x80\x80", 0 }, /* past U+10FFFF */
	{ "ab\xe2\x82", 2 },       /* cut */
	{ "ab\xe2\x82\x63", 2 },
};

START_TEST(characters_are_told_from_bytes)
{
	ck_assert_uint_eq(utf8_len(cases[_i].text, strlen(cases[_i].text)), cases[_i].good);
}
END_TEST

START_TEST(a_nul_is_no_character)
{
	ck_assert_uint_eq(utf8_len("a\0b", 3), 1);
	ck_assert_uint_eq(utf8_char("\0", 1), 0);
	ck_assert_uint_eq(utf8_char("a", 0), 0);
}
END_TEST

/* Of one that is followed by others, each length that cuts it ends before it. */
START_TEST(no_character_is_cut)
{
	static const char *const chars[] = { "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };

	for (size_t i = 0; i < array_len(chars); i++) {
		size_t size = strlen(chars[i]);
		char   text[16] = "xy";

		strncpy(text + 2, chars[i], size + 1);
		for (size_t len = 2; len < 2 + size; len++)
			ck_assert_uint_eq(utf8_cut(text, len), 2);
		ck_assert_uint_eq(utf8_cut(text, 2 + size), 2 + size);
		ck_assert_uint_eq(utf8_cut(text + 2, size), size);
		for (size_t from = 3; from < 2 + size; from++)
			ck_assert_uint_eq(utf8_skip(text, 2 + size, from), 2 + size);
		ck_assert_uint_eq(utf8_skip(text, 2 + size, 2), 2);
	}
	ck_assert_uint_eq(utf8_cut("", 0), 0);
	ck_assert_uint_eq(utf8_cut("\xf0\x9f", 2), 0);
}
END_TEST

START_TEST(what_is_no_utf8_is_cut_anywhere)
{
	ck_assert_uint_eq(utf8_cut("a\x80\x80\x80\x80\x80", 6), 6);
	ck_assert_uint_eq(utf8_cut("\x80\x80", 2), 2);
	ck_assert_uint_eq(utf8_cut("\xc3\xa9\x80", 3), 3);
	ck_assert_uint_eq(utf8_skip("\x80\x80\x80\x80\x80", 5, 1), 4);
}
END_TEST

Suite *suite_utf8(void);

Suite *
suite_utf8(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_loop_test(tcase, characters_are_told_from_bytes, 0, array_len(cases));
	tcase_add_test(tcase, a_nul_is_no_character);
	tcase_add_test(tcase, no_character_is_cut);
	tcase_add_test(tcase, what_is_no_utf8_is_cut_anywhere);
	suite_add_tcase(suite, tcase);
	return suite;
}
