/* SPDX-License-Identifier: Apache-2.0
 * test_feed.c - readers of events, over the store in memory, on a clock turned by hand. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed/feed.h"
#include "loop/loop.h"
#include "store/store_mem.h"
#include "util/check.h"

#define READERS_MAX 300
#define GRAPHS      10
#define TURN_US     1000
#define TURNS_MAX   20000

static struct loop  *loop;
static struct store *store;
static struct feed  *feed;
static int64_t       now_us;

static void
setup(void)
{
	now_us = 0;
	loop = loop_create();
	store = store_mem_create(loop, "owner");
	feed = feed_create(loop, store);
}

static void
teardown(void)
{
	feed_destroy(feed);
	store_destroy(store);
	loop_destroy(loop);
}

static void
turn(int64_t us)
{
	now_us += us;
	loop_turn(loop, now_us, now_us / 1000);
}

/* Until nothing is due within a turn's time. */
static void
settle(void)
{
	for (int i = 0; i < TURNS_MAX && loop_next_due_us(loop) <= now_us; i++)
		turn(0);
	ck_assert_int_gt(loop_next_due_us(loop), now_us);
}

static void
on_done(struct store_op *op)
{
	ck_assert_int_eq(op->result, STORE_OK);
}

static struct store_key
key_of(unsigned graph)
{
	struct store_key key;
	char             id[STORE_ID_SIZE];

	snprintf(id, sizeof(id), "%08x", graph);
	ck_assert(store_key_set(&key, "tenant", id, id));
	return key;
}

/* Stores events number from+1 .. to of a graph, whose text is their number, and announces them. */
static void
write_events(unsigned graph, unsigned from, unsigned to)
{
	static struct store_item items[STORE_BATCH_MAX];
	static char              texts[STORE_BATCH_MAX][16];
	struct store_key         key = key_of(graph);
	struct store_op          begin = {
			 .verb = STORE_BEGIN, .key = key, .text = "{}", .execution = "e", .done = on_done
	};
	struct store_op append = {
		.verb = STORE_APPEND, .key = key, .seq = from, .events = items, .done = on_done
	};

	store_start(store, &begin);
	settle();
	for (unsigned i = 0; i < to - from; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%u", from + i + 1);
		items[i].text = texts[i];
	}
	append.fence = begin.fence_out;
	append.events_n = to - from;
	store_start(store, &append);
	settle();
	ck_assert_int_eq(append.result, STORE_OK);
	feed_announce(feed, &key, to);
}

struct probe {
	struct feed_reader  reader;
	uint64_t            last;    /* what it has taken */
	uint64_t            room;    /* it takes no event after this one */
	uint64_t            leave;   /* unfollows when handed this one; 0: never */
	struct feed_reader *drop;    /* unfollows this one when it leaves */
	bool                is_back; /* and follows again, from the first */
	int                 refused, troubles;
};

static bool
on_event(struct feed_reader *reader, uint64_t seq, const char *json)
{
	struct probe *probe = container_of(reader, struct probe, reader);

	ck_assert_uint_eq(seq, probe->last + 1);
	ck_assert_uint_eq(strtoull(json, NULL, 10), seq);
	if (seq > probe->room) {
		probe->refused++;
		return false;
	}
	probe->last = seq;
	if (seq == probe->leave) {
		feed_unfollow(reader);
		if (probe->drop != NULL)
			feed_unfollow(probe->drop);
		if (probe->is_back) {
			struct store_key key = key_of(1);

			probe->last = 0;
			probe->leave = 0;
			feed_follow(feed, reader, &key, 0);
		}
	}
	return true;
}

static void
on_trouble(struct feed_reader *reader)
{
	container_of(reader, struct probe, reader)->troubles++;
}

static void
follow(struct probe *probe, unsigned graph, uint64_t seq)
{
	struct store_key key = key_of(graph);

	probe->reader.on_event = on_event;
	probe->reader.on_trouble = on_trouble;
	probe->last = seq;
	if (probe->room == 0)
		probe->room = UINT64_MAX;
	feed_follow(feed, &probe->reader, &key, seq);
}

