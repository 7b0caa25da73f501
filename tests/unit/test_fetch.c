/* SPDX-License-Identifier: Apache-2.0
 * test_fetch.c - one exchange: what is sent, what comes back, and what is said when it fails. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/fetch_world.h"
#include "util/check.h"

#define SHORT_MS  50
#define BIG_BYTES (1024 * 1024)

START_TEST(an_answer_has_status_body_and_headers)
{
	static const struct fetch_step steps[] = {
		{ "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-Request-Id:  abc \r\n"
		  "Set-Cookie: a\r\nset-cookie: b\r\nX-Empty:\r\nX-Fold: one\r\n  two\r\n\r\nhello",
		    false },
	};
	struct fetch_world world;
	struct fetch       fetch;
	char               buf[16];

	fetch_world_open(&world, steps, array_len(steps));
	fetch_world_ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_int_eq(fetch.status, 201);
	ck_assert_str_eq(fetch.body_in.data, "hello");
	ck_assert_str_eq(fetch_header_in(&fetch, "x-request-id", buf, sizeof(buf)), "abc");
	ck_assert_str_eq(fetch_header_in(&fetch, "set-cookie", buf, sizeof(buf)), "a");
	ck_assert_str_eq(fetch_header_in(&fetch, "x-empty", buf, sizeof(buf)), "");
	ck_assert_str_eq(fetch_header_in(&fetch, "x-fold", buf, sizeof(buf)), "one two");
	ck_assert_ptr_null(fetch_header_in(&fetch, "x-request", buf, sizeof(buf)));
	ck_assert_ptr_null(fetch_header_in(&fetch, "x-fold", buf, 7)); /* does not fit */
	ck_assert_ptr_nonnull(fetch_header_in(&fetch, "x-fold", buf, 8));
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

static const struct {
	const char *headers;
	bool        says;
	int64_t     ms;
} laters[] = {
	{ "x: 1\n", false, 0 },
	{ "retry-after: 7\n", true, 7000 },
	{ "retry-after: 0\n", true, 0 },
	{ "retry-after: 99999999999999999999\n", false, 0 },
	{ "retry-after: 9999999999999999999\n", true, 60000 },
	{ "retry-after: Thu, 01 Jan 1970 00:15:20 GMT\n", true, 10000 },
	{ "retry-after: Thu, 01 Jan 1970 00:00:00 GMT\n", true, 0 },
	{ "retry-after: Thu, 01 Jan 2070 00:00:00 GMT\n", true, 60000 },
	{ "retry-after: soon\n", false, 0 },
};

START_TEST(when_to_ask_again_is_in_seconds_or_a_date)
{
	struct fetch fetch = { .status = 503 };
	int64_t      ms = -1;

	str_init(&fetch.headers_in, 256);
	str_add(&fetch.headers_in, laters[_i].headers);
	ck_assert_int_eq(fetch_retry_after(&fetch, 910000, 60000, &ms), laters[_i].says);
	ck_assert_int_eq(ms, laters[_i].ms);
	str_fini(&fetch.headers_in);
}
END_TEST

