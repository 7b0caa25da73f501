/* SPDX-License-Identifier: Apache-2.0
 * test_fetch.c - fetches against a scripted server on loopback, in the same loop. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/loop_ev.h"
#include "net/fetch.h"
#include "net/header_lines.h"
#include "util/check.h"
#include "util/mem.h"

#define CONNS_MAX    64
#define REQUEST_MAX  (64 * 1024)
#define GUARD_US     10000000
#define SHORT_MS     50
#define BIG_BYTES    (1024 * 1024)
#define OK_HELLO     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define OK_EMPTY     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define OK_THEN_DEAF "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"

/* What the server does when it has read its n-th request, over all connections. */
struct step {
	const char *answer;  /* NULL: none */
	bool        hang_up; /* after the answer */
};

struct conn {
	struct watch   watch;
	struct server *server;
	int            fd;
	struct str     in;
	const char    *out;
	size_t         out_len;
	bool           hang_up;
};

struct server {
	struct loop_ev    *ev;
	struct watch       watch;
	int                fd;
	char               url[64];
	unsigned           port;
	const struct step *steps;
	size_t             steps_n;
	struct conn        conns[CONNS_MAX];
	size_t             conns_n, requests_n, closed_n;
	struct str         last; /* the last request, whole */
	void (*on_request)(struct server *);
};

struct world {
	struct loop_ev *ev;
	struct fetcher *fetcher;
	struct server   server;
	struct timer    guard;
	int             pending, unasked;
	bool            timed_out;
};

static struct world *world_now; /* of the test that runs */

/* ---- the server ---- */

static void
conn_close(struct conn *conn)
{
	if (conn->fd < 0)
		return;
	watch_set(conn->server->ev, &conn->watch, conn->fd, 0);
	close(conn->fd);
	conn->fd = -1;
	conn->server->closed_n++;
}

static void
conn_write(struct conn *conn)
{
	ssize_t n = conn->out_len > 0 ? send(conn->fd, conn->out, conn->out_len, MSG_NOSIGNAL) : 0;

	if (n > 0) {
		conn->out += n;
		conn->out_len -= (size_t)n;
	}
	watch_set(conn->server->ev, &conn->watch, conn->fd,
	    WATCH_READ | (conn->out_len > 0 ? WATCH_WRITE : 0));
	if (conn->out_len == 0 && conn->hang_up)
		conn_close(conn);
}

static size_t
request_len(const struct str *in)
{
	const char *end = strstr(in->data, "\r\n\r\n"), *length;
	size_t      len;

	if (end == NULL)
		return 0;
	len = (size_t)(end - in->data) + 4;
	length = strstr(in->data, "Content-Length: ");
	if (length != NULL && length < end)
		len += strtoul(length + strlen("Content-Length: "), NULL, 10);
	return in->len >= len ? len : 0;
}

static void
conn_serve(struct conn *conn)
{
	struct server     *server = conn->server;
	const struct step *step = NULL;

	str_clear(&server->last);
	str_add_mem(&server->last, conn->in.data, conn->in.len);
	str_clear(&conn->in);
	if (server->requests_n < server->steps_n)
		step = &server->steps[server->requests_n];
	server->requests_n++;
	if (server->on_request != NULL)
		server->on_request(server);
	if (step == NULL)
		return;
	conn->out = step->answer;
	conn->out_len = step->answer != NULL ? strlen(step->answer) : 0;
	conn->hang_up = step->hang_up;
	conn_write(conn);
}

static void
on_conn(struct watch *watch, int what)
{
	struct conn *conn = container_of(watch, struct conn, watch);
	char         buf[16384];
	ssize_t      n;

	if (what & WATCH_WRITE)
		conn_write(conn);
	if (conn->fd < 0 || !(what & WATCH_READ))
		return;
	n = recv(conn->fd, buf, sizeof(buf), 0);
	if (n <= 0 || buf[0] < ' ') { /* gone, or it speaks TLS to us */
		conn_close(conn);
		return;
	}
	str_add_mem(&conn->in, buf, (size_t)n);
	if (request_len(&conn->in) > 0)
		conn_serve(conn);
}

