/* SPDX-License-Identifier: Apache-2.0
 * test_store_planned.c - a graph that was only planned goes when its time is over; one that is run stays. */
#include <check.h>
#include <string.h>

#include "tests/unit/store_ask.h"
#include "util/check.h"

#define A     "0000000a"
#define NAME  "acme:app:" A
#define MONTH ((int64_t)STORE_PLAN_S * 1000)
#define HOUR  ((int64_t)STORE_PUT_MS)
#define TIMES 60
#define TURNS 4

/* age_ms: for how long; 0: as a plan. */
static void
put(struct world *world, int64_t now_ms, int64_t age_ms)
{
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_PUT_SPEC, .key = ask_key("app", A),
			     .text = "spec", .now_ms = now_ms, .age_ms = age_ms),
	    STORE_OK);
}

/* From when on the graph may go; 0: it is not over yet. */
static uint64_t
over_at(struct world *world, int64_t now_ms)
{
	ck_assert_int_eq(
	    ASK(world, world->other, .verb = STORE_PLANNED, .now_ms = now_ms), STORE_OK);
	ck_assert_uint_le(asked.items_n, 1);
	if (asked.items_n == 0)
		return 0;
	ck_assert_str_eq(asked.items_out[0].name, NAME);
	return asked.items_out[0].number;
}

/* True: it went. */
static bool
forget(struct world *world, uint64_t seen, int64_t now_ms)
{
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_PLANNED_FORGET,
			     .key = ask_key("app", A), .seq = seen, .now_ms = now_ms),
	    STORE_OK);
	ck_assert_uint_le(asked.items_n, 1);
	ck_assert(asked.items_n == 0 || strcmp(asked.items_out[0].name, A) == 0);
	return asked.items_n == 1;
}

static bool
is_there(struct world *world)
{
	bool is_found =
	    ASK(world, world->store, .verb = STORE_FIND, .key = ask_key("app", A)) == STORE_OK;

	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_SPEC, .key = ask_key("app", A)),
	    is_found ? STORE_OK : STORE_ABSENT);
	return is_found;
}

static size_t
unarchived_n(struct world *world, int64_t now_ms)
{
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_ARCHIVE_DUE, .now_ms = now_ms), STORE_OK);
	return (size_t)asked.seq_out;
}

static void
it_goes_when_its_time_is_over_with_all_that_leads_to_it(struct world *world)
{
	put(world, NOW_MS, 0);
	ck_assert_uint_eq(over_at(world, NOW_MS + MONTH - 1), 0);
	ck_assert_uint_eq(over_at(world, NOW_MS + MONTH), NOW_MS + MONTH);
	ck_assert(is_there(world));
	ck_assert_uint_eq(unarchived_n(world, NOW_MS + MONTH), 1);
	ck_assert(forget(world, NOW_MS + MONTH, NOW_MS + MONTH));
	ck_assert(!is_there(world));
	ck_assert_uint_eq(unarchived_n(world, NOW_MS + MONTH), 0);
	ck_assert_uint_eq(over_at(world, NOW_MS + 2 * MONTH), 0);
	if (world->kind == WORLD_REDIS)
		ck_assert_str_eq(world_say(world, "DBSIZE"), ":1"); /* mg:format */
	ck_assert(!forget(world, NOW_MS + MONTH, NOW_MS + MONTH));
	put(world, NOW_MS + MONTH, 0); /* and it may come back */
	ck_assert(is_there(world));
}

static void
one_that_is_run_stays(struct world *world)
{
	struct store_key key = ask_key("app", A);
	uint64_t         fence;

	put(world, NOW_MS, 0);
	fence = ask_begin(world, world->store, key);
	ck_assert_uint_eq(over_at(world, NOW_MS + MONTH), 0);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
	put(world, NOW_MS, 0); /* so it is listed, as what an older version has begun */
	ck_assert_uint_eq(over_at(world, NOW_MS + MONTH), NOW_MS + MONTH);
	ck_assert(!forget(world, NOW_MS + MONTH, NOW_MS + MONTH));
	ck_assert(is_there(world));
	ck_assert_uint_eq(over_at(world, NOW_MS + 2 * MONTH), 0);
}

