/* SPDX-License-Identifier: Apache-2.0
 * websocket.c - libwslay reads the frames and answers pings; our own are written here.
 *
 * libwslay copies what it sends, for each client anew. A frame of a server is not masked, so its head is all that has
 * to be written: what follows it may be shared. Frames never mix, since each is handed on whole before the next. Nor is it
 * kept between two frames of a client: it takes 9 KB, and most clients say no more than a pong now and then. */
#include "http/websocket.h"

#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "util/base64.h"
#include "util/check.h"
#include "util/digest.h"
#include "util/mem.h"
#include "util/utf8.h"

#define GUID        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_BYTES   16
#define KEY_LEN     24 /* in base64 */
#define FIN_TEXT    0x81
#define FIN_CLOSE   0x88
#define FIN_PING    0x89
#define MASK_LEN    4
#define LEN_SHORT   125 /* the longest that lies in the second byte; */
#define LEN_16_BITS 126 /* what stands there instead of a longer one */
#define LEN_64_BITS 127

struct websocket {
	wslay_event_context_ptr wslay; /* while it is told a frame; NULL: it rests */
	websocket_sender       *send;
	void                   *arg;
	const uint8_t          *heard; /* what libwslay has not taken yet, while it is told */
	size_t                  heard_len;
	uint64_t                fed, framed; /* bytes, of them those of frames that have begun */
	bool                    is_malformed;
};

/* ---- what libwslay asks for ---- */

