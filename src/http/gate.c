/* SPDX-License-Identifier: Apache-2.0
 * gate.c - collects a head line by line, has it read (gate_head.h), and collects the body. */
#include "http/gate.h"

#include <http_parser.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/gate_head.h"
#include "util/check.h"

void
gate_init(struct gate *gate, const struct gate_limits *limits)
{
	must(limits->head_max <= GATE_HEAD_LIMIT);
	*gate = (struct gate){ .limits = *limits };
}

void
gate_fini(struct gate *gate)
{
	free(gate->headers);
	gate->headers = NULL;
	bytes_fini(&gate->head);
	bytes_fini(&gate->body);
}

void
gate_reset(struct gate *gate)
{
	struct gate_limits limits = gate->limits;

	gate_fini(gate);
	gate_init(gate, &limits);
}

void
gate_refuse(struct gate *gate, int status, const char *detail)
{
	gate->state = GATE_REFUSED;
	gate->status = status;
	gate->detail = detail;
	gate->keep_alive = false;
}

void
gate_cut(struct gate *gate, enum gate_body why)
{
	bytes_fini(&gate->body);
	gate->state = GATE_DONE;
	gate->body_is = why;
	gate->keep_alive = false;
	gate->wants_continue = false;
}

const char *
gate_header(const struct gate *gate, const char *name)
{
	for (size_t i = 0; i < gate->headers_n; i++) {
		if (strcasecmp(gate->headers[i].name, name) == 0)
			return gate->headers[i].value;
	}
	return NULL;
}

/* ---- the head ---- */

/* What may stand in a head at all; the grammar comes later. False: it was refused. */
static bool
byte_check(struct gate *gate, unsigned char c)
{
	const char *wrong = NULL;

	if ((c == '\n') != (gate->last == '\r'))
		wrong = "a line of the head does not end in CR LF";
	else if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
		wrong = "there is a control character in the head";
	else if ((c == ' ' || c == '\t') && gate->line_len == 0 && gate->lines_n > 0)
		wrong = "a header line is folded";
	gate->last = (char)c;
	if (wrong != NULL)
		gate_refuse(gate, HTTP_STATUS_BAD_REQUEST, wrong);
	return wrong == NULL;
}

/* Empty lines before a request belong to nobody. */
static size_t
feed_idle(struct gate *gate, const char *data, size_t len)
{
	size_t used = 0;

	while (used < len && (data[used] == '\r' || data[used] == '\n')) {
		if (!byte_check(gate, (unsigned char)data[used]))
			return used;
		gate->blanks_n += data[used++] == '\n';
		if (gate->blanks_n > GATE_BLANKS_MAX) {
			gate_refuse(gate, HTTP_STATUS_BAD_REQUEST, "there is no request line");
			return used;
		}
	}
	if (used < len)
		gate->state = GATE_HEAD;
	return used;
}

static void
head_too_long(struct gate *gate)
{
	if (gate->lines_n == 0)
		gate_refuse(gate, HTTP_STATUS_URI_TOO_LONG, "the request line is too long");
	else
		gate_refuse(gate, HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE,
		    "the headers are too long or too many");
}

/* True when this byte ends the head: an empty line is complete. */
static bool
line_count(struct gate *gate, char c)
{
	if (c == '\n') {
		if (gate->line_len == 0)
			return true;
		gate->line_len = 0;
		gate->lines_n++;
	} else if (c != '\r') {
		gate->line_len++;
	}
	return false;
}

/* A client that waits for 100 is told to go on by conn.c, or never. */
static void
body_begin(struct gate *gate)
{
	size_t wanted = gate->limits.wanted != NULL ? gate->limits.wanted(gate->limits.arg)
						    : gate->limits.body_max;

	gate->body_is = wanted > 0 ? GATE_BODY_WHOLE : GATE_BODY_SKIPPED;
	gate->body_max = wanted > 0 ? wanted : GATE_SKIP_MAX;
	if (gate->body_max > gate->limits.body_max)
		gate->body_max = gate->limits.body_max;
	if (gate->body_left > gate->body_max || (wanted == 0 && gate->wants_continue))
		gate_cut(gate, GATE_BODY_UNREAD);
}

