/* SPDX-License-Identifier: Apache-2.0
 * fetch_world.c - plays the server that answers by a script, byte for byte, and counts. */
#include "tests/unit/fetch_world.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/check.h"

#define REQUEST_MAX (64 * 1024)
#define GUARD_US    10000000

struct fetch_world *fetch_world_now;

/* ---- the server ---- */

static void
conn_close(struct fetch_conn *conn)
{
	if (conn->fd < 0)
		return;
	watch_set(conn->server->ev, &conn->watch, conn->fd, 0);
	close(conn->fd);
	conn->fd = -1;
	conn->server->closed_n++;
}

static void
conn_write(struct fetch_conn *conn)
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
conn_serve(struct fetch_conn *conn)
{
	struct fetch_server     *server = conn->server;
	const struct fetch_step *step = NULL;

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
	struct fetch_conn *conn = container_of(watch, struct fetch_conn, watch);
	char               buf[16384];
	ssize_t            n;

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
	struct fetch_server *server = container_of(watch, struct fetch_server, watch);
	struct fetch_conn   *conn = &server->conns[server->conns_n];

	(void)what;
	ck_assert_uint_lt(server->conns_n, FETCH_CONNS_MAX);
	server->conns_n++;
	conn->server = server;
	conn->fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	ck_assert_int_ge(conn->fd, 0);
	str_init(&conn->in, REQUEST_MAX);
	conn->watch.ready = on_conn;
	watch_set(server->ev, &conn->watch, conn->fd, WATCH_READ);
}

int
fetch_world_listen(unsigned *ret_port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t          len = sizeof(addr);
	int                fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, FETCH_CONNS_MAX), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*ret_port = ntohs(addr.sin_port);
	return fd;
}

void
fetch_world_url(char url[FETCH_URL_SIZE], const char *scheme, unsigned port)
{
	snprintf(url, FETCH_URL_SIZE, "%s://127.0.0.1:%u/x", scheme, port);
}

/* ---- the world of a test ---- */

static void
on_guard(struct timer *timer)
{
	struct fetch_world *world = container_of(timer, struct fetch_world, guard);

	world->timed_out = true;
	loop_ev_stop(world->ev);
}

void
fetch_world_open(struct fetch_world *world, const struct fetch_step *steps, size_t steps_n)
{
	*world = (struct fetch_world){ 0 };
	fetch_world_now = world;
	world->ev = loop_ev_create();
	world->fetcher = fetcher_create(world->ev);
	world->server.ev = world->ev;
	world->server.fd = fetch_world_listen(&world->server.port);
	fetch_world_url(world->server.url, "http", world->server.port);
	world->server.steps = steps;
	world->server.steps_n = steps_n;
	str_init(&world->server.last, REQUEST_MAX);
	world->server.watch.ready = on_accept;
	watch_set(world->ev, &world->server.watch, world->server.fd, WATCH_READ);
	timer_init(&world->guard, on_guard);
}

void
fetch_world_close(struct fetch_world *world)
{
	struct fetch_server *server = &world->server;

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

void
fetch_world_run(struct fetch_world *world)
{
	timer_arm(loop_ev_loop(world->ev), &world->guard, GUARD_US);
	loop_ev_run(world->ev);
	timer_disarm(loop_ev_loop(world->ev), &world->guard);
	ck_assert(!world->timed_out);
}

void
fetch_world_done(struct fetch *fetch)
{
	ck_assert_ptr_null(fetch->impl);
	if (--fetch_world_now->pending == 0)
		loop_ev_stop(fetch_world_now->ev);
}

void
fetch_world_never(struct fetch *fetch)
{
	(void)fetch;
	ck_abort_msg("done() was called after the cancel");
}

static void
fetch_world_begin(struct fetch_world *world, struct fetch *fetch)
{
	int before = ++world->pending;

	fetch_start(world->fetcher, fetch);
	ck_assert_int_eq(world->pending, before); /* done() may not come from within */
}

void
fetch_world_exchange(struct fetch_world *world, struct fetch *fetch)
{
	fetch_world_begin(world, fetch);
	fetch_world_run(world);
}

void
fetch_world_ask(struct fetch_world *world, struct fetch *fetch, const char *method)
{
	fetch_init(fetch, method, world->server.url, fetch_world_done);
	fetch_world_exchange(world, fetch);
}

bool
fetch_world_saw(const struct fetch_world *world, const char *text)
{
	return strstr(world->server.last.data, text) != NULL;
}
