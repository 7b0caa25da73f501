/* SPDX-License-Identifier: Apache-2.0
 *
 * chunked.h - decodes a chunked request body (RFC 9112, 7.1), and takes nothing that is only nearly one.
 *
 * http_parser as Debian builds it takes a bare LF and any two bytes for a CR LF here; a proxy in
 * front of us may not, and the difference is a smuggled request. So this decoder is our own.
 */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

enum chunked_state {
	CHUNKED_SIZE,
	CHUNKED_EXTENSION,
	CHUNKED_SIZE_LF,
	CHUNKED_DATA,
	CHUNKED_DATA_CR,
	CHUNKED_DATA_LF,
	CHUNKED_LINE, /* the first byte of a trailer line, or of the empty one */
	CHUNKED_TRAILER,
	CHUNKED_TRAILER_LF,
	CHUNKED_END_LF,
	CHUNKED_DONE,
	CHUNKED_BAD,
	CHUNKED_N
};

struct chunked {
	enum chunked_state state;
	uint64_t           left;   /* bytes of data still to come in this chunk */
	unsigned           digits; /* of the size */
	size_t overhead;           /* bytes of extensions and trailers; the caller has a maximum */
};

/*
 * Returns how many bytes it took. It stops after a size line (look at `left`), after a piece of data
 * (*ret_piece_len bytes from *ret_piece), and when it is done or the coding is bad.
 */
size_t chunked_feed(struct chunked *chunked, const char *data, size_t len, const char **ret_piece,
    size_t *ret_piece_len);

#endif
