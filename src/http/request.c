/* SPDX-License-Identifier: Apache-2.0
 * request.c - what a handler may ask of a request, and how it answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/http.h"
#include "http/server.h"
#include "http/target.h"

#define PIECE_HEAD_SIZE 24 /* of a chunk, or of a message */

_Static_assert(PIECE_HEAD_SIZE >= WEBSOCKET_HEAD_MAX, "both fit in");
_Static_assert(HTTP_PARTS_MAX + 2 <= WIRE_PARTS_MAX, "a piece is sent as one");

/* ---- the request ---- */

const char *
http_method(const struct http_request *request)
{
	return request->conn->gate.method;
}

const char *
http_path(const struct http_request *request)
{
	return request->conn->gate.path;
}

const char *
http_header_in(const struct http_request *request, const char *name)
{
	return gate_header(&request->conn->gate, name);
}

const char *
http_body(const struct http_request *request, size_t *ret_len)
{
	const struct bytes *body = &request->conn->gate.body;

	*ret_len = body->len;
	return body->data == NULL ? "" : body->data;
}

enum err_code
http_body_check(const struct http_request *request, struct err *err)
{
	static const struct {
		enum err_code code;
		const char   *detail;
	} rows[GATE_BODY_N] = {
		[GATE_BODY_SKIPPED] = { ERR_UNAUTHORIZED,
		    "who sends it was not known when the body came: send it again" },
		[GATE_BODY_UNREAD] = { ERR_TOO_LARGE, "the body is too large" },
		[GATE_BODY_NO_ROOM] = { ERR_NO_ROOM,
		    "all bodies that are under way come to more than there is room for, and this "
		    "one was the longest" },
	};
	enum gate_body is = request->conn->gate.body_is;

	return is == GATE_BODY_WHOLE ? ERR_OK : err_set(err, rows[is].code, "%s", rows[is].detail);
}

bool
http_is_local(const struct http_request *request)
{
	return wire_is_local(request->conn->wire);
}

void
http_go_on(struct http_request *request, unsigned lane, void (*then)(void *arg), void *arg)
{
	struct conn *conn = request->conn;

	conn_set_lane(conn, lane);
	request->then = then;
	request->then_arg = arg;
	conn_stirred(conn);
}

bool
http_is_head(const struct http_request *request)
{
	return request->conn->gate.is_head;
}

const char *
http_request_id(const struct http_request *request)
{
	return request->conn->request_id;
}

const char *
http_query(const struct http_request *request, const char *name, char *buf, size_t size)
{
	return target_query(request->conn->gate.query, name, buf, size);
}

const char *
http_query_next(const struct http_request *request, const char **at, char *buf, size_t size)
{
	if (*at == NULL)
		*at = request->conn->gate.query;
	return target_next_name(at, buf, size);
}

void
http_wipe_body(struct http_request *request)
{
	bytes_fini(&request->conn->gate.body);
	conn_count_body(request->conn);
}

void
http_on_close(struct http_request *request, void (*closed)(void *arg), void *arg)
{
	request->closed = closed;
	request->closed_arg = arg;
}

/* ---- replies ---- */

/* The reply is written: the request ends here, the connection goes on in its task. */
static void
request_end(struct http_request *request)
{
	conn_end_request(request->conn);
}

void
http_reply(struct http_request *request, int status, const struct http_header *headers,
    size_t headers_n, const void *body, size_t len)
{
	struct reply reply = { .status = status,
		.framing = REPLY_LENGTH,
		.headers = headers,
		.headers_n = headers_n };

	must(request->conn->state == CONN_HANDLING);
	conn_send(request->conn, &reply, body, len);
	request_end(request);
}

void
http_stream_start(
    struct http_request *request, int status, const struct http_header *headers, size_t headers_n)
{
	struct conn *conn = request->conn;
	struct reply reply = { .status = status,
		.framing = conn->gate.is_http10 ? REPLY_UNTIL_CLOSE : REPLY_CHUNKED,
		.headers = headers,
		.headers_n = headers_n };

	must(conn->state == CONN_HANDLING);
	conn_send(conn, &reply, NULL, 0);
	request->framing = reply.framing;
	if (conn->gate.is_head || !reply_has_body(status))
		request->framing = REPLY_NO_BODY;
	conn->state = CONN_STREAMING;
	conn_stirred(conn);
}

/* What goes before a piece of a stream, and after it. */
static void
piece_frame(enum reply_framing framing, char head[PIECE_HEAD_SIZE], size_t len,
    struct iovec *ret_before, struct iovec *ret_after)
{
	*ret_before = *ret_after = (struct iovec){ head, 0 };
	if (framing == REPLY_CHUNKED) {
		ret_before->iov_len = (size_t)snprintf(head, PIECE_HEAD_SIZE, "%zx\r\n", len);
		*ret_after = (struct iovec){ head + ret_before->iov_len - 2, 2 };
	} else if (framing == REPLY_WEBSOCKET) {
		ret_before->iov_len = websocket_head((uint8_t *)head, len);
	}
}