static void
on_accept(struct watch *watch, int what)
{
	struct server *server = container_of(watch, struct server, watch);
	struct conn   *conn = &server->conns[server->conns_n];

	(void)what;
	ck_assert_uint_lt(server->conns_n, CONNS_MAX);
	server->conns_n++;
	conn->server = server;
	conn->fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	ck_assert_int_ge(conn->fd, 0);
	str_init(&conn->in, REQUEST_MAX);
	conn->watch.ready = on_conn;
	watch_set(server->ev, &conn->watch, conn->fd, WATCH_READ);
}

static int
listen_loopback(unsigned *ret_port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t          len = sizeof(addr);
	int                fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, CONNS_MAX), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*ret_port = ntohs(addr.sin_port);
	return fd;
}

static void
url_set(char url[64], const char *scheme, unsigned port)
{
	snprintf(url, 64, "%s://127.0.0.1:%u/x", scheme, port);
}

/* ---- the world of a test ---- */

static void
on_guard(struct timer *timer)
{
	struct world *world = container_of(timer, struct world, guard);

	world->timed_out = true;
	loop_ev_stop(world->ev);
}

static void
world_open(struct world *world, const struct step *steps, size_t steps_n)
{
	*world = (struct world){ 0 };
	world_now = world;
	world->ev = loop_ev_create();
	world->fetcher = fetcher_create(world->ev);
	world->server.ev = world->ev;
	world->server.fd = listen_loopback(&world->server.port);
	url_set(world->server.url, "http", world->server.port);
	world->server.steps = steps;
	world->server.steps_n = steps_n;
	str_init(&world->server.last, REQUEST_MAX);
	world->server.watch.ready = on_accept;
	watch_set(world->ev, &world->server.watch, world->server.fd, WATCH_READ);
	timer_init(&world->guard, on_guard);
}

static void
world_close(struct world *world)
{
	struct server *server = &world->server;

	fetcher_destroy(world->fetcher);
	timer_disarm(loop_ev_loop(world->ev), &world->guard);
	for (size_t i = 0; i < server->conns_n; i++) {
		conn_close(&server->conns[i]);
		str_fini(&server->conns[i].in);
	}
	watch_set(world->ev, &server->watch, server->fd, 0);
	close(server->fd);
	str_fini(&server->last);
	loop_ev_destroy(world->ev);
}

/* Until something stops the loop; a test that hangs fails. */
static void
world_run(struct world *world)
{
	timer_arm(loop_ev_loop(world->ev), &world->guard, GUARD_US);
	loop_ev_run(world->ev);
	timer_disarm(loop_ev_loop(world->ev), &world->guard);
	ck_assert(!world->timed_out);
}

static void
on_done(struct fetch *fetch)
{
	ck_assert_ptr_null(fetch->impl);
	if (--world_now->pending == 0)
		loop_ev_stop(world_now->ev);
}

static void
never(struct fetch *fetch)
{
	(void)fetch;
	ck_abort_msg("done() was called after the cancel");
}

static void
begin(struct world *world, struct fetch *fetch)
{
	int before = ++world->pending;

	fetch_start(world->fetcher, fetch);
	ck_assert_int_eq(world->pending, before); /* done() may not come from within */
}

static void
exchange(struct world *world, struct fetch *fetch)
{
	begin(world, fetch);
	world_run(world);
}

/* One request without a body, to its end. */
static void
ask(struct world *world, struct fetch *fetch, const char *method)
{
	fetch_init(fetch, method, world->server.url, on_done);
	exchange(world, fetch);
}

static bool
saw(struct world *world, const char *text)
{
	return strstr(world->server.last.data, text) != NULL;
}

/* ---- the tests ---- */

START_TEST(an_answer_has_status_body_and_headers)
{
	static const struct step steps[] = {
		{ "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-Request-Id:  abc \r\n"
		  "Set-Cookie: a\r\nset-cookie: b\r\nX-Empty:\r\nX-Fold: one\r\n  two\r\n\r\nhello",
		    false },
	};
	struct world world;
	struct fetch fetch;
	char         buf[16];

	world_open(&world, steps, array_len(steps));
	ask(&world, &fetch, "GET");
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
	world_close(&world);
}
END_TEST

