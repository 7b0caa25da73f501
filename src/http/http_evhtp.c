/* SPDX-License-Identifier: Apache-2.0
 * http_evhtp.c - ports and wires (wire.h) on libevhtp 1.2.18, and the only file that knows it.
 *
 * libevhtp listens, accepts, owns the connection with its bufferevent, and runs the life of each request:
 * made, dispatched, finished, the connection recycled. Its parser and its replies are not used:
 *
 * - The parser appends stale heap to a URI that is split over two reads, and disagrees with everybody
 *   else on chunks and on Transfer-Encoding. So what a client sends goes through the input gate (gate.h),
 *   and for each complete request libevhtp is given CANONICAL, one constant request: no byte
 *   that a client chose ever reaches its parser, nor does a secret ever lie in its buffers.
 * - Its replies have a body for HEAD, a Content-Length for 204, chunks for HTTP/1.0, no phrase for 422, and
 *   take CR LF in a header. Our head is one string (reply.h), written to the bufferevent with
 *   evhtp_send_reply_end() after it.
 * - It is never paused: a paused connection does not see its client go. The gate asks for the next request
 *   only after the reply before it has left.
 *
 * - What it does for TLS is one step more of the same bufferevent, which OpenSSL reads and writes; so it is asked for with a context of
 *   our own, and all else is as without it.
 *
 * The connection's callbacks are ours; libevhtp's own are kept, and called when we decide. */
#include <errno.h>
#include <evhtp.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/wire.h"
#include "loop/loop_ev.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/secret.h"

#define CANONICAL "GET / HTTP/1.1\r\n\r\n"

/* The kernel's queue of connections that nobody accepted yet. */
#define BACKLOG_MAX 1024

/* Bytes read ahead of a request that is not asked for yet; then the client has to wait. Not by the
 * bufferevent's own mark: one that stands at it calls back on and on, and event_base_loop() does not
 * return (libevent 2.1.12, bufferevent_inbuf_wm_check). */
#define READ_AHEAD_MAX (64 * 1024)

/* Below this many unsent bytes the owner is told, besides when none is left. */
#define UNSENT_LOW (64 * 1024)

struct wire_port {
	evhtp_t                 *htp;
	const struct wire_owner *owner;
	void                    *arg;
	struct evbuffer         *aside; /* holds what was read ahead while CANONICAL is parsed */
};

struct wire {
	struct wire_port   *port;
	evhtp_connection_t *ev;
	evhtp_request_t    *request; /* libevhtp's, while one is open */
	struct bufferevent *bev;
	bufferevent_data_cb evhtp_read, evhtp_write;
	void               *conn;
	unsigned            facts;
	bool                is_held; /* it is not read from */
	uint64_t            kept;    /* bytes ever given to the bufferevent */
};

static bool
read_much(const struct wire *wire)
{
	return evbuffer_get_length(bufferevent_get_input(wire->bev)) >= READ_AHEAD_MAX;
}

/* ---- callbacks: they record facts and wake ---- */

static void
on_stirred(struct bufferevent *bev, void *arg)
{
	struct wire *wire = arg;

	if (read_much(wire)) {
		wire->is_held = true;
		must(bufferevent_disable(bev, EV_READ) == 0);
	}
	wire->port->owner->stirred(wire->conn);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct wire *wire = arg;

	(void)bev;
	if (what & BEV_EVENT_CONNECTED)
		return; /* hands were shaken */
	if (what & BEV_EVENT_EOF && what & BEV_EVENT_READING)
		wire->facts |= WIRE_EOF;
	else
		wire->facts |= WIRE_BROKEN;
	wire->port->owner->stirred(wire->conn);
}

static evhtp_res
on_accept(evhtp_connection_t *ev, void *arg)
{
	struct wire *wire = xcalloc(1, sizeof(*wire));

	wire->port = arg;
	wire->ev = ev;
	wire->bev = ev->bev;
	must(fcntl(ev->sock, F_SETFD, FD_CLOEXEC) == 0); /* commands we run don't inherit it */
	bufferevent_getcb(wire->bev, &wire->evhtp_read, &wire->evhtp_write, NULL, NULL);
	bufferevent_setcb(wire->bev, on_stirred, on_stirred, on_event, wire);
	bufferevent_setwatermark(wire->bev, EV_WRITE, UNSENT_LOW, 0);
	wire->conn = wire->port->owner->accepted(wire->port->arg, wire);
	return EVHTP_RES_OK;
}

static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct wire_port *port = ((evhtp_t *)arg)->arg;

	(void)listener;
	port->owner->accept_failed(port->arg, errno);
}

static void
on_request(evhtp_request_t *request, void *arg)
{
	void *wire;

	(void)arg;
	bufferevent_getcb(evhtp_request_get_bev(request), NULL, NULL, NULL, &wire);
	((struct wire *)wire)->request = request;
}

/* ---- ports ---- */

struct wire_port *
wire_port_open(struct loop_ev *ev, int fd, const struct wire_owner *owner, void *arg)
{
	struct wire_port *port = xcalloc(1, sizeof(*port));

	port->owner = owner;
	port->arg = arg;
	port->aside = evbuffer_new();
	must(port->aside != NULL);
	port->htp = evhtp_new(loop_ev_base(ev), port);
	must(port->htp != NULL);
	evhtp_set_bev_flags(port->htp, BEV_OPT_CLOSE_ON_FREE);
	evhtp_set_gencb(port->htp, on_request, NULL);
	evhtp_set_post_accept_cb(port->htp, on_accept, port);
	if (evhtp_accept_socket(port->htp, fd, BACKLOG_MAX) != 0) {
		close(fd);
		wire_port_destroy(port);
		return NULL;
	}
	evconnlistener_set_error_cb(port->htp->server, on_accept_error);
	return port;
}