START_TEST(a_reader_gets_the_old_and_then_the_new_without_gap_or_repeat)
{
	static const unsigned starts[] = { 0, 1, 999, 1000, 1001, 2499, 2500 };
	struct probe          probe = { 0 };

	write_events(1, 0, 2500);
	follow(&probe, 1, starts[_i]);
	ck_assert_uint_eq(probe.last, starts[_i]);
	settle();
	ck_assert_uint_eq(probe.last, 2500);
	for (unsigned n = 2500; n < 2600; n++)
		write_events(1, n, n + 1);
	settle();
	ck_assert_uint_eq(probe.last, 2600);
	feed_unfollow(&probe.reader);
	write_events(1, 2600, 2601);
	settle();
	ck_assert_uint_eq(probe.last, 2600);
}
END_TEST

/* By another process: this one hears of it, and not with the answers of its own. */
START_TEST(what_is_announced_while_a_page_is_read_is_not_missed)
{
	struct probe      probe = { 0 };
	struct store_key  key = key_of(1);
	struct store_item item = { .text = "4" };
	struct store_op   append = { .verb = STORE_APPEND,
		  .key = key,
		  .seq = 3,
		  .events = &item,
		  .events_n = 1,
		  .done = on_done };

	write_events(1, 0, 3);
	append.fence = 1;
	store_listen(store, NULL, NULL);
	follow(&probe, 1, 0);
	turn(0); /* the read is started: its page has three events */
	store_start(store, &append);
	feed_announce(feed, &key, 4);
	settle();
	ck_assert_uint_eq(probe.last, 4);
	feed_unfollow(&probe.reader);
}
END_TEST

/* ---- of a tenant ---- */

struct listener {
	struct feed_reader reader;
	uint64_t           last, graphs[GRAPHS], room;
};

/* Texts are the numbers of their graphs: each graph's come in order. */
static bool
on_tenant_event(struct feed_reader *reader, uint64_t seq, const char *json)
{
	struct listener *listener = container_of(reader, struct listener, reader);
	uint64_t         number = strtoull(json, NULL, 10);
	size_t           g = 0;

	ck_assert_uint_eq(seq, listener->last + 1);
	if (seq > listener->room)
		return false;
	listener->last = seq;
	while (g < GRAPHS && listener->graphs[g] + 1 != number)
		g++;
	ck_assert_uint_lt(g, GRAPHS);
	listener->graphs[g]++;
	return true;
}

static void
listen_after(struct listener *listener, uint64_t seq)
{
	struct store_key key;

	ck_assert(store_key_set(&key, "tenant", NULL, NULL));
	listener->reader.on_event = on_tenant_event;
	listener->last = seq;
	if (listener->room == 0)
		listener->room = UINT64_MAX;
	feed_follow(feed, &listener->reader, &key, seq);
}

START_TEST(a_tenants_reader_gets_those_of_all_its_graphs_in_one_order)
{
	struct listener listener = { 0 };

	write_events(1, 0, 3);
	write_events(2, 0, 2500); /* more than a page, in one go */
	write_events(1, 3, 5);
	listen_after(&listener, 0);
	settle();
	ck_assert_uint_eq(listener.last, 2505);
	ck_assert_uint_eq(listener.graphs[0] + listener.graphs[1], 2505);
	for (unsigned n = 0; n < 100; n++) /* more entries than a page of them */
		write_events(3, n, n + 1);
	settle();
	ck_assert_uint_eq(listener.last, 2605);
	feed_unfollow(&listener.reader);
}
END_TEST