START_TEST(the_request_is_sent_byte_for_byte_with_nothing_added_that_matters)
{
	static const struct fetch_step steps[] = { { OK_HELLO, false } };
	struct fetch_world             world;
	struct fetch                   fetch;
	char                           url[160];

	fetch_world_open(&world, steps, array_len(steps));
	snprintf(url, sizeof(url), "%s/../a//b%%2fc;d?q=%%2a&r&s=~", world.server.url);
	fetch_init(&fetch, "POST", url, fetch_world_done);
	fetch_header_add(&fetch, "X-Amz-Date", "20261124T000000Z");
	fetch_header_add(&fetch, "x-empty", "");
	fetch.body = "a\0b";
	fetch.body_len = 3;
	fetch_world_exchange(&world, &fetch);
	ck_assert(str_starts(world.server.last.data,
	    "POST /x/../a//b%2fc;d?q=%2a&r&s=~ HTTP/1.1\r\nHost: 127.0.0.1:"));
	ck_assert(fetch_world_saw(&world, "X-Amz-Date: 20261124T000000Z\r\n"));
	ck_assert(fetch_world_saw(&world, "x-empty:\r\n"));
	ck_assert(fetch_world_saw(&world, "User-Agent: mgraph-deploy\r\n"));
	ck_assert(fetch_world_saw(&world, "Content-Length: 3\r\n"));
	ck_assert(!fetch_world_saw(&world, "Accept:"));
	ck_assert(!fetch_world_saw(&world, "Expect:"));
	ck_assert(!fetch_world_saw(&world, "Content-Type:"));
	ck_assert_mem_eq(world.server.last.data + world.server.last.len - 3, "a\0b", 3);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

static const struct method_case {
	const char *method, *body, *begins, *length;
} method_cases[] = {
	{ "GET", NULL, "GET /x ", NULL },
	{ "DELETE", NULL, "DELETE /x ", NULL },
	{ "POST", NULL, "POST /x ", "Content-Length: 0\r\n" },
	{ "PUT", NULL, "PUT /x ", "Content-Length: 0\r\n" },
	{ "PATCH", NULL, "PATCH /x ", "Content-Length: 0\r\n" },
	{ "PUT", "data", "PUT /x ", "Content-Length: 4\r\n" },
	{ "DELETE", "data", "DELETE /x ", "Content-Length: 4\r\n" },
	{ "GET", "data", "GET /x ", "Content-Length: 4\r\n" },
};

START_TEST(any_method_may_have_a_body)
{
	static const struct fetch_step steps[] = { { OK_HELLO, false } };
	const struct method_case      *the = &method_cases[_i];
	struct fetch_world             world;
	struct fetch                   fetch;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_init(&fetch, the->method, world.server.url, fetch_world_done);
	fetch.body = the->body;
	fetch.body_len = the->body != NULL ? strlen(the->body) : 0;
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_str_eq(fetch.body_in.data, "hello");
	ck_assert(str_starts(world.server.last.data, the->begins));
	ck_assert(the->length != NULL ? fetch_world_saw(&world, the->length)
				      : !fetch_world_saw(&world, "Content-Length"));
	ck_assert(str_ends(world.server.last.data, the->body != NULL ? the->body : "\r\n\r\n"));
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

static const struct bodiless_case {
	const char *method, *answer;
	int         status;
} bodiless_cases[] = {
	{ "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200 },
	{ "HEAD", "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n", 404 },
	{ "DELETE", "HTTP/1.1 204 No Content\r\n\r\n", 204 },
	{ "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304 },
	{ "GET", "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n", 302 },
};

START_TEST(an_answer_without_a_body_is_not_waited_for)
{
	const struct bodiless_case *the = &bodiless_cases[_i];
	const struct fetch_step     steps[] = { { the->answer, false } };
	struct fetch_world          world;
	struct fetch                fetch;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_world_ask(&world, &fetch, the->method);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_int_eq(fetch.status, the->status);
	ck_assert_uint_eq(fetch.body_in.len, 0);
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

START_TEST(only_the_headers_of_the_final_answer_remain)
{
	static const struct fetch_step steps[] = {
		{ "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trail: "
		  "1\r\n\r\n",
		    false },
	};
	struct fetch_world world;
	struct fetch       fetch;

	fetch_world_open(&world, steps, array_len(steps));
	fetch_world_ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_str_eq(fetch.body_in.data, "abcde");
	ck_assert_str_eq(fetch.headers_in.data, "x-late: 1\ntransfer-encoding: chunked\n");
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

static const struct broken_case {
	const char       *method;
	struct fetch_step step;
	size_t            body_max;
	enum fetch_result result;
} broken_cases[] = {
	{ "POST", { NULL, true }, 100, FETCH_BROKEN },
	{ "GET", { NULL, true }, 100, FETCH_BROKEN },
	{ "GET", { OK_THEN_DEAF, true }, 100, FETCH_BROKEN },
	{ "GET", { "garbage\r\n\r\n", true }, 100, FETCH_BROKEN },
	{ "GET", { NULL, false }, 100, FETCH_TIMEOUT },
	{ "GET", { OK_THEN_DEAF, false }, 100, FETCH_TIMEOUT },
	{ "GET", { OK_HELLO, false }, 5, FETCH_DONE },
	{ "GET", { OK_HELLO, false }, 4, FETCH_TOO_LARGE },
	{ "GET", { OK_HELLO, false }, 0, FETCH_TOO_LARGE },
	{ "GET", { OK_EMPTY, false }, 0, FETCH_DONE },
};

START_TEST(what_became_of_a_request_that_was_sent_is_told)
{
	const struct broken_case *the = &broken_cases[_i];
	struct fetch_world        world;
	struct fetch              fetch;

	fetch_world_open(&world, &the->step, 1);
	fetch_init(&fetch, the->method, world.server.url, fetch_world_done);
	fetch.body_max = the->body_max;
	fetch.timeout_ms = the->result == FETCH_TIMEOUT ? SHORT_MS : 0;
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, the->result);
	ck_assert_int_eq(fetch.error[0] == '\0', the->result == FETCH_DONE);
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

START_TEST(headers_past_their_maximum_are_too_large)
{
	struct fetch_step  step = { NULL, false };
	struct str         answer;
	struct fetch_world world;
	struct fetch       fetch;

	str_init(&answer, BIG_BYTES);
	str_add(&answer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
	for (int i = 0; i < 70; i++)
		str_addf(&answer, "X-%d: %01000d\r\n", i, i);
	str_add(&answer, "\r\n");
	step.answer = answer.data;
	fetch_world_open(&world, &step, 1);
	fetch_world_ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_TOO_LARGE);
	fetch_fini(&fetch);
	str_fini(&answer);
	fetch_world_close(&world);
}
END_TEST

START_TEST(a_refused_connection_and_a_failed_handshake_are_unsent)
{
	struct fetch_world world;
	struct fetch       fetch;
	char               url[64];
	unsigned           port;

	fetch_world_open(&world, NULL, 0);
	close(fetch_world_listen(&port));
	fetch_world_url(url, "http", port);
	fetch_init(&fetch, "POST", url, fetch_world_done);
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_UNSENT);
	ck_assert_str_ne(fetch.error, "");
	fetch_fini(&fetch);

	fetch_world_url(url, "https", world.server.port);
	fetch_init(&fetch, "POST", url, fetch_world_done);
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_UNSENT);
	ck_assert_uint_eq(world.server.requests_n, 0);
	ck_assert_uint_eq(world.server.conns_n, 1);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

#define NOBODY 65534

/* Who listens is whose the process was at that moment. */
static int
listen_as(uid_t user, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t          len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	uid_t              own = geteuid();
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0);
	ck_assert_int_eq(seteuid(user), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(seteuid(own), 0);
	return fd;
}

static enum fetch_result
ask_abstract(struct fetch_world *world, uid_t listener)
{
	struct fetch      fetch;
	enum fetch_result result;
	char              name[64];
	int               fd;

	snprintf(name, sizeof(name), "@mgraph-deploy-test-%ld", (long)getpid());
	fd = listen_as(listener, name);
	fetch_init(&fetch, "POST", world->server.url, fetch_world_done);
	fetch.socket = name;
	fetch.timeout_ms = SHORT_MS;
	fetch_world_exchange(world, &fetch);
	result = fetch.result;
	fetch_fini(&fetch);
	close(fd);
	return result;
}

/* Any user may take any name of the abstract namespace. Only root can try that. */
START_TEST(nothing_is_said_to_another_user_by_a_name_that_anybody_may_take)
{
	struct fetch_world world;

	fetch_world_open(&world, NULL, 0);
	ck_assert_int_eq(ask_abstract(&world, geteuid()), FETCH_TIMEOUT);
	if (geteuid() == 0)
		ck_assert_int_eq(ask_abstract(&world, NOBODY), FETCH_UNSENT);
	ck_assert_uint_eq(world.server.conns_n, 0);
	fetch_world_close(&world);
}
END_TEST

static const struct malformed_case {
	const char *url, *name, *value;
} malformed_cases[] = {
	{ NULL, "X-A", "a\r\nX-B: b" },
	{ NULL, "X-A\nX-B", "b" },
	{ "file:///etc/hostname", "X-A", "b" },
	{ "http://", "X-A", "b" },
};

START_TEST(a_malformed_request_is_unsent)
{
	const struct malformed_case *the = &malformed_cases[_i];
	struct fetch_world           world;
	struct fetch                 fetch;

	fetch_world_open(&world, NULL, 0);
	fetch_init(&fetch, "GET", the->url != NULL ? the->url : world.server.url, fetch_world_done);
	fetch_header_add(&fetch, the->name, the->value);
	fetch_world_exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_UNSENT);
	ck_assert_uint_eq(world.server.conns_n, 0);
	fetch_fini(&fetch);
	fetch_world_close(&world);
}
END_TEST

Suite *suite_fetch(void);

Suite *
suite_fetch(void)
{
	Suite *suite = suite_create("fetch");
	TCase *tcase = tcase_create("fetch");

	tcase_add_test(tcase, an_answer_has_status_body_and_headers);
	tcase_add_loop_test(
	    tcase, when_to_ask_again_is_in_seconds_or_a_date, 0, (int)array_len(laters));
	tcase_add_test(tcase, the_request_is_sent_byte_for_byte_with_nothing_added_that_matters);
	tcase_add_loop_test(tcase, any_method_may_have_a_body, 0, (int)array_len(method_cases));
	tcase_add_loop_test(
	    tcase, an_answer_without_a_body_is_not_waited_for, 0, (int)array_len(bodiless_cases));
	tcase_add_test(tcase, only_the_headers_of_the_final_answer_remain);
	tcase_add_loop_test(
	    tcase, what_became_of_a_request_that_was_sent_is_told, 0, (int)array_len(broken_cases));
	tcase_add_test(tcase, headers_past_their_maximum_are_too_large);
	tcase_add_test(tcase, a_refused_connection_and_a_failed_handshake_are_unsent);
	tcase_add_test(tcase, nothing_is_said_to_another_user_by_a_name_that_anybody_may_take);
	tcase_add_loop_test(
	    tcase, a_malformed_request_is_unsent, 0, (int)array_len(malformed_cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
