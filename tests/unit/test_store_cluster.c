/* SPDX-License-Identifier: Apache-2.0
 * test_store_cluster.c - the store on a Redis Cluster of three nodes, and slots that move. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/redis_slots.h"
#include "store/store_redis.h"
#include "tests/unit/store_ask.h"
#include "util/check.h"

#define GRAPH   "0000000a"
#define ID_SIZE 64

/* ---- once for all ---- */

static void
fleet_setup(void)
{
	fleet_start(&world_fleet);
}

static void
fleet_teardown(void)
{
	fleet_stop(&world_fleet);
}

START_TEST(every_scenario_holds_on_a_cluster)
{
	store_play(WORLD_CLUSTER, store_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_of_leases_holds_on_a_cluster)
{
	store_play(WORLD_CLUSTER, store_lease_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_of_the_archive_holds_on_a_cluster)
{
	store_play(WORLD_CLUSTER, store_archive_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_of_the_history_holds_on_a_cluster)
{
	store_play(WORLD_CLUSTER, store_history_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_of_what_was_planned_holds_on_a_cluster)
{
	store_play(WORLD_CLUSTER, store_planned_scenarios[_i]);
}
END_TEST

START_TEST(a_slot_is_the_one_that_redis_says)
{
	static const char *const keys[] = { "123456789", "mg:{acme:app}:lease", "mg:unfinished",
		"mg:{acme}:graphs", "a{}b", "a{b}{c}", "{", "}{", "a{b", "gr\xc3\xbc\xc3\x9f" };
	char                     slot[16];

	for (size_t i = 0; i < array_len(keys); i++) {
		snprintf(slot, sizeof(slot), "%u", redis_slot_of(keys[i]));
		ck_assert_str_eq(fleet_say(&world_fleet, 0, "CLUSTER KEYSLOT %s", keys[i]), slot);
	}
}
END_TEST

/* ---- a slot moves ---- */

/* The slot of a deployment, on its way from one node to another. It stays there: each test has its own. */
static struct move {
	const char *deployment;
	unsigned    slot;
	int         from, to;
	char        from_id[ID_SIZE], to_id[ID_SIZE];
} move;

static void
move_begin(const char *deployment)
{
	char tag[STORE_DEPLOYMENT_SIZE + STORE_TENANT_SIZE];

	snprintf(tag, sizeof(tag), "acme:%s", deployment);
	move.deployment = deployment;
	move.slot = redis_slot_of(tag);
	move.from = fleet_node_of(move.slot);
	move.to = (move.from + 1) % FLEET_N;
	snprintf(move.from_id, ID_SIZE, "%s", fleet_say(&world_fleet, move.from, "CLUSTER MYID"));
	snprintf(move.to_id, ID_SIZE, "%s", fleet_say(&world_fleet, move.to, "CLUSTER MYID"));
	for (int i = 0; i < FLEET_N; i++)
		ck_assert_str_eq(fleet_say(&world_fleet, i, "CONFIG RESETSTAT"), "OK");
	ck_assert_str_eq(fleet_say(&world_fleet, move.to, "CLUSTER SETSLOT %u IMPORTING %s",
			     move.slot, move.from_id),
	    "OK");
	ck_assert_str_eq(fleet_say(&world_fleet, move.from, "CLUSTER SETSLOT %u MIGRATING %s",
			     move.slot, move.to_id),
	    "OK");
}

static void
move_keys(const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(fleet_say(&world_fleet, move.from,
				     "MIGRATE 127.0.0.1 %d mg:{acme:%s}:%s 0 5000",
				     world_fleet.ports[move.to], move.deployment, names[i]),
		    "OK");
}

static void
move_end(void)
{
	for (int i = 0; i < FLEET_N; i++) /* it is the new owner that must be told first */
		ck_assert_str_eq(fleet_say(&world_fleet, (move.to + i) % FLEET_N,
				     "CLUSTER SETSLOT %u NODE %s", move.slot, move.to_id),
		    "OK");
}

static struct store_op op;
static bool            is_done;

static void
on_done(struct store_op *done)
{
	(void)done;
	ck_assert(!is_done);
	is_done = true;
}

static bool
was_told_to_try_again(const void *arg)
{
	const char *stats = fleet_say(&world_fleet, *(const int *)arg, "INFO errorstats");

	ck_assert(!is_done);
	return strstr(stats, "errorstat_TRYAGAIN") != NULL;
}

static bool
was_redirected(const char *kind)
{
	return strstr(fleet_say(&world_fleet, move.from, "INFO errorstats"), kind) != NULL;
}

static const char *const half[] = { "lease", "fence" };
static const char *const other_half[] = { "exec:" GRAPH, "events:" GRAPH, "history", "unfinished" };

/* Half of its keys are there, half are here: it waits. All are there: it is sent there each time. */
static void
a_slot_that_moves_is_followed(struct world *world)
{
	struct store_key key = ask_key("moving", GRAPH);
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_OK);
	move_begin("moving");
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 1, 1), STORE_OK);
	move_keys(half, array_len(half));
	is_done = false;
	op = (struct store_op){ .verb = STORE_APPEND, .key = key, .fence = fence, .seq = 2 };
	op.events = ask_events + 2;
	op.events_n = 1;
	op.done = on_done;
	store_start(world->store, &op);
	world_wait_until(world, was_told_to_try_again, &move.from);
	move_keys(other_half, array_len(other_half));
	world_wait(world, &is_done);
	ck_assert_int_eq(op.result, STORE_OK);
	ck_assert(was_redirected("errorstat_ASK"));
	ck_assert(!was_redirected("errorstat_MOVED"));
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 3, 1), STORE_OK);
	ck_assert_uint_eq(ask_events_after(world, key, 0), 4);
	move_end();
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 4, 1), STORE_OK);
	ck_assert(was_redirected("errorstat_MOVED"));
	ck_assert_uint_eq(ask_events_after(world, key, 0), 5);
	ck_assert_int_eq(ask_lease(world, world->other, STORE_BEGIN, key, 0), STORE_EXISTS);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, fence), STORE_OK);
}

