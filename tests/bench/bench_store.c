/* SPDX-License-Identifier: Apache-2.0
 * bench_store.c - how many appends a second the store takes, on a private redis-server with its
 * append-only file on.
 *
 * bench_store [seconds for each row] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop_ev.h"
#include "private_store.h"
#include "util/check.h"
#include "util/str.h"

#define LANES_MAX 512
#define BATCH_MAX 1000
#define LEASE_MS  60000
#define SECONDS   3
#define US_PER_S  1000000
#define TICK_US   1000
#define EVENT_TEXT                                                                               \
	"{\"seq\":1,\"graph_id\":\"0123abcd\",\"node_id\":\"ab12cd34\",\"resource_id\":\"api\"," \
	"\"from\":\"calling\",\"to\":\"settling\",\"at\":\"2026-11-24T02:17:16.042Z\"}"

/* Each lane writes to a deployment of its own, one append after the other. */
struct lane {
	struct store_op op;
	uint64_t        appends;
};

static const struct row {
	size_t lanes, events;
} rows[] = { { 1, 1 }, { 16, 1 }, { 256, 1 }, { 1, 1000 }, { 8, 1000 }, { 64, 10 } };

static struct loop_ev   *ev;
static struct store     *store;
static struct lane       lanes[LANES_MAX];
static struct store_item items[BATCH_MAX];
static size_t            lanes_begun, row_events;
static bool              over;

static void
on_appended(struct store_op *op)
{
	struct lane *lane = container_of(op, struct lane, op);

	must(op->result == STORE_OK);
	must(op->seq_out == op->seq + row_events);
	op->seq = op->seq_out;
	lane->appends++;
	if (!over)
		store_start(store, op);
}

static void
on_begun(struct store_op *op)
{
	must(op->result == STORE_OK);
	op->fence = op->fence_out;
	op->seq = op->seq_out;
	op->verb = STORE_APPEND;
	op->events = items;
	op->done = on_appended;
	lanes_begun++;
}

static void
lane_begin(size_t i)
{
	char name[32];

	lanes[i] = (struct lane){
		.op = { .verb = STORE_BEGIN, .text = "{}", .execution = "e1", .done = on_begun }
	};
	snprintf(name, sizeof(name), "app-%zu", i);
	must(store_key_set(&lanes[i].op.key, "bench", name, "0123abcd"));
	store_start(store, &lanes[i].op);
}

struct stage {
	struct timer timer;
	size_t       lanes_wanted;
	int64_t      end_us;
};

static void
on_tick(struct timer *timer)
{
	struct stage *stage = container_of(timer, struct stage, timer);
	int64_t       now = loop_now_us(loop_ev_loop(ev));

	if (store_is_up(store) && lanes_begun >= stage->lanes_wanted && now >= stage->end_us)
		loop_ev_stop(ev);
	else
		timer_arm(loop_ev_loop(ev), timer, TICK_US);
}

/* Runs the loop until the store is up, so many lanes have begun, and so much time is over. */
static void
run_until(size_t lanes_wanted, int64_t us)
{
	struct stage stage = { .lanes_wanted = lanes_wanted };

	stage.end_us = loop_now_us(loop_ev_loop(ev)) + us;
	timer_init(&stage.timer, on_tick);
	timer_arm(loop_ev_loop(ev), &stage.timer, 0);
	loop_ev_run(ev);
	timer_disarm(loop_ev_loop(ev), &stage.timer);
}

static void
run_row(const struct row *row, uint64_t seconds)
{
	uint64_t appends = 0;
	double   used;
	int64_t  start;

	lanes_begun = 0;
	for (size_t i = 0; i < row->lanes; i++)
		lane_begin(i);
	run_until(row->lanes, 0);
	over = false;
	row_events = row->events;
	start = loop_now_us(loop_ev_loop(ev));
	for (size_t i = 0; i < row->lanes; i++) {
		lanes[i].op.events_n = row->events;
		store_start(store, &lanes[i].op);
	}
	run_until(0, (int64_t)seconds * US_PER_S);
	over = true;
	used = (double)(loop_now_us(loop_ev_loop(ev)) - start) / US_PER_S;
	for (size_t i = 0; i < row->lanes; i++) {
		appends += lanes[i].appends;
		store_forget(store, &lanes[i].op);
	}
	printf("| %zu | %zu | %.0f | %.0f |\n", row->lanes, row->events, (double)appends / used,
	    (double)(appends * row->events) / used);
}

int
main(int argc, char **argv)
{
	struct private_store redis;
	uint64_t             seconds = SECONDS;

	if (argc > 1 && !str_to_u64(argv[1], &seconds))
		return EXIT_FAILURE;
	private_store_start(&redis, LEASE_MS);
	ev = redis.ev;
	store = redis.store;
	for (size_t i = 0; i < BATCH_MAX; i++)
		items[i].text = EVENT_TEXT;
	run_until(0, 0);
	printf("| lanes | events each | appends/s | events/s |\n| ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < array_len(rows); i++)
		run_row(&rows[i], seconds);
	printf("\n");
	private_store_stop(&redis);
	return EXIT_SUCCESS;
}