START_TEST(a_tenants_reader_may_come_back_anywhere)
{
	static const unsigned starts[] = { 0, 1, 3, 4, 1003, 1004, 2502, 2503, 2504, 2505 };
	struct listener       listener = { 0 };

	write_events(1, 0, 3);
	write_events(2, 0, 2500);
	write_events(1, 3, 5);
	listener.graphs[0] =
	    starts[_i] < 3 ? starts[_i] : 3 + (starts[_i] > 2503 ? starts[_i] - 2503 : 0);
	listener.graphs[1] = starts[_i] < 3 ? 0 : starts[_i] > 2503 ? 2500 : starts[_i] - 3;
	listener.room = 2504;
	listen_after(&listener, starts[_i]);
	settle();
	ck_assert_uint_eq(listener.last, starts[_i] > 2504 ? 2505 : 2504);
	listener.room = UINT64_MAX;
	feed_resume(&listener.reader);
	settle();
	ck_assert_uint_eq(listener.last, 2505);
	feed_unfollow(&listener.reader);
}
END_TEST

START_TEST(a_tenants_reader_waits_for_the_store)
{
	struct listener listener = { 0 };

	write_events(1, 0, 3);
	store_mem_set_up(store, false);
	listen_after(&listener, 0);
	settle();
	ck_assert_uint_eq(listener.last, 0);
	store_mem_set_up(store, true);
	turn(TURN_US * 2000);
	settle();
	ck_assert_uint_eq(listener.last, 3);
	feed_unfollow(&listener.reader);
	listen_after(&listener, 0);
	turn(0); /* the index is read */
	feed_unfollow(&listener.reader);
	ck_assert_uint_eq(listener.last, 0);
}
END_TEST

START_TEST(what_is_stored_while_a_page_is_read_is_not_missed)
{
	struct probe     probe = { 0 };
	struct store_key key = key_of(1);

	write_events(1, 0, 3);
	follow(&probe, 1, 0);
	turn(0); /* the read is started: its page has three events */
	write_events(1, 3, 4);
	feed_announce(feed, &key, UINT64_MAX);
	settle();
	ck_assert_uint_eq(probe.last, 4);
	feed_unfollow(&probe.reader);
}
END_TEST

START_TEST(a_slow_reader_gets_the_refused_event_again)
{
	struct probe slow = { .room = 10 }, quick = { 0 };

	write_events(1, 0, 1500);
	follow(&slow, 1, 0);
	follow(&quick, 1, 0);
	settle();
	ck_assert_uint_eq(slow.last, 10);
	ck_assert_int_eq(slow.refused, 1);
	ck_assert_uint_eq(quick.last, 1500);
	write_events(1, 1500, 1501);
	settle();
	ck_assert_int_eq(slow.refused, 1); /* left alone until it resumes */
	for (slow.room = 400; slow.last < 1501; slow.room += 400) {
		feed_resume(&slow.reader);
		settle();
		ck_assert_uint_eq(slow.last, slow.room < 1501 ? slow.room : 1501);
	}
	feed_unfollow(&slow.reader);
	feed_unfollow(&quick.reader);
}
END_TEST

START_TEST(a_reader_may_leave_within_on_event_and_take_another_along)
{
	struct probe probes[4] = { { .room = 0 } };

	write_events(1, 0, 20);
	probes[_i].leave = 5;
	probes[_i].drop = &probes[(_i + 2) % 4].reader;
	for (int i = 0; i < 4; i++)
		follow(&probes[i], 1, 0);
	settle();
	ck_assert_uint_eq(probes[_i].last, 5);
	ck_assert_uint_eq(probes[(_i + 1) % 4].last, 20);
	ck_assert_uint_eq(probes[(_i + 3) % 4].last, 20);
	ck_assert(probes[(_i + 2) % 4].last == 20 || probes[(_i + 2) % 4].last == 0);
	for (int i = 0; i < 4; i++)
		feed_unfollow(&probes[i].reader);
}
END_TEST