/* Whether there is room for more. */
static bool
stream_send(struct http_request *request, const struct iovec *parts, int parts_n)
{
	struct wire *wire = request->conn->wire;

	if (wire_unsent(wire) > STREAM_UNSENT_MAX)
		return false; /* the connection's task will end it */
	wire_send(wire, parts, parts_n);
	if (wire_unsent(wire) > STREAM_UNSENT_MAX || wire_facts(wire) & WIRE_BROKEN)
		conn_stirred(request->conn);
	request->wants_room = request->wants_room || wire_unsent(wire) > STREAM_UNSENT_HIGH;
	return !request->wants_room;
}

bool
http_stream_write_parts(struct http_request *request, const struct http_part *parts, size_t n)
{
	struct iovec out[HTTP_PARTS_MAX + 2];
	char         head[PIECE_HEAD_SIZE];
	size_t       len = 0;

	must(request->conn->state == CONN_STREAMING && n <= HTTP_PARTS_MAX);
	for (size_t i = 0; i < n; i++) {
		out[i + 1] = (struct iovec){ (void *)(uintptr_t)parts[i].data, parts[i].len };
		len += parts[i].len;
	}
	if (len == 0 || request->framing == REPLY_NO_BODY)
		return true;
	piece_frame(request->framing, head, len, &out[0], &out[n + 1]);
	return stream_send(request, out, (int)n + 2);
}

bool
http_stream_write(struct http_request *request, const void *data, size_t len)
{
	return http_stream_write_parts(request, &(struct http_part){ data, len }, 1);
}

void
http_stream_on_room(struct http_request *request, void (*room)(void *arg), void *arg)
{
	request->room = room;
	request->room_arg = arg;
}

void
http_stream_end(struct http_request *request)
{
	static const char last[] = "0\r\n\r\n";

	must(request->conn->state == CONN_STREAMING && request->websocket == NULL);
	if (request->framing == REPLY_CHUNKED)
		wire_send(request->conn->wire,
		    &(struct iovec){ (void *)(uintptr_t)last, strlen(last) }, 1);
	request_end(request);
}

/* ---- WebSockets ---- */

/* Is `word` in a list that is separated by commas? */
static bool
list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list != NULL && *list != '\0') {
		list += strspn(list, ", \t");
		if (strncasecmp(list, word, len) == 0 && strchr(", \t", list[len]) != NULL)
			return true; /* at its end, too: strchr() finds the NUL */
		list += strcspn(list, ",");
	}
	return false;
}

bool
http_wants_websocket(const struct http_request *request)
{
	const struct gate *gate = &request->conn->gate;

	return list_has(gate_header(gate, "Upgrade"), "websocket") &&
	       list_has(gate_header(gate, "Connection"), "upgrade") && !gate->is_http10 &&
	       !gate->is_head && strcmp(gate->method, "GET") == 0;
}

bool
http_offers_protocol(const struct http_request *request, const char *protocol)
{
	return list_has(http_header_in(request, "Sec-WebSocket-Protocol"), protocol);
}

const char *
http_websocket_fault(const struct http_request *request)
{
	const char *key = http_header_in(request, "Sec-WebSocket-Key");
	const char *version = http_header_in(request, "Sec-WebSocket-Version");
	char        accept[WEBSOCKET_ACCEPT_SIZE];

	if (request->conn->gate.body_is != GATE_BODY_WHOLE)
		return "a handshake has no body"; /* what was not read of it would be taken for frames */
	if (version == NULL || strcmp(version, WEBSOCKET_VERSION_TEXT) != 0)
		return "Sec-WebSocket-Version must be " WEBSOCKET_VERSION_TEXT;
	if (key == NULL || !websocket_accept(key, accept))
		return "Sec-WebSocket-Key must be 16 bytes in base64";
	return NULL;
}

static void
on_frame(void *arg, const void *data, size_t len)
{
	struct http_request *request = arg;

	stream_send(request, &(struct iovec){ (void *)(uintptr_t)data, len }, 1);
}

void
http_websocket_start(struct http_request *request, const char *protocol)
{
	struct conn       *conn = request->conn;
	char               accept[WEBSOCKET_ACCEPT_SIZE];
	struct http_header headers[] = {
		{ "Sec-WebSocket-Accept", accept },
		{ "Sec-WebSocket-Protocol", protocol },
	};
	struct reply reply = { .status = 101,
		.framing = REPLY_WEBSOCKET,
		.headers = headers,
		.headers_n = protocol != NULL ? 2 : 1 };

	must(conn->state == CONN_HANDLING);
	must(websocket_accept(http_header_in(request, "Sec-WebSocket-Key"), accept));
	conn_send(conn, &reply, NULL, 0);
	request->framing = REPLY_WEBSOCKET;
	request->websocket = websocket_create(on_frame, request);
	conn->state = CONN_STREAMING;
	conn_stirred(conn); /* its first frames may be here already */
}

void
http_websocket_ping(struct http_request *request)
{
	must(request->conn->state == CONN_STREAMING);
	websocket_ping(request->websocket);
}

void
http_websocket_end(struct http_request *request, enum websocket_code code, const char *reason)
{
	must(request->conn->state == CONN_STREAMING);
	websocket_close(request->websocket, code, reason);
	request_end(request);
}
