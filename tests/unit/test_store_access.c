/* SPDX-License-Identifier: Apache-2.0
 * test_store_access.c - keys and tenants in the store: what is known need not be read, and two changes at once are one after
 * the other. */
#include <check.h>

#include "tests/unit/store_ask.h"
#include "util/check.h"

static enum store_result
put(struct world *world, struct store *store, uint64_t seq, const char *name, const char *text)
{
	const struct store_item field = { .name = name, .text = text };

	return ASK(
	    world, store, .verb = STORE_ACCESS_PUT, .seq = seq, .fields = &field, .fields_n = 1);
}

static uint64_t
get(struct world *world, struct store *store, uint64_t known)
{
	ck_assert_int_eq(ASK(world, store, .verb = STORE_ACCESS_GET, .seq = known), STORE_OK);
	return asked.seq_out;
}

static void
what_is_put_is_seen_by_all_and_what_is_known_is_not_read(struct world *world)
{
	uint64_t first;

	ck_assert_uint_eq(get(world, world->store, 0), 0);
	ck_assert_uint_eq(asked.items_n, 0);
	ck_assert_int_eq(put(world, world->store, 0, "key:a", "{1}"), STORE_OK);
	first = get(world, world->other, 0);
	ck_assert_uint_ne(first, 0);
	ck_assert_uint_eq(asked.items_n, 1);
	ck_assert_str_eq(ask_field("key:a"), "{1}");
	ck_assert_uint_eq(get(world, world->other, first), first);
	ck_assert_uint_eq(asked.items_n, 0);
	ck_assert_int_eq(put(world, world->other, first, "tenant:b", "{2}"), STORE_OK);
	ck_assert_uint_ne(get(world, world->store, first), first);
	ck_assert_uint_eq(asked.items_n, 2);
}

static void
a_change_of_what_has_changed_is_refused(struct world *world)
{
	uint64_t seq;

	ck_assert_int_eq(put(world, world->store, 0, "key:a", "{1}"), STORE_OK);
	ck_assert_int_eq(put(world, world->other, 0, "key:a", "{2}"), STORE_EXISTS);
	seq = get(world, world->other, 0);
	ck_assert_str_eq(ask_field("key:a"), "{1}");
	ck_assert_int_eq(put(world, world->other, seq, "key:a", NULL), STORE_OK);
	ck_assert_int_eq(put(world, world->store, seq, "key:a", "{1}"), STORE_EXISTS);
	ck_assert_uint_ne(get(world, world->store, seq), seq);
	ck_assert_uint_eq(asked.items_n, 0);
}

static void
several_are_put_and_go_at_once(struct world *world)
{
	static const struct store_item both[] = { { .name = "key:a", .text = "{1}" },
		{ .name = "key:b", .text = "{2}" } };
	static const struct store_item turn[] = { { .name = "key:a" },
		{ .name = "key:c", .text = "{3}" }, { .name = "key:b" } };

	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_ACCESS_PUT, .fields = both,
			     .fields_n = array_len(both)),
	    STORE_OK);
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_ACCESS_PUT, .seq = get(world, world->store, 0),
		.fields = turn, .fields_n = array_len(turn)),
	    STORE_OK);
	get(world, world->store, 0);
	ck_assert_uint_eq(asked.items_n, 1);
	ck_assert_str_eq(ask_field("key:c"), "{3}");
}

static void (*const scenarios[])(struct world *) = {
	what_is_put_is_seen_by_all_and_what_is_known_is_not_read,
	a_change_of_what_has_changed_is_refused,
	several_are_put_and_go_at_once,
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

Suite *suite_store_access(void);

Suite *
suite_store_access(void)
{
	Suite *suite = suite_create("store_access");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_scenario_holds_in_memory, 0, array_len(scenarios));
	tcase_add_loop_test(tcase, every_scenario_holds_on_redis, 0, array_len(scenarios));
	suite_add_tcase(suite, tcase);
	return suite;
}