START_TEST(the_only_reader_may_leave_and_come_back_within_on_event)
{
	struct probe probe = { .leave = 5, .is_back = _i == 1 };

	write_events(1, 0, 20);
	follow(&probe, 1, 0);
	settle();
	ck_assert_uint_eq(probe.last, _i == 1 ? 20 : 5);
	feed_unfollow(&probe.reader);
}
END_TEST

START_TEST(a_reader_that_leaves_while_a_page_is_read_is_never_called)
{
	struct probe probe = { 0 };

	write_events(1, 0, 3);
	follow(&probe, 1, 0);
	turn(0);
	feed_unfollow(&probe.reader);
	settle();
	ck_assert_uint_eq(probe.last, 0);
}
END_TEST

START_TEST(many_readers_of_many_graphs_each_get_their_own)
{
	static struct probe probes[READERS_MAX];

	memset(probes, 0, sizeof(probes));
	for (unsigned graph = 0; graph < GRAPHS; graph++)
		write_events(graph, 0, 10 * graph + 1);
	for (unsigned i = 0; i < READERS_MAX; i++)
		follow(&probes[i], i % GRAPHS, i % 2);
	settle();
	for (unsigned graph = 0; graph < GRAPHS; graph++)
		write_events(graph, 10 * graph + 1, 10 * graph + 4);
	settle();
	for (unsigned i = 0; i < READERS_MAX; i++) {
		ck_assert_uint_eq(probes[i].last, 10 * (i % GRAPHS) + 4);
		feed_unfollow(&probes[i].reader);
	}
}
END_TEST

struct other {
	struct task         task;
	const struct probe *first, *last; /* who are handed something meanwhile, up to: */
	uint64_t            until;
	int                 ran; /* in between */
};

static void
on_other(struct task *task)
{
	struct other *other = container_of(task, struct other, task);

	other->ran += other->first->last >= 16 && other->last->last < other->until;
	task_wake(loop, task);
}

static void
turn_beside(struct other *other)
{
	task_init(&other->task, on_other);
	task_set_lane(loop, &other->task, lane_of("another tenant"));
	task_wake(loop, &other->task);
	for (int i = 0; i < 3; i++)
		turn(0);
	task_cancel(loop, &other->task);
}

static int64_t
leaps(void *arg)
{
	static int64_t at_us;

	(void)arg;
	return at_us += LOOP_TURN_US;
}

START_TEST(while_a_page_is_handed_to_many_others_have_their_turn)
{
	static struct probe probes[READERS_MAX];
	struct other other = { .first = &probes[READERS_MAX - 1], .last = &probes[0], .until = 21 };

	memset(probes, 0, sizeof(probes));
	write_events(1, 0, 21);
	for (unsigned i = 0; i < READERS_MAX; i++)
		follow(&probes[i], 1, 1);
	turn_beside(&other);
	ck_assert_int_ge(
	    other.ran, READERS_MAX - 6); /* after each piece, but for what it had in hand */
	settle();
	for (unsigned i = 0; i < READERS_MAX; i++) {
		ck_assert_uint_eq(probes[i].last, 21);
		feed_unfollow(&probes[i].reader);
	}
}
END_TEST

START_TEST(a_page_that_is_handed_to_one_is_handed_in_pieces)
{
	struct probe probe = { 0 };
	struct other other = { .first = &probe, .last = &probe, .until = 1000 };

	write_events(1, 0, 1000);
	follow(&probe, 1, 0);
	turn_beside(&other);
	ck_assert_int_ge(other.ran, 1000 / 16 - 6);
	settle();
	ck_assert_uint_eq(probe.last, 1000);
	feed_unfollow(&probe.reader);
}
END_TEST

START_TEST(all_readers_may_leave_between_two_pieces)
{
	static struct probe probes[READERS_MAX];

	memset(probes, 0, sizeof(probes));
	write_events(1, 0, 20);
	for (unsigned i = 0; i < READERS_MAX; i++)
		follow(&probes[i], 1, 0);
	loop_meter(loop, leaps, NULL); /* a turn is one task */
	while (probes[READERS_MAX - 1].last == 0)
		turn(0);
	ck_assert_uint_eq(probes[0].last, 0);
	for (unsigned i = 0; i < READERS_MAX; i++)
		feed_unfollow(&probes[i].reader);
	loop_meter(loop, NULL, NULL);
	settle();
}
END_TEST

