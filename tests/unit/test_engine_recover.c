/* SPDX-License-Identifier: Apache-2.0
 * test_engine_recover.c - a process dies, and another takes up by itself what it has left. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine_world.h"
#include "store/store_mem.h"
#include "tests/unit/busy_lane.h"
#include "util/json.h"

#define EVERY_MS 5000

#define PAIR   CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM("b") ",'depends_on':['a']}}"
#define PLAIN  PAIR "}"
#define PAUSE  ",'edges':[{'from':'a','to':'b','type':'pause'}]}"
#define PAUSED PAIR PAUSE
#define OTHERS                                                                                \
	CONFIG_HEAD CONFIG_ITEM("c") "}," CONFIG_ITEM("d") ",'depends_on':['c']}},'edges':[{" \
							   "'from':'c','to':'d','type':'pause'}]}"
#define STEPPED                                                                                 \
	CONFIG_HEAD CONFIG_ITEM("a") "}," CONFIG_ITEM("b") ",'depends_on':['a']}," CONFIG_ITEM( \
	    "c") ",'depends_on':['b']}}" PAUSE

static void
setup(void)
{
	the_world.recover_ms = EVERY_MS;
}

/* Turns for so long, whatever happens. */
static void
pass(int64_t for_us)
{
	the_world.ended = the_world.paused = false;
	the_world.err.code = ERR_OK;
	engine_world_run(&the_world, for_us);
}

static void
start(const char *config, enum execution_mode mode, int64_t for_us)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, mode, ON_FAILURE_STOP), ERR_OK);
	engine_world_run(&the_world, for_us);
}

/* At every moment. */
START_TEST(what_a_dead_process_left_goes_on_by_itself)
{
	start(PLAIN, MODE_FULL, _i * 500);
	if (the_world.ended)
		return;
	engine_world_crash(&the_world);
	pass(HOUR_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	if (!the_world.begun && engine_world_items_n(&the_world) == 0)
		return; /* it had not begun */
	engine_world_expect(&the_world, "status", "completed");
	engine_world_expect(&the_world, "actor", "test");
	ck_assert_int_eq(the_world.creates_applied, 2);
}
END_TEST

/* It dies after so many turns of a cancel: the one that was cancelled has ended, or what is asked for goes on with it. */
START_TEST(what_begins_after_one_that_had_ended_is_as_it_is_asked_for)
{
	struct json_object *view;
	bool                had_ended;

	the_world.recover_ms = 0;
	engine_world_crash(&the_world);
	start(PLAIN, MODE_STEP, HOUR_US);
	ck_assert(the_world.paused);
	ck_assert_int_eq(
	    execution_cancel(the_world.execution, &(struct cancel_request){ 0 }, &the_world.err),
	    ERR_OK);
	for (int i = 0; i < _i; i++)
		engine_world_turn(&the_world);
	engine_world_crash(&the_world);
	the_world.watch.execution = NULL;
	view = engine_world_view(&the_world);
	had_ended = strcmp(json_get_str(view, "status"), "cancelled") == 0;
	json_object_put(view);
	ck_assert_int_eq(
	    engine_world_start(&the_world, PLAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_ROLLBACK),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "mode", had_ended ? "FULL" : "STEP");
	ck_assert(the_world.ended || (the_world.paused && !had_ended));
}
END_TEST

START_TEST(what_was_paused_stays_paused)
{
	bool is_step = _i == 1;

	start(is_step ? PLAIN : PAUSED, is_step ? MODE_STEP : MODE_FULL, HOUR_US);
	ck_assert(the_world.paused);
	engine_world_crash(&the_world);
	pass(HOUR_US);
	engine_world_expect(&the_world, "status", "paused");
	engine_world_expect(&the_world, "reason", is_step ? "step" : "pause_edge");
	ck_assert_uint_eq(engine_running_n(the_world.engine), 1);
	ck_assert_uint_eq(engine_world_items_n(&the_world), 1);
}
END_TEST

/* Also where only the last continue said so. */
START_TEST(a_step_on_the_way_of_a_full_run_is_still_one)
{
	start(STEPPED, MODE_FULL, HOUR_US);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_STEP, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "step");
	engine_world_crash(&the_world);
	pass(HOUR_US);
	engine_world_expect(&the_world, "status", "paused");
	engine_world_expect(&the_world, "reason", "step");
	ck_assert_uint_eq(engine_world_items_n(&the_world), 2);
}
END_TEST

