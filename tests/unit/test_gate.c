/* SPDX-License-Identifier: Apache-2.0
 * test_gate.c - the input gate: what is a request, what is refused, whatever way the bytes are split. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/gate.h"
#include "http/target.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/str.h"

#define HEAD_MAX            2048
#define BODY_MAX            64
#define GET(target)         "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST(headers, body) "POST /p HTTP/1.1\r\nHost: h\r\n" headers "\r\n" body
#define CHUNKED(body)       POST("Transfer-Encoding: chunked\r\n", body)

static const struct gate_limits limits = { .head_max = HEAD_MAX, .body_max = BODY_MAX };

/* Feeds the input in pieces of these lengths (0 ends the list, the rest comes whole). */
static size_t
feed_split(struct gate *gate, const char *input, size_t len, const size_t *pieces)
{
	size_t used = 0, given = 0;

	while (given < len && gate_is_open(gate)) {
		size_t piece = *pieces > 0 ? *pieces++ : len - given;
		char  *copy;

		if (piece > len - given)
			piece = len - given;
		copy = xmalloc(piece); /* exactly as long: reading past it is seen by asan */
		memcpy(copy, input + given, piece);
		used += gate_feed(gate, copy, piece);
		free(copy);
		given += piece;
	}
	return used;
}