/* Not by evhtp_ssl_init(): that asks for buffers to be released by the wrong function, knows no reload, and ignores what it can't
 * read. It takes a context of ours as well, and frees it with its port. */
void
wire_port_use_tls(struct wire_port *port, struct ssl_ctx_st *context)
{
	must(SSL_CTX_up_ref(context) == 1);
	SSL_CTX_free(port->htp->ssl_ctx);
	port->htp->ssl_ctx = context;
}

void
wire_port_accept(struct wire_port *port, bool accept)
{
	if (port->htp->server == NULL)
		return;
	if (accept)
		evconnlistener_enable(port->htp->server);
	else
		evconnlistener_disable(port->htp->server);
}

void
wire_port_close(struct wire_port *port)
{
	evhtp_unbind_socket(port->htp);
}

void
wire_port_destroy(struct wire_port *port)
{
	wire_port_close(port);
	evhtp_free(port->htp);
	evbuffer_free(port->aside);
	free(port);
}

/* ---- wires ---- */

void
wire_close(struct wire *wire)
{
	bufferevent_setcb(wire->bev, NULL, NULL, NULL, NULL);
	evhtp_connection_free(wire->ev);
	free(wire);
}

unsigned
wire_facts(const struct wire *wire)
{
	return wire->facts;
}

bool
wire_is_local(const struct wire *wire)
{
	const struct sockaddr     *any = wire->ev->saddr;
	const struct sockaddr_in  *in = (const void *)any;
	const struct sockaddr_in6 *in6 = (const void *)any;

	if (wire->ev->ssl != NULL)
		return true;
	if (any->sa_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	if (any->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
		       (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) && in6->sin6_addr.s6_addr[12] == 127);
	return any->sa_family == AF_UNIX;
}

bool
wire_peek(struct wire *wire, char **ret_data, size_t *ret_len)
{
	struct evbuffer_iovec piece;

	if (evbuffer_peek(bufferevent_get_input(wire->bev), -1, NULL, &piece, 1) <= 0)
		return false;
	*ret_data = piece.iov_base;
	*ret_len = piece.iov_len;
	return piece.iov_len > 0;
}

void
wire_drain(struct wire *wire, size_t len)
{
	char  *data;
	size_t piece_len;

	while (len > 0 && wire_peek(wire, &data, &piece_len)) {
		if (piece_len > len)
			piece_len = len;
		secret_wipe(data, piece_len);
		must(evbuffer_drain(bufferevent_get_input(wire->bev), piece_len) == 0);
		len -= piece_len;
	}
	if (wire->is_held && !read_much(wire)) {
		wire->is_held = false;
		must(bufferevent_enable(wire->bev, EV_READ) == 0);
	}
}

/* How much of it the kernel took. The way over the event loop would cost a reply three system calls. By TLS there is no other. */
static size_t
send_now(struct wire *wire, const struct iovec *parts, int parts_n)
{
	struct iovec  copy[WIRE_PARTS_MAX];
	struct msghdr msg = { .msg_iov = copy, .msg_iovlen = (size_t)parts_n };
	ssize_t       sent;

	must(parts_n > 0 && (size_t)parts_n <= array_len(copy));
	if (wire->ev->ssl != NULL || wire->facts & WIRE_BROKEN || wire_unsent(wire) > 0)
		return 0;
	memcpy(copy, parts, (size_t)parts_n * sizeof(*parts));
	sent = sendmsg(wire->ev->sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		wire->facts |= WIRE_BROKEN;
	return sent < 0 ? 0 : (size_t)sent;
}

void
wire_send(struct wire *wire, const struct iovec *parts, int parts_n)
{
	size_t sent = send_now(wire, parts, parts_n);

	for (int i = 0; i < parts_n && !(wire->facts & WIRE_BROKEN); i++) {
		size_t skip = sent < parts[i].iov_len ? sent : parts[i].iov_len;

		sent -= skip;
		if (skip == parts[i].iov_len)
			continue;
		wire->kept += parts[i].iov_len - skip;
		must(bufferevent_write(wire->bev, (const char *)parts[i].iov_base + skip,
			 parts[i].iov_len - skip) == 0);
	}
}

size_t
wire_unsent(const struct wire *wire)
{
	return evbuffer_get_length(bufferevent_get_output(wire->bev));
}

uint64_t
wire_left(const struct wire *wire)
{
	return wire->kept - wire_unsent(wire);
}

void
wire_finish_sending(struct wire *wire)
{
	if (wire->ev->ssl != NULL)
		SSL_shutdown(wire->ev->ssl);
	shutdown(wire->ev->sock, SHUT_WR);
}

/* ---- libevhtp's view of a request ---- */

void
wire_request_begin(struct wire *wire)
{
	struct evbuffer *input = bufferevent_get_input(wire->bev);

	must(wire->request == NULL);
	must(evbuffer_add_buffer(wire->port->aside, input) == 0);
	must(evbuffer_prepend(input, CANONICAL, strlen(CANONICAL)) == 0);
	wire->evhtp_read(wire->bev, wire->ev); /* comes back through on_request() */
	must(wire->request != NULL && evbuffer_get_length(input) == 0);
	must(evbuffer_prepend_buffer(input, wire->port->aside) == 0);
}

void
wire_request_end(struct wire *wire)
{
	must(wire->request != NULL && wire_unsent(wire) == 0);
	evhtp_send_reply_end(wire->request);
	wire->request = NULL;
	wire->evhtp_write(wire->bev, wire->ev);
	must(wire->ev->request == NULL);
}
