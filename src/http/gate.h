/* SPDX-License-Identifier: Apache-2.0
 *
 * gate.h - the input gate: bytes of a connection in, one complete and valid request or a refusal out.
 *
 * It knows no socket and no clock. What comes out never depends on how the bytes were split. It takes
 * no byte beyond the end of a request: the next one is looked at after gate_reset(), that is, when
 * the reply to the one before is gone. Strict where two readers of one message could
 * disagree: line ends, folding, framing headers, chunks. All it holds is wiped when it is let go.
 *
 * A body is collected as far as it is wanted. One that is longer ends the request at once, and so does one that nobody wants
 * where its client waits to be asked for it; a short one is thrown away as it comes, so that the connection can be kept.
 */
#ifndef HTTP_GATE_H
#define HTTP_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/bytes.h"
#include "http/chunked.h"
#include "http/http.h"

#define GATE_HEADERS_MAX  128         /* header lines; more is 431 */
#define GATE_HEAD_LIMIT   (60 * 1024) /* head_max can't be more: http_parser counts in 16 bits */
#define GATE_BLANKS_MAX   4           /* empty lines before a request (RFC 9112, 2.2) */
#define GATE_SKIP_MAX     (64 * 1024) /* of a body that nobody wants: so much is thrown away */
#define GATE_OVERHEAD_MAX (16 * 1024) /* chunk extensions and trailers, bytes; more is 431 */

enum gate_state {
	GATE_IDLE,    /* nothing of a request is here */
	GATE_HEAD,    /* some of its head */
	GATE_BODY,    /* the head is valid; some of its body is missing */
	GATE_DONE,    /* the request is complete */
	GATE_REFUSED, /* `status` and `detail` say why; nothing more is taken */
	GATE_N
};

enum gate_body {
	GATE_BODY_WHOLE,   /* it is there, or there is none */
	GATE_BODY_SKIPPED, /* nobody wanted it, and it was thrown away */
	GATE_BODY_UNREAD,  /* more than was wanted is to come; it goes with the connection */
	GATE_BODY_NO_ROOM, /* the same, where there is no room for more */
	GATE_BODY_N
};

struct gate_limits {
	size_t head_max, body_max; /* bytes */

	/* Asked when the head is valid and a body follows: how much of it is wanted. NULL: all. */
	size_t (*wanted)(void *arg);
	void *arg;
};

struct gate {
	enum gate_state    state;
	struct gate_limits limits;

	/* The request; all in `head` and `body`, which gate_reset() wipes. */
	const char         *method; /* HEAD is GET with is_head */
	const char         *path;   /* percent-decoded; "*" for OPTIONS * */
	const char         *query;  /* as it came, "" when there is none */
	struct http_header *headers;
	size_t              headers_n;
	struct bytes        body;
	enum gate_body      body_is;
	bool                is_head, is_http10, keep_alive;
	bool                wants_continue; /* waits for 100 before it sends the body */

	int         status; /* of the refusal */
	const char *detail; /* a constant */

	/* Private. */
	struct bytes   head;
	size_t         line_len, lines_n, blanks_n;
	char           last; /* the byte before, for line ends */
	bool           is_chunked;
	uint64_t       body_left;
	size_t         body_max, body_n; /* of this request; what came of it */
	struct chunked chunked;
};

void gate_init(struct gate *gate, const struct gate_limits *limits);
void gate_fini(struct gate *gate);
void gate_reset(struct gate *gate); /* ready for the next request of the connection */

/* Would gate_feed() take a byte? */
bool gate_is_open(const struct gate *gate);

/* Returns how many bytes it took: all of them, or those to the end of the request or the fault. */
size_t gate_feed(struct gate *gate, const char *data, size_t len);

/* The first header of that name, in any case; NULL when there is none. */
const char *gate_header(const struct gate *gate, const char *name);

/* Ends the request where it is, without its body and as the last of the connection. */
void gate_cut(struct gate *gate, enum gate_body why);

/* Gives up on the request. */
void gate_refuse(struct gate *gate, int status, const char *detail);

#endif
