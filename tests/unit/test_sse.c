/* SPDX-License-Identifier: Apache-2.0
 * test_sse.c - the text of Server-Sent Events. */
#include <check.h>
#include <signal.h>
#include <string.h>

#include "http/sse.h"

static const struct {
	const char *id, *event, *data, *text;
} events[] = {
	{ "7-0", "node", "{}", "id: 7-0\nevent: node\ndata: {}\n\n" },
	{ NULL, NULL, "x", "data: x\n\n" },
	{ NULL, NULL, "", "data: \n\n" },
	{ NULL, NULL, "a\nb", "data: a\ndata: b\n\n" },
	{ NULL, NULL, "a\r\nb\rc\n", "data: a\ndata: b\ndata: c\ndata: \n\n" },
	{ NULL, NULL, "\n\nid: 9", "data: \ndata: \ndata: id: 9\n\n" },
	{ "", NULL, " x", "id: \ndata:  x\n\n" },
};

START_TEST(an_event_is_its_fields_and_an_empty_line)
{
	struct str out;

	str_init(&out, 1024);
	sse_event(&out, events[_i].id, events[_i].event, events[_i].data, strlen(events[_i].data));
	ck_assert_str_eq(out.data, events[_i].text);
	str_fini(&out);
}
END_TEST

START_TEST(data_may_hold_a_nul)
{
	struct str out;

	str_init(&out, 1024);
	sse_event(&out, NULL, NULL, "a\0b", 3);
	ck_assert_uint_eq(out.len, 11);
	ck_assert_mem_eq(out.data, "data: a\0b\n\n", 11);
	str_fini(&out);
}
END_TEST

START_TEST(a_comment_is_no_event_and_a_retry_is_milliseconds)
{
	struct str out;

	str_init(&out, 1024);
	sse_comment(&out, "still\nhere");
	sse_retry(&out, 1500);
	ck_assert_str_eq(out.data, ": still\n: here\n\nretry: 1500\n\n");
	str_fini(&out);
}
END_TEST

START_TEST(a_line_end_in_an_id_is_a_broken_program)
{
	struct str out;

	str_init(&out, 1024);
	sse_event(&out, "1\n2", NULL, "x", 1);
}
END_TEST

Suite *suite_sse(void);

Suite *
suite_sse(void)
{
	Suite *suite = suite_create("sse");
	TCase *tcase = tcase_create("sse");

	tcase_add_loop_test(
	    tcase, an_event_is_its_fields_and_an_empty_line, 0, (int)array_len(events));
	tcase_add_test(tcase, data_may_hold_a_nul);
	tcase_add_test(tcase, a_comment_is_no_event_and_a_retry_is_milliseconds);
	tcase_add_test_raise_signal(tcase, a_line_end_in_an_id_is_a_broken_program, SIGABRT);
	suite_add_tcase(suite, tcase);
	return suite;
}
