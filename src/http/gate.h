/* SPDX-License-Identifier: Apache-2.0
 *
 * gate.h - the input gate: bytes of a connection in, one complete and valid request or a refusal out.
 *
 * It knows no socket and no clock. What comes out never depends on how the bytes were split. It takes
 * no byte beyond the end of a request: the next one is looked at after gate_reset(), that is, when
 * the reply to the one before is gone. Strict where two readers of one message could
 * disagree: line ends, folding, framing headers, chunks. All it holds is wiped when it is let go.
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
#define GATE_OVERHEAD_MAX (16 * 1024) /* chunk extensions and trailers, bytes; more is 431 */

enum gate_state {
	GATE_IDLE,    /* nothing of a request is here */
	GATE_HEAD,    /* some of its head */
	GATE_BODY,    /* the head is valid; some of its body is missing */
	GATE_DONE,    /* the request is complete */
	GATE_REFUSED, /* `status` and `detail` say why; nothing more is taken */
	GATE_N
};

struct gate_limits {
	size_t head_max, body_max; /* bytes */
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

/* Gives up on the request. */
void gate_refuse(struct gate *gate, int status, const char *detail);

#endif
