/* SPDX-License-Identifier: Apache-2.0
 * request.c - what a handler may ask of a request, and how it answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/http.h"
#include "http/server.h"
#include "http/target.h"

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

bool
http_is_local(const struct http_request *request)
{
	return wire_is_local(request->conn->wire);
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

void
http_wipe_body(struct http_request *request)
{
	bytes_fini(&request->conn->gate.body);
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
	struct conn *conn = request->conn;

	conn->request = NULL;
	conn->state = CONN_FLUSHING;
	conn_stirred(conn);
	free(request);
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

bool
http_stream_write(struct http_request *request, const void *data, size_t len)
{
	struct wire *wire = request->conn->wire;
	char         size[24];
	struct iovec parts[3] = { { size, 0 }, { (void *)(uintptr_t)data, len }, { size, 0 } };

	must(request->conn->state == CONN_STREAMING);
	if (len == 0 || request->framing == REPLY_NO_BODY)
		return true;
	if (wire_unsent(wire) > STREAM_UNSENT_MAX)
		return false; /* the connection's task will end it */
	if (request->framing == REPLY_CHUNKED) {
		parts[0].iov_len = (size_t)snprintf(size, sizeof(size), "%zx\r\n", len);
		parts[2] = (struct iovec){ size + parts[0].iov_len - 2, 2 };
	}
	wire_send(wire, parts, 3);
	if (wire_unsent(wire) > STREAM_UNSENT_MAX || wire_facts(wire) & WIRE_BROKEN)
		conn_stirred(request->conn);
	request->wants_room = request->wants_room || wire_unsent(wire) > STREAM_UNSENT_HIGH;
	return !request->wants_room;
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

	must(request->conn->state == CONN_STREAMING);
	if (request->framing == REPLY_CHUNKED)
		wire_send(request->conn->wire,
		    &(struct iovec){ (void *)(uintptr_t)last, strlen(last) }, 1);
	request_end(request);
}
