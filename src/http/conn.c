/* SPDX-License-Identifier: Apache-2.0
 * conn.c - a connection is a small state machine, run from a task of the loop.
 *
 *        first byte           complete            http_reply
 *   idle ──────────► head, body ──────► handling ───────────► flushing ──► idle
 *    │ too long           │ 408, 4xx       │  http_stream_start    ▲  │
 *    ▼                    └───────► flushing (refusal)             │  └ to be closed ─► lingering ─► gone
 *   gone                                   └──────────► streaming ─┘ http_stream_end
 *
 * Each state has what is done when something stirred, how long it may last, and what is done when it
 * lasts longer. A connection that fails is gone from any state; an open request then hears on_close.
 * Lingering: the other end is told that nothing follows, and what it still sends is thrown
 * away until it closes too, since a close with unread bytes would destroy the reply on its way. */
#include "http/server.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define KEEPALIVE_REQUESTS_MAX 1000 /* then the connection closes, so that load spreads again */
#define NEWCOMER_US            (250 * 1000) /* for a request, once the server has stopped */
#define LINGER_US              (2 * 1000 * 1000)
#define HALF_CLOSED_US         (1000 * 1000) /* to answer a client that has shut down its side */
#define US_PER_MS              1000

static void
request_free(struct http_request *request)
{
	if (request != NULL)
		websocket_destroy(request->websocket);
	free(request);
}

void
conn_gone(struct conn *conn)
{
	struct http_server  *server = conn->server;
	struct http_request *request = conn->request;

	conn->state = CONN_GONE;
	conn->request = NULL;
	timer_disarm(server->loop, &conn->timer);
	task_cancel(server->loop, &conn->task);
	LIST_REMOVE(conn, entry);
	wire_close(conn->wire);
	gate_fini(&conn->gate);
	conn_count_body(conn);
	if (server->conns_n-- == server->options.connections_max)
		server_accept_update(server);
	loop_bury(server->loop, free, conn);
	if (request != NULL && request->closed != NULL)
		request->closed(request->closed_arg);
	request_free(request);
}

void
conn_end_request(struct conn *conn)
{
	request_free(conn->request);
	conn->request = NULL;
	conn->state = CONN_FLUSHING;
	conn_stirred(conn);
}

void
conn_stirred(struct conn *conn)
{
	task_wake(conn->server->loop, &conn->task);
}

void
conn_set_lane(struct conn *conn, unsigned lane)
{
	task_set_lane(conn->server->loop, &conn->task, lane);
	timer_set_lane(conn->server->loop, &conn->timer, lane);
}

void
conn_hurry(struct conn *conn)
{
	conn->timed = CONN_N;
	conn_stirred(conn);
}

/* ---- sending ---- */

static const char *
server_date(struct http_server *server)
{
	int64_t wall_ms = loop_wall_ms(server->loop);

	if (wall_ms / 1000 != server->date_s) {
		server->date_s = wall_ms / 1000;
		reply_date(server->date, wall_ms);
	}
	return server->date;
}

/* Is the connection kept after this reply? After EOF, what was sent before it is still answered. */
static bool
conn_may_keep(struct conn *conn)
{
	char  *data;
	size_t len;

	return conn->gate.keep_alive && !conn->server->stopped &&
	       conn->requests_n < KEEPALIVE_REQUESTS_MAX &&
	       (!(wire_facts(conn->wire) & WIRE_EOF) || wire_peek(conn->wire, &data, &len));
}

