/* SPDX-License-Identifier: Apache-2.0
 * test_store_history.c - every execution stays readable until it is forgotten: the oldest first, and what nobody needs. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/store_ask.h"
#include "util/check.h"

#define A    "0000000a"
#define B    "0000000b"
#define HOUR ((int64_t)3600000)
#define FEW  5

static int64_t now_ms;

static void
put(struct world *world, const char *graph)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_PUT_SPEC,
			     .key = ask_key("app", graph), .text = graph, .now_ms = now_ms),
	    STORE_OK);
}

/* Its header is its id in quotes, and its one event as well. The clock goes on by an hour. */
static uint64_t
begin(struct world *world, const char *graph, const char *execution)
{
	struct store_key  key = ask_key("app", graph);
	char              text[16];
	struct store_item event = { .text = text };
	uint64_t          fence;

	snprintf(text, sizeof(text), "\"%s\"", execution);
	now_ms += HOUR;
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key, .text = text,
			     .execution = execution, .now_ms = now_ms),
	    STORE_OK);
	fence = asked.fence_out;
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .seq = asked.seq_out, .events = &event, .events_n = 1),
	    STORE_OK);
	return fence;
}

static void
run(struct world *world, const char *graph, const char *execution)
{
	struct store_key key = ask_key("app", graph);
	uint64_t         fence = begin(world, graph, execution);

	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
}

static bool
is_there(struct world *world, const char *graph, const char *execution)
{
	char header[16];

	snprintf(header, sizeof(header), "\"%s\"", execution);
	if (ASK(world, world->other, .verb = STORE_GET_EXEC, .key = ask_key("app", graph),
		.execution = execution) != STORE_OK)
		return false;
	ck_assert_str_eq(ask_field(""), header);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_GET_HEADER,
			     .key = ask_key("app", graph), .execution = execution),
	    STORE_OK);
	ck_assert_str_eq(asked.text_out, header);
	return true;
}

static size_t
history(struct world *world, uint64_t below)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_HISTORY,
			     .key = ask_key("app", NULL), .seq = below),
	    STORE_OK);
	return asked.items_n;
}

/* How many executions went; asked has the graphs. */
static uint64_t
forget(struct world *world, uint64_t keep, int64_t age_ms)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FORGET, .key = ask_key("app", NULL),
			     .seq = keep, .age_ms = age_ms, .now_ms = now_ms),
	    STORE_OK);
	return asked.seq_out;
}

static size_t
due_n(struct world *world)
{
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_ARCHIVE_DUE, .now_ms = now_ms), STORE_OK);
	return (size_t)asked.seq_out;
}

/* ---- what is kept ---- */

static void
an_execution_stays_as_it_was_left(struct world *world)
{
	struct store_item field = { .name = "n@", .text = "1" };
	struct store_key  key = ask_key("app", A);
	uint64_t          fence = begin(world, A, "e1");

	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence, .seq = 1,
		.fields = &field, .fields_n = 1, .events = ask_events, .events_n = 2),
	    STORE_OK);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
	ck_assert(is_there(world, A, "e1"));
	run(world, A, "e2");
	run(world, B, "e3");
	run(world, A, "e4");
	ck_assert(is_there(world, A, "e1") && is_there(world, A, "e2"));
	ck_assert(is_there(world, B, "e3") && is_there(world, A, "e4"));
	ck_assert(!is_there(world, A, "e3") && !is_there(world, B, "e1"));
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key, .execution = "e1"),
	    STORE_OK);
	ck_assert_uint_eq(asked.items_n, 2);
	ck_assert_uint_eq(asked.seq_out, 0);
	ck_assert_str_eq(ask_field("n@"), "1");
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key, .execution = "e2"),
	    STORE_OK);
	ck_assert_uint_eq(asked.items_n, 1);
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
	ck_assert_str_eq(ask_field(""), "\"e4\"");
	ck_assert_uint_eq(asked.seq_out, 4);
}

static void
a_begin_repeated_changes_no_past_one(struct world *world)
{
	struct store_key key = ask_key("app", A);

	run(world, A, "e1");
	begin(world, A, "e2");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key,
				     .text = "again", .execution = "e2", .now_ms = now_ms),
		    STORE_OK);
		ck_assert_uint_eq(asked.seq_out, 2);
	}
	ck_assert_int_eq(
	    ask_lease(world, world->store, STORE_FINISH, key, asked.fence_out), STORE_OK);
	ck_assert(is_there(world, A, "e1") && is_there(world, A, "e2"));
	ck_assert_uint_eq(history(world, 0), 2);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = key, .text = "late",
			     .execution = "e1", .now_ms = now_ms),
	    STORE_EXISTS);
	ck_assert(is_there(world, A, "e1") && is_there(world, A, "e2"));
}