START_TEST(the_request_is_sent_byte_for_byte_with_nothing_added_that_matters)
{
	static const struct step steps[] = { { OK_HELLO, false } };
	struct world             world;
	struct fetch             fetch;
	char                     url[160];

	world_open(&world, steps, array_len(steps));
	snprintf(url, sizeof(url), "%s/../a//b%%2fc;d?q=%%2a&r&s=~", world.server.url);
	fetch_init(&fetch, "POST", url, on_done);
	fetch_header_add(&fetch, "X-Amz-Date", "20261124T000000Z");
	fetch_header_add(&fetch, "x-empty", "");
	fetch.body = "a\0b";
	fetch.body_len = 3;
	exchange(&world, &fetch);
	ck_assert(str_starts(world.server.last.data,
	    "POST /x/../a//b%2fc;d?q=%2a&r&s=~ HTTP/1.1\r\nHost: 127.0.0.1:"));
	ck_assert(saw(&world, "X-Amz-Date: 20261124T000000Z\r\n"));
	ck_assert(saw(&world, "x-empty:\r\n"));
	ck_assert(saw(&world, "User-Agent: mgraph-deploy\r\n"));
	ck_assert(saw(&world, "Content-Length: 3\r\n"));
	ck_assert(!saw(&world, "Accept:"));
	ck_assert(!saw(&world, "Expect:"));
	ck_assert(!saw(&world, "Content-Type:"));
	ck_assert_mem_eq(world.server.last.data + world.server.last.len - 3, "a\0b", 3);
	fetch_fini(&fetch);
	world_close(&world);
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
	static const struct step  steps[] = { { OK_HELLO, false } };
	const struct method_case *the = &method_cases[_i];
	struct world              world;
	struct fetch              fetch;

	world_open(&world, steps, array_len(steps));
	fetch_init(&fetch, the->method, world.server.url, on_done);
	fetch.body = the->body;
	fetch.body_len = the->body != NULL ? strlen(the->body) : 0;
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_str_eq(fetch.body_in.data, "hello");
	ck_assert(str_starts(world.server.last.data, the->begins));
	ck_assert(the->length != NULL ? saw(&world, the->length) : !saw(&world, "Content-Length"));
	ck_assert(str_ends(world.server.last.data, the->body != NULL ? the->body : "\r\n\r\n"));
	fetch_fini(&fetch);
	world_close(&world);
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
	const struct step           steps[] = { { the->answer, false } };
	struct world                world;
	struct fetch                fetch;

	world_open(&world, steps, array_len(steps));
	ask(&world, &fetch, the->method);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_int_eq(fetch.status, the->status);
	ck_assert_uint_eq(fetch.body_in.len, 0);
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_fini(&fetch);
	world_close(&world);
}
END_TEST

START_TEST(only_the_headers_of_the_final_answer_remain)
{
	static const struct step steps[] = {
		{ "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trail: "
		  "1\r\n\r\n",
		    false },
	};
	struct world world;
	struct fetch fetch;

	world_open(&world, steps, array_len(steps));
	ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_str_eq(fetch.body_in.data, "abcde");
	ck_assert_str_eq(fetch.headers_in.data, "x-late: 1\ntransfer-encoding: chunked\n");
	fetch_fini(&fetch);
	world_close(&world);
}
END_TEST

static const struct broken_case {
	const char       *method;
	struct step       step;
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
	struct world              world;
	struct fetch              fetch;

	world_open(&world, &the->step, 1);
	fetch_init(&fetch, the->method, world.server.url, on_done);
	fetch.body_max = the->body_max;
	fetch.timeout_ms = the->result == FETCH_TIMEOUT ? SHORT_MS : 0;
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, the->result);
	ck_assert_int_eq(fetch.error[0] == '\0', the->result == FETCH_DONE);
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_fini(&fetch);
	world_close(&world);
}
END_TEST

START_TEST(headers_past_their_maximum_are_too_large)
{
	struct step  step = { NULL, false };
	struct str   answer;
	struct world world;
	struct fetch fetch;

	str_init(&answer, BIG_BYTES);
	str_add(&answer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
	for (int i = 0; i < 70; i++)
		str_addf(&answer, "X-%d: %01000d\r\n", i, i);
	str_add(&answer, "\r\n");
	step.answer = answer.data;
	world_open(&world, &step, 1);
	ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_TOO_LARGE);
	fetch_fini(&fetch);
	str_fini(&answer);
	world_close(&world);
}
END_TEST