START_TEST(a_slot_that_moves_is_followed_to_where_it_goes)
{
	store_play(WORLD_CLUSTER, a_slot_that_moves_is_followed);
}
END_TEST

/* A script that the new node has forgotten is sent along, and asks, too. */
static void
what_is_asked_elsewhere_may_need_its_script(struct world *world)
{
	struct store_key key = ask_key("asking", GRAPH);
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_OK);
	move_begin("asking");
	move_keys(half, array_len(half));
	move_keys(other_half, array_len(other_half));
	ck_assert_str_eq(fleet_say(&world_fleet, move.to, "SCRIPT FLUSH"), "OK");
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 1, 1), STORE_OK);
	ck_assert_uint_eq(ask_events_after(world, key, 0), 2);
	move_end();
}

START_TEST(what_is_asked_elsewhere_may_need_its_script_as_well)
{
	store_play(WORLD_CLUSTER, what_is_asked_elsewhere_may_need_its_script);
}
END_TEST

#define PATIENCE_MS 200

/* Each of two nodes thinks that it is the other's. */
static void
a_slot_that_nobody_wants_is_given_up(struct world *world)
{
	struct store_key           key = ask_key("between", GRAPH);
	struct store_redis_options options = { world->url, "carol", .lease_ms = 1000,
		.patience_ms = PATIENCE_MS };
	struct err                 err = { 0 };
	struct store              *store = store_redis_create(world->ev, &options, &err);

	world_wait_up(world, store);
	move_begin("between");
	ck_assert_str_eq(
	    fleet_say(&world_fleet, move.to, "CLUSTER SETSLOT %u STABLE", move.slot), "OK");
	ck_assert_str_eq(
	    fleet_say(&world_fleet, move.from, "CLUSTER SETSLOT %u NODE %s", move.slot, move.to_id),
	    "OK");
	ck_assert_int_eq(ASK(world, store, .verb = STORE_GET_EXEC, .key = key), STORE_DOWN);
	ck_assert_msg(strstr(asked.error, "MOVED") != NULL, "%s", asked.error);
	ck_assert(was_redirected("errorstat_MOVED"));
	ck_assert_str_eq(fleet_say(&world_fleet, move.from, "CLUSTER SETSLOT %u NODE %s", move.slot,
			     move.from_id),
	    "OK");
	ck_assert_int_eq(ASK(world, store, .verb = STORE_GET_EXEC, .key = key), STORE_ABSENT);
	store_destroy(store);
}