START_TEST(one_who_replays_and_one_who_follows_take_turns)
{
	struct probe replays = { 0 }, follows = { 0 };

	write_events(1, 0, 9000);
	follow(&follows, 1, 9000);
	settle();
	follow(&replays, 1, 0);
	turn(0);
	turn(0); /* the first page of the replay is in */
	ck_assert_uint_eq(replays.last, 1000);
	write_events(1, 9000, 9001);
	for (int i = 0; i < 4; i++)
		turn(0);
	ck_assert_uint_eq(follows.last, 9001);
	settle();
	ck_assert_uint_eq(replays.last, 9001);
	feed_unfollow(&replays.reader);
	feed_unfollow(&follows.reader);
}
END_TEST

START_TEST(a_store_that_is_down_is_asked_again_until_it_is_up)
{
	struct probe     probe = { 0 };
	struct store_key key = key_of(1);

	write_events(1, 0, 3);
	store_mem_set_up(store, false);
	follow(&probe, 1, 0);
	settle();
	ck_assert_int_eq(probe.troubles, 1);
	for (int i = 0; i < 10; i++) {
		turn(TURN_US * 1000);
		settle();
	}
	ck_assert_int_eq(probe.troubles, 1); /* once for an outage */
	ck_assert_uint_eq(probe.last, 0);
	store_mem_set_up(store, true);
	turn(TURN_US * 2000);
	settle();
	ck_assert_uint_eq(probe.last, 3);
	store_mem_set_up(store, false);
	feed_announce(feed, &key, UINT64_MAX);
	settle();
	ck_assert_int_eq(probe.troubles, 2);
	feed_unfollow(&probe.reader); /* while a try is due */
	ck_assert_int_eq(loop_next_due_us(loop), LOOP_NEVER);
}
END_TEST

Suite *suite_feed(void);

Suite *
suite_feed(void)
{
	Suite *suite = suite_create("feed");
	TCase *tcase = tcase_create("feed");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(
	    tcase, a_reader_gets_the_old_and_then_the_new_without_gap_or_repeat, 0, 7);
	tcase_add_test(tcase, what_is_stored_while_a_page_is_read_is_not_missed);
	tcase_add_test(tcase, what_is_announced_while_a_page_is_read_is_not_missed);
	tcase_add_test(tcase, a_tenants_reader_gets_those_of_all_its_graphs_in_one_order);
	tcase_add_loop_test(tcase, a_tenants_reader_may_come_back_anywhere, 0, 10);
	tcase_add_test(tcase, a_tenants_reader_waits_for_the_store);
	tcase_add_test(tcase, a_slow_reader_gets_the_refused_event_again);
	tcase_add_loop_test(tcase, a_reader_may_leave_within_on_event_and_take_another_along, 0, 4);
	tcase_add_loop_test(tcase, the_only_reader_may_leave_and_come_back_within_on_event, 0, 2);
	tcase_add_test(tcase, a_reader_that_leaves_while_a_page_is_read_is_never_called);
	tcase_add_test(tcase, many_readers_of_many_graphs_each_get_their_own);
	tcase_add_test(tcase, while_a_page_is_handed_to_many_others_have_their_turn);
	tcase_add_test(tcase, a_page_that_is_handed_to_one_is_handed_in_pieces);
	tcase_add_test(tcase, all_readers_may_leave_between_two_pieces);
	tcase_add_test(tcase, one_who_replays_and_one_who_follows_take_turns);
	tcase_add_test(tcase, a_store_that_is_down_is_asked_again_until_it_is_up);
	suite_add_tcase(suite, tcase);
	return suite;
}