void
conn_send(struct conn *conn, const struct reply *asked, const void *body, size_t len)
{
	struct reply reply = *asked;
	struct str   head;

	conn->keep = reply.framing != REPLY_UNTIL_CLOSE && reply.framing != REPLY_WEBSOCKET &&
		     conn_may_keep(conn);
	reply.keep_alive = conn->keep;
	reply.to_http10 = conn->gate.is_http10;
	reply.date = server_date(conn->server);
	reply.request_id = conn->request_id;
	reply.length = len;
	if (!reply_has_body(reply.status))
		reply.framing = REPLY_NO_BODY;
	if (conn->gate.is_head || reply.framing != REPLY_LENGTH)
		len = 0;
	str_init(&head, REPLY_HEAD_MAX);
	reply_head(&head, &reply);
	wire_send(conn->wire,
	    (struct iovec[]){ { head.data, head.len }, { (void *)(uintptr_t)body, len } }, 2);
	str_fini(&head);
}

/* ---- states ---- */

void
http_refusal_add(struct http_refusal *refusal, const char *name, const char *value)
{
	must(refusal->headers_n < HTTP_REFUSAL_HEADERS_MAX);
	refusal->headers[refusal->headers_n++] = (struct http_header){ name, value };
}

static void
conn_refuse(struct conn *conn)
{
	struct http_refusal refusal = { .status = conn->gate.status,
		.detail = conn->gate.detail,
		.request_id = conn->request_id,
		.origin = gate_header(&conn->gate, "Origin") };
	struct reply        reply = {
		       .status = conn->gate.status,
		       .framing = REPLY_LENGTH,
		       .headers = refusal.headers,
	};
	char *body;

	request_id_set(conn->request_id, gate_header(&conn->gate, "X-Request-Id"));
	body = conn->server->refuse(conn->server->arg, &refusal);
	http_refusal_add(&refusal, "Cache-Control", "no-store");
	reply.headers_n = refusal.headers_n;
	conn_send(conn, &reply, body, body == NULL ? 0 : strlen(body));
	free(body);
	conn->state = CONN_FLUSHING;
	conn_stirred(conn);
}

static void
conn_hand_over(struct conn *conn)
{
	struct http_request *request = xcalloc(1, sizeof(*request));

	wire_request_begin(conn->wire);
	request->conn = conn;
	request_id_set(conn->request_id, gate_header(&conn->gate, "X-Request-Id"));
	conn->request = request;
	conn->requests_n++;
	conn->state = CONN_HANDLING;
	conn->server->handle(conn->server->arg, request);
}

static size_t
conn_ask_wanted(void *arg)
{
	struct conn        *conn = arg;
	struct http_server *server = conn->server;
	struct http_request request = { .conn = conn };

	return server->wanted(server->arg, &request);
}

void
conn_count_body(struct conn *conn)
{
	size_t held = conn->gate.body.len;

	conn->server->bodies_held += held - conn->body_held;
	conn->body_held = held;
}

/* Of those that still grow; of two that are alike the later. */
static struct conn *
longest_body(struct http_server *server)
{
	struct conn *conn, *longest = NULL;

	LIST_FOREACH(conn, &server->conns, entry)
	{
		if (conn->gate.state == GATE_BODY &&
		    (longest == NULL || conn->body_held > longest->body_held))
			longest = conn;
	}
	return longest;
}

/* The longest one goes, whoever comes too much: many long ones of one client's push out no short one of another's. */
static void
conn_check_room(struct conn *conn)
{
	struct http_server *server = conn->server;
	struct conn        *longest;

	conn_count_body(conn);
	if (server->bodies_held <= server->options.bodies_max)
		return;
	longest = longest_body(server);
	if (longest == NULL)
		return;
	gate_cut(&longest->gate, GATE_BODY_NO_ROOM);
	conn_count_body(longest);
	conn_stirred(longest);
}

static void
conn_feed(struct conn *conn)
{
	static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
	char             *data;
	size_t            len;

	while (gate_is_open(&conn->gate) && wire_peek(conn->wire, &data, &len)) {
		wire_drain(conn->wire, gate_feed(&conn->gate, data, len));
		conn_check_room(conn);
	}
	if (conn->gate.wants_continue && conn->gate.state == GATE_BODY) {
		conn->gate.wants_continue = false;
		wire_send(
		    conn->wire, &(struct iovec){ (void *)(uintptr_t)interim, strlen(interim) }, 1);
	}
}

