/* SPDX-License-Identifier: Apache-2.0
 *
 * http.h - an HTTP/1.1 server: requests come whole, replies go out when they are ready.
 *
 * Before a byte of a body is read, whoever handles the request is asked how much of it is wanted: a body is kept for who may send
 * one, and for nobody else.
 * The handler is called from a task of the loop, with one complete, valid request. It may answer at
 * once or any time later; one of http_reply() and http_stream_end() ends the request, and the pointer with it.
 * When the client goes away first, on_close is called (once, from a task), after which the request is
 * gone too: whoever waits to answer must set it. No evhtp type leaves http_evhtp.c.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/websocket.h"
#include "util/err.h"

struct loop_ev;
struct http_server;
struct http_request;

struct http_options {
	size_t body_max; /* bytes; more is 413 */
	size_t
	    bodies_max; /* bytes of all that are held at once; the longest goes (http_body_check) */
	size_t head_max;        /* request line and headers, bytes; more is 431 (414 for the URI) */
	size_t connections_max; /* more wait in the kernel's queue */
	bool   shares_port; /* other processes may listen on the same one, and each has its part */
	int64_t
	    head_timeout_ms; /* from the first byte of a request to the end of its headers: 408 */
	int64_t body_timeout_ms; /* from there to the end of its body: 408 */
	int64_t idle_timeout_ms; /* between requests: closed */
};

extern const struct http_options http_defaults;

struct http_header {
	const char *name, *value;
};

#define HTTP_PARTS_MAX 4

struct http_part {
	const void *data;
	size_t      len;
};

/* With its head alone: how many bytes of its body are wanted; 0: none. Not asked where there is none. */
typedef size_t http_body_wanted(void *arg, const struct http_request *request);

typedef void http_handler(void *arg, struct http_request *request);

/* Answers that never reach the handler (400, 408, 413, 414, 431, 501, 505) are made by `refuse`, so
 * that they look like all others: it returns the body, owned by the caller, and adds what headers it has. */
#define HTTP_REFUSAL_HEADERS_MAX 6

struct http_refusal {
	int         status;
	const char *detail;     /* why */
	const char *request_id; /* as the answer's X-Request-Id has it */
	const char *origin;     /* the request's Origin; NULL: it has none, or did not get so far */
	struct http_header headers[HTTP_REFUSAL_HEADERS_MAX];
	size_t             headers_n;
};

typedef char *http_refuser(void *arg, struct http_refusal *refusal);

void http_refusal_add(struct http_refusal *refusal, const char *name, const char *value);

struct http_server *http_create(struct loop_ev *ev, const struct http_options *options,
    http_body_wanted *wanted, http_handler *handle, http_refuser *refuse, void *arg);
void http_destroy(struct http_server *server); /* closes every connection; on_close is called */

/* Files in PEM; borrowed. */
struct http_tls {
	const char *cert;      /* the server's, and what it is signed by */
	const char *key;       /* of it */
	const char *client_ca; /* who signs those that clients must have; NULL: they need none */
};

/* From now on connections speak TLS; not those by unix sockets. Before http_listen(), or again: open ones keep what they have, and
 * so do all when it fails. */
MUSTCHECK enum err_code
http_use_tls(struct http_server *server, const struct http_tls *files, struct err *err);

/* "127.0.0.1:8080", "[::1]:0", "unix:/path". *ret_url: "http://127.0.0.1:8080", or https://, the caller
 * frees. */
MUSTCHECK enum err_code
http_listen(struct http_server *server, const char *address, char **ret_url, struct err *err);
size_t
http_open_n(const struct http_server *server); /* connections there are, or will be in a moment */

/* Soon: who has got through to us already is served first. Open requests go on; none can be in the queue of a port that is closed. */
void http_stop_listening(struct http_server *server);

/* The request; all borrowed until it ends. */
const char *http_method(const struct http_request *request); /* "GET"; HEAD is handed on as GET */
const char *http_path(const struct http_request *request);   /* percent-decoded, no query */
const char *http_header_in(const struct http_request *request, const char *name); /* any case */
const char *http_body(const struct http_request *request, size_t *ret_len);

/* Is it all there? Else why not: ERR_TOO_LARGE, ERR_NO_ROOM; or ERR_UNAUTHORIZED, when it was not wanted. */
MUSTCHECK enum err_code http_body_check(const struct http_request *request, struct err *err);
bool http_is_local(const struct http_request *request); /* loopback, unix socket, or TLS */
bool http_is_head(const struct http_request *request);  /* only the head is answered */
const char *
http_request_id(const struct http_request *request); /* as the answer's X-Request-Id has it */

/* What is done for its connection from now on takes turns with what is done for others (loop.h), beginning with `then`. In that it may
 * breathe. Not called when the client has gone: on_close is. */
void http_go_on(struct http_request *request, unsigned lane, void (*then)(void *arg), void *arg);

/* A query parameter, percent-decoded into buf; NULL when it is not there. What does not fit is cut. */
const char *
http_query(const struct http_request *request, const char *name, char *buf, size_t size);

/* The names of all its parameters, one after the other, as target_next_name(); *at is NULL at first. */
const char *
http_query_next(const struct http_request *request, const char **at, char *buf, size_t size);

/* Overwrites the body: it held secrets. */
void http_wipe_body(struct http_request *request);

void http_on_close(struct http_request *request, void (*closed)(void *arg), void *arg);

/* Header names and values must be free of CR, LF and NUL (must() holds it). Content-Length and the
 * like are added. */
void http_reply(struct http_request *request, int status, const struct http_header *headers,
    size_t headers_n, const void *body, size_t len);

/* A reply of unknown length. write() says whether there is room for more: when not, stop, and
 * `room` is called (from a task) when what was written has left. */
void http_stream_start(
    struct http_request *request, int status, const struct http_header *headers, size_t headers_n);
bool http_stream_write(struct http_request *request, const void *data, size_t len);

/* As one piece; at most HTTP_PARTS_MAX. Of a WebSocket it is one message, text in UTF-8. */
bool http_stream_write_parts(struct http_request *request, const struct http_part *parts, size_t n);
void http_stream_on_room(struct http_request *request, void (*room)(void *arg), void *arg);
void http_stream_end(struct http_request *request);

/* ---- a stream of messages: a WebSocket (websocket.h) ----
 *
 * What the client says is answered by itself. When it closes, or breaks the rules, on_close is called. */

/* It asks for a WebSocket, and could have one. Anybody else's "Upgrade" is no matter. */
bool http_wants_websocket(const struct http_request *request);

/* What is wrong with such a request; NULL: nothing is. */
const char *http_websocket_fault(const struct http_request *request);
bool        http_offers_protocol(const struct http_request *request, const char *protocol);

/* The protocol is one that was offered; or NULL. Write as to a stream from now on. */
void http_websocket_start(struct http_request *request, const char *protocol);
void http_websocket_ping(struct http_request *request);
void http_websocket_end(struct http_request *request, enum websocket_code code, const char *reason);

#endif
