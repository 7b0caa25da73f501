/* SPDX-License-Identifier: Apache-2.0
 * test_store_lease.c - who may run an execution, and who takes it over: in memory and over Redis. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/store_ask.h"
#include "util/check.h"

static void
a_held_lease_keeps_other_owners_out(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a"), sister = ask_key("app", "0000000b");

	ck_assert_uint_eq(ask_begin(world, world->store, key), 1);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = sister, .text = "{}",
			     .execution = "e2"),
	    STORE_EXISTS);
	ck_assert_str_eq(asked.text_out, "alice 1");
	ck_assert_int_eq(
	    ASK(world, world->other, .verb = STORE_GET_EXEC, .key = sister), STORE_ABSENT);
	ck_assert_uint_eq(ask_begin(world, world->other, ask_key("app2", "0000000c")), 1);
}

static void
a_writer_is_fenced_off_once_another_has_begun(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         old = ask_begin(world, world->store, key), new;

	world_expire_lease(world, &key);
	new = ask_begin(world, world->other, key);
	ck_assert_uint_gt(new, old);
	ck_assert_int_eq(ask_append(world, world->store, key, old, 0, 1), STORE_FENCED);
	ck_assert_int_eq(ask_append(world, world->store, key, new, 0, 1), STORE_FENCED);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_RENEW, key, old), STORE_FENCED);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_RELEASE, key, old), STORE_FENCED);
	world_expire_lease(world, &key); /* nor may it take what ran out after that */
	ck_assert_int_eq(ask_append(world, world->store, key, old, 0, 1), STORE_FENCED);
	ck_assert_uint_eq(ask_events_after(world, key, 0), 0);
	ck_assert_int_eq(ask_append(world, world->other, key, new, 0, 1), STORE_OK);
}

static void
a_lease_that_ran_out_is_taken_again_by_its_writer(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	world_expire_lease(world, &key);
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_OK);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = "e2"),
	    STORE_EXISTS);
	world_expire_lease(world, &key);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_RENEW, key, fence), STORE_OK);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = "e2"),
	    STORE_EXISTS);
}

static void
a_released_lease_is_free_and_its_fence_is_over(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    ask_lease(world, world->store, STORE_RELEASE, key, fence), STORE_OK);
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_FENCED);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_RENEW, key, fence), STORE_FENCED);
	ck_assert_uint_gt(ask_begin(world, world->other, key), fence);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_RELEASE, key, fence), STORE_FENCED);
}

static void
the_holder_of_a_lease_is_told(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence;

	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_HOLDER, .key = key), STORE_ABSENT);
	fence = ask_begin(world, world->store, key);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_HOLDER, .key = key), STORE_OK);
	ck_assert_int_eq(strncmp(asked.text_out, "alice ", 6), 0);
	ck_assert_uint_eq(strtoull(asked.text_out + 6, NULL, 10), fence);
	world_expire_lease(world, &key);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_HOLDER, .key = key), STORE_ABSENT);
}

static void
an_owner_that_begins_again_fences_itself_off(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         old = ask_begin(world, world->store, key);
	uint64_t new = ask_begin(world, world->store, key);

	ck_assert_uint_eq(new, old + 1);
	ck_assert_int_eq(ask_append(world, world->store, key, old, 0, 1), STORE_FENCED);
	ck_assert_int_eq(ask_append(world, world->store, key, new, 0, 1), STORE_OK);
}

static void
an_execution_is_resumed_as_it_was_left(struct world *world)
{
	struct store_item item = { .name = "a", .text = "1" };
	struct store_key  key = ask_key("app", "0000000a");
	uint64_t          fence;

	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_ABSENT);
	fence = ask_begin(world, world->store, key);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_APPEND, .key = key, .fence = fence,
			     .fields = &item, .fields_n = 1, .events = ask_events, .events_n = 2),
	    STORE_OK);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_EXISTS);
	world_expire_lease(world, &key);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 2);
	ck_assert_uint_gt(asked.fence_out, fence);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_GET_EXEC, .key = key), STORE_OK);
	ck_assert_str_eq(ask_field("a"), "1");
	ck_assert_str_eq(ask_field(""), "{\"v\":1}");
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 2, 1), STORE_FENCED);
}

