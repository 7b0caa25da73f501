/* SPDX-License-Identifier: Apache-2.0
 * test_http.c - the server on the wire: every row where libevhtp 1.2.18 alone goes wrong, and what we do. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/http_world.h"
#include "util/mem.h"

#define BODY_MAX 1024
#define HEAD_MAX 8192
#define CLOSE    "Host: h\r\nConnection: close\r\n"

static const struct http_options small = {
	.body_max = BODY_MAX,
	.bodies_max = 8 * BODY_MAX,
	.head_max = HEAD_MAX,
	.connections_max = 100,
	.head_timeout_ms = 5000,
	.body_timeout_ms = 5000,
	.idle_timeout_ms = 5000,
};

/* A connection's requests, and what must be in the answers, in this order, before the server closes. */
static const struct row {
	const char *requests;
	const char *answers[8];
} rows[] = {
	/* three at once */
	{ "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: "
	  "3\r\n\r\nabc"
	  "GET /3 HTTP/1.1\r\n" CLOSE "\r\n",
	    { "HTTP/1.1 200 OK\r\n", "[GET /1 a=- key=- body=]HTTP/1.1 200 OK\r\n",
		"[POST /2 a=- key=- body=abc]HTTP/1.1 200 OK\r\n", "Connection: close\r\n",
		"[GET /3" } },
	{ "GET /a%20b?a=%41&b=c HTTP/1.1\r\nX-Key: k\r\n" CLOSE "\r\n",
	    { "HTTP/1.1 200 OK\r\nDate: ",
		" GMT\r\nServer: mgraph-deploy\r\nContent-Length: 26\r\n",
		"Content-Type: text/plain\r\n", "\r\n[GET /a b a=A key=k body=]" } },
	/* nothing after Connection: close is answered */
	{ "GET /1 HTTP/1.1\r\n" CLOSE "\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
	    { "HTTP/1.1 200 OK\r\n", "Connection: close\r\n", "[GET /1 a=- key=- body=]" } },
	{ "HEAD /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\n" CLOSE "\r\n",
	    { "HTTP/1.1 200 OK\r\n", "Content-Length: 24\r\n", "\r\n\r\nHTTP/1.1 200 OK\r\n",
		"[GET /2" } },
	/* its own id comes back; one that can be none is replaced */
	{ "GET / HTTP/1.1\r\nX-Request-Id: a1-B2.c_3\r\n" CLOSE "\r\n",
	    { "\r\nX-Request-Id: a1-B2.c_3\r\nX-Content-Type-Options: nosniff\r\n" } },
	{ "garbage HTTP/1.1\r\nX-Request-Id: of-this-one\r\n\r\n",
	    { "HTTP/1.1 400 ", "X-Request-Id: ", "Cache-Control: no-store\r\n" } },
	{ "OPTIONS * HTTP/1.1\r\n" CLOSE "\r\n", { "HTTP/1.1 200 OK\r\n", "[OPTIONS * " } },
	{ "GET /old HTTP/1.0\r\n\r\n",
	    { "HTTP/1.1 200 OK\r\n", "Connection: close\r\n", "[GET /old a=- key=- body=]" } },
	{ "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
	    { "HTTP/1.1 200 OK\r\n", "Connection: keep-alive\r\n", "[GET /old",
		"Connection: close\r\n", "[GET /2" } },
	/* bodies */
	{ "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" CLOSE
	  "\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n",
	    { "HTTP/1.1 200 OK\r\n", "[POST / a=- key=- body=hello!]" } },
	{ "POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: x\r\n\r\n"
	  "GET /2 HTTP/1.1\r\n" CLOSE "\r\n",
	    { "[POST /1", "[GET /2" } },
	{ "POST / HTTP/1.1\r\nContent-Length: 1025\r\nHost: h\r\n\r\n",
	    { "HTTP/1.1 413 Payload Too Large\r\n", "Connection: close\r\n",
		"Content-Type: application/problem+json\r\n", "\"status\":413" } },
	{ "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: h\r\n\r\n401\r\n",
	    { "HTTP/1.1 413 ", "Connection: close\r\n" } },
	{ "POST / HTTP/1.1\r\nContent-Length: 1025\r\nExpect: 100-continue\r\nHost: h\r\n\r\n",
	    { "HTTP/1.1 413 ", "Connection: close\r\n" } },
	{ "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" CLOSE "\r\nhi",
	    { "HTTP/1.1 200 OK\r\n", "body=hi]" } },
	/* how much of one is wanted */
	{ "POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
	  "POST /few HTTP/1.1\r\nContent-Length: 8\r\n" CLOSE "\r\n12345678",
	    { "HTTP/1.1 401 ", "not known when the body came", "HTTP/1.1 200 ",
		"body=12345678]" } },
	{ "POST /few HTTP/1.1\r\nContent-Length: 9\r\nHost: h\r\n\r\n123456789GET / HTTP/1.1\r\n",
	    { "HTTP/1.1 413 ", "Connection: close\r\n", "the body is too large" } },
	{ "POST /few HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\nHost: h\r\n\r\n",
	    { "HTTP/1.1 413 ", "Connection: close\r\n" } },
	{ "POST /few HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: h\r\n\r\n9\r\n1",
	    { "HTTP/1.1 413 ", "Connection: close\r\n" } },
	{ "POST /none HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\nHost: h\r\n\r\n",
	    { "HTTP/1.1 413 ", "Connection: close\r\n" } },
	/* what is no request */
	{ "garbage\r\n\r\n", { "HTTP/1.1 400 Bad Request\r\n", "Connection: close\r\n" } },
	{ "GET / HTTP/9.9\r\nHost: h\r\n\r\n", { "HTTP/1.1 505 HTTP Version Not Supported\r\n" } },
	{ "GET / HTTP/1.1\r\n\r\n", { "HTTP/1.1 400 " } },
	{ "FROB / HTTP/1.1\r\nHost: h\r\n\r\n", { "HTTP/1.1 501 Not Implemented\r\n" } },
	{ "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n", { "HTTP/1.1 400 " } },
	{ "GET / HTTP/1.1\nHost: h\n\n", { "HTTP/1.1 400 " } },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", { "HTTP/1.1 400 " } },
	/* framing in doubt */
	{ "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: "
	  "chunked\r\n\r\n0\r\n\r\n",
	    { "HTTP/1.1 400 " } },
	{ "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello",
	    { "HTTP/1.1 400 " } },
	{ "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	    { "HTTP/1.1 501 " } },
	{ "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
	    { "HTTP/1.1 400 " } },
	{ "POST / HTTP/1.1\r\nTransfer-Encoding:\tCHUNKED\r\n" CLOSE "\r\n1\r\nx\r\n0\r\n\r\n",
	    { "HTTP/1.1 200 ", "body=x]" } },
	{ "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
	  "chunked\r\n\r\n10000000000000005\r\nhello",
	    { "HTTP/1.1 400 " } },
	/* a good one is answered before the bad one behind it */
	{ "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n",
	    { "HTTP/1.1 200 OK\r\n", "[GET /1", "HTTP/1.1 400 Bad Request\r\n",
		"Connection: close\r\n" } },
};

START_TEST(requests_are_answered_in_order_and_bad_ones_refused)
{
	const struct row *row = &rows[_i];
	struct world      world;
	char             *all, *at;
	size_t            heads_n = 0;

	http_world_init(&world, &small);
	at = all = world_ask(&world, row->requests);
	for (size_t i = 0; i < array_len(row->answers) && row->answers[i] != NULL; i++) {
		char *found = strstr(at, row->answers[i]);

		ck_assert_msg(
		    found != NULL, "%s\nno %s in %s", row->requests, row->answers[i], all);
		at = found + strlen(row->answers[i]);
		heads_n += count_of(row->answers[i], "HTTP/1.1 ");
	}
	if (count_of(row->answers[0], "HTTP/1.1 ") > 0 && heads_n > 1)
		ck_assert_uint_eq(count_of(all, "HTTP/1.1 "), heads_n);
	free(all);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_request_line_split_anywhere_is_never_corrupted)
{
	static const char request[] = "GET /aaaabbbb/hello?a=12345678 HTTP/1.1\r\nHost: h\r\n\r\n";
	struct world      world;
	struct client     client;

	http_world_init(&world, &small);
	client_init(&client, &world);
	client_send(
	    &client, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\n\r\nSECRETSECRET");
	client_await(&world, &client, "]", 1);
	for (size_t split = 1; split < strlen(request); split++) {
		client_send_mem(&client, request, split);
		world_settle(&world);
		client_send(&client, request + split);
		client_await(
		    &world, &client, "[GET /aaaabbbb/hello a=12345678 key=- body=]", split);
	}
	ck_assert_uint_eq(count_of(client.in.data, "HTTP/1.1 200 OK\r\n"), strlen(request));
	ck_assert_uint_eq(count_of(client.in.data, "SECRET"), 2);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(the_next_request_waits_while_a_reply_is_pending)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &small);
	client_init(&client, &world);
	client_send(
	    &client, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\n" CLOSE "\r\n");
	world_settle(&world);
	ck_assert_uint_eq(world.handled_n, 1);
	ck_assert_uint_eq(client.in.len, 0);
	http_reply(world.held, 200, NULL, 0, "late", 4);
	client_await_eof(&world, &client);
	ck_assert_ptr_nonnull(strstr(client.in.data, "\r\n\r\nlateHTTP/1.1 200 OK\r\n"));
	ck_assert_ptr_nonnull(strstr(client.in.data, "[GET /2"));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_204_has_neither_body_nor_length_nor_type)
{
	struct world world;
	char        *all;

	http_world_init(&world, &small);
	all = world_ask(&world, "GET /204 HTTP/1.1\r\n" CLOSE "\r\n");
	ck_assert(str_starts(all, "HTTP/1.1 204 No Content\r\n"));
	ck_assert_ptr_null(strstr(all, "\r\nContent-"));
	ck_assert_ptr_null(strstr(all, "Transfer-"));
	ck_assert(str_ends(all, "\r\n\r\n"));
	free(all);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_body_may_be_as_long_as_the_maximum)
{
	struct world world;
	struct str   text;
	char        *all;

	http_world_init(&world, &small);
	str_init(&text, 4096);
	str_addf(&text, "POST / HTTP/1.1\r\n" CLOSE "Content-Length: %d\r\n\r\n%0*d", BODY_MAX,
	    BODY_MAX, 7);
	all = world_ask(&world, text.data);
	ck_assert(str_starts(all, "HTTP/1.1 200 OK\r\n"));
	ck_assert_ptr_nonnull(strstr(all, "0007]"));
	free(all);
	str_fini(&text);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_large_body_comes_and_goes_whole)
{
	const size_t        len = 4 * 1024 * 1024;
	struct http_options options = small;
	struct world        world;
	struct client       client;
	char               *body = xmalloc(len);

	options.body_max = options.bodies_max = len;
	memset(body, 'x', len);
	http_world_init(&world, &options);
	client_init(&client, &world);
	client_send(&client, "POST / HTTP/1.1\r\n" CLOSE "Content-Length: 4194304\r\n\r\n");
	client_send_mem(&client, body, len);
	client_await_eof(&world, &client);
	ck_assert_ptr_nonnull(strstr(client.in.data, "Content-Length: 4194328\r\n"));
	ck_assert_uint_gt(client.in.len, len);
	ck_assert_mem_eq(client.in.data + client.in.len - len - 1, body, len);
	free(body);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

static const struct {
	const char *before, *piece;
	size_t      n;
	const char *answer;
} floods[] = {
	{ "GET / HTTP/1.1\r\nHost: h\r\n", "X: y\r\n", 200000, "HTTP/1.1 431 " },
	{ "GET /", "aaaaaaaa", 8192, "HTTP/1.1 414 " },
	{ "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n", "aaaaaaaa", 100000,
	    "HTTP/1.1 413 " },
	{ "POST /few HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", "aaaaaaaa", 100000,
	    "HTTP/1.1 413 " },
};

START_TEST(a_refusal_reaches_a_client_that_is_still_sending)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &small);
	client_init(&client, &world);
	client_send(&client, floods[_i].before);
	for (size_t i = 0; i < floods[_i].n; i++)
		str_add(&client.out, floods[_i].piece);
	client_await_eof(&world, &client);
	ck_assert_msg(str_starts(client.in.data, floods[_i].answer), "%s", client.in.data);
	client_await_sent(&world, &client);
	world_settle(&world);
	client_send(&client, "more"); /* no reset came, which could overtake the refusal */
	client_await_sent(&world, &client);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

#define ROOM_N 8 /* bodies of BODY_MAX, together bodies_max */

START_TEST(where_all_bodies_come_to_too_much_the_longest_goes)
{
	static const char head[] = "POST /some HTTP/1.1\r\nHost: h\r\nContent-Length: 1024\r\n\r\n";
	struct world      world;
	struct client     clients[ROOM_N + 1];
	char              body[BODY_MAX];

	memset(body, 'x', sizeof(body));
	http_world_init(&world, &small);
	for (size_t i = 0; i <= ROOM_N; i++) {
		client_init(&clients[i], &world);
		client_send(&clients[i], head);
		client_send_mem(&clients[i], body, i == 3 ? BODY_MAX - 1 : BODY_MAX - 100);
		world_settle(&world);
	}
	client_await_eof(&world, &clients[3]);
	ck_assert_ptr_nonnull(strstr(clients[3].in.data, "HTTP/1.1 503 "));
	for (size_t i = 0; i <= ROOM_N; i++) {
		client_send_mem(&clients[i], body, i == 3 ? 0 : 100);
		if (i != 3)
			client_await(&world, &clients[i], "HTTP/1.1 200 OK\r\n", 1);
		client_fini(&clients[i]);
	}
	http_world_fini(&world);
}
END_TEST

START_TEST(all_bodies_together_have_a_bound_and_one_that_goes_makes_room)
{
	static const char head[] = "POST /some HTTP/1.1\r\nHost: h\r\nContent-Length: 1024\r\n\r\n";
	struct world      world;
	struct client     clients[ROOM_N + 1];
	char              body[BODY_MAX - 1];

	memset(body, 'x', sizeof(body));
	http_world_init(&world, &small);
	for (size_t i = 0; i <= ROOM_N; i++) {
		client_init(&clients[i], &world);
		client_send(&clients[i], head);
		client_send_mem(&clients[i], body, sizeof(body));
		world_settle(&world);
	}
	client_await_eof(&world, &clients[ROOM_N]);
	ck_assert_ptr_nonnull(strstr(clients[ROOM_N].in.data, "HTTP/1.1 503 "));
	client_fini(&clients[ROOM_N]);
	client_send(&clients[0], "x"); /* whole: it has its answer, and the next one its room */
	client_await(&world, &clients[0], "HTTP/1.1 200 OK\r\n", 1);
	client_fini(&clients[1]);
	world_settle(&world);
	for (int i = 0; i < 3; i++) {
		client_send(&clients[0], head);
		client_send_mem(&clients[0], body, sizeof(body));
		client_send(&clients[0], "x");
		client_await(&world, &clients[0], "HTTP/1.1 200 OK\r\n", (size_t)i + 2);
	}
	client_fini(&clients[0]);
	for (size_t i = 2; i < ROOM_N; i++)
		client_fini(&clients[i]);
	http_world_fini(&world);
}
END_TEST

START_TEST(who_has_no_body_is_not_asked_about)
{
	struct world world;

	http_world_init(&world, &small);
	free(world_ask(&world, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
			       "GET / HTTP/1.1\r\n" CLOSE "\r\n"));
	ck_assert_uint_eq(world.handled_n, 2);
	ck_assert_uint_eq(world.asked_n, 0);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_waiting_client_is_told_once_to_continue)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &small);
	client_init(&client, &world);
	client_send(&client,
	    "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" CLOSE "\r\n");
	client_await(&world, &client, "HTTP/1.1 100 Continue\r\n\r\n", 1);
	ck_assert_uint_eq(world.handled_n, 0);
	http_stop_listening(world.server); /* stirs every connection */
	world_settle(&world);
	client_send(&client, "he");
	world_settle(&world);
	client_send(&client, "llo");
	client_await_eof(&world, &client);
	ck_assert_uint_eq(count_of(client.in.data, "100 Continue"), 1);
	ck_assert_ptr_nonnull(strstr(client.in.data, "body=hello]"));
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_line_end_in_a_reply_header_is_a_broken_program)
{
	struct world world;

	http_world_init(&world, &small);
	free(world_ask(&world, "GET /injection HTTP/1.1\r\n" CLOSE "\r\n"));
}
END_TEST

