/* SPDX-License-Identifier: Apache-2.0
 * http_world.c - a server whose handler answers by path, and non-blocking clients. */
#include "tests/unit/http_world.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/mem.h"

#define GIVE_UP_US   (5 * 1000 * 1000)
#define SETTLE_TURNS 20
#define IN_MAX       (64 * 1024 * 1024)

const struct http_options world_quick = {
	.body_max = 1024,
	.bodies_max = 8192,
	.head_max = 8192,
	.connections_max = 100,
	.head_timeout_ms = 40,
	.body_timeout_ms = 40,
	.idle_timeout_ms = 40,
};

const struct http_options world_calm = {
	.body_max = 1024,
	.bodies_max = 8192,
	.head_max = 8192,
	.connections_max = 3,
	.head_timeout_ms = 60000,
	.body_timeout_ms = 60000,
	.idle_timeout_ms = 60000,
};

/* ---- the handler ---- */

static void
on_closed(void *arg)
{
	struct world *world = arg;

	ck_assert(!world->in_handler);
	world->held = NULL;
	world->closed_n++;
}

static void
answer_echo(struct world *world, struct http_request *request)
{
	struct http_header type = { "Content-Type", "text/plain" };
	const char        *body, *key = http_header_in(request, "X-Key");
	char               a[64];
	struct err         err;
	size_t             len;
	struct str         text;

	(void)world;
	body = http_body(request, &len);
	if (http_body_check(request, &err) != ERR_OK) {
		http_reply(request, err_status(err.code), &type, 1, err.detail, strlen(err.detail));
		return;
	}
	str_init(&text, IN_MAX);
	str_addf(&text, "[%s %s a=%s key=%s body=", http_method(request), http_path(request),
	    http_query(request, "a", a, sizeof(a)) == NULL ? "-" : a, key == NULL ? "-" : key);
	str_add_mem(&text, body, len);
	str_add(&text, "]");
	http_reply(request, 200, &type, 1, text.data, text.len);
	str_fini(&text);
}

static void
answer_hold(struct world *world, struct http_request *request)
{
	ck_assert_ptr_null(world->held);
	world->held = request;
	http_on_close(request, on_closed, world);
}

static void
answer_stream(struct world *world, struct http_request *request)
{
	struct http_header type = { "Content-Type", "text/event-stream" };

	answer_hold(world, request);
	http_stream_start(request, 200, &type, 1);
}

static void
answer_204(struct world *world, struct http_request *request)
{
	(void)world;
	http_reply(request, 204, NULL, 0, NULL, 0);
}

static void
answer_injection(struct world *world, struct http_request *request)
{
	struct http_header evil = { "X-Name", "a\r\nSet-Cookie: b" };

	(void)world;
	http_reply(request, 200, &evil, 1, "", 0);
}

#define LANE 7

static struct {
	struct loop         *loop;
	struct http_request *request;
	unsigned             before;
} in_lane;

static void
on_lane(void *arg)
{
	char text[32];
	int  len = snprintf(
	     text, sizeof(text), "[lane %u, then %u]", in_lane.before, lane_here(in_lane.loop));

	(void)arg;
	http_reply(in_lane.request, 200, NULL, 0, text, (size_t)len);
}

static void
answer_lane(struct world *world, struct http_request *request)
{
	in_lane.loop = loop_ev_loop(world->ev);
	in_lane.request = request;
	in_lane.before = lane_here(in_lane.loop);
	http_go_on(request, LANE, on_lane, NULL);
}

static const struct {
	const char *path;
	void (*answer)(struct world *, struct http_request *);
} routes[] = {
	{ "/hold", answer_hold },
	{ "/stream", answer_stream },
	{ "/204", answer_204 },
	{ "/lane", answer_lane },
	{ "/injection", answer_injection },
};

static void
on_request(void *arg, struct http_request *request)
{
	struct world *world = arg;
	void (*answer)(struct world *, struct http_request *) = answer_echo;

	world->handled_n++;
	world->local = http_is_local(request);
	for (size_t i = 0; i < array_len(routes); i++) {
		if (str_eq(http_path(request), routes[i].path))
			answer = routes[i].answer;
	}
	world->in_handler = true;
	answer(world, request);
	world->in_handler = false;
}