/* A clock that is behind another's, or that was put back, does not change who came first. */
static void
the_history_is_in_the_order_of_the_begins(struct world *world)
{
	static const char *const executions[] = { "e3", "e1", "e2", "e0" };
	uint64_t                 number = 0;

	for (size_t i = 0; i < array_len(executions); i++) {
		now_ms = NOW_MS - (int64_t)i * HOUR;
		run(world, i % 2 == 0 ? A : B, executions[i]);
	}
	for (size_t i = array_len(executions); i > 0; i--) {
		char name[32];

		ck_assert_uint_eq(history(world, number), i);
		snprintf(name, sizeof(name), "%s:%s", (i - 1) % 2 == 0 ? A : B, executions[i - 1]);
		ck_assert_str_eq(asked.items_out[0].name, name);
		number = asked.items_out[0].number;
	}
	ck_assert_uint_eq(number, NOW_MS + HOUR);
	ck_assert_uint_eq(history(world, number), 0);
}

/* ---- what goes ---- */

static void
what_is_too_many_goes_the_oldest_first(struct world *world)
{
	char names[2 * STORE_FORGET_MAX + FEW][8];

	for (size_t i = 0; i < array_len(names); i++) {
		snprintf(names[i], sizeof(names[i]), "e%zu", i);
		run(world, i % 3 == 0 ? A : B, names[i]);
	}
	ck_assert_uint_eq(forget(world, 0, 0), 0);
	ck_assert_uint_eq(forget(world, array_len(names), 0), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_uint_eq(forget(world, FEW, 0), STORE_FORGET_MAX);
	ck_assert_uint_eq(forget(world, FEW, 0), 0);
	ck_assert_uint_eq(history(world, 0), FEW);
	for (size_t i = 0; i < array_len(names); i++)
		ck_assert_int_eq(
		    is_there(world, i % 3 == 0 ? A : B, names[i]), i >= array_len(names) - FEW);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_EVENTS, .key = ask_key("app", A)), STORE_OK);
	ck_assert_uint_eq(asked.items_n, 1); /* e18, the seventh of its graph */
	ck_assert_uint_eq(asked.items_out[0].number, 7);
	ck_assert_str_eq(asked.items_out[0].text, "\"e18\"");
	begin(world, A, "next"); /* numbers go on */
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_EVENTS, .key = ask_key("app", A)), STORE_OK);
	ck_assert_uint_eq(asked.items_n, 2);
	ck_assert_uint_eq(asked.items_out[1].number, 8);
}

static void
what_is_too_old_goes_but_never_the_newest(struct world *world)
{
	struct store_key key = ask_key("app", A);
	uint64_t         fence;

	run(world, A, "e1");
	run(world, A, "e2");
	fence = begin(world, A, "e3");
	ck_assert_uint_eq(forget(world, 0, 3 * HOUR), 0);
	ck_assert_uint_eq(forget(world, 0, 2 * HOUR - 1), 1);
	ck_assert(!is_there(world, A, "e1") && is_there(world, A, "e2"));
	now_ms += 24 * HOUR;
	ck_assert_uint_eq(forget(world, 1, HOUR), 1);
	ck_assert(!is_there(world, A, "e2") && is_there(world, A, "e3"));
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 3, 1), STORE_OK);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
	ck_assert_uint_eq(forget(world, 1, HOUR), 0);
	ck_assert(is_there(world, A, "e3"));
	ck_assert_uint_eq(ask_events_after(world, key, 0), 2);
}

static void
a_graph_goes_after_its_last_execution(struct world *world)
{
	put(world, A);
	run(world, A, "e1");
	put(world, B);
	for (size_t i = 0; i < FEW; i++)
		run(world, B, (const char *[FEW]){ "b0", "b1", "b2", "b3", "b4" }[i]);
	ck_assert_uint_eq(due_n(world), 2);
	ck_assert_uint_eq(forget(world, FEW + 1, 0), 0);
	ck_assert_uint_eq(asked.items_n, 0);
	ck_assert_uint_eq(forget(world, FEW, 0), 1);
	ck_assert_uint_eq(asked.items_n, 1);
	ck_assert_str_eq(asked.items_out[0].name, A);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_FIND, .key = ask_key("app", A)), STORE_ABSENT);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_SPEC, .key = ask_key("app", A)),
	    STORE_ABSENT);
	ck_assert_uint_eq(ask_events_after(world, ask_key("app", A), 0), 0);
	ck_assert_uint_eq(due_n(world), 1);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_SPEC, .key = ask_key("app", B)), STORE_OK);
	forget(world, 1, 0);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_SPEC, .key = ask_key("app", B)), STORE_OK);
}

