/* SPDX-License-Identifier: Apache-2.0
 * fuzz_gate.c - the input gate must give the same answer whatever way the bytes are split.
 *
 * The first byte draws the splits; the rest is what a connection sends, any number of requests. All of it is
 * read once whole and once in pieces, and the two transcripts are compared. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/gate.h"
#include "http/target.h"
#include "util/check.h"
#include "util/mem.h"
#include "util/rng.h"
#include "util/str.h"

#define REQUESTS_MAX   64
#define PIECE_MAX      16
#define TRANSCRIPT_MAX (4 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD_MAX 4096
#define BODY_MAX 4096
#define FEW      8

/* By the path: all, some or nothing of a body is wanted. */
static size_t
wanted(void *arg)
{
	const struct gate *gate = arg;

	if (str_starts(gate->path, "/few"))
		return FEW;
	return str_starts(gate->path, "/none") ? 0 : BODY_MAX;
}

/* What came out of the gate, and what must be true of it. */
static void
note(struct str *out, const struct gate *gate)
{
	char buf[64];

	if (gate->state == GATE_REFUSED) {
		must(gate->status >= 400 && gate->status <= 505 && !gate->keep_alive);
		str_addf(out, "refused %d %s\n", gate->status, gate->detail);
		return;
	}
	str_addf(out, "state %d\n", (int)gate->state);
	if (gate->state != GATE_DONE)
		return;
	must(gate->body.len <= gate->body_max);
	must(gate->body_is == GATE_BODY_WHOLE || gate->body.len == 0);
	must(gate->body_is != GATE_BODY_UNREAD || !gate->keep_alive);
	must(gate->path[0] == '/' || str_eq(gate->path, "*"));
	must(strpbrk(gate->path, "\r\n") == NULL);
	str_addf(out, "%s %s ?%s %d%d%d%d\n", gate->method, gate->path, gate->query, gate->is_head,
	    gate->is_http10, gate->keep_alive, (int)gate->body_is);
	for (size_t i = 0; i < gate->headers_n; i++) {
		must(strpbrk(gate->headers[i].value, "\r\n") == NULL);
		str_addf(out, "%s: %s\n", gate->headers[i].name, gate->headers[i].value);
	}
	str_add_mem(out, gate->body.data == NULL ? "" : gate->body.data, gate->body.len);
	target_query(gate->query, "a", buf, sizeof(buf));
}

static void
run(struct str *out, const uint8_t *data, size_t size, struct rng *rng)
{
	struct gate        gate;
	struct gate_limits limits = {
		.head_max = HEAD_MAX, .body_max = BODY_MAX, .wanted = wanted, .arg = &gate
	};
	size_t used = 0, requests_n = 0;

	gate_init(&gate, &limits);
	while (used < size && gate_is_open(&gate) && requests_n < REQUESTS_MAX) {
		size_t piece = rng == NULL ? size - used : 1 + rng_below(rng, PIECE_MAX);
		char  *copy;

		if (piece > size - used)
			piece = size - used;
		copy = xmalloc(piece); /* exactly as long: reading past it is seen */
		memcpy(copy, data + used, piece);
		used += gate_feed(&gate, copy, piece);
		free(copy);
		must(gate.head.len <= limits.head_max);
		if (gate.state == GATE_DONE) {
			note(out, &gate);
			gate_reset(&gate);
			requests_n++;
		}
	}
	note(out, &gate);
	str_addf(out, "used %zu\n", used);
	gate_fini(&gate);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str whole, split;
	struct rng rng;

	if (size == 0)
		return 0;
	str_init(&whole, TRANSCRIPT_MAX);
	str_init(&split, TRANSCRIPT_MAX);
	rng_init(&rng, data[0]);
	run(&whole, data + 1, size - 1, NULL);
	run(&split, data + 1, size - 1, &rng);
	must(whole.len == split.len && memcmp(whole.data, split.data, whole.len) == 0);
	str_fini(&whole);
	str_fini(&split);
	return 0;
}
