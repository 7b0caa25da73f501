/* SPDX-License-Identifier: Apache-2.0
 * test_redis_slots.c - which slot a key lies in, and what servers say about slots. */
#include <check.h>
#include <stdlib.h>

#include "store/redis_slots.h"
#include "util/check.h"

/* The first is the check value of CRC-16/XMODEM; test_store_cluster.c asks a real Redis. */
START_TEST(a_slot_is_that_of_the_hash_tag)
{
	static const struct {
		const char *key, *same_as;
	} rows[] = { { "{123456789}:a", "123456789" }, { "a{b}c{d}", "b" }, { "a{b{c}d}", "b{c" },
		{ "mg:{acme:app}:lease", "acme:app" } };
	static const char *const whole[] = { "a{}b", "a{b", "a}b{c" };

	ck_assert_uint_eq(redis_slot_of("123456789"), 0x31c3 % REDIS_SLOTS_N);
	ck_assert_uint_eq(redis_slot_of(""), 0);
	for (size_t i = 0; i < array_len(rows); i++)
		ck_assert_uint_eq(redis_slot_of(rows[i].key), redis_slot_of(rows[i].same_as));
	for (size_t i = 0; i < array_len(whole); i++)
		ck_assert_uint_ne(redis_slot_of(whole[i]), 0);
}
END_TEST

START_TEST(a_redirection_is_read_strictly)
{
	static const struct {
		const char *error;
		unsigned    slot;
		const char *name;
	} rows[] = {
		{ "MOVED 3999 10.0.0.1:6381", 3999, "10.0.0.1:6381" },
		{ "ASK 0 ::1:7000", 0, "[::1]:7000" },
		{ "MOVED 16383 redis.example:1", 16383, "redis.example:1" },
		{ "MOVED 1 :6381", 1, "asked:6381" },
		{ "MOVED 1 ?:6381", 1, "asked:6381" },
		{ .error = "MOVED" },
		{ .error = "MOVED 1" },
		{ .error = "MOVED x 10.0.0.1:6381" },
		{ .error = "MOVED 16384 10.0.0.1:6381" },
		{ .error = "MOVED 1 10.0.0.1" },
		{ .error = "MOVED 1 10.0.0.1:" },
		{ .error = "MOVED 1 10.0.0.1:0" },
		{ .error = "MOVED 1 10.0.0.1:65536" },
		{ .error = "MOVED 1:2" },
	};
	struct redis_address asked = { .host = "asked", .port = 1 }, to;
	char                 name[REDIS_ADDRESS_NAME_SIZE];
	unsigned             slot;

	for (size_t i = 0; i < array_len(rows); i++) {
		ck_assert_msg(redis_slots_redirect(rows[i].error, &asked, &slot, &to) ==
				  (rows[i].name != NULL),
		    "%s", rows[i].error);
		if (rows[i].name == NULL)
			continue;
		ck_assert_uint_eq(slot, rows[i].slot);
		ck_assert_str_eq(redis_address_name(&to, name), rows[i].name);
	}
}
END_TEST

START_TEST(a_map_has_room_for_so_many_servers_and_not_one_more)
{
	struct redis_slots  *slots = calloc(1, sizeof(*slots));
	struct redis_address address = { .host = "?" }, asked = { .host = "asked" };

	for (int i = 0; i < REDIS_SLOT_SERVERS_MAX; i++) {
		address.port = i + 1;
		ck_assert_int_eq(redis_slots_server(slots, &address), i);
		redis_slots_give(slots, (unsigned)i, i);
	}
	ck_assert_int_eq(redis_slots_server(slots, &address), REDIS_SLOT_SERVERS_MAX - 1);
	address.port = REDIS_SLOT_SERVERS_MAX + 1;
	ck_assert_int_eq(redis_slots_server(slots, &address), -1);
	ck_assert_int_eq(slots->owned_n, REDIS_SLOT_SERVERS_MAX);
	ck_assert_int_eq(redis_slots_owner(slots, 7), 7);
	ck_assert_int_eq(redis_slots_owner(slots, REDIS_SLOTS_N - 1), -1);
	redis_slots_fill_in(slots, &asked);
	ck_assert_str_eq(slots->servers[0].host, "asked");
	free(slots);
}
END_TEST

Suite *suite_redis_slots(void);

Suite *
suite_redis_slots(void)
{
	Suite *suite = suite_create("redis_slots");
	TCase *tcase = tcase_create("redis_slots");

	tcase_add_test(tcase, a_slot_is_that_of_the_hash_tag);
	tcase_add_test(tcase, a_redirection_is_read_strictly);
	tcase_add_test(tcase, a_map_has_room_for_so_many_servers_and_not_one_more);
	suite_add_tcase(suite, tcase);
	return suite;
}
