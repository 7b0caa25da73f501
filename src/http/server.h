/* SPDX-License-Identifier: Apache-2.0
 *
 * server.h - what the files of the HTTP server share: http.c (listening), conn.c (the life of a
 * connection), request.c (what a handler may ask and answer). Nobody else includes it.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <sys/queue.h>

#include "http/gate.h"
#include "http/http.h"
#include "http/listener.h"
#include "http/reply.h"
#include "http/websocket.h"
#include "http/request_id.h"
#include "http/wire.h"
#include "loop/loop.h"

#define LISTENERS_MAX      8
#define STREAM_UNSENT_HIGH (256 * 1024)       /* http_stream_write() asks to stop */
#define STREAM_UNSENT_LOW  (64 * 1024)        /* room is called; the wire stirs at this mark, too */
#define STREAM_UNSENT_MAX  (16 * 1024 * 1024) /* who writes on regardless loses the client */

enum conn_state {
	CONN_IDLE,      /* between requests */
	CONN_HEAD,      /* some of a request's head is here */
	CONN_BODY,      /* its head, and perhaps some of its body */
	CONN_HANDLING,  /* the handler has it */
	CONN_STREAMING, /* a reply of unknown length is under way */
	CONN_FLUSHING,  /* the reply is complete, and leaving */
	CONN_LINGERING, /* nothing more is said; the other end closes */
	CONN_GONE,
	CONN_N
};

struct conn {
	LIST_ENTRY(conn) entry;
	struct http_server  *server;
	struct wire         *wire;
	struct gate          gate;
	size_t               body_held; /* bytes of it, as the server counts them */
	struct http_request *request;   /* NULL: none is open */
	struct task          task;
	struct timer         timer;
	enum conn_state      state, timed; /* timed: the state that the timer was set for */
	bool                 keep;         /* when the reply has left */
	uint64_t             requests_n, left_seen;
	char                 request_id[REQUEST_ID_SIZE]; /* of the request that is answered */
};

struct http_request {
	struct conn *conn;
	void (*then)(void *arg); /* in the lane that it was put in; NULL: nothing */
	void *then_arg;
	void (*closed)(void *arg);
	void *closed_arg;
	void (*room)(void *arg);
	void              *room_arg;
	bool               wants_room;
	enum reply_framing framing;   /* of the stream */
	struct websocket  *websocket; /* NULL: it is none */
};

struct listening {
	struct listener   listener;
	struct wire_port *port;
};

struct http_server {
	struct loop_ev     *ev;
	struct loop        *loop;
	struct http_options options;
	http_body_wanted   *wanted;
	http_handler       *handle;
	http_refuser       *refuse;
	void               *arg;
	struct listening    listening[LISTENERS_MAX];
	size_t              listening_n;
	struct ssl_ctx_st  *tls; /* NULL: there is none */
	bool stopped;            /* no more connections but those that wait, no more keep-alive */
	LIST_HEAD(, conn) conns;
	size_t       conns_n;
	size_t       bodies_held;  /* bytes of all bodies */
	int          accept_error; /* 0: none */
	struct task  accept_task;
	struct timer accept_timer;
	struct timer close_timer;
	int          close_tries;
	int64_t      date_s;
	char         date[REPLY_DATE_SIZE];
};

/* http.c */
void server_accept_update(struct http_server *server); /* after conns_n or accept_error changed */

/* conn.c */
struct conn *conn_create(struct http_server *server, struct wire *wire);
void         conn_gone(struct conn *conn); /* closes; an open request hears on_close */
void         conn_stirred(struct conn *conn);
void         conn_set_lane(struct conn *conn, unsigned lane);
void         conn_hurry(struct conn *conn); /* the server has stopped: the idle ones leave */

/* After its body grew, or went. */
void conn_count_body(struct conn *conn);

/* The request is over; what was written of its reply leaves, and the connection goes on. */
void conn_end_request(struct conn *conn);

/* Sends a head, and the body when there is to be one. */
void conn_send(struct conn *conn, const struct reply *reply, const void *body, size_t len);

#endif