START_TEST(a_slot_that_nobody_wants_is_given_up_after_some_tries)
{
	store_play(WORLD_CLUSTER, a_slot_that_nobody_wants_is_given_up);
}
END_TEST

#define MANY      3000 /* more than two pages */
#define NAME_SIZE 24

static void
append_many(struct world *world, struct store_key key, uint64_t fence)
{
	static struct store_item many[MANY];
	static char              names[MANY][NAME_SIZE];

	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "n%d@", i);
		many[i] = (struct store_item){ .name = names[i], .text = "{}" };
	}
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .fields = many, .fields_n = MANY, .events = ask_events, .events_n = 1),
	    STORE_OK);
}

static void
read_many(struct world *world, struct store_key key)
{
	ck_assert_msg(ASK(world, world->store, .verb = STORE_GET_EXEC, .key = key) == STORE_OK,
	    "%s", asked.error);
	ck_assert_uint_eq(asked.items_n, MANY + 1);
}

static void
a_large_execution_is_read_where_it_has_gone(struct world *world)
{
	struct store_key key = ask_key("large", GRAPH);
	uint64_t         fence = ask_begin(world, world->store, key);

	append_many(world, key, fence);
	move_begin("large");
	read_many(world, key); /* nothing has moved yet */
	move_keys(half, array_len(half));
	move_keys(other_half, array_len(other_half));
	read_many(world, key);
	move_end();
	read_many(world, key);
}

START_TEST(a_large_execution_is_read_while_its_slot_moves)
{
	store_play(WORLD_CLUSTER, a_large_execution_is_read_where_it_has_gone);
}
END_TEST

Suite *suite_store_cluster(void);

Suite *
suite_store_cluster(void)
{
	Suite *suite = suite_create("store_cluster");
	TCase *tcase = tcase_create("store_cluster");

	tcase_set_timeout(tcase, 60);
	tcase_add_unchecked_fixture(tcase, fleet_setup, fleet_teardown);
	tcase_add_loop_test(tcase, every_scenario_holds_on_a_cluster, 0, (int)store_scenarios_n);
	tcase_add_loop_test(
	    tcase, every_scenario_of_leases_holds_on_a_cluster, 0, (int)store_lease_scenarios_n);
	tcase_add_loop_test(tcase, every_scenario_of_the_archive_holds_on_a_cluster, 0,
	    (int)store_archive_scenarios_n);
	tcase_add_loop_test(tcase, every_scenario_of_the_history_holds_on_a_cluster, 0,
	    (int)store_history_scenarios_n);
	tcase_add_loop_test(tcase, every_scenario_of_what_was_planned_holds_on_a_cluster, 0,
	    (int)store_planned_scenarios_n);
	tcase_add_test(tcase, a_slot_is_the_one_that_redis_says);
	tcase_add_test(tcase, a_slot_that_moves_is_followed_to_where_it_goes);
	tcase_add_test(tcase, a_slot_that_nobody_wants_is_given_up_after_some_tries);
	tcase_add_test(tcase, what_is_asked_elsewhere_may_need_its_script_as_well);
	tcase_add_test(tcase, a_large_execution_is_read_while_its_slot_moves);
	suite_add_tcase(suite, tcase);
	return suite;
}
