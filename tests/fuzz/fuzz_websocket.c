/* SPDX-License-Identifier: Apache-2.0
 * fuzz_websocket.c - what is answered to a client of a WebSocket does not depend on how its bytes are split.
 *
 * The first byte draws the splits; the rest is what the client says. All of it is said once whole and once in pieces, and
 * the two transcripts are compared: pongs, and a close at their end. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/websocket.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/rng.h"
#include "util/str.h"

#define PIECE_MAX      16
#define FRAME_CLOSE    0x88
#define TRANSCRIPT_MAX (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_send(void *arg, const void *data, size_t len)
{
	str_add_mem(arg, data, len);
}

static void
run(struct str *said, const uint8_t *data, size_t size, struct rng *rng)
{
	struct websocket *websocket = websocket_create(on_send, said);
	size_t            used = 0;
	bool              goes_on = true;

	while (used < size && goes_on) {
		size_t piece = rng == NULL ? size - used : 1 + rng_below(rng, PIECE_MAX);
		char  *copy;

		if (piece > size - used)
			piece = size - used;
		copy = xmalloc(piece); /* exactly as long: reading past it is seen */
		memcpy(copy, data + used, piece);
		goes_on = websocket_hear(websocket, copy, piece);
		free(copy);
		used += piece;
	}
	if (goes_on)
		websocket_close(websocket, WEBSOCKET_GOING_AWAY, "the end");
	must(said->len >= 2);
	websocket_destroy(websocket);
}

/* Where the close frame begins, which is the last. Its code may differ: libwslay judges the reason of a close by the pieces
 * that it comes in. */
static size_t
before_close(const struct str *said)
{
	const uint8_t *frames = (const uint8_t *)said->data;
	size_t         at = 0;

	while (at + 2 <= said->len && frames[at] != FRAME_CLOSE)
		at += 2 + frames[at + 1];
	must(at + 2 <= said->len && at + 2 + frames[at + 1] == said->len);
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str whole, split;
	struct rng rng;
	size_t     before;

	if (size == 0)
		return 0;
	str_init(&whole, TRANSCRIPT_MAX);
	str_init(&split, TRANSCRIPT_MAX);
	rng_init(&rng, data[0]);
	run(&whole, data + 1, size - 1, NULL);
	run(&split, data + 1, size - 1, &rng);
	before = before_close(&whole);
	must(before == before_close(&split));
	must(memcmp(whole.data, split.data, before) == 0);
	str_fini(&whole);
	str_fini(&split);
	return 0;
}