START_TEST(a_refused_connection_and_a_failed_handshake_are_unsent)
{
	struct world world;
	struct fetch fetch;
	char         url[64];
	unsigned     port;

	world_open(&world, NULL, 0);
	close(listen_loopback(&port));
	url_set(url, "http", port);
	fetch_init(&fetch, "POST", url, on_done);
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_UNSENT);
	ck_assert_str_ne(fetch.error, "");
	fetch_fini(&fetch);

	url_set(url, "https", world.server.port);
	fetch_init(&fetch, "POST", url, on_done);
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_UNSENT);
	ck_assert_uint_eq(world.server.requests_n, 0);
	ck_assert_uint_eq(world.server.conns_n, 1);
	fetch_fini(&fetch);
	world_close(&world);
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
	struct world                 world;
	struct fetch                 fetch;

	world_open(&world, NULL, 0);
	fetch_init(&fetch, "GET", the->url != NULL ? the->url : world.server.url, on_done);
	fetch_header_add(&fetch, the->name, the->value);
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_UNSENT);
	ck_assert_uint_eq(world.server.conns_n, 0);
	fetch_fini(&fetch);
	world_close(&world);
}
END_TEST

static const char *const once_methods[] = { "POST", "PUT", "PATCH", "DELETE" };

START_TEST(a_request_that_the_server_read_is_never_repeated_behind_our_back)
{
	static const struct step steps[] = { { OK_HELLO, false }, { NULL, true },
		{ OK_HELLO, false }, { OK_HELLO, false } };
	struct world             world;
	struct fetch             fetch;

	world_open(&world, steps, array_len(steps));
	ask(&world, &fetch, once_methods[_i]);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	fetch_fini(&fetch);
	ask(&world, &fetch, once_methods[_i]); /* on the connection that was kept */
	ck_assert_int_eq(fetch.result, FETCH_BROKEN);
	ck_assert_str_eq(fetch.error, "the connection was closed before an answer came");
	ck_assert_uint_eq(world.server.requests_n, 2);
	fetch_fini(&fetch);
	ask(&world, &fetch, once_methods[_i]); /* and the next one is fine */
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_uint_eq(world.server.requests_n, 3);
	fetch_fini(&fetch);
	world_close(&world);
}
END_TEST

START_TEST(a_get_may_be_repeated_on_a_new_connection)
{
	static const struct step steps[] = { { OK_HELLO, false }, { NULL, true },
		{ OK_HELLO, false } };
	struct world             world;
	struct fetch             fetch;

	world_open(&world, steps, array_len(steps));
	ask(&world, &fetch, "GET");
	fetch_fini(&fetch);
	ask(&world, &fetch, "GET");
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_uint_eq(world.server.requests_n, 3);
	ck_assert_uint_eq(world.server.conns_n, 2);
	fetch_fini(&fetch);
	world_close(&world);
}
END_TEST

START_TEST(a_kept_connection_that_the_server_closed_since_is_noticed)
{
	static const struct step steps[] = { { OK_HELLO, true }, { OK_HELLO, false },
		{ OK_HELLO, false } };
	struct world             world;
	struct fetch             fetch;

	world_open(&world, steps, array_len(steps));
	for (size_t i = 0; i < 3; i++) {
		ask(&world, &fetch, "POST");
		ck_assert_int_eq(fetch.result, FETCH_DONE);
		ck_assert_uint_eq(world.server.requests_n, i + 1);
		fetch_fini(&fetch);
	}
	ck_assert_uint_eq(world.server.conns_n, 2); /* the third used the second's */
	world_close(&world);
}
END_TEST

static void
stop_at_request(struct server *server)
{
	loop_ev_stop(server->ev);
}