static const struct good {
	const char *input, *method, *path, *query, *body;
} goods[] = {
	{ GET("/"), "GET", "/", "", "" },
	{ GET("/a/b?c=d&e"), "GET", "/a/b", "c=d&e", "" },
	{ GET("/a%20b%2Fc?x=%41"), "GET", "/a b/c", "x=%41", "" },
	{ GET("//x//?"), "GET", "//x//", "", "" },
	{ GET("/a?b?c"), "GET", "/a", "b?c", "" },
	{ GET("http://h/abs?q=1"), "GET", "/abs", "q=1", "" },
	{ GET("http://h"), "GET", "/", "", "" },
	{ GET("http://h?q"), "GET", "/", "q", "" },
	{ "\r\n\r\n" GET("/blank"), "GET", "/blank", "", "" },
	{ "HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n", "GET", "/h", "", "" },
	{ "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS", "*", "", "" },
	{ "DELETE /d HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "DELETE", "/d", "", "" },
	{ "GET /old HTTP/1.0\r\n\r\n", "GET", "/old", "", "" },
	{ "GET / HTTP/1.1\r\nhOsT:\th \t\r\nX:\r\n\r\n", "GET", "/", "", "" },
	{ POST("Content-Length: 5\r\n", "hello"), "POST", "/p", "", "hello" },
	{ POST("Content-Length: 0\r\n", ""), "POST", "/p", "", "" },
	{ POST("", ""), "POST", "/p", "", "" },
	{ POST("Content-Length: 64\r\n",
	      "0123456789012345678901234567890123456789012345678901234567890123"),
	    "POST", "/p", "", "0123456789012345678901234567890123456789012345678901234567890123" },
	{ CHUNKED("5\r\nhello\r\n0\r\n\r\n"), "POST", "/p", "", "hello" },
	{ CHUNKED("2;x=y;z=\"w\"\r\nhe\r\n03\r\nllo\r\n000\r\n\r\n"), "POST", "/p", "", "hello" },
	{ CHUNKED("5\r\nhello\r\n0\r\nTrailer: x\r\nHost: evil\r\n\r\n"), "POST", "/p", "",
	    "hello" },
	{ CHUNKED("0\r\n\r\n"), "POST", "/p", "", "" },
	{ CHUNKED("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), "POST", "/p", "",
	    "01234567890123456789" },
	{ POST("Transfer-Encoding:\tCHUNKED \r\n", "1\r\nx\r\n0\r\n\r\n"), "POST", "/p", "", "x" },
};

static void
check_good(const struct good *good, const struct gate *gate)
{
	ck_assert_msg(gate->state == GATE_DONE, "%s: state %d, %s", good->input, gate->state,
	    gate->detail == NULL ? "" : gate->detail);
	ck_assert_str_eq(gate->method, good->method);
	ck_assert_str_eq(gate->path, good->path);
	ck_assert_str_eq(gate->query, good->query);
	ck_assert_uint_eq(gate->body.len, strlen(good->body));
	ck_assert_mem_eq(
	    gate->body.data == NULL ? "" : gate->body.data, good->body, gate->body.len);
}

START_TEST(a_valid_request_is_read_the_same_at_every_split)
{
	const struct good *good = &goods[_i];
	size_t             len = strlen(good->input);

	for (size_t split = 1; split <= len; split++) {
		struct gate gate;

		gate_init(&gate, &limits);
		ck_assert_uint_eq(feed_split(&gate, good->input, len, (size_t[]){ split, 0 }), len);
		check_good(good, &gate);
		gate_fini(&gate);
	}
}
END_TEST

START_TEST(a_valid_request_is_read_byte_by_byte)
{
	const struct good *good = &goods[_i];
	struct gate        gate;

	gate_init(&gate, &limits);
	for (size_t i = 0; good->input[i] != '\0'; i++)
		ck_assert_uint_eq(gate_feed(&gate, good->input + i, 1), 1);
	check_good(good, &gate);
	gate_fini(&gate);
}
END_TEST

START_TEST(nothing_is_taken_beyond_the_end_of_a_request)
{
	const struct good *good = &goods[_i];
	struct gate        gate;
	struct str         input;

	str_init(&input, 4096);
	str_addf(&input, "%sGET /next HTTP/1.1\r\n", good->input);
	gate_init(&gate, &limits);
	ck_assert_uint_eq(gate_feed(&gate, input.data, input.len), strlen(good->input));
	check_good(good, &gate);
	ck_assert(!gate_is_open(&gate));
	gate_reset(&gate);
	ck_assert_int_eq(gate.state, GATE_IDLE);
	ck_assert(gate_is_open(&gate));
	gate_fini(&gate);
	str_fini(&input);
}
END_TEST

static const struct bad {
	const char *input;
	int         status;
} bads[] = {
	/* the request line */
	{ "garbage\r\n\r\n", 400 },
	{ "GET /\r\n\r\n", 400 },
	{ "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400 },
	{ "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ " GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET / http/1.1\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTP/11\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTP/1.x\r\nHost: h\r\n\r\n", 400 },
	{ "GET / HTTP/9.9\r\nHost: h\r\n\r\n", 505 },
	{ "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505 },
	{ "GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505 },
	{ "FROB / HTTP/1.1\r\nHost: h\r\n\r\n", 501 },
	{ "get / HTTP/1.1\r\nHost: h\r\n\r\n", 501 },
	{ "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501 },
	{ "\r\n\r\n\r\n\r\n\r\n" GET("/"), 400 },
	{ "\n" GET("/"), 400 },
	{ "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
	/* the target */
	{ GET("*"), 400 },
	{ GET("relative"), 400 },
	{ GET("/a#b"), 400 },
	{ GET("/a%"), 400 },
	{ GET("/a%4"), 400 },
	{ GET("/a%zz"), 400 },
	{ GET("/a%00b"), 400 },
	{ GET("/a%0d%0aX:y"), 400 },
	{ GET("/a?b=%00"), 400 },
	{ GET("/a?b=%4"), 400 },
	{ GET("/\x80"), 400 },
	{ GET("http:///x"), 400 },
	/* lines */
	{ "GET / HTTP/1.1\nHost: h\n\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\n\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX: \x01\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX: \x7f\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX y\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: h\r\nX(: y\r\n\r\n", 400 },
	/* Host */
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400 },
	/* the framing of the body */
	{ POST("Content-Length: 3\r\nContent-Length: 5\r\n", "hello"), 400 },
	{ POST("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400 },
	{ POST("Content-Length: 5, 5\r\n", "hello"), 400 },
	{ POST("Content-Length: +5\r\n", "hello"), 400 },
	{ POST("Content-Length: -5\r\n", "hello"), 400 },
	{ POST("Content-Length: 0x5\r\n", "hello"), 400 },
	{ POST("Content-Length: 5 5\r\n", "hello"), 400 },
	{ POST("Content-Length:\r\n", "hello"), 400 },
	{ POST("Content-Length: 99999999999999999999999\r\n", ""), 400 },
	{ POST("Content-Length: 65\r\n", ""), 413 },
	{ POST("Content-Length: 65\r\nExpect: 100-continue\r\n", ""), 413 },
	{ POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400 },
	{ POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400 },
	{ POST("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400 },
	{ POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""), 400 },
	{ POST("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501 },
	{ POST("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400 },
	{ POST("Transfer-Encoding: identity\r\n", "0\r\n\r\n"), 400 },
	{ POST("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400 },
	{ POST("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400 },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
	{ POST("Expect: 200-maybe\r\nContent-Length: 5\r\n", ""), 417 },
	/* chunks */
	{ CHUNKED("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400 },
	{ CHUNKED("1000000000000005\r\nhello\r\n0\r\n\r\n"), 413 },
	{ CHUNKED("41\r\n"), 413 },
	{ CHUNKED("3f\r\n012345678901234567890123456789012345678901234567890123456789012\r\n2\r\n"),
	    413 },
	{ CHUNKED("\r\n"), 400 },
	{ CHUNKED(";x\r\n"), 400 },
	{ CHUNKED("0x5\r\nhello\r\n"), 400 },
	{ CHUNKED("+5\r\nhello\r\n"), 400 },
	{ CHUNKED(" 5\r\nhello\r\n"), 400 },
	{ CHUNKED("5 \r\nhello\r\n"), 400 },
	{ CHUNKED("5\nhello\r\n"), 400 },
	{ CHUNKED("5;a\nb\r\nhello\r\n"), 400 },
	{ CHUNKED("5\rXhello\r\n"), 400 },
	{ CHUNKED("5\r\nhelloXX0\r\n\r\n"), 400 },
	{ CHUNKED("5\r\nhello\n0\r\n\r\n"), 400 },
	{ CHUNKED("5\r\nhello\rX0\r\n\r\n"), 400 },
	{ CHUNKED("0\r\nX: y\n\r\n"), 400 },
	{ CHUNKED("0\r\nX: y\r\n z\r\n\r\n"), 400 },
	{ CHUNKED("0\r\nX: \x01\r\n\r\n"), 400 },
	{ CHUNKED("0\r\n\rX"), 400 },
};

START_TEST(an_invalid_request_is_refused_the_same_at_every_split)
{
	const struct bad *bad = &bads[_i];
	size_t            len = strlen(bad->input), used = 0;
	const char       *detail = NULL;

	for (size_t split = len; split >= 1; split--) {
		struct gate gate;
		size_t      taken;

		gate_init(&gate, &limits);
		taken = feed_split(&gate, bad->input, len, (size_t[]){ split, 0 });
		ck_assert_msg(gate.state == GATE_REFUSED, "%s: state %d", bad->input, gate.state);
		ck_assert_msg(
		    gate.status == bad->status, "%s: %d %s", bad->input, gate.status, gate.detail);
		ck_assert(!gate.keep_alive);
		ck_assert(!gate_is_open(&gate));
		if (split == len) {
			used = taken;
			detail = gate.detail;
		}
		ck_assert_uint_eq(taken, used);
		ck_assert_str_eq(gate.detail, detail);
		gate_fini(&gate);
	}
}
END_TEST

START_TEST(a_nul_anywhere_in_a_head_is_refused)
{
	static const char input[] = GET("/abc");

	for (size_t at = 0; at < sizeof(input) - 1; at++) {
		struct gate gate;
		char        copy[sizeof(input)];

		memcpy(copy, input, sizeof(input));
		copy[at] = '\0';
		gate_init(&gate, &limits);
		gate_feed(&gate, copy, sizeof(input) - 1);
		ck_assert_int_eq(gate.state, GATE_REFUSED);
		ck_assert_int_eq(gate.status, 400);
		gate_fini(&gate);
	}
}
END_TEST

/* A request line of `before`, then n times `piece`. */
static int
status_of_many(const char *before, const char *piece, size_t n, const char *after)
{
	struct gate gate;
	struct str  input;
	int         status;

	str_init(&input, 16 * 1024 * 1024);
	str_add(&input, before);
	for (size_t i = 0; i < n; i++)
		str_add(&input, piece);
	str_add(&input, after);
	gate_init(&gate, &limits);
	gate_feed(&gate, input.data, input.len);
	ck_assert_uint_le(gate.head.cap + gate.body.cap, 2 * HEAD_MAX + 2 * BODY_MAX + 2048);
	status = gate.state == GATE_REFUSED ? gate.status : gate.state == GATE_DONE ? 200 : 0;
	gate_fini(&gate);
	str_fini(&input);
	return status;
}

START_TEST(a_head_has_a_maximum_and_uri_and_headers_their_own_answers)
{
	static const char line[] = "GET / HTTP/1.1\r\nHost: h\r\n";

	ck_assert_int_eq(
	    status_of_many("GET /", "a", HEAD_MAX, " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
	ck_assert_int_eq(status_of_many("", "a", 100000, ""), 414);
	ck_assert_int_eq(status_of_many(line, "X: y\r\n", 200000, "\r\n"), 431);
	ck_assert_int_eq(status_of_many(line, "X: y\r\n", GATE_HEADERS_MAX - 1, "\r\n"), 200);
	ck_assert_int_eq(status_of_many(line, "X: y\r\n", GATE_HEADERS_MAX, "\r\n"), 431);
	ck_assert_int_eq(
	    status_of_many("GET / HTTP/1.1\r\nHost: h\r\nX: ", "y", HEAD_MAX, "\r\n\r\n"), 431);
}
END_TEST

START_TEST(chunk_extensions_and_trailers_have_a_maximum)
{
	static const char head[] = CHUNKED("");

	ck_assert_int_eq(status_of_many(CHUNKED("1"), ";x=y", 1000, "\r\na\r\n0\r\n\r\n"), 200);
	ck_assert_int_eq(status_of_many(CHUNKED("1"), ";x=y", 100000, "\r\na\r\n0\r\n\r\n"), 431);
	ck_assert_int_eq(status_of_many(CHUNKED("0\r\n"), "X: y\r\n", 100000, "\r\n"), 431);
	ck_assert_int_eq(status_of_many(head, "1\r\na\r\n", BODY_MAX, "0\r\n\r\n"), 200);
	ck_assert_int_eq(status_of_many(head, "1\r\na\r\n", BODY_MAX + 1, "0\r\n\r\n"), 413);
}
END_TEST

static const struct {
	const char *input;
	bool        keep_alive;
} keeps[] = {
	{ "GET / HTTP/1.1\r\nHost: h\r\n\r\n", true },
	{ "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false },
	{ "GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false },
	{ "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", true },
	{ "GET / HTTP/1.0\r\n\r\n", false },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true },
};

START_TEST(keep_alive_follows_version_and_connection_header)
{
	struct gate gate;

	gate_init(&gate, &limits);
	gate_feed(&gate, keeps[_i].input, strlen(keeps[_i].input));
	ck_assert_int_eq(gate.state, GATE_DONE);
	ck_assert_int_eq(gate.keep_alive, keeps[_i].keep_alive);
	gate_fini(&gate);
}
END_TEST

START_TEST(a_client_that_waits_for_100_is_known_until_its_body_comes)
{
	static const char head[] = POST("Content-Length: 5\r\nExpect: 100-Continue\r\n", "");
	static const char empty[] = POST("Content-Length: 0\r\nExpect: 100-continue\r\n", "");
	struct gate       gate;

	gate_init(&gate, &limits);
	gate_feed(&gate, head, strlen(head));
	ck_assert_int_eq(gate.state, GATE_BODY);
	ck_assert(gate.wants_continue);
	gate_feed(&gate, "h", 1);
	ck_assert(!gate.wants_continue);
	gate_feed(&gate, "ello", 4);
	ck_assert_int_eq(gate.state, GATE_DONE);
	gate_reset(&gate);
	gate_feed(&gate, empty, strlen(empty));
	ck_assert_int_eq(gate.state, GATE_DONE);
	ck_assert(!gate.wants_continue);
	gate_fini(&gate);
}
END_TEST

/* ---- how much of a body is wanted ---- */

#define FEW               8
#define TO(path, headers) "POST " path " HTTP/1.1\r\nHost: h\r\n" headers "\r\n"
#define LONG              "65537" /* one more than is thrown away */
#define CODED(path, body) TO(path, "Transfer-Encoding: chunked\r\n") body
#define WAITS             "Expect: 100-continue\r\n"

static size_t
wanted(void *arg)
{
	const struct gate *gate = arg;

	ck_assert_str_eq(gate_header(gate, "Host"), "h"); /* all of the head is known */
	if (strcmp(gate->path, "/few") == 0)
		return FEW;
	return strcmp(gate->path, "/none") == 0 ? 0 : SIZE_MAX;
}

static const struct wish {
	const char     *input;
	enum gate_state state;
	enum gate_body  body_is;
	bool            keeps;
	const char     *body; /* NULL: none */
} wishes[] = {
	{ TO("/all", "Content-Length: 9\r\n") "123456789", GATE_DONE, GATE_BODY_WHOLE, true,
	    "123456789" },
	{ TO("/few", "Content-Length: 8\r\n") "12345678", GATE_DONE, GATE_BODY_WHOLE, true,
	    "12345678" },
	{ TO("/few", "Content-Length: 9\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ TO("/few", WAITS "Content-Length: 9\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ CODED("/few", "5\r\n12345\r\n3\r\n678\r\n0\r\n\r\n"), GATE_DONE, GATE_BODY_WHOLE, true,
	    "12345678" },
	{ CODED("/few", "5\r\n12345\r\n4\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ CODED("/few", "fffffff\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ CODED("/all", "fffffff\r\n"), GATE_REFUSED, GATE_BODY_WHOLE, false, NULL },
	{ TO("/none", ""), GATE_DONE, GATE_BODY_WHOLE, true, NULL },
	{ TO("/none", "Content-Length: 0\r\n"), GATE_DONE, GATE_BODY_WHOLE, true, NULL },
	{ TO("/none", "Content-Length: 3\r\n") "abc", GATE_DONE, GATE_BODY_SKIPPED, true, NULL },
	{ CODED("/none", "3\r\nabc\r\n0\r\n\r\n"), GATE_DONE, GATE_BODY_SKIPPED, true, NULL },
	{ TO("/none", "Content-Length: " LONG "\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ CODED("/none", "3\r\nabc\r\nfffe\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ TO("/none", WAITS "Content-Length: 3\r\n"), GATE_DONE, GATE_BODY_UNREAD, false, NULL },
	{ TO("/none", WAITS "Transfer-Encoding: chunked\r\n"), GATE_DONE, GATE_BODY_UNREAD, false,
	    NULL },
};

static void
judge_wish(const struct wish *wish, const size_t *pieces)
{
	struct gate        gate;
	struct gate_limits more = {
		.head_max = HEAD_MAX, .body_max = 1 << 20, .wanted = wanted, .arg = &gate
	};
	char input[512];

	snprintf(input, sizeof(input), "%sGET", wish->input);
	gate_init(&gate, &more);
	ck_assert_uint_eq(feed_split(&gate, input, strlen(input), pieces), strlen(wish->input));
	ck_assert_int_eq(gate.state, wish->state);
	ck_assert_int_eq(gate.body_is, wish->body_is);
	ck_assert_int_eq(gate.keep_alive, wish->keeps);
	ck_assert(!gate.wants_continue);
	if (wish->body == NULL)
		ck_assert_ptr_null(gate.body.data);
	else
		ck_assert_str_eq(gate.body.data, wish->body);
	gate_reset(&gate);
	ck_assert_int_eq(gate.body_is, GATE_BODY_WHOLE);
	gate_fini(&gate);
}

START_TEST(a_body_is_collected_as_far_as_it_is_wanted_at_every_split)
{
	const struct wish *wish = &wishes[_i];

	for (size_t at = 0; at < strlen(wish->input); at++)
		judge_wish(wish, (size_t[]){ at, 0 });
}
END_TEST

START_TEST(headers_are_found_in_any_case_and_trimmed)
{
	static const char input[] = "GET / HTTP/1.1\r\nHost: h\r\nX-Key:  a b\t \r\nEmpty:\r\n\r\n";
	struct gate       gate;

	gate_init(&gate, &limits);
	gate_feed(&gate, input, strlen(input));
	ck_assert_str_eq(gate_header(&gate, "x-key"), "a b");
	ck_assert_str_eq(gate_header(&gate, "EMPTY"), "");
	ck_assert_ptr_null(gate_header(&gate, "X"));
	gate_fini(&gate);
}
END_TEST

static const struct {
	const char *query, *name, *value;
} queries[] = {
	{ "a=1&b=2", "a", "1" },
	{ "a=1&b=2", "b", "2" },
	{ "a=1&a=2", "a", "1" },
	{ "a=1&b=2", "c", NULL },
	{ "ab=1", "a", NULL },
	{ "a=1", "ab", NULL },
	{ "a", "a", "" },
	{ "a&b=", "b", "" },
	{ "a=b=c", "a", "b=c" },
	{ "%61=%62+c", "a", "b c" },
	{ "&&x=%2B", "x", "+" },
	{ "", "a", NULL },
	{ "a=1234567", "a", "1234567" },
	{ "a=12345678", "a", "1234567" },
};

START_TEST(a_query_parameter_is_found_and_decoded)
{
	char        buf[8];
	const char *value = target_query(queries[_i].query, queries[_i].name, buf, sizeof(buf));

	if (queries[_i].value == NULL)
		ck_assert_ptr_null(value);
	else
		ck_assert_str_eq(value, queries[_i].value);
}
END_TEST

Suite *suite_gate(void);

Suite *
suite_gate(void)
{
	Suite *suite = suite_create("gate");
	TCase *tcase = tcase_create("gate");
	int    goods_n = (int)array_len(goods), bads_n = (int)array_len(bads);

	tcase_add_loop_test(tcase, a_valid_request_is_read_the_same_at_every_split, 0, goods_n);
	tcase_add_loop_test(tcase, a_valid_request_is_read_byte_by_byte, 0, goods_n);
	tcase_add_loop_test(tcase, nothing_is_taken_beyond_the_end_of_a_request, 0, goods_n);
	tcase_add_loop_test(
	    tcase, an_invalid_request_is_refused_the_same_at_every_split, 0, bads_n);
	tcase_add_test(tcase, a_nul_anywhere_in_a_head_is_refused);
	tcase_add_test(tcase, a_head_has_a_maximum_and_uri_and_headers_their_own_answers);
	tcase_add_test(tcase, chunk_extensions_and_trailers_have_a_maximum);
	tcase_add_loop_test(
	    tcase, keep_alive_follows_version_and_connection_header, 0, (int)array_len(keeps));
	tcase_add_test(tcase, a_client_that_waits_for_100_is_known_until_its_body_comes);
	tcase_add_loop_test(tcase, a_body_is_collected_as_far_as_it_is_wanted_at_every_split, 0,
	    (int)array_len(wishes));
	tcase_add_test(tcase, headers_are_found_in_any_case_and_trimmed);
	tcase_add_loop_test(
	    tcase, a_query_parameter_is_found_and_decoded, 0, (int)array_len(queries));
	suite_add_tcase(suite, tcase);
	return suite;
}
