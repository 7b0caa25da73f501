/* SPDX-License-Identifier: Apache-2.0
 * test_err.c - error codes as a table, and lists of problems. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "util/err.h"

START_TEST(every_code_has_a_name_of_its_own_a_title_and_a_status)
{
	for (int i = 0; i < ERR_N; i++) {
		const char *name = err_name((enum err_code)i);

		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		ck_assert_str_ne(name, "");
		ck_assert_str_ne(err_title((enum err_code)i), "");
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(name, err_name((enum err_code)k));
		if (i == ERR_OK)
			ck_assert_int_eq(err_status(ERR_OK), 200);
		else
			ck_assert(err_status((enum err_code)i) >= 400 &&
				  err_status((enum err_code)i) < 600);
	}
	ck_assert_str_eq(err_name(ERR_BUSY), "deployment_busy");
	ck_assert_int_eq(err_status(ERR_BUSY), 409);
}
END_TEST

static char *
read_page(void)
{
	static char page[64 * 1024];
	FILE       *file = fopen(TEST_SRCDIR "/docs/problems.md", "r");

	ck_assert_ptr_nonnull(file);
	page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
	fclose(file);
	return page;
}

START_TEST(the_page_of_problems_has_each_and_no_others)
{
	const char *page = read_page(), *row = page;
	size_t      rows_n = 0;
	char        want[1024];

	for (int i = ERR_OK + 1; i < ERR_N; i++) {
		enum err_code code = (enum err_code)i;

		snprintf(want, sizeof(want), "\n| %d | `%s` | %s | %s |\n", err_status(code),
		    err_name(code), err_title(code), err_when(code));
		ck_assert_msg(strstr(page, want) != NULL, "docs/problems.md lacks%s", want);
		ck_assert_int_eq(err_from(err_name(code)), code);
	}
	ck_assert_int_eq(err_from("no_such"), ERR_N);
	while ((row = strstr(row, "\n| ")) != NULL) {
		rows_n++;
		row++;
	}
	ck_assert_uint_eq(rows_n, ERR_N - 1 + 2); /* and the head */
}
END_TEST

START_TEST(an_error_is_set_in_one_line_and_cut_where_it_does_not_fit)
{
	struct err err;
	char       long_text[2 * sizeof(err.detail)];

	ck_assert_int_eq(err_set(&err, ERR_CONFLICT, "%s %d", "a", 7), ERR_CONFLICT);
	ck_assert_int_eq(err.code, ERR_CONFLICT);
	ck_assert_str_eq(err.detail, "a 7");
	ck_assert_int_eq(err_set(NULL, ERR_BUSY, "nobody listens"), ERR_BUSY);
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	err_set(&err, ERR_INTERNAL, "%s", long_text);
	ck_assert_uint_eq(strlen(err.detail), sizeof(err.detail) - 1);
}
END_TEST

START_TEST(a_detail_is_cut_between_characters)
{
	struct err      err;
	struct problems problems;
	char            text[2 * 4096];

	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	err_set(&err, ERR_INTERNAL, "%s", text); /* an odd number of bytes has room */
	ck_assert_uint_eq(strlen(err.detail), sizeof(err.detail) - 2);
	problems_init(&problems);
	problems_add(&problems, "", "code", "%s", text);
	ck_assert_uint_eq(strlen(problems.items[0].detail), 4094);
	problems_fini(&problems);
}
END_TEST

START_TEST(problems_are_kept_in_order_with_copies_of_their_texts)
{
	struct problems problems;
	char            pointer[] = "/a";

	problems_init(&problems);
	problems_add(&problems, pointer, "cycle", "%s -> %s", "a", "b");
	pointer[1] = 'z';
	problems_add(&problems, "", "bad_length", "%s", "");
	ck_assert_uint_eq(problems.n, 2);
	ck_assert_str_eq(problems.items[0].pointer, "/a");
	ck_assert_str_eq(problems.items[0].code, "cycle");
	ck_assert_str_eq(problems.items[0].detail, "a -> b");
	ck_assert_str_eq(problems.items[1].pointer, "");
	ck_assert_str_eq(problems.items[1].detail, "");
	ck_assert(!problems.truncated);
	problems_fini(&problems);
	ck_assert_uint_eq(problems.n, 0);
	problems_fini(&problems);
}
END_TEST

START_TEST(the_list_ends_at_its_maximum_and_says_so)
{
	struct problems problems;

	problems_init(&problems);
	for (int i = 0; i < PROBLEMS_MAX; i++)
		problems_add(&problems, "", "code", "%d", i);
	ck_assert_uint_eq(problems.n, PROBLEMS_MAX);
	ck_assert(!problems.truncated);
	problems_add(&problems, "", "code", "one more");
	ck_assert_uint_eq(problems.n, PROBLEMS_MAX);
	ck_assert(problems.truncated);
	ck_assert_str_eq(problems.items[PROBLEMS_MAX - 1].detail, "999");
	problems_fini(&problems);
}
END_TEST

START_TEST(a_long_detail_is_kept_whole)
{
	struct problems problems;
	char            detail[2000];

	memset(detail, 'x', sizeof(detail));
	detail[sizeof(detail) - 1] = '\0';
	problems_init(&problems);
	problems_add(&problems, "", "code", "%s", detail);
	ck_assert_str_eq(problems.items[0].detail, detail);
	problems_fini(&problems);
}
END_TEST

Suite *suite_err(void);

Suite *
suite_err(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = tcase_create("err");

	tcase_add_test(tcase, every_code_has_a_name_of_its_own_a_title_and_a_status);
	tcase_add_test(tcase, the_page_of_problems_has_each_and_no_others);
	tcase_add_test(tcase, an_error_is_set_in_one_line_and_cut_where_it_does_not_fit);
	tcase_add_test(tcase, a_detail_is_cut_between_characters);
	tcase_add_test(tcase, problems_are_kept_in_order_with_copies_of_their_texts);
	tcase_add_test(tcase, the_list_ends_at_its_maximum_and_says_so);
	tcase_add_test(tcase, a_long_detail_is_kept_whole);
	suite_add_tcase(suite, tcase);
	return suite;
}