/* Also when that is just when its time is over. */
static void
one_that_is_put_again_has_its_time_again(struct world *world)
{
	int64_t later = NOW_MS + MONTH;

	put(world, NOW_MS, 0);
	ck_assert_uint_eq(over_at(world, later), later);
	put(world, later, 0);
	ck_assert_uint_eq(over_at(world, later), 0);
	ck_assert(!forget(world, NOW_MS + MONTH, later)); /* as it was listed before */
	ck_assert(is_there(world));
	ck_assert_uint_eq(over_at(world, later + MONTH), later + MONTH);
	put(world, NOW_MS, 0); /* by a clock that is behind */
	ck_assert_uint_eq(over_at(world, later + MONTH), later + MONTH);
	ck_assert(forget(world, later + MONTH, later + MONTH));
}

static void
one_that_is_put_for_a_while_goes_after_that_and_is_not_archived(struct world *world)
{
	put(world, NOW_MS, HOUR);
	ck_assert(is_there(world));
	ck_assert_uint_eq(unarchived_n(world, NOW_MS), 0);
	ck_assert_uint_eq(over_at(world, NOW_MS + HOUR - 1), 0);
	ck_assert_uint_eq(over_at(world, NOW_MS + HOUR), NOW_MS + HOUR);
	ck_assert(forget(world, NOW_MS + HOUR, NOW_MS + HOUR));
	ck_assert(!is_there(world));
	put(world, NOW_MS, 0);
	put(world, NOW_MS, HOUR); /* takes nothing from a plan's time */
	ck_assert_uint_eq(over_at(world, NOW_MS + HOUR), 0);
	ck_assert_uint_eq(over_at(world, NOW_MS + MONTH), NOW_MS + MONTH);
}

static bool is_forgotten;

static void
on_forgotten(struct store_op *op)
{
	ck_assert_int_eq(op->result, STORE_OK);
	is_forgotten = true;
}

/* By two processes, whichever is faster. */
static void
one_that_is_put_while_it_is_forgotten_is_found(struct world *world)
{
	int64_t now_ms = NOW_MS;

	put(world, now_ms, 0);
	for (int i = 0; i < TIMES; i++) {
		struct store_op forgetting = { .verb = STORE_PLANNED_FORGET,
			.key = ask_key("app", A),
			.seq = (uint64_t)(now_ms + MONTH),
			.now_ms = now_ms + MONTH,
			.done = on_forgotten };

		is_forgotten = false;
		now_ms += MONTH;
		store_start(world->other, &forgetting);
		for (int turns = 0; turns < i % TURNS; turns++)
			world_turn(world);
		put(world, now_ms, 0);
		world_wait(world, &is_forgotten);
		store_op_fini(&forgetting);
		ck_assert(is_there(world));
		ck_assert_uint_eq(over_at(world, now_ms + MONTH), now_ms + MONTH);
	}
}

void (*const store_planned_scenarios[])(struct world *) = {
	it_goes_when_its_time_is_over_with_all_that_leads_to_it,
	one_that_is_run_stays,
	one_that_is_put_again_has_its_time_again,
	one_that_is_put_for_a_while_goes_after_that_and_is_not_archived,
	one_that_is_put_while_it_is_forgotten_is_found,
};
const size_t store_planned_scenarios_n = array_len(store_planned_scenarios);

START_TEST(every_scenario_holds_in_memory)
{
	store_play(WORLD_MEM, store_planned_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	store_play(WORLD_REDIS, store_planned_scenarios[_i]);
}
END_TEST

/* What an older version has put has no time, and begins none when it is run. */
static void
a_graph_of_an_older_version_stays(struct world *world)
{
	ck_assert_str_eq(world_say(world, "SET mg:{acme:app}:spec:" A " spec"), "+OK");
	ck_assert_str_eq(world_say(world, "ZADD mg:{acme:app}:specs 1 " A), ":1");
	ck_assert_str_eq(world_say(world, "HSET mg:{acme}:graphs " A " app"), ":1");
	ck_assert_uint_eq(over_at(world, NOW_MS + MONTH), 0);
	ck_assert(is_there(world));
	ask_begin(world, world->store, ask_key("app", A));
	ck_assert(is_there(world));
}

START_TEST(what_an_older_version_has_put_stays)
{
	store_play(WORLD_REDIS, a_graph_of_an_older_version_stays);
}
END_TEST

Suite *suite_store_planned(void);

Suite *
suite_store_planned(void)
{
	Suite *suite = suite_create("store_planned");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
	    tcase, every_scenario_holds_in_memory, 0, array_len(store_planned_scenarios));
	tcase_add_loop_test(
	    tcase, every_scenario_holds_on_redis, 0, array_len(store_planned_scenarios));
	tcase_add_test(tcase, what_an_older_version_has_put_stays);
	suite_add_tcase(suite, tcase);
	return suite;
}