START_TEST(after_a_cancel_in_flight_nothing_is_called)
{
	static const struct step steps[] = { { OK_THEN_DEAF, false }, { OK_HELLO, false } };
	struct world             world;
	struct fetch             fetch, other;

	world_open(&world, steps, array_len(steps));
	fetch_init(&fetch, "POST", world.server.url, never);
	fetch_cancel(world.fetcher, &fetch); /* not in flight */
	world.server.on_request = stop_at_request;
	fetch_start(world.fetcher, &fetch);
	world_run(&world);
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_cancel(world.fetcher, &fetch);
	ck_assert_ptr_null(fetch.impl);
	fetch_cancel(world.fetcher, &fetch);
	fetch_fini(&fetch);

	world.server.on_request = NULL;
	ask(&world, &other, "POST");
	ck_assert_int_eq(other.result, FETCH_DONE);
	ck_assert_uint_eq(world.server.conns_n, 2); /* the first can't be used again */
	fetch_fini(&other);
	world_close(&world);
}
END_TEST

START_TEST(a_cancel_before_the_first_turn_sends_nothing)
{
	static const struct step steps[] = { { OK_HELLO, false } };
	struct world             world;
	struct fetch             fetch, other;

	world_open(&world, steps, array_len(steps));
	fetch_init(&fetch, "POST", world.server.url, never);
	fetch_start(world.fetcher, &fetch);
	fetch_cancel(world.fetcher, &fetch);
	fetch_fini(&fetch);
	fetch_init(&fetch, "GET", "http://", never); /* its result waits in a task */
	fetch_start(world.fetcher, &fetch);
	fetch_cancel(world.fetcher, &fetch);
	fetch_fini(&fetch);
	ask(&world, &other, "GET");
	ck_assert_uint_eq(world.server.requests_n, 1);
	fetch_fini(&other);
	world_close(&world);
}
END_TEST

START_TEST(destroying_the_fetcher_cancels_what_is_in_flight)
{
	struct world world;
	struct fetch fetches[3];

	world_open(&world, NULL, 0);
	world.server.on_request = stop_at_request;
	for (size_t i = 0; i < array_len(fetches); i++) {
		fetch_init(&fetches[i], "GET", world.server.url, never);
		fetch_start(world.fetcher, &fetches[i]);
	}
	world_run(&world);
	world_close(&world);
	for (size_t i = 0; i < array_len(fetches); i++) {
		ck_assert_ptr_null(fetches[i].impl);
		fetch_fini(&fetches[i]);
	}
}
END_TEST

/* ---- streams ---- */

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
	fetch_cancel(world_now->fetcher, fetch);
	ck_assert_uint_gt(strnlen(data, len), 0); /* the piece outlives the cancel */
	loop_ev_stop(world_now->ev);
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
stream_open(struct world *world, struct fetch *fetch, const struct step *step)
{
	world_open(world, step, 1);
	str_init(&stream.seen, 2 * BIG_BYTES);
	stream.calls = stream.cancel_at = 0;
	fetch_init(fetch, "GET", world->server.url, on_done);
	fetch->on_data = on_data;
	fetch->body_max = 1000; /* of no concern to a stream */
}

static void
stream_close(struct world *world, struct fetch *fetch)
{
	fetch_fini(fetch);
	str_fini(&stream.seen);
	world_close(world);
}

START_TEST(a_stream_is_handed_over_piece_by_piece_and_whole)
{
	struct str   answer;
	struct step  step = { NULL, true };
	struct world world;
	struct fetch fetch;

	big_answer(&answer, "200 OK");
	step.answer = answer.data;
	stream_open(&world, &fetch, &step);
	exchange(&world, &fetch);
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
	struct str   answer;
	struct step  step = { NULL, false };
	struct world world;
	struct fetch fetch;

	big_answer(&answer, "200 OK");
	step.answer = answer.data;
	stream_open(&world, &fetch, &step);
	fetch.done = never;
	stream.cancel_at = 2;
	fetch_start(world.fetcher, &fetch);
	world_run(&world);
	ck_assert_uint_eq(stream.calls, 2);
	ck_assert_ptr_null(fetch.impl);
	stream_close(&world, &fetch);
	str_fini(&answer);
}
END_TEST

START_TEST(what_a_stream_got_before_it_broke_is_handed_over_first)
{
	static const struct step step = { OK_THEN_DEAF, true };
	struct world             world;
	struct fetch             fetch;

	stream_open(&world, &fetch, &step);
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_BROKEN);
	ck_assert_str_eq(stream.seen.data, "hel");
	stream_close(&world, &fetch);
}
END_TEST

