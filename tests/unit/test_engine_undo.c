/* SPDX-License-Identifier: Apache-2.0
 * test_engine_undo.c - what has a way of its own to be undone: that is asked however far its create came, and is told what that has kept. */
#include <check.h>
#include <string.h>

#include "engine/execution.h"
#include "tests/unit/engine_world.h"
#include "tests/unit/plan_fixture.h"
#include "util/json.h"

#define PILE CONFIG_HEAD "'p':{'type':'fake:box:pile','properties':{'name':'np'}}"
/* b fails, behind the pile. */
#define BOTH PILE "," CONFIG_ITEM("b") ",'depends_on':['p']}}}"

static void
start(const char *config)
{
	ck_assert_int_eq(
	    engine_world_start(&the_world, config, EXECUTION_APPLY, MODE_FULL, ON_FAILURE_ROLLBACK),
	    ERR_OK);
}

static void
fail_b(void)
{
	engine_world_fault(
	    &the_world, (struct fault){ "b", OP_CREATE, 99, OP_DENIED, false, false });
}

/* What the last undo was told. */
static void
expect_kept(const char *kept)
{
	size_t              n = json_object_array_length(the_world.undone);
	struct json_object *last =
	    n > 0 ? json_object_array_get_idx(the_world.undone, n - 1) : NULL;
	struct json_object *expected = fixture_json(kept);

	ck_assert_msg(json_same(last, expected), "%zu: %s", n, json_text(last));
	json_object_put(expected);
}

START_TEST(what_its_look_and_its_create_have_kept_comes_to_its_undo)
{
	fail_b();
	start(BOTH);
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "rolled_back");
	expect_kept("{'creates':0,'made':true}");
	ck_assert_int_eq(json_object_object_length(the_world.items), 0);
}
END_TEST

/* Nobody knows how far it came; a look finds nothing, and what the first one kept is what counts. */
START_TEST(what_came_only_half_its_way_is_undone_though_nothing_is_found)
{
	engine_world_fault(
	    &the_world, (struct fault){ "p", OP_CREATE, 1, OP_UNKNOWN, false, false });
	engine_world_fault(
	    &the_world, (struct fault){ "p", OP_CREATE, 99, OP_DENIED, false, false });
	start(PILE "}}");
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_int_eq(the_world.asked[OP_CREATE], 2);
	expect_kept("{'creates':0}");
}
END_TEST

START_TEST(what_fails_for_good_has_made_some_of_it)
{
	engine_world_fault(
	    &the_world, (struct fault){ "p", OP_CREATE, 1, OP_INVALID, false, false });
	start(PILE "}}");
	engine_world_run(&the_world, HOUR_US);
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_int_eq(json_object_array_length(the_world.undone), 1);
	expect_kept("{'creates':0}");
	engine_world_expect(&the_world, "failed_operation.resource_id", "p"); /* though undone */
	engine_world_expect(&the_world, "failed_operation.error.type", "invalid");
}
END_TEST

START_TEST(a_destroy_is_no_undo)
{
	start(PILE "}}");
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(engine_world_start(
			     &the_world, PILE "}}", EXECUTION_DESTROY, MODE_FULL, ON_FAILURE_STOP),
	    ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert_int_eq(the_world.status, STATUS_COMPLETED);
	ck_assert_int_eq(json_object_array_length(the_world.undone), 0);
	ck_assert_int_eq(json_object_object_length(the_world.items), 0);
}
END_TEST

/* Dies at every moment of an apply that fails and rolls back. */
START_TEST(what_was_kept_outlives_the_process)
{
	the_world.cancelled_arrive = _i % 2 == 1;
	fail_b();
	start(BOTH);
	engine_world_run(&the_world, _i / 2 * 500);
	if (!the_world.begun || the_world.ended)
		return;
	engine_world_crash(&the_world);
	ck_assert_int_eq(engine_world_resume(&the_world, BOTH, false), ERR_OK);
	engine_world_run(&the_world, HOUR_US);
	ck_assert(the_world.ended);
	if (the_world.status == STATUS_COMPLETED) /* b was made after all, as the process died */
		return;
	engine_world_expect(&the_world, "reason", "rolled_back");
	ck_assert_int_eq(json_object_object_length(the_world.items), 0);
	for (size_t i = 0; i < json_object_array_length(the_world.undone); i++) {
		struct json_object *kept = json_object_array_get_idx(the_world.undone, i);

		ck_assert_msg(json_get_i64(kept, "creates", -1) == 0, "%s", json_text(kept));
	}
}
END_TEST

Suite *suite_engine_undo(void);

Suite *
suite_engine_undo(void)
{
	Suite *suite = suite_create("engine_undo");
	TCase *tcase = engine_world_case("engine_undo");

	tcase_add_test(tcase, what_its_look_and_its_create_have_kept_comes_to_its_undo);
	tcase_add_test(tcase, what_came_only_half_its_way_is_undone_though_nothing_is_found);
	tcase_add_test(tcase, what_fails_for_good_has_made_some_of_it);
	tcase_add_test(tcase, a_destroy_is_no_undo);
	tcase_add_loop_test(tcase, what_was_kept_outlives_the_process, 0, 80);
	suite_add_tcase(suite, tcase);
	return suite;
}