static void
head_end(struct gate *gate)
{
	if (!gate_head_parse(gate))
		return;
	gate->state = gate->is_chunked || gate->body_left > 0 ? GATE_BODY : GATE_DONE;
	gate->wants_continue = gate->wants_continue && gate->state == GATE_BODY;
	if (gate->state == GATE_BODY)
		body_begin(gate);
}

static size_t
feed_head(struct gate *gate, const char *data, size_t len)
{
	size_t used = 0;
	bool   ended = false;

	while (used < len && !ended) {
		if (gate->head.len + used >= gate->limits.head_max ||
		    gate->lines_n > GATE_HEADERS_MAX + 1)
			head_too_long(gate);
		else if (byte_check(gate, (unsigned char)data[used]))
			ended = line_count(gate, data[used++]);
		if (gate->state == GATE_REFUSED)
			return used;
	}
	bytes_add(&gate->head, data, used);
	if (ended)
		head_end(gate);
	return used;
}

/* ---- the body ---- */

static void
body_add(struct gate *gate, const char *data, size_t len)
{
	gate->body_n += len;
	if (gate->body_is == GATE_BODY_WHOLE)
		bytes_add(&gate->body, data, len);
}

/* What no request may have is refused here; what this one may not have is answered by who has said so. */
static void
body_too_large(struct gate *gate)
{
	if (gate->body_max < gate->limits.body_max)
		gate_cut(gate, GATE_BODY_UNREAD);
	else
		gate_refuse(gate, HTTP_STATUS_PAYLOAD_TOO_LARGE, "the body is too large");
}

static size_t
feed_plain(struct gate *gate, const char *data, size_t len)
{
	size_t used = gate->body_left < len ? (size_t)gate->body_left : len;

	body_add(gate, data, used);
	gate->body_left -= used;
	if (gate->body_left == 0)
		gate->state = GATE_DONE;
	return used;
}

static size_t
feed_chunked(struct gate *gate, const char *data, size_t len)
{
	struct chunked *chunked = &gate->chunked;
	const char     *piece;
	size_t          piece_len, used = chunked_feed(chunked, data, len, &piece, &piece_len);

	if (chunked->state == CHUNKED_BAD)
		gate_refuse(gate, HTTP_STATUS_BAD_REQUEST, "the chunked coding is malformed");
	else if (chunked->overhead > GATE_OVERHEAD_MAX)
		gate_refuse(gate, HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE,
		    "chunk extensions and trailers are too long");
	else if (chunked->state == CHUNKED_DATA &&
		 chunked->left > gate->body_max - gate->body_n - piece_len)
		body_too_large(gate);
	else if (chunked->state == CHUNKED_DONE)
		gate->state = GATE_DONE;
	if (gate_is_open(gate) && piece_len > 0)
		body_add(gate, piece, piece_len);
	return used;
}

static size_t
feed_body(struct gate *gate, const char *data, size_t len)
{
	gate->wants_continue = false;
	return gate->is_chunked ? feed_chunked(gate, data, len) : feed_plain(gate, data, len);
}

/* No function: nothing is taken. */
static size_t (*const rows[GATE_N])(struct gate *, const char *, size_t) = {
	[GATE_IDLE] = feed_idle,
	[GATE_HEAD] = feed_head,
	[GATE_BODY] = feed_body,
};

bool
gate_is_open(const struct gate *gate)
{
	return rows[gate->state] != NULL;
}

size_t
gate_feed(struct gate *gate, const char *data, size_t len)
{
	size_t used = 0;

	while (used < len && gate_is_open(gate))
		used += rows[gate->state](gate, data + used, len - used);
	return used;
}