/* Nobody can be asked for credentials: it waits in the store, and is not looked at again and again. */
START_TEST(what_needs_credentials_is_parked_until_they_come)
{
	struct store_op listing = { .verb = STORE_UNFINISHED };

	start(PAUSED, MODE_FULL, HOUR_US);
	the_world.provider.needs_credentials = true;
	engine_world_crash(&the_world);
	pass(HOUR_US);
	engine_world_expect(&the_world, "status", "paused");
	engine_world_expect(&the_world, "reason", "awaiting_credentials");
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	engine_world_ask(&the_world, &listing);
	ck_assert_uint_eq(listing.items_n, 0);
	store_op_fini(&listing);
	the_world.provider.needs_credentials = false; /* as if they had come */
	ck_assert_int_eq(engine_world_resume(&the_world, PAUSED, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 2);
}
END_TEST

/* Another process holds the lease; when it is gone, and its lease has run out, this one takes over. */
START_TEST(what_another_process_holds_is_left_alone_while_it_lives)
{
	struct store *mine = the_world.store, *other = store_mem_peer(mine, "another");

	the_world.store = other;
	engine_world_crash(&the_world);
	start(PAUSED, MODE_FULL, HOUR_US);
	ck_assert(the_world.paused);
	the_world.store = mine; /* the other one is gone without a word */
	engine_world_crash(&the_world);
	pass(SECOND_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	pass(60 * SECOND_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 1);
	engine_world_expect(&the_world, "status", "paused");
	store_destroy(other);
}
END_TEST

static void
on_holder(struct store_op *op)
{
	ck_assert_int_eq(op->result, STORE_OK);
	store_op_fini(op);
}

/* One process has left an execution of each; another's lease runs out while the lane of one tenant is busy. */
START_TEST(what_can_not_be_taken_up_yet_keeps_nobody_waiting)
{
	struct store *mine = the_world.store, *other = store_mem_peer(mine, "another");

	the_world.store = other;
	the_world.tenant = "other";
	engine_world_crash(&the_world);
	start(OTHERS, MODE_FULL, HOUR_US);
	the_world.store = mine;
	the_world.tenant = NULL;
	engine_world_crash(&the_world);
	start(PAUSED, MODE_FULL, HOUR_US);
	engine_world_crash(&the_world);
	busy_lane_begin(the_world.loop, "tenant");
	for (int i = 0; i < 60; i++) {
		the_world.now_us += SECOND_US;
		busy_lane_turn(the_world.loop, the_world.now_us);
	}
	ck_assert_uint_eq(engine_running_n(the_world.engine), 1);
	busy_lane_end();
	pass(HOUR_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 2);
	store_destroy(other);
}
END_TEST

#define MANY 70 /* more than are taken at once */

/* All that one tenant has left fills no room that others need, who are listed behind it. */
START_TEST(what_one_tenant_has_left_keeps_no_other_one_waiting)
{
	char config[400];

	the_world.recover_ms = 0;
	engine_world_crash(&the_world);
	for (int i = 0; i < MANY; i++) {
		snprintf(config, sizeof(config), CONFIG_HEAD_OF("test-%d") CONFIG_ITEM("a%d") "}}}",
		    i, i, i);
		start(config, MODE_FULL, 0);
		while (!the_world.begun)
			engine_world_turn(&the_world);
		engine_world_crash(&the_world);
	}
	the_world.tenant = "zoo";
	start(OTHERS, MODE_FULL, HOUR_US);
	the_world.tenant = NULL;
	the_world.recover_ms = EVERY_MS;
	engine_world_crash(&the_world);
	busy_lane_begin(the_world.loop, "tenant");
	for (int i = 0; i < 60; i++) {
		the_world.now_us += SECOND_US;
		busy_lane_turn(the_world.loop, the_world.now_us);
	}
	ck_assert_uint_eq(engine_running_n(the_world.engine), 1);
	busy_lane_end();
	pass(HOUR_US);
	ck_assert_int_eq(the_world.creates_applied, MANY + 1);
}
END_TEST

static void
on_nobody(struct store_op *op)
{
	store_op_fini(op);
}

/* From any moment on its tenant's lane is busy for longer than a lease lives. */
START_TEST(a_lease_is_renewed_while_the_lane_of_its_tenant_is_busy)
{
	struct store_op holder = { .verb = STORE_HOLDER, .at_once = true, .done = on_holder };

	ck_assert_int_eq(
	    engine_world_start(&the_world, PLAIN, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	for (int i = 0; i < _i; i++)
		engine_world_turn(&the_world);
	must(store_key_set(&holder.key, "tenant", "test", NULL));
	busy_lane_begin(the_world.loop, "tenant");
	for (int i = 0; i < 60; i++) {
		the_world.now_us += SECOND_US;
		store_start(the_world.store, &holder);
		busy_lane_turn(the_world.loop, the_world.now_us);
		ck_assert_int_ne(holder.result, STORE_PENDING);
	}
	busy_lane_end();
	pass(HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
}
END_TEST

/* Every process that takes it up dies, and it gets nowhere. */
START_TEST(what_kills_its_processes_is_put_into_quarantine)
{
	struct store_op listing = { .verb = STORE_UNFINISHED };

	engine_world_fault(&the_world, (struct fault){ "b", OP_CREATE, 7, OP_OK, false, true });
	start(PLAIN, MODE_FULL, 10 * SECOND_US);
	for (int i = 0; i < 6; i++) {
		engine_world_expect(&the_world, "status", "running");
		engine_world_crash(&the_world);
		pass(20 * SECOND_US);
	}
	engine_world_expect(&the_world, "status", "paused");
	engine_world_expect(&the_world, "reason", "quarantined");
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	engine_world_ask(&the_world, &listing);
	ck_assert_uint_eq(listing.items_n, 0);
	store_op_fini(&listing);
	the_world.faults[0].times = 0; /* somebody has mended it */
	ck_assert_int_eq(engine_world_resume(&the_world, PLAIN, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_PAUSE, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 2);
}
END_TEST

/* With credentials for another account nothing of it would be found, and all of it made again. */
START_TEST(an_execution_stays_in_the_account_that_it_began_in)
{
	static const char *const others[] = { "222222222222", "" };

	the_world.account = "111111111111";
	the_world.provider.needs_credentials = true;
	start(PAUSED, MODE_FULL, HOUR_US);
	the_world.account = others[_i];
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL),
	    _i == 0 ? ERR_CONFLICT : ERR_PROVIDER);
	engine_world_crash(&the_world);
	the_world.err.code = ERR_OK;
	ck_assert_int_eq(engine_world_resume(&the_world, PAUSED, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(!the_world.begun);
	ck_assert_int_eq(the_world.err.code, _i == 0 ? ERR_CONFLICT : ERR_PROVIDER);
	ck_assert_ptr_nonnull(strstr(the_world.err.detail, "111111111111"));
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	the_world.account = "111111111111";
	ck_assert_int_eq(engine_world_resume(&the_world, PAUSED, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.paused);
	ck_assert_int_eq(engine_world_continue(&the_world, UNTIL_END, NULL, NULL), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(the_world.creates_applied, 2);
}
END_TEST

START_TEST(a_drained_engine_begins_nothing)
{
	start(PAUSED, MODE_FULL, HOUR_US);
	engine_drain(the_world.engine, SECOND_US);
	pass(HOUR_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	the_world.err.code = ERR_OK;
	ck_assert_int_eq(engine_world_resume(&the_world, PAUSED, false), ERR_DRAINING);
}
END_TEST

START_TEST(a_drained_engine_gives_leases_back_though_the_lane_of_their_tenant_is_busy)
{
	struct store_op holder = { .verb = STORE_HOLDER, .at_once = true, .done = on_nobody };

	start(PAUSED, MODE_FULL, HOUR_US);
	must(store_key_set(&holder.key, "tenant", "test", NULL));
	busy_lane_begin(the_world.loop, "tenant");
	busy_lane_turn(the_world.loop, the_world.now_us);
	engine_drain(the_world.engine, SECOND_US);
	for (int i = 0; i < 3; i++) {
		the_world.now_us += SECOND_US;
		busy_lane_turn(the_world.loop, the_world.now_us);
	}
	store_start(the_world.store, &holder);
	busy_lane_turn(the_world.loop, the_world.now_us);
	ck_assert_int_eq(holder.result, STORE_ABSENT);
	busy_lane_end();
	pass(HOUR_US);
	ck_assert_uint_eq(engine_running_n(the_world.engine), 0);
	engine_world_expect(&the_world, "status", "paused");
}
END_TEST

Suite *suite_engine_recover(void);

Suite *
suite_engine_recover(void)
{
	Suite *suite = suite_create("engine_recover");
	TCase *tcase = engine_world_case("engine_recover");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, what_a_dead_process_left_goes_on_by_itself, 0, 60);
	tcase_add_loop_test(
	    tcase, what_begins_after_one_that_had_ended_is_as_it_is_asked_for, 0, 8);
	tcase_add_loop_test(tcase, what_was_paused_stays_paused, 0, 2);
	tcase_add_test(tcase, a_step_on_the_way_of_a_full_run_is_still_one);
	tcase_add_test(tcase, what_needs_credentials_is_parked_until_they_come);
	tcase_add_test(tcase, what_another_process_holds_is_left_alone_while_it_lives);
	tcase_add_loop_test(tcase, a_lease_is_renewed_while_the_lane_of_its_tenant_is_busy, 0, 8);
	tcase_add_test(tcase, what_can_not_be_taken_up_yet_keeps_nobody_waiting);
	tcase_add_test(tcase, what_one_tenant_has_left_keeps_no_other_one_waiting);
	tcase_add_test(tcase, what_kills_its_processes_is_put_into_quarantine);
	tcase_add_loop_test(tcase, an_execution_stays_in_the_account_that_it_began_in, 0, 2);
	tcase_add_test(tcase, a_drained_engine_begins_nothing);
	tcase_add_test(
	    tcase, a_drained_engine_gives_leases_back_though_the_lane_of_their_tenant_is_busy);
	suite_add_tcase(suite, tcase);
	return suite;
}
