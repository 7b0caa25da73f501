/* SPDX-License-Identifier: Apache-2.0
 * test_http_life.c - clients that are slow, silent or gone. */
#include <check.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/http_world.h"

#define CLOSE "Host: h\r\nConnection: close\r\n"
#define HOLD  "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"

/* ---- time ---- */

struct drip {
	struct client client;
	size_t        sent_n;
};

static bool
drip_one(void *arg)
{
	struct drip *drip = arg;

	drip->sent_n++;
	client_send(&drip->client, drip->client.in.len == 0 ? "x" : "");
	return drip->client.eof;
}

static const char *const unfinished[] = {
	"GET /", /* a head, byte by byte */
	"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n",
};

START_TEST(a_request_that_drips_is_answered_408)
{
	struct http_options options = world_quick;
	struct world        world;
	struct drip         drip = { .sent_n = 0 };

	options.head_max = 60 * 1024;
	options.body_max = options.bodies_max = 1000000;
	http_world_init(&world, &options);
	client_init(&drip.client, &world);
	client_send(&drip.client, unfinished[_i]);
	ck_assert(world_until(&world, drip_one, &drip));
	ck_assert_uint_gt(drip.sent_n, 10);
	ck_assert_msg(str_starts(drip.client.in.data, "HTTP/1.1 408 Request Timeout\r\n"), "%s",
	    drip.client.in.data);
	ck_assert_uint_eq(world.handled_n, 0);
	client_fini(&drip.client);
	http_world_fini(&world);
}
END_TEST

START_TEST(an_idle_connection_is_closed_without_a_word)
{
	struct world  world;
	struct client fresh, used;

	http_world_init(&world, &world_quick);
	client_init(&fresh, &world);
	client_init(&used, &world);
	client_send(&used, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
	client_await_eof(&world, &fresh);
	client_await_eof(&world, &used);
	ck_assert_uint_eq(fresh.in.len, 0);
	ck_assert_uint_eq(count_of(used.in.data, "HTTP/1.1 "), 1);
	client_fini(&fresh);
	client_fini(&used);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_pending_reply_has_no_deadline)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_quick);
	world_hold(&world, &client, HOLD);
	world_pass(&world, 100 * 1000);
	ck_assert_uint_eq(world.closed_n, 0);
	http_reply(world.held, 200, NULL, 0, "late", 4);
	client_await(&world, &client, "late", 1);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

/* ---- clients that go ---- */

START_TEST(a_client_that_resets_while_its_reply_is_pending_is_noticed)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, HOLD);
	client_reset(&client);
	ck_assert(world_until(&world, world_is_closed, &world));
	ck_assert_uint_eq(world.closed_n, 1);
	ck_assert_ptr_null(world.held);
	http_world_fini(&world);
	ck_assert_uint_eq(world.closed_n, 1);
}
END_TEST

START_TEST(a_client_that_closes_while_its_reply_is_pending_is_noticed)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_quick);
	world_hold(&world, &client, HOLD);
	client_fini(&client);
	ck_assert(world_until(&world, world_is_closed, &world));
	http_world_fini(&world);
}
END_TEST

