/* SPDX-License-Identifier: Apache-2.0
 * test_store_told.c - what all graphs of a tenant have told, in one order: each event once, whatever happens in between. */
#include <check.h>
#include <string.h>

#include "tests/unit/store_ask.h"

static void
expect_entry(size_t i, uint64_t number, const char *graph, const char *events)
{
	ck_assert_uint_gt(asked.items_n, i);
	ck_assert_uint_eq(asked.items_out[i].number, number);
	ck_assert_str_eq(asked.items_out[i].name, graph);
	ck_assert_str_eq(asked.items_out[i].text, events);
}

static void
read_after(struct world *world, uint64_t seq, size_t n)
{
	/* Over the same connection: what is said behind an append that was answered goes before it. */
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_TOLD,
			     .key = (struct store_key){ .tenant = "acme" }, .seq = seq),
	    STORE_OK);
	ck_assert_uint_eq(asked.items_n, n);
}

static void
finish(struct world *world, struct store_key key, uint64_t fence, uint64_t seq)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FINISH, .key = key, .fence = fence,
			     .seq = seq, .now_ms = NOW_MS),
	    STORE_OK);
}

static void
events_of_several_graphs_have_numbers_of_one_order(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a"), lib = ask_key("lib", "0000000b");
	uint64_t         app_fence = ask_begin(world, world->store, app);
	uint64_t         lib_fence = ask_begin(world, world->store, lib);

	read_after(world, 0, 0);
	ck_assert_uint_eq(asked.seq_out, 0);
	ck_assert_int_eq(ask_append(world, world->store, app, app_fence, 0, 2), STORE_OK);
	ck_assert_int_eq(ask_append(world, world->store, lib, lib_fence, 0, 1), STORE_OK);
	ck_assert_int_eq(ask_append(world, world->store, app, app_fence, 2, 1), STORE_OK);
	read_after(world, 0, 3);
	ck_assert_uint_eq(asked.seq_out, 4);
	expect_entry(0, 2, "acme:app:0000000a", "1-2");
	expect_entry(1, 3, "acme:lib:0000000b", "1-1");
	expect_entry(2, 4, "acme:app:0000000a", "3-3");
	read_after(world, 3, 1);
	read_after(world, 1, 3); /* the first of which tells some before it as well */
	read_after(world, 4, 0);
	ck_assert_uint_eq(asked.seq_out, 4);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_TOLD,
			     .key = (struct store_key){ .tenant = "globex" }),
	    STORE_OK);
	ck_assert_uint_eq(asked.items_n, 0);
}

static void
what_is_appended_again_is_told_once(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, app);

	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 2), STORE_OK);
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 2), STORE_OK);
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 3), STORE_OK);
	finish(world, app, fence, 3);
	read_after(world, 0, 2);
	expect_entry(0, 2, "acme:app:0000000a", "1-2");
	expect_entry(1, 3, "acme:app:0000000a", "3-3");
}

static void
an_event_outside_of_an_execution_is_told_as_well(struct world *world)
{
	static const struct store_item event = { .text = "{\"seq\":1}" };
	struct store_key               app = ask_key("app", "0000000a");

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(ASK(world, world->store, .verb = STORE_VERIFIED_PUT, .key = app,
				     .text = "one", .events = &event, .events_n = 1),
		    STORE_OK);
	read_after(world, 0, 1);
	expect_entry(0, 1, "acme:app:0000000a", "1-1");
}

static void
a_graph_that_was_forgotten_begins_anew(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a"), next = ask_key("app", "0000000b");
	uint64_t         fence;

	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_PUT_SPEC, .key = app, .text = "{}",
			     .now_ms = 1000),
	    STORE_OK);
	fence = ask_begin(world, world->store, app);
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 3), STORE_OK);
	finish(world, app, fence, 3);
	fence = ask_begin(world, world->store, next);
	finish(world, next, fence, 0);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FORGET, .key = ask_key("app", NULL),
			     .seq = 1, .now_ms = NOW_MS + 10 * (int64_t)STORE_PUT_MS),
	    STORE_OK);
	fence = ask_begin(world, world->store, app);
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 2), STORE_OK);
	read_after(world, 3, 1);
	expect_entry(0, 5, "acme:app:0000000a", "1-2");
}

static enum store_result
hook(struct world *world, struct store *store, uint64_t seq)
{
	return ASK(world, store, .verb = STORE_HOOK, .key = (struct store_key){ .tenant = "acme" },
	    .text = "ci", .seq = seq);
}