/* ---- what is unfinished ---- */

static void
begin_of(struct world *world, struct store *store, struct store_key key, const char *execution,
    int64_t now_ms)
{
	ck_assert_int_eq(ASK(world, store, .verb = STORE_BEGIN, .key = key, .text = "{}",
			     .execution = execution, .now_ms = now_ms),
	    STORE_OK);
}

/* What is listed after the first `skip`, as one text. */
static const char *
unfinished(struct world *world, uint64_t skip)
{
	static char text[256];
	size_t      len = 0;

	text[0] = '\0';
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_UNFINISHED, .seq = skip), STORE_OK);
	for (size_t i = 0; i < asked.items_n; i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%s ", asked.items_out[i].name);
	return text;
}

static void
what_began_is_unfinished_until_it_is_finished(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a"), web = ask_key("my.web", "0000000b"), key;
	struct store_key stranger;
	uint64_t         fence;

	ck_assert_str_eq(unfinished(world, 0), "");
	ck_assert(store_key_set(&stranger, "zeta", "app", "0000000c"));
	begin_of(world, world->store, web, "e1", 20);
	begin_of(world, world->store, stranger, "e2", 30);
	begin_of(world, world->store, app, "e3", 10);
	fence = asked.fence_out;
	ck_assert_str_eq(
	    unfinished(world, 0), "acme:app:0000000a acme:my.web:0000000b zeta:app:0000000c ");
	ck_assert_uint_eq(asked.items_out[1].number, 20);
	ck_assert(store_key_read(&key, asked.items_out[1].name));
	ck_assert_mem_eq(&key, &web, sizeof(key));
	ck_assert_str_eq(unfinished(world, 2), "zeta:app:0000000c ");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
		    ask_lease(world, world->store, STORE_FINISH, app, fence), STORE_OK);
		ck_assert_str_eq(unfinished(world, 0), "acme:my.web:0000000b zeta:app:0000000c ");
	}
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = app), STORE_ABSENT);
	ck_assert_int_eq(ask_append(world, world->store, app, fence, 0, 1), STORE_FENCED);
	begin_of(world, world->other, app, "e4", 5); /* the lease was given back */
	ck_assert_ptr_null(asked.text_out);
}

static void
what_was_released_stays_unfinished_and_is_resumed_at_once(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(world, world->store, key);

	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 2), STORE_OK);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_RELEASE, key, fence), STORE_OK);
	ck_assert_str_eq(unfinished(world, 0), "acme:app:0000000a ");
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_OK);
	ck_assert_uint_eq(asked.seq_out, 2);
	ck_assert_int_eq(
	    ask_lease(world, world->other, STORE_FINISH, key, asked.fence_out), STORE_OK);
	ck_assert_str_eq(unfinished(world, 0), "");
}

/* Else a page that is taken up would push the next one out of sight. */
static void
what_is_resumed_keeps_its_place_among_the_unfinished(struct world *world)
{
	struct store_key app = ask_key("app", "0000000a"), web = ask_key("my.web", "0000000b");
	const char      *both = "acme:app:0000000a acme:my.web:0000000b ";

	begin_of(world, world->store, app, "e1", 10);
	begin_of(world, world->store, web, "e2", 20);
	ck_assert_str_eq(unfinished(world, 0), both);
	world_expire_lease(world, &app);
	ck_assert_int_eq(
	    ASK(world, world->other, .verb = STORE_BEGIN, .key = app, .now_ms = 30), STORE_OK);
	ck_assert_str_eq(unfinished(world, 0), both);
}

static void
a_lease_that_ran_out_is_taken_over_and_its_last_owner_finishes_nothing(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         old = ask_begin(world, world->store, key), new;

	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_EXISTS);
	ck_assert_str_eq(asked.text_out, "alice 1");
	world_expire_lease(world, &key);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_OK);
	new = asked.fence_out;
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, old), STORE_FENCED);
	world_expire_lease(world, &key);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, key, old), STORE_FENCED);
	ck_assert_str_eq(unfinished(world, 0), "acme:app:0000000a ");
	ck_assert_int_eq(ask_lease(world, world->other, STORE_FINISH, key, new), STORE_OK);
	ck_assert_str_eq(unfinished(world, 0), "");
}

