/* SPDX-License-Identifier: Apache-2.0
 * test_store_format.c - versions that meet at one Redis. */
#include <check.h>
#include <string.h>

#include "store/store_redis.h"
#include "tests/unit/store_world.h"

#define SIX_SECONDS_US 6000000

static struct world world;

static void
setup(void)
{
	store_world_init(&world, WORLD_REDIS);
}

static void
teardown(void)
{
	store_world_fini(&world);
}

static struct store_op
put_of(const char *graph)
{
	struct store_op op = { .verb = STORE_PUT_SPEC, .text = "{}" };

	ck_assert(store_key_set(&op.key, "acme", "app", graph));
	return op;
}

static enum store_result
put(struct store *store, const char *graph)
{
	struct store_op op = put_of(graph);

	world_op(&world, store, &op);
	store_op_fini(&op);
	return op.result;
}

static struct store *
version_create(uint64_t format)
{
	struct store_redis_options options = {
		.url = world.url, .owner = "carol", .lease_ms = 60000, .format = format
	};
	struct err    err;
	struct store *store = store_redis_create(world.ev, &options, &err);

	ck_assert_ptr_nonnull(store);
	return store;
}

static bool
is_down(const void *arg)
{
	return !store_is_up(arg);
}

START_TEST(the_format_is_written_down)
{
	ck_assert_int_eq(STORE_FORMAT, 1);
	ck_assert_str_eq(world_say(&world, "INCRBY mg:format 0"), ":1");
	ck_assert_int_eq(put(world.store, "0000000a"), STORE_OK);
}
END_TEST

START_TEST(a_newer_one_shuts_the_store_and_nothing_is_touched)
{
	struct store_op op = put_of("0000000a");

	world_say(&world, "SET mg:format 2");
	world_wait_until(&world, is_down, world.store);
	world_op(&world, world.store, &op);
	ck_assert_int_eq(op.result, STORE_DOWN);
	ck_assert_ptr_nonnull(strstr(op.error, "format 2"));
	ck_assert_ptr_nonnull(strstr(op.error, "knows 1"));
	ck_assert_str_eq(world_say(&world, "DBSIZE"), ":1");
	ck_assert_str_eq(world_say(&world, "DECR mg:format"), ":1");
	world_wait_up(&world, world.store); /* what was there before was put back */
	ck_assert_int_eq(put(world.store, "0000000a"), STORE_OK);
}
END_TEST

START_TEST(at_a_start_a_newer_one_is_refused_before_anything_else)
{
	struct store_op op = put_of("0000000a");
	struct store   *store;

	world_say(&world, "SET mg:format 17");
	store = version_create(STORE_FORMAT);
	world_op(&world, store, &op);
	ck_assert_int_eq(op.result, STORE_DOWN);
	ck_assert_ptr_nonnull(strstr(store_why(store), "format 17"));
	ck_assert_str_eq(world_say(&world, "DBSIZE"), ":1");
	store_destroy(store);
}
END_TEST

/* The newer one writes when nobody can think any more that it is alone. */
START_TEST(a_newer_version_raises_it_and_the_older_ones_let_go_first)
{
	int64_t       from_us = loop_now_us(world.loop);
	struct store *newer;

	ck_assert_int_eq(put(world.store, "0000000a"), STORE_OK);
	newer = version_create(2);
	world_wait_until(&world, is_down, world.store);
	ck_assert(!store_is_up(newer));
	world_wait_up(&world, newer);
	ck_assert_int_eq(put(newer, "0000000b"), STORE_OK);
	ck_assert_int_eq(put(world.store, "0000000c"), STORE_DOWN);
	ck_assert_int_lt(loop_now_us(world.loop) - from_us, SIX_SECONDS_US);
	store_destroy(newer);
	newer = version_create(2);
	world_wait_up(&world, newer); /* it is raised already: at once */
	store_destroy(newer);
}
END_TEST

/* Where nothing is written down, nothing of another format can be. */
START_TEST(a_redis_that_was_wiped_is_written_on_again)
{
	struct store *store;

	world_say(&world, "FLUSHALL");
	ck_assert_int_eq(put(world.store, "0000000a"), STORE_OK);
	store = version_create(STORE_FORMAT);
	world_wait_up(&world, store);
	ck_assert_str_eq(world_say(&world, "INCRBY mg:format 0"), ":1");
	store_destroy(store);
}
END_TEST

Suite *suite_store_format(void);

Suite *
suite_store_format(void)
{
	Suite *suite = suite_create("store_format");
	TCase *tcase = tcase_create("format");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, the_format_is_written_down);
	tcase_add_test(tcase, a_newer_one_shuts_the_store_and_nothing_is_touched);
	tcase_add_test(tcase, at_a_start_a_newer_one_is_refused_before_anything_else);
	tcase_add_test(tcase, a_newer_version_raises_it_and_the_older_ones_let_go_first);
	tcase_add_test(tcase, a_redis_that_was_wiped_is_written_on_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