static size_t
on_wanted(void *arg, const struct http_request *request)
{
	struct world *world = arg;

	world->asked_n++;
	if (str_eq(http_path(request), "/few"))
		return 8;
	return str_eq(http_path(request), "/none") ? 0 : SIZE_MAX;
}

static char *
on_refuse(void *arg, struct http_refusal *refusal)
{
	struct str text;

	(void)arg;
	str_init(&text, 1024);
	str_addf(&text, "{\"status\":%d,\"detail\":\"%s\",\"request_id\":\"%s\"}", refusal->status,
	    refusal->detail, refusal->request_id);
	http_refusal_add(refusal, "Content-Type", "application/problem+json");
	return str_take(&text);
}

/* ---- the world ---- */

/* The descriptor is always ready, so the loop never sleeps while somebody waits for something. */
static void
on_turn(struct watch *watch, int what)
{
	struct world *world = container_of(watch, struct world, turn);

	(void)what;
	world->is_met = world->met(world->met_arg);
	if (world->is_met || loop_now_us(loop_ev_loop(world->ev)) > world->give_up_us)
		loop_ev_stop(world->ev);
}

void
http_world_init(struct world *world, const struct http_options *options)
{
	*world = (struct world){ .ev = loop_ev_create() };
	world->turn.ready = on_turn;
	world->ready_fd = eventfd(1, EFD_CLOEXEC);
	ck_assert_int_ge(world->ready_fd, 0);
	world->server = http_create(world->ev, options == NULL ? &http_defaults : options,
	    on_wanted, on_request, on_refuse, world);
	world_listen(world, "127.0.0.1:0");
}

void
world_listen(struct world *world, const char *address)
{
	struct err err = { ERR_OK, "" };

	free(world->url);
	ck_assert_msg(
	    http_listen(world->server, address, &world->url, &err) == ERR_OK, "%s", err.detail);
}

void
http_world_fini(struct world *world)
{
	http_destroy(world->server);
	loop_ev_destroy(world->ev);
	close(world->ready_fd);
	free(world->url);
}

bool
world_until(struct world *world, bool (*met)(void *arg), void *arg)
{
	struct loop *loop = loop_ev_loop(world->ev);

	world->met = met;
	world->met_arg = arg;
	world->give_up_us = loop_now_us(loop) + GIVE_UP_US;
	watch_set(world->ev, &world->turn, world->ready_fd, WATCH_READ);
	loop_ev_run(world->ev);
	watch_set(world->ev, &world->turn, world->ready_fd, 0);
	return world->is_met;
}

static bool
counted_down(void *arg)
{
	return --*(int *)arg <= 0;
}

void
world_settle(struct world *world)
{
	int left = SETTLE_TURNS;

	ck_assert(world_until(world, counted_down, &left));
}

struct wait {
	struct world *world;
	int64_t       end_us;
};

static bool
is_over(void *arg)
{
	struct wait *wait = arg;

	return loop_now_us(loop_ev_loop(wait->world->ev)) > wait->end_us;
}

/* Turns the loop for that long, come what may. */
void
world_pass(struct world *world, int64_t us)
{
	struct wait wait = { world, loop_now_us(loop_ev_loop(world->ev)) + us };

	ck_assert(world_until(world, is_over, &wait));
}

/* ---- clients ---- */

static socklen_t
address_of(const char *url, struct sockaddr_storage *address)
{
	struct sockaddr_in  *in = (void *)address;
	struct sockaddr_in6 *in6 = (void *)address;
	struct sockaddr_un  *un = (void *)address;
	uint64_t             port;

	memset(address, 0, sizeof(*address));
	if (str_starts(url, "unix:")) {
		un->sun_family = AF_UNIX;
		strncpy(un->sun_path, url + 5, sizeof(un->sun_path) - 1);
		return sizeof(*un);
	}
	ck_assert(str_to_u64(strrchr(url, ':') + 1, &port));
	if (str_starts(url, "http://[::1]:")) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		in6->sin6_addr = in6addr_loopback;
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*in);
}