START_TEST(the_body_of_a_refused_stream_is_kept_like_any_other)
{
	static const struct step step = { "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
		false };
	struct world             world;
	struct fetch             fetch;

	stream_open(&world, &fetch, &step);
	exchange(&world, &fetch);
	ck_assert_int_eq(fetch.result, FETCH_DONE);
	ck_assert_int_eq(fetch.status, 404);
	ck_assert_str_eq(fetch.body_in.data, "{}");
	ck_assert_uint_eq(stream.calls, 0);
	stream_close(&world, &fetch);
}
END_TEST

/* ---- many ---- */

static void
ask_again(struct fetch *fetch)
{
	ck_assert_int_eq(fetch->result, FETCH_DONE);
	ck_assert_str_eq(fetch->body_in.data, "hello");
	if (--world_now->pending == 0)
		loop_ev_stop(world_now->ev);
	if (world_now->unasked > 0) {
		world_now->unasked--;
		fetch_start(world_now->fetcher, fetch); /* the same fetch, from its own done() */
	}
}

START_TEST(many_fetches_share_kept_connections)
{
	enum { AT_ONCE = 16, ALL = 400 };
	struct step  steps[ALL];
	struct world world;
	struct fetch fetches[AT_ONCE];

	for (size_t i = 0; i < ALL; i++)
		steps[i] = (struct step){ OK_HELLO, false };
	world_open(&world, steps, ALL);
	world.pending = ALL;
	world.unasked = ALL - AT_ONCE;
	for (size_t i = 0; i < AT_ONCE; i++) {
		fetch_init(&fetches[i], "POST", world.server.url, ask_again);
		fetch_start(world.fetcher, &fetches[i]);
	}
	world_run(&world);
	ck_assert_uint_eq(world.server.requests_n, ALL);
	ck_assert_uint_le(world.server.conns_n, AT_ONCE);
	for (size_t i = 0; i < AT_ONCE; i++)
		fetch_fini(&fetches[i]);
	world_close(&world);
}
END_TEST

static void
add_tests_of_one(TCase *tcase)
{
	tcase_add_test(tcase, an_answer_has_status_body_and_headers);
	tcase_add_test(tcase, the_request_is_sent_byte_for_byte_with_nothing_added_that_matters);
	tcase_add_loop_test(tcase, any_method_may_have_a_body, 0, (int)array_len(method_cases));
	tcase_add_loop_test(
	    tcase, an_answer_without_a_body_is_not_waited_for, 0, (int)array_len(bodiless_cases));
	tcase_add_test(tcase, only_the_headers_of_the_final_answer_remain);
	tcase_add_loop_test(
	    tcase, what_became_of_a_request_that_was_sent_is_told, 0, (int)array_len(broken_cases));
	tcase_add_test(tcase, headers_past_their_maximum_are_too_large);
	tcase_add_test(tcase, a_refused_connection_and_a_failed_handshake_are_unsent);
	tcase_add_loop_test(
	    tcase, a_malformed_request_is_unsent, 0, (int)array_len(malformed_cases));
}

Suite *suite_fetch(void);

Suite *
suite_fetch(void)
{
	Suite *suite = suite_create("fetch");
	TCase *tcase = tcase_create("fetch");

	add_tests_of_one(tcase);
	tcase_add_loop_test(tcase, a_request_that_the_server_read_is_never_repeated_behind_our_back,
	    0, (int)array_len(once_methods));
	tcase_add_test(tcase, a_get_may_be_repeated_on_a_new_connection);
	tcase_add_test(tcase, a_kept_connection_that_the_server_closed_since_is_noticed);
	tcase_add_test(tcase, after_a_cancel_in_flight_nothing_is_called);
	tcase_add_test(tcase, a_cancel_before_the_first_turn_sends_nothing);
	tcase_add_test(tcase, destroying_the_fetcher_cancels_what_is_in_flight);
	tcase_add_test(tcase, a_stream_is_handed_over_piece_by_piece_and_whole);
	tcase_add_test(tcase, a_stream_may_be_cancelled_from_its_own_data);
	tcase_add_test(tcase, what_a_stream_got_before_it_broke_is_handed_over_first);
	tcase_add_test(tcase, the_body_of_a_refused_stream_is_kept_like_any_other);
	tcase_add_test(tcase, many_fetches_share_kept_connections);
	suite_add_tcase(suite, tcase);
	return suite;
}
