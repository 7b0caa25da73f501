/* SPDX-License-Identifier: Apache-2.0
 * test_fetch_stream.c - a body handed over as it comes, instead of being kept. */
#include <check.h>
#include <string.h>

#include "tests/unit/fetch_world.h"
#include "util/check.h"

#define BIG_BYTES (1024 * 1024)

static struct {
	struct str seen;
	size_t     calls, cancel_at;
} stream;

static void
on_data(struct fetch *fetch, const char *data, size_t len)
{
	ck_assert_int_eq(fetch->status, 200);
	ck_assert_uint_gt(len, 0);
	str_add_mem(&stream.seen, data, len);
	if (++stream.calls != stream.cancel_at)
		return;
	fetch_cancel(fetch_world_now->fetcher, fetch);
	ck_assert_uint_gt(strnlen(data, len), 0); /* the piece outlives the cancel */
	loop_ev_stop(fetch_world_now->ev);
}

static void
big_answer(struct str *answer, const char *status)
{
	str_init(answer, 2 * BIG_BYTES);
	str_addf(answer, "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n", status, BIG_BYTES);
	for (int i = 0; i < BIG_BYTES / 8; i++)
		str_addf(answer, "%08d", i);
}

static void
stream_open(struct fetch_world *world, struct fetch *fetch, const struct fetch_step *step)
{
	fetch_world_open(world, step, 1);
	str_init(&stream.seen, 2 * BIG_BYTES);
	stream.calls = stream.cancel_at = 0;
	fetch_init(fetch, "GET", world->server.url, fetch_world_done);
	fetch->on_data = on_data;
	fetch->body_max = 1000; /* of no concern to a stream */
}

static void
stream_close(struct fetch_world *world, struct fetch *fetch)
{
	fetch_fini(fetch);
	str_fini(&stream.seen);
	fetch_world_close(world);
}

START_TEST(a_stream_is_handed_over_piece_by_piece_and_whole)
{
	struct str         answer;
	struct fetch_step  step = { NULL, true };
	struct fetch_world world;
	struct fetch       fetch;

	big_answer(&answer, "200 OK");
	step.answer = answer.data;
	stream_open(&world, &fetch, &step);
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_uint_gt(stream.calls, 1);
	ck_assert_uint_eq(stream.seen.len, BIG_BYTES);
	ck_assert(str_ends(answer.data, stream.seen.data));
	ck_assert_uint_eq(fetch.body_in.len, 0);
	stream_close(&world, &fetch);
	str_fini(&answer);
}
END_TEST

START_TEST(a_stream_may_be_cancelled_from_its_own_data)
{
	struct str         answer;
	struct fetch_step  step = { NULL, false };
	struct fetch_world world;
	struct fetch       fetch;

	big_answer(&answer, "200 OK");
	step.answer = answer.data;
	stream_open(&world, &fetch, &step);
	fetch.done = fetch_world_never;
	stream.cancel_at = 2;
	fetch_start(world.fetcher, &fetch);
	fetch_world_run(&world);
	ck_assert_uint_eq(stream.calls, 2);
	ck_assert_ptr_null(fetch.impl);
	stream_close(&world, &fetch);
	str_fini(&answer);
}
END_TEST

START_TEST(what_a_stream_got_before_it_broke_is_handed_over_first)
{
	static const struct fetch_step step = { OK_THEN_DEAF, true };
	struct fetch_world             world;
	struct fetch                   fetch;

	stream_open(&world, &fetch, &step);
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_BROKEN);
	ck_assert_str_eq(stream.seen.data, "hel");
	stream_close(&world, &fetch);
}
END_TEST

START_TEST(the_body_of_a_refused_stream_is_kept_like_any_other)
{
	static const struct fetch_step step = {
		"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}", false
	};
	struct fetch_world world;
	struct fetch       fetch;

	stream_open(&world, &fetch, &step);
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_int_eq(fetch.status, 404);
	ck_assert_str_eq(fetch.body_in.data, "{}");
	ck_assert_uint_eq(stream.calls, 0);
	stream_close(&world, &fetch);
}
END_TEST

Suite *suite_fetch_stream(void);

Suite *
suite_fetch_stream(void)
{
	Suite *suite = suite_create("fetch_stream");
	TCase *tcase = tcase_create("fetch_stream");

	tcase_add_test(tcase, a_stream_is_handed_over_piece_by_piece_and_whole);
	tcase_add_test(tcase, a_stream_may_be_cancelled_from_its_own_data);
	tcase_add_test(tcase, what_a_stream_got_before_it_broke_is_handed_over_first);
	tcase_add_test(tcase, the_body_of_a_refused_stream_is_kept_like_any_other);
	suite_add_tcase(suite, tcase);
	return suite;
}
