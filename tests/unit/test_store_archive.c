/* SPDX-License-Identifier: Apache-2.0
 * test_store_archive.c - what the store remembers for the archive: what is due, who is at it, what is there. */
#include <check.h>
#include <string.h>

#include "tests/unit/store_ask.h"

#define MARKER "{\"event\":1}"

static const struct store_item header = { .name = "", .text = "{\"v\":2}" };

/* How many are due at that time; asked has them. */
static size_t
due_at(struct world *world, int64_t now_ms)
{
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_ARCHIVE_DUE, .now_ms = now_ms), STORE_OK);
	return asked.items_n;
}

static enum store_result
take(struct world *world, struct store *store, struct store_key key)
{
	return ASK(world, store, .verb = STORE_ARCHIVE_TAKE, .key = key);
}

static enum store_result
put(struct world *world, struct store *store, struct store_key key, uint64_t seen, int64_t next)
{
	return ASK(world, store, .verb = STORE_ARCHIVE_PUT, .key = key, .text = MARKER, .seq = seen,
	    .now_ms = next);
}

/* Archives it as it was listed; it is not due any more. */
static void
archive(struct world *world, struct store_key key, uint64_t seen)
{
	ck_assert_int_eq(take(world, world->store, key), STORE_OK);
	ck_assert_int_eq(put(world, world->store, key, seen, 0), STORE_OK);
}

static void
what_changes_becomes_due(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence;

	ck_assert_uint_eq(due_at(world, NOW_MS), 0);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_PUT_SPEC, .key = key, .text = "s",
			     .now_ms = NOW_MS),
	    STORE_OK);
	ck_assert_uint_eq(due_at(world, NOW_MS - 1), 0);
	ck_assert_uint_eq(asked.seq_out, 1);
	ck_assert_uint_eq(due_at(world, NOW_MS), 1);
	ck_assert_str_eq(asked.items_out[0].name, "acme:app:0000000a");
	ck_assert_uint_eq(asked.items_out[0].number, NOW_MS);
	archive(world, key, NOW_MS);
	ck_assert_uint_eq(due_at(world, NOW_MS), 0);
	fence = ask_begin(world, world->store, key);
	ck_assert_uint_eq(due_at(world, NOW_MS), 1);
	archive(world, key, NOW_MS);
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_OK);
	ck_assert_uint_eq(due_at(world, NOW_MS), 0); /* nodes only */
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .seq = 1, .events = ask_events, .events_n = 1, .fields = &header,
			     .fields_n = 1, .now_ms = NOW_MS + 5),
	    STORE_OK);
	ck_assert_uint_eq(due_at(world, NOW_MS + 5), 1);
	archive(world, key, NOW_MS + 5);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FINISH, .key = key, .fence = fence,
			     .now_ms = NOW_MS + 6),
	    STORE_OK);
	ck_assert_uint_eq(due_at(world, NOW_MS + 6), 1);
}

static void
what_is_refused_does_not_become_due(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	ask_begin(world, world->store, key);
	archive(world, key, NOW_MS);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = "e2", .now_ms = NOW_MS),
	    STORE_EXISTS);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_APPEND, .key = key, .fence = 77,
			     .fields = &header, .fields_n = 1, .now_ms = NOW_MS),
	    STORE_FENCED);
	ck_assert_uint_eq(due_at(world, NOW_MS), 0);
}

static void
one_owner_is_at_it_at_a_time(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");

	ask_begin(world, world->store, key);
	ck_assert_int_eq(take(world, world->store, key), STORE_OK);
	ck_assert_str_eq(asked.text_out, "");
	ck_assert_int_eq(take(world, world->other, key), STORE_EXISTS);
	ck_assert_int_eq(put(world, world->other, key, NOW_MS, 0), STORE_FENCED);
	ck_assert_uint_eq(due_at(world, NOW_MS), 1);
	ck_assert_int_eq(take(world, world->store, key), STORE_OK); /* renewed */
	ck_assert_int_eq(put(world, world->store, key, NOW_MS, 0), STORE_OK);
	ck_assert_int_eq(put(world, world->store, key, NOW_MS, 0), STORE_FENCED); /* given back */
	ck_assert_int_eq(take(world, world->other, key), STORE_OK);
	ck_assert_str_eq(asked.text_out, MARKER);
}

static void
what_became_due_meanwhile_stays_due(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(take(world, world->store, key), STORE_OK);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_FINISH, .key = key, .fence = fence,
			     .now_ms = NOW_MS + 1),
	    STORE_OK);
	ck_assert_int_eq(put(world, world->store, key, NOW_MS, 0), STORE_OK);
	ck_assert_uint_eq(due_at(world, NOW_MS + 1), 1);
	archive(world, key, NOW_MS + 1);
	ck_assert_uint_eq(due_at(world, NOW_MS + 1), 0);
	ck_assert_uint_eq(asked.seq_out, 0);
}

static void
what_is_put_off_is_due_later_and_the_longest_due_comes_first(struct world *world)
{
	struct store_key first = ask_key("app", "0000000a"), second = ask_key("lib", "0000000b");

	ask_begin(world, world->store, first);
	ask_begin(world, world->store, second);
	ck_assert_int_eq(take(world, world->store, first), STORE_OK);
	ck_assert_int_eq(put(world, world->store, first, NOW_MS, NOW_MS + 1000), STORE_OK);
	ck_assert_uint_eq(due_at(world, NOW_MS + 999), 1);
	ck_assert_uint_eq(asked.seq_out, 2);
	ck_assert_uint_eq(due_at(world, NOW_MS + 1000), 2);
	ck_assert_str_eq(asked.items_out[0].name, "acme:lib:0000000b");
	ck_assert_str_eq(asked.items_out[1].name, "acme:app:0000000a");
}

static void
a_marker_comes_with_the_last_event(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 3), STORE_OK);
	archive(world, key, NOW_MS);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_ARCHIVE_GET, .key = key), STORE_OK);
	ck_assert_str_eq(asked.text_out, MARKER);
	ck_assert_uint_eq(asked.seq_out, 3);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_GET_HEADER, .key = key), STORE_OK);
	ck_assert_str_eq(asked.text_out, "{\"v\":1}");
	ck_assert_int_eq(
	    ASK(world, world->store, .verb = STORE_GET_HEADER, .key = ask_key("app", "0000000b")),
	    STORE_ABSENT);
}

void (*const store_archive_scenarios[])(struct world *) = {
	what_changes_becomes_due,
	what_is_refused_does_not_become_due,
	one_owner_is_at_it_at_a_time,
	what_became_due_meanwhile_stays_due,
	what_is_put_off_is_due_later_and_the_longest_due_comes_first,
	a_marker_comes_with_the_last_event,
};
const size_t store_archive_scenarios_n = array_len(store_archive_scenarios);

START_TEST(every_scenario_holds_in_memory)
{
	store_play(WORLD_MEM, store_archive_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	store_play(WORLD_REDIS, store_archive_scenarios[_i]);
}
END_TEST

Suite *suite_store_archive(void);

Suite *
suite_store_archive(void)
{
	Suite *suite = suite_create("store_archive");
	TCase *tcase = tcase_create("both");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
	    tcase, every_scenario_holds_in_memory, 0, array_len(store_archive_scenarios));
	tcase_add_loop_test(
	    tcase, every_scenario_holds_on_redis, 0, array_len(store_archive_scenarios));
	suite_add_tcase(suite, tcase);
	return suite;
}