/* Who has just come in has a request on its way. */
static bool
conn_may_leave(const struct conn *conn)
{
	return conn->server->stopped && conn->state == CONN_IDLE && conn->requests_n > 0;
}

/* Idle, and while a request comes. */
static void
conn_read(struct conn *conn)
{
	conn_feed(conn);
	switch (conn->gate.state) {
	case GATE_IDLE: conn->state = CONN_IDLE; break;
	case GATE_HEAD: conn->state = CONN_HEAD; break;
	case GATE_BODY: conn->state = CONN_BODY; break;
	case GATE_DONE: conn_hand_over(conn); return;
	case GATE_REFUSED: conn_refuse(conn); return;
	case GATE_N: must(false);
	}
	if (wire_facts(conn->wire) & WIRE_EOF || conn_may_leave(conn))
		conn_gone(conn);
}

/* While much is unsent, nothing is taken in: what a client says may want an answer, which it would not read. */
static void
conn_hear(struct conn *conn)
{
	struct http_request *request = conn->request;
	char                *data;
	size_t               len;

	while (
	    wire_unsent(conn->wire) <= STREAM_UNSENT_HIGH && wire_peek(conn->wire, &data, &len)) {
		bool is_over = !websocket_hear(request->websocket, data, len);

		wire_drain(conn->wire, len);
		if (!is_over)
			continue;
		if (request->closed != NULL)
			request->closed(request->closed_arg);
		conn_end_request(conn);
		return;
	}
}

static void
conn_stream(struct conn *conn)
{
	struct http_request *request = conn->request;

	if (request->websocket != NULL)
		conn_hear(conn);
	if (conn->state != CONN_STREAMING)
		return;
	if (wire_facts(conn->wire) & WIRE_EOF || wire_unsent(conn->wire) > STREAM_UNSENT_MAX) {
		conn_gone(conn);
	} else if (request->wants_room && wire_unsent(conn->wire) <= STREAM_UNSENT_LOW) {
		request->wants_room = false;
		if (request->room != NULL)
			request->room(request->room_arg);
	}
}

static void
conn_flush(struct conn *conn)
{
	if (wire_unsent(conn->wire) > 0)
		return;
	if (conn->keep) {
		wire_request_end(conn->wire);
		gate_reset(&conn->gate);
		conn_count_body(conn);
		conn_set_lane(conn, 0); /* the next request may be another tenant's */
		conn->state = CONN_IDLE;
	} else {
		wire_finish_sending(conn->wire);
		conn->state = CONN_LINGERING;
	}
	conn_stirred(conn);
}

static void
conn_linger(struct conn *conn)
{
	char  *data;
	size_t len;

	while (wire_peek(conn->wire, &data, &len))
		wire_drain(conn->wire, len);
	if (wire_facts(conn->wire) & WIRE_EOF)
		conn_gone(conn);
}

/* A reply is pending: there is nothing to do, but to see the client go, and to go on in another lane. */
static void
conn_wait(struct conn *conn)
{
	void (*then)(void *arg) = conn->request->then;

	conn->request->then = NULL;
	if (then != NULL)
		then(conn->request->then_arg);
}

static void
conn_late_request(struct conn *conn)
{
	gate_refuse(&conn->gate, 408, "the request took too long to arrive");
	conn_refuse(conn);
}

/* Writing may take long, as long as it goes on. */
static void
conn_check_progress(struct conn *conn)
{
	uint64_t left = wire_left(conn->wire);

	if (wire_unsent(conn->wire) > 0 && left == conn->left_seen) {
		conn_gone(conn);
		return;
	}
	conn->left_seen = left;
	conn->timed = CONN_N;
}

/* ---- how long a state may last, in us; 0 is for ever ---- */

