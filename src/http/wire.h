/* SPDX-License-Identifier: Apache-2.0
 *
 * wire.h - what the server asks of libevhtp: ports that accept, and wires, the accepted connections.
 *
 * The three functions of struct wire_owner are called from inside the library: they may only record
 * facts and wake tasks. Everything else here is called from tasks and timers.
 */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct loop_ev;
struct ssl_ctx_st;
struct wire_port;
struct wire;

/* What is known of the other end. */
enum { WIRE_EOF = 1, WIRE_BROKEN = 2 };

struct wire_owner {
	/* A new connection; returns what `stirred` is called with, from then on. */
	void *(*accepted)(void *arg, struct wire *wire);
	void (*accept_failed)(void *arg, int error); /* stop accepting, or it comes again at once */
	void (*stirred)(void *conn); /* bytes came, bytes left, or the other end went */
};

/* Takes over the bound socket. NULL: it can't listen. */
struct wire_port *
wire_port_open(struct loop_ev *ev, int fd, const struct wire_owner *owner, void *arg);
/* Its next connections speak TLS by this, which it keeps for itself as well. */
void wire_port_use_tls(struct wire_port *port, struct ssl_ctx_st *context);
void wire_port_accept(struct wire_port *port, bool accept); /* or leave them in the queue */
void wire_port_close(struct wire_port *port);               /* its wires live on */
void wire_port_destroy(struct wire_port *port);             /* after its last wire */

void     wire_close(struct wire *wire);
unsigned wire_facts(const struct wire *wire);    /* WIRE_EOF | WIRE_BROKEN */
bool     wire_is_local(const struct wire *wire); /* nobody on the way reads it: TLS is so, too */

/* What came and was not taken yet: false when there is nothing. Drained bytes are wiped. */
bool wire_peek(struct wire *wire, char **ret_data, size_t *ret_len);
void wire_drain(struct wire *wire, size_t len);

/* Sends at once what the kernel takes, and keeps the rest. */
void     wire_send(struct wire *wire, const struct iovec *parts, int parts_n);
size_t   wire_unsent(const struct wire *wire);   /* bytes kept */
uint64_t wire_left(const struct wire *wire);     /* bytes that were kept and have left since */
void     wire_finish_sending(struct wire *wire); /* tells the other end that nothing follows */

/* The life of one request, as libevhtp sees it. */
void wire_request_begin(struct wire *wire);
void
wire_request_end(struct wire *wire); /* its reply has left: the wire is kept for the next one */

#endif
