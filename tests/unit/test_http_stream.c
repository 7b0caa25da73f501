/* SPDX-License-Identifier: Apache-2.0
 * test_http_stream.c - replies of unknown length, to readers of every kind. */
#include <check.h>
#include <string.h>

#include "tests/unit/http_world.h"

#define CLOSE "Host: h\r\nConnection: close\r\n"

START_TEST(a_stream_is_chunked_and_its_connection_kept)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client,
	    "GET /stream HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert(http_stream_write(world.held, "data: 1\n\n", 9));
	ck_assert(http_stream_write(world.held, "", 0));
	client_await(&world, &client, "\r\n\r\n9\r\ndata: 1\n\n\r\n", 1);
	ck_assert_ptr_nonnull(strstr(client.in.data, "Transfer-Encoding: chunked\r\n"));
	ck_assert_ptr_null(strstr(client.in.data, "Content-Length"));
	ck_assert(http_stream_write(world.held, "data: 2\n\n", 9));
	http_stream_end(world.held);
	client_await_eof(&world, &client);
	ck_assert_ptr_nonnull(
	    strstr(client.in.data, "9\r\ndata: 2\n\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_stream_to_http_1_0_ends_with_the_connection)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	ck_assert(http_stream_write(world.held, "data: 1\n\n", 9));
	http_stream_end(world.held);
	client_await_eof(&world, &client);
	ck_assert_ptr_null(strstr(client.in.data, "chunked"));
	ck_assert_ptr_nonnull(strstr(client.in.data, "Connection: close\r\n"));
	ck_assert(str_ends(client.in.data, "\r\n\r\ndata: 1\n\n"));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_head_of_a_stream_has_no_body)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, "HEAD /stream HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert(http_stream_write(world.held, "data: 1\n\n", 9));
	http_stream_end(world.held);
	client_await_eof(&world, &client);
	ck_assert_ptr_null(strstr(client.in.data, "data"));
	ck_assert(str_ends(client.in.data, "\r\n\r\n"));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

static void
on_room(void *arg)
{
	((struct world *)arg)->room_n++;
}

static bool
has_room(void *arg)
{
	return ((struct world *)arg)->room_n > 0;
}

/* Writes until it is told to stop; returns how much. */
static size_t
fill(struct world *world)
{
	static char block[64 * 1024];
	size_t      written = 0;

	while (http_stream_write(world->held, block, sizeof(block))) {
		written += sizeof(block);
		ck_assert_uint_lt(written, 64 * 1024 * 1024);
	}
	return written + sizeof(block);
}

static bool
is_drained(void *arg)
{
	struct world  *world = ((void **)arg)[0];
	struct client *client = ((void **)arg)[1];

	client_send(client, ""); /* reads */
	return has_room(world);
}

START_TEST(a_slow_reader_stops_the_writer_until_there_is_room)
{
	struct world  world;
	struct client client;
	size_t        written;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, "GET /stream HTTP/1.1\r\n" CLOSE "\r\n");
	http_stream_on_room(world.held, on_room, &world);
	written = fill(&world);
	world_settle(&world);
	ck_assert_uint_eq(world.room_n, 0);
	ck_assert(!http_stream_write(world.held, "more", 4)); /* taken all the same */
	ck_assert(world_until(&world, is_drained, (void *[]){ &world, &client }));
	ck_assert_uint_eq(world.room_n, 1);
	ck_assert(http_stream_write(world.held, "end", 3));
	http_stream_end(world.held);
	client_await_eof(&world, &client);
	ck_assert_uint_gt(client.in.len, written);
	ck_assert_ptr_nonnull(memmem(client.in.data, client.in.len,
	    "\r\n4\r\nmore\r\n3\r\nend\r\n0\r\n\r\n", strlen("..4..more..3..end..0....")));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_writer_that_never_stops_loses_its_client)
{
	static char   block[64 * 1024];
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	for (int i = 0; i < 1024; i++)
		http_stream_write(world.held, block, sizeof(block));
	ck_assert(world_until(&world, world_is_closed, &world));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_reader_that_stopped_reading_is_dropped)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_quick);
	world_hold(&world, &client, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	fill(&world);
	ck_assert(world_until(&world, world_is_closed, &world));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_watcher_that_goes_is_noticed_between_events)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &world_calm);
	world_hold(&world, &client, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
	client_await(&world, &client, "\r\n\r\n", 1);
	if (_i == 0)
		client_fini(&client);
	else
		client_reset(&client);
	ck_assert(world_until(&world, world_is_closed, &world));
	ck_assert_uint_eq(world.closed_n, 1);
	http_world_fini(&world);
}
END_TEST

Suite *suite_http_stream(void);

Suite *
suite_http_stream(void)
{
	Suite *suite = suite_create("http_stream");
	TCase *tcase = tcase_create("http_stream");

	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, a_stream_is_chunked_and_its_connection_kept);
	tcase_add_test(tcase, a_stream_to_http_1_0_ends_with_the_connection);
	tcase_add_test(tcase, a_head_of_a_stream_has_no_body);
	tcase_add_test(tcase, a_slow_reader_stops_the_writer_until_there_is_room);
	tcase_add_test(tcase, a_writer_that_never_stops_loses_its_client);
	tcase_add_test(tcase, a_reader_that_stopped_reading_is_dropped);
	tcase_add_loop_test(tcase, a_watcher_that_goes_is_noticed_between_events, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