static int64_t
limit_progress(const struct conn *conn)
{
	return conn->server->options.idle_timeout_ms * US_PER_MS;
}

/* One that never asked for anything, or whose TLS does not get anywhere, is not kept for as long. */
static int64_t
limit_idle(const struct conn *conn)
{
	int64_t limit_ms = conn->server->options.head_timeout_ms;

	if (conn->server->stopped)
		return NEWCOMER_US;
	return conn->requests_n > 0 || limit_ms > conn->server->options.idle_timeout_ms
		   ? limit_progress(conn)
		   : limit_ms * US_PER_MS;
}

static int64_t
limit_head(const struct conn *conn)
{
	return conn->server->options.head_timeout_ms * US_PER_MS;
}

static int64_t
limit_body(const struct conn *conn)
{
	return conn->server->options.body_timeout_ms * US_PER_MS;
}

/* A client that shut down its side may have gone, or may wait for its answer: FIN does not say. */
static int64_t
limit_handling(const struct conn *conn)
{
	if (!(wire_facts(conn->wire) & WIRE_EOF))
		return 0;
	return limit_progress(conn) < HALF_CLOSED_US ? limit_progress(conn) : HALF_CLOSED_US;
}

static int64_t
limit_lingering(const struct conn *conn)
{
	(void)conn;
	return LINGER_US;
}

static const struct conn_row {
	void (*stirred)(struct conn *);
	int64_t (*limit_us)(const struct conn *);
	void (*late)(struct conn *);
} rows[CONN_N] = {
	[CONN_IDLE] = { conn_read, limit_idle, conn_gone },
	[CONN_HEAD] = { conn_read, limit_head, conn_late_request },
	[CONN_BODY] = { conn_read, limit_body, conn_late_request },
	[CONN_HANDLING] = { conn_wait, limit_handling, conn_gone },
	[CONN_STREAMING] = { conn_stream, limit_progress, conn_check_progress },
	[CONN_FLUSHING] = { conn_flush, limit_progress, conn_check_progress },
	[CONN_LINGERING] = { conn_linger, limit_lingering, conn_gone },
};

/* Sets the timer of a state when it was entered; it is not moved while the state lasts. */
static void
conn_time(struct conn *conn)
{
	struct loop *loop = conn->server->loop;
	int64_t      limit_us;

	if (conn->state == CONN_GONE || conn->state == conn->timed)
		return;
	limit_us = rows[conn->state].limit_us(conn);
	if (limit_us > 0) {
		conn->timed = conn->state;
		timer_arm(loop, &conn->timer, limit_us);
	} else {
		conn->timed = CONN_N;
		timer_disarm(loop, &conn->timer);
	}
}

static void
conn_run(struct task *task)
{
	struct conn *conn = container_of(task, struct conn, task);

	if (wire_facts(conn->wire) & WIRE_BROKEN)
		conn_gone(conn);
	else
		rows[conn->state].stirred(conn);
	conn_time(conn);
}

static void
conn_late(struct timer *timer)
{
	struct conn *conn = container_of(timer, struct conn, timer);

	rows[conn->state].late(conn);
	conn_time(conn);
}

struct conn *
conn_create(struct http_server *server, struct wire *wire)
{
	struct conn       *conn = xcalloc(1, sizeof(*conn));
	struct gate_limits limits = { .head_max = server->options.head_max,
		.body_max = server->options.body_max,
		.wanted = conn_ask_wanted,
		.arg = conn };

	conn->server = server;
	conn->wire = wire;
	conn->timed = CONN_N;
	gate_init(&conn->gate, &limits);
	task_init(&conn->task, conn_run);
	task_may_breathe(&conn->task);
	timer_init(&conn->timer, conn_late);
	LIST_INSERT_HEAD(&server->conns, conn, entry);
	if (++server->conns_n == server->options.connections_max)
		server_accept_update(server);
	conn_stirred(conn); /* its task sets the timer */
	return conn;
}