/* It was planned, or is on its way to be run once more. */
static void
a_graph_that_was_put_a_moment_ago_stays(struct world *world)
{
	put(world, A);
	run(world, A, "e1");
	for (size_t i = 0; i < FEW; i++)
		run(world, B, (const char *[FEW]){ "b0", "b1", "b2", "b3", "b4" }[i]);
	put(world, A);
	ck_assert_uint_eq(forget(world, FEW, 0), 1);
	ck_assert(!is_there(world, A, "e1"));
	ck_assert_uint_eq(asked.items_n, 0);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_SPEC, .key = ask_key("app", A)), STORE_OK);
	run(world, B, "b5");
	run(world, B, "b6");
	ck_assert_uint_eq(forget(world, 2, 0), FEW);
	ck_assert_uint_eq(asked.items_n, 1); /* nobody has run it: all that is left came later */
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_SPEC, .key = ask_key("app", A)),
	    STORE_ABSENT);
	put(world, A); /* and it may come back */
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_FIND, .key = ask_key("app", A)), STORE_OK);
}

void (*const store_history_scenarios[])(struct world *) = {
	an_execution_stays_as_it_was_left,
	a_begin_repeated_changes_no_past_one,
	the_history_is_in_the_order_of_the_begins,
	what_is_too_many_goes_the_oldest_first,
	what_is_too_old_goes_but_never_the_newest,
	a_graph_goes_after_its_last_execution,
	a_graph_that_was_put_a_moment_ago_stays,
};
const size_t store_history_scenarios_n = array_len(store_history_scenarios);

/* ---- what older versions have written ---- */

/* There the header alone said whose the hash is, and the last execution of a graph was the only one there is. */
static void
a_last_execution_of_old_is_kept_as_well(struct world *world)
{
	struct store_key key = ask_key("app", A);
	uint64_t         fence;

	ck_assert_str_eq(
	    world_say(world, "ZADD mg:{acme:app}:history 1 " A ":e0 2 " A ":e1"), ":2");
	ck_assert_str_eq(world_say(world, "XADD mg:{acme:app}:events:" A " 7-0 event {}"), "$3");
	ck_assert_str_eq(world_say(world, "HSET mg:{acme:app}:exec:" A " @ 3 n@ 1 \"\" "
					  "\"{\\\"execution_id\\\":\\\"e1\\\"}\""),
	    ":3");
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key, .execution = "e1"),
	    STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key, .execution = "e0"),
	    STORE_ABSENT);
	now_ms = NOW_MS;
	fence = begin(world, A, "e2");
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
	ck_assert(is_there(world, A, "e2"));
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key, .execution = "e1"),
	    STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_str_eq(ask_field("n@"), "1");
	ck_assert_str_eq(
	    world_say(world, "HGET mg:{acme:app}:past:" A ":e1 @"), "$6"); /* "3 e1 7" */
	ck_assert_uint_eq(forget(world, 1, 0), 2);
	ck_assert_uint_eq(history(world, 0), 1);
	ck_assert_str_eq(world_say(world, "EXISTS mg:{acme:app}:past:" A ":e1"), ":0");
	ck_assert_uint_eq(ask_events_after(world, key, 0), 1);
	ck_assert_uint_eq(asked.items_out[0].number, 8);
}

START_TEST(a_last_execution_of_older_versions_is_kept)
{
	store_play(WORLD_REDIS, a_last_execution_of_old_is_kept_as_well);
}
END_TEST

START_TEST(every_scenario_holds_in_memory)
{
	now_ms = NOW_MS;
	store_play(WORLD_MEM, store_history_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	now_ms = NOW_MS;
	store_play(WORLD_REDIS, store_history_scenarios[_i]);
}
END_TEST

Suite *suite_store_history(void);

Suite *
suite_store_history(void)
{
	Suite *suite = suite_create("store_history");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
	    tcase, every_scenario_holds_in_memory, 0, array_len(store_history_scenarios));
	tcase_add_loop_test(
	    tcase, every_scenario_holds_on_redis, 0, array_len(store_history_scenarios));
	tcase_add_test(tcase, a_last_execution_of_older_versions_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
