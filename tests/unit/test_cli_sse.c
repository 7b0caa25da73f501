/* SPDX-License-Identifier: Apache-2.0
 * test_cli_sse.c - the event stream as the command line reads it. */
#include <check.h>
#include <string.h>

#include "cli/sse.h"
#include "util/str.h"

static const char stream_text[] = ": hello\r\n\r\n"
				  "id: 6-0\r\nevent: node\r\ndata: {\"a\":\r\ndata:1}\r\n\r\n"
				  "retry: 10\n\n"
				  "data: two\nid: 7-0\nother: x\n\n"
				  "data\r\r"
				  "data: lost, for its blank line never comes\n";

static void
on_event(void *arg, const struct sse_event *event)
{
	str_addf(arg, "<%s|%s|%s>", event->id, event->name, event->data);
}

START_TEST(events_are_read_in_whatever_pieces_they_come)
{
	struct str seen;
	struct sse sse;
	size_t     all = strlen(stream_text), piece = (size_t)_i;

	str_init(&seen, 1024);
	sse_init(&sse, on_event, &seen);
	for (size_t at = 0; at < all; at += piece)
		ck_assert(sse_feed(&sse, stream_text + at, at + piece <= all ? piece : all - at));
	ck_assert_str_eq(seen.data, "<6-0|node|{\"a\":\n1}><7-0||two><7-0||>");
	sse_restart(&sse);
	ck_assert(sse_feed(&sse, "data: x\n\n", 9));
	ck_assert(str_ends(seen.data, "<7-0||x>"));
	sse_fini(&sse);
	str_fini(&seen);
}
END_TEST

START_TEST(an_event_past_its_maximum_ends_the_reading)
{
	struct str seen;
	struct sse sse;
	char       piece[4096];
	bool       ok = true;
	size_t     fed = 0;

	memset(piece, 'x', sizeof(piece));
	str_init(&seen, 1024);
	sse_init(&sse, on_event, &seen);
	for (; ok && fed <= SSE_EVENT_MAX; fed += sizeof(piece))
		ok = sse_feed(&sse, piece, sizeof(piece));
	ck_assert(!ok);
	ck_assert_uint_gt(fed, SSE_EVENT_MAX);
	ck_assert_uint_eq(seen.len, 0);
	sse_fini(&sse);
	str_fini(&seen);
}
END_TEST

Suite *suite_cli_sse(void);

Suite *
suite_cli_sse(void)
{
	Suite *suite = suite_create("cli_sse");
	TCase *tcase = tcase_create("cli_sse");

	tcase_add_loop_test(
	    tcase, events_are_read_in_whatever_pieces_they_come, 1, (int)sizeof(stream_text));
	tcase_add_test(tcase, an_event_past_its_maximum_ends_the_reading);
	suite_add_tcase(suite, tcase);
	return suite;
}