void
client_init(struct client *client, const struct world *world)
{
	struct sockaddr_storage address;
	socklen_t               len = address_of(world->url, &address);
	int                     on = 1;

	*client = (struct client){ .fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	ck_assert_int_ge(client->fd, 0);
	ck_assert_int_eq(connect(client->fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq(fcntl(client->fd, F_SETFL, O_NONBLOCK), 0);
	if (address.ss_family != AF_UNIX) /* pieces leave as they are sent */
		ck_assert_int_eq(
		    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
	str_init(&client->in, IN_MAX);
	str_init(&client->out, IN_MAX);
}

void
client_fini(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	str_fini(&client->in);
	str_fini(&client->out);
	client->fd = -1;
}

void
client_reset(struct client *client)
{
	struct linger linger = { 1, 0 };

	ck_assert_int_eq(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	client_fini(client);
}

/* Moves what can be moved now. */
static void
client_move(struct client *client)
{
	static char buf[256 * 1024];
	ssize_t     n;

	if (client->out.len > 0) {
		n = send(client->fd, client->out.data, client->out.len, MSG_NOSIGNAL);
		if (n > 0) {
			client->out.len -= (size_t)n;
			memmove(client->out.data, client->out.data + n, client->out.len);
		}
	}
	while (!client->eof && (n = recv(client->fd, buf, sizeof(buf), 0)) != -1) {
		if (n == 0)
			client->eof = true;
		str_add_mem(&client->in, buf, (size_t)n);
	}
	ck_assert_msg(client->eof || errno == EAGAIN || errno == EPIPE, "%s", strerror(errno));
}

void
client_send_mem(struct client *client, const void *mem, size_t len)
{
	str_add_mem(&client->out, mem, len);
	client_move(client);
}

void
client_send(struct client *client, const char *text)
{
	client_send_mem(client, text, strlen(text));
}

size_t
count_of(const char *in, const char *text)
{
	size_t n = 0;

	while ((in = strstr(in, text)) != NULL) {
		in += strlen(text);
		n++;
	}
	return n;
}

struct awaited {
	struct client *client;
	const char    *text;
	size_t         n;
};

static bool
has_come(void *arg)
{
	struct awaited *awaited = arg;

	client_move(awaited->client);
	return count_of(awaited->client->in.data, awaited->text) >= awaited->n;
}

void
client_await(struct world *world, struct client *client, const char *text, size_t n)
{
	struct awaited awaited = { client, text, n };

	ck_assert_msg(world_until(world, has_come, &awaited), "no %zu times %s in: %s", n, text,
	    client->in.data);
}

static bool
has_ended(void *arg)
{
	client_move(arg);
	return ((struct client *)arg)->eof;
}

void
client_await_eof(struct world *world, struct client *client)
{
	ck_assert_msg(world_until(world, has_ended, client), "no end after: %s", client->in.data);
}

static bool
has_sent(void *arg)
{
	client_move(arg);
	return ((struct client *)arg)->out.len == 0;
}

void
client_await_sent(struct world *world, struct client *client)
{
	ck_assert_msg(
	    world_until(world, has_sent, client), "%zu bytes were not taken", client->out.len);
}

char *
world_ask(struct world *world, const char *text)
{
	struct client client;
	char         *answer;

	client_init(&client, world);
	client_send(&client, text);
	client_await_eof(world, &client);
	answer = str_take(&client.in);
	client_fini(&client);
	return answer;
}

bool
world_is_held(void *arg)
{
	return ((struct world *)arg)->held != NULL;
}

bool
world_is_closed(void *arg)
{
	return ((struct world *)arg)->closed_n > 0;
}

/* A client whose request is with the handler. */
void
world_hold(struct world *world, struct client *client, const char *request)
{
	client_init(client, world);
	client_send(client, request);
	ck_assert(world_until(world, world_is_held, world));
}