static void
another_execution_begins_only_when_the_unfinished_one_is_finished(struct world *world)
{
	struct store_key v1 = ask_key("app", "0000000a"), v2 = ask_key("app", "0000000b");
	uint64_t         fence;

	begin_of(world, world->store, v1, "e1", 10);
	begin_of(world, world->store, v1, "e1", 10); /* as after a lost answer */
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = v2, .text = "{}",
			     .execution = "e2"),
	    STORE_LEFT);
	ck_assert_str_eq(asked.text_out, "0000000a:e1");
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = v2), STORE_ABSENT);
	ck_assert_int_eq(ASK(world, world->store, .verb = STORE_BEGIN, .key = v1), STORE_OK);
	fence = asked.fence_out;
	ck_assert_int_eq(ask_append(world, world->store, v1, fence, 0, 1), STORE_OK);
	ck_assert_int_eq(ask_lease(world, world->store, STORE_FINISH, v1, fence), STORE_OK);
	begin_of(world, world->store, v2, "e2", 20);
	ck_assert_str_eq(unfinished(world, 0), "acme:app:0000000b ");
}

static void
what_is_parked_is_not_listed_until_it_is_resumed(struct world *world)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence;

	begin_of(world, world->store, key, "e1", 10);
	fence = asked.fence_out;
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ask_lease(world, world->store, STORE_PARK, key, fence), STORE_OK);
		ck_assert_str_eq(unfinished(world, 0), "");
	}
	ck_assert_int_eq(ask_append(world, world->store, key, fence, 0, 1), STORE_FENCED);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_OK);
	ck_assert_str_eq(unfinished(world, 0), "acme:app:0000000a ");
}

/* It was away for so long that another has had it in between. */
static void
a_lease_that_another_has_had_is_not_given_back_again(struct world *world)
{
	static const enum store_verb verbs[] = { STORE_RELEASE, STORE_PARK, STORE_FINISH };
	struct store_key             key = ask_key("app", "0000000a");
	uint64_t                     old = ask_begin(world, world->store, key), new;

	world_expire_lease(world, &key);
	ck_assert_int_eq(ASK(world, world->other, .verb = STORE_BEGIN, .key = key), STORE_OK);
	new = asked.fence_out;
	world_expire_lease(world, &key);
	for (size_t i = 0; i < 2 * array_len(verbs); i++) {
		ck_assert_int_eq(
		    ask_lease(world, world->store, verbs[i / 2], key, old), STORE_FENCED);
		ck_assert_str_eq(unfinished(world, 0), "acme:app:0000000a ");
		if (i % 2 == 0)
			ck_assert_int_eq(
			    ask_lease(world, world->other, STORE_RELEASE, key, new), STORE_OK);
	}
}

void (*const store_lease_scenarios[])(struct world *) = {
	a_held_lease_keeps_other_owners_out,
	a_writer_is_fenced_off_once_another_has_begun,
	a_lease_that_ran_out_is_taken_again_by_its_writer,
	a_released_lease_is_free_and_its_fence_is_over,
	the_holder_of_a_lease_is_told,
	an_owner_that_begins_again_fences_itself_off,
	an_execution_is_resumed_as_it_was_left,
	what_began_is_unfinished_until_it_is_finished,
	what_was_released_stays_unfinished_and_is_resumed_at_once,
	what_is_resumed_keeps_its_place_among_the_unfinished,
	a_lease_that_ran_out_is_taken_over_and_its_last_owner_finishes_nothing,
	another_execution_begins_only_when_the_unfinished_one_is_finished,
	what_is_parked_is_not_listed_until_it_is_resumed,
	a_lease_that_another_has_had_is_not_given_back_again,
};
const size_t store_lease_scenarios_n = array_len(store_lease_scenarios);

START_TEST(every_scenario_holds_in_memory)
{
	store_play(WORLD_MEM, store_lease_scenarios[_i]);
}
END_TEST

START_TEST(every_scenario_holds_on_redis)
{
	store_play(WORLD_REDIS, store_lease_scenarios[_i]);
}
END_TEST

/* ---- the index heals ---- */

static struct world world;

static void
setup(void)
{
	store_world_init(&world, WORLD_REDIS);
}