START_TEST(the_thousandth_reply_of_a_connection_closes_it)
{
	struct world  world;
	struct client client;

	http_world_init(&world, &small);
	client_init(&client, &world);
	for (int i = 0; i < 1001; i++)
		str_add(&client.out, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	client_await_eof(&world, &client);
	ck_assert_uint_eq(world.handled_n, 1000);
	ck_assert_uint_eq(count_of(client.in.data, "HTTP/1.1 200 OK\r\n"), 1000);
	ck_assert_uint_eq(count_of(client.in.data, "Connection: close\r\n"), 1);
	client_fini(&client);
	http_world_fini(&world);
}
END_TEST

START_TEST(a_head_request_has_the_length_of_its_get)
{
	struct world world;
	char        *all, *body;

	http_world_init(&world, &small);
	all = world_ask(&world, "HEAD /abc HTTP/1.1\r\n" CLOSE "\r\n");
	body = strstr(all, "\r\n\r\n");
	ck_assert_ptr_nonnull(
	    strstr(all, "Content-Length: 26\r\n")); /* [GET /abc a=- key=- body=] */
	ck_assert_ptr_nonnull(body);
	ck_assert_str_eq(body, "\r\n\r\n");
	free(all);
	http_world_fini(&world);
}
END_TEST

Suite *suite_http(void);

Suite *
suite_http(void)
{
	Suite *suite = suite_create("http");
	TCase *tcase = tcase_create("http");

	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(
	    tcase, requests_are_answered_in_order_and_bad_ones_refused, 0, (int)array_len(rows));
	tcase_add_test(tcase, a_request_line_split_anywhere_is_never_corrupted);
	tcase_add_test(tcase, the_next_request_waits_while_a_reply_is_pending);
	tcase_add_test(tcase, a_204_has_neither_body_nor_length_nor_type);
	tcase_add_test(tcase, a_body_may_be_as_long_as_the_maximum);
	tcase_add_test(tcase, a_large_body_comes_and_goes_whole);
	tcase_add_loop_test(
	    tcase, a_refusal_reaches_a_client_that_is_still_sending, 0, (int)array_len(floods));
	tcase_add_test(tcase, all_bodies_together_have_a_bound_and_one_that_goes_makes_room);
	tcase_add_test(tcase, where_all_bodies_come_to_too_much_the_longest_goes);
	tcase_add_test(tcase, who_has_no_body_is_not_asked_about);
	tcase_add_test(tcase, a_waiting_client_is_told_once_to_continue);
	tcase_add_test_raise_signal(
	    tcase, a_line_end_in_a_reply_header_is_a_broken_program, SIGABRT);
	tcase_add_test(tcase, the_thousandth_reply_of_a_connection_closes_it);
	tcase_add_test(tcase, a_head_request_has_the_length_of_its_get);
	suite_add_tcase(suite, tcase);
	return suite;
}
