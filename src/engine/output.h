/* SPDX-License-Identifier: Apache-2.0
 *
 * output.h - what a node's op writes on its way, gathered into events.
 *
 * A program may write a byte at a time, or megabytes. An event says what each of its streams had since the last one, of more than
 * OUTPUT_PIECE_MAX bytes the end, and how many bytes are left out. Between two there is a while, which
 * grows with the time that the op takes: the first lines are seen at once, and an hour has some 800 events, not a million.
 */
#ifndef ENGINE_OUTPUT_H
#define ENGINE_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"
#include "util/str.h"

#define OUTPUT_PIECE_MAX     4096
#define OUTPUT_STREAMS_MAX   2
#define OUTPUT_EVERY_US      100000
#define OUTPUT_EVERY_MOST_US 5000000

struct node;

struct output_stream {
	char       name[16];
	struct str text;
	uint64_t   dropped; /* bytes before the text */
};

struct output {
	struct node         *node;
	struct timer         timer; /* until the next event */
	int64_t              began_us;
	struct output_stream streams[OUTPUT_STREAMS_MAX];
};

struct output *output_create(struct node *node);
void output_destroy(struct output *output); /* what was not told is forgotten; NULL is fine */
void output_add(struct output *output, const char *stream, const char *text, size_t len);
void output_tell(struct output *output); /* all so far, now; NULL is fine */

#endif