static void
teardown(void)
{
	store_op_fini(&asked);
	store_world_fini(&world);
}

START_TEST(an_entry_that_leads_to_nothing_is_struck_off)
{
	ck_assert_str_eq(world_say(&world, "ZADD mg:unfinished 1 acme:app:0000000a"), ":1");
	ck_assert_str_eq(unfinished(&world, 0), "acme:app:0000000a ");
	ck_assert_int_eq(
	    ASK(&world, world.store, .verb = STORE_BEGIN, .key = ask_key("app", "0000000a")),
	    STORE_ABSENT);
	ck_assert_str_eq(unfinished(&world, 0), "");
}
END_TEST

START_TEST(an_entry_that_was_lost_comes_back_when_the_lease_is_renewed)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(&world, world.store, key);

	ck_assert_str_eq(world_say(&world, "DEL mg:unfinished"), ":1");
	ck_assert_int_eq(ask_lease(&world, world.store, STORE_RENEW, key, fence), STORE_OK);
	ck_assert_str_eq(unfinished(&world, 0), "acme:app:0000000a ");
	ck_assert_int_eq(ask_lease(&world, world.store, STORE_RELEASE, key, fence), STORE_OK);
	ck_assert_str_eq(world_say(&world, "DEL mg:unfinished"), ":1");
	ck_assert_int_eq(ask_lease(&world, world.store, STORE_RENEW, key, fence), STORE_FENCED);
	ck_assert_str_eq(unfinished(&world, 0), "");
}
END_TEST

/* A fail-over lost that alice began: bob is given the same number. */
START_TEST(a_fence_given_out_twice_is_only_its_last_owners)
{
	struct store_key key = ask_key("app", "0000000a");
	uint64_t         fence = ask_begin(&world, world.store, key);

	ck_assert_str_eq(world_say(&world, "FLUSHALL"), "+OK");
	ck_assert_uint_eq(ask_begin(&world, world.other, key), fence);
	ck_assert_int_eq(ask_append(&world, world.store, key, fence, 0, 1), STORE_FENCED);
	world_expire_lease(&world, &key);
	ck_assert_int_eq(ask_append(&world, world.store, key, fence, 0, 1), STORE_FENCED);
	ck_assert_int_eq(ask_lease(&world, world.store, STORE_RENEW, key, fence), STORE_FENCED);
	ck_assert_int_eq(ask_lease(&world, world.store, STORE_FINISH, key, fence), STORE_FENCED);
	ck_assert_int_eq(ask_append(&world, world.other, key, fence, 0, 1), STORE_OK);
}
END_TEST

START_TEST(the_name_of_a_listed_execution_is_read_strictly)
{
	static const char *const names[] = { "", "acme", "acme:app", "acme:app:", ":app:0000000a",
		"acme::0000000a", "acme:app:0000000a ", "acme:app:0000000a:e1",
		"Acme:app:0000000a" };
	struct store_key         key;

	for (size_t i = 0; i < array_len(names); i++)
		ck_assert_msg(!store_key_read(&key, names[i]), "%s", names[i]);
	ck_assert(store_key_read(&key, "acme:app:0000000a"));
}
END_TEST

Suite *suite_store_lease(void);

Suite *
suite_store_lease(void)
{
	Suite *suite = suite_create("store_lease");
	TCase *both = tcase_create("both"), *index = tcase_create("index");

	tcase_set_timeout(both, 60);
	tcase_add_loop_test(
	    both, every_scenario_holds_in_memory, 0, array_len(store_lease_scenarios));
	tcase_add_loop_test(
	    both, every_scenario_holds_on_redis, 0, array_len(store_lease_scenarios));
	suite_add_tcase(suite, both);
	tcase_set_timeout(index, 60);
	tcase_add_checked_fixture(index, setup, teardown);
	tcase_add_test(index, an_entry_that_leads_to_nothing_is_struck_off);
	tcase_add_test(index, an_entry_that_was_lost_comes_back_when_the_lease_is_renewed);
	tcase_add_test(index, a_fence_given_out_twice_is_only_its_last_owners);
	tcase_add_test(index, the_name_of_a_listed_execution_is_read_strictly);
	suite_add_tcase(suite, index);
	return suite;
}
