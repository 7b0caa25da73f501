/* SPDX-License-Identifier: Apache-2.0
 *
 * websocket.h - the server's end of a WebSocket (RFC 6455), by libwslay: what the client sends goes in, frames
 * come out.
 *
 * It knows no connection: what is to be sent is handed to `send` at once. Its messages are text, and go out only: the
 * client has nothing to say but close, ping and pong. Any message of its own is answered with close 1003, one that is
 * too long for that with 1009, what breaks the protocol with 1002.
 */
#ifndef HTTP_WEBSOCKET_H
#define HTTP_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBSOCKET_ACCEPT_SIZE  29 /* base64 of SHA-1, and a NUL */
#define WEBSOCKET_HEAD_MAX     10
#define WEBSOCKET_MESSAGE_MAX  4096 /* bytes; a longer one of the client's is 1009 */
#define WEBSOCKET_REASON_SIZE  124
#define WEBSOCKET_VERSION_TEXT "13"

enum websocket_code {
	WEBSOCKET_NORMAL = 1000,
	WEBSOCKET_GOING_AWAY = 1001,
	WEBSOCKET_UNSUPPORTED = 1003,
	WEBSOCKET_POLICY = 1008,
	WEBSOCKET_INTERNAL = 1011,
	WEBSOCKET_TRY_LATER = 1013
};

struct websocket;

typedef void websocket_sender(void *arg, const void *data, size_t len);

struct websocket *websocket_create(websocket_sender *send, void *arg);
void              websocket_destroy(struct websocket *websocket); /* NULL is fine */

/* Takes all of it. False: the WebSocket is over, and the close frame was sent. */
bool websocket_hear(struct websocket *websocket, const void *data, size_t len);

void websocket_ping(struct websocket *websocket);

/* The last frame; a reason that is too long is cut. */
void websocket_close(struct websocket *websocket, enum websocket_code code, const char *reason);

/* The head of a text message of so many bytes, which follow it. Returns its length. */
size_t websocket_head(uint8_t out[WEBSOCKET_HEAD_MAX], size_t len);

/* The answer to the key of a handshake. False: it is none. */
bool websocket_accept(const char *key, char out[WEBSOCKET_ACCEPT_SIZE]);

#endif