static void
a_webhook_is_one_owners_and_remembers_how_far_it_has_come(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, app);

	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 2), STORE_OK);
	ck_assert_int_eq(hook(world, world->store, 0), STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 2); /* it begins with what comes next */
	ck_assert_int_eq(hook(world, world->other, 0), STORE_EXISTS);
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 2, 1), STORE_OK);
	ck_assert_int_eq(hook(world, world->store, 0), STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 2);
	ck_assert_int_eq(hook(world, world->store, 3), STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_int_eq(hook(world, world->store, 1), STORE_OK); /* it came late */
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_int_eq(hook(world, world->store, 9), STORE_OK); /* the store has lost some */
	ck_assert_uint_eq(asked.seq_out, 3);
}

static void (*const scenarios[])(struct world *) = {
	events_of_several_graphs_have_numbers_of_one_order,
	what_is_appended_again_is_told_once,
	an_event_outside_of_an_execution_is_told_as_well,
	a_graph_that_was_forgotten_begins_anew,
	a_webhook_is_one_owners_and_remembers_how_far_it_has_come,
};

START_TEST(every_scenario_holds_in_memory)
{
	store_play(WORLD_MEM, scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	store_play(WORLD_REDIS, scenarios[_i]);
}
END_TEST

/* ---- what only Redis may do ---- */

/* An append is answered before its entry is written, and what is said behind the store's back would overtake that. */
static uint64_t
begin_and_tell_three(struct world *world, struct store_key key)
{
	uint64_t fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 3), STORE_OK);
	read_after(world, 0, 1);
	return fence;
}

static void
what_was_missed_is_told_at_the_end(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a");
	uint64_t         fence = begin_and_tell_three(world, app);

	world_say(world, "XTRIM mg:{acme}:events MAXLEN 0");
	world_say(world, "HSET mg:{acme}:told acme:app:0000000a 1");
	finish(world, app, fence, 3);
	read_after(world, 0, 1);
	expect_entry(0, 5, "acme:app:0000000a", "2-3");
}

static void
what_was_missed_is_told_when_it_is_taken_up(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a");

	begin_and_tell_three(world, app);
	world_say(world, "HSET mg:{acme}:told acme:app:0000000a 2");
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = app), STORE_OK);
	read_after(world, 3, 1);
	expect_entry(0, 4, "acme:app:0000000a", "3-3");
}

static void
numbers_that_a_fail_over_took_back_are_told_again(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a");
	uint64_t         fence = begin_and_tell_three(world, app);

	world_say(world, "DEL mg:{acme:app}:events:0000000a");
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = app), STORE_OK);
	fence = asked.fence_out;
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 2), STORE_OK);
	read_after(world, 3, 1);
	expect_entry(0, 5, "acme:app:0000000a", "1-2");
}

static void (*const redis_scenarios[])(struct world *) = {
	what_was_missed_is_told_at_the_end,
	what_was_missed_is_told_when_it_is_taken_up,
	numbers_that_a_fail_over_took_back_are_told_again,
};

START_TEST(it_is_made_up_for_on_redis)
{
	store_play(WORLD_REDIS, redis_scenarios[_i]);
}
END_TEST

/* ---- listening ---- */

static struct {
	char     graph[STORE_ID_SIZE];
	uint64_t seq, number;
	size_t   missed_n;
	bool     is_there;
} told;

static void
on_told(void *arg, const struct store_key *key, uint64_t seq, uint64_t number)
{
	(void)arg;
	if (key == NULL) {
		told.missed_n++;
		told.is_there = true;
		return;
	}
	memcpy(told.graph, key->graph, sizeof(told.graph));
	told.seq = seq;
	told.number = number;
	told.is_there = true;
}

static void
another_process_hears_it(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, app);

	told.is_there = false;
	told.missed_n = 0;
	store_listen(world->other, on_told, NULL);
	world_wait(world, &told.is_there);
	ck_assert_uint_eq(told.missed_n, 1); /* what was before it listened */
	told.is_there = false;
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 3), STORE_OK);
	world_wait(world, &told.is_there);
	ck_assert_str_eq(told.graph, "0000000a");
	ck_assert_uint_eq(told.seq, 3);
	ck_assert_uint_eq(told.number, 3);
	told.is_there = false;
	world_say(world, "CLIENT KILL TYPE pubsub");
	world_wait(world, &told.is_there);
	ck_assert_uint_eq(told.missed_n, 2);
	store_listen(world->other, NULL, NULL);
}

START_TEST(what_is_told_is_heard_by_other_processes)
{
	store_play(WORLD_REDIS, another_process_hears_it);
}
END_TEST

Suite *suite_store_told(void);

Suite *
suite_store_told(void)
{
	Suite *suite = suite_create("store_told");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_scenario_holds_in_memory, 0, array_len(scenarios));
	tcase_add_loop_test(tcase, every_scenario_holds_on_redis, 0, array_len(scenarios));
	tcase_add_loop_test(tcase, it_is_made_up_for_on_redis, 0, array_len(redis_scenarios));
	tcase_add_test(tcase, what_is_told_is_heard_by_other_processes);
	suite_add_tcase(suite, tcase);
	return suite;
}