START_TEST(a_client_that_shut_down_its_side_still_gets_its_answers)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	client_init(&client, &world);
	client_send(&client, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n" HOLD);
	shutdown(client.fd, SHUT_WR);
	ck_assert(world_until(&world, world_is_held, &world));
	world_settle(&world);
	ck_assert_uint_eq(world.closed_n, 0);
	http_reply(world.held, 200, NULL, 0, "late", 4);
	client_await_eof(&world, &client);
	ck_assert_ptr_nonnull(strstr(client.in.data, "[GET /1"));
	ck_assert_ptr_nonnull(strstr(client.in.data, "\r\n\r\nlate"));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_reply_to_a_client_that_just_went_harms_nobody)
{
	struct world  world;
	struct client client, other;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, HOLD HOLD);
	client_reset(&client);
	http_reply(world.held, 200, NULL, 0, "nobody reads", 12); /* before the loop has seen it */
	world.held = NULL;
	world_settle(&world);
	ck_assert_uint_eq(world.closed_n, 0);
	ck_assert_uint_eq(world.handled_n, 1);
	client_init(&other, &world);
	client_send(&other, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	client_await_eof(&world, &other);
	client_fini(&other);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_client_may_go_at_every_byte)
{
	static const char request[] =
	    "POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
	struct world world;

	http_world_init(&world, &world_calm);
	for (size_t n = 0; n <= strlen(request); n++) {
		struct client client;

		client_init(&client, &world);
		client_send_mem(&client, request, n);
		if (n % 2 == 0)
			world_settle(&world);
		if (n % 3 == 0)
			client_reset(&client);
		else
			client_fini(&client);
		world_settle(&world);
		if (world.held != NULL && n % 2 == 0)
			http_stream_start(world.held, 200, NULL, 0);
		world_settle(&world);
	}
	http_world_fini(&world);
	ck_assert_ptr_null(world.held);
}
END_TEST

START_TEST(what_is_sent_ahead_of_a_pending_reply_waits_its_turn)
{
	const size_t  n = 200;
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, HOLD);
	for (size_t i = 0; i < n; i++)
		str_addf(&client.out, "POST / HTTP/1.1\r\n%sContent-Length: 1000\r\n\r\n%01000d",
		    i + 1 < n ? "Host: h\r\n" : CLOSE, 7);
	for (int i = 0; i < 8; i++) { /* as much as is taken; the loop still turns */
		client_send(&client, "");
		world_settle(&world);
	}
	ck_assert_uint_eq(world.handled_n, 1);
	http_reply(world.held, 200, NULL, 0, "late", 4);
	client_await_eof(&world, &client);
	ck_assert_uint_eq(world.handled_n, n + 1);
	ck_assert_uint_eq(count_of(client.in.data, "0007]"), n);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(each_request_begins_in_nobodys_lane_and_goes_on_in_its_own)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	client_init(&client, &world);
	client_send(&client, "GET /lane HTTP/1.1\r\nHost: h\r\n\r\n"
			     "GET /lane HTTP/1.1\r\nHost: h\r\n\r\n");
	client_await(&world, &client, "[lane 0, then 7]", 2);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(the_end_of_the_server_is_told_to_who_waits)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, HOLD);
	http_world_fini(&world);
	ck_assert_uint_eq(world.closed_n, 1);
	client_fini(&client);
}
END_TEST

Suite *suite_http_life(void);

Suite *
suite_http_life(void)
{
	Suite *suite = suite_create("http_life");
	TCase *tcase = tcase_create("http_life");

	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(
	    tcase, a_request_that_drips_is_answered_408, 0, (int)array_len(unfinished));
	tcase_add_test(tcase, an_idle_connection_is_closed_without_a_word);
	tcase_add_test(tcase, a_pending_reply_has_no_deadline);
	tcase_add_test(tcase, a_client_that_resets_while_its_reply_is_pending_is_noticed);
	tcase_add_test(tcase, a_client_that_closes_while_its_reply_is_pending_is_noticed);
	tcase_add_test(tcase, a_client_that_shut_down_its_side_still_gets_its_answers);
	tcase_add_test(tcase, a_reply_to_a_client_that_just_went_harms_nobody);
	tcase_add_test(tcase, a_client_may_go_at_every_byte);
	tcase_add_test(tcase, what_is_sent_ahead_of_a_pending_reply_waits_its_turn);
	tcase_add_test(tcase, each_request_begins_in_nobodys_lane_and_goes_on_in_its_own);
	tcase_add_test(tcase, the_end_of_the_server_is_told_to_who_waits);
	suite_add_tcase(suite, tcase);
	return suite;
}