static ssize_t
on_wants_bytes(wslay_event_context_ptr wslay, uint8_t *buf, size_t len, int flags, void *arg)
{
	struct websocket *websocket = arg;

	(void)flags;
	if (websocket->heard_len == 0) {
		wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (len > websocket->heard_len)
		len = websocket->heard_len;
	memcpy(buf, websocket->heard, len);
	websocket->heard += len;
	websocket->heard_len -= len;
	return (ssize_t)len;
}

/* What libwslay says, where a head is malformed, is a close that says no code. */
static const uint8_t protocol_error[] = { FIN_CLOSE, 2, WSLAY_CODE_PROTOCOL_ERROR >> 8,
	WSLAY_CODE_PROTOCOL_ERROR & 0xff };

static ssize_t
on_has_bytes(wslay_event_context_ptr wslay, const uint8_t *data, size_t len, int flags, void *arg)
{
	struct websocket *websocket = arg;

	(void)wslay;
	(void)flags;
	if (websocket->is_malformed)
		websocket->send(websocket->arg, protocol_error, sizeof(protocol_error));
	else
		websocket->send(websocket->arg, data, len);
	return (ssize_t)len;
}

static size_t
head_len(uint64_t len)
{
	return len <= LEN_SHORT ? 2 : len <= UINT16_MAX ? 4 : WEBSOCKET_HEAD_MAX;
}

/* Where one begins that is the client's own word, that is enough to know. */
static void
on_frame(wslay_event_context_ptr wslay, const struct wslay_event_on_frame_recv_start_arg *frame,
    void *arg)
{
	static const char reason[] = "nothing is taken but close, ping and pong";
	struct websocket *websocket = arg;

	websocket->framed += head_len(frame->payload_length) + MASK_LEN + frame->payload_length;
	if (wslay_is_ctrl_frame(frame->opcode))
		return;
	wslay_event_queue_close(
	    wslay, WEBSOCKET_UNSUPPORTED, (const uint8_t *)reason, strlen(reason));
	wslay_event_shutdown_read(wslay);
}

/* Each ping is answered at once: a close that came to be queued would go before what waits. */
static void
on_message(
    wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
	(void)message;
	(void)arg;
	wslay_event_send(wslay);
}

static const struct wslay_event_callbacks callbacks = {
	.recv_callback = on_wants_bytes,
	.send_callback = on_has_bytes,
	.on_frame_recv_start_callback = on_frame,
	.on_msg_recv_callback = on_message,
};

/* ---- its life ---- */

struct websocket *
websocket_create(websocket_sender *send, void *arg)
{
	struct websocket *websocket = xcalloc(1, sizeof(*websocket));

	websocket->send = send;
	websocket->arg = arg;
	return websocket;
}

static void
rest(struct websocket *websocket)
{
	wslay_event_context_free(websocket->wslay);
	websocket->wslay = NULL;
	websocket->fed = websocket->framed = 0;
}

void
websocket_destroy(struct websocket *websocket)
{
	if (websocket == NULL)
		return;
	rest(websocket);
	free(websocket);
}

static void
wake(struct websocket *websocket)
{
	must(wslay_event_context_server_init(&websocket->wslay, &callbacks, websocket) == 0);
	wslay_event_config_set_max_recv_msg_length(websocket->wslay, WEBSOCKET_MESSAGE_MAX);
}

bool
websocket_hear(struct websocket *websocket, const void *data, size_t len)
{
	bool goes_on;

	if (websocket->wslay == NULL)
		wake(websocket);
	websocket->heard = data;
	websocket->heard_len = len;
	websocket->fed += len;
	websocket->is_malformed = wslay_event_recv(websocket->wslay) != 0;
	/* What it has queued; nothing follows a close. */
	goes_on = wslay_event_send(websocket->wslay) == 0 &&
		  !wslay_event_get_close_sent(websocket->wslay);
	if (goes_on && websocket->framed == websocket->fed)
		rest(websocket);
	return goes_on;
}

/* ---- what is written without it ---- */

void
websocket_ping(struct websocket *websocket)
{
	static const uint8_t ping[] = { FIN_PING, 0 };

	websocket->send(websocket->arg, ping, sizeof(ping));
}

void
websocket_close(struct websocket *websocket, enum websocket_code code, const char *reason)
{
	size_t  len = strnlen(reason, WEBSOCKET_REASON_SIZE - 1);
	uint8_t frame[4 + WEBSOCKET_REASON_SIZE];

	len = utf8_len(reason, len); /* up to what is no character, or was cut */
	frame[0] = FIN_CLOSE;
	frame[1] = (uint8_t)(2 + len);
	frame[2] = (uint8_t)((unsigned)code >> 8);
	frame[3] = (uint8_t)((unsigned)code & 0xff);
	memcpy(frame + 4, reason, len);
	websocket->send(websocket->arg, frame, 4 + len);
}

size_t
websocket_head(uint8_t out[WEBSOCKET_HEAD_MAX], size_t len)
{
	size_t bytes = head_len(len) - 2;

	out[0] = FIN_TEXT;
	out[1] = (uint8_t)(bytes == 0 ? len : bytes == 2 ? LEN_16_BITS : LEN_64_BITS);
	for (size_t i = 0; i < bytes; i++)
		out[2 + i] = (uint8_t)((uint64_t)len >> 8 * (bytes - 1 - i));
	return 2 + bytes;
}

static bool
is_key(const char *key)
{
	struct str bytes;
	bool       good;

	str_init(&bytes, KEY_LEN);
	good = strlen(key) == KEY_LEN && base64_decode(&bytes, key, KEY_LEN, NULL) &&
	       bytes.len == KEY_BYTES;
	str_fini(&bytes);
	return good;
}

bool
websocket_accept(const char *key, char out[WEBSOCKET_ACCEPT_SIZE])
{
	char       text[KEY_LEN + sizeof(GUID)];
	uint8_t    sha1[DIGEST_SHA1_BYTES];
	struct str accept;

	if (!is_key(key))
		return false;
	memcpy(text, key, KEY_LEN);
	memcpy(text + KEY_LEN, GUID, sizeof(GUID));
	digest_sha1(text, strlen(text), sha1);
	str_init(&accept, WEBSOCKET_ACCEPT_SIZE);
	base64_add(&accept, sha1, sizeof(sha1));
	must(accept.len == WEBSOCKET_ACCEPT_SIZE - 1);
	memcpy(out, accept.data, WEBSOCKET_ACCEPT_SIZE);
	str_fini(&accept);
	return true;
}
